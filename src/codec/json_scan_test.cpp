#include "codec/json_scan.h"

#include <array>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "codec/json.h"

namespace altis::codec {
namespace {

Result<void> scan(std::string_view text) {
    JsonScanner scanner(text);
    ScanValue value;
    scanner.read(value);
    return scanner.finish();
}

TEST(JsonScan, AcceptsWhatTheGrammarAllows) {
    for (const std::string_view text : {"null", " true ", "false", "0", "-0", "-12.50", "1e9",
                                        "1.5E-3", "\"\"", "\"a\\u00e9\\n\"", "[]", "[ ]", "{}",
                                        "{ }", R"({"a":[1,{"b":null}],"c":"d"})", " [1 , 2] "}) {
        EXPECT_TRUE(scan(text)) << text;
    }
}

TEST(JsonScan, RefusesEverythingElse) {
    for (const std::string_view text :
         {"",         " ",          "nul",     "01",          "-",    "1.",       ".5", "1e",
          "+1",       "\"",         "\"\\x\"", "\"\\u12g4\"", "[1,]", "[1 2]",    "[",  "{\"a\"}",
          "{\"a\":}", "{\"a\":1,}", "{a:1}",   "1 2",         "[1}",  "\"a\nb\"", "}"}) {
        const auto result = scan(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().reason, "json.malformed") << text;
    }
    EXPECT_EQ(scan(std::string(100, '[') + std::string(100, ']')).error().reason, "json.too_deep");
}

TEST(JsonScan, PicksMembersAsWritten) {
    constexpr std::array<std::string_view, 4> keys = {"price", "name", "none", "list"};
    std::array<ScanValue, 4> values;
    ASSERT_TRUE(pick_members(
        R"({"x":{"price":1},"n\u0061me":"caf\u00e9 \ud83c\udfc5","list":[1, 2],"price":35.10})",
        keys, values));
    EXPECT_EQ(values[0].text, "35.10");
    std::string decoded;
    EXPECT_EQ(string_of(values[1], decoded), "café 🏅");
    EXPECT_FALSE(values[2].present());
    EXPECT_EQ(values[3].text, "[1, 2]");
    std::array<ScanValue, 4> again;
    EXPECT_EQ(pick_members(R"({"name":1,"name":2})", keys, again).error().reason,
              "json.duplicate_key");
}

TEST(JsonScan, HalfASurrogatePairIsNoText) {
    std::string decoded;
    EXPECT_FALSE(string_of({ScanKind::kString, R"("\ud83c")"}, decoded));
    EXPECT_FALSE(string_of({ScanKind::kString, R"("\udfc5x")"}, decoded));
    EXPECT_FALSE(string_of({ScanKind::kString, R"("\ud83c\n12345")"}, decoded));
}

RC_GTEST_PROP(JsonScan, ReadsBackEveryText, (std::string text)) {
    std::string quoted;
    append_json_string(quoted, text);
    RC_ASSERT(scan(quoted).has_value());
    std::string decoded;
    RC_ASSERT(string_of({ScanKind::kString, quoted}, decoded) == std::string_view(text));
}

RC_GTEST_PROP(JsonScan, AgreesWithTheParserOnDamagedText, (std::uint32_t at, char byte)) {
    std::string text =
        R"({"a":[1,-2.5e3,true],"bc":{"d":"x\u0041\"y","e":null},"f":"long enough"})";
    text[at % text.size()] = static_cast<char>(byte & 0x7f);
    const auto parsed = parse_json(text);
    const bool expected = parsed.has_value() || parsed.error().reason == "json.duplicate_key";
    RC_ASSERT(scan(text).has_value() == expected);
}

}  // namespace
}  // namespace altis::codec
