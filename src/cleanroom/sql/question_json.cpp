// Questions and their bounds as JSON.
#include <algorithm>

#include "cleanroom/sql/question.h"

namespace altis::cleanroom::sql {
namespace {

using codec::Json;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.plan_invalid", std::move(message));
}

Result<std::uint32_t> count_of(const Json& value, std::uint32_t most, const char* what) {
    const std::int64_t count = value.as_int();
    if (value.is_int() && count >= 1 && count <= most) return static_cast<std::uint32_t>(count);
    return invalid(std::string(what) + " must be a number from 1 to " + std::to_string(most));
}

// Writes a question with the names of tables and columns.
class Describer {
  public:
    Describer(const Question& question, std::span<const NamedSchema> room)
        : question_(question), room_(room) {}

    Json describe() const {
        const Plan& plan = question_.plan.plan;
        Json inputs = Json::array();
        for (std::size_t i = 0; i < plan.inputs.size(); ++i)
            inputs.push(input(i));
        Json groups = Json::array();
        for (const Label& label : plan.labels)
            groups.push(group(label));
        Json sums = Json::array();
        for (const Sum& sum : plan.sums)
            sums.push(describe(sum));
        Json figures = Json::array();
        for (const Output& output : question_.outputs)
            figures.push(figure(output));
        return Json::object({{"inputs", std::move(inputs)},
                             {"groups", std::move(groups)},
                             {"sums", std::move(sums)},
                             {"figures", std::move(figures)},
                             {"groups_per_person", plan.groups_per_person}});
    }

  private:
    std::string_view table_name(std::size_t input) const {
        return room_[question_.plan.tables[input]].name;
    }
    const Schema& schema(std::size_t input) const {
        return *room_[question_.plan.tables[input]].schema;
    }

    Json input(std::size_t index) const {
        const Input& input = question_.plan.plan.inputs[index];
        return Json::object({{"of", table_name(index)},
                             {"required", input.required},
                             {"rows_per_person", input.rows_per_person},
                             {"where", describe(input.filter, index)}});
    }

    Json group(const Label& label) const {
        Json json = Json::object({{"of", table_name(label.input)}});
        if (label.kind == Label::Kind::kPresence) return json.set("present", true);
        return json.set("by", dimension(label.input, label.column));
    }

    Json describe(const Sum& sum) const {
        return Json::object({{"of", table_name(sum.input)},
                             {"amount", measure(sum.input, sum.column)},
                             {"low", sum.low},
                             {"high", sum.high},
                             {"where", describe(sum.filter, sum.input)}});
    }

    static Json figure(const Output& output) {
        const auto index = static_cast<std::uint64_t>(output.index);
        switch (output.kind) {
            case Output::Kind::kGroup:
                return Json::object({{"group", index}});
            case Output::Kind::kPersons:
                return Json::object({{"persons", true}});
            case Output::Kind::kSum:
                return Json::object({{"sum", index}});
            case Output::Kind::kAverage:
                break;
        }
        return Json::object({{"sum", index}, {"by", static_cast<std::uint64_t>(output.count)}});
    }

    Json describe(const Filter& filter, std::size_t input) const {
        Json all = Json::array();
        for (const Condition& condition : filter)
            all.push(describe(condition, input));
        return all;
    }

    Json describe(const Condition& condition, std::size_t input) const {
        if (condition.kind != Condition::Kind::kCodes) {
            const bool is_moment = condition.kind == Condition::Kind::kWithin;
            const Json column = is_moment ? Json(schema(input).moments[condition.column].name)
                                          : measure(input, condition.column);
            return Json::object({{"column", column},
                                 {"from", condition.low},
                                 {is_moment ? "before" : "to", condition.high}});
        }
        Json values = Json::array();
        for (const std::uint16_t code : condition.codes)
            values.push(value_name(input, condition.column, code));
        return Json::object({{"column", dimension(input, condition.column)}, {"is", values}});
    }

    // Of public dimensions, and of computed ones with known values; others have no conditions.
    std::string value_name(std::size_t input, std::size_t column, std::uint16_t code) const {
        const Schema& known = schema(input);
        const std::vector<std::string>& values = column < known.dimensions.size()
                                                     ? known.dimensions[column].values
                                                     : find(input, column, false)->values;
        return code < values.size() ? values[code] : std::string(kOther);
    }

    Json dimension(std::size_t input, std::size_t column) const {
        const Schema& known = schema(input);
        if (column < known.dimensions.size()) return known.dimensions[column].name;
        return describe(*find(input, column, false));
    }

    Json measure(std::size_t input, std::size_t column) const {
        const Schema& known = schema(input);
        if (column < known.measures.size()) return known.measures[column].name;
        return describe(*find(input, column, true));
    }

    const Computed* find(std::size_t input, std::size_t column, bool is_measure) const {
        const auto found = std::ranges::find_if(question_.computed, [&](const Computed& computed) {
            const bool is_number =
                computed.kind == Computed::Kind::kNumber || computed.kind == Computed::Kind::kOne;
            return computed.input == input && computed.column == column && is_number == is_measure;
        });
        return &*found;
    }

    Json describe(const Computed& computed) const {
        if (computed.kind == Computed::Kind::kOne) return "1";
        const Schema& known = schema(computed.input);
        Json columns = Json::array();
        for (const ColumnRef& ref : computed.reads) {
            columns.push(ref.kind == ColumnRef::Kind::kDimension ? known.dimensions[ref.column].name
                         : ref.kind == ColumnRef::Kind::kMeasure ? known.measures[ref.column].name
                                                                 : known.moments[ref.column].name);
        }
        Json json = Json::object({{"sql", computed.sql}, {"columns", std::move(columns)}});
        if (computed.kind != Computed::Kind::kIndex) return json;
        Json values = Json::array();
        for (const std::string& value : computed.values)
            values.push(value);
        return json.set("values", std::move(values));
    }

    const Question& question_;
    std::span<const NamedSchema> room_;
};

}  // namespace

Result<Bounds> bounds_from_json(const Json& json) {
    Bounds bounds;
    for (const auto& [member, value] : json.members()) {
        if (member == "groups_per_person") {
            TRY(bounds.groups_per_person,
                count_of(value, kMaxGroupsPerPerson, "groups_per_person"));
        } else if (member == "rows_per_person") {
            for (const auto& [table, rows] : value.members()) {
                TRY(bounds.rows_per_person[table],
                    count_of(rows, kMaxRowsPerPerson, "rows_per_person"));
            }
        } else if (member == "amounts") {
            for (const auto& [output, amount] : value.members()) {
                auto& [low, high] = bounds.amounts[output];
                TRY(low, codec::require_string(amount, "low"));
                TRY(high, codec::require_string(amount, "high"));
            }
        } else {
            return invalid("bounds are rows_per_person, groups_per_person and amounts");
        }
    }
    return bounds;
}

Json to_json(const Bounds& bounds) {
    Json rows = Json::object();
    for (const auto& [table, count] : bounds.rows_per_person)
        rows.set(table, count);
    Json amounts = Json::object();
    for (const auto& [output, amount] : bounds.amounts) {
        amounts.set(output, Json::object({{"low", amount.first}, {"high", amount.second}}));
    }
    return Json::object({{"rows_per_person", std::move(rows)},
                         {"groups_per_person", bounds.groups_per_person},
                         {"amounts", std::move(amounts)}});
}

Json to_json(const Question& question, std::span<const NamedSchema> room) {
    return Describer(question, room).describe();
}

}  // namespace altis::cleanroom::sql
