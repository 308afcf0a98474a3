#include "fans/features.h"

#include <algorithm>
#include <functional>

namespace altis::fans {

std::size_t FeatureTable::Hash::operator()(const Feature& feature) const {
    constexpr std::size_t kOdd = 0x9e3779b97f4a7c15ULL;
    constexpr std::hash<std::string_view> kHash;
    std::size_t hash = kHash(feature.first) + static_cast<std::size_t>(feature.measure);
    if (!feature.second.empty()) hash = (hash * kOdd) ^ kHash(feature.second);
    return hash * kOdd;
}

FeatureId FeatureTable::intern(const Feature& feature) {
    const auto found = numbers_.find(feature);
    if (found != numbers_.end()) return found->second;
    const auto id = static_cast<FeatureId>(features_.size());
    const Feature& kept = features_.emplace_back(Feature{
        feature.measure, texts_.emplace_back(feature.first), texts_.emplace_back(feature.second)});
    numbers_.emplace(kept, id);
    return id;
}

std::optional<FeatureId> FeatureTable::find(const Feature& feature) const {
    const auto found = numbers_.find(feature);
    if (found == numbers_.end()) return std::nullopt;
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
