// Whether tampering is seen: `tamper_bench [CHANGES] [SEED]` changes journal files, messages of the
// feed, proofs, checkpoints and tiles at random, and counts which changes their readers detect, and
// for which they name the culprit.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string_view>

#include "report/row.h"
#include "service/tamper/everywhere.h"

namespace altis::bench {
namespace {

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

int run(std::uint64_t changes, std::uint64_t seed) {
    using namespace service::tamper;
    Random random(seed);
    Everywhere everywhere;
    Report report;
    for (std::uint64_t i = 0; i < changes; ++i)
        everywhere.once(random, report);
    const auto& all = report.all();
    const auto share = [&all](std::size_t part) {
        return 100.0 * static_cast<double>(part) / static_cast<double>(all.tried);
    };
    const std::string of = " of " + std::to_string(all.tried) +
                           " flips, reorders, truncations, replays over journal and wire";
    print({"tampering detected" + of, share(all.detected), "%"},
          {Bar::Of::kValue, Better::kHigher, 100});
    print({"culprit named" + of, share(all.named), "%"}, {Bar::Of::kValue, Better::kHigher, 100});
    if (!report.first_miss().empty())
        std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(seed),
                     report.first_miss().c_str());
    return 0;
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    const std::uint64_t changes = argc > 1 ? altis::bench::number_of(argv[1]) : 10'000;
    const std::uint64_t seed = argc > 2 ? altis::bench::number_of(argv[2]) : std::random_device{}();
    if (changes == 0) return std::fprintf(stderr, "usage: tamper_bench [CHANGES] [SEED]\n"), 2;
    return altis::bench::run(changes, seed);
}
