#include "fans/rule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace altis::fans {
namespace {

std::string failure_of(std::string_view text) {
    const auto rule = parse_rule(text);
    if (rule) return "";
    EXPECT_EQ(rule.error().reason, "fans.rule_malformed");
    return rule.error().message;
}

TEST(Rule, ReadsTheRulesOfTheStory) {
    const auto motivation = parse_rule(
        "dwell(technical_chart) >= 4 * dwell(emotional_highlight) and dwell(technical_chart) > 0");
    ASSERT_TRUE(motivation.has_value());
    ASSERT_EQ(motivation->predicates.size(), 2U);
    EXPECT_EQ(motivation->predicates[0].right.terms[0].coefficient, 4);
    EXPECT_EQ(motivation->predicates[0].right.terms[0].first, "emotional_highlight");

    const auto value = parse_rule(
        "bought(ticket, volleyball) >= 1 and spent(merchandise) >= 50.00 and area = "
        "\"los-angeles\"");
    ASSERT_TRUE(value.has_value());
    ASSERT_EQ(value->predicates.size(), 3U);
    EXPECT_EQ(value->predicates[1].right.constant, 5000);
    EXPECT_EQ(value->predicates[1].left.terms[0].second, "USD");
    EXPECT_EQ(value->predicates[2].expected, "los-angeles");
    EXPECT_EQ(value->steps.size(), 5U);
}

TEST(Rule, AcceptsEveryForm) {
    for (const std::string_view text :
         {"attended(volleyball)", "follows(\"1000001\")", "not follows(1000001)",
          "not (attended(a) or attended(b))", "opened() + orders() >= 3", "language != \"en\"",
          "  views( replay )>=2", "3 <= 2 * views(a) + views(b)", "spent(ticket, JPY) > 1200",
          "spent(a) + 5.50 < 2 * spent(b)", "dwell(\"any thing\") = 0", "not not opened()"}) {
        EXPECT_EQ(failure_of(text), "") << text;
    }
}

TEST(Rule, ErrorsNameTheColumnAndTheRemedy) {
    const auto column = [](std::string_view text) {
        const std::string message = failure_of(text);
        return message.substr(0, message.find(':'));
    };
    EXPECT_EQ(column(""), "column 1");
    EXPECT_EQ(column("sold(x)"), "column 1");
    EXPECT_EQ(column("dwell(a) >= 4 dwell(b)"), "column 15");
    EXPECT_EQ(column("dwell(a) >="), "column 12");
    EXPECT_EQ(column("dwell(a"), "column 8");
    EXPECT_EQ(column("dwell a"), "column 7");
    EXPECT_EQ(column("dwell()"), "column 1");
    EXPECT_EQ(column("opened(x)"), "column 1");
    EXPECT_EQ(column("dwell(a, b)"), "column 1");
    EXPECT_EQ(column("dwell(a) > 1.5"), "column 12");
    EXPECT_EQ(column("spent(a) > 1.555"), "column 12");
    EXPECT_EQ(column("spent(a) > dwell(b)"), "column 1");
    EXPECT_EQ(column("spent(a, USD) > spent(b, EUR)"), "column 1");
    EXPECT_EQ(column("spent(a, usd) > 1"), "column 1");
    EXPECT_EQ(column("1 > 2"), "column 1");
    EXPECT_EQ(column("area > \"x\""), "column 6");
    EXPECT_EQ(column("area = x"), "column 8");
    EXPECT_EQ(column("area = \"x"), "column 8");
    EXPECT_EQ(column("(opened()"), "column 10");
    EXPECT_EQ(column("opened() and"), "column 13");
    EXPECT_EQ(column("opened() opened()"), "column 10");
    EXPECT_EQ(column("0 * opened() > 1"), "column 1");
    EXPECT_EQ(column("99999999 * opened() > 1"), "column 1");
    EXPECT_EQ(column("opened() > 99999999999999999"), "column 12");
    EXPECT_NE(failure_of("dwell() > 1").find("dwell(kind)"), std::string::npos);
}

TEST(Rule, HasLimits) {
    EXPECT_NE(failure_of(std::string(100, '(') + "opened()"), "");
    std::string many = "opened()";
    for (std::size_t i = 0; i < kMaxPredicates; ++i)
        many += " or opened()";
    EXPECT_NE(failure_of(many), "");
    EXPECT_NE(failure_of("opened() > 1" + std::string(kMaxRuleBytes, ' ')), "");
}

TEST(Rule, BindsAndBeforeOr) {
    const auto rule = parse_rule("opened() or views(a) and not views(b)");
    ASSERT_TRUE(rule.has_value());
    for (unsigned bits = 0; bits < 8; ++bits) {
        const auto bit = [&](std::uint32_t i) { return ((bits >> i) & 1U) != 0; };
        EXPECT_EQ(rule->evaluate(bit), bit(0) || (bit(1) && !bit(2))) << bits;
    }
    std::string deep = "opened()";
    for (int i = 0; i < kMaxRuleDepth - 1; ++i)
        deep = "opened() or opened() and (" + deep + ")";
    const auto nested = parse_rule(deep);
    ASSERT_TRUE(nested.has_value());
    EXPECT_TRUE(nested->evaluate([&](std::uint32_t i) { return i + 1 >= 1; }));
    EXPECT_FALSE(nested->evaluate([](std::uint32_t i) { return i % 2 == 1; }));
}

RC_GTEST_PROP(Rule, AnyTextGivesARuleOrAnError, (std::string text)) {
    const auto rule = parse_rule(text);
    RC_ASSERT(rule.has_value() || rule.error().reason == "fans.rule_malformed");
}

RC_GTEST_PROP(Rule, DamagedRulesNeverBreakIt, (std::uint32_t at, char byte)) {
    std::string text =
        "not (2 * spent(a) + 1.50 >= spent(\"b c\") or area != \"x\") and opened() > 3";
    text[at % text.size()] = byte;
    const auto rule = parse_rule(text);
    if (rule) rule->evaluate([](std::uint32_t i) { return i == 0; });
    RC_ASSERT(rule.has_value() || rule.error().message.starts_with("column "));
}

}  // namespace
}  // namespace altis::fans
