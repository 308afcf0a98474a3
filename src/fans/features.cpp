#include "fans/features.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::fans {

namespace {

// Measure, length of the first text (which may hold any byte), first, second.
void write_key(const Feature& feature, std::string& key) {
    ALTIS_ASSERT(feature.first.size() <= UINT8_MAX);
    key.clear();
    key.push_back(static_cast<char>(feature.measure));
    key.push_back(static_cast<char>(feature.first.size()));
    key.append(feature.first).append(feature.second);
}

}  // namespace

FeatureId FeatureTable::intern(const Feature& feature) {
    write_key(feature, scratch_);
    const auto found = by_text_.find(scratch_);
    if (found != by_text_.end()) return found->second;
    const auto id = static_cast<FeatureId>(features_.size());
    const std::string_view text = texts_.emplace_back(scratch_);
    features_.push_back({feature.measure, text.substr(2, feature.first.size()),
                         text.substr(2 + feature.first.size())});
    by_text_.emplace(text, id);
    return id;
}

std::optional<FeatureId> FeatureTable::find(const Feature& feature) const {
    if (feature.first.size() > UINT8_MAX) return std::nullopt;
    std::string key;
    write_key(feature, key);
    const auto found = by_text_.find(key);
    if (found == by_text_.end()) return std::nullopt;
    return found->second;
}

std::vector<FeatureId> FeatureOrder::sort() {
    std::vector<FeatureId> order;
    for (FeatureId id = 0; id < used_.size(); ++id) {
        if (used_[id]) order.push_back(id);
    }
    std::ranges::sort(order, {}, [this](FeatureId id) { return table_.feature(id); });
    places_.assign(used_.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i)
        places_[order[i]] = static_cast<FeatureId>(i);
    return order;
}

}  // namespace altis::fans
