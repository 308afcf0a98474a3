// What the book of the fans answers.
#include <algorithm>

#include "fans/fans_book.h"
#include "fans/set_expression.h"

namespace altis::fans {
namespace {

using codec::Json;

tl::unexpected<Error> unknown_segment(std::string_view id) {
    return fail(Code::kNotFound, "fans.unknown_segment",
                "there is no segment '" + std::string(id.substr(0, kMaxSegmentIdBytes)) +
                    "'; define it first");
}

// Where a counted feature stands in a profile: "dwell": {"replay": 1200}, "opened": 3.
void set_counter(Json& profile, const Feature& feature, std::int64_t value) {
    const std::string_view group = kMeasureNames[static_cast<std::size_t>(feature.measure)];
    if (feature.first.empty()) {
        profile.set(group, value);
        return;
    }
    std::string key(feature.first);
    if (!feature.second.empty()) key.append("/").append(feature.second);
    Json values = profile[group];
    values.set(key, value);
    profile.set(group, std::move(values));
}

}  // namespace

FanId FansBook::find_fan(const crypto::Fingerprint& identifier) const {
    return fan_of(lookup(identifier));
}

FanId FansBook::fan_of(SubjectId subject) const {
    return subjects_.contains(subject) ? subjects_.fan_of(subject) : kNoSubject;
}

std::string_view FansBook::text_of(FanId fan, Measure measure) const {
    const auto feature = subjects_.features().find({measure, {}, {}});
    if (!feature) return {};
    const auto text = static_cast<FeatureId>(subjects_.value(fan, *feature));
    return subjects_.features().feature(text).first;
}

std::vector<std::string_view> FansBook::sports(FanId fan) const {
    std::vector<std::string_view> names;
    for (const FeatureId id : subjects_.features_of(fan)) {
        const Feature& feature = subjects_.features().feature(id);
        const bool is_sport =
            feature.measure == Measure::kFollowsSport || feature.measure == Measure::kWatched;
        if (is_sport && subjects_.value(fan, id) > 0) names.push_back(feature.first);
    }
    return names;
}

std::int64_t FansBook::value(FanId fan, const Feature& feature) const {
    const auto id = subjects_.features().find(feature);
    return id ? board_.value(fan, *id) : 0;
}

Json FansBook::follows_of(FanId fan, Measure measure) const {
    std::vector<std::string_view> names;
    for (const FeatureId id : subjects_.features_of(fan)) {
        const Feature& feature = subjects_.features().feature(id);
        if (feature.measure == measure && subjects_.value(fan, id) != 0) {
            names.push_back(feature.first);
        }
    }
    std::ranges::sort(names);
    Json result = Json::array();
    for (const std::string_view name : names)
        result.push(name);
    return result;
}

Json FansBook::profile(FanId fan) const {
    Json numbers = Json::array();
    Json users = Json::array();
    Time first{INT64_MAX};
    Time last{INT64_MIN};
    std::uint64_t events = 0;
    for (const SubjectId id : subjects_.members(fan)) {
        const Contribution subject = subjects_.contribution(id);
        numbers.push(to_number(id));
        if (!subject.user_id().empty()) users.push(subject.user_id());
        first = std::min(first, subject.first_seen());
        last = std::max(last, subject.last_seen());
        events += subject.events();
    }
    Json profile = Json::object({{"fan", to_number(fan)},
                                 {"subjects", std::move(numbers)},
                                 {"user_ids", std::move(users)},
                                 {"events", events}});
    if (events > 0) {
        profile.set("first_seen", format_rfc3339(first));
        profile.set("last_seen", format_rfc3339(last));
    }
    profile.set("language", language(fan));
    profile.set("area", area(fan));
    profile.set("email_known", !email_tag(fan).empty());
    profile.set("zone", text_of(fan, Measure::kZone));
    profile.set("follows", follows_of(fan, Measure::kFollows));
    profile.set("follows_sports", follows_of(fan, Measure::kFollowsSport));
    std::vector<FeatureId> features = subjects_.features_of(fan);
    std::ranges::sort(features, {}, [&](FeatureId id) { return subjects_.features().feature(id); });
    for (const FeatureId id : features) {
        const Feature& feature = subjects_.features().feature(id);
        if (feature.measure < Measure::kFollows) {
            set_counter(profile, feature, subjects_.value(fan, id));
        }
    }
    Json values = Json::object();
    for (const auto& [id, score] : scores())
        values.set(id, value(fan, {Measure::kScore, id, {}}));
    profile.set("scores", std::move(values));
    Json memberships = Json::array();
    for (const auto& [id, segment] : segments()) {
        if (segment.members->contains(fan)) memberships.push(id);
    }
    profile.set("segments", std::move(memberships));
    return profile;
}

FanCounts FansBook::counts() const {
    FanCounts counts;
    counts.fans = everyone().size();
    counts.subjects = subjects_.subject_count();
    counts.events = events_;
    counts.conflicts = conflicts_;
    counts.rejected = rejected_;
    counts.forgotten_subjects = forgotten_.size();
    return counts;
}

const Segment* FansBook::segment(std::string_view id) const {
    return board_.segment(id);
}

bool FansBook::in_segment(FanId fan, std::string_view id) const {
    const Segment* const found = segment(id);
    return found != nullptr && found->members->contains(fan);
}

Result<std::uint64_t> FansBook::intersection_size(std::span<const std::string_view> ids) const {
    SetExpression common;
    for (const std::string_view& id : ids) {
        const Segment* const found = segment(id);
        if (found == nullptr) return unknown_segment(id);
        common.push(*found->members);
        if (&id != ids.data()) common.intersect();
    }
    return ids.empty() ? everyone().size() : common.size(everyone().size());
}

Result<std::uint64_t> FansBook::size_of(std::string_view rule) const {
    TRY(const Rule parsed, parse_rule(rule));
    TRY_VOID(require_scores(parsed));
    return board_.size_of(parsed);
}

Json FansBook::explain_scores(FanId fan) const {
    Json items = Json::array();
    for (const auto& [id, score] : scores())
        items.push(board_.explain(fan, score));
    return items;
}

Result<Json> FansBook::explain(FanId fan, std::string_view id) const {
    const Segment* const found = segment(id);
    if (found == nullptr) return unknown_segment(id);
    if (!is_fan(fan)) return fail(Code::kNotFound, "fans.unknown_fan", "there is no such fan");
    return board_.explain(fan, *found);
}

}  // namespace altis::fans
