#include "warehouse/duckdb/duckdb_engine.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <thread>

#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

const std::string kMarker = "marker-of-one-fan-that-must-not-linger";

Schema sales_schema() {
    return sales_projections().schema();
}

void add_sale(Batch& batch, journal::Offset offset, std::uint32_t subject, const std::string& item,
              std::int64_t price) {
    batch.row(0, offset, SubjectId{subject}).time(Time{7}).text(item).number(price);
    batch.reach(offset);
}

std::unique_ptr<Engine> open_with_tables(const TestFolder& folder) {
    auto engine = folder.open();
    EXPECT_TRUE(engine) << engine.error().message;
    const auto made = (*engine)->create_tables(sales_schema());
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*engine);
}

// Commits `count` sales of distinct fans, numbered from 1, in one batch.
void fill(Engine& engine, std::uint32_t count) {
    const Schema schema = sales_schema();
    Batch batch(schema, engine.committed_offset());
    for (std::uint32_t i = 1; i <= count; ++i) {
        add_sale(batch, batch.offset() + 1, i, "cap " + std::to_string(i), i);
    }
    ASSERT_TRUE(engine.commit(batch));
}

Plan total_of_sales() {
    Plan plan;
    plan.shape = Shape::kGroups;
    plan.table = "sales";
    plan.aggregates = {{Function::kSum, {"price"}, "total"}};
    return plan;
}

