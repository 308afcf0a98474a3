#include "cleanroom/treasury/treasury_book.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cleanroom/test_records.h"
#include "codec/json.h"

namespace altis::cleanroom {
namespace {

constexpr SubjectId kAirline{7};

Schema schema_with(const std::string& dimension) {
    return *schema_from_json(
        *codec::parse_json(R"({"key":{"column":"email","kind":"email"},"dimensions":[{"name":")" +
                           dimension + R"("}]})"));
}

Dataset version(std::uint64_t rows) {
    return {schema_with("tier"),        rows,     rows, "c" + std::to_string(rows),
            "f" + std::to_string(rows), kAirline, {}};
}

TEST(TreasuryBook, KeepsWhatWasDeclaredAndImported) {
    Replayed<TreasuryBook> live;
    live.commit(live.book.declare("airline", "customers", schema_with("tier")).value());
    EXPECT_TRUE(live.book.declare("airline", "customers", schema_with("tier")).value().empty());
    EXPECT_EQ(live.book.dataset("airline", "customers"), nullptr);
    live.commit(live.book.import_dataset("airline", "customers", version(3)).value());
    live.commit(live.book.declare("airline", "customers", schema_with("city")).value());
    const Dataset* dataset = live.book.dataset("airline", "customers");
    ASSERT_NE(dataset, nullptr);
    EXPECT_EQ(dataset->schema, schema_with("tier"));
    EXPECT_EQ(*live.book.declared("airline", "customers"), schema_with("city"));
    EXPECT_EQ(dataset->file, "f3");
    EXPECT_EQ(dataset->treasury, kAirline);
    EXPECT_EQ(dataset->imported_at, live.now);
    EXPECT_EQ(live.book.dataset("airline", "guests"), nullptr);
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
    EXPECT_TRUE(is_every_cut_refused(live.book));
}

TEST(TreasuryBook, RecordsTheFactAndNoSubject) {
    const TreasuryBook book;
    const auto drafts = book.import_dataset("airline", "customers", version(3)).value();
    ASSERT_EQ(drafts.size(), 1U);
    EXPECT_EQ(drafts[0].type, "treasury.dataset_imported");
    EXPECT_EQ(drafts[0].topic, "airline/customers");
    EXPECT_EQ(drafts[0].subject, kNoSubject);  // the fact outlives the key
}

TEST(TreasuryBook, ReplacesAVersionAndSkipsTheSameAgain) {
    Replayed<TreasuryBook> live;
    live.commit(live.book.import_dataset("airline", "customers", version(3)).value());
    live.commit(live.book.import_dataset("airline", "customers", version(4)).value());
    EXPECT_EQ(live.book.dataset("airline", "customers")->rows, 4U);
    EXPECT_TRUE(live.book.import_dataset("airline", "customers", version(4)).value().empty());
}

TEST(TreasuryBook, RemovesOneOrAllOfAnOrganisation) {
    Replayed<TreasuryBook> live;
    EXPECT_EQ(live.book.remove("airline", "customers").error().reason, "treasury.dataset_unknown");
    for (const char* dataset : {"customers", "guests"})
        live.commit(live.book.import_dataset("airline", dataset, version(1)).value());
    live.commit(live.book.import_dataset("hotel", "guests", version(1)).value());
    live.commit(live.book.remove("airline", "customers").value());
    EXPECT_EQ(live.book.dataset("airline", "customers"), nullptr);
    EXPECT_NE(live.book.dataset("airline", "guests"), nullptr);
    live.commit(live.book.forget("airline").value());
    EXPECT_EQ(live.book.dataset("airline", "guests"), nullptr);
    EXPECT_NE(live.book.dataset("hotel", "guests"), nullptr);
    EXPECT_TRUE(live.book.forget("airline").value().empty());
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(TreasuryBook, RefusesBadNamesAndTooMany) {
    Replayed<TreasuryBook> live;
    for (const char* name : {"", "Big", "a b", "a/b"}) {
        EXPECT_EQ(live.book.declare("airline", name, schema_with("tier")).error().reason,
                  "treasury.name_invalid");
    }
    for (std::size_t i = 0; i < kMaxDatasets; ++i) {
        live.commit(
            live.book.declare("airline", "d" + std::to_string(i), schema_with("tier")).value());
    }
    EXPECT_EQ(live.book.declare("airline", "more", schema_with("tier")).error().reason,
              "treasury.too_many_datasets");
    EXPECT_TRUE(live.book.declare("airline", "d0", schema_with("city")));
    EXPECT_TRUE(live.book.declare("hotel", "more", schema_with("tier")));
}

RC_GTEST_PROP(TreasuryBook, ReplayEqualsLive, ()) {
    Replayed<TreasuryBook> live;
    const int steps = *rc::gen::inRange(1, 12);
    for (int i = 0; i < steps; ++i) {
        const std::string organisation = *rc::gen::element<std::string>("airline", "hotel");
        const std::string dataset = *rc::gen::element<std::string>("customers", "guests");
        const int what = *rc::gen::inRange(0, 6);
        journal::Decision decision = live.book.forget(organisation);
        if (what == 1) decision = live.book.remove(organisation, dataset);
        if (what == 2) decision = live.book.declare(organisation, dataset, schema_with("tier"));
        if (what > 2)
            decision =
                live.book.import_dataset(organisation, dataset, version(*rc::gen::inRange(1, 9)));
        if (decision) live.commit(*decision);
    }
    RC_ASSERT(is_same_after_replay_and_reload(live));
}

}  // namespace
}  // namespace altis::cleanroom
