// Scores: how likely a fan is to do something, as a formula over the measures of the rule language.
// A score is data with a version, so a model that was trained elsewhere registers its coefficients
// and rules use it as score(id).
//
//   z = intercept + sum of weight * min(value, cap) / per        cut towards zero, term by term
//   linear:   z, within 0 and 1,000,000
//   logistic: 1,000,000 / (1 + e^-z)
//
// Weights, intercept, z and results are parts per million; values are in the smallest unit of their
// measure (milliseconds, cents, pieces). Integers only: the same on every machine.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "fans/features.h"

namespace altis::fans {

constexpr std::size_t kMaxScores = 100;
constexpr std::size_t kMaxScoreTerms = 64;                      // of one score
constexpr std::int64_t kMaxScoreWeight = 1'000'000'000;         // of a term, to either side of zero
constexpr std::int64_t kMaxScoreIntercept = 1'000'000'000'000;  // likewise
constexpr std::int64_t kMaxScoreUnits = 1'000'000'000'000'000;  // `cap` and `per` of a term

constexpr std::int64_t kCertainScore = 1'000'000;

enum class ScoreForm : std::uint8_t { kLinear, kLogistic };
constexpr std::string_view kScoreFormNames[] = {"linear", "logistic"};

struct ScoreTerm {
    Measure measure = Measure::kDwell;
    std::string first;
    std::string second;
    std::int64_t weight = 0;
    std::int64_t per = 1;
    std::int64_t cap = kMaxScoreUnits;
};

struct Score {
    std::string id;
    std::int64_t version = 0;  // 1, 2, ... with each redefinition
    ScoreForm form = ScoreForm::kLogistic;
    std::int64_t intercept = 0;
    std::vector<ScoreTerm> terms;
};

// Reads {"form", "intercept", "terms": [{"measure", "of", "weight", "per", "cap"}, ...]}: `of` as
// in rules, `per` and `cap` may be absent. Fails with "fans.score_malformed", naming the place.
Result<Score> parse_score(const codec::Json& json);
// The same, with all members.
codec::Json formula_json(const Score& score);
// With id and version.
codec::Json to_json(const Score& score);

// 1,000,000 / (1 + e^-z), rounded; at most one part per million away from it.
std::int64_t logistic_ppm(std::int64_t z_ppm);

// All scores of a book, with their features numbered. Not thread-safe.
class Scores {
  public:
    const std::map<std::string, Score, std::less<>>& all() const { return scores_; }
    bool empty() const { return scores_.empty(); }

    // Defines or redefines a score; gives the feature score(id).
    FeatureId define(Score score, FeatureTable& features);
    // Numbers the features anew.
    void bind(FeatureTable& features);

    // Appends the features score(id) of all scores that read one of these.
    void add_readers(std::span<const Change> changes, std::vector<FeatureId>& out) const;

    // `value_of(FeatureId)` is the fan's value of a counted or followed feature. 0 when no such
    // score is defined.
    template <class Value>
    std::int64_t value(FeatureId score, const Value& value_of) const {
        const Bound* const bound = find(score);
        return bound == nullptr ? 0 : bound->result(value_of);
    }

    // {"id", "version", "form", "intercept", "z", "value", "terms": [...]}, each term with what it
    // adds to z.
    template <class Value>
    codec::Json explain(const Score& score, const Value& value_of) const {
        const Bound& bound = bounds_.at(place_of_.at(score.id));
        std::vector<std::int64_t> values;
        for (const BoundTerm& term : bound.terms)
            values.push_back(value_of(term.feature));
        return explain(score, bound, values);
    }

  private:
    __extension__ typedef __int128 Wide;

    struct BoundTerm {
        FeatureId feature;
        std::int64_t weight;
        std::int64_t per;
        std::int64_t cap;

        // Fits 128 bits with all of its kind: 10^15 * 10^9.
        Wide adds(std::int64_t value) const {
            return static_cast<Wide>(value < cap ? value : cap) * weight / per;
        }
    };
    struct Bound {
        FeatureId feature = 0;  // score(id)
        ScoreForm form = ScoreForm::kLinear;
        std::int64_t intercept = 0;
        std::vector<BoundTerm> terms;

        template <class Value>
        std::int64_t result(const Value& value_of) const {
            Wide z = intercept;
            for (const BoundTerm& term : terms)
                z += term.adds(value_of(term.feature));
            return shaped(form, z);
        }
    };

    static std::int64_t shaped(ScoreForm form, Wide z);
    static codec::Json explain(const Score& score, const Bound& bound,
                               std::span<const std::int64_t> values);
    const Bound* find(FeatureId score) const;
    void bind(const Score& score, FeatureTable& features);

    std::map<std::string, Score, std::less<>> scores_;
    std::vector<Bound> bounds_;
    std::map<std::string, std::size_t, std::less<>> place_of_;  // in bounds_, by id
    std::vector<std::vector<FeatureId>> readers_;               // by feature that a score reads
};

}  // namespace altis::fans
