#include "cleanroom/privacy/aggregates.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "crypto/hash.h"

namespace altis::cleanroom {
namespace {

__extension__ typedef __int128 Signed;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

std::int64_t saturated(Signed value) {
    return static_cast<std::int64_t>(std::clamp<Signed>(value, kLowest, kHighest));
}

std::int64_t distance_from_zero(std::int64_t value) {
    return value < 0 ? -value : value;  // within kMaxMeasure
}

// Place of one of a person's rows in the keyed order.
std::uint64_t order_of(const OrderKey& key, std::uint64_t person, std::uint64_t place) {
    char bytes[16];
    std::memcpy(bytes, &person, 8);
    std::memcpy(bytes + 8, &place, 8);
    return crypto::fingerprint(key, {bytes, sizeof bytes}).low;
}

class Totals {
  public:
    Totals(const ContributionRows& rows, std::size_t groups, const ContributionBounds& bounds,
           const OrderKey& key)
        : rows_(rows), bounds_(bounds), key_(key), sums_(groups) {
        totals_.persons.resize(groups);
        totals_.rows.resize(groups);
    }

    // The rows [begin, end) of one person.
    void add_person(std::size_t begin, std::size_t end) {
        taken_groups_.clear();
        std::uint32_t taken = 0;
        for (const std::size_t row : in_order(begin, end)) {
            if (taken == bounds_.rows_per_person) break;
            if (!may_take(rows_.groups[row])) continue;
            add_row(row);
            ++taken;
        }
    }

    BoundedTotals finish() {
        for (const Signed sum : sums_)
            totals_.sums.push_back(saturated(sum));
        return std::move(totals_);
    }

  private:
    // The person's rows in known groups, in keyed order; that of the table when all fit anyway.
    const std::vector<std::size_t>& in_order(std::size_t begin, std::size_t end) {
        order_.clear();
        for (std::size_t row = begin; row < end; ++row) {
            if (rows_.groups[row] < sums_.size()) order_.push_back(row);
        }
        if (order_.size() <= std::min(bounds_.rows_per_person, bounds_.groups_per_person)) {
            return order_;
        }
        keyed_.clear();
        for (const std::size_t row : order_) {
            keyed_.emplace_back(order_of(key_, rows_.persons[row], row - begin), row);
        }
        std::sort(keyed_.begin(), keyed_.end());
        std::transform(keyed_.begin(), keyed_.end(), order_.begin(),
                       [](const auto& keyed) { return keyed.second; });
        return order_;
    }

    // Counts the person in the group, the first time, unless that would be one group too many.
    bool may_take(std::uint32_t group) {
        const auto known = std::find(taken_groups_.begin(), taken_groups_.end(), group);
        if (known != taken_groups_.end()) return true;
        if (taken_groups_.size() == bounds_.groups_per_person) return false;
        taken_groups_.push_back(group);
        ++totals_.persons[group];
        return true;
    }

    void add_row(std::size_t row) {
        const std::uint32_t group = rows_.groups[row];
        ++totals_.rows[group];
        const std::int64_t measure = rows_.measures.empty() ? 0 : rows_.measures[row];
        sums_[group] += std::clamp(measure, bounds_.low, bounds_.high);
    }

    const ContributionRows& rows_;
    const ContributionBounds& bounds_;
    const OrderKey& key_;
    BoundedTotals totals_;
    std::vector<Signed> sums_;  // 2^64 rows of 2^63 would fit
    std::vector<std::uint32_t> taken_groups_;
    std::vector<std::size_t> order_;
    std::vector<std::pair<std::uint64_t, std::size_t>> keyed_;
};

}  // namespace

Result<void> check_bounds(const ContributionBounds& bounds) {
    const bool fits =
        bounds.rows_per_person >= 1 && bounds.rows_per_person <= kMaxRowsPerPerson &&
        bounds.groups_per_person >= 1 && bounds.groups_per_person <= kMaxGroupsPerPerson &&
        bounds.low <= bounds.high && bounds.low >= -kMaxMeasure && bounds.high <= kMaxMeasure;
    if (fits) return {};
    return fail(Code::kInvalid, "rooms.bounds_out_of_range",
                "A person may have 1 to 10000 rows in 1 to 1000 groups, and the lowest measure "
                "must not be above the highest, both within 10^12.");
}

// Before and after a change the person has at most k rows in at most m groups each; both may be
// disjoint. A vector of at most k rows of at most B has a sum of at most k B and squares of at most
// (k B)^2; the squares of a difference are those of both, and twice their product where one is
// negative and the other positive.
TotalSensitivities sensitivities(const ContributionBounds& bounds) {
    ALTIS_ASSERT(check_bounds(bounds).has_value());
    const Signed k = bounds.rows_per_person;
    const Signed m = std::min<Signed>(k, bounds.groups_per_person);
    const std::int64_t groups = saturated(2 * m);
    const Signed low = distance_from_zero(bounds.low);
    const Signed high = distance_from_zero(bounds.high);
    const Signed most = k * std::max(low, high);
    const bool both_signs = bounds.low < 0 && bounds.high > 0;
    const Signed crossed = both_signs ? 2 * (k * low) * (k * high) : 0;
    return {{groups, groups, groups},
            {groups, saturated(2 * k), saturated(2 * k * k)},
            {groups, saturated(2 * most), saturated(2 * most * most + crossed)}};
}

BoundedTotals bounded_totals(const ContributionRows& rows, std::size_t groups,
                             const ContributionBounds& bounds, const OrderKey& key) {
    const std::size_t count = rows.persons.size();
    ALTIS_ASSERT(check_bounds(bounds).has_value() && groups <= kMaxGroups);
    ALTIS_ASSERT(rows.groups.size() == count);
    ALTIS_ASSERT(rows.measures.empty() || rows.measures.size() == count);
    Totals totals(rows, groups, bounds, key);
    std::size_t begin = 0;
    for (std::size_t row = 1; row <= count; ++row) {
        if (row < count && rows.persons[row] == rows.persons[begin]) continue;
        ALTIS_ASSERT(row == count || rows.persons[begin] < rows.persons[row]);
        totals.add_person(begin, row);
        begin = row;
    }
    return totals.finish();
}

std::int64_t in_steps(std::int64_t total, std::int64_t step) {
    ALTIS_ASSERT(step > 0);
    return total / step - (total % step < 0 ? 1 : 0);
}

// A change of d becomes one of at most d / step + 1 steps.
Sensitivity in_steps(const Sensitivity& sensitivity, std::int64_t step) {
    ALTIS_ASSERT(step > 0);
    const auto up = [](Signed value, Signed divisor) { return (value + divisor - 1) / divisor; };
    const Signed sum = up(sensitivity.sum, step);
    const Signed squares = up(sensitivity.squares, static_cast<Signed>(step) * step);
    const auto end = [](std::int64_t value, Signed steps) {
        return value == kHighest ? kHighest : saturated(steps);  // an unknown bound stays unknown
    };
    return {sensitivity.groups, end(sensitivity.sum, sum + sensitivity.groups),
            end(sensitivity.squares, squares + 2 * sum + sensitivity.groups)};
}

}  // namespace altis::cleanroom
