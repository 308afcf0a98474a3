#include "cleanroom/sql/calendar.h"

#include <charconv>

#include "base/assert.h"

namespace altis::cleanroom::sql {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr std::int64_t kMonday = 4 * kDayUs;  // 1970-01-05

Time floor_to(Time time, std::int64_t unit_us, std::int64_t origin_us) {
    const std::int64_t since = time.us - origin_us;
    const std::int64_t rest = ((since % unit_us) + unit_us) % unit_us;
    return {time.us - rest};
}

int number_at(const std::string& text, std::size_t at, std::size_t size) {
    int number = 0;
    std::from_chars(text.data() + at, text.data() + at + size, number);
    return number;
}

int months_of(std::string_view part) {
    return part == "year" ? 12 : part == "quarter" ? 3 : part == "month" ? 1 : 0;
}

std::int64_t unit_of(std::string_view part) {
    return part == "hour" ? kHourUs : part == "day" ? kDayUs : 7 * kDayUs;
}

}  // namespace

std::vector<Time> periods(std::string_view part, Time from, Time end, std::size_t most) {
    std::vector<Time> firsts;
    const int step = months_of(part);
    if (step == 0) {
        const std::int64_t unit = unit_of(part);
        for (Time at = floor_to(from, unit, part == "week" ? kMonday : 0);
             at < end && firsts.size() <= most; at.us += unit)
            firsts.push_back(at);
        return firsts;
    }
    const std::string date = format_rfc3339(from);
    int month = number_at(date, 0, 4) * 12 + number_at(date, 5, 2) - 1;
    month -= month % step;
    for (; firsts.size() <= most && month / 12 <= 9999; month += step) {
        const Time first = civil_date(month / 12, month % 12 + 1, 1);
        if (first >= end) break;
        firsts.push_back(first);
    }
    return firsts;
}

std::string period_name(std::string_view part, Time first) {
    const std::string text = format_rfc3339(first);
    ALTIS_ASSERT(text.size() > 16);
    return part == "hour" ? text.substr(0, 10) + " " + text.substr(11, 5) : text.substr(0, 10);
}

}  // namespace altis::cleanroom::sql
