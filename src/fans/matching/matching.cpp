#include "fans/matching/matching.h"

#include <algorithm>
#include <optional>

#include "fans/matching/blocking.h"
#include "fans/matching/clusters.h"
#include "fans/matching/model.h"
#include "fans/matching/people.h"
#include "fans/matching/rivals.h"
#include "fans/matching/strangers.h"

namespace altis::fans::matching {
namespace {

constexpr std::uint32_t kMillion = 1'000'000;
constexpr std::size_t kProgressEvery = 10'000;

// Pairs below these odds neither match nor compete.
constexpr double kLeastOdds = 0.1;

Result<void> check(std::span<const PersonRecord> records) {
    if (records.size() > kMaxMatchedRecords) {
        return fail(Code::kTooLarge, "matching.too_many",
                    "There are " + std::to_string(records.size()) + " records; at most " +
                        std::to_string(kMaxMatchedRecords) + " can be matched at once.");
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        for (std::size_t f = 0; f < kPersonFields; ++f) {
            if (records[i].values.at(f).size() <= kMaxPersonFieldBytes) continue;
            return fail(Code::kTooLarge, "matching.value_too_long",
                        "The " + std::string(field_name(static_cast<PersonField>(f))) +
                            " of record " + std::to_string(i + 1) + " has over " +
                            std::to_string(kMaxPersonFieldBytes) + " bytes; shorten it.");
        }
    }
    return {};
}

std::uint32_t millionths(double odds) {
    return std::min(kMillion - 1, static_cast<std::uint32_t>(odds / (1 + odds) * kMillion));
}

// The lowest confidence at which the mean of all above is the expected precision.
std::uint32_t threshold_of(const std::vector<LikelyPair>& likely) {
    std::vector<std::uint32_t> confidences;
    confidences.reserve(likely.size());
    for (const LikelyPair& pair : likely)
        confidences.push_back(millionths(pair.odds));
    std::sort(confidences.rbegin(), confidences.rend());
    std::uint64_t sum = 0;
    std::uint32_t threshold = kExpectedPrecision;
    for (std::size_t i = 0; i < confidences.size(); ++i) {
        sum += confidences[i];
        if (confidences[i] < kLeastConfidence) break;
        if (sum < std::uint64_t{kExpectedPrecision} * (i + 1)) break;
        threshold = std::min(threshold, confidences[i]);
    }
    return threshold;
}

class Matcher {
  public:
    Matcher(std::span<const PersonRecord> records, const MatchProgress& progress)
        : progress_(progress), people_(records) {
        const std::vector<Pair> pairs = candidate_pairs(people_);
        candidates_ = compared(pairs, "comparing");
        const std::vector<ComparedPair> strangers =
            compared(sample_strangers(people_.size(), pairs), "sampling");
        model_.emplace(people_, candidates_, strangers,
                       [this](unsigned done, unsigned all) { report("learning", done, all); });
    }

    Matching run() {
        find_likely();
        Matching result;
        result.compared_pairs = candidates_.size();
        result.threshold = threshold_of(likely_);
        std::erase_if(likely_, [&](const LikelyPair& pair) {
            return millionths(pair.odds) < result.threshold;
        });
        const std::vector<std::uint32_t> group = groups();
        std::erase_if(likely_, [&](const LikelyPair& likely) {
            return group[likely.pair.left] != group[likely.pair.right];
        });
        for (const LikelyPair& likely : likely_)
            result.matches.push_back(match_of(likely));
        result.clusters = clusters_of(group);
        return result;
    }

  private:
    void report(std::string_view stage, std::uint64_t done, std::uint64_t all) const {
        if (progress_) progress_(stage, done, all);
    }

    std::vector<ComparedPair> compared(const std::vector<Pair>& pairs,
                                       std::string_view stage) const {
        std::vector<ComparedPair> result;
        result.reserve(pairs.size());
        for (const Pair& pair : pairs) {
            if (result.size() % kProgressEvery == 0) report(stage, result.size(), pairs.size());
            result.push_back({pair, compare(people_, pair.left, pair.right)});
        }
        report(stage, pairs.size(), pairs.size());
        return result;
    }

    double odds_of(const ComparedPair& compared) const {
        constexpr double kLeast = 1e-12;  // nothing is certain
        const KinChances chance = model_->chances(people_, compared);
        return (chance[0] + chance[1] + kLeast) / (chance[2] + chance[3] + kLeast);
    }
    double odds_of(const Pair& pair) const {
        return odds_of(ComparedPair{pair, compare(people_, pair.left, pair.right)});
    }

    void find_likely() {
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            const double odds = odds_of(candidates_[i]);
            if (odds >= kLeastOdds) likely_.push_back({i, candidates_[i].pair, odds});
        }
        share_among_rivals(people_.size(), likely_,
                           [this](const Pair& pair) { return odds_of(pair); });
    }

    std::vector<std::uint32_t> groups() const {
        std::vector<WeighedPair> accepted;
        accepted.reserve(likely_.size());
        for (const LikelyPair& likely : likely_)
            accepted.push_back({likely.pair, millibits(likely.odds)});
        return cluster(people_.size(), std::move(accepted),
                       [this](const Pair& pair) { return millibits(odds_of(pair)); });
    }

    Match match_of(const LikelyPair& likely) const {
        const ComparedPair& compared = candidates_[likely.candidate];
        Match match;
        match.left = people_.place(likely.pair.left);
        match.right = people_.place(likely.pair.right);
        match.confidence = millionths(likely.odds);
        for (std::size_t f = 0; f < kPersonFields; ++f) {
            match.evidence.fields.at(f) = {compared.comparison.level(f),
                                           model_->weight(people_, compared, f)};
        }
        match.evidence.names_swapped = compared.comparison.level(kNameOrder) == Level::kLoose;
        match.evidence.address_lines_swapped =
            compared.comparison.level(kAddressOrder) == Level::kLoose;
        return match;
    }

    std::vector<Cluster> clusters_of(const std::vector<std::uint32_t>& group) const {
        // A record is as sure as its surest pair; a cluster as its least sure record.
        std::vector<std::uint32_t> surest(people_.size(), 0);
        for (const LikelyPair& likely : likely_) {
            for (std::uint32_t person : {likely.pair.left, likely.pair.right})
                surest[person] = std::max(surest[person], millionths(likely.odds));
        }
        std::vector<Cluster> by_group(people_.size());
        for (std::uint32_t person = 0; person < people_.size(); ++person) {
            Cluster& mine = by_group[group[person]];
            mine.confidence =
                mine.records.empty() ? surest[person] : std::min(mine.confidence, surest[person]);
            mine.records.push_back(people_.place(person));
        }
        std::erase_if(by_group, [](const Cluster& one) { return one.records.size() < 2; });
        return by_group;
    }

    const MatchProgress& progress_;
    People people_;
    std::vector<ComparedPair> candidates_;
    std::optional<Model> model_;
    std::vector<LikelyPair> likely_;
};

}  // namespace

Result<Matching> match_people(std::span<const PersonRecord> records,
                              const MatchProgress& progress) {
    TRY_VOID(check(records));
    return Matcher(records, progress).run();
}

}  // namespace altis::fans::matching
