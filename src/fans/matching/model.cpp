#include "fans/matching/model.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace altis::fans::matching {
namespace {

using enum PersonField;

constexpr unsigned kMaxRounds = 30;
constexpr double kSettled = 1e-4;  // relative change of the share of matches that ends learning

// Sound expectations before any data: most of what one person types twice is equal, some is
// mistyped, a little is something else. They weigh as much as kPriorPairs pairs.
constexpr double kPriorPairs = 20;
constexpr std::array<double, kLevels> kPriorSame = {0, 0.80, 0.10, 0.04, 0.02, 0.04};
constexpr double kPriorSwapped = 0.03;
constexpr std::array<double, kLevels> kFirstStranger = {0, 0.001, 0.004, 0.01, 0.015, 0.97};

// Before any data: of N records, how many pairs of each kind to expect, and how many pairs that
// expectation weighs.
constexpr std::array<double, 3> kPriorKinPerRecord = {0.2, 0.02, 0.1};
constexpr std::array<double, 3> kPriorKinPairs = {4, 0.4, 2};

// The chance that two persons of one household share a value beyond coincidence: surnames are
// shared, twins share a birth date, and a line or a mailbox may be used by all.
constexpr double kPriorFamilyPairs = 50;
double prior_family(std::size_t comparison) {
    switch (static_cast<PersonField>(comparison)) {
        case kGivenName:
            return 0.01;
        case kSurname:
            return 0.75;
        case kBirthDate:
            return 0.03;
        case kNationalId:
            return 0.0005;
        case kPhone:
            return 0.5;
        case kEmail:
            return 0.1;
        default:
            return 0;
    }
}

// Only for values that belong to the household is that chance learned. If it were for the others,
// one person's records would look like a family that shares everything.
bool learns_family(std::size_t comparison) {
    return comparison == index_of(kSurname) || comparison == index_of(kPhone) ||
           comparison == index_of(kEmail);
}

// Whether the comparison tells about the home; else it tells about the person.
bool is_of_home(std::size_t comparison) {
    return (comparison >= index_of(kStreetNumber) && comparison <= index_of(kState)) ||
           comparison == kAddressOrder;
}

bool is_order(std::size_t comparison) {
    return comparison >= kPersonFields;
}

bool agrees(Level level) {
    return level == Level::kEqual || level == Level::kClose;
}

// Strangers in one suburb share the postcode, and those in one postcode the state.
bool parent_agrees(const Comparison& comparison, std::size_t of) {
    if (of == index_of(kPostcode)) return agrees(comparison.level(index_of(kSuburb)));
    if (of == index_of(kState)) {
        return agrees(comparison.level(index_of(kSuburb))) ||
               agrees(comparison.level(index_of(kPostcode)));
    }
    return false;
}

std::size_t at(Level level) {
    return static_cast<std::size_t>(level);
}

std::array<double, kLevels> prior_same(std::size_t comparison) {
    if (!is_order(comparison)) return kPriorSame;
    std::array<double, kLevels> shares{};
    shares[at(Level::kEqual)] = 1 - kPriorSwapped;
    shares[at(Level::kLoose)] = kPriorSwapped;
    return shares;
}

double sum_of(const std::array<double, kLevels>& counts) {
    double sum = 0;
    for (std::size_t level = 1; level < kLevels; ++level)
        sum += counts.at(level);
    return sum;
}

}  // namespace

// What one round of learning adds up.
struct Model::Counts {
    std::array<Shares, kComparisons> same{};
    std::array<std::array<Shares, 2>, kComparisons> stranger{};
    std::array<double, kComparisons> family{};         // household pairs that share the value
    std::array<double, kComparisons> family_trials{};  // of this many
    KinChances kin{};
    std::vector<double> records_each;  // by person
};

