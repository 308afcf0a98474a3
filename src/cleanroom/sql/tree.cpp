#include "cleanroom/sql/tree.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace altis::cleanroom::sql {
namespace {

using codec::Json;
using Kind = Expression::Kind;

tl::unexpected<Error> refused(const std::string& construct, const std::string& remedy) {
    return fail(Code::kInvalid, "rooms.sql_refused",
                construct + " is not part of SQL in rooms; " + remedy);
}

tl::unexpected<Error> malformed(std::string message) {
    return fail(Code::kInvalid, "rooms.sql_malformed", std::move(message));
}

constexpr const char* kShape =
    "ask SELECT groups, COUNT(DISTINCT person), COUNT(*), SUM(...), AVG(...) FROM tables "
    "[WHERE ...] GROUP BY groups";

// What stands behind a member of the tree that a plain statement does not have.
struct Unlisted {
    std::string_view member;
    const char* construct;
    const char* remedy;
};
constexpr Unlisted kUnlisted[] = {
    {"cte_map", "WITH", "name the room's tables in FROM itself"},
    {"having", "HAVING", "filter the answer, which is noisy, after you received it"},
    {"qualify", "QUALIFY", "filter the answer after you received it"},
    {"sample", "TABLESAMPLE", "leave it out: the engine itself bounds what is counted"},
    {"at_clause", "AT (VERSION or TIMESTAMP)", "ask the table as it is"},
    {"schema_name", "a schema in a table's name", "use the table's name in the room alone"},
    {"catalog_name", "a database in a table's name", "use the table's name in the room alone"},
    {"column_name_alias", "a list of columns behind a table's alias",
     "name columns by their names"},
    {"schema", "a schema in a function's name", "use the function's name alone"},
    {"catalog", "a database in a function's name", "use the function's name alone"},
    {"export_state", "EXPORT_STATE", "leave it out"},
    {"orders", "ORDER BY inside of an aggregate",
     "leave it out: no order changes these aggregates"},
    {"named_param_map", "a parameter", "write the value into the statement"},
};

tl::unexpected<Error> unlisted(std::string_view member, std::string_view where) {
    const auto* const known = std::ranges::find(kUnlisted, member, &Unlisted::member);
    if (known != std::end(kUnlisted)) return refused(known->construct, known->remedy);
    return refused("'" + shown(member) + "' of " + std::string(where), kShape);
}

// Members that say nothing are not in the tree, so one that is there and not listed says something.
Result<void> require_only(const Json& json, std::initializer_list<std::string_view> listed,
                          std::string_view where) {
    if (!json.is_object()) return malformed("the statement's syntax tree is not readable");
    for (const auto& [name, value] : json.members()) {
        const bool is_known =
            name == "query_location" || std::ranges::find(listed, name) != listed.end();
        if (!is_known) return unlisted(name, where);
    }
    return {};
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// The tree's operators by our words.
struct Operator {
    std::string_view type;
    std::string_view word;
};
constexpr Operator kComparisons[] = {
    {"COMPARE_EQUAL", "="},       {"COMPARE_NOTEQUAL", "<>"},
    {"COMPARE_LESSTHAN", "<"},    {"COMPARE_LESSTHANOREQUALTO", "<="},
    {"COMPARE_GREATERTHAN", ">"}, {"COMPARE_GREATERTHANOREQUALTO", ">="},
};
constexpr Operator kOperators[] = {
    {"OPERATOR_NOT", "not"},
    {"COMPARE_IN", "in"},
    {"COMPARE_NOT_IN", "not in"},
    {"OPERATOR_IS_NULL", "is null"},
    {"OPERATOR_IS_NOT_NULL", "is not null"},
    {"OPERATOR_COALESCE", "coalesce"},
    {"CONJUNCTION_AND", "and"},
    {"CONJUNCTION_OR", "or"},
};

// Kinds of expressions that are refused, by their class in the tree.
constexpr Unlisted kRefusedClasses[] = {
    {"WINDOW", "a window function (OVER)", "group by columns instead"},
    {"SUBQUERY", "a subquery", "join the room's tables in FROM with USING (person)"},
    {"STAR", "*", "name the columns to group by; count rows with COUNT(*)"},
    {"PARAMETER", "a parameter", "write the value into the statement"},
    {"LAMBDA", "a lambda", "use CASE WHEN"},
    {"COLLATE", "COLLATE", "compare lower(column)"},
    {"DEFAULT", "DEFAULT", "write the value"},
    {"POSITIONAL_REFERENCE", "#n", "name the column"},
};

class Reader {
  public:
    Result<Statement> read(const Json& root) {
        TRY_VOID(require_only(root, {"error", "statements"}, "the statement"));
        const codec::JsonArray& statements = root["statements"].items();
        if (statements.size() != 1) {
            return refused(statements.empty() ? "an empty text" : "more than one statement",
                           "send exactly one SELECT");
        }
        TRY_VOID(require_only(statements.front(), {"node"}, "the statement"));
        const Json& node = statements.front()["node"];
        if (node["type"].as_string() == "SET_OPERATION_NODE") {
            return refused("UNION, INTERSECT or EXCEPT", "ask one question at a time");
        }
        if (node["type"].as_string() != "SELECT_NODE") {
            return refused("'" + shown(node["type"].as_string()) + "'", kShape);
        }
        TRY_VOID(read_select(node));
        return std::move(statement_);
    }

  private:
    Result<void> read_select(const Json& node) {
        TRY_VOID(
            require_only(node,
                         {"type", "modifiers", "cte_map", "select_list", "from_table",
                          "where_clause", "group_expressions", "group_sets", "aggregate_handling"},
                         "SELECT"));
        if (!node["cte_map"].members().empty()) return unlisted("cte_map", "SELECT");
        TRY(statement_.select, read_list(node["select_list"]));
        TRY_VOID(read_from(node["from_table"]));
        if (node.contains("where_clause")) {
            TRY(Expression where, read_expression(node["where_clause"]));
            statement_.where.push_back(std::move(where));
        }
        TRY_VOID(read_groups(node));
        for (const Json& modifier : node["modifiers"].items())
            TRY_VOID(read_modifier(modifier));
        return {};
    }

    Result<void> read_groups(const Json& node) {
        TRY(statement_.groups, read_list(node["group_expressions"]));
        statement_.groups_by_all = node["aggregate_handling"].as_string() == "FORCE_AGGREGATES";
        const codec::JsonArray& sets = node["group_sets"].items();
        const bool is_plain = sets.empty() || (sets.size() == 1 && sets.front().items().size() ==
                                                                       statement_.groups.size());
        if (is_plain) return {};
        return refused("GROUPING SETS, ROLLUP or CUBE", "ask one question for each grouping");
    }

    Result<void> read_modifier(const Json& json) {
        const std::string_view type = json["type"].as_string();
        if (type == "ORDER_MODIFIER") return read_order(json);
        if (type == "LIMIT_MODIFIER") return read_limit(json);
        if (type == "DISTINCT_MODIFIER") {
            return refused("SELECT DISTINCT", "the groups of an answer are distinct already");
        }
        return refused("LIMIT with a percentage", "write LIMIT with a number of rows");
    }

    Result<void> read_order(const Json& json) {
        TRY_VOID(require_only(json, {"type", "orders"}, "ORDER BY"));
        for (const Json& item : json["orders"].items()) {
            TRY_VOID(require_only(item, {"type", "null_order", "expression"}, "ORDER BY"));
            TRY(Expression by, read_expression(item["expression"]));
            statement_.order.push_back({std::move(by), item["type"].as_string() == "DESCENDING"});
        }
        return {};
    }

    Result<void> read_limit(const Json& json) {
        TRY_VOID(require_only(json, {"type", "limit", "offset"}, "LIMIT"));
        for (const char* const member : {"limit", "offset"}) {
            if (!json.contains(member)) continue;
            TRY(const Expression rows, read_expression(json[member]));
            if (rows.kind != Kind::kNumber || rows.scale != 0 || rows.digits < 0 ||
                rows.digits > kMaxAnswerRows) {
                return refused("a LIMIT or OFFSET that is no whole number up to 1,000,000",
                               "write the number of rows");
            }
            if (std::string_view(member) == "limit") {
                statement_.limit = rows.digits;
            } else {
                statement_.offset = rows.digits;
            }
        }
        return {};
    }

    // FROM a JOIN b JOIN c is a tree that leans to the left.
    Result<void> read_from(const Json& json) {
        const std::string_view type = json["type"].as_string();
        if (type == "BASE_TABLE") return read_table(json, {});
        if (type == "JOIN") return read_join(json);
        if (type == "SUBQUERY") {
            return refused("a subquery in FROM", "name the room's tables themselves");
        }
        if (type == "TABLE_FUNCTION") {
            return refused("a table function in FROM", "name the room's tables themselves");
        }
        if (type == "EMPTY") return refused("a SELECT without FROM", kShape);
        return refused("'" + shown(type) + "' in FROM", "name the room's tables themselves");
    }

    Result<void> read_join(const Json& json) {
        TRY_VOID(require_only(
            json, {"type", "left", "right", "condition", "join_type", "ref_type", "using_columns"},
            "JOIN"));
        TRY_VOID(read_from(json["left"]));
        const std::string_view kind = json["join_type"].as_string();
        if (json["ref_type"].as_string() != "REGULAR" || (kind != "INNER" && kind != "LEFT")) {
            return refused("this kind of join", "use JOIN or LEFT JOIN ... USING (person)");
        }
        Source source;
        source.is_optional = kind == "LEFT";
        const codec::JsonArray& columns = json["using_columns"].items();
        source.uses_person = columns.size() == 1 && lower(columns[0].as_string()) == "person";
        if (!columns.empty() && !source.uses_person) {
            return refused("a join by other columns than person", "write USING (person)");
        }
        if (json.contains("condition")) {
            TRY(Expression condition, read_expression(json["condition"]));
            source.condition.push_back(std::move(condition));
        }
        if (json["right"]["type"].as_string() != "BASE_TABLE") {
            return refused("a join whose right side is not a table of the room",
                           "name one table after each JOIN");
        }
        return read_table(json["right"], std::move(source));
    }

    Result<void> read_table(const Json& json, Source source) {
        TRY_VOID(require_only(json, {"type", "alias", "table_name"}, "a table"));
        source.table = json["table_name"].as_string();
        source.alias = json.contains("alias") ? json["alias"].as_string() : source.table;
        statement_.sources.push_back(std::move(source));
        return {};
    }

    Result<std::vector<Expression>> read_list(const Json& json) {
        std::vector<Expression> list;
        for (const Json& item : json.items()) {
            TRY(Expression expression, read_expression(item));
            list.push_back(std::move(expression));
        }
        return list;
    }

    // NOLINTNEXTLINE(misc-no-recursion): parse_json limits the depth.
    Result<Expression> read_expression(const Json& json) {
        if (++expressions_ > kMaxExpressions) {
            return fail(Code::kTooLarge, "rooms.sql_refused",
                        "the statement has more than 500 parts; ask less at once");
        }
        TRY(Expression expression, read_by_class(json));
        expression.alias = json["alias"].as_string();
        return expression;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_by_class(const Json& json) {
        const std::string_view kind = json["class"].as_string();
        if (kind == "COLUMN_REF") return read_column(json);
        if (kind == "CONSTANT") return read_constant(json);
        if (kind == "COMPARISON") return read_comparison(json);
        if (kind == "CONJUNCTION" || kind == "OPERATOR") return read_operator(json);
        if (kind == "BETWEEN") return read_between(json);
        if (kind == "FUNCTION") return read_call(json);
        if (kind == "CASE") return read_case(json);
        if (kind == "CAST") return read_cast(json);
        const auto* const known = std::ranges::find(kRefusedClasses, kind, &Unlisted::member);
        if (known != std::end(kRefusedClasses)) return refused(known->construct, known->remedy);
        return refused("'" + shown(kind) + "'", kShape);
    }

    static Result<Expression> read_column(const Json& json) {
        TRY_VOID(require_only(json, {"class", "type", "alias", "column_names"}, "a column"));
        Expression column{Kind::kColumn};
        for (const Json& name : json["column_names"].items())
            column.path.emplace_back(name.as_string());
        if (column.path.size() == 1 || column.path.size() == 2) return column;
        return refused("a column's name of more than two parts", "write table.column");
    }

    static Result<Expression> read_constant(const Json& json) {
        TRY_VOID(require_only(json, {"class", "type", "alias", "value"}, "a value"));
        const Json& value = json["value"];
        TRY_VOID(require_only(value, {"type", "is_null", "value"}, "a value"));
        if (value["is_null"].as_bool()) return Expression{Kind::kNull};
        const std::string_view type = value["type"]["id"].as_string();
        if (type == "VARCHAR") return text_constant(value["value"]);
        constexpr std::array<std::string_view, 5> kWhole = {"TINYINT", "SMALLINT", "INTEGER",
                                                            "BIGINT", "DECIMAL"};
        if (std::ranges::find(kWhole, type) != kWhole.end() && value["value"].is_int()) {
            Expression number{Kind::kNumber};
            number.digits = value["value"].as_int();
            if (type == "DECIMAL") {
                const std::int64_t scale = value["type"]["type_info"]["scale"].as_int();
                if (scale < 0 || scale > 18) return malformed("a decimal is not readable");
                number.scale = static_cast<int>(scale);
            }
            return number;
        }
        return refused("a value of the type " + shown(type),
                       "write a whole number or a decimal of up to 18 digits, without exponent");
    }

    static Result<Expression> text_constant(const Json& value) {
        const std::string_view text = value.as_string();
        const bool is_plain =
            std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
        if (is_plain && text.size() <= kMaxLiteralBytes) {
            return Expression{.kind = Kind::kText, .word = std::string(text)};
        }
        return refused("a text of more than 100 bytes or with control characters", "shorten it");
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_comparison(const Json& json) {
        TRY_VOID(require_only(json, {"class", "type", "alias", "left", "right"}, "a comparison"));
        const std::string_view type = json["type"].as_string();
        const auto* const known = std::ranges::find(kComparisons, type, &Operator::type);
        if (known == std::end(kComparisons)) {
            return refused("IS [NOT] DISTINCT FROM", "compare with = or <>");
        }
        Expression call{.kind = Kind::kCall, .word = std::string(known->word)};
        for (const char* const side : {"left", "right"})
            TRY_VOID(append(call, json[side]));
        return call;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_operator(const Json& json) {
        TRY_VOID(require_only(json, {"class", "type", "alias", "children"}, "an operator"));
        const std::string_view type = json["type"].as_string();
        const auto* const known = std::ranges::find(kOperators, type, &Operator::type);
        if (known == std::end(kOperators)) {
            return refused("the operator " + shown(type), "use comparisons, AND, OR, NOT and IN");
        }
        Expression call{.kind = Kind::kCall, .word = std::string(known->word)};
        TRY(call.arguments, read_list(json["children"]));
        return call;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_between(const Json& json) {
        TRY_VOID(
            require_only(json, {"class", "type", "alias", "input", "lower", "upper"}, "BETWEEN"));
        Expression call{.kind = Kind::kCall, .word = "between"};
        for (const char* const part : {"input", "lower", "upper"})
            TRY_VOID(append(call, json[part]));
        return call;
    }

    // EXTRACT(year FROM x) and the like come with a schema of DuckDB's own making.
    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_call(const Json& json) {
        TRY_VOID(require_only(json,
                              {"class", "type", "alias", "function_name", "schema", "children",
                               "filter", "order_bys", "distinct", "is_operator"},
                              "a function"));
        Expression call{.kind = Kind::kCall, .word = lower(json["function_name"].as_string())};
        const std::string_view schema = json["schema"].as_string();
        if (!schema.empty() && (schema != "main" || call.word != "date_part")) {
            return refused("the function " + shown(schema) + "." + shown(call.word),
                           "see the list of functions in the room's manual");
        }
        TRY_VOID(require_only(json["order_bys"], {"type"}, "an aggregate"));
        TRY(call.arguments, read_list(json["children"]));
        call.is_distinct = json["distinct"].as_bool();
        if (json.contains("filter")) {
            TRY(Expression filter, read_expression(json["filter"]));
            call.filter.push_back(std::move(filter));
        }
        return call;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_case(const Json& json) {
        TRY_VOID(
            require_only(json, {"class", "type", "alias", "case_checks", "else_expr"}, "CASE"));
        Expression result{Kind::kCase};
        for (const Json& check : json["case_checks"].items()) {
            TRY_VOID(require_only(check, {"when_expr", "then_expr"}, "CASE"));
            TRY_VOID(append(result, check["when_expr"]));
            TRY_VOID(append(result, check["then_expr"]));
        }
        TRY_VOID(append(result, json["else_expr"]));
        return result;
    }

    // TRUE and TIMESTAMP '...' are casts of a text.
    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Expression> read_cast(const Json& json) {
        TRY_VOID(require_only(json, {"class", "type", "alias", "child", "cast_type", "try_cast"},
                              "CAST"));
        const std::string type = lower(json["cast_type"]["id"].as_string());
        const bool is_try = json["try_cast"].as_bool();
        TRY(Expression child, read_expression(json["child"]));
        if (child.kind == Kind::kText && !is_try) {
            if (type == "boolean" && (child.word == "t" || child.word == "f")) {
                return Expression{.kind = Kind::kTruth,
                                  .word = child.word == "t" ? "true" : "false"};
            }
            if (type.starts_with("timestamp") || type == "date") {
                child.kind = Kind::kMoment;
                return child;
            }
        }
        Expression cast{.kind = is_try ? Kind::kTryCast : Kind::kCast, .word = type};
        cast.arguments.push_back(std::move(child));
        return cast;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<void> append(Expression& parent, const Json& json) {
        TRY(Expression child, read_expression(json));
        parent.arguments.push_back(std::move(child));
        return {};
    }

    Statement statement_;
    std::size_t expressions_ = 0;
};

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree that was read
bool Expression::is_same(const Expression& other) const {
    const auto are_same = [](const Expression& a, const Expression& b) { return a.is_same(b); };
    return kind == other.kind && word == other.word && path == other.path &&
           digits == other.digits && scale == other.scale && is_distinct == other.is_distinct &&
           std::ranges::equal(arguments, other.arguments, are_same) &&
           std::ranges::equal(filter, other.filter, are_same);
}

std::string shown(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, kMaxNamedBytes))
        result += c >= 0x20 && c < 0x7f ? c : '?';
    return result;
}

Result<Statement> read_statement(std::string_view tree) {
    if (tree.size() > kMaxTreeBytes)
        return malformed("the statement is too large; ask less at once");
    const auto root = codec::parse_json(tree);
    if (!root) {
        if (root.error().reason == "json.too_deep") {
            return malformed("the statement is nested too deeply; flatten it");
        }
        return malformed("the statement's syntax tree is not readable");
    }
    if ((*root)["error"].as_bool()) {
        const std::string said = shown((*root)["error_message"].as_string());
        return malformed("this is not one SELECT statement of DuckDB's dialect: " + said);
    }
    return Reader().read(*root);
}

}  // namespace altis::cleanroom::sql
