#include "messages/preferences.h"

#include <algorithm>

namespace altis::messages {
namespace {

using codec::Json;

tl::unexpected<Error> invalid(const std::string& why) {
    return fail(Code::kInvalid, "preferences.invalid", why);
}

bool is_scope(std::string_view text) {
    return !text.empty() && text.size() <= kMaxScopeBytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '/';
    });
}

std::string clock_text(std::uint16_t minute) {
    const auto two = [](int value) {
        return std::string{static_cast<char>('0' + value / 10),
                           static_cast<char>('0' + value % 10)};
    };
    return two(minute / 60) + ":" + two(minute % 60);
}

Result<std::uint16_t> minute_from(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
        const int hour = (text[0] - '0') * 10 + (text[1] - '0');
        const int minute = (text[3] - '0') * 10 + (text[4] - '0');
        if (hour < 24 && minute < 60) return static_cast<std::uint16_t>(hour * 60 + minute);
    }
    return invalid("quiet_hours needs `from` and `until` as \"HH:MM\" on the person's own clock");
}

Result<void> read_quiet_hours(const Json& json, Preferences& preferences) {
    if (json.is_null()) {
        preferences.set_quiet_hours(0, 0);
        return {};
    }
    TRY(const std::uint16_t from, minute_from(json["from"].as_string()));
    TRY(const std::uint16_t until, minute_from(json["until"].as_string()));
    preferences.set_quiet_hours(from, until);
    return {};
}

Result<void> read_cap(const Json& json, Preferences& preferences) {
    const std::int64_t cap = json.as_int(-1);
    if (cap < 0 || cap > kMaxDailyCap) {
        return invalid("daily_cap is a whole number of messages from 0 to 100");
    }
    preferences.daily_cap = static_cast<std::uint16_t>(cap);
    return {};
}

Result<void> read_zone(const Json& json, Preferences& preferences) {
    const std::string_view zone = json.as_string();
    const bool is_plain = std::ranges::all_of(zone, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    });
    if (!json.is_string() || !is_plain || zone.size() > kMaxPreferenceZone) {
        return invalid("zone is the name of an IANA time zone, e.g. Asia/Tokyo");
    }
    preferences.zone = zone;
    return {};
}

Result<void> read_channels(const Json& json, Preferences& preferences) {
    if (!json.is_array()) return invalid("refused_channels is a list of channels");
    for (const Json& item : json.items()) {
        const auto bit = channel_bit(item.as_string());
        if (!bit) {
            return invalid(
                "refused_channels may name gateway, web_push, email, apns, fcm, webhook "
                "and in_app");
        }
        preferences.refused_channels |= *bit;
    }
    return {};
}

Result<void> read_alerts(const Json& json, Preferences& preferences) {
    const bool is_good = json.is_array() && json.items().size() <= kMaxAlerts &&
                         std::ranges::all_of(json.items(), [](const Json& item) {
                             return is_scope(item.as_string());
                         });
    if (!is_good) return invalid("alerts is a list of at most 64 scopes such as owg2026/FSK");
    for (const Json& item : json.items())
        preferences.alerts.emplace_back(item.as_string());
    return {};
}

Result<void> read_wishes(const Json& json, Preferences& preferences) {
    if (!json.is_array() || json.items().size() > kMaxWishes) {
        return invalid("spoilers is a list of at most 64 wishes");
    }
    for (const Json& item : json.items()) {
        TRY(auto wish, wish_from_json(item));
        const bool is_twice = std::ranges::any_of(
            preferences.wishes, [&](const auto& known) { return known.scope == wish.scope; });
        if (is_twice) return invalid("spoilers names a scope twice");
        preferences.wishes.push_back(std::move(wish));
    }
    return {};
}

struct Member {
    std::string_view name;
    Result<void> (*read)(const Json&, Preferences&);
};
constexpr Member kMembers[] = {
    {"quiet_hours", read_quiet_hours},   {"daily_cap", read_cap}, {"zone", read_zone},
    {"refused_channels", read_channels}, {"alerts", read_alerts}, {"spoilers", read_wishes}};

}  // namespace

