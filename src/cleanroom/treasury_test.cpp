#include "cleanroom/treasury.h"

#include <cstdio>
#include <ctime>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cleanroom/test_records.h"
#include "codec/email.h"

namespace altis::cleanroom {
namespace {

const crypto::Digest kKey{1, 2, 3};
constexpr SubjectId kAirline{7};

Result<CustomerImport> parse(std::string_view csv,
                             DuplicatePolicy duplicates = DuplicatePolicy::kFirstWins) {
    return parse_customers(csv, kKey, {}, duplicates);
}

std::string reason(std::string_view csv) {
    const auto result = parse(csv);
    return result ? "" : result.error().reason;
}

TEST(ParseCustomers, TagsNormalisedAddressesAndReadsAttributes) {
    const auto import = parse_customers(
        "\xEF\xBB\xBFname,email,member,booked\r\n"
        "x, FAN-1@Example.org ,no,YES\r\n"
        "\"y, z\",fan-2@example.org,1,\r\n",
        kKey, {"email", {"booked", "member"}}, DuplicatePolicy::kRefuse);
    ASSERT_TRUE(import) << import.error().message;
    ASSERT_EQ(import->rows.size(), 2U);
    Rows expected;
    expected.add(make_tag(kKey, "fan-1@example.org"), 1);
    expected.add(make_tag(kKey, "fan-2@example.org"), 2);
    EXPECT_EQ(import->rows, canonical_first(expected.view()));
    EXPECT_EQ(import->attributes, (std::vector<std::string>{"booked", "member"}));
}

TEST(ParseCustomers, TagsDependOnTheKey) {
    EXPECT_NE(make_tag(kKey, "fan-1@example.org"), make_tag({9}, "fan-1@example.org"));
}

TEST(ParseCustomers, NamesTheMissingColumnAndThoseThatExist) {
    const auto result = parse("mail,booked\nfan-1@example.org,1\n");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "csv.column_missing");
    EXPECT_NE(result.error().message.find("email"), std::string::npos);
    EXPECT_NE(result.error().message.find("mail, booked"), std::string::npos);
}

TEST(ParseCustomers, CountsDuplicatesAndLetsTheFirstWin) {
    constexpr std::string_view kCsv =
        "email,booked\nfan-1@example.org,1\nFAN-1@example.org,0\nfan-2@example.org,0\n";
    const auto import = parse(kCsv);
    ASSERT_TRUE(import);
    EXPECT_EQ(import->rows.size(), 2U);
    EXPECT_EQ(import->duplicates, 1U);
    const std::uint8_t bits = import->rows.flags[0] | import->rows.flags[1];
    EXPECT_EQ(bits, 1);
    EXPECT_EQ(parse(kCsv, DuplicatePolicy::kRefuse).error().reason, "treasury.duplicates");
}

TEST(ParseCustomers, ReportsBadRowsWithTheirLinesAndKeepsTheGood) {
    const auto import = parse(
        "email,booked\n"
        "fan-1@example.org,1\n"
        "no-address,1\n"
        "fan-2@example.org,perhaps\n"
        "fan-3@example.org\n"
        "fan-4@example.org,0\n");
    ASSERT_TRUE(import) << import.error().message;
    EXPECT_EQ(import->rows.size(), 2U);
    EXPECT_EQ(import->rows_read, 5U);
    ASSERT_EQ(import->bad_rows.size(), 3U);
    EXPECT_EQ(import->bad_rows[0].line, 3U);
    EXPECT_EQ(import->bad_rows[0].reason, "email.malformed");
    EXPECT_EQ(import->bad_rows[1].line, 4U);
    EXPECT_EQ(import->bad_rows[1].reason, "treasury.not_yes_or_no");
    EXPECT_EQ(import->bad_rows[2].line, 5U);
    EXPECT_EQ(import->bad_rows[2].reason, "csv.malformed");
    for (const BadRow& row : import->bad_rows) {
        EXPECT_EQ(row.message.find("fan-"), std::string::npos) << row.message;
        EXPECT_EQ(row.message.find("perhaps"), std::string::npos) << row.message;
    }
}

TEST(ParseCustomers, BoundsTheListOfBadRows) {
    std::string csv = "email,booked\nfan-1@example.org,1\n";
    for (int i = 0; i < 1000; ++i)
        csv += "nobody,1\n";
    const auto import = parse(csv);
    ASSERT_TRUE(import);
    EXPECT_EQ(import->bad_rows.size(), kMaxReportedBadRows);
    EXPECT_EQ(import->bad_count, 1000U);
}

TEST(ParseCustomers, RefusesWhatIsNoCustomerFile) {
    EXPECT_EQ(reason(""), "csv.empty");
    EXPECT_EQ(reason("email,booked\n"), "treasury.no_rows");
    EXPECT_EQ(reason("email,booked\nnobody,1\n"), "treasury.no_rows");
    EXPECT_EQ(reason("email,email,booked\na@b,c@d,1\n"), "csv.duplicate_column");
    EXPECT_EQ(reason("email,booked\nf\xfc@example.org,1\n"), "treasury.not_utf8");
    EXPECT_EQ(reason(std::string_view("\xff\xfe"
                                      "e\0m\0",
                                      6)),
              "treasury.not_utf8");
    const auto twice =
        parse_customers("email,booked\na@b,1\n", kKey, {"email", {"booked", "booked"}},
                        DuplicatePolicy::kFirstWins);
    EXPECT_EQ(twice.error().reason, "treasury.roles_invalid");
}

CustomerImport import_of(std::size_t rows, std::uint8_t bits) {
    CustomerImport import;
    for (std::size_t i = 0; i < rows; ++i)
        import.rows.add(make_tag(kKey, std::to_string(i)), bits);
    import.rows = canonical_first(import.rows.view());
    import.attributes = {"booked"};
    return import;
}

TEST(TreasuryBook, ImportsInChunksUnderTheOwnersSubject) {
    Replayed<TreasuryBook> live;
    const auto drafts =
        live.book.import_dataset("airline", "customers", kAirline, import_of(10'000, 1)).value();
    ASSERT_EQ(drafts.size(), 4U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(drafts[i].subject, kAirline);
    EXPECT_EQ(drafts[3].subject, kNoSubject);
    EXPECT_EQ(drafts[3].payload.find('@'), std::string::npos);
    live.commit(drafts);
    const Dataset* dataset = live.book.dataset("airline", "customers");
    ASSERT_NE(dataset, nullptr);
    EXPECT_EQ(dataset->rows, import_of(10'000, 1).rows);
    EXPECT_EQ(dataset->attributes, std::vector<std::string>{"booked"});
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(TreasuryBook, ReplacesAtomicallyWithTheLastRecord) {
    Replayed<TreasuryBook> live;
    const auto import = [&](const CustomerImport& rows) {
        return live.book.import_dataset("airline", "customers", kAirline, rows).value();
    };
    live.commit(import(import_of(5'000, 1)));
    const std::string before = live.book.dataset("airline", "customers")->commitment;
    auto drafts = import(import_of(6'000, 0));
    const journal::Draft last = drafts.back();
    drafts.pop_back();
    live.commit(drafts);
    EXPECT_EQ(live.book.dataset("airline", "customers")->commitment, before);
    EXPECT_TRUE(is_same_after_replay_and_reload(live));  // with rows staged
    live.commit({last});
    EXPECT_EQ(live.book.dataset("airline", "customers")->rows, import_of(6'000, 0).rows);
    EXPECT_TRUE(import(import_of(6'000, 0)).empty());  // the same again changes nothing
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(TreasuryBook, ErasedRowsLeaveNothing) {
    Replayed<TreasuryBook> live;
    live.commit(
        live.book.import_dataset("airline", "customers", kAirline, import_of(5'000, 1)).value());
    live.commit(live.book.import_dataset("hotel", "guests", SubjectId{8}, import_of(9, 1)).value());
    live.commit(live.book.forget("airline").value());
    EXPECT_EQ(live.book.dataset("airline", "customers"), nullptr);
    EXPECT_NE(live.book.dataset("hotel", "guests"), nullptr);
    EXPECT_TRUE(live.book.forget("airline").value().empty());
    // With the key destroyed the same journal gives the same state.
    TreasuryBook replayed;
    for (const auto& kept : live.records)
        kept.apply_to(replayed, kAirline);
    EXPECT_EQ(bytes_of(replayed), bytes_of(live.book));
}

TEST(TreasuryBook, RefusesBadNamesAndDamagedSnapshots) {
    const TreasuryBook book;
    for (const char* name : {"", "Big", "a b", "a/b"}) {
        EXPECT_EQ(book.import_dataset("airline", name, kAirline, import_of(1, 0)).error().reason,
                  "treasury.name_invalid");
    }
    Replayed<TreasuryBook> live;
    live.commit(live.book.import_dataset("hotel", "guests", SubjectId{8}, import_of(9, 1)).value());
    EXPECT_TRUE(is_every_cut_refused(live.book));
}

RC_GTEST_PROP(TreasuryBook, ReplayEqualsLive, ()) {
    Replayed<TreasuryBook> live;
    const int steps = *rc::gen::inRange(1, 8);
    for (int i = 0; i < steps; ++i) {
        const std::string organisation = *rc::gen::element<std::string>("airline", "hotel");
        const std::string dataset = *rc::gen::element<std::string>("customers", "guests");
        if (*rc::gen::inRange(0, 5) == 0) {
            live.commit(live.book.forget(organisation).value());
        } else {
            const auto rows = *rc::gen::inRange<std::size_t>(1, 40);
            const auto import = import_of(rows, *rc::gen::arbitrary<std::uint8_t>());
            live.commit(live.book.import_dataset(organisation, dataset, kAirline, import).value());
        }
    }
    RC_ASSERT(is_same_after_replay_and_reload(live));
}

TEST(ParseCustomers, CostOfAHundredThousandRows) {
    std::string csv = "email,booked\n";
    for (int i = 0; i < 100'000; ++i)
        csv += "fan-" + std::to_string(i) + "@example.org,1\n";
    const std::clock_t start = std::clock();
    const auto import = parse(csv);
    const std::clock_t parsed = std::clock();
    const TreasuryBook book;
    const auto drafts = book.import_dataset("airline", "customers", kAirline, import.value());
    const auto ms = [](std::clock_t ticks) {
        return 1e3 * static_cast<double>(ticks) / CLOCKS_PER_SEC;
    };
    std::printf("import of 100,000 rows: parse and tag %.0f CPU-ms, drafts %.0f CPU-ms\n",
                ms(parsed - start), ms(std::clock() - parsed));
    EXPECT_EQ(drafts->size(), 26U);
}

}  // namespace
}  // namespace altis::cleanroom
