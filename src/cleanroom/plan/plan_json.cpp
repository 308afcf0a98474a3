#include "cleanroom/plan/plan_json.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/decimal.h"
#include "base/time.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::int64_t kMaxWindowDays = 400;
constexpr std::int64_t kDayUs = 86'400'000'000;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.plan_invalid", std::move(message));
}

// Refuses members that nobody reads: a misspelt "where" must not select everybody.
Result<void> require_known(const Json& json, std::initializer_list<std::string_view> known,
                           std::string_view what) {
    if (!json.is_object()) return invalid(std::string(what) + " must be an object");
    for (const auto& [name, value] : json.members()) {
        if (std::ranges::find(known, name) == known.end()) {
            return invalid(std::string(what) + " has no member '" + name.substr(0, 64) + "'");
        }
    }
    return {};
}

// A decimal in the smallest units of a measure; digits beyond them are refused.
Result<std::int64_t> units_of(const Json& value, const Measure& measure) {
    TRY(const Decimal decimal, Decimal::parse(value.as_string()));
    if (decimal.scale() > measure.decimals) {
        return invalid("bounds of '" + measure.name + "' have at most " +
                       std::to_string(measure.decimals) + " decimals");
    }
    std::int64_t units = decimal.digits();
    for (int i = decimal.scale(); i < measure.decimals; ++i) {
        if (__builtin_mul_overflow(units, 10, &units)) {
            return invalid("a bound of '" + measure.name + "' is too large");
        }
    }
    return units;
}

Result<std::int64_t> moment_of(const Json& value) {
    TRY(const Time time, parse_rfc3339(value.as_string()));
    return time.us;
}

// Reads parts of a plan against the tables that it may name.
class PlanReader {
  public:
    explicit PlanReader(std::span<const NamedSchema> tables) : tables_(tables) {}

    Result<NamedPlan> read(const Json& json) {
        TRY_VOID(require_known(json, {"inputs", "groups", "sums", "groups_per_person"}, "a plan"));
        TRY_VOID(codec::require_array(json, "inputs"));
        for (const Json& item : json["inputs"].items())
            TRY_VOID(read_input(item));
        for (const Json& item : json["groups"].items())
            TRY_VOID(read_label(item));
        for (const Json& item : json["sums"].items())
            TRY_VOID(read_sum(item));
        const std::int64_t groups = json["groups_per_person"].as_int(1);
        if (groups < 1 || groups > kMaxGroupsPerPerson) {
            return invalid("groups_per_person must be 1 to 100");
        }
        plan_.plan.groups_per_person = static_cast<std::uint32_t>(groups);
        std::vector<const Schema*> schemas;
        for (const std::size_t table : plan_.tables)
            schemas.push_back(tables_[table].schema);
        TRY_VOID(check_plan(plan_.plan, schemas));
        return std::move(plan_);
    }

  private:
    Result<void> read_input(const Json& json) {
        TRY_VOID(require_known(json, {"of", "required", "rows_per_person", "where"}, "an input"));
        TRY(const std::string name, codec::require_string(json, "of"));
        const auto found = std::ranges::find(tables_, name, &NamedSchema::name);
        if (found == tables_.end()) return invalid("the room has no table '" + name + "'");
        const auto table = static_cast<std::size_t>(found - tables_.begin());
        if (std::ranges::count(plan_.tables, table) > 0) {
            return invalid("the table '" + name + "' is an input twice");
        }
        const std::int64_t rows = json["rows_per_person"].as_int(1);
        if (rows < 1 || rows > kMaxRowsPerPerson) {
            return invalid("rows_per_person must be 1 to 1,000");
        }
        Input input;
        input.rows_per_person = static_cast<std::uint32_t>(rows);
        input.required = json["required"].as_bool();
        TRY(input.filter, read_filter(json["where"], *found->schema));
        plan_.tables.push_back(table);
        plan_.plan.inputs.push_back(std::move(input));
        return {};
    }

    Result<std::size_t> input_of(const Json& json, std::string_view member) const {
        TRY(const std::string name, codec::require_string(json, member));
        for (std::size_t i = 0; i < plan_.tables.size(); ++i)
            if (tables_[plan_.tables[i]].name == name) return i;
        return invalid("'" + name + "' is no input of this plan");
    }

    const Schema& schema_of(std::size_t input) const {
        return *tables_[plan_.tables[input]].schema;
    }

