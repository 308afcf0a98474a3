#include "language/zones.h"

#include <gtest/gtest.h>

namespace altis::language {
namespace {

Time at(const char* text) {
    return *parse_rfc3339(text);
}

TEST(Zones, KnowsTheDatabasesNamesAndNoOthers) {
    Zones zones;
    EXPECT_TRUE(zones.find("Asia/Tokyo"));
    EXPECT_TRUE(zones.find("Asia/Calcutta"));
    EXPECT_FALSE(zones.find("Asia/Atlantis"));
    EXPECT_FALSE(zones.find(""));
    EXPECT_FALSE(zones.find(std::string(65, 'A')));
    EXPECT_EQ(zones.find("Asia/Tokyo"), zones.find("Asia/Tokyo"));
}

TEST(Zones, ShowsTheWallClock) {
    Zones zones;
    struct Case {
        const char* zone;
        const char* now;
        int minute;
    };
    for (const Case& c : {Case{"Asia/Tokyo", "2026-02-19T21:04:05Z", 6 * 60 + 4},
                          Case{"Asia/Kathmandu", "2026-02-19T21:04:05Z", 2 * 60 + 49},
                          Case{"America/St_Johns", "2026-02-19T21:04:05Z", 17 * 60 + 34},
                          Case{"Europe/Rome", "2026-03-29T00:59:59Z", 1 * 60 + 59},
                          Case{"Europe/Rome", "2026-03-29T01:00:00Z", 3 * 60},
                          Case{"America/New_York", "1961-01-01T04:30:00Z", 23 * 60 + 30}}) {
        EXPECT_EQ(zones.minute_of_day(*zones.find(c.zone), at(c.now)), c.minute) << c.zone;
    }
}

TEST(Zones, NextTimeOfDayInGapsAndFolds) {
    Zones zones;
    struct Case {
        const char* zone;
        int minute;
        const char* now;
        const char* next;
    };
    constexpr int k0230 = 150;
    for (const Case& c : {
             Case{"Asia/Tokyo", 420, "2026-02-19T21:04:05Z", "2026-02-19T22:00:00Z"},
             Case{"Asia/Tokyo", 420, "2026-02-19T22:00:00Z", "2026-02-19T22:00:00Z"},
             Case{"Asia/Tokyo", 420, "2026-02-19T22:00:01Z", "2026-02-20T22:00:00Z"},
             // The night of the change: seven in the morning is an hour sooner, or later.
             Case{"Europe/Rome", 420, "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z"},
             Case{"Europe/Rome", 420, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"},
             // 02:30 does not exist: the moment of the change.
             Case{"Europe/Rome", k0230, "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z"},
             // 02:30 comes twice: the first, and once that is past the second.
             Case{"Europe/Rome", k0230, "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"},
             Case{"Europe/Rome", k0230, "2026-10-25T00:30:01Z", "2026-10-25T01:30:00Z"},
             // Half an hour of daylight saving.
             Case{"Australia/Lord_Howe", 135, "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z"},
         }) {
        const Time next = zones.next(*zones.find(c.zone), c.minute, at(c.now));
        EXPECT_EQ(format_rfc3339(next), format_rfc3339(at(c.next))) << c.zone << " " << c.now;
    }
}

TEST(Zones, DaysBeginAtMidnightOrWhereItIsSkipped) {
    Zones zones;
    struct Case {
        const char* zone;
        const char* now;
        const char* begin;
    };
    for (const Case& c : {Case{"Asia/Tokyo", "2026-02-19T21:04:05Z", "2026-02-19T15:00:00Z"},
                          Case{"Europe/Rome", "2026-03-29T20:00:00Z", "2026-03-28T23:00:00Z"},
                          Case{"Europe/Rome", "2026-10-25T20:00:00Z", "2026-10-24T22:00:00Z"},
                          // Midnight of 28 March 2026 is skipped in Beirut, by one hour.
                          Case{"Asia/Beirut", "2026-03-29T10:00:00Z", "2026-03-28T22:00:00Z"}}) {
        const Time begin = zones.start_of_day(*zones.find(c.zone), at(c.now));
        EXPECT_EQ(format_rfc3339(begin), format_rfc3339(at(c.begin))) << c.zone;
    }
}

// For every half hour of two years: what next() gives shows that time, or stands at a change that
// skips it; nothing between shows it; and minutes agree with a fresh object.
TEST(Zones, NextIsTheFirstMomentThatShowsTheTime) {
    for (const char* name : {"Europe/Rome", "America/Sao_Paulo", "Australia/Lord_Howe",
                             "Asia/Beirut", "Asia/Kolkata", "Africa/Casablanca"}) {
        Zones zones;
        const ZoneId zone = *zones.find(name);
        const Time end = at("2027-01-01T00:00:00Z");
        for (Time now = at("2026-01-01T00:10:00Z"); now < end; now = now + seconds(7'717 * 5)) {
            Zones fresh;
            ASSERT_EQ(zones.minute_of_day(zone, now), fresh.minute_of_day(*fresh.find(name), now));
            const int wanted = 7 * 60;
            const Time next = zones.next(zone, wanted, now);
            ASSERT_GE(next, now);
            ASSERT_LE(next - now, seconds(25 * 3'600));
            ASSERT_EQ(zones.minute_of_day(zone, next), wanted) << name << format_rfc3339(now);
            for (Time between = now; between < next; between = between + seconds(1'800)) {
                const bool shows = zones.minute_of_day(zone, between) == wanted &&
                                   next - between >= seconds(60) && between > now;
                ASSERT_FALSE(shows) << name << format_rfc3339(between);
            }
        }
    }
}

}  // namespace
}  // namespace altis::language
