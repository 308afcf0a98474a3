#include "cleanroom/sql/worker.h"

#include <algorithm>

#include "cleanroom/sql/jobs.h"
#include "platform/confinement.h"
#include "platform/worker_process.h"

namespace altis::cleanroom::sql {
namespace {

using warehouse::Column;
using warehouse::RowExpressions;
using warehouse::Type;

constexpr int kAnswered = 0;
constexpr int kFailed = 1;
constexpr std::uint64_t kEngineMemoryMb = 512;
// Beside the request: its columns, DuckDB's memory, the program's own.
constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kCpuSeconds = 60;  // the deadline comes first

Column column_of(const JobColumn& source, std::size_t first, std::size_t rows) {
    Column column(source.type);
    for (std::size_t row = first; row < first + rows; ++row) {
        if (source.type == Type::kText) {
            column.add_text(source.dictionary[source.codes[row]]);
        } else if (source.numbers[row] == kNullNumber) {
            column.add_null();
        } else {
            column.add_number(source.numbers[row]);
        }
    }
    return column;
}

using Write = std::function<bool(std::string_view)>;

bool answer_job(RowExpressions& engine, const Job& job, const Write& write) {
    for (std::size_t first = 0; first < job.rows; first += kMaxBatchRows) {
        const std::size_t rows = std::min(kMaxBatchRows, job.rows - first);
        std::vector<Column> columns;
        for (const JobColumn& source : job.columns)
            columns.push_back(column_of(source, first, rows));
        const auto computed = engine.compute(columns, rows, job.expressions);
        if (!computed) return false;
        for (const Column& result : computed->columns)
            if (!write(result_bytes(result))) return false;
    }
    return true;
}

// What the engine makes at its first use it must make while files can still be opened.
bool warm_up(RowExpressions& engine) {
    Column number(Type::kInteger);
    number.add_number(1);
    return engine.tree("SELECT 1") && engine.compute({number}, 1, {{"c0 + 1", Type::kInteger}});
}

}  // namespace

bool answer(RowExpressions& engine, const Request& request, const Write& write) {
    if (!request.statement.empty()) {
        const auto tree = engine.tree(request.statement);
        return tree && write(*tree);
    }
    return std::ranges::all_of(request.jobs,
                               [&](const Job& job) { return answer_job(engine, job, write); });
}

int work() {
    auto engine = RowExpressions::open(kEngineMemoryMb);
    if (!engine || !warm_up(*engine)) return kFailed;
    const std::size_t size = platform::request_size();
    if (!platform::confine({kMemoryBytes + 3 * size, kCpuSeconds})) return kFailed;
    const Request request = read_request(platform::read_request(size));
    return answer(*engine, request, platform::write_answer) ? kAnswered : kFailed;
}

}  // namespace altis::cleanroom::sql
