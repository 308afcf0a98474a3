#include "cleanroom/templates/query_template.h"

#include <algorithm>
#include <set>

#include "base/decimal.h"
#include "base/time.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxTitleBytes = 200;
constexpr std::string_view kParameterKinds[] = {"column",  "values", "whole",
                                                "decimal", "moment", "conditions"};
constexpr std::string_view kFigureKinds[] = {"count", "share", "distribution", "lift",
                                             "sum",   "mean",  "score",        "average"};

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.template_invalid", std::move(message));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxNameBytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Result<std::string> read_name(const Json& json, std::string_view what) {
    TRY(std::string name, codec::require_string(json, "name"));
    if (is_name(name)) return name;
    return invalid("the name of a " + std::string(what) + " must be 1 to 64 of a-z, 0-9 and _");
}

template <std::size_t Count>
Result<std::size_t> index_of(const std::string_view (&names)[Count], const Json& json,
                             std::string_view what) {
    TRY(const std::string kind, codec::require_string(json, "kind"));
    const auto* const found = std::ranges::find(names, kind);
    if (found != std::end(names)) return static_cast<std::size_t>(found - std::begin(names));
    std::string known;
    for (const std::string_view name : names)
        known.append(known.empty() ? "" : ", ").append(name);
    return invalid("the kind of a " + std::string(what) + " must be one of " + known);
}

bool is_text_list(const Json& json) {
    return json.is_array() && json.items().size() <= kMaxParameterValues &&
           std::ranges::all_of(json.items(), [](const Json& item) { return item.is_string(); });
}

bool is_value_of(const Parameter& parameter, const Json& value) {
    switch (parameter.kind) {
        case Parameter::Kind::kColumn:
            return value.is_string() && value.as_string().size() <= kMaxNameBytes;
        case Parameter::Kind::kValues:
            return is_text_list(value);
        case Parameter::Kind::kWhole:
            return value.is_int() && value.as_int() >= parameter.low &&
                   value.as_int() <= parameter.high;
        case Parameter::Kind::kDecimal:
            return value.is_string() && Decimal::parse(value.as_string()).has_value();
        case Parameter::Kind::kMoment:
            return value.is_string() && parse_rfc3339(value.as_string()).has_value();
        case Parameter::Kind::kConditions:
            return value.is_array() && value.items().size() <= kMaxParameterValues;
    }
    return false;
}

Result<Parameter> read_parameter(const Json& json) {
    Parameter parameter;
    TRY(parameter.name, read_name(json, "parameter"));
    TRY(const std::size_t kind, index_of(kParameterKinds, json, "parameter"));
    parameter.kind = static_cast<Parameter::Kind>(kind);
    parameter.low = json["low"].as_int(0);
    parameter.high = json["high"].as_int(INT64_MAX);
    parameter.fallback = json["default"];
    if (parameter.fallback.is_null() || is_value_of(parameter, parameter.fallback)) {
        return parameter;
    }
    return invalid("the default of the parameter '" + parameter.name + "' is not of its kind");
}

Result<Selector> read_selector(const Json& json, std::string_view member) {
    Selector selector;
    for (const auto& [label, values] : json[member].members()) {
        if (!is_text_list(values)) {
            return invalid("'" + std::string(member) + "' needs a list of texts for each group");
        }
        for (const Json& value : values.items())
            selector[label].emplace_back(value.as_string());
    }
    return selector;
}

Result<FigureSpec> read_figure(const Json& json) {
    FigureSpec figure;
    TRY(figure.name, read_name(json, "figure"));
    TRY(const std::size_t kind, index_of(kFigureKinds, json, "figure"));
    figure.kind = static_cast<FigureSpec::Kind>(kind);
    TRY(figure.where, read_selector(json, "where"));
    TRY(figure.among, read_selector(json, "among"));
    TRY(figure.exposed, read_selector(json, "exposed"));
    for (const Json& label : json["by"].items())
        figure.by.emplace_back(label.as_string());
    const bool needs_sum =
        figure.kind == FigureSpec::Kind::kSum || figure.kind == FigureSpec::Kind::kMean;
    if (needs_sum) {
        TRY(figure.sum, codec::require_string(json, "sum"));
    }
    if (figure.kind == FigureSpec::Kind::kLift && figure.exposed.empty()) {
        return invalid("the lift '" + figure.name + "' needs \"exposed\"");
    }
    if (figure.kind == FigureSpec::Kind::kScore && (figure.by.empty() || figure.where.empty())) {
        return invalid("the score '" + figure.name + "' needs \"where\" and \"by\"");
    }
    if (figure.kind == FigureSpec::Kind::kAverage) {
        TRY(figure.of, codec::require_string(json, "of"));
    }
    return figure;
}

// Names that stand in a template's plan, by what they stand for.
std::set<std::string, std::less<>> names_in(const Json& list) {
    std::set<std::string, std::less<>> names;
    for (const Json& item : list.items())
        names.emplace(item["name"].as_string());
    return names;
}

Result<void> check_selector(const Selector& selector,
                            const std::set<std::string, std::less<>>& groups,
                            const std::string& figure) {
    for (const auto& [label, values] : selector) {
        if (!groups.contains(label)) {
            return invalid("the figure '" + figure + "' names the group '" + label +
                           "', which the plan does not have");
        }
    }
    return {};
}

