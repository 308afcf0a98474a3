#include "cleanroom/data/schema.h"

#include <algorithm>
#include <set>

#include "base/decimal.h"
#include "codec/phone.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "treasury.schema_invalid", std::move(message));
}

// A short list of names for messages.
template <class Column>
std::string names_of(const std::vector<Column>& columns) {
    std::string names;
    for (const Column& column : columns)
        names += (names.empty() ? "" : ", ") + column.name;
    return names.empty() ? "none" : names;
}

template <class Column>
Result<std::size_t> find(const std::vector<Column>& columns, std::string_view name,
                         std::string_view kind) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
    return fail(Code::kNotFound, "treasury.column_unknown",
                "there is no " + std::string(kind) + " '" +
                    std::string(name.substr(0, kMaxColumnNameBytes)) +
                    "'; there are: " + names_of(columns));
}

Result<void> check_name(const std::string& name, std::set<std::string>& used) {
    if (name.empty() || name.size() > kMaxColumnNameBytes || !codec::is_utf8(name)) {
        return invalid("a column's name must be 1 to 64 bytes of UTF-8");
    }
    if (used.insert(name).second) return {};
    return invalid("the column '" + name + "' has two roles; give each column one");
}

Result<void> check_values(const Dimension& dimension) {
    if (dimension.values.size() > kMaxDomainValues) {
        return invalid("the dimension '" + dimension.name +
                       "' has more than 1,000 values; group them, or leave it out");
    }
    if (dimension.domain == Domain::kPublic && dimension.values.empty()) {
        return invalid("the dimension '" + dimension.name +
                       "' has an empty list of values; leave the list out to keep them private");
    }
    std::set<std::string_view> known;
    for (const std::string& value : dimension.values) {
        if (value.empty() || value.size() > kMaxValueBytes || value == kOther) {
            return invalid("a value of the dimension '" + dimension.name +
                           "' must be 1 to 100 bytes and not '(other)'");
        }
        if (!known.insert(value).second) {
            return invalid("the dimension '" + dimension.name + "' has a value twice");
        }
    }
    return {};
}

Result<void> check_measure(const Measure& measure) {
    const bool in_range = measure.low >= -kMaxMeasureBound && measure.high <= kMaxMeasureBound;
    if (in_range && measure.low < measure.high && measure.decimals >= 0 &&
        measure.decimals <= kMaxMeasureDecimals) {
        return {};
    }
    return invalid("the measure '" + measure.name +
                   "' needs a low bound below its high bound, up to 6 decimals, and no more than "
                   "10^12 of its smallest units");
}

constexpr std::string_view kKindNames[] = {"email", "phone", "tag"};

Result<JoinKey> kind_from(std::string_view name) {
    const auto* const found = std::ranges::find(kKindNames, name);
    if (found != std::end(kKindNames)) return static_cast<JoinKey>(found - kKindNames);
    return invalid("the kind of the join key must be email, phone or tag");
}

Result<void> check_key(const Schema& schema) {
    if (schema.calling_code.empty()) return {};
    if (schema.key_kind == JoinKey::kPhone && codec::is_calling_code(schema.calling_code))
        return {};
    return invalid("\"calling_code\" belongs to a key of the kind phone, and is like +41");
}

Result<Dimension> dimension_from(const Json& json) {
    Dimension dimension;
    TRY(dimension.name, codec::require_string(json, "name"));
    if (!json.contains("values")) {
        dimension.domain = Domain::kPrivate;
        return dimension;
    }
    TRY(const Json values, codec::require_array(json, "values"));
    for (const Json& value : values.items()) {
        if (!value.is_string()) {
            return invalid("the values of '" + dimension.name + "' must be texts");
        }
        dimension.values.emplace_back(value.as_string());
    }
    return dimension;
}

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

// A bound at the scale of the measure. Too large ones are left to check_measure.
std::int64_t scaled(const Decimal& bound, int decimals) {
    const std::int64_t factor = power_of_ten(decimals - bound.scale());
    const std::int64_t limit = (kMaxMeasureBound + 1) / factor;
    return std::clamp(bound.digits(), -limit - 1, limit + 1) * factor;
}

Result<Measure> measure_from(const Json& json) {
    Measure measure;
    TRY(measure.name, codec::require_string(json, "name"));
    TRY(const std::string low_text, codec::require_string(json, "low"));
    TRY(const std::string high_text, codec::require_string(json, "high"));
    TRY(const Decimal low, Decimal::parse(low_text));
    TRY(const Decimal high, Decimal::parse(high_text));
    measure.decimals = std::max(low.scale(), high.scale());
    measure.low = scaled(low, measure.decimals);
    measure.high = scaled(high, measure.decimals);
    return measure;
}

Result<Moment> moment_from(const Json& json) {
    TRY(std::string name, codec::require_string(json, "name"));
    return Moment{std::move(name)};
}

template <class Column, class Read>
Result<std::vector<Column>> columns_from(const Json& json, std::string_view member, Read read) {
    std::vector<Column> columns;
    if (!json.contains(member)) return columns;
    TRY(const Json items, codec::require_array(json, member));
    for (const Json& item : items.items()) {
        TRY(Column column, read(item));
        columns.push_back(std::move(column));
    }
    return columns;
}

}  // namespace