TEST(DuckdbEngine, KeepsEveryTypeAndNull) {
    const TestFolder folder;
    auto opened = folder.open();
    ASSERT_TRUE(opened);
    Schema schema;
    ASSERT_TRUE(schema.add({"cells",
                            {{"whole", Type::kInteger},
                             {"money", Type::kMinor},
                             {"words", Type::kText},
                             {"truth", Type::kBool},
                             {"moment", Type::kTime}}}));
    ASSERT_TRUE((*opened)->create_tables(schema));
    Batch batch(schema, 0);
    const Time late{INT64_C(7'258'118'400'000'000)};
    batch.row(0, 1, SubjectId{4'294'967'295})
        .number(INT64_MIN)
        .number(INT64_MAX)
        .text(std::string("a long text with \0 inside, and Zürich", 38))
        .boolean(true)
        .time(late);
    batch.row(0, 2, kNoSubject).null().null().null().null().null();
    batch.row(0, 3, kNoSubject).number(0).number(-1).text("\xff").boolean(false).time(Time{-5});
    batch.reach(3);
    ASSERT_TRUE((*opened)->commit(batch));

    Plan plan;
    plan.table = "cells";
    for (const ColumnSpec& column : schema.tables()[0].columns)
        plan.columns.push_back({{column.name}});
    const auto rows = (*opened)->run(plan, seconds(10));
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->size(), 3U);
    EXPECT_EQ(rows->column("subject").at(0), Value(std::int64_t{4'294'967'295}));
    EXPECT_EQ(rows->column("whole").at(0), Value(INT64_MIN));
    EXPECT_EQ(rows->column("money").at(0), Value(INT64_MAX));
    EXPECT_EQ(rows->column("words").text(0).size(), 38U);
    EXPECT_EQ(rows->column("truth").at(0), Value(true));
    EXPECT_EQ(rows->column("moment").at(0), Value(late));
    for (std::size_t i = kLeadingColumns; i < rows->columns.size(); ++i) {
        EXPECT_EQ(rows->columns[i].at(1), Value(Null{}));
    }
    EXPECT_EQ(rows->column("words").at(2), Value(Null{}));  // was not UTF-8
    EXPECT_EQ(rows->column("truth").at(2), Value(false));
}

TEST(DuckdbEngine, OffsetAndRowsSurviveTogether) {
    const TestFolder folder;
    {
        const auto engine = open_with_tables(folder);
        EXPECT_EQ(engine->committed_offset(), 0U);
        fill(*engine, 5000);
    }
    const auto engine = open_with_tables(folder);
    EXPECT_EQ(engine->committed_offset(), 5000U);
    EXPECT_EQ(*engine->row_count("sales"), 5000U);
    EXPECT_FALSE(engine->has_residue());
}

TEST(DuckdbEngine, RefusesABatchOutOfStep) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 10);
    const Schema schema = sales_schema();
    Batch again(schema, 0);
    add_sale(again, 1, 1, "cap", 1);
    EXPECT_EQ(reason_of(engine->commit(again)), "warehouse.out_of_step");
    EXPECT_EQ(*engine->row_count("sales"), 10U);
}

TEST(DuckdbEngine, OpensOnceOnly) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    EXPECT_EQ(reason_of(folder.open()), "warehouse.in_use");
    EXPECT_EQ(reason_of(folder.discard()), "warehouse.in_use");
    ASSERT_TRUE(engine->close());
    EXPECT_EQ(reason_of(folder.open()), "ok");
    EXPECT_EQ(reason_of(engine->row_count("sales")), "warehouse.failed");
    EXPECT_EQ(reason_of(engine->checkpoint()), "warehouse.failed");
}

TEST(DuckdbEngine, NoticesAnotherSchema) {
    const TestFolder folder;
    fill(*open_with_tables(folder), 3);
    auto engine = folder.open();
    ASSERT_TRUE(engine);
    Schema changed;
    ASSERT_TRUE(changed.add({"sales", {{"item", Type::kText}}}));
    EXPECT_EQ(reason_of((*engine)->create_tables(changed)), "warehouse.schema_changed");
    Schema grown = sales_schema();
    ASSERT_TRUE(grown.add({"refunds", {}}));
    EXPECT_EQ(reason_of((*engine)->create_tables(grown)), "warehouse.schema_changed");
    ASSERT_TRUE((*engine)->clear());
    EXPECT_EQ((*engine)->committed_offset(), 0U);
    EXPECT_EQ(reason_of((*engine)->create_tables(grown)), "ok");
}

TEST(DuckdbEngine, CompactingRemovesEveryByteOfAForgottenSubject) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 3000);
    const Schema schema = sales_schema();
    Batch batch(schema, engine->committed_offset());
    add_sale(batch, 3001, 77, kMarker, 100);
    ASSERT_TRUE(engine->commit(batch));
    ASSERT_TRUE(engine->checkpoint());
    ASSERT_TRUE(folder.holds(kMarker));

    batch.clear();
    add_sale(batch, 3002, 77, kMarker, 100);
    batch.forget(SubjectId{77});
    const auto committed = engine->commit(batch);
    ASSERT_TRUE(committed) << committed.error().message;
    EXPECT_EQ(committed->rows_forgotten, 3U);  // two with the marker, one from the filling
    EXPECT_TRUE(engine->has_residue());
    ASSERT_TRUE(engine->checkpoint());
    EXPECT_TRUE(folder.holds(kMarker))
        << "DuckDB overwrites by itself now: compact() may be simpler";

    const auto compacted = engine->compact();
    ASSERT_TRUE(compacted) << compacted.error().message;
    EXPECT_FALSE(folder.holds(kMarker));
    EXPECT_FALSE(engine->has_residue());
    EXPECT_EQ(engine->committed_offset(), 3002U);
    EXPECT_EQ(*engine->row_count("sales"), 2999U);
}

TEST(DuckdbEngine, RemembersResidueOverARestart) {
    const TestFolder folder;
    {
        const auto engine = open_with_tables(folder);
        fill(*engine, 3);
        const Schema schema = sales_schema();
        Batch batch(schema, 3);
        batch.forget(SubjectId{2});
        ASSERT_TRUE(engine->commit(batch));
    }
    const auto engine = open_with_tables(folder);
    EXPECT_TRUE(engine->has_residue());
    ASSERT_TRUE(engine->compact());
    EXPECT_FALSE(engine->has_residue());
    EXPECT_EQ(all_sales(*engine).size(), 2U);
}

TEST(DuckdbEngine, CompactingChangesNoAnswer) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 150'000);  // more than one row group
    const Rows before = all_sales(*engine);
    ASSERT_TRUE(engine->compact());
    EXPECT_EQ(all_sales(*engine), before);
    fill(*engine, 10);
    EXPECT_EQ(*engine->row_count("sales"), 150'010U);
}

TEST(DuckdbEngine, AnswersWhileFilesAreExchanged) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 1000);
    std::atomic<bool> done = false;
    std::thread asking([&] {
        while (!done) {
            const auto rows = engine->run(total_of_sales(), seconds(10));
            ASSERT_TRUE(rows) << rows.error().message;
            ASSERT_EQ(rows->column("total").number(0), 1000 * 1001 / 2);
        }
    });
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(engine->compact());
    done = true;
    asking.join();
}

TEST(DuckdbEngine, GivesUpAtTheDeadline) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 60'000);
    Plan plan;  // each row with each row
    plan.shape = Shape::kGroups;
    plan.table = "sales";
    plan.join = Join{"sales", {{"sold_at", "sold_at"}}};
    plan.aggregates = {{Function::kCountDistinct, {"item"}, "n"}};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(reason_of(engine->run(plan, milliseconds(100))), "warehouse.deadline");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
    EXPECT_EQ(*engine->row_count("sales"), 60'000U);
}

