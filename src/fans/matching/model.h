// The model that says how likely two records are about one person. It learns from the records
// themselves; nobody labels anything.
//
// Two hidden questions are asked about every pair: is it the same person, and is it the same home?
// Fields of the person (names, birth date, numbers) depend on the first, fields of the address on
// the second. So a family that shares surname and address answers "same home" without answering
// "same person". Within each of the four answers fields are taken as independent (Fellegi and
// Sunter 1969); the chances of each level of agreement are estimated by expectation maximisation
// with Dirichlet priors; agreement on a value counts by how rare the value is (Winkler 2000); a
// postcode that agrees because the suburb does counts once.
//
// Arithmetic is +, -, * and / on IEEE doubles in a fixed order, without contraction and without the
// mathematics library, so the same records give the same figures everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "fans/matching/blocking.h"
#include "fans/matching/comparison.h"
#include "fans/matching/people.h"
#include "fans/matching/rarity.h"

namespace altis::fans::matching {

struct ComparedPair {
    Pair pair;
    Comparison comparison;
};

// The four answers.
enum class Kin : std::uint8_t { kSame, kMoved, kHousehold, kStranger };
constexpr std::size_t kKins = 4;
using KinChances = std::array<double, kKins>;

// Logarithm to base 2 in thousandths ("millibits"), for a positive number. Bit for bit the same on
// every machine.
std::int32_t millibits(double value);

class Model {
  public:
    // `candidates` in ascending order; `others` is a sample of the pairs that are not candidates.
    // `progress` (may be empty) hears rounds done and rounds in all.
    Model(const People& people, const std::vector<ComparedPair>& candidates,
          const std::vector<ComparedPair>& others,
          const std::function<void(unsigned, unsigned)>& progress);

    // How likely each answer is; sums to 1.
    KinChances chances(const People& people, const ComparedPair& compared) const;

    // What one comparison says for "same person, same home" against "strangers", in millibits.
    std::int32_t weight(const People& people, const ComparedPair& compared,
                        std::size_t comparison) const;

  private:
    using Shares = std::array<double, kLevels>;  // by level; sums to 1 without kMissing

    struct Counts;
    struct Factors {
        double same = 1;
        double stranger = 1;
    };

    void start(double records, double pairs);
    Counts count_strangers(const People& people, const std::vector<ComparedPair>& others,
                           double scale) const;
    Factors factors(const People& people, const ComparedPair& compared,
                    std::size_t comparison) const;
    double household(const Factors& factor, const Comparison& comparison, std::size_t c) const;
    void count(const People& people, const ComparedPair& compared, double weight,
               Counts& counts) const;
    void learn(const Counts& counts, double pairs);

    std::array<Shares, kComparisons> same_;
    // By whether the field that this one depends on agrees; see model.cpp.
    std::array<std::array<Shares, 2>, kComparisons> stranger_;
    std::array<double, kComparisons> family_;  // chance that a household shares the value
    KinChances kin_;
    Rarity rarity_;
};

}  // namespace altis::fans::matching
