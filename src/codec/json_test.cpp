#include "codec/json.h"

#include <gtest/gtest.h>

namespace altis::codec {
namespace {

TEST(Json, RoundTripsEveryKindOfValue) {
    const std::string text = R"({"a":null,"b":true,"c":-9007199254740993,"d":1.5,)"
                             R"("e":"é \" \\ \n \u0001","f":[1,[],{}]})";
    const auto json = parse_json(text);
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ((*json)["c"].as_int(), -9007199254740993);
    EXPECT_EQ(json->to_string(), text);
    EXPECT_EQ(parse_json(json->to_pretty_string()), *json);
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const char* text :
         {"", "{", "[1,]", "{\"a\":01}", "nul", "{} {}", "[1e999]", "\"\x01\""}) {
        const auto json = parse_json(text);
        ASSERT_FALSE(json) << text;
        EXPECT_EQ(json.error().reason, "json.malformed") << text;
    }
}

TEST(Json, RefusesTooManyLevels) {
    const std::string deep = std::string(80, '[') + std::string(80, ']');
    EXPECT_EQ(parse_json(deep).error().reason, "json.too_deep");
    const std::string fine = std::string(60, '[') + std::string(60, ']');
    EXPECT_TRUE(parse_json(fine));
}

TEST(Json, RefusesDuplicateKeysAndBadUtf8) {
    EXPECT_EQ(parse_json(R"({"a":1,"a":2})").error().reason, "json.duplicate_key");
    EXPECT_EQ(parse_json("\"\xff\"").error().reason, "json.not_utf8");
}

TEST(Json, RefusesIntegersBeyond64Bits) {
    EXPECT_FALSE(parse_json("18446744073709551615"));
    EXPECT_TRUE(parse_json("9223372036854775807"));
}

TEST(Json, RequireNamesTheMember) {
    const Json json = Json::object({{"fans", 3}});
    EXPECT_EQ(require_int(json, "fans"), 3);
    EXPECT_EQ(require_string(json, "fans").error().reason, "json.wrong_type");
    const auto missing = require_string(json, "edition");
    EXPECT_EQ(missing.error().reason, "json.missing");
    EXPECT_NE(missing.error().message.find("edition"), std::string::npos);
}

TEST(Json, SetReplacesAndPushAppends) {
    Json json;
    json.set("a", 1).set("a", 2).set("b", Json().push(1).push("x"));
    EXPECT_EQ(json.to_string(), R"({"a":2,"b":[1,"x"]})");
}

}  // namespace
}  // namespace altis::codec
