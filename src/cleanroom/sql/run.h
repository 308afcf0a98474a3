// From the text of a statement to tables that the engine can count.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/plan/plan.h"
#include "cleanroom/sql/jobs.h"
#include "cleanroom/sql/question.h"

namespace altis::cleanroom::sql {

// Who computes. Nothing that comes back is trusted.
class Worker {
  public:
    virtual ~Worker() = default;

    // The syntax tree of a text. Fails with "rooms.sql_failed".
    virtual Result<std::string> tree(std::string_view statement) const = 0;

    // Fails with "rooms.sql_failed", whatever the reason: too slow, too large, killed, nonsense;
    // and with "rooms.sql_refused" when the rows are too many.
    virtual Result<std::vector<JobResult>> compute(std::span<const Job> jobs) const = 0;
};

// Starts a process for each request. Any thread.
class WorkerProcess : public Worker {
  public:
    // `program` is this program's file; `deadline` counts for each process.
    WorkerProcess(std::string program, Duration deadline)
        : program_(std::move(program)), deadline_(deadline) {}

    Result<std::string> tree(std::string_view statement) const override;
    Result<std::vector<JobResult>> compute(std::span<const Job> jobs) const override;

  private:
    std::string program_;
    Duration deadline_;
};

// Fails with "rooms.sql_malformed" for what is not 1 to kMaxSqlBytes of UTF-8 without control
// characters other than line breaks and tabs.
Result<void> check_text(std::string_view statement);

// The question of a text; nothing of any row is looked at. Fails like check_text, read_statement
// and make_question.
Result<Question> question_of(std::string_view statement, std::span<const NamedSchema> room,
                             const Bounds& bounds, const Worker& worker);

// The tables of a question's inputs, with the computed columns.
struct ComputedTables {
    std::deque<TableData> made;            // tables that had to be copied and extended
    std::vector<const TableData*> tables;  // by input: for `count`
};

// `room` are the tables that the question's `plan.tables` index, of the schemas with which it was
// made; they must outlive the result. Charge the question before calling this. Fails with
// "rooms.sql_failed", or "rooms.sql_refused" when the tables have too many rows.
Result<ComputedTables> compute_columns(const Question& question,
                                       std::span<const TableData* const> room,
                                       const Worker& worker);

}  // namespace altis::cleanroom::sql
