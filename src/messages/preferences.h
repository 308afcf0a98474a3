// What a person wants to be told, when and by which ways; and what each event means to them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"

namespace altis::messages {

constexpr std::size_t kMaxWishes = 64;          // spoiler wishes of one person
constexpr std::size_t kMaxAlerts = 64;          // alerts of one person
constexpr std::size_t kMaxScopeBytes = 100;     // of what a wish or an alert is about
constexpr std::size_t kMaxPreferenceZone = 64;  // bytes of a time zone's name
constexpr std::uint16_t kMaxDailyCap = 100;
constexpr std::uint16_t kDefaultDailyCap = 8;  // messages a day that nobody asked for one by one
constexpr std::uint16_t kDefaultQuietFrom = 22 * 60;
constexpr std::uint16_t kDefaultQuietUntil = 7 * 60;

// Ways to a person. "gateway" is the owner's own one, fed by a stream.
constexpr std::array<std::string_view, 7> kChannelNames = {"gateway", "web_push", "email", "apns",
                                                           "fcm",     "webhook",  "in_app"};
constexpr std::uint8_t kAllChannels = (1U << kChannelNames.size()) - 1;
std::optional<std::uint8_t> channel_bit(std::string_view name);

// What an event is to a person.
enum class SpoilerState : std::uint8_t {
    kLive,       // watches as it happens: told first, also in quiet hours
    kDelayed,    // watches later: nothing about how it ended before `until`
    kFinished,   // has seen it
    kNoResults,  // wants to hear nothing about how it ended
};
constexpr std::array<std::string_view, 4> kSpoilerNames = {"live", "delayed", "finished",
                                                           "no_results"};

// A scope is "<edition>", or "<edition>/" and the beginning of a unit's code: a sport ("FSK"), an
// event, a unit. It covers all units whose code begins so.
bool covers(std::string_view scope, std::string_view event);

struct SpoilerWish {
    std::string scope;
    SpoilerState state = SpoilerState::kLive;
    Time until;  // of kDelayed
    friend bool operator==(const SpoilerWish&, const SpoilerWish&) = default;
};

struct Preferences {
    // Minutes of the day on the person's wall clock; from = until: never quiet.
    std::uint16_t quiet_from = kDefaultQuietFrom;
    std::uint16_t quiet_until = kDefaultQuietUntil;
    std::uint16_t daily_cap = kDefaultDailyCap;
    std::string zone;                   // IANA name; empty: as the person's events say
    std::uint8_t refused_channels = 0;  // bits by kChannelNames
    std::vector<SpoilerWish> wishes;    // one per scope
    std::vector<std::string> alerts;    // scopes of which the person asked to be told first
    std::string suppressed;             // why nothing is sent, by the owner; empty: no
    friend bool operator==(const Preferences&, const Preferences&) = default;

    // The wish with the longest scope that covers "<edition>/<unit>"; null when there is none.
    const SpoilerWish* wish_about(std::string_view event) const;
    // Whether the person waits for it: watches live, or set an alert.
    bool is_waiting_for(std::string_view event) const;
    bool is_quiet_at(int minute) const;
    // Minutes of the day; never quiet is kept as 0 and 0, however it was said.
    void set_quiet_hours(std::uint16_t from, std::uint16_t until);
};

// Everything but `suppressed`:
// {"quiet_hours": {"from": "22:00", "until": "07:00"} | null, "daily_cap": 8, "zone": "Asia/Tokyo",
//  "refused_channels": ["email"], "alerts": ["owg2026/FSK"],
//  "spoilers": [{"scope": "owg2026/FSK", "state": "delayed", "until": "2026-02-20T08:00:00Z"}]}
codec::Json to_json(const Preferences& preferences);
codec::Json to_json(const SpoilerWish& wish);
// Absent members have their defaults; an unknown member is refused. Fails with
// "preferences.invalid", which names the member.
Result<Preferences> preferences_from_json(const codec::Json& json);
Result<SpoilerWish> wish_from_json(const codec::Json& json);

}  // namespace altis::messages
