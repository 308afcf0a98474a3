// What the worker is asked and what it answers, as bytes. Rows come without anything that names a
// person: columns by number, rows by their place.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "warehouse/row_expressions.h"

namespace altis::cleanroom::sql {

constexpr std::size_t kMaxBatchRows = 100'000;             // that the worker computes at once
constexpr std::int64_t kNullNumber = INT64_MIN;            // NULL among the numbers of an answer
constexpr std::uint32_t kNullText = UINT32_MAX;            // the size of a text that is NULL
constexpr std::size_t kMaxAnsweredTextBytes = 10'000'000;  // of all texts of an answer
constexpr std::size_t kMaxRequestBytes = 2'000'000'000;    // of all rows that a worker is sent

// A column of a job. Texts are codes into a dictionary.
struct JobColumn {
    warehouse::Type type = warehouse::Type::kInteger;  // kText, kInteger or kTime
    std::vector<std::string> dictionary{};
    std::vector<std::uint16_t> codes{};   // of a kText
    std::vector<std::int64_t> numbers{};  // of the others; kNullNumber stands for NULL
};

// Expressions over c0, c1, ... of some rows.
struct Job {
    std::size_t rows = 0;
    std::vector<JobColumn> columns;
    std::vector<warehouse::RowExpression> expressions;
};

// One cell per row; of one of these two.
struct JobResult {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> texts;  // empty for NULL
};

// Requests: the tree of a statement, or jobs. Fails with "rooms.sql_refused" beyond the limit.
std::string tree_request(std::string_view statement);
Result<std::string> jobs_request(std::span<const Job> jobs);

// In the worker. A request that is neither gives an empty text and no jobs.
struct Request {
    std::string statement;
    std::vector<Job> jobs;
};
Request read_request(std::string_view bytes);

// The bytes of one expression's cells for some rows, as the worker writes them.
std::string result_bytes(const warehouse::Column& column);

// How many bytes an honest worker answers at most.
std::size_t answer_limit(std::span<const Job> jobs);

// The results of all expressions of all jobs, in this order. The bytes are not trusted; fails with
// "rooms.sql_failed" when they are not exactly as many cells as were asked for.
Result<std::vector<JobResult>> read_answer(std::string_view bytes, std::span<const Job> jobs);

// The one error of whatever happens in the worker.
tl::unexpected<Error> sql_failed();

}  // namespace altis::cleanroom::sql
