#include "cleanroom/data/table_data.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "codec/json.h"

namespace altis::cleanroom {
namespace {

constexpr std::string_view kDescription = R"({
    "key": {"column": "email", "kind": "email"}, "consent": "agrees",
    "dimensions": [{"name": "tier", "values": ["gold", "silver"]}, {"name": "city"}],
    "measures": [{"name": "spend", "low": "0", "high": "250.50"}],
    "moments": [{"name": "booked_at"}]})";

Result<Schema> parse(std::string_view text) {
    return schema_from_json(*codec::parse_json(text));
}

TableData small_table() {
    Schema schema = *parse(kDescription);
    schema.dimensions[1].values = {"Geneva", "Tokyo"};
    TableBuilder builder(schema);
    for (std::uint8_t i = 5; i > 0; --i) {
        Tag tag{};
        tag[15] = i / 2;
        const std::uint16_t codes[] = {static_cast<std::uint16_t>(i % 3), 1};
        const std::int64_t value = i * 10'000;
        const std::int64_t moment = i == 3 ? kNoMoment : i;
        builder.add(tag, {codes, {&value, 1}, {&moment, 1}});
    }
    return std::move(builder).finish();
}

// A description with a key and these members.
Result<Schema> parse_with(const std::string& members) {
    return parse(R"({"key":{"column":"e","kind":"email"},)" + members + "}");
}

TEST(Schema, IsWrittenAsItWasRead) {
    const auto schema = parse(kDescription);
    ASSERT_TRUE(schema) << schema.error().message;
    EXPECT_EQ(schema->measures[0].decimals, 2);
    EXPECT_EQ(schema->measures[0].high, 25'050);
    EXPECT_EQ(schema->dimensions[1].domain, Domain::kPrivate);
    EXPECT_EQ(*schema_from_json(to_json(*schema)), *schema);
}

TEST(Schema, KeepsPhonesAndSeveralRows) {
    const auto schema = parse(R"({"key":{"column":"tel","kind":"phone","calling_code":"+41"},
                                  "rows_per_person":5})");
    ASSERT_TRUE(schema) << schema.error().message;
    EXPECT_EQ(schema->calling_code, "+41");
    EXPECT_EQ(schema->rows_per_person, 5U);
    EXPECT_EQ(*schema_from_json(to_json(*schema)), *schema);
    EXPECT_FALSE(parse(R"({"key":{"column":"e","kind":"email","calling_code":"+41"}})"));
    EXPECT_FALSE(parse(R"({"key":{"column":"e","kind":"phone","calling_code":"41"}})"));
    EXPECT_FALSE(parse_with(R"("rows_per_person":0)"));
    EXPECT_FALSE(parse_with(R"("rows_per_person":1001)"));
}

TEST(Schema, AColumnForNeverHasNoOtherRole) {
    const auto schema = parse_with(R"("never":["ssn","diagnosis"])");
    ASSERT_TRUE(schema) << schema.error().message;
    EXPECT_EQ(schema->never, (std::vector<std::string>{"ssn", "diagnosis"}));
    EXPECT_EQ(*schema_from_json(to_json(*schema)), *schema);
    EXPECT_EQ(column_names(*schema), std::vector<std::string>{"e"});
    EXPECT_FALSE(parse_with(R"("never":["e"])"));
    EXPECT_FALSE(parse_with(R"("never":["city"],"dimensions":[{"name":"city"}])"));
    EXPECT_FALSE(parse_with(R"("never":[7])"));
}

TEST(Schema, NamesWhatIsWrong) {
    EXPECT_EQ(parse(R"({"key":{"column":"e","kind":"name"}})").error().message,
              "the kind of the join key must be email, phone or tag");
    EXPECT_EQ(parse_with(R"("dimensions":[{"name":"e"}])").error().message,
              "the column 'e' has two roles; give each column one");
    EXPECT_EQ(parse_with(R"("dimensions":[{"name":"d","values":["a","a"]}])").error().message,
              "the dimension 'd' has a value twice");
    EXPECT_FALSE(parse_with(R"("measures":[{"name":"m","low":"1","high":"1"}])"));
    EXPECT_FALSE(parse_with(R"("measures":[{"name":"m","low":"0","high":"999999999999999"}])"));
    EXPECT_EQ(parse(kDescription)->measure("speed").error().message,
              "there is no measure 'speed'; there are: spend");
}

TEST(TableData, SortsPersonsAndKeepsTheOrderOfTheirRows) {
    const TableData table = small_table();
    EXPECT_EQ(table.rows(), 5U);
    EXPECT_EQ(table.people(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(table.tags));
    EXPECT_EQ(table.moments[0], (std::vector<std::int64_t>{1, kNoMoment, 2, 5, 4}));
    EXPECT_EQ(table.values[0][3], 25'050);  // 500.00 is more than the bound
}

TEST(TableData, KeepsTheFirstRowsOfAPerson) {
    TableData table = small_table();
    TableData same = table;
    EXPECT_EQ(keep_first_rows(same, 2), 0U);
    EXPECT_EQ(same, table);
    EXPECT_EQ(keep_first_rows(table, 1), 2U);
    EXPECT_EQ(table.people(), 3U);
    EXPECT_EQ(table.moments[0], (std::vector<std::int64_t>{1, kNoMoment, 5}));
    EXPECT_EQ(table.codes[0].size(), 3U);
}

TEST(TableData, IsReadAsItWasSavedAndCutsAreFound) {
    const TableData table = small_table();
    ByteWriter out;
    save(table, out);
    ByteReader in(out.bytes());
    EXPECT_EQ(*load_table(in), table);
    for (std::size_t size = 0; size < out.bytes().size(); ++size) {
        ByteReader cut(std::string_view(out.bytes()).substr(0, size));
        EXPECT_FALSE(load_table(cut));
    }
}

TEST(TableData, CommitsToEveryValue) {
    const TableData table = small_table();
    TableData other = table;
    other.codes[0][2] ^= 1;
    EXPECT_NE(commitment(other), commitment(table));
    other = table;
    other.schema.dimensions[1].values[0] = "Lausanne";
    EXPECT_NE(commitment(other), commitment(table));
    other = table;
    other.tags[0][0] ^= 1;
    EXPECT_NE(commitment(other), commitment(table));
}

}  // namespace
}  // namespace altis::cleanroom
