// Statements as questions to a room: judged by its policy before anything is looked at, paid for
// like those of templates, and answered as figures that a receipt binds.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/policy.h"
#include "cleanroom/question.h"
#include "cleanroom/sql/question.h"
#include "cleanroom/sql/run.h"
#include "codec/json.h"

namespace altis::cleanroom::sql {

// What stands in the place of a template's id in answers and receipts.
constexpr std::string_view kSqlTemplate = "sql";

// What an analyst sends.
struct Asked {
    std::string statement;
    Bounds bounds;
    MicroEpsilon epsilon = 0;
    Confidence confidence = Confidence::k95;
};

// Reads {"statement", "epsilon_micro", "confidence_percent"?, "bounds"?}. Fails with
// "json.missing", "json.wrong_type", "rooms.parameter_invalid", "rooms.sql_malformed" or like
// bounds_from_json.
Result<Asked> asked_from_json(const codec::Json& json);

// Fails with "rooms.sql_not_permitted" unless the owners agreed on statements.
Result<void> require_sql(const Room& room);

// A statement that its room permits. `prepared` borrows from the others; move it as a whole.
struct PreparedSql {
    std::unique_ptr<const QueryTemplate> query;  // its figures, named "column_1", "column_2", ...
    Question question;
    std::vector<Schema> planned;  // by input
    Prepared prepared;
};

// Judges a statement by the room's policy and the tables' schemas, by owner; null: not there yet.
// The same statement under other names and another order of rows has the same canonical form.
// Nothing depends on rows. Fails with "rooms.dataset_unknown", and like require_sql, make_question,
// require_epsilon, require_permitted and PlanNoise::make.
Result<PreparedSql> prepare_sql(const Room& room, const Statement& statement, const Asked& asked,
                                std::string_view trust, std::span<const Schema* const> schemas);

// Computes the columns, counts and adds noise, once it is paid for. `tables` by owner of the room;
// those that the question reads are there. Fails with "rooms.sql_failed" alone, whatever happened.
Result<codec::Json> answer_sql(const PreparedSql& sql, std::span<const TableData* const> tables,
                               RandomBits& bits, const Worker& worker);

// An answer as the statement's rows: {"columns": [name], "rows": [[value]]} by its names, ORDER BY
// and LIMIT. A value is a text for a group and {"value", "low", "high"} or {"withheld"} else. The
// answer is the one that was signed, for whoever asked it first.
codec::Json table_of(const Question& question, const codec::Json& answer);

// Whether the rows of such a table are some of those that the answer says. Fails with
// "receipt.forged".
Result<void> check_table(const codec::Json& table, const codec::Json& answer);

}  // namespace altis::cleanroom::sql
