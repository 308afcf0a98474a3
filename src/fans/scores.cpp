#include "fans/scores.h"

#include <algorithm>

#include "fans/amount.h"
#include "fans/evidence.h"
#include "fans/rule.h"

namespace altis::fans {
namespace {

using codec::Json;

tl::unexpected<Error> malformed(const std::string& place, const std::string& what) {
    return fail(Code::kInvalid, "fans.score_malformed", "at " + place + ": " + what);
}

// A member that nobody reads is a mistake in its name.
Result<void> require_known(const Json& json, const std::string& place,
                           std::span<const std::string_view> known) {
    if (!json.is_object()) return malformed(place, "expected an object");
    for (const auto& [name, value] : json.members()) {
        if (std::ranges::find(known, name) != known.end()) continue;
        return malformed(place, "there is no member '" + std::string(name.substr(0, 40)) + "'");
    }
    return {};
}

// A whole number within [least, most], or `absent` when there is none.
Result<std::int64_t> whole(const Json& json, const std::string& place, std::int64_t least,
                           std::int64_t most, std::int64_t absent) {
    if (json.is_null()) return absent;
    if (json.is_int() && json.as_int() >= least && json.as_int() <= most) return json.as_int();
    return malformed(place, "expected a whole number from " + std::to_string(least) + " to " +
                                std::to_string(most));
}

Result<std::vector<std::string>> texts_of(const Json& of, const std::string& place) {
    std::vector<std::string> texts;
    if (of.is_string()) texts.emplace_back(of.as_string());
    for (const Json& item : of.items()) {
        if (!item.is_string()) return malformed(place, "expected texts");
        texts.emplace_back(item.as_string());
    }
    return texts;
}

// The rule language knows what a measure takes.
Result<Term> measure_of(const Json& json, const std::string& place) {
    TRY(const auto texts, texts_of(json["of"], place + "/of"));
    auto term = make_term(json["measure"].as_string(), texts);
    if (!term) return malformed(place + "/measure", term.error().message);
    if (term->measure != Measure::kScore) return term;
    return malformed(place + "/measure", "a score does not depend on other scores");
}

Result<ScoreTerm> parse_term(const Json& json, const std::string& place) {
    constexpr std::string_view kMembers[] = {"measure", "of", "weight", "per", "cap"};
    TRY_VOID(require_known(json, place, kMembers));
    TRY(Term measured, measure_of(json, place));
    ScoreTerm term{measured.measure, std::move(measured.first), std::move(measured.second)};
    if (!json.contains("weight")) return malformed(place, "a term needs a weight");
    TRY(term.weight,
        whole(json["weight"], place + "/weight", -kMaxScoreWeight, kMaxScoreWeight, 0));
    TRY(term.per, whole(json["per"], place + "/per", 1, kMaxScoreUnits, term.per));
    TRY(term.cap, whole(json["cap"], place + "/cap", 0, kMaxScoreUnits, term.cap));
    return term;
}

Json term_json(const ScoreTerm& term) {
    Json of = Json::array();
    for (const std::string& text : {term.first, term.second})
        if (!text.empty()) of.push(text);
    return Json::object({{"measure", kMeasureNames[static_cast<std::size_t>(term.measure)]},
                         {"of", std::move(of)},
                         {"weight", term.weight},
                         {"per", term.per},
                         {"cap", term.cap}});
}

// ---- e^-x in whole numbers, 30 bits behind the point -------------------------------------------

constexpr int kPointBits = 30;
constexpr std::int64_t kOne = std::int64_t{1} << kPointBits;
constexpr std::int64_t kLn2 = 744'261'118;         // ln 2
constexpr std::int64_t kMaxExponent = 20'000'000;  // parts per million; e^-20 is nothing
constexpr int kTaylorTerms = 12;                   // the rest is below 2^-30 for x < ln 2

// For 0 <= x <= kMaxExponent: e^-x = 2^-n * e^-r with r below ln 2, of which Taylor's series.
std::int64_t exp_of_minus(std::int64_t x_ppm) {
    const std::int64_t x = x_ppm * kOne / kCertainScore;
    const std::int64_t rest = x % kLn2;
    std::int64_t sum = kOne;
    for (std::int64_t i = kTaylorTerms; i > 0; --i)
        sum = kOne - rest * sum / kOne / i;
    return sum >> (x / kLn2);
}

}  // namespace

Result<Score> parse_score(const Json& json) {
    constexpr std::string_view kMembers[] = {"id", "version", "form", "intercept", "terms"};
    TRY_VOID(require_known(json, "/", kMembers));
    Score score;
    const auto* const form = std::ranges::find(kScoreFormNames, json["form"].as_string());
    if (form == std::end(kScoreFormNames)) {
        return malformed("/form", "expected \"linear\" or \"logistic\"");
    }
    score.form = static_cast<ScoreForm>(form - std::begin(kScoreFormNames));
    TRY(score.intercept,
        whole(json["intercept"], "/intercept", -kMaxScoreIntercept, kMaxScoreIntercept, 0));
    const codec::JsonArray& terms = json["terms"].items();
    if (terms.empty() || terms.size() > kMaxScoreTerms) {
        return malformed("/terms",
                         "expected a list of 1 to " + std::to_string(kMaxScoreTerms) + " terms");
    }
    for (std::size_t i = 0; i < terms.size(); ++i) {
        TRY(ScoreTerm term, parse_term(terms[i], "/terms/" + std::to_string(i)));
        score.terms.push_back(std::move(term));
    }
    return score;
}

Json formula_json(const Score& score) {
    Json terms = Json::array();
    for (const ScoreTerm& term : score.terms)
        terms.push(term_json(term));
    return Json::object({{"form", kScoreFormNames[static_cast<std::size_t>(score.form)]},
                         {"intercept", score.intercept},
                         {"terms", std::move(terms)}});
}

Json to_json(const Score& score) {
    Json json = Json::object({{"id", score.id}, {"version", score.version}});
    const Json formula = formula_json(score);
    for (const auto& [name, value] : formula.members())
        json.set(name, value);
    return json;
}

std::int64_t logistic_ppm(std::int64_t z_ppm) {
    const std::int64_t power = exp_of_minus(std::min(kMaxExponent, z_ppm < 0 ? -z_ppm : z_ppm));
    const std::int64_t whole = kOne + power;
    const std::int64_t above = (kCertainScore * kOne + whole / 2) / whole;
    return z_ppm < 0 ? kCertainScore - above : above;
}

std::int64_t Scores::shaped(ScoreForm form, Wide z) {
    if (form == ScoreForm::kLinear) {
        return static_cast<std::int64_t>(std::clamp<Wide>(z, 0, kCertainScore));
    }
    return logistic_ppm(
        static_cast<std::int64_t>(std::clamp<Wide>(z, -kMaxExponent, kMaxExponent)));
}

FeatureId Scores::define(Score score, FeatureTable& features) {
    const std::string id = score.id;
    scores_.insert_or_assign(id, std::move(score));
    bind(features);
    return bounds_.at(place_of_.at(id)).feature;
}

void Scores::bind(FeatureTable& features) {
    bounds_.clear();
    place_of_.clear();
    readers_.clear();
    for (const auto& [id, score] : scores_)
        bind(score, features);
}

void Scores::bind(const Score& score, FeatureTable& features) {
    Bound bound{features.intern({Measure::kScore, score.id, {}}), score.form, score.intercept, {}};
    for (const ScoreTerm& term : score.terms) {
        const FeatureId feature = features.intern({term.measure, term.first, term.second});
        bound.terms.push_back({feature, term.weight, term.per, term.cap});
        if (feature >= readers_.size()) readers_.resize(std::size_t{feature} + 1);
        std::vector<FeatureId>& readers = readers_[feature];
        if (readers.empty() || readers.back() != bound.feature) readers.push_back(bound.feature);
    }
    place_of_[score.id] = bounds_.size();
    bounds_.push_back(std::move(bound));
}

const Scores::Bound* Scores::find(FeatureId score) const {
    const auto at = std::ranges::find(bounds_, score, &Bound::feature);
    return at == bounds_.end() ? nullptr : &*at;
}

void Scores::add_readers(std::span<const Change> changes, std::vector<FeatureId>& out) const {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (const auto& [feature, added] : changes) {
        if (feature >= readers_.size()) continue;
        out.insert(out.end(), readers_[feature].begin(), readers_[feature].end());
    }
    std::sort(out.begin() + first, out.end());
    out.erase(std::unique(out.begin() + first, out.end()), out.end());
}

Json Scores::explain(const Score& score, const Bound& bound, std::span<const std::int64_t> values) {
    Json terms = Json::array();
    Wide z = bound.intercept;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const ScoreTerm& term = score.terms[i];
        const Wide adds = bound.terms[i].adds(values[i]);
        z += adds;
        terms.push(Json::object({{"feature", name_of({term.measure, term.first, term.second})},
                                 {"value", values[i]},
                                 {"adds", static_cast<std::int64_t>(std::clamp<Wide>(
                                              adds, -kMaxScoreUnits, kMaxScoreUnits))}}));
    }
    return Json::object({{"id", score.id},
                         {"version", score.version},
                         {"form", kScoreFormNames[static_cast<std::size_t>(score.form)]},
                         {"intercept", score.intercept},
                         {"terms", std::move(terms)},
                         {"value", shaped(bound.form, z)}});
}

}  // namespace altis::fans
