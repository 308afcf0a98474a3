#include "messages/decision.h"

#include <algorithm>

namespace altis::messages {
namespace {

template <class Enum, std::size_t kSize>
std::optional<Enum> parse(const std::array<std::string_view, kSize>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

constexpr Duration hours(std::int64_t n) {
    return seconds(n * 3'600);
}

// A correction and what replaces an unseen message are quiet and owed: they only put right what the
// person has already.
bool is_owed(Kind kind) {
    return kind == Kind::kCorrection || kind == Kind::kReplacement;
}

std::optional<Ruling> spoiler(const Matter& matter, const Preferences& preferences, Time now) {
    const SpoilerWish* wish = preferences.wish_about(matter.event);
    if (wish == nullptr) return std::nullopt;
    switch (wish->state) {
        case SpoilerState::kNoResults:
            if (matter.kind == Kind::kStory) return std::nullopt;
            return Ruling{Reason::kNoResults, {}};
        case SpoilerState::kDelayed:
            if (matter.kind == Kind::kNotice || now >= wish->until) return std::nullopt;
            return Ruling{Reason::kShielded, wish->until};
        case SpoilerState::kLive:
        case SpoilerState::kFinished:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Ruling> quiet(const Matter& matter, const Person& person, Time expires) {
    if (!person.quiet_until || is_owed(matter.kind)) return std::nullopt;
    const SpoilerWish* wish = person.preferences->wish_about(matter.event);
    if (wish != nullptr && wish->state == SpoilerState::kLive) return std::nullopt;  // awake
    if (*person.quiet_until >= expires) return Ruling{Reason::kTooLate, {}};
    return Ruling{Reason::kQuietHours, *person.quiet_until};
}

// What somebody asked to be told later is told then, however late that is.
bool is_expired(const Matter& matter, const Preferences& preferences, Time now, Time expires) {
    const SpoilerWish* wish = preferences.wish_about(matter.event);
    const bool is_delayed = wish != nullptr && wish->state != SpoilerState::kLive;
    return now >= expires && !is_delayed;
}

}  // namespace

std::string_view to_string(Kind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}
std::optional<Kind> parse_kind(std::string_view name) {
    return parse<Kind>(kKindNames, name);
}
std::string_view to_string(Reason reason) {
    return kReasonNames[static_cast<std::size_t>(reason)];
}
std::optional<Reason> parse_reason(std::string_view name) {
    return parse<Reason>(kReasonNames, name);
}

Duration lifetime(Kind kind) {
    switch (kind) {
        case Kind::kCorrection:
        case Kind::kReplacement:
            return days(30);
        case Kind::kResult:
            return hours(6);
        case Kind::kNotice:
            return hours(12);
        case Kind::kStory:
            return hours(18);
    }
    return {};
}

std::string_view in_words(Reason reason) {
    switch (reason) {
        case Reason::kSend:
            return "You got this message.";
        case Reason::kNoConsent:
            return "You did not get this message because you have not agreed to messages in this "
                   "edition.";
        case Reason::kChannelRefused:
            return "You did not get this message because you refused every way to reach you.";
        case Reason::kSuppressed:
            return "You did not get this message because you are on the list of those who are not "
                   "to be written to.";
        case Reason::kEmbargoed:
            return "You have not got this message yet because it may not be told before it is "
                   "official.";
        case Reason::kNoResults:
            return "You did not get this message because you asked for no results of this.";
        case Reason::kShielded:
            return "You have not got this message yet because you watch this later.";
        case Reason::kNotRelevant:
            return "You did not get this message because you follow nobody in it or are not of its "
                   "audience.";
        case Reason::kCapReached:
            return "You did not get this message because you got as many today as you want.";
        case Reason::kQuietHours:
            return "You have not got this message yet because it is quiet hours where you are.";
        case Reason::kTooLate:
            return "You did not get this message because it would have been stale after your quiet "
                   "hours.";
        case Reason::kOutranked:
            return "You did not get this message because you were told something more important "
                   "today.";
        case Reason::kDuplicate:
            return "You did not get this message because you were told about this already.";
        case Reason::kExpired:
            return "You did not get this message because its time had passed.";
    }
    return "";
}

Ruling rule(const Matter& matter, const Person& person, Time now) {
    const Preferences& preferences = *person.preferences;
    const auto no = [](Reason reason) { return Ruling{reason, {}}; };
    const Time expires = std::max(matter.planned, matter.embargo) + lifetime(matter.kind);
    if (!person.has_consent) return no(Reason::kNoConsent);
    if (preferences.refused_channels == kAllChannels) return no(Reason::kChannelRefused);
    if (!preferences.suppressed.empty()) return no(Reason::kSuppressed);
    if (!matter.is_official) return {Reason::kEmbargoed, kNever};
    if (now < matter.embargo) return {Reason::kEmbargoed, matter.embargo};
    if (const auto shield = spoiler(matter, preferences, now)) return *shield;
    if (!person.is_relevant) return no(Reason::kNotRelevant);
    if (!is_owed(matter.kind) && person.told_today >= preferences.daily_cap) {
        return no(Reason::kCapReached);
    }
    if (const auto until = quiet(matter, person, expires)) return *until;
    if (matter.kind == Kind::kStory && person.was_told_more_important) {
        return no(Reason::kOutranked);
    }
    if (person.was_told) return no(Reason::kDuplicate);
    if (is_expired(matter, preferences, now, expires)) return no(Reason::kExpired);
    return {Reason::kSend, {}};
}

}  // namespace altis::messages
