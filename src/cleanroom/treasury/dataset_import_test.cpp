#include "cleanroom/treasury/dataset_import.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "cleanroom/treasury/field_values.h"
#include "codec/json.h"
#include "warehouse/parquet.h"

namespace altis::cleanroom {
namespace {

const crypto::Digest kKey{1, 2, 3};

Schema schema_of(std::string_view text) {
    const auto schema = schema_from_json(*codec::parse_json(text));
    EXPECT_TRUE(schema) << schema.error().message;
    return *schema;
}

Schema full_schema() {
    return schema_of(R"({
        "key": {"column": "email", "kind": "email"}, "consent": "agrees", "rows_per_person": 2,
        "dimensions": [{"name": "tier", "values": ["gold", "silver"]}, {"name": "city"}],
        "measures": [{"name": "spend", "low": "0.00", "high": "250.50"}],
        "moments": [{"name": "booked_at"}]})");
}

Schema email_alone() {
    return schema_of(R"({"key": {"column": "email", "kind": "email"}})");
}

Result<DatasetImport> import_file(const Schema& schema, std::string_view file,
                                  FileFormat format = FileFormat::kCsv,
                                  DuplicatePolicy duplicates = DuplicatePolicy::kFirstWins) {
    Importer importer(schema, kKey);
    TRY_VOID(importer.read(format, file));
    return std::move(importer).finish(duplicates);
}

std::string reason(std::string_view csv) {
    const auto result = import_file(email_alone(), csv);
    return result ? "" : result.error().reason;
}

// Row of a person in a table; asserts that there is one.
std::size_t row_of(const TableData& table, std::string_view identifier) {
    const auto found = std::ranges::find(table.tags, make_tag(kKey, identifier));
    EXPECT_NE(found, table.tags.end());
    return static_cast<std::size_t>(found - table.tags.begin());
}

constexpr std::string_view kCsv =
    "\xEF\xBB\xBFname,email,agrees,tier,city,spend,booked_at\r\n"
    "x, FAN-1@Example.org ,yes, gold ,Tokyo,12.5,2026-02-19\r\n"
    "\"y, z\",fan-2@example.org,1,bronze,Geneva,999,2026-02-19T20:00:00+01:00\r\n"
    "n,fan-3@example.org,no,gold,Paris,1,\r\n"
    "q,fan-4@example.org,y,,,,\r\n";

// The same in the other formats.
constexpr std::string_view kNdjson =
    R"({"email":" FAN-1@Example.org ","agrees":"yes","tier":"gold","city":"Tokyo","spend":12.5,)"
    R"("booked_at":"2026-02-19","more":{"x":[1]}})"
    "\n\n"
    R"({"email":"fan-2@example.org","agrees":true,"tier":"bronze","city":"Gen\u0065va",)"
    R"("spend":"999","booked_at":"2026-02-19T20:00:00+01:00"})"
    "\r\n"
    R"({"email":"fan-3@example.org","agrees":false,"tier":"gold","city":"Paris","spend":1})"
    "\n"
    R"({"email":"fan-4@example.org","agrees":"y","tier":null})";

void expect_the_three(const DatasetImport& import) {
    const TableData& table = import.table;
    ASSERT_EQ(table.rows(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(table.tags));
    EXPECT_EQ(table.schema.dimensions[1].values, (std::vector<std::string>{"Geneva", "Tokyo"}));
    const std::size_t one = row_of(table, "fan-1@example.org");
    const std::size_t two = row_of(table, "fan-2@example.org");
    const std::size_t four = row_of(table, "fan-4@example.org");
    EXPECT_EQ(table.codes[0][one], 0);
    EXPECT_EQ(table.codes[0][two], table.schema.dimensions[0].other());
    EXPECT_EQ(table.codes[1][one], 1);
    EXPECT_EQ(table.codes[1][two], 0);
    EXPECT_EQ(table.codes[1][four], 2);
    EXPECT_EQ(table.values[0][one], 1'250);
    EXPECT_EQ(table.values[0][two], 25'050);
    EXPECT_EQ(table.values[0][four], 0);
    EXPECT_EQ(table.moments[0][one], parse_rfc3339("2026-02-19T00:00:00Z")->us);
    EXPECT_EQ(table.moments[0][two], parse_rfc3339("2026-02-19T19:00:00Z")->us);
    EXPECT_EQ(table.moments[0][four], kNoMoment);
    const ImportReport& report = import.report;
    EXPECT_EQ(report.rows_read, 4U);
    EXPECT_EQ(report.without_consent, 1U);
    EXPECT_EQ(report.clamped, std::vector<std::size_t>{1});
    EXPECT_EQ(report.other, (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ(report.bad_count, 0U);
}

// One no is enough, before a yes of the same person or behind it, and in another spelling.
TEST(Import, WhoRefusesInOneRowIsLeftOut) {
    const std::string csv =
        "email,agrees,tier,city,spend,booked_at\n"
        "fan-1@example.org,yes,gold,Tokyo,1,\n"
        "Fan-1@Example.org,no,gold,Tokyo,1,\n"
        "fan-2@example.org,no,gold,Tokyo,1,\n"
        "fan-2@example.org,yes,gold,Paris,1,\n"
        "fan-3@example.org,yes,gold,Geneva,1,\n";
    const auto import = import_file(full_schema(), csv);
    ASSERT_TRUE(import) << import.error().message;
    EXPECT_EQ(import->table.rows(), 1U);
    EXPECT_EQ(import->report.without_consent, 4U);
    EXPECT_EQ(import->table.schema.dimensions[1].values, std::vector<std::string>{"Geneva"});
}

TEST(Import, ReadsEveryRoleFromEveryFormat) {
    const auto csv = import_file(full_schema(), kCsv);
    ASSERT_TRUE(csv) << csv.error().message;
    expect_the_three(*csv);
    const auto ndjson = import_file(full_schema(), kNdjson, FileFormat::kNdjson);
    ASSERT_TRUE(ndjson) << ndjson.error().message;
    EXPECT_EQ(ndjson->table, csv->table);
    expect_the_three(*ndjson);
}

TEST(Import, ReadsParquet) {
    warehouse::Rows rows;
    rows.names = {"email", "tier", "number", "at"};
    for (const auto type : {warehouse::Type::kText, warehouse::Type::kText,
                            warehouse::Type::kInteger, warehouse::Type::kTime})
        rows.columns.emplace_back(type);
    constexpr std::size_t kRows = 5'000;
    for (std::size_t i = 0; i < kRows; ++i) {
        rows.columns[0].add_text(i == 7 ? "nobody" : "fan-" + std::to_string(i) + "@example.org");
        rows.columns[1].add_text(i % 2 == 0 ? "gold" : "other");
        rows.columns[2].add_number(static_cast<std::int64_t>(i));
        rows.columns[3].add_number(1'770'000'000'000'001);
    }
    const auto file = warehouse::write_parquet(rows);
    ASSERT_TRUE(file) << file.error().message;
    const Schema schema = schema_of(R"({"key": {"column": "email", "kind": "email"},
        "dimensions": [{"name": "tier", "values": ["gold"]}],
        "measures": [{"name": "number", "low": "0", "high": "10000"}],
        "moments": [{"name": "at"}]})");
    const auto import = import_file(schema, *file, FileFormat::kParquet);
    ASSERT_TRUE(import) << import.error().message;
    EXPECT_EQ(import->table.rows(), kRows - 1);
    EXPECT_EQ(import->report.bad_rows.at(0).line, 8U);
    const std::size_t row = row_of(import->table, "fan-4321@example.org");
    EXPECT_EQ(import->table.values[0][row], 4'321);
    EXPECT_EQ(import->table.codes[0][row], 1);
    EXPECT_EQ(import->table.moments[0][row], 1'770'000'000'000'001);
    EXPECT_EQ(import_file(full_schema(), *file, FileFormat::kParquet).error().reason,
              "parquet.column_missing");
    EXPECT_EQ(import_file(schema, "email\n", FileFormat::kParquet).error().reason,
              "parquet.unreadable");
}

TEST(Import, TagsDependOnTheKeyAndTheKindOfIdentifier) {
    EXPECT_NE(make_tag(kKey, "fan-1@example.org"), make_tag({9}, "fan-1@example.org"));
    const auto phones = import_file(
        schema_of(R"({"key": {"column": "tel", "kind": "phone", "calling_code": "+41"}})"),
        "tel\n079 123 45 67\n+41 (0)79 123 45 67\n+1 310 555 0100\ncall me\n");
    ASSERT_TRUE(phones) << phones.error().message;
    EXPECT_EQ(phones->table.rows(), 2U);
    EXPECT_EQ(phones->report.duplicates, 1U);
    EXPECT_EQ(phones->report.bad_rows.at(0).reason, "phone.malformed");
    row_of(phones->table, "+41791234567");
    const auto tags = import_file(schema_of(R"({"key": {"column": "t", "kind": "tag"}})"),
                                  "t\n00112233445566778899AABBCCDDEEFF\n0011\n");
    ASSERT_TRUE(tags) << tags.error().message;
    EXPECT_EQ(tags->report.bad_rows.at(0).reason, "tag.malformed");
    row_of(tags->table, "00112233445566778899aabbccddeeff");
}

TEST(Import, KeepsAsManyRowsOfAPersonAsTheSchemaSays) {
    constexpr std::string_view kRows =
        "email,agrees,tier,city,spend,booked_at\n"
        "a@example.org,1,gold,x,1,\nA@example.org,1,gold,,2,\na@example.org,1,gold,rare,3,\n"
        "b@example.org,1,gold,y,4,\n";
    const auto import = import_file(full_schema(), kRows);
    ASSERT_TRUE(import);
    EXPECT_EQ(import->table.rows(), 3U);
    EXPECT_EQ(import->table.people(), 2U);
    EXPECT_EQ(import->report.duplicates, 1U);
    EXPECT_EQ(import->table.values[0][row_of(import->table, "a@example.org") + 1], 200);
    // Only values of rows that are kept are values of the column.
    EXPECT_EQ(import->table.schema.dimensions[1].values, (std::vector<std::string>{"x", "y"}));
    const auto refused =
        import_file(full_schema(), kRows, FileFormat::kCsv, DuplicatePolicy::kRefuse);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "treasury.duplicates");
    EXPECT_NE(refused.error().message.find("'email', the first in line 4;"), std::string::npos)
        << refused.error().message;
}

TEST(Import, ReportsBadRowsByLineAndColumnWithoutTheirValues) {
    const auto import = import_file(full_schema(),
                                    "email,agrees,tier,city,spend,booked_at\n"
                                    "fan-1@example.org,1,gold,x,1,\n"
                                    "no-address,1,gold,x,1,\n"
                                    "fan-2@example.org,perhaps,gold,x,1,\n"
                                    "fan-3@example.org\n"
                                    "fan-4@example.org,1,gold,x,\"1,000\",\n"
                                    "fan-5@example.org,1,gold,x,1,19.02.2026\n"
                                    "fan-6@example.org,1,gold," +
                                        std::string(101, 'v') +
                                        ",1,\n"
                                        "fan-7@example.org,1,silver,y,2,\n");
    ASSERT_TRUE(import) << import.error().message;
    EXPECT_EQ(import->table.rows(), 2U);
    EXPECT_EQ(import->report.rows_read, 8U);
    std::string found;
    for (const BadRow& row : import->report.bad_rows) {
        found += std::to_string(row.line) + " " + row.column + " " + row.reason + "\n";
        for (const char* value : {"fan-", "perhaps", "1,000", "19.02", "vvv"})
            EXPECT_EQ(row.message.find(value), std::string::npos) << row.message;
    }
    EXPECT_EQ(found,
              "3 email email.malformed\n4 agrees treasury.not_yes_or_no\n5  csv.malformed\n"
              "6 spend treasury.not_a_number\n7 booked_at treasury.not_a_moment\n"
              "8 city treasury.value_too_long\n");
}

TEST(Import, BadLinesOfNdjsonAreLeftOut) {
    const auto import =
        import_file(email_alone(),
                    "{\"email\":\"a@example.org\"}\n{\"email\":\n[1]\n"
                    "{\"email\":{\"x\":1}}\n{\"email\":\"b@example.org\",\"email\":1}\n"
                    "{\"email\":\"\\ud800\"}\n{}\n",
                    FileFormat::kNdjson);
    ASSERT_TRUE(import) << import.error().message;
    EXPECT_EQ(import->table.rows(), 1U);
    ASSERT_EQ(import->report.bad_rows.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_EQ(import->report.bad_rows[i].line, i + 2);
    EXPECT_EQ(import->report.bad_rows[5].reason, "email.malformed");
}

TEST(Import, PartsAreOneFile) {
    Importer importer(email_alone(), kKey);
    ASSERT_TRUE(importer.read(FileFormat::kCsv, "email\na@example.org\nx\n"));
    ASSERT_TRUE(importer.read(FileFormat::kCsv, "email\nb@example.org\ny\na@example.org\n"));
    const auto import = std::move(importer).finish(DuplicatePolicy::kFirstWins);
    ASSERT_TRUE(import);
    EXPECT_EQ(import->table.rows(), 2U);
    EXPECT_EQ(import->report.duplicates, 1U);
    EXPECT_EQ(import->report.rows_read, 5U);
    EXPECT_EQ(import->report.bad_rows.at(0).line, 3U);
    EXPECT_EQ(import->report.bad_rows.at(1).line, 5U);
}

TEST(Import, RefusesWhatIsNoCustomerFile) {
    EXPECT_EQ(reason(""), "csv.empty");
    EXPECT_EQ(reason("email,x\n"), "treasury.no_rows");
    EXPECT_EQ(reason("email,x\nnobody,1\n"), "treasury.no_rows");
    EXPECT_EQ(reason("email,email,x\na@b,c@d,1\n"), "csv.duplicate_column");
    EXPECT_EQ(reason("email;booked\na@example.org;1\n"), "treasury.separator");
    EXPECT_EQ(reason(std::string_view("\xff\xfe"
                                      "e\0m\0",
                                      6)),
              "treasury.not_utf8");
    EXPECT_EQ(reason(std::string_view("e\0m\0a\0", 6)), "treasury.not_utf8");
    const auto missing = import_file(email_alone(), "mail,booked\na@example.org,1\n");
    EXPECT_EQ(missing.error().reason, "csv.column_missing");
    EXPECT_NE(missing.error().message.find("mail, booked"), std::string::npos);
    const auto latin =
        import_file(email_alone(), "a,email\n\"x,\xc3\xa9\",ok@example.org\n1,f\xfc@example.org\n");
    EXPECT_EQ(latin.error().reason, "treasury.not_utf8");
    EXPECT_NE(latin.error().message.find("line 3, column 2"), std::string::npos)
        << latin.error().message;
}

TEST(Import, AFileWithoutAHeaderIsNotRepeated) {
    for (const char* csv : {"fan-1@example.org,1\nfan-2@example.org,0\n", "+41791234567,x\n"}) {
        const auto import = import_file(email_alone(), csv);
        ASSERT_FALSE(import);
        EXPECT_EQ(import.error().reason, "treasury.no_header");
        EXPECT_EQ(import.error().message.find("fan-1"), std::string::npos);
        EXPECT_EQ(import.error().message.find("4179"), std::string::npos);
    }
}

TEST(Import, TooManyValuesOfAPrivateColumnAreRefused) {
    std::string csv = "email,city\n";
    const auto add = [&](std::size_t i) {
        csv += "f" + std::to_string(i) + "@example.org,c" + std::to_string(i) + "\n";
    };
    for (std::size_t i = 0; i < kMaxDomainValues; ++i)
        add(i);
    const Schema schema = schema_of(
        R"({"key": {"column": "email", "kind": "email"}, "dimensions": [{"name": "city"}]})");
    const auto full = import_file(schema, csv);
    ASSERT_TRUE(full) << full.error().message;
    EXPECT_EQ(full->table.schema.dimensions[0].values.size(), kMaxDomainValues);
    add(kMaxDomainValues);
    const auto refused = import_file(schema, csv);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "treasury.too_many_values");
    EXPECT_NE(refused.error().message.find("'city'"), std::string::npos);
}

TEST(Import, BoundsTheListOfBadRows) {
    std::string csv = "email\nfan-1@example.org\n";
    for (int i = 0; i < 1'000; ++i)
        csv += "nobody\n";
    const auto import = import_file(email_alone(), csv);
    ASSERT_TRUE(import);
    EXPECT_EQ(import->report.bad_rows.size(), kMaxReportedBadRows);
    EXPECT_EQ(import->report.bad_count, 1'000U);
}

TEST(FieldValues, DecimalsAreExactAndStayInRange) {
    EXPECT_EQ(parse_fixed("12.5", 2), 1'250);
    EXPECT_EQ(parse_fixed(" -12.505 ", 2), -1'251);
    EXPECT_EQ(parse_fixed("0.004", 2), 0);
    EXPECT_EQ(parse_fixed("+7", 0), 7);
    EXPECT_EQ(parse_fixed("0.9", 0), 1);
    EXPECT_EQ(parse_fixed("", 3), 0);
    EXPECT_EQ(parse_fixed("99999999999999999999999", 6), INT64_MAX);
    EXPECT_EQ(parse_fixed("-99999999999999999999999", 6), -INT64_MAX);
    for (const char* text : {"1e3", "1,5", "1.", ".5", "-", "0x1", "1 0", "NaN", "1.2.3"})
        EXPECT_FALSE(parse_fixed(text, 2)) << text;
}

}  // namespace
}  // namespace altis::cleanroom
