// Whether a person gets a message now: one pure rule, always in the same order, which ends at the
// first check that says no and names it.
//
//   consent for channel and purpose, suppression, embargo, spoiler state, relevance,
//   frequency cap, quiet hours, priority, deduplication, expiry
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "messages/preferences.h"

namespace altis::messages {

// What kind of message, by falling priority.
enum class Kind : std::uint8_t {
    kReplacement,  // in place of a message that is not seen yet, with the fact as it is now
    kCorrection,   // to whoever saw a fact that is no longer true
    kResult,
    kNotice,  // to whoever is shielded: it is decided, and nothing about how
    kStory,   // between Games
};
constexpr std::array<std::string_view, 5> kKindNames = {"replacement", "correction", "result",
                                                        "notice", "story"};
std::string_view to_string(Kind kind);
std::optional<Kind> parse_kind(std::string_view name);

// How long a message is worth sending after it was planned.
Duration lifetime(Kind kind);

// What became of a person's turn. The order is that of the checks; it is stored by name.
enum class Reason : std::uint8_t {
    kSend,            // nothing speaks against it
    kNoConsent,       // no consent to messages in this edition
    kChannelRefused,  // every channel is refused
    kSuppressed,      // on the suppression list
    kEmbargoed,       // held: not official yet, or not before a given time
    kNoResults,       // wants no results of this
    kShielded,        // held: watches it later
    kNotRelevant,     // follows nobody in it, or is not of the audience
    kCapReached,      // got as many messages today as wanted
    kQuietHours,      // held until they are over
    kTooLate,         // will have expired when the quiet hours are over
    kOutranked,       // something more important was told today
    kDuplicate,       // was told already
    kExpired,
};
constexpr std::array<std::string_view, 14> kReasonNames = {
    "send",       "no_consent", "channel_refused", "suppressed",  "embargoed",
    "no_results", "shielded",   "not_relevant",    "cap_reached", "quiet_hours",
    "too_late",   "outranked",  "duplicate",       "expired"};
std::string_view to_string(Reason reason);
std::optional<Reason> parse_reason(std::string_view name);

// True for reasons that end by themselves: the person is asked about again.
constexpr bool is_held(Reason reason) {
    return reason == Reason::kEmbargoed || reason == Reason::kShielded ||
           reason == Reason::kQuietHours;
}

// One sentence for the person.
std::string_view in_words(Reason reason);

// What is to be told.
struct Matter {
    Kind kind = Kind::kResult;
    std::string_view event;  // "<edition>/<unit>", what spoiler wishes are about
    bool is_official = false;
    Time embargo;  // not before this
    Time planned;  // since when it could be told
};

// What is known about one person at this moment.
struct Person {
    bool has_consent = false;  // to messages in the matter's edition
    bool is_relevant = false;
    bool was_told = false;                 // this, or the same for a correction
    bool was_told_more_important = false;  // today, than a story
    std::uint32_t told_today = 0;          // messages that count for the cap, in the person's day
    const Preferences* preferences = nullptr;  // never null
    std::optional<Time> quiet_until;  // when it is quiet for the person now; nothing otherwise
};

struct Ruling {
    Reason reason = Reason::kSend;
    Time again;  // of a held one: when to ask again; kNever when only the person's word changes it
};
constexpr Time kNever{INT64_MAX};

Ruling rule(const Matter& matter, const Person& person, Time now);

}  // namespace altis::messages
