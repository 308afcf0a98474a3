// The worker that computes analysts' expressions: the real process behind its walls. It is fed what
// no statement could become, as if the compiler before it had failed.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "altis_program.h"
#include "base/test_effort.h"
#include "cleanroom/sql/test_asking.h"
#include "cleanroom/sql/test_corpus.h"
#include "platform/worker_process.h"

namespace altis::e2e {
namespace {

using namespace cleanroom;
using namespace cleanroom::sql;
using Clock = std::chrono::steady_clock;

WorkerProcess worker(Duration deadline = seconds(20)) {
    return {altis_program(), deadline};
}

Result<std::vector<JobResult>> compute(const std::string& expression,
                                       Duration deadline = seconds(20)) {
    Job job{3, {{}}, {{expression, warehouse::Type::kInteger}}};
    job.columns[0].numbers = {1, 2, kNullNumber};
    return worker(deadline).compute(std::span(&job, 1));
}

TEST(SqlWorker, ComputesRows) {
    const auto results = compute("c0 + 1");
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_EQ((*results)[0].numbers, (std::vector<std::int64_t>{2, 3, kNullNumber}));
}

TEST(SqlWorker, ReachesNothing) {
    const std::string written = "/tmp/altis-sql-worker-escape";
    for (const std::string expression : {
             "(SELECT count(*) FROM read_text('/etc/hostname'))",
             "(SELECT count(*) FROM read_csv('/etc/passwd'))",
             "(SELECT count(*) FROM read_blob('/proc/self/environ'))",
             "(SELECT count(*) FROM glob('/**'))",
             "(SELECT count(*) FROM 'x.parquet')",
             "(SELECT count(*) FROM read_csv('https://example.org/x.csv'))",
             "length(getenv('PATH')) + length(getenv('HOME'))",
             "1)) FROM rows; COPY rows TO '/tmp/altis-sql-worker-escape'; SELECT ((1",
             "1)) FROM rows; ATTACH '/tmp/altis-sql-worker-escape'; SELECT ((1",
             "1)) FROM rows; INSTALL httpfs; SELECT ((1",
             "1)) FROM rows; SET enable_external_access = true; SELECT ((1",
             "1)) FROM rows; SET lock_configuration = false; SELECT ((1",
             "CAST('x' AS INTEGER)",
             "error('row ' || c0)",
         }) {
        const auto results = compute(expression);
        ASSERT_FALSE(results) << expression;
        EXPECT_EQ(results.error().reason, "rooms.sql_failed") << "one error for everything";
    }
    EXPECT_FALSE(std::filesystem::exists(written));
}

TEST(SqlWorker, DiesAtItsDeadlineAndItsMemory) {
    constexpr Duration kDeadline = milliseconds(600);
    for (const std::string bomb : {
             "(SELECT count(*) FROM range(1000000000) a, range(1000000000) b)",
             "(SELECT sum(a.range) FROM range(100000000000) a)",
             "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM "
             "t)",
             "length(repeat('x', 4000000000))",
             "(SELECT len(list(range)) FROM range(1000000000))",
             "(SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(1000000))",
         }) {
        const auto start = Clock::now();
        const auto results = compute(bomb, kDeadline);
        EXPECT_FALSE(results) << bomb;
        const auto took = Clock::now() - start;
        EXPECT_LT(took, std::chrono::seconds(10)) << bomb << ": its deadline is 600 ms";
    }
}

// While bombs go off, others are answered as before.
TEST(SqlWorker, OthersAreNotDisturbed) {
    std::atomic<bool> is_over = false;
    std::thread bombs([&] {
        while (!is_over)
            EXPECT_FALSE(compute("(SELECT count(*) FROM range(1000000000) a, range(1000) b)",
                                 milliseconds(300)));
    });
    for (int i = 0; i < 10; ++i) {
        const auto results = compute("c0 * 2");
        EXPECT_TRUE(results);
    }
    is_over = true;
    bombs.join();
}

// The corpus itself runs in cleanroom_test; here a share of it goes through real workers.
TEST(SqlWorker, TheCorpusThroughRealProcesses) {
    const auto cases = bypass_cases(ALTIS_SQL_BYPASS);
    const TestRoom room = test_room(40);
    const TestRoom neighbour = test_room(40, 17);
    const std::size_t refused_share = test_effort(std::size_t{40}, std::size_t{200});
    std::size_t answered = 0;
    std::size_t refused = 0;
    for (const BypassCase& attempt : cases) {
        const bool is_chosen =
            attempt.is_answered ? ++answered % 5 == 0 : ++refused % refused_share == 0;
        if (!is_chosen) continue;
        SCOPED_TRACE(attempt.file + ": " + attempt.statement.substr(0, 300));
        const auto counted = ask(attempt.statement, room, {}, worker());
        EXPECT_EQ(difference(counted, ask(attempt.statement, neighbour, {}, worker())), "");
        EXPECT_EQ(counted.has_value(), attempt.is_answered);
    }
}

TEST(SqlWorker, IsNotShownToPeople) {
    const Finished help = run_altis({"--help"}, Capture::kEverything);
    EXPECT_EQ(help.output.find("sql-worker"), std::string::npos);
}

}  // namespace
}  // namespace altis::e2e
