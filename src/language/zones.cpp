#include "language/zones.h"

#include <algorithm>
#include <limits>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/tztrans.h>
#include <unicode/unistr.h>

namespace altis::language {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kDayUs = kMinutesPerDay * kMinuteUs;
constexpr std::size_t kMaxNames = 4'096;  // remembered, so that made-up names cannot fill memory

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

UDate to_icu(Time time) {
    return static_cast<UDate>(floor_to(time.us, 1'000) / 1'000);
}

Time from_icu(UDate date) {
    return {static_cast<std::int64_t>(date) * 1'000};
}

}  // namespace

struct Zones::Zone {
    std::unique_ptr<icu::TimeZone> rules;
    // The offset that holds from `from` until before `until`.
    std::int64_t offset_us = 0;
    Time from{1};
    Time until{0};
};

Zones::Zones() = default;
Zones::~Zones() = default;

std::optional<ZoneId> Zones::find(std::string_view name) {
    if (name.empty() || name.size() > kMaxZoneBytes) return std::nullopt;
    const auto known = numbers_.find(std::string(name));
    if (known != numbers_.end()) return known->second;
    if (numbers_.size() >= kMaxNames) return std::nullopt;
    std::optional<ZoneId> number;
    std::unique_ptr<icu::TimeZone> rules(icu::TimeZone::createTimeZone(
        icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())})));
    if (rules && *rules != icu::TimeZone::getUnknown()) {
        number = static_cast<ZoneId>(zones_.size());
        zones_.push_back(std::make_unique<Zone>());
        zones_.back()->rules = std::move(rules);
    }
    numbers_.emplace(name, number);
    return number;
}

// Every zone that ICU makes from a name is a BasicTimeZone, which knows its transitions.
std::int64_t Zones::offset_us(Zone& zone, Time now) {
    if (zone.from <= now && now < zone.until) return zone.offset_us;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t raw = 0;
    std::int32_t saving = 0;
    zone.rules->getOffset(to_icu(now), 0, raw, saving, status);
    zone.offset_us = U_SUCCESS(status) ? (std::int64_t{raw} + saving) * 1'000 : 0;
    zone.from = now;
    zone.until = {std::numeric_limits<std::int64_t>::max()};
    const auto* basic = dynamic_cast<const icu::BasicTimeZone*>(zone.rules.get());
    icu::TimeZoneTransition change;
    if (basic == nullptr) {
        zone.until = {now.us + 1};
        return zone.offset_us;
    }
    if (basic->getNextTransition(to_icu(now), false, change)) {
        zone.until = from_icu(change.getTime());
    }
    if (basic->getPreviousTransition(to_icu(now), true, change)) {
        zone.from = from_icu(change.getTime());
    }
    return zone.offset_us;
}

int Zones::minute_of_day(ZoneId zone, Time now) {
    const std::int64_t local = now.us + offset_us(*zones_[zone], now);
    return static_cast<int>((local - floor_to(local, kDayUs)) / kMinuteUs);
}

// The first moment at or after `not_before` at which the wall clock shows this, or the change of
// the clock that skips it; nothing when that is past.
std::optional<Time> Zones::moment_of(Zone& zone, std::int64_t local_us, Time not_before) {
    const std::int64_t before = offset_us(zone, {local_us - 2 * kDayUs});
    const std::int64_t after = offset_us(zone, {local_us + 2 * kDayUs});
    const Time first{local_us - std::max(before, after)};
    const Time second{local_us - std::min(before, after)};
    bool exists = false;
    for (const Time candidate : {first, second}) {
        if (candidate.us + offset_us(zone, candidate) != local_us) continue;
        if (candidate >= not_before) return candidate;
        exists = true;
    }
    if (exists) return std::nullopt;
    offset_us(zone, first);  // skipped: `first` lies before the change, `second` behind it
    if (zone.until < not_before) return std::nullopt;
    return zone.until;
}

Time Zones::start_of_day(ZoneId zone, Time now) {
    Zone& rules = *zones_[zone];
    const std::int64_t offset = offset_us(rules, now);
    const std::int64_t midnight = floor_to(now.us + offset, kDayUs);
    const Time guess{midnight - offset};
    if (rules.from <= guess) return guess;  // no change of the clock since midnight
    return moment_of(rules, midnight, {std::numeric_limits<std::int64_t>::min()}).value_or(now);
}

Time Zones::next(ZoneId zone, int minute, Time now) {
    Zone& rules = *zones_[zone];
    const std::int64_t offset = offset_us(rules, now);
    const std::int64_t midnight = floor_to(now.us + offset, kDayUs);
    for (std::int64_t day = 0; day < 3; ++day) {
        const std::int64_t local = midnight + day * kDayUs + minute * kMinuteUs;
        const Time guess{local - offset};
        // The same offset now and then: no change of the clock in between.
        if (guess >= now && guess < rules.until) return guess;
        if (const auto moment = moment_of(rules, local, now)) return *moment;
    }
    return {now.us + kDayUs};
}

}  // namespace altis::language
