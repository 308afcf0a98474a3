#include "fans/rule_json.h"

#include <gtest/gtest.h>

#include "fans/rule.h"

namespace altis::fans {
namespace {

// The text form, or the reason why there is none.
std::string text_of(std::string_view json) {
    const auto parsed = codec::parse_json(json);
    EXPECT_TRUE(parsed) << json;
    const auto text = rule_text(*parsed);
    return text ? *text : text.error().message;
}

TEST(RuleJson, SaysWhatTheTextFormSays) {
    EXPECT_EQ(text_of(R"({"left": {"measure": "dwell", "of": "technical_chart"}, "is": ">=",
                          "right": {"measure": "dwell", "of": "replay", "times": 4}})"),
              R"(dwell("technical_chart") >= 4 * dwell("replay"))");
    EXPECT_EQ(text_of(R"({"and": [{"left": {"measure": "spent", "of": ["ticket", "JPY"]}, "is": "<",
                                   "right": "50.00"},
                                  {"not": {"text": "area", "is": "=", "value": "north"}}]})"),
              R"((spent("ticket", "JPY") < 50.00) and (not (area = "north")))");
    EXPECT_EQ(text_of(R"({"or": [{"in": "a"}, {"left": [{"measure": "opened"}, 2], "is": "=",
                                  "right": {"measure": "orders"}}]})"),
              R"((in("a")) or (opened() + 2 = orders()))");
}

TEST(RuleJson, EveryFormIsARule) {
    for (const std::string_view json :
         {R"({"left": {"measure": "sessions"}, "is": ">=", "right": 3})",
          R"({"in": "big-spenders"})", R"({"text": "zone", "is": "!=", "value": "Asia/Tokyo"})",
          R"({"not": {"left": {"measure": "follows", "of": "1000001"}, "is": "=", "right": 1}})"}) {
        const std::string text = text_of(json);
        EXPECT_TRUE(parse_rule(text)) << text;
    }
}

TEST(RuleJson, NamesThePlaceOfAMistake) {
    const auto place = [](std::string_view json) {
        const std::string message = text_of(json);
        return message.substr(0, message.find(": "));
    };
    EXPECT_EQ(place("{}"), "at /");
    EXPECT_EQ(place("[]"), "at /");
    EXPECT_EQ(place(R"({"and": []})"), "at /and");
    EXPECT_EQ(place(R"({"and": [{"in": "a"}, {"not": 3}]})"), "at /and/1/not");
    EXPECT_EQ(place(R"({"in": "a\"b"})"), "at /in");
    EXPECT_EQ(place(R"({"left": {"measure": "a b"}, "is": ">", "right": 1})"), "at /left/measure");
    EXPECT_EQ(place(R"({"left": {"measure": "opened"}, "is": "~", "right": 1})"), "at /is");
    EXPECT_EQ(place(R"({"left": {"measure": "opened"}, "is": ">", "right": -1})"), "at /right");
    EXPECT_EQ(place(R"({"left": {"measure": "opened"}, "is": ">", "right": [1, "1 or 1"]})"),
              "at /right/1");
    EXPECT_EQ(place(R"({"text": "area", "is": "=", "value": ""})"), "at /value");
}

}  // namespace
}  // namespace altis::fans
