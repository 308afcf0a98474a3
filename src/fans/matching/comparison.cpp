#include "fans/matching/comparison.h"

#include <algorithm>
#include <string_view>

#include "fans/matching/text_distance.h"

namespace altis::fans::matching {
namespace {

using enum PersonField;

// Of the words as written and in alphabetical order, the smaller distance.
unsigned words_distance(const Value& left, const Value& right, unsigned limit) {
    if (least_edit_distance(left.letters, right.letters) > limit) return limit + 1;
    const unsigned as_written = edit_distance(left.joined, right.joined, limit);
    if (left.ordered == left.joined && right.ordered == right.joined) return as_written;
    return std::min(as_written, edit_distance(left.ordered, right.ordered, limit));
}

// A name: one typing error is close; two, or Winkler's "nearly the same", are similar; the same
// sound, an initial, or up to 40 % of the letters wrong is loose.
Level compare_names(const Value& left, const Value& right) {
    if (left.joined == right.joined || left.ordered == right.ordered) return Level::kClose;
    const std::size_t longest = std::max(left.joined.size(), right.joined.size());
    const std::size_t shortest = std::min(left.joined.size(), right.joined.size());
    const auto limit = static_cast<unsigned>(std::max<std::size_t>(2, longest * 2 / 5));
    const std::size_t distance = words_distance(left, right, limit);
    if (distance == 1 && longest >= 3) return Level::kClose;
    if (distance == 2 && longest >= 5) return Level::kSimilar;
    const bool near = distance * 5 <= longest * 2;
    if (near && jaro_winkler_milli(left.joined, right.joined) >= 930) return Level::kSimilar;
    if (near || left.phonetic == right.phonetic) return Level::kLoose;
    const bool beginning = left.joined.compare(0, shortest, right.joined, 0, shortest) == 0;
    return beginning ? Level::kLoose : Level::kDifferent;
}

// A line of an address: longer than a name, so the share of wrong letters counts.
Level compare_lines(const Value& left, const Value& right) {
    if (left.joined == right.joined || left.ordered == right.ordered) return Level::kClose;
    const std::size_t longest = std::max(left.joined.size(), right.joined.size());
    const auto limit = static_cast<unsigned>(std::max<std::size_t>(1, longest * 2 / 5));
    const std::size_t distance = words_distance(left, right, limit);
    if (distance <= 1 || distance * 8 <= longest) return Level::kClose;
    if (distance * 4 <= longest) return Level::kSimilar;
    return distance * 5 <= longest * 2 ? Level::kLoose : Level::kDifferent;
}

// A number or code: every character counts.
Level compare_codes(const Value& left, const Value& right) {
    const std::size_t longest = std::max(left.text.size(), right.text.size());
    const unsigned distance = edit_distance(left.text, right.text, 2);
    if (distance == 1 && longest >= 2) return Level::kClose;
    return distance == 2 && longest >= 4 ? Level::kSimilar : Level::kDifferent;
}

// A date of birth, "yyyymmdd": one typing error or day and month swapped is close; two of year,
// month and day right is similar; two typing errors are loose.
Level compare_dates(const Value& left, const Value& right) {
    const std::string_view a = left.text;
    const std::string_view b = right.text;
    if (a.size() != 8 || b.size() != 8) return compare_codes(left, right);
    const unsigned distance = edit_distance(a, b, 2);
    const bool year = a.substr(0, 4) == b.substr(0, 4);
    if (distance == 1) return Level::kClose;
    if (year && a.substr(4, 2) == b.substr(6, 2) && a.substr(6, 2) == b.substr(4, 2))
        return Level::kClose;
    const bool month = a.substr(4, 2) == b.substr(4, 2);
    const bool day = a.substr(6, 2) == b.substr(6, 2);
    if (int{year} + int{month} + int{day} == 2) return Level::kSimilar;
    return distance == 2 ? Level::kLoose : Level::kDifferent;
}

Level compare_emails(const Value& left, const Value& right) {
    const std::string_view a = left.text;
    const std::string_view b = right.text;
    const unsigned distance = edit_distance(a, b, 3);
    if (distance == 1) return Level::kClose;
    if (distance <= 3) return Level::kSimilar;
    return a.substr(0, a.find('@')) == b.substr(0, b.find('@')) ? Level::kLoose : Level::kDifferent;
}

Level compare_values(PersonField field, const Value& left, const Value& right) {
    if (left.text.empty() || right.text.empty()) return Level::kMissing;
    if (left.text == right.text) return Level::kEqual;
    switch (field) {
        case kGivenName:
        case kSurname:
            return compare_names(left, right);
        case kAddressLine1:
        case kAddressLine2:
        case kSuburb:
            return compare_lines(left, right);
        case kBirthDate:
            return compare_dates(left, right);
        case kEmail:
            return compare_emails(left, right);
        case kStreetNumber:
        case kPostcode:
        case kState:
        case kNationalId:
        case kPhone:
            return compare_codes(left, right);
    }
    return Level::kMissing;
}

// What a level speaks against an order of names or lines.
unsigned misfit(Level level) {
    static constexpr std::array<unsigned, kLevels> kMisfit = {3, 0, 1, 2, 4, 6};
    return kMisfit.at(static_cast<std::size_t>(level));
}

constexpr unsigned kMisfitOfSwap = 3;  // another order must be clearly better

void compare_both_names(const People& people, std::uint32_t left, std::uint32_t right,
                        Comparison& result) {
    const auto at = [&](PersonField mine, PersonField other) {
        return compare_values(mine, people.value(left, mine), people.value(right, other));
    };
    Level given = at(kGivenName, kGivenName);
    Level surname = at(kSurname, kSurname);
    Level order = Level::kEqual;
    const unsigned as_written = misfit(given) + misfit(surname);
    if (as_written > kMisfitOfSwap) {
        const Level crossed_given = at(kGivenName, kSurname);
        const Level crossed_surname = at(kSurname, kGivenName);
        if (misfit(crossed_given) + misfit(crossed_surname) + kMisfitOfSwap < as_written) {
            given = crossed_given;
            surname = crossed_surname;
            order = Level::kLoose;
        }
    }
    result.set(index_of(kGivenName), given);
    result.set(index_of(kSurname), surname);
    result.set(kNameOrder, order);
}

constexpr std::array<PersonField, 3> kLines = {kAddressLine1, kAddressLine2, kSuburb};

// Which line of the right record stands opposite to each line of the left one.
using LineOrder = std::array<std::uint8_t, 3>;
constexpr std::array<LineOrder, 6> kLineOrders = {
    {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}}};

using LineLevels = std::array<std::array<Level, 3>, 3>;

unsigned misfit(const LineLevels& levels, const LineOrder& order) {
    return misfit(levels[0][order[0]]) + misfit(levels[1][order[1]]) + misfit(levels[2][order[2]]);
}

std::uint8_t best_line_order(const LineLevels& levels) {
    std::uint8_t best = 0;
    unsigned least = misfit(levels, kLineOrders[0]);
    for (std::size_t order = 1; order < kLineOrders.size(); ++order) {
        const unsigned here = misfit(levels, kLineOrders.at(order)) + kMisfitOfSwap;
        if (here >= least) continue;
        least = here;
        best = static_cast<std::uint8_t>(order);
    }
    return best;
}

void compare_address_lines(const People& people, std::uint32_t left, std::uint32_t right,
                           Comparison& result) {
    LineLevels levels{};
    const auto fill = [&](std::size_t i, std::size_t j) {
        levels.at(i).at(j) = compare_values(kLines.at(i), people.value(left, kLines.at(i)),
                                            people.value(right, kLines.at(j)));
    };
    for (std::size_t i = 0; i < 3; ++i)
        fill(i, i);
    std::uint8_t order = 0;
    if (misfit(levels, kLineOrders[0]) > kMisfitOfSwap) {
        for (std::size_t i = 0; i < 3; ++i) {
            fill(i, (i + 1) % 3);
            fill(i, (i + 2) % 3);
        }
        order = best_line_order(levels);
    }
    for (std::size_t i = 0; i < 3; ++i)
        result.set(index_of(kLines.at(i)), levels.at(i).at(kLineOrders.at(order).at(i)));
    result.set(kAddressOrder, order == 0 ? Level::kEqual : Level::kLoose);
    result.set_address_order(order);
}

}  // namespace

PersonField Comparison::partner_of(PersonField field) const {
    if (level(kNameOrder) == Level::kLoose) {
        if (field == kGivenName) return kSurname;
        if (field == kSurname) return kGivenName;
    }
    const LineOrder& order = kLineOrders.at((bits_ >> kOrderShift) & 7U);
    for (std::size_t i = 0; i < kLines.size(); ++i) {
        if (field == kLines.at(i)) return kLines.at(order.at(i));
    }
    return field;
}

void Comparison::set_address_order(std::uint8_t order) {
    bits_ &= ~(std::uint64_t{7} << kOrderShift);
    bits_ |= static_cast<std::uint64_t>(order) << kOrderShift;
}

Comparison compare(const People& people, std::uint32_t left, std::uint32_t right) {
    Comparison result;
    compare_both_names(people, left, right, result);
    compare_address_lines(people, left, right, result);
    static constexpr std::array kPlain = {kStreetNumber, kPostcode, kState, kBirthDate,
                                          kNationalId,   kPhone,    kEmail};
    for (PersonField field : kPlain) {
        result.set(index_of(field),
                   compare_values(field, people.value(left, field), people.value(right, field)));
    }
    return result;
}

}  // namespace altis::fans::matching
