#include "fans/matching/matching.h"

#include <algorithm>

#include "fans/matching/blocking.h"
#include "fans/matching/clusters.h"
#include "fans/matching/model.h"
#include "fans/matching/people.h"

namespace altis::fans::matching {
namespace {

constexpr std::uint32_t kMillion = 1'000'000;

// Pairs of strangers that show how often values agree by chance.
constexpr std::uint64_t kSampledPairs = 300'000;
constexpr std::size_t kProgressEvery = 10'000;

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

class Matcher {
  public:
    Matcher(std::span<const PersonRecord> records, const MatchProgress& progress)
        : progress_(progress),
          people_(records),
          candidates_(compare_candidates()),
          model_(people_, candidates_, sample(), [this](unsigned done, unsigned all) {
              report("learning", done, all);
          }) {}

    Matching run() {
        judge();
        Matching result;
        result.compared_pairs = candidates_.size();
        result.threshold = threshold();
        const std::vector<std::uint32_t> group = groups(result.threshold);
        add_matches(group, result);
        add_clusters(group, result);
        return result;
    }

  private:
    void report(std::string_view stage, std::uint64_t done, std::uint64_t all) const {
        if (progress_) progress_(stage, done, all);
    }

    std::vector<ComparedPair> compare_candidates() const {
        const std::vector<Pair> pairs = candidate_pairs(people_);
        std::vector<ComparedPair> compared;
        compared.reserve(pairs.size());
        for (const Pair& pair : pairs) {
            if (compared.size() % kProgressEvery == 0)
                report("comparing", compared.size(), pairs.size());
            compared.push_back({pair, compare(people_, pair.left, pair.right)});
        }
        report("comparing", pairs.size(), pairs.size());
        return compared;
    }

    bool is_candidate(const Pair& pair) const {
        const auto at = std::lower_bound(
            candidates_.begin(), candidates_.end(), pair,
            [](const ComparedPair& compared, const Pair& key) { return compared.pair < key; });
        return at != candidates_.end() && at->pair == pair;
    }

    // Every pair of a small file, else pairs at an even step through all of them.
    std::vector<ComparedPair> sample() const {
        const std::uint64_t size = people_.size();
        const std::uint64_t all = size < 2 ? 0 : size * (size - 1) / 2;
        // An odd step that is no divisor's multiple would do; a golden section spreads evenly.
        std::vector<ComparedPair> sampled;
        const std::uint64_t wanted = std::min(all, kSampledPairs);
        std::uint64_t state = 0;
        for (std::uint64_t i = 0; i < wanted; ++i) {
            const Pair pair = all <= kSampledPairs ? nth_pair(i) : mixed_pair(state++);
            if (pair.left == pair.right || is_candidate(pair)) continue;
            sampled.push_back({pair, compare(people_, pair.left, pair.right)});
        }
        return sampled;
    }

    // All pairs in a row: (0,1), (0,2), (1,2), (0,3), ...
    static Pair nth_pair(std::uint64_t n) {
        std::uint64_t right = 1;
        // The root of 2n, within one.
        std::uint64_t low = 0;
        std::uint64_t high = std::uint64_t{1} << 21U;
        while (low < high) {
            const std::uint64_t middle = (low + high + 1) / 2;
            if (middle * (middle - 1) / 2 <= n) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        right = low;
        return {static_cast<std::uint32_t>(n - right * (right - 1) / 2),
                static_cast<std::uint32_t>(right)};
    }

    // A pair that looks random and is always the same (the mixing steps of SplitMix64).
    Pair mixed_pair(std::uint64_t n) const {
        const auto mix = [](std::uint64_t value) {
            value += 0x9e3779b97f4a7c15U;
            value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
            value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
            return value ^ (value >> 31U);
        };
        const auto left = static_cast<std::uint32_t>(mix(2 * n) % people_.size());
        const auto right = static_cast<std::uint32_t>(mix(2 * n + 1) % people_.size());
        return {std::min(left, right), std::max(left, right)};
    }

    static std::uint32_t millionths(const KinChances& chance) {
        const double same = chance[0] + chance[1];
        return std::min(kMillion - 1, static_cast<std::uint32_t>(same * kMillion + 0.5));
    }

    static std::int32_t odds_millibits(const KinChances& chance) {
        constexpr double kLeast = 1e-30;
        return millibits((chance[0] + chance[1] + kLeast) / (chance[2] + chance[3] + kLeast));
    }

    void judge() {
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            const KinChances chance = model_.chances(people_, candidates_[i]);
            const std::uint32_t confidence = millionths(chance);
            if (confidence >= kLeastConfidence)
                likely_.push_back({i, confidence, odds_millibits(chance)});
        }
    }