Result<void> check_figure(const FigureSpec& figure, const Json& plan) {
    const auto groups = names_in(plan["groups"]);
    TRY_VOID(check_selector(figure.where, groups, figure.name));
    TRY_VOID(check_selector(figure.among, groups, figure.name));
    TRY_VOID(check_selector(figure.exposed, groups, figure.name));
    for (const std::string& label : figure.by) {
        if (!groups.contains(label)) {
            return invalid("the figure '" + figure.name + "' is by the group '" + label +
                           "', which the plan does not have");
        }
    }
    if (figure.kind == FigureSpec::Kind::kAverage && !groups.contains(figure.of)) {
        return invalid("the average '" + figure.name + "' is of the group '" + figure.of +
                       "', which the plan does not have");
    }
    if (figure.sum.empty() || names_in(plan["sums"]).contains(figure.sum)) return {};
    return invalid("the figure '" + figure.name + "' names the sum '" + figure.sum +
                   "', which the plan does not have");
}

const Json* value_of(const Json& filled, std::string_view reference) {
    if (!reference.starts_with('$')) return nullptr;
    const Json& value = filled[reference.substr(1)];
    return value.is_null() ? nullptr : &value;
}

// Fails when "$name" stands for no parameter.
Result<void> check_references(const QueryTemplate& query, const Json& part) {
    for (const auto& [name, value] : part.members())
        TRY_VOID(check_references(query, value));
    for (const Json& item : part.items())
        TRY_VOID(check_references(query, item));
    const std::string_view text = part.as_string();
    if (!text.starts_with('$')) return {};
    if (std::ranges::find(query.parameters, text.substr(1), &Parameter::name) !=
        query.parameters.end()) {
        return {};
    }
    return invalid("the plan uses '" + std::string(text.substr(0, kMaxNameBytes)) +
                   "', which is no parameter");
}

Result<void> check_template(const QueryTemplate& query) {
    if (!is_name(query.id)) return invalid("an id must be 1 to 64 of a-z, 0-9 and _");
    if (query.title.empty() || query.title.size() > kMaxTitleBytes) {
        return invalid("a title must be 1 to 200 bytes: what does the template ask?");
    }
    if (query.parameters.size() > kMaxParameters || query.figures.size() > kMaxFigures) {
        return invalid("a template has up to 16 parameters and 32 figures");
    }
    if (query.figures.empty()) return invalid("a template needs a figure");
    std::set<std::string> names;
    for (const Parameter& parameter : query.parameters) {
        if (!names.insert(parameter.name).second) return invalid("a parameter is named twice");
    }
    names.clear();
    for (const FigureSpec& figure : query.figures) {
        if (!names.insert(figure.name).second) return invalid("a figure is named twice");
        TRY_VOID(check_figure(figure, query.plan));
    }
    return check_references(query, query.plan);
}

std::string names_of(const std::vector<Parameter>& parameters) {
    std::string names;
    for (const Parameter& parameter : parameters)
        names += (names.empty() ? "" : ", ") + parameter.name;
    return names.empty() ? "none" : names;
}

}  // namespace

Result<QueryTemplate> template_from_json(const Json& json) {
    QueryTemplate query;
    TRY(query.id, codec::require_string(json, "id"));
    TRY(query.version, codec::require_int(json, "version"));
    TRY(query.title, codec::require_string(json, "title"));
    TRY(const Json tables, codec::require_array(json, "tables"));
    for (const Json& table : tables.items())
        query.tables.emplace_back(table.as_string());
    for (const Json& item : json["parameters"].items()) {
        TRY(Parameter parameter, read_parameter(item));
        query.parameters.push_back(std::move(parameter));
    }
    TRY(query.plan, codec::require_object(json, "plan"));
    TRY(const Json figures, codec::require_array(json, "figures"));
    for (const Json& item : figures.items()) {
        TRY(FigureSpec figure, read_figure(item));
        query.figures.push_back(std::move(figure));
    }
    query.json = json;
    TRY_VOID(check_template(query));
    return query;
}

const QueryTemplate* builtin_template(std::string_view id) {
    const auto& all = builtin_templates();
    const auto found = std::ranges::find(all, id, &QueryTemplate::id);
    return found == all.end() ? nullptr : &*found;
}

Result<Json> fill_parameters(const QueryTemplate& query, const Json& parameters) {
    if (!parameters.is_null() && !parameters.is_object()) {
        return fail(Code::kInvalid, "rooms.parameter_invalid", "the parameters must be an object");
    }
    for (const auto& [name, value] : parameters.members()) {
        if (std::ranges::find(query.parameters, name, &Parameter::name) == query.parameters.end()) {
            return fail(Code::kInvalid, "rooms.parameter_unknown",
                        "the template " + query.id +
                            " has no such parameter; it has: " + names_of(query.parameters));
        }
    }
    Json filled = Json::object();
    for (const Parameter& parameter : query.parameters) {
        const Json& given = parameters[parameter.name];
        const Json& value = given.is_null() ? parameter.fallback : given;
        if (value.is_null()) {
            return fail(Code::kInvalid, "rooms.parameter_missing",
                        "the template " + query.id + " needs the parameter " + parameter.name);
        }
        if (!is_value_of(parameter, value)) {
            return fail(Code::kInvalid, "rooms.parameter_invalid",
                        "the parameter " + parameter.name + " must be a " +
                            std::string(kParameterKinds[static_cast<std::size_t>(parameter.kind)]) +
                            " within its limits");
        }
        filled.set(parameter.name, value);
    }
    return filled;
}

namespace {

Json bound(const Json& part, const Json& filled) {
    if (part.is_object()) {
        Json object = Json::object();
        for (const auto& [name, value] : part.members())
            object.set(name, bound(value, filled));
        return object;
    }
    if (part.is_array()) {
        Json array = Json::array();
        for (const Json& item : part.items())
            array.push(bound(item, filled));
        return array;
    }
    const Json* const value = value_of(filled, part.as_string());
    return value != nullptr ? *value : part;
}

}  // namespace

Json bind(const QueryTemplate& query, const Json& filled) {
    return bound(query.plan, filled);
}

}  // namespace altis::cleanroom