    Result<void> require_new_name(const std::string& name) {
        if (!name.empty() && name.size() <= kMaxColumnNameBytes && names_.insert(name).second) {
            return {};
        }
        return invalid("groups and sums need names of 1 to 64 bytes, each its own");
    }

    Result<void> read_label(const Json& json) {
        TRY_VOID(require_known(json, {"name", "of", "column", "present", "count_up_to", "touch"},
                               "a group"));
        Label label;
        TRY(label.name, codec::require_string(json, "name"));
        TRY_VOID(require_new_name(label.name));
        TRY(label.input, input_of(json, "of"));
        const Schema& schema = schema_of(label.input);
        TRY(label.filter, read_filter(json["present"], schema));
        if (json.contains("column")) {
            TRY(const std::string column, codec::require_string(json, "column"));
            TRY(label.column, schema.dimension(column));
            label.kind = Label::Kind::kDimension;
        }
        if (json.contains("count_up_to")) {
            label.kind = Label::Kind::kFrequency;
            TRY(label.cap, codec::require_int(json, "count_up_to"));
        }
        if (json.contains("touch")) {
            if (!json.contains("column")) return invalid("a touch needs the column that it names");
            label.kind = Label::Kind::kTouch;
            TRY(label.touch, read_touch(json["touch"], schema));
        }
        plan_.plan.labels.push_back(std::move(label));
        return {};
    }

    Result<Touch> read_touch(const Json& json, const Schema& schema) const {
        TRY_VOID(require_known(json, {"at", "before", "before_at", "within_days"}, "a touch"));
        Touch touch;
        TRY(const std::string at, codec::require_string(json, "at"));
        TRY(touch.moment, schema.moment(at));
        TRY(touch.before_input, input_of(json, "before"));
        TRY(const std::string before_at, codec::require_string(json, "before_at"));
        TRY(touch.before_moment, schema_of(touch.before_input).moment(before_at));
        TRY(const std::int64_t days, codec::require_int(json, "within_days"));
        if (days < 1 || days > kMaxWindowDays) return invalid("within_days must be 1 to 400");
        touch.window_us = days * kDayUs;
        return touch;
    }

    Result<void> read_sum(const Json& json) {
        TRY_VOID(require_known(json, {"name", "of", "column", "low", "high", "where"}, "a sum"));
        Sum sum;
        TRY(sum.name, codec::require_string(json, "name"));
        TRY_VOID(require_new_name(sum.name));
        TRY(sum.input, input_of(json, "of"));
        const Schema& schema = schema_of(sum.input);
        TRY(const std::string column, codec::require_string(json, "column"));
        TRY(sum.column, schema.measure(column));
        const Measure& measure = schema.measures[sum.column];
        sum.low = measure.low;
        sum.high = measure.high;
        if (json.contains("low")) {
            TRY(sum.low, units_of(json["low"], measure));
        }
        if (json.contains("high")) {
            TRY(sum.high, units_of(json["high"], measure));
        }
        TRY(sum.filter, read_filter(json["where"], schema));
        plan_.plan.sums.push_back(std::move(sum));
        return {};
    }

    static Result<Filter> read_filter(const Json& json, const Schema& schema) {
        if (!json.is_null() && !json.is_array()) return invalid("conditions must be a list");
        Filter filter;
        for (const Json& item : json.items()) {
            TRY(Condition condition, read_condition(item, schema));
            filter.push_back(std::move(condition));
        }
        return filter;
    }

    static Result<Condition> read_condition(const Json& json, const Schema& schema) {
        TRY_VOID(require_known(json, {"column", "is", "from", "to", "before"}, "a condition"));
        TRY(const std::string column, codec::require_string(json, "column"));
        if (json.contains("is")) return read_codes(json, schema, column);
        if (json.contains("to")) return read_between(json, schema, column);
        if (json.contains("before")) return read_within(json, schema, column);
        return invalid("the condition on '" + column +
                       "' needs \"is\", \"from\" and \"to\", or \"from\" and \"before\"");
    }