std::optional<std::uint8_t> channel_bit(std::string_view name) {
    const auto found = std::ranges::find(kChannelNames, name);
    if (found == kChannelNames.end()) return std::nullopt;
    return static_cast<std::uint8_t>(1U << (found - kChannelNames.begin()));
}

bool covers(std::string_view scope, std::string_view event) {
    if (!event.starts_with(scope)) return false;
    return scope.find('/') != std::string_view::npos || event.size() == scope.size() ||
           event[scope.size()] == '/';
}

const SpoilerWish* Preferences::wish_about(std::string_view event) const {
    const SpoilerWish* best = nullptr;
    for (const SpoilerWish& wish : wishes) {
        if (!covers(wish.scope, event)) continue;
        if (best == nullptr || wish.scope.size() > best->scope.size()) best = &wish;
    }
    return best;
}

bool Preferences::is_waiting_for(std::string_view event) const {
    const SpoilerWish* wish = wish_about(event);
    if (wish != nullptr) return wish->state == SpoilerState::kLive;
    return std::ranges::any_of(alerts, [&](const auto& scope) { return covers(scope, event); });
}

void Preferences::set_quiet_hours(std::uint16_t from, std::uint16_t until) {
    const bool is_never = from == until;
    quiet_from = is_never ? 0 : from;
    quiet_until = is_never ? 0 : until;
}

bool Preferences::is_quiet_at(int minute) const {
    if (quiet_from <= quiet_until) return minute >= quiet_from && minute < quiet_until;
    return minute >= quiet_from || minute < quiet_until;
}

Json to_json(const SpoilerWish& wish) {
    Json json = Json::object(
        {{"scope", wish.scope}, {"state", kSpoilerNames[static_cast<std::size_t>(wish.state)]}});
    if (wish.state == SpoilerState::kDelayed) json.set("until", format_rfc3339(wish.until));
    return json;
}

Json to_json(const Preferences& preferences) {
    Json quiet;
    if (preferences.quiet_from != preferences.quiet_until) {
        quiet = Json::object({{"from", clock_text(preferences.quiet_from)},
                              {"until", clock_text(preferences.quiet_until)}});
    }
    Json refused = Json::array();
    for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
        if ((preferences.refused_channels >> i & 1) != 0) refused.push(kChannelNames[i]);
    }
    Json alerts = Json::array();
    for (const std::string& scope : preferences.alerts)
        alerts.push(scope);
    Json wishes = Json::array();
    for (const SpoilerWish& wish : preferences.wishes)
        wishes.push(to_json(wish));
    return Json::object({{"quiet_hours", std::move(quiet)},
                         {"daily_cap", std::int64_t{preferences.daily_cap}},
                         {"zone", preferences.zone},
                         {"refused_channels", std::move(refused)},
                         {"alerts", std::move(alerts)},
                         {"spoilers", std::move(wishes)}});
}

Result<SpoilerWish> wish_from_json(const Json& json) {
    SpoilerWish wish;
    wish.scope = json["scope"].as_string();
    if (!is_scope(wish.scope)) {
        return invalid(
            "a spoiler wish needs a `scope`: an edition, or an edition, a slash and the "
            "beginning of a unit's code");
    }
    const auto state = std::ranges::find(kSpoilerNames, json["state"].as_string());
    if (state == kSpoilerNames.end()) {
        return invalid("the `state` of a spoiler wish is live, delayed, finished or no_results");
    }
    wish.state = static_cast<SpoilerState>(state - kSpoilerNames.begin());
    if (wish.state != SpoilerState::kDelayed) return wish;
    const auto until = parse_rfc3339(json["until"].as_string());
    if (!until) return invalid("a delayed event needs `until`, a time in RFC 3339");
    wish.until = *until;
    return wish;
}

Result<Preferences> preferences_from_json(const Json& json) {
    if (!json.is_object()) return invalid("preferences are a JSON object");
    Preferences preferences;
    for (const auto& [name, value] : json.members()) {
        const auto* member = std::ranges::find(kMembers, name, &Member::name);
        if (member == std::end(kMembers)) {
            return invalid(
                "preferences have quiet_hours, daily_cap, zone, refused_channels, alerts "
                "and spoilers, and nothing else");
        }
        TRY_VOID(member->read(value, preferences));
    }
    return preferences;
}

}  // namespace altis::messages
