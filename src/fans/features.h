// Features: the things that are counted or remembered about fans, as small numbers. "dwell on
// technical_chart" is one feature, "tickets bought for volleyball" another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace altis::fans {

enum class Measure : std::uint8_t {
    kDwell,         // sum of dwell in ms; first = content kind
    kViews,         // views; first = content kind
    kWatched,       // views; first = sport
    kShares,        // pieces of content shared
    kBought,        // pieces; first = category, second = sport or empty for all sports
    kSpent,         // minor units; first = category, second = currency
    kAttended,      // entries to venues; first = sport
    kOpened,        // messages opened
    kOrders,        // orders completed
    kSessions,      // derived from the visits, see visits.h
    kActiveDays,    // likewise
    kFollows,       // remembered: 1 or 0; first = athlete
    kFollowsSport,  // remembered: 1 or 0; first = sport
    kLanguage,      // remembered: a text
    kArea,          // remembered: a text
    kZone,          // remembered: a text, the time zone
    kSeenZone,      // remembered: a text; the zone of a fan that told none
    kScore,         // computed from the others, see scores.h; first = id of the score
    kText,          // no feature of a fan: stands for the text `first` as a value of the four above
};
constexpr std::string_view kMeasureNames[] = {
    "dwell",         "views",    "watched", "shares",   "bought",      "spent",
    "attended",      "opened",   "orders",  "sessions", "active_days", "follows",
    "follows_sport", "language", "area",    "zone",     "seen_zone",   "score"};
constexpr std::uint8_t kMeasures = 19;

constexpr bool is_text(Measure measure) {
    return measure == Measure::kLanguage || measure == Measure::kArea ||
           measure == Measure::kZone || measure == Measure::kSeenZone;
}

struct Feature {
    Measure measure = Measure::kDwell;
    std::string_view first = {};
    std::string_view second = {};
    friend auto operator<=>(const Feature&, const Feature&) = default;
};

using FeatureId = std::uint32_t;

// A feature whose value may have changed.
struct Change {
    FeatureId feature = 0;
    std::optional<std::int64_t> added;  // to a plain sum; nothing where the value before is unknown
};

// Gives each feature a number, in order of first use. Numbers are of this process and never stored.
// Number 0 is the empty text, which is no value of any feature.
class FeatureTable {
  public:
    FeatureTable() { intern({Measure::kText, {}, {}}); }

    FeatureId intern(const Feature& feature);
    // Nothing when the feature was never interned.
    std::optional<FeatureId> find(const Feature& feature) const;
    const Feature& feature(FeatureId id) const { return features_[id]; }
    std::size_t size() const { return features_.size(); }

  private:
    struct Hash {
        std::size_t operator()(const Feature& feature) const;
    };

    std::deque<std::string> texts_;  // that the features' views show
    std::deque<Feature> features_;
    std::unordered_map<Feature, FeatureId, Hash> numbers_;
};

// Numbers features by their names instead of by first use, for snapshots.
class FeatureOrder {
  public:
    explicit FeatureOrder(const FeatureTable& table) : table_(table), used_(table.size(), false) {}

    void use(FeatureId id) { used_[id] = true; }
    // Call once after the last `use`; gives the used features in order of their names.
    std::vector<FeatureId> sort();
    // Place of a used feature in that order.
    FeatureId place(FeatureId id) const { return places_[id]; }

  private:
    const FeatureTable& table_;
    std::vector<bool> used_;
    std::vector<FeatureId> places_;
};

}  // namespace altis::fans