    static Result<Condition> read_codes(const Json& json, const Schema& schema,
                                        const std::string& column) {
        TRY(const std::size_t index, schema.dimension(column));
        const Dimension& dimension = schema.dimensions[index];
        TRY(const Json values, codec::require_array(json, "is"));
        Condition condition{Condition::Kind::kCodes, index};
        for (const Json& value : values.items()) {
            const std::string_view text = value.as_string();
            const auto found = std::ranges::find(dimension.values, text);
            const bool is_other = text == kOther;
            if (found != dimension.values.end() || is_other) {
                condition.codes.push_back(
                    static_cast<std::uint16_t>(found - dimension.values.begin()));
            } else if (dimension.domain == Domain::kPublic) {
                return invalid("the dimension '" + column + "' has no value '" +
                               std::string(text.substr(0, kMaxValueBytes)) + "'");
            }
        }
        return condition;
    }

    static Result<Condition> read_between(const Json& json, const Schema& schema,
                                          const std::string& column) {
        Condition condition{Condition::Kind::kBetween};
        TRY(condition.column, schema.measure(column));
        const Measure& measure = schema.measures[condition.column];
        TRY(condition.low, units_of(json["from"], measure));
        TRY(condition.high, units_of(json["to"], measure));
        return condition;
    }

    static Result<Condition> read_within(const Json& json, const Schema& schema,
                                         const std::string& column) {
        Condition condition{Condition::Kind::kWithin};
        TRY(condition.column, schema.moment(column));
        TRY(condition.low, moment_of(json["from"]));
        TRY(condition.high, moment_of(json["before"]));
        return condition;
    }

    std::span<const NamedSchema> tables_;
    NamedPlan plan_;
    std::set<std::string> names_;
};

// Collects the names of the columns that a plan reads.
struct ColumnCollector {
    const NamedPlan& plan;
    std::span<const NamedSchema> tables;
    std::set<ColumnRead> found{};

    const Schema& schema(std::size_t input) const { return *tables[plan.tables[input]].schema; }

    void add(std::size_t input, std::string_view column) {
        found.insert({plan.tables[input], std::string(column)});
    }

    void add(std::size_t input, const Filter& filter) {
        for (const Condition& condition : filter) {
            switch (condition.kind) {
                case Condition::Kind::kCodes:
                    add(input, schema(input).dimensions[condition.column].name);
                    break;
                case Condition::Kind::kBetween:
                    add(input, schema(input).measures[condition.column].name);
                    break;
                case Condition::Kind::kWithin:
                    add(input, schema(input).moments[condition.column].name);
                    break;
            }
        }
    }

    void add(const Label& label) {
        add(label.input, label.filter);
        const bool is_touch = label.kind == Label::Kind::kTouch;
        if (is_touch || label.kind == Label::Kind::kDimension) {
            add(label.input, schema(label.input).dimensions[label.column].name);
        }
        if (!is_touch) return;
        const Touch& touch = label.touch;
        add(label.input, schema(label.input).moments[touch.moment].name);
        add(touch.before_input, schema(touch.before_input).moments[touch.before_moment].name);
    }
};

}  // namespace

Result<NamedPlan> plan_from_json(const Json& json, std::span<const NamedSchema> tables) {
    return PlanReader(tables).read(json);
}

std::vector<std::string> value_names(const Label& label, std::span<const Schema* const> schemas) {
    std::vector<std::string> names;
    switch (label.kind) {
        case Label::Kind::kTouch:
        case Label::Kind::kDimension:
            names = schemas[label.input]->dimensions[label.column].values;
            names.emplace_back(kOther);
            break;
        case Label::Kind::kPresence:
            names = {"no", "yes"};
            break;
        case Label::Kind::kFrequency:
            for (std::int64_t rows = 0; rows < label.cap; ++rows)
                names.push_back(std::to_string(rows));
            names.push_back(std::to_string(label.cap) + std::string(kOrMore));
            break;
    }
    return names;
}

std::vector<ColumnRead> columns_read(const NamedPlan& plan, std::span<const NamedSchema> tables) {
    ColumnCollector columns{plan, tables};
    for (std::size_t input = 0; input < plan.plan.inputs.size(); ++input)
        columns.add(input, plan.plan.inputs[input].filter);
    for (const Label& label : plan.plan.labels)
        columns.add(label);
    for (const Sum& sum : plan.plan.sums) {
        columns.add(sum.input, columns.schema(sum.input).measures[sum.column].name);
        columns.add(sum.input, sum.filter);
    }
    return {columns.found.begin(), columns.found.end()};
}

}  // namespace altis::cleanroom