Result<std::size_t> Schema::dimension(std::string_view name) const {
    return find(dimensions, name, "dimension");
}

Result<std::size_t> Schema::measure(std::string_view name) const {
    return find(measures, name, "measure");
}

Result<std::size_t> Schema::moment(std::string_view name) const {
    return find(moments, name, "moment");
}

std::vector<std::string> column_names(const Schema& schema) {
    std::vector<std::string> names = {schema.key_column};
    if (!schema.consent_column.empty()) names.push_back(schema.consent_column);
    for (const auto& column : schema.dimensions)
        names.push_back(column.name);
    for (const auto& column : schema.measures)
        names.push_back(column.name);
    for (const auto& column : schema.moments)
        names.push_back(column.name);
    return names;
}

Result<void> check_schema(const Schema& schema) {
    if (schema.dimensions.size() > kMaxDimensions || schema.measures.size() > kMaxMeasures ||
        schema.moments.size() > kMaxMeasures) {
        return invalid("a data set has up to 32 dimensions, 16 measures and 16 moments");
    }
    if (schema.rows_per_person < 1 || schema.rows_per_person > kMaxRowsPerPerson)
        return invalid("\"rows_per_person\" must be 1 to 1,000");
    TRY_VOID(check_key(schema));
    std::set<std::string> used;
    TRY_VOID(check_name(schema.key_column, used));
    if (!schema.consent_column.empty()) {
        TRY_VOID(check_name(schema.consent_column, used));
    }
    for (const Dimension& dimension : schema.dimensions) {
        TRY_VOID(check_name(dimension.name, used));
        TRY_VOID(check_values(dimension));
    }
    for (const Measure& measure : schema.measures) {
        TRY_VOID(check_name(measure.name, used));
        TRY_VOID(check_measure(measure));
    }
    for (const Moment& moment : schema.moments)
        TRY_VOID(check_name(moment.name, used));
    if (schema.never.size() > kMaxNeverColumns)
        return invalid("\"never\" names up to 100 columns; those without a role are never read");
    for (const std::string& column : schema.never)
        TRY_VOID(check_name(column, used));
    return {};
}

Json to_json(const Schema& schema) {
    Json key = Json::object({{"column", schema.key_column},
                             {"kind", kKindNames[static_cast<std::size_t>(schema.key_kind)]}});
    if (!schema.calling_code.empty()) key.set("calling_code", schema.calling_code);
    Json json = Json::object({{"key", std::move(key)}});
    if (!schema.consent_column.empty()) json.set("consent", schema.consent_column);
    if (schema.rows_per_person != 1) json.set("rows_per_person", schema.rows_per_person);
    Json dimensions = Json::array();
    for (const Dimension& dimension : schema.dimensions) {
        Json entry = Json::object({{"name", dimension.name}});
        if (dimension.domain == Domain::kPublic) {
            Json values = Json::array();
            for (const std::string& value : dimension.values)
                values.push(value);
            entry.set("values", std::move(values));
        }
        dimensions.push(std::move(entry));
    }
    Json measures = Json::array();
    for (const Measure& measure : schema.measures) {
        measures.push(
            Json::object({{"name", measure.name},
                          {"low", Decimal(measure.low, measure.decimals).to_string()},
                          {"high", Decimal(measure.high, measure.decimals).to_string()}}));
    }
    Json moments = Json::array();
    for (const Moment& moment : schema.moments)
        moments.push(Json::object({{"name", moment.name}}));
    json.set("dimensions", std::move(dimensions));
    json.set("measures", std::move(measures));
    json.set("moments", std::move(moments));
    if (schema.never.empty()) return json;
    Json never = Json::array();
    for (const std::string& column : schema.never)
        never.push(column);
    json.set("never", std::move(never));
    return json;
}

Result<Schema> schema_from_json(const Json& json) {
    Schema schema;
    if (!json["key"].is_object()) {
        return fail(Code::kInvalid, "json.missing",
                    "the description needs \"key\": {\"column\": ..., \"kind\": \"email\"}");
    }
    TRY(schema.key_column, codec::require_string(json["key"], "column"));
    TRY(const std::string kind, codec::require_string(json["key"], "kind"));
    TRY(schema.key_kind, kind_from(kind));
    if (json["key"].contains("calling_code")) {
        TRY(schema.calling_code, codec::require_string(json["key"], "calling_code"));
    }
    if (json.contains("consent")) {
        TRY(schema.consent_column, codec::require_string(json, "consent"));
    }
    if (json.contains("rows_per_person")) {
        TRY(const std::int64_t rows, codec::require_int(json, "rows_per_person"));
        schema.rows_per_person =
            static_cast<std::uint32_t>(std::clamp<std::int64_t>(rows, 0, kMaxRowsPerPerson + 1));
    }
    TRY(schema.dimensions, columns_from<Dimension>(json, "dimensions", dimension_from));
    TRY(schema.measures, columns_from<Measure>(json, "measures", measure_from));
    TRY(schema.moments, columns_from<Moment>(json, "moments", moment_from));
    for (const Json& column : json["never"].items())
        schema.never.emplace_back(column.as_string());
    TRY_VOID(check_schema(schema));
    return schema;
}

}  // namespace altis::cleanroom
