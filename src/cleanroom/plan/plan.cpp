#include "cleanroom/plan/plan.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

using Schemas = std::span<const Schema* const>;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.plan_invalid", std::move(message));
}

Result<void> check_condition(const Condition& condition, const Schema& schema) {
    std::size_t columns = 0;
    switch (condition.kind) {
        case Condition::Kind::kCodes:
            columns = schema.dimensions.size();
            break;
        case Condition::Kind::kBetween:
            columns = schema.measures.size();
            break;
        case Condition::Kind::kWithin:
            columns = schema.moments.size();
            break;
    }
    if (condition.column >= columns) return invalid("a condition names a column that is not there");
    if (condition.kind != Condition::Kind::kCodes) return {};
    const Dimension& dimension = schema.dimensions[condition.column];
    if (std::ranges::all_of(condition.codes,
                            [&](auto code) { return code <= dimension.other(); })) {
        return {};
    }
    return invalid("a condition names a value that the dimension '" + dimension.name +
                   "' does not have");
}

Result<void> check_filter(const Filter& filter, const Schema& schema) {
    for (const Condition& condition : filter)
        TRY_VOID(check_condition(condition, schema));
    return {};
}

Result<void> check_touch(const Label& label, Schemas schemas) {
    const Touch& touch = label.touch;
    if (touch.moment < schemas[label.input]->moments.size() &&
        touch.before_input < schemas.size() && touch.before_input != label.input &&
        touch.before_moment < schemas[touch.before_input]->moments.size() && touch.window_us > 0) {
        return {};
    }
    return invalid("the touch '" + label.name +
                   "' needs a moment in each of two inputs, and a window above zero");
}

Result<void> check_label(const Label& label, Schemas schemas) {
    if (label.input >= schemas.size()) return invalid("a label names an input that is not there");
    const Schema& schema = *schemas[label.input];
    const bool is_touch = label.kind == Label::Kind::kTouch;
    if ((is_touch || label.kind == Label::Kind::kDimension) &&
        label.column >= schema.dimensions.size()) {
        return invalid("the label '" + label.name + "' names a dimension that is not there");
    }
    if (is_touch) TRY_VOID(check_touch(label, schemas));
    if (label.kind == Label::Kind::kFrequency && (label.cap < 1 || label.cap > kMaxFrequencyCap)) {
        return invalid("the cap of the frequency '" + label.name + "' must be 1 to 100");
    }
    return check_filter(label.filter, schema);
}

Result<void> check_sum(const Sum& sum, Schemas schemas) {
    if (sum.input >= schemas.size()) return invalid("a sum names an input that is not there");
    const Schema& schema = *schemas[sum.input];
    if (sum.column >= schema.measures.size()) {
        return invalid("the sum '" + sum.name + "' names a measure that is not there");
    }
    if (sum.low >= sum.high || sum.low < -kMaxMeasureBound || sum.high > kMaxMeasureBound) {
        return invalid("the bounds of the sum '" + sum.name +
                       "' must be ascending and within 10^12 of the smallest units");
    }
    return check_filter(sum.filter, schema);
}

bool has_dimension_label(const Plan& plan, std::size_t input) {
    return std::ranges::any_of(plan.labels, [input](const Label& label) {
        return label.input == input && label.kind == Label::Kind::kDimension;
    });
}

Result<void> check_inputs(const Plan& plan, Schemas schemas) {
    if (plan.inputs.empty() || plan.inputs.size() > kMaxInputs ||
        plan.inputs.size() != schemas.size()) {
        return invalid("a plan needs a table for each of its 1 to 8 inputs");
    }
    int by_row = 0;
    for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
        const Input& input = plan.inputs[i];
        if (input.rows_per_person < 1 || input.rows_per_person > kMaxRowsPerPerson) {
            return invalid("rows_per_person must be 1 to 1,000");
        }
        TRY_VOID(check_filter(input.filter, *schemas[i]));
        by_row += input.rows_per_person > 1 && has_dimension_label(plan, i) ? 1 : 0;
    }
    if (by_row > 1) {
        return invalid(
            "only one input may have several rows per person and be grouped by its columns");
    }
    if (std::ranges::any_of(plan.inputs, &Input::required)) return {};
    return invalid("at least one input must be required: whose persons are counted?");
}

