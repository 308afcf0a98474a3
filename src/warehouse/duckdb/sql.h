// Plans and tables in DuckDB's dialect. The only place of Altis where SQL text is made; names come
// from the checked schema alone, values travel as parameters.
#pragma once

#include <string>
#include <vector>

#include "warehouse/plan.h"
#include "warehouse/row_expressions.h"
#include "warehouse/schema.h"

namespace altis::warehouse::duckdb {

// Text with $1, $2, ... and what stands for them.
struct Statement {
    std::string text;
    std::vector<Value> parameters;
};

// The type in which a column is stored.
std::string storage_type(const ColumnSpec& column);

std::string create_table(const TableSpec& table);

// `outputs` is what `check` gave for the plan. Without a limit of its own the statement stops one
// row after kMaxResultRows.
Statement select(const Plan& plan, const std::vector<ColumnSpec>& outputs);

// Settings: nothing may be changed any more; this file may be opened; and no other.
std::string lock_settings();
std::string allow_path(std::string_view path);
std::string forbid_other_paths();

// All rows of a table into a Parquet file, times as UTC.
std::string copy_to_parquet(const TableSpec& table, std::string_view path);

// These columns of a Parquet file.
Statement select_from_parquet(const std::vector<ColumnSpec>& columns, std::string_view path);

// Names and types of a Parquet file's columns, as two texts.
Statement describe_parquet(std::string_view path);

// How a column's values become texts.
enum class TextForm : std::uint8_t {
    kPlain,
    kMoment,       // RFC 3339; a time without zone is one of UTC
    kZonedMoment,  // RFC 3339 in UTC
};
struct TextColumn {
    std::string name;  // any
    TextForm form = TextForm::kPlain;
};

// These columns of a Parquet file, in this order, as texts.
Statement texts_from_parquet(const std::vector<TextColumn>& columns, std::string_view path);
// The syntax tree of a text, which travels as a parameter. Empty lists stay: one among the grouping
// sets says something.
Statement serialize_statement(std::string_view text);

// Expressions over all rows of a table, in the order of the rows. Asserts nothing about their text:
// only for databases that hold nothing else and processes that can do nothing else.
Statement select_expressions(const TableSpec& table, const std::vector<RowExpression>& expressions);
std::string drop_table(const TableSpec& table);

}  // namespace altis::warehouse::duckdb
