#include "app/demo/report.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace altis::app::demo {

void Report::chapter(std::string_view title) {
    progress_done();
    if (style_ == Style::kPeople) fmt::print("\n{}\n", title);
    std::fflush(stdout);
}

void Report::say(std::string_view text) {
    progress_done();
    if (style_ == Style::kPeople) fmt::print("   {}\n", text);
    std::fflush(stdout);
}

void Report::compare(std::string_view what, std::uint64_t figure, std::uint64_t truth) {
    const bool equal = figure == truth;
    ok_ = ok_ && equal;
    say(fmt::format("{} {:<44} {:>12}   planted {:>12}", equal ? "+" : "X", what, figure, truth));
}

void Report::expect(std::string_view what, bool holds) {
    ok_ = ok_ && holds;
    say(fmt::format("{} {}", holds ? "+" : "X", what));
}

void Report::progress(std::string_view what, std::uint64_t done, std::uint64_t all) {
    if (style_ != Style::kPeople || ::isatty(STDOUT_FILENO) == 0 || all == 0) return;
    constexpr std::uint64_t kWidth = 40;
    const std::uint64_t filled = std::min(done, all) * kWidth / all;
    fmt::print("\r   [{:=<{}}{:<{}}] {:>3} % {}", "", filled, "", kWidth - filled,
               std::min(done, all) * 100 / all, what);
    std::fflush(stdout);
    progress_open_ = true;
}

void Report::progress_done() {
    if (progress_open_) fmt::print("\n");
    progress_open_ = false;
}

void Report::finish() {
    progress_done();
    if (style_ == Style::kJson) fmt::print("{}\n", json_.to_pretty_string());
    std::fflush(stdout);
}

}  // namespace altis::app::demo
