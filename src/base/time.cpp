#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace altis {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

struct Civil {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

// Days since 1970-01-01 and back, by era of 400 years (algorithm: H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms").
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

Civil civil_from_days(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_index = (5 * day_of_year + 2) / 153;
    const unsigned month = month_index < 10 ? month_index + 3 : month_index - 9;
    const std::int64_t year = static_cast<std::int64_t>(year_of_era) + era * 400;
    return {year + (month <= 2 ? 1 : 0), month, day_of_year - (153 * month_index + 2) / 5 + 1};
}

unsigned days_in_month(std::int64_t year, unsigned month) {
    constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads fixed-width fields from the front of a text; remembers the first failure.
class FieldReader {
  public:
    explicit FieldReader(std::string_view text) : rest_(text) {}

    unsigned digits(std::size_t width) {
        unsigned value = 0;
        if (rest_.size() < width) return fail_field();
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + width, value);
        if (error != std::errc() || end != rest_.data() + width) return fail_field();
        rest_.remove_prefix(width);
        return value;
    }

    bool accept(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(std::string_view any_of) { ok_ = accept(any_of) && ok_; }

    // Digits after the decimal point as microseconds; more than six are cut off.
    std::int64_t fraction_us() {
        std::int64_t value = 0;
        int count = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && count < 9) {
            if (count < 6) value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
            ++count;
        }
        for (int i = count; i < 6; ++i)
            value *= 10;
        ok_ = ok_ && count > 0;
        return value;
    }

    void refuse() { ok_ = false; }

    bool done() const { return rest_.empty(); }
    bool ok() const { return ok_; }

  private:
    unsigned fail_field() {
        ok_ = false;
        return 0;
    }

    std::string_view rest_;
    bool ok_ = true;
};

// The zone part: "Z", "+08:00" or "-0530"; in seconds east of UTC.
std::int64_t read_zone(FieldReader& reader) {
    if (reader.accept("Zz")) return 0;
    const bool east = reader.accept("+");
    if (!east) reader.expect("-");
    const unsigned hours = reader.digits(2);
    reader.accept(":");
    const unsigned minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) reader.refuse();
    const std::int64_t offset = (std::int64_t{hours} * 60 + minutes) * 60;
    return east ? offset : -offset;
}

tl::unexpected<Error> malformed() {
    return fail(Code::kInvalid, "time.malformed",
                "not an RFC 3339 time; write it like 2026-02-19T21:04:05Z");
}

}  // namespace

Time civil_date(int year, int month, int day) {
    return {days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
            kSecondsPerDay * kMicrosPerSecond};
}

std::string format_rfc3339(Time time) {
    std::int64_t secs = time.us / kMicrosPerSecond;
    std::int64_t micros = time.us % kMicrosPerSecond;
    if (micros < 0) {
        micros += kMicrosPerSecond;
        --secs;
    }
    std::int64_t day = secs / kSecondsPerDay;
    std::int64_t second_of_day = secs % kSecondsPerDay;
    if (second_of_day < 0) {
        second_of_day += kSecondsPerDay;
        --day;
    }
    const Civil civil = civil_from_days(day);
    std::array<char, 64> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04lld-%02u-%02uT%02d:%02d:%02d.%06dZ",
        static_cast<long long>(civil.year), civil.month, civil.day,
        static_cast<int>(second_of_day / 3600), static_cast<int>(second_of_day / 60 % 60),
        static_cast<int>(second_of_day % 60), static_cast<int>(micros));
    return {text.data(), static_cast<std::size_t>(length)};
}

Result<Time> parse_rfc3339(std::string_view text) {
    FieldReader reader(text);
    const unsigned year = reader.digits(4);
    reader.expect("-");
    const unsigned month = reader.digits(2);
    reader.expect("-");
    const unsigned day = reader.digits(2);
    if (!reader.ok() || year == 0 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
        return malformed();
    }
    const std::int64_t midnight = days_from_civil(year, month, day) * kSecondsPerDay;
    if (reader.done()) return Time{midnight * kMicrosPerSecond};

    reader.expect("Tt ");
    const unsigned hour = reader.digits(2);
    reader.expect(":");
    const unsigned minute = reader.digits(2);
    reader.expect(":");
    const unsigned second = reader.digits(2);
    const std::int64_t fraction = reader.accept(".") ? reader.fraction_us() : 0;
    const std::int64_t zone = read_zone(reader);
    if (!reader.ok() || !reader.done() || hour > 23 || minute > 59 || second > 60) {
        return malformed();
    }
    const std::int64_t total = midnight + (std::int64_t{hour} * 60 + minute) * 60 + second - zone;
    const Time time{total * kMicrosPerSecond + fraction};
    // An offset or a leap second can lead out of the years that can be written.
    if (time < civil_date(1, 1, 1) || time >= civil_date(10'000, 1, 1)) return malformed();
    return time;
}

}  // namespace altis