std::int32_t millibits(double value) {
    ALTIS_ASSERT(value > 0);
    int exponent = 0;
    double mantissa = std::frexp(value, &exponent) * 2;  // exact; in [1, 2)
    std::int32_t result = (exponent - 1) * 1024;
    // Squaring doubles the logarithm: each overflow past 2 is one more binary digit.
    for (std::int32_t digit = 512; digit > 0; digit /= 2) {
        mantissa *= mantissa;
        if (mantissa < 2) continue;
        mantissa /= 2;
        result += digit;
    }
    return static_cast<std::int32_t>(std::int64_t{result} * 1000 / 1024);
}

Model::Model(const People& people, const std::vector<ComparedPair>& candidates,
             const std::vector<ComparedPair>& others,
             const std::function<void(unsigned, unsigned)>& progress)
    : rarity_(people) {
    const double records = people.size();
    const double pairs = std::max(1.0, records * (records - 1) / 2);
    start(records, pairs);
    const double unseen_pairs = std::max(0.0, pairs - static_cast<double>(candidates.size()));
    const double scale = others.empty() ? 0 : unseen_pairs / static_cast<double>(others.size());
    const Counts strangers = count_strangers(people, others, scale);
    for (unsigned round = 0; round < kMaxRounds; ++round) {
        const double before = kin_[0] + kin_[1];
        Counts counts = strangers;
        counts.records_each.assign(people.size(), 1.0);
        for (const ComparedPair& candidate : candidates)
            count(people, candidate, 1, counts);
        learn(counts, pairs);
        rarity_.recount(people, counts.records_each);
        const double change = kin_[0] + kin_[1] - before;
        const bool settled = round > 3 && std::max(change, -change) < before * kSettled;
        if (progress) progress(settled ? kMaxRounds : round + 1, kMaxRounds);
        if (settled) break;
    }
}

void Model::start(double records, double pairs) {
    kin_[3] = 1;
    for (std::size_t kin = 0; kin < 3; ++kin) {
        kin_.at(kin) = std::min(0.25, kPriorKinPerRecord.at(kin) * records / pairs);
        kin_[3] -= kin_.at(kin);
    }
    for (std::size_t c = 0; c < kComparisons; ++c) {
        same_.at(c) = prior_same(c);
        stranger_.at(c).fill(kFirstStranger);
        family_.at(c) = prior_family(c);
    }
}

// Candidates are chosen to agree, so strangers are described by a sample of the other pairs, each
// of which stands for `scale` pairs.
Model::Counts Model::count_strangers(const People& people, const std::vector<ComparedPair>& others,
                                     double scale) const {
    Counts counts;
    for (std::size_t c = 0; c < kComparisons; ++c) {
        // A level the sample did not show may still occur half as often as it can see.
        for (Shares& seen : counts.stranger.at(c))
            std::fill(seen.begin() + 2, seen.end(), scale / 2);
    }
    for (const ComparedPair& other : others)
        count(people, other, scale, counts);
    return counts;
}

void Model::count(const People& people, const ComparedPair& compared, double weight,
                  Counts& counts) const {
    const bool sampled = counts.records_each.empty();
    KinChances chance = {0, 0, 0, 1};
    if (!sampled) chance = chances(people, compared);
    for (std::size_t kin = 0; kin < kKins; ++kin)
        counts.kin.at(kin) += weight * chance.at(kin);
    for (std::size_t c = 0; c < kComparisons; ++c) {
        const Level level = compared.comparison.level(c);
        if (level == Level::kMissing) continue;
        const bool parent = parent_agrees(compared.comparison, c);
        counts.stranger.at(c).at(parent ? 1 : 0).at(at(level)) += weight * chance[3];
        counts.same.at(c).at(at(level)) +=
            weight * (chance[0] + (is_of_home(c) ? chance[2] : chance[1]));
        if (sampled || !learns_family(c)) continue;
        const Factors factor = factors(people, compared, c);
        const double shared = family_.at(c) * factor.same;
        const double by_chance = (1 - family_.at(c)) * factor.stranger;
        counts.family.at(c) += weight * chance[2] * shared / (shared + by_chance);
        counts.family_trials.at(c) += weight * chance[2];
    }
    if (sampled) return;
    counts.records_each[compared.pair.left] += chance[0] + chance[1];
    counts.records_each[compared.pair.right] += chance[0] + chance[1];
}