TEST(DuckdbEngine, SumsExactlyOrFails) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    const Schema schema = sales_schema();
    Batch batch(schema, 0);
    add_sale(batch, 1, 1, "ring", INT64_MAX);
    add_sale(batch, 2, 1, "ring", 1);
    ASSERT_TRUE(engine->commit(batch));
    EXPECT_EQ(reason_of(engine->run(total_of_sales(), seconds(5))), "plan.overflow");
    Plan last = total_of_sales();
    last.filter = compare({"journal_offset"}, Comparison::kMore, std::int64_t{1});
    EXPECT_EQ(engine->run(last, seconds(5))->column("total").number(0), 1);
}

TEST(DuckdbEngine, TakesTextsOfAnyKindAsValues) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    const std::string nasty = "'; DROP TABLE sales; --\"$1";
    const Schema schema = sales_schema();
    Batch batch(schema, 0);
    add_sale(batch, 1, 1, nasty, 5);
    add_sale(batch, 2, 1, "cap", 6);
    ASSERT_TRUE(engine->commit(batch));
    Plan plan = total_of_sales();
    plan.filter = compare({"item"}, Comparison::kEqual, nasty);
    EXPECT_EQ(engine->run(plan, seconds(5))->column("total").number(0), 5);
    plan.filter = compare({"item"}, Comparison::kEqual, std::string("\xff\xfe"));
    EXPECT_EQ(reason_of(engine->run(plan, seconds(5))), "plan.bad_filter");
    EXPECT_EQ(*engine->row_count("sales"), 2U);
}

// Files may not grow beyond this size while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        signal(SIGXFSZ, handler_);
    }

  private:
    sighandler_t handler_;
    rlimit before_{};
};

TEST(DuckdbEngine, GoesOnAfterAWriteThatFailed) {
    const TestFolder folder;
    const auto engine = open_with_tables(folder);
    fill(*engine, 1000);
    const Schema schema = sales_schema();
    Batch batch(schema, 1000);
    for (std::uint32_t i = 1; i <= 200'000; ++i) {
        add_sale(batch, 1000 + i, i, "cap " + std::to_string(i * 7919U), i);
    }
    {
        const FileSizeLimit limit(300'000);
        EXPECT_NE(reason_of(engine->commit(batch)), "ok");
        EXPECT_NE(reason_of(engine->compact()), "ok");
    }
    EXPECT_EQ(engine->committed_offset(), 1000U);
    EXPECT_EQ(*engine->row_count("sales"), 1000U);
    const auto committed = engine->commit(batch);
    ASSERT_TRUE(committed) << committed.error().message;
    EXPECT_EQ(*engine->row_count("sales"), 201'000U);
    EXPECT_TRUE(engine->compact());
    EXPECT_EQ(*engine->row_count("sales"), 201'000U);
}

// Overwrites bytes in the middle of the file.
void scribble(const std::string& path, std::uintmax_t position) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(position));
    file.write("scribble", 8);
}

TEST(DuckdbEngine, NamesDamageAndItsRemedy) {
    const TestFolder folder;
    fill(*open_with_tables(folder), 100);
    scribble(folder.file("warehouse.duckdb"), 0);
    const auto opened = folder.open();
    ASSERT_EQ(reason_of(opened), "warehouse.damaged");
    EXPECT_NE(opened.error().message.find("altis warehouse rebuild"), std::string::npos);
    ASSERT_TRUE(folder.discard());
    EXPECT_EQ(open_with_tables(folder)->committed_offset(), 0U);
}

// Bytes anywhere in the file: either the damage is named, or nothing is different.
TEST(DuckdbEngine, NeverAnswersFromDamagedBytes) {
    const TestFolder folder;
    Rows truth;
    {
        const auto engine = open_with_tables(folder);
        fill(*engine, 20'000);
        truth = all_sales(*engine);
    }
    const std::string path = folder.file("warehouse.duckdb");
    const std::string copy = folder.file("copy");
    std::filesystem::copy_file(path, copy);
    const std::uintmax_t size = std::filesystem::file_size(path);
    int damaged = 0;
    for (std::uintmax_t i = 0; i < 24; ++i) {
        std::filesystem::copy_file(copy, path, std::filesystem::copy_options::overwrite_existing);
        scribble(path, size / 24 * i + 41 * i);
        auto engine = folder.open();
        if (engine) {
            const auto made = (*engine)->create_tables(sales_schema());
            Plan plan;
            plan.table = "sales";
            for (const std::string& name : truth.names)
                plan.columns.push_back({{name}});
            const auto rows = (*engine)->run(plan, seconds(10));
            if (made && rows) {
                EXPECT_EQ(*rows, truth) << "at " << i;
                continue;
            }
            EXPECT_EQ(made ? reason_of(rows) : reason_of(made), "warehouse.damaged") << "at " << i;
        } else {
            EXPECT_EQ(engine.error().reason, "warehouse.damaged") << engine.error().message;
        }
        ++damaged;
    }
    EXPECT_GT(damaged, 0);
}

}  // namespace
}  // namespace altis::warehouse