    // The lowest confidence at which the mean of all above is the expected precision.
    std::uint32_t threshold() const {
        std::vector<std::uint32_t> confidences;
        for (const Likely& likely : likely_) confidences.push_back(likely.confidence);
        std::sort(confidences.rbegin(), confidences.rend());
        std::uint64_t sum = 0;
        std::uint32_t threshold = kExpectedPrecision;
        for (std::size_t i = 0; i < confidences.size(); ++i) {
            sum += confidences[i];
            if (sum < std::uint64_t{kExpectedPrecision} * (i + 1)) break;
            threshold = std::min(threshold, confidences[i]);
        }
        return threshold;
    }

    std::vector<std::uint32_t> groups(std::uint32_t threshold) const {
        std::vector<WeighedPair> accepted;
        for (const Likely& likely : likely_) {
            if (likely.confidence >= threshold)
                accepted.push_back({candidates_[likely.candidate].pair, likely.millibits});
        }
        return cluster(people_.size(), std::move(accepted), [this](const Pair& pair) {
            const ComparedPair compared{pair, compare(people_, pair.left, pair.right)};
            return odds_millibits(model_.chances(people_, compared));
        });
    }

    MatchEvidence evidence_of(const ComparedPair& compared) const {
        MatchEvidence evidence;
        for (std::size_t f = 0; f < kPersonFields; ++f) {
            evidence.fields.at(f) = {compared.comparison.level(f),
                                     model_.weight(people_, compared, f)};
        }
        evidence.names_swapped = compared.comparison.level(kNameOrder) == Level::kLoose;
        evidence.address_lines_swapped = compared.comparison.level(kAddressOrder) == Level::kLoose;
        return evidence;
    }

    void add_matches(const std::vector<std::uint32_t>& group, Matching& result) const {
        for (const Likely& likely : likely_) {
            const ComparedPair& compared = candidates_[likely.candidate];
            if (likely.confidence < result.threshold) continue;
            if (group[compared.pair.left] != group[compared.pair.right]) continue;
            result.matches.push_back({people_.place(compared.pair.left),
                                      people_.place(compared.pair.right), likely.confidence,
                                      evidence_of(compared)});
        }
    }

    void add_clusters(const std::vector<std::uint32_t>& group, Matching& result) const {
        std::vector<std::vector<std::size_t>> records(people_.size());
        std::vector<std::uint32_t> surest(people_.size(), 0);
        for (std::uint32_t person = 0; person < people_.size(); ++person)
            records[group[person]].push_back(people_.place(person));
        const std::vector<std::uint32_t> best = best_confidence(group);
        for (std::uint32_t first = 0; first < people_.size(); ++first) {
            if (records[first].size() < 2) continue;
            result.clusters.push_back({std::move(records[first]), kMillion - 1});
        }
        // Each record is as sure as its surest pair; a cluster is as sure as its least sure record.
        std::vector<std::uint32_t> least(people_.size(), kMillion - 1);
        for (std::uint32_t person = 0; person < people_.size(); ++person)
            least[group[person]] = std::min(least[group[person]], best[person]);
        std::size_t next = 0;
        for (std::uint32_t first = 0; first < people_.size(); ++first) {
            if (best[first] == 0 || group[first] != first) continue;
            result.clusters[next++].confidence = least[first];
        }
    }

    std::vector<std::uint32_t> best_confidence(const std::vector<std::uint32_t>& group) const {
        std::vector<std::uint32_t> best(people_.size(), 0);
        for (const Likely& likely : likely_) {
            const Pair& pair = candidates_[likely.candidate].pair;
            if (group[pair.left] != group[pair.right]) continue;
            best[pair.left] = std::max(best[pair.left], likely.confidence);
            best[pair.right] = std::max(best[pair.right], likely.confidence);
        }
        return best;
    }

    struct Likely {
        std::size_t candidate = 0;
        std::uint32_t confidence = 0;
        std::int32_t millibits = 0;
    };

    const MatchProgress& progress_;
    People people_;
    std::vector<ComparedPair> candidates_;
    Model model_;
    std::vector<Likely> likely_;
};

}  // namespace

Result<Matching> match_people(std::span<const PersonRecord> records,
                              const MatchProgress& progress) {
    TRY_VOID(check(records));
    return Matcher(records, progress).run();
}

}  // namespace altis::fans::matching
