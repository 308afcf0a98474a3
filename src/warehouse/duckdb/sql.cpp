#include "warehouse/duckdb/sql.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace altis::warehouse::duckdb {
namespace {

constexpr std::array<std::string_view, 6> kComparisons = {" = ",  " <> ", " < ",
                                                          " <= ", " > ",  " >= "};

// The text between two of `quote`, with those inside doubled.
std::string between(char quote, std::string_view text) {
    std::string literal(1, quote);
    for (const char c : text) {
        if (c == quote) literal.push_back(quote);
        literal.push_back(c);
    }
    return literal + quote;
}

// For paths, where statements take no parameters.
std::string text_literal(std::string_view text) {
    return between('\'', text);
}

std::string quoted(std::string_view name) {
    return between('"', name);
}

std::string column_of(const ColumnRef& ref) {
    return (ref.side == Side::kLeft ? "l." : "r.") + quoted(ref.name);
}

std::string as_integer(const std::string& expression) {
    return "CAST(" + expression + " AS BIGINT)";
}

std::string output_column(const ColumnRef& ref) {
    return ref.name == kSubjectColumn ? as_integer(column_of(ref)) : column_of(ref);
}

std::string extreme(const std::string& function, const ColumnRef& ref) {
    return function + "(" + output_column(ref) + ")";
}

std::string aggregate_of(const Aggregate& aggregate) {
    const std::string column = column_of(aggregate.column);
    switch (aggregate.function) {
        case Function::kCount:
            return aggregate.column.name.empty() ? "count(*)" : "count(" + column + ")";
        case Function::kCountDistinct:
            return "count(DISTINCT " + column + ")";
        case Function::kSum:
            return as_integer("sum(" + column + ")");
        case Function::kMin:
            return extreme("min", aggregate.column);
        case Function::kMax:
            return extreme("max", aggregate.column);
        case Function::kAverage:
            return "CAST(sum(" + column + ") AS DOUBLE) / count(" + column + ")";
    }
    ALTIS_ASSERT(false);
}

// Builds the condition and collects its values.
class FilterWriter {
  public:
    explicit FilterWriter(Statement& statement) : statement_(statement) {}

    std::string write(const Filter& filter) {
        switch (filter.kind) {
            case Filter::Kind::kAll:
                return joined(filter.children, " AND ", "TRUE");
            case Filter::Kind::kAny:
                return joined(filter.children, " OR ", "FALSE");
            case Filter::Kind::kNot:
                return "(NOT " + write(filter.children.front()) + ")";
            case Filter::Kind::kCompare:
                return "(" + column_of(filter.column) + comparison(filter) +
                       parameter(filter.values.front()) + ")";
            case Filter::Kind::kOneOf:
                return one_of_list(filter);
            case Filter::Kind::kIsNull:
                return "(" + column_of(filter.column) + " IS NULL)";
        }
        ALTIS_ASSERT(false);
    }

  private:
    static std::string comparison(const Filter& filter) {
        return std::string(kComparisons[static_cast<std::size_t>(filter.comparison)]);
    }

    std::string parameter(const Value& value) {
        statement_.parameters.push_back(value);
        return "$" + std::to_string(statement_.parameters.size());
    }

    std::string joined(const std::vector<Filter>& children, std::string_view word,
                       std::string_view when_empty) {
        if (children.empty()) return std::string(when_empty);
        std::string text = "(";
        for (const Filter& child : children) {
            if (text.size() > 1) text += word;
            text += write(child);
        }
        return text + ")";
    }

    std::string one_of_list(const Filter& filter) {
        if (filter.values.empty()) return "FALSE";
        std::string list;
        for (const Value& value : filter.values) {
            list += (list.empty() ? "" : ", ") + parameter(value);
        }
        return "(" + column_of(filter.column) + " IN (" + list + "))";
    }

    Statement& statement_;
};

std::string select_list(const Plan& plan) {
    std::string list;
    const auto add = [&](const std::string& item) { list += (list.empty() ? "" : ", ") + item; };
    for (const Output& output : plan.columns)
        add(output_column(output.column));
    for (const Aggregate& aggregate : plan.aggregates)
        add(aggregate_of(aggregate));
    return list;
}

std::string source(const Plan& plan) {
    std::string text = " FROM " + quoted(plan.table) + " AS l";
    if (!plan.join) return text;
    text += " JOIN " + quoted(plan.join->table) + " AS r ON ";
    std::string condition;
    for (const JoinKey& key : plan.join->keys) {
        condition +=
            (condition.empty() ? "l." : " AND l.") + quoted(key.left) + " = r." + quoted(key.right);
    }
    return text + condition;
}

std::string grouping(const Plan& plan) {
    if (plan.shape == Shape::kScan || plan.columns.empty()) return "";
    std::string keys;
    for (std::size_t i = 1; i <= plan.columns.size(); ++i) {
        keys += (keys.empty() ? " GROUP BY " : ", ") + std::to_string(i);
    }
    return keys;
}

// Positions instead of names: an alias that is also a column means different things to engines.
std::string ordering(const Plan& plan, const std::vector<ColumnSpec>& outputs) {
    if (plan.ordering == Ordering::kAny) return "";
    std::string text;
    std::vector<bool> used(outputs.size());
    const auto add = [&](std::size_t index, Direction direction) {
        used[index] = true;
        text += (text.empty() ? " ORDER BY " : ", ") + std::to_string(index + 1) +
                (direction == Direction::kUp ? " ASC NULLS FIRST" : " DESC NULLS LAST");
    };
    for (const OrderBy& order : plan.order) {
        const auto found = std::find_if(outputs.begin(), outputs.end(), [&](const auto& output) {
            return output.name == order.output;
        });
        add(static_cast<std::size_t>(found - outputs.begin()), order.direction);
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (!used[i]) add(i, Direction::kUp);
    }
    return text;
}

}  // namespace

