// For tests and benchmarks: changes of stored and told bytes, and whether whoever reads them sees
// it and says where.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>

namespace altis::service::tamper {

using Random = std::mt19937_64;

inline std::size_t pick(Random& random, std::size_t limit) {
    return static_cast<std::size_t>(random() % limit);
}

enum class How : std::uint8_t { kFlip, kTruncation, kReorder, kReplay };
constexpr std::array<std::string_view, 4> kHowNames = {"flip", "truncation", "reorder", "replay"};

inline void flip_bit(std::string& bytes, std::size_t at, Random& random) {
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << pick(random, 8)));
}

// What a reader made of a change.
struct Verdict {
    bool is_detected = false;
    bool is_named = false;     // by file and place, by number in the stream, by id
    bool is_harmless = false;  // the reader has the same as without: to be drawn again
    std::string told;          // for a person: what was done and what was said
};

class Report {
  public:
    void note(std::string_view where, How how, const Verdict& verdict) {
        Count& count = counts_[std::string(where) + " " +
                               std::string(kHowNames[static_cast<std::size_t>(how)])];
        for (Count* each : {&count, &all_}) {
            ++each->tried;
            each->detected += verdict.is_detected ? 1U : 0U;
            each->named += verdict.is_named ? 1U : 0U;
        }
        const bool missed = !verdict.is_detected || !verdict.is_named;
        if (missed && first_miss_.empty()) first_miss_ = std::string(where) + ": " + verdict.told;
    }

    struct Count {
        std::size_t tried = 0;
        std::size_t detected = 0;
        std::size_t named = 0;
    };
    const Count& all() const { return all_; }
    const std::map<std::string, Count>& counts() const { return counts_; }
    const std::string& first_miss() const { return first_miss_; }

  private:
    Count all_;
    std::map<std::string, Count> counts_;
    std::string first_miss_;
};

}  // namespace altis::service::tamper
