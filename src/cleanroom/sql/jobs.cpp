#include "cleanroom/sql/jobs.h"

#include <algorithm>

#include "base/bytes.h"

namespace altis::cleanroom::sql {
namespace {

using warehouse::Type;

enum class RequestKind : std::uint8_t { kTree = 1, kJobs = 2 };

template <class Value>
void put_values(ByteWriter& out, const std::vector<Value>& values) {
    out.put_raw({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)});
}

template <class Value>
void get_values(ByteReader& in, std::size_t count, std::vector<Value>& values) {
    const bool is_there = count <= in.remaining() / sizeof(Value);
    const std::string_view bytes = in.get_raw(is_there ? count * sizeof(Value) : SIZE_MAX);
    values.resize(bytes.size() / sizeof(Value));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
}

void put_column(ByteWriter& out, const JobColumn& column) {
    out.put(static_cast<std::uint8_t>(column.type));
    if (column.type != Type::kText) return put_values(out, column.numbers);
    out.put(static_cast<std::uint32_t>(column.dictionary.size()));
    for (const std::string& text : column.dictionary)
        out.put_text(text);
    put_values(out, column.codes);
}

JobColumn get_column(ByteReader& in, std::size_t rows) {
    JobColumn column{static_cast<Type>(in.get<std::uint8_t>())};
    if (column.type != Type::kText) {
        get_values(in, rows, column.numbers);
        return column;
    }
    const auto texts = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < texts && in.ok(); ++i)
        column.dictionary.emplace_back(in.get_text());
    get_values(in, rows, column.codes);
    return column;
}

Job get_job(ByteReader& in) {
    Job job;
    job.rows = in.get<std::uint64_t>();
    const auto columns = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < columns && in.ok(); ++i)
        job.columns.push_back(get_column(in, job.rows));
    const auto expressions = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < expressions && in.ok(); ++i) {
        std::string sql(in.get_text());
        job.expressions.push_back({std::move(sql), static_cast<Type>(in.get<std::uint8_t>())});
    }
    return job;
}

void read_cells(ByteReader& in, Type type, std::size_t rows, JobResult& result) {
    if (type != Type::kText) {
        const std::string_view bytes = in.get_raw(rows * sizeof(std::int64_t));
        const std::size_t before = result.numbers.size();
        result.numbers.resize(before + bytes.size() / sizeof(std::int64_t));
        if (!bytes.empty()) std::memcpy(&result.numbers[before], bytes.data(), bytes.size());
        return;
    }
    for (std::size_t row = 0; row < rows && in.ok(); ++row) {
        const auto size = in.get<std::uint32_t>();
        result.texts.emplace_back(size == kNullText ? std::string_view() : in.get_raw(size));
    }
}

}  // namespace

std::string tree_request(std::string_view statement) {
    ByteWriter out;
    out.put(static_cast<std::uint8_t>(RequestKind::kTree));
    out.put_text(statement);
    return out.take();
}

Result<std::string> jobs_request(std::span<const Job> jobs) {
    ByteWriter out;
    out.put(static_cast<std::uint8_t>(RequestKind::kJobs));
    out.put(static_cast<std::uint32_t>(jobs.size()));
    for (const Job& job : jobs) {
        out.put(static_cast<std::uint64_t>(job.rows));
        out.put(static_cast<std::uint32_t>(job.columns.size()));
        for (const JobColumn& column : job.columns)
            put_column(out, column);
        out.put(static_cast<std::uint32_t>(job.expressions.size()));
        for (const warehouse::RowExpression& expression : job.expressions) {
            out.put_text(expression.sql);
            out.put(static_cast<std::uint8_t>(expression.type));
        }
    }
    if (out.size() <= kMaxRequestBytes) return out.take();
    return fail(Code::kTooLarge, "rooms.sql_refused",
                "these tables are too large for computed columns; use the columns as they are");
}

Request read_request(std::string_view bytes) {
    ByteReader in(bytes);
    Request request;
    const auto kind = static_cast<RequestKind>(in.get<std::uint8_t>());
    if (kind == RequestKind::kTree) request.statement = in.get_text();
    if (kind != RequestKind::kJobs) return request;
    const auto jobs = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < jobs && in.ok(); ++i)
        request.jobs.push_back(get_job(in));
    if (!in.ok() || !in.done()) request.jobs.clear();
    return request;
}

std::string result_bytes(const warehouse::Column& column) {
    ByteWriter out;
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.type() != Type::kText) {
            out.put(column.is_null(row) ? kNullNumber : column.number(row));
        } else if (column.is_null(row)) {
            out.put(kNullText);
        } else {
            out.put_text(column.text(row));
        }
    }
    return out.take();
}

std::size_t answer_limit(std::span<const Job> jobs) {
    std::size_t bytes = 0;
    for (const Job& job : jobs) {
        for (const warehouse::RowExpression& expression : job.expressions) {
            bytes += job.rows * sizeof(std::int64_t);
            if (expression.type == Type::kText) bytes += kMaxAnsweredTextBytes;
        }
    }
    return bytes;
}

Result<std::vector<JobResult>> read_answer(std::string_view bytes, std::span<const Job> jobs) {
    ByteReader in(bytes);
    std::vector<JobResult> results;
    for (const Job& job : jobs) {
        const std::size_t first = results.size();
        results.resize(first + job.expressions.size());
        for (std::size_t row = 0; row < job.rows; row += kMaxBatchRows) {
            const std::size_t rows = std::min(kMaxBatchRows, job.rows - row);
            for (std::size_t i = 0; i < job.expressions.size(); ++i)
                read_cells(in, job.expressions[i].type, rows, results[first + i]);
        }
    }
    if (in.ok() && in.done()) return results;
    return sql_failed();
}

tl::unexpected<Error> sql_failed() {
    return fail(Code::kOverloaded, "rooms.sql_failed",
                "the statement could not be computed within the room's time and memory; ask for "
                "simpler expressions");
}

}  // namespace altis::cleanroom::sql