std::string storage_type(const ColumnSpec& column) {
    if (column.name == kSubjectColumn) return "UINTEGER";
    switch (column.type) {
        case Type::kInteger:
        case Type::kMinor:
            return "BIGINT";
        case Type::kText:
            return "VARCHAR";
        case Type::kBool:
            return "BOOLEAN";
        case Type::kTime:
            return "TIMESTAMP";
        case Type::kReal:
            break;
    }
    ALTIS_ASSERT(false);
}

std::string create_table(const TableSpec& table) {
    std::string columns;
    for (const ColumnSpec& column : table.columns) {
        columns += (columns.empty() ? "" : ", ") + quoted(column.name) + " " + storage_type(column);
    }
    return "CREATE TABLE " + quoted(table.name) + " (" + columns + ")";
}

Statement select(const Plan& plan, const std::vector<ColumnSpec>& outputs) {
    Statement statement;
    const std::string condition = FilterWriter(statement).write(plan.filter);
    const std::uint64_t limit = plan.limit.value_or(kMaxResultRows + 1);
    statement.text = "SELECT " + select_list(plan) + source(plan) + " WHERE " + condition +
                     grouping(plan) + ordering(plan, outputs) + " LIMIT " + std::to_string(limit);
    return statement;
}

std::string lock_settings() {
    return "SET lock_configuration = true";
}

std::string allow_path(std::string_view path) {
    return "SET allowed_paths = [" + text_literal(path) + "]";
}

std::string forbid_other_paths() {
    return "SET enable_external_access = false";
}

// A time without zone is one of the session's zone when it is cast, which is the machine's.
std::string copy_to_parquet(const TableSpec& table, std::string_view path) {
    std::string columns;
    for (const ColumnSpec& column : table.columns) {
        const std::string name = quoted(column.name);
        const bool is_time = column.type == Type::kTime;
        columns += columns.empty() ? "" : ", ";
        columns += is_time ? "make_timestamptz(epoch_us(" + name + ")) AS " + name : name;
    }
    return "COPY (SELECT " + columns + " FROM " + quoted(table.name) + ") TO " +
           text_literal(path) + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)";
}

Statement select_from_parquet(const std::vector<ColumnSpec>& columns, std::string_view path) {
    Statement statement;
    for (const ColumnSpec& column : columns)
        statement.text += (statement.text.empty() ? "SELECT " : ", ") + quoted(column.name);
    statement.text += " FROM read_parquet(" + text_literal(path) + ")";
    return statement;
}

Statement describe_parquet(std::string_view path) {
    return {"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(" +
                text_literal(path) + "))",
            {}};
}

Statement texts_from_parquet(const std::vector<TextColumn>& columns, std::string_view path) {
    Statement statement;
    for (const TextColumn& column : columns) {
        const std::string name = quoted(column.name);
        statement.text += statement.text.empty() ? "SELECT " : ", ";
        switch (column.form) {
            case TextForm::kPlain:
                statement.text += "CAST(" + name + " AS VARCHAR)";
                break;
            case TextForm::kMoment:
                statement.text +=
                    "strftime(CAST(" + name + " AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')";
                break;
            case TextForm::kZonedMoment:
                statement.text +=
                    "strftime(make_timestamp(epoch_us(" + name + ")), '%Y-%m-%dT%H:%M:%S.%fZ')";
                break;
        }
    }
    statement.text += " FROM read_parquet(" + text_literal(path) + ")";
    return statement;
}

Statement serialize_statement(std::string_view text) {
    return {
        "SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR), skip_null := true, skip_empty := "
        "false,"
        " skip_default := true) AS VARCHAR)",
        {std::string(text)}};
}

Statement select_expressions(const TableSpec& table,
                             const std::vector<RowExpression>& expressions) {
    Statement statement;
    for (const RowExpression& expression : expressions) {
        statement.text += statement.text.empty() ? "SELECT " : ", ";
        statement.text +=
            "CAST((" + expression.sql + ") AS " + storage_type({"", expression.type}) + ")";
    }
    statement.text += " FROM " + quoted(table.name);
    return statement;
}

std::string drop_table(const TableSpec& table) {
    return "DROP TABLE " + quoted(table.name);
}

}  // namespace altis::warehouse::duckdb