bool is_private(const Label& label, Schemas schemas) {
    const bool has_values =
        label.kind == Label::Kind::kDimension || label.kind == Label::Kind::kTouch;
    return has_values && schemas[label.input]->dimensions[label.column].domain == Domain::kPrivate;
}

// Of the labels whose values are public, together; kMaxCells + 1 for more.
std::size_t public_cells(const Plan& plan, Schemas schemas) {
    std::size_t cells = 1;
    for (const Label& label : plan.labels) {
        if (is_private(label, schemas)) continue;
        cells = std::min(cells * label_values(label, schemas), kMaxCells + 1);
    }
    return cells;
}

// Every value that a private dimension of a data set can have must fit, so that what it has is not
// told by a refusal.
Result<void> check_cells(const Plan& plan, Schemas schemas) {
    const auto private_labels = std::ranges::count_if(
        plan.labels, [&](const Label& label) { return is_private(label, schemas); });
    if (private_labels > 1) {
        return invalid(
            "only one group of a question may be a column whose values come from the data; leave "
            "the others out, or declare their values in the data set's schema");
    }
    const std::size_t values = private_labels == 1 ? kMaxDomainValues + 2 : 1;
    if (public_cells(plan, schemas) * values <= kMaxCells) return {};
    return fail(Code::kTooLarge, "rooms.too_many_cells",
                "the groups of this question have more than 65,536 cells; leave a column out");
}

}  // namespace

std::size_t label_values(const Label& label, Schemas schemas) {
    switch (label.kind) {
        case Label::Kind::kTouch:
        case Label::Kind::kDimension:
            return schemas[label.input]->dimensions[label.column].codes();
        case Label::Kind::kPresence:
            return 2;
        case Label::Kind::kFrequency:
            return static_cast<std::size_t>(label.cap) + 1;
    }
    return 1;
}

std::optional<std::size_t> private_label(const Plan& plan, Schemas schemas) {
    for (std::size_t i = 0; i < plan.labels.size(); ++i)
        if (is_private(plan.labels[i], schemas)) return i;
    return std::nullopt;
}

std::size_t cell_count(const Plan& plan, Schemas schemas) {
    const std::size_t cells = public_cells(plan, schemas);
    return private_label(plan, schemas) ? kMaxCells / cells * cells : cells;
}

std::size_t most_named(const Plan& plan, Schemas schemas) {
    return kMaxCells / public_cells(plan, schemas) - 1;
}

Result<void> check_plan(const Plan& plan, Schemas schemas) {
    if (plan.labels.size() > kMaxLabels || plan.sums.size() > kMaxSums) {
        return invalid("a plan has up to 8 labels and 8 sums");
    }
    if (plan.groups_per_person < 1 || plan.groups_per_person > kMaxGroupsPerPerson) {
        return invalid("groups_per_person must be 1 to 100");
    }
    TRY_VOID(check_inputs(plan, schemas));
    for (const Label& label : plan.labels)
        TRY_VOID(check_label(label, schemas));
    for (const Sum& sum : plan.sums)
        TRY_VOID(check_sum(sum, schemas));
    return check_cells(plan, schemas);
}

// At most so many cells lose a person, and as many gain one.
Sensitivity persons_sensitivity(const Plan& plan) {
    const std::int64_t cells = 2 * static_cast<std::int64_t>(plan.groups_per_person);
    return {cells, cells};
}

// In each of these cells a person's amount goes away, or comes; in a cell of both it changes by no
// more than the width of the bounds, which is at most the two together.
Sensitivity sum_sensitivity(const Plan& plan, const Sum& sum) {
    const std::int64_t cells = 2 * static_cast<std::int64_t>(plan.groups_per_person);
    const std::int64_t most = std::max(std::abs(sum.low), std::abs(sum.high));
    std::int64_t l2_squared = 0;
    if (__builtin_mul_overflow(most, most, &l2_squared) ||
        __builtin_mul_overflow(l2_squared, cells, &l2_squared)) {
        l2_squared = INT64_MAX;
    }
    return {cells * most, l2_squared};
}

}  // namespace altis::cleanroom