void Model::learn(const Counts& counts, double pairs) {
    for (std::size_t c = 0; c < kComparisons; ++c) {
        const Shares prior = prior_same(c);
        const double all = sum_of(counts.same.at(c)) + kPriorPairs;
        for (std::size_t level = 1; level < kLevels; ++level) {
            same_.at(c).at(level) =
                (counts.same.at(c).at(level) + kPriorPairs * prior.at(level)) / all;
        }
        for (std::size_t parent = 0; parent < 2; ++parent) {
            const Shares& seen = counts.stranger.at(c).at(parent);
            const double seen_all = sum_of(seen);
            for (std::size_t level = 1; level < kLevels; ++level)
                stranger_.at(c).at(parent).at(level) = (seen.at(level) + 0.5) / (seen_all + 2.5);
        }
        if (!learns_family(c)) continue;
        family_.at(c) = (counts.family.at(c) + kPriorFamilyPairs * prior_family(c)) /
                        (counts.family_trials.at(c) + kPriorFamilyPairs);
    }
    kin_[3] = 1;
    for (std::size_t kin = 0; kin < 3; ++kin) {
        kin_.at(kin) = std::min(0.25, (counts.kin.at(kin) + kPriorKinPairs.at(kin)) / pairs);
        kin_[3] -= kin_.at(kin);
    }
}

// Both are relative to the chance of the value itself, which cancels in every ratio.
Model::Factors Model::factors(const People& people, const ComparedPair& compared,
                              std::size_t comparison) const {
    const Level level = compared.comparison.level(comparison);
    if (level == Level::kMissing) return {};
    Factors factor;
    factor.same = same_.at(comparison).at(at(level));
    if (is_order(comparison)) return factor;
    const bool parent = parent_agrees(compared.comparison, comparison);
    factor.stranger = stranger_.at(comparison).at(parent ? 1 : 0).at(at(level));
    if (level != Level::kEqual) return factor;
    const auto field = static_cast<PersonField>(comparison);
    const double rare = rarity_.of(people, compared.pair, field,
                                   compared.comparison.partner_of(field), factor.stranger);
    factor.stranger = parent ? std::max(factor.stranger, rare) : rare;
    return factor;
}

// What a household makes of a comparison of persons: the value is shared in the family, or the two
// are like strangers. Except that no family gives one given name twice by accident.
double Model::household(const Factors& factor, const Comparison& comparison, std::size_t c) const {
    const double shared = family_.at(c) * factor.same;
    const bool same_given_name = c == index_of(kGivenName) &&
                                 comparison.level(c) == Level::kEqual &&
                                 comparison.partner_of(kGivenName) == kGivenName;
    return same_given_name ? shared : shared + (1 - family_.at(c)) * factor.stranger;
}

KinChances Model::chances(const People& people, const ComparedPair& compared) const {
    KinChances chance = kin_;
    for (std::size_t c = 0; c < kComparisons; ++c) {
        const Factors factor = factors(people, compared, c);
        const bool home = is_of_home(c);
        chance[0] *= factor.same;
        chance[1] *= home ? factor.stranger : factor.same;
        chance[2] *= home ? factor.same : household(factor, compared.comparison, c);
        chance[3] *= factor.stranger;
    }
    const double sum = chance[0] + chance[1] + chance[2] + chance[3];
    for (double& share : chance)
        share /= sum;
    return chance;
}

std::int32_t Model::weight(const People& people, const ComparedPair& compared,
                           std::size_t comparison) const {
    const Factors factor = factors(people, compared, comparison);
    return millibits(factor.same / factor.stranger);
}

}  // namespace altis::fans::matching
