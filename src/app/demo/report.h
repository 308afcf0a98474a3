// What the demo prints: a line per figure beside the truth that was planted, or one JSON document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace altis::app::demo {

// Whether people or programs read the output.
enum class Style : std::uint8_t { kPeople, kJson };

// Collects figures; prints them as they come when people read. One thread at a time.
class Report {
  public:
    explicit Report(Style style) : style_(style) {}

    // "3. Cohorts and segments", a new chapter of the story.
    void chapter(std::string_view title);
    // A sentence of the story.
    void say(std::string_view text);
    // A figure beside its truth; a mismatch is marked and makes `ok()` false.
    void compare(std::string_view what, std::uint64_t figure, std::uint64_t truth);
    // A claim that must hold.
    void expect(std::string_view what, bool holds);
    // A figure of the JSON document.
    void set(std::string_view key, codec::Json value) { json_.set(key, std::move(value)); }

    // Redraws one line on a terminal; says nothing elsewhere.
    void progress(std::string_view what, std::uint64_t done, std::uint64_t all);
    void progress_done();

    bool ok() const { return ok_; }
    // Prints the JSON document when programs read.
    void finish();

  private:
    Style style_;
    codec::Json json_ = codec::Json::object();
    bool ok_ = true;
    bool progress_open_ = false;
};

}  // namespace altis::app::demo
