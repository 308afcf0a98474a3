// Time zones of the IANA database: what the clock on a person's wall says, and when it will say
// something else. ICU holds the rules.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace altis::language {

constexpr std::size_t kMaxZoneBytes = 64;  // of a name; the longest of the database has 32
constexpr int kMinutesPerDay = 1'440;

// Number of a zone within one Zones object.
using ZoneId = std::uint16_t;

// Remembers each zone's current offset, so that asking about a million people in a row costs a few
// additions each. Not thread-safe: one object per thread.
class Zones {
  public:
    Zones();
    ~Zones();
    Zones(const Zones&) = delete;
    Zones& operator=(const Zones&) = delete;

    // Nothing for a name that the database does not have. Aliases ("Asia/Calcutta") are taken.
    std::optional<ZoneId> find(std::string_view name);

    // Minutes since local midnight as the wall clock shows them, 0 to 1439.
    int minute_of_day(ZoneId zone, Time now);

    // The moment at which the local day of `now` began. Where midnight is skipped by a change of
    // the clock, the first moment of the day that exists.
    Time start_of_day(ZoneId zone, Time now);

    // The first moment at or after `now` at which the wall clock shows `minute` (0 to 1439). A time
    // of day that a change of the clock skips counts as the moment of the change (23:30 + 30 min of
    // a gap is where the gap ends); of one that comes twice the first counts, unless it is past.
    Time next(ZoneId zone, int minute, Time now);

  private:
    struct Zone;
    std::int64_t offset_us(Zone& zone, Time now);
    std::optional<Time> moment_of(Zone& zone, std::int64_t local_us, Time not_before);

    std::unordered_map<std::string, std::optional<ZoneId>> numbers_;
    std::vector<std::unique_ptr<Zone>> zones_;
};

}  // namespace altis::language
