#include "language/message_pattern.h"

#include <gtest/gtest.h>

namespace altis::language {
namespace {

std::string told(std::string_view pattern, std::string_view language,
                 const std::vector<ArgumentValue>& values) {
    const auto parsed = MessagePattern::parse(pattern, language);
    return parsed ? parsed->format(values) : parsed.error().message;
}

std::string refusal(std::string_view pattern) {
    const auto parsed = MessagePattern::parse(pattern, "en");
    return parsed ? "accepted" : parsed.error().reason;
}

TEST(MessagePattern, FillsPlaces) {
    EXPECT_EQ(told("", "en", {}), "");
    EXPECT_EQ(told("{a}, {b}!", "en", {{"x"}, {"{y}"}}), "x, {y}!");
}

TEST(MessagePattern, ChoosesBranches) {
    constexpr const char* kMedal = "-{m, select, gold {Au} other {?}}-";
    EXPECT_EQ(told(kMedal, "en", {{"gold"}}), "-Au-");
    EXPECT_EQ(told(kMedal, "en", {{"tin"}}), "-?-");
    constexpr const char* kFalls = "{n, plural, =0 {none} one {# fall} other {# falls, #}}";
    EXPECT_EQ(told(kFalls, "en", {{"0", 0}}), "none");
    EXPECT_EQ(told(kFalls, "en", {{"1", 1}}), "1 fall");
    EXPECT_EQ(told(kFalls, "en", {{"2", 2}}), "2 falls, 2");
    constexpr const char* kPlace = "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}";
    EXPECT_EQ(told(kPlace, "en", {{"22", 22}}), "22nd");
    EXPECT_EQ(told("{n, plural, one {год} few {года} many {лет} other {-}}", "ru", {{"", 22}}),
              "года");
}

TEST(MessagePattern, RefusesWhatItCannotCompile) {
    for (const char* wrong :
         {"{a", "{a, number}", "{a, date, short}", "{n, plural, offset:1 other {#}}",
          "{a, select, x {y}}", "{a, select, other {{b}}}", "it's", "'{a}'"}) {
        EXPECT_EQ(refusal(wrong), "language.pattern_malformed") << wrong;
    }
}

TEST(MessagePattern, TellsItsWords) {
    const auto parsed = MessagePattern::parse("a {x} b {m, select, gold {c} other {d}} e", "en");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->literals(), (std::vector<std::string>{"a ", " b ", "c", "d", " e"}));
    EXPECT_EQ(parsed->arguments(),
              (std::vector<Argument>{{"x", ArgumentUse::kText}, {"m", ArgumentUse::kSelect}}));
}

}  // namespace
}  // namespace altis::language
