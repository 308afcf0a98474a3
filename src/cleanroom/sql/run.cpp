#include "cleanroom/sql/run.h"

#include <algorithm>

#include "base/assert.h"
#include "cleanroom/sql/expression.h"
#include "codec/text.h"
#include "platform/worker_process.h"

namespace altis::cleanroom::sql {
namespace {

using warehouse::Type;

// How the combinations of some dimensions' values are numbered: the last varies fastest.
std::size_t tuple_count(const Computed& computed, const TableData& table) {
    std::size_t tuples = 1;
    for (const ColumnRef& ref : computed.reads)
        tuples *= table.schema.dimensions[ref.column].codes();
    return tuples;
}

std::vector<std::size_t> tuple_of_rows(const Computed& computed, const TableData& table) {
    std::vector<std::size_t> tuples(table.rows());
    for (const ColumnRef& ref : computed.reads) {
        const std::size_t codes = table.schema.dimensions[ref.column].codes();
        const std::vector<std::uint16_t>& column = table.codes[ref.column];
        for (std::size_t row = 0; row < tuples.size(); ++row)
            tuples[row] = tuples[row] * codes + column[row];
    }
    return tuples;
}

JobColumn text_column(const Dimension& dimension) {
    JobColumn column{Type::kText, dimension.values};
    column.dictionary.emplace_back(kOther);
    return column;
}

// One row for each combination.
Job job_by_values(const Computed& computed, const TableData& table) {
    Job job{tuple_count(computed, table), {}, {}};
    std::size_t stride = job.rows;
    for (const ColumnRef& ref : computed.reads) {
        const Dimension& dimension = table.schema.dimensions[ref.column];
        JobColumn column = text_column(dimension);
        stride /= dimension.codes();
        for (std::size_t tuple = 0; tuple < job.rows; ++tuple)
            column.codes.push_back(static_cast<std::uint16_t>(tuple / stride % dimension.codes()));
        job.columns.push_back(std::move(column));
    }
    return job;
}

// The bounds of a measure hold whoever made the table; expressions were judged by them.
JobColumn column_of_rows(const ColumnRef& ref, const TableData& table) {
    if (ref.kind == ColumnRef::Kind::kDimension) {
        JobColumn column = text_column(table.schema.dimensions[ref.column]);
        column.codes = table.codes[ref.column];
        return column;
    }
    JobColumn column;
    if (ref.kind == ColumnRef::Kind::kMeasure) {
        const Measure& measure = table.schema.measures[ref.column];
        for (const std::int64_t value : table.values[ref.column])
            column.numbers.push_back(std::clamp(value, measure.low, measure.high));
        return column;
    }
    column.type = Type::kTime;
    for (const std::int64_t us : table.moments[ref.column])
        column.numbers.push_back(us >= kFirstMoment && us < kEndOfMoments ? us : kNullNumber);
    return column;
}

Job job_of(const Computed& computed, const TableData& table) {
    Job job;
    if (computed.by_values) {
        job = job_by_values(computed, table);
    } else {
        job.rows = table.rows();
        for (const ColumnRef& ref : computed.reads)
            job.columns.push_back(column_of_rows(ref, table));
    }
    const bool is_text = computed.kind == Computed::Kind::kText;
    job.expressions.push_back({computed.sql, is_text ? Type::kText : Type::kInteger});
    return job;
}

// From a result per combination to one per row.
template <class Value>
std::vector<Value> by_rows(const Computed& computed, const TableData& table,
                           std::vector<Value> results) {
    if (!computed.by_values) return results;
    const std::vector<std::size_t> tuples = tuple_of_rows(computed, table);
    std::vector<Value> values(tuples.size());
    std::ranges::transform(tuples, values.begin(), [&](std::size_t at) { return results[at]; });
    return values;
}

bool is_value(const std::string& text) {
    return !text.empty() && text.size() <= kMaxValueBytes && text != kOther && codec::is_utf8(text);
}

std::vector<std::string> values_of(std::vector<std::string> texts) {
    std::erase_if(texts, [](const std::string& text) { return !is_value(text); });
    std::ranges::sort(texts);
    const auto rest = std::ranges::unique(texts);
    texts.erase(rest.begin(), rest.end());
    return texts;
}

void add_dimension(TableData& table, const Computed& computed, const JobResult& result) {
    Dimension dimension{"(computed)", computed.domain, computed.values};
    std::vector<std::uint16_t> codes;
    if (computed.kind == Computed::Kind::kText) {
        dimension.values = values_of(result.texts);
        for (const std::string& text : result.texts) {
            const auto found = std::ranges::lower_bound(dimension.values, text);
            const bool is_known = found != dimension.values.end() && *found == text;
            codes.push_back(is_known ? static_cast<std::uint16_t>(found - dimension.values.begin())
                                     : dimension.other());
        }
    } else {
        const auto values = static_cast<std::int64_t>(dimension.values.size());
        for (const std::int64_t index : result.numbers) {
            const bool is_known = index >= 0 && index < values;
            codes.push_back(is_known ? static_cast<std::uint16_t>(index) : dimension.other());
        }
    }
    ALTIS_ASSERT(table.schema.dimensions.size() == computed.column);
    table.codes.push_back(by_rows(computed, table, std::move(codes)));
    table.schema.dimensions.push_back(std::move(dimension));
}

void add_measure(TableData& table, const Computed& computed, JobResult result) {
    std::vector<std::int64_t> values;
    if (computed.kind == Computed::Kind::kOne) {
        values.assign(table.rows(), 1);
    } else {
        for (std::int64_t& value : result.numbers) {
            if (value == kNullNumber) value = 0;
            value = std::clamp(value, computed.measure.low, computed.measure.high);
        }
        values = by_rows(computed, table, std::move(result.numbers));
    }
    ALTIS_ASSERT(table.schema.measures.size() == computed.column);
    table.values.push_back(std::move(values));
    table.schema.measures.push_back(computed.measure);
}

// The columns that the plan itself reads are few, but to copy all is simple and as fast as memory.
TableData& made_table(ComputedTables& tables, std::size_t input) {
    const TableData* const known = tables.tables[input];
    for (TableData& made : tables.made)
        if (&made == known) return made;
    tables.made.push_back(*known);
    tables.tables[input] = &tables.made.back();
    return tables.made.back();
}

bool is_plain_text(std::string_view text) {
    return codec::is_utf8(text) && std::ranges::all_of(text, [](unsigned char c) {
               return c >= 0x20 ? c != 0x7f : c == '\n' || c == '\t' || c == '\r';
           });
}

}  // namespace

Result<std::string> WorkerProcess::tree(std::string_view statement) const {
    auto answer = platform::run_worker({program_, {"sql-worker"}, deadline_, kMaxTreeBytes},
                                       tree_request(statement));
    if (!answer) return sql_failed();
    return std::move(*answer);
}

Result<std::vector<JobResult>> WorkerProcess::compute(std::span<const Job> jobs) const {
    TRY(const std::string request, jobs_request(jobs));
    const auto answer =
        platform::run_worker({program_, {"sql-worker"}, deadline_, answer_limit(jobs)}, request);
    if (!answer) return sql_failed();
    return read_answer(*answer, jobs);
}

Result<void> check_text(std::string_view statement) {
    if (!statement.empty() && statement.size() <= kMaxSqlBytes && is_plain_text(statement)) {
        return {};
    }
    return fail(Code::kInvalid, "rooms.sql_malformed",
                "a statement is 1 to 10,000 bytes of UTF-8 without control characters");
}

Result<Question> question_of(std::string_view statement, std::span<const NamedSchema> room,
                             const Bounds& bounds, const Worker& worker) {
    TRY_VOID(check_text(statement));
    TRY(const std::string tree, worker.tree(statement));
    TRY(const Statement read, read_statement(tree));
    return make_question(read, room, bounds);
}

Result<ComputedTables> compute_columns(const Question& question,
                                       std::span<const TableData* const> room,
                                       const Worker& worker) {
    ComputedTables tables;
    std::size_t rows = 0;
    for (const std::size_t table : question.plan.tables) {
        tables.tables.push_back(room[table]);
        rows += room[table]->rows();
    }
    if (rows > kMaxStatementRows) {
        return fail(Code::kTooLarge, "rooms.sql_refused",
                    "statements take up to 20,000,000 rows; ask a template instead");
    }
    std::vector<Job> jobs;
    for (const Computed& computed : question.computed) {
        if (computed.kind == Computed::Kind::kOne) continue;
        jobs.push_back(job_of(computed, *tables.tables[computed.input]));
    }
    std::vector<JobResult> results;
    if (!jobs.empty()) {
        TRY(results, worker.compute(jobs));
    }
    std::size_t next = 0;
    for (const Computed& computed : question.computed) {
        TableData& table = made_table(tables, computed.input);
        const bool is_one = computed.kind == Computed::Kind::kOne;
        JobResult result = is_one ? JobResult() : std::move(results[next++]);
        if (is_one || computed.kind == Computed::Kind::kNumber) {
            add_measure(table, computed, std::move(result));
        } else {
            add_dimension(table, computed, result);
        }
    }
    return tables;
}

}  // namespace altis::cleanroom::sql
