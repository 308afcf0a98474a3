// The corpus of tests/sql_bypass, and statements made at random, on two neighbouring rooms.
#include <gtest/gtest.h>
#include <random>

#include "base/test_effort.h"
#include "cleanroom/sql/test_asking.h"
#include "cleanroom/sql/test_corpus.h"
#include "cleanroom/sql/test_worker.h"

namespace altis::cleanroom::sql {
namespace {

Bounds test_bounds() {
    Bounds bounds;
    bounds.rows_per_person["visits"] = 3;
    bounds.groups_per_person = 2;
    return bounds;
}

TEST(SqlBypass, NothingOfTheCorpusEscapes) {
    const auto cases = bypass_cases(ALTIS_SQL_BYPASS);
    ASSERT_GE(cases.size(), 700U);
    const TestRoom room = test_room(60);
    const TestRoom neighbour = test_room(60, 37);
    const TestWorker worker;
    for (const BypassCase& attempt : cases) {
        SCOPED_TRACE(attempt.file + ": " + attempt.statement.substr(0, 300));
        const auto counted = ask(attempt.statement, room, test_bounds(), worker);
        EXPECT_EQ(difference(counted, ask(attempt.statement, neighbour, test_bounds(), worker)),
                  "");
        const std::string said = counted ? "answered" : counted.error().message;
        EXPECT_EQ(counted.has_value(), attempt.is_answered) << said;
        EXPECT_NE(said.find(attempt.is_answered ? "answered" : attempt.message), std::string::npos)
            << said;
    }
}

// What values a private dimension has shows neither in a question nor in a refusal.
TEST(SqlBypass, QuestionsDoNotDependOnPrivateValues) {
    TestRoom other = test_room(60);
    other.airline.schema.dimensions[2].values = {"Elsewhere"};
    const TestRoom room = test_room(60);
    const TestWorker worker;
    for (const BypassCase& attempt : bypass_cases(ALTIS_SQL_BYPASS)) {
        SCOPED_TRACE(attempt.file + ": " + attempt.statement.substr(0, 300));
        const auto form = [&](const TestRoom& of) {
            const auto schemas = of.schemas();
            const auto question = question_of(attempt.statement, schemas, test_bounds(), worker);
            return question ? to_json(*question, schemas).to_string() : question.error().message;
        };
        EXPECT_EQ(form(room), form(other));
    }
}

// Makes statements of the positive list, and now and then of a little more.
class Grammar {
  public:
    explicit Grammar(unsigned seed) : random_(seed) {}

    std::string statement() {
        const bool is_joined = one_of(3) == 0;
        const std::string from = is_joined ? pick({"airline JOIN visits USING (person)",
                                                   "airline LEFT JOIN visits USING (person)"})
                                           : "airline";
        std::string text = "SELECT " + group() + " AS g, ";
        text += pick({"COUNT(DISTINCT airline.person)", "COUNT(*)", "SUM(" + number(3) + ")",
                      "AVG(" + number(2) + ") FILTER (WHERE " + truth(1) + ")"});
        text += " FROM " + from;
        if (one_of(2) == 0) text += " WHERE " + truth(2);
        return text + " GROUP BY g" + pick({"", " ORDER BY 2", " ORDER BY g DESC LIMIT 3"});
    }

  private:
    std::size_t one_of(std::size_t count) { return random_() % count; }
    std::string pick(std::initializer_list<std::string> choices) {
        return choices.begin()[one_of(choices.size())];
    }
    std::string digits() { return std::to_string(one_of(3) == 0 ? one_of(100'000) : one_of(12)); }

    std::string group() {
        return pick({"tier", "country", "city", text(2), truth(2), "floor(" + number(1) + " / 97)",
                     "CASE WHEN " + truth(2) + " THEN 'a' WHEN " + truth(1) + " THEN 'b' END",
                     part() + "(joined)", "length(" + text(1) + ")"});
    }
    std::string part() {
        return pick({"quarter", "month", "week", "day", "dayofweek", "isodow", "hour", "minute"});
    }
    // NOLINTBEGIN(misc-no-recursion)
    std::string number(int depth) {
        if (depth == 0) return pick({"flights", "balance", "spend", digits(), "-" + digits()});
        const std::string a = number(depth - 1);
        const std::string b = number(depth - 1);
        return pick({"(" + a + " + " + b + ")", "(" + a + " - " + b + ")",
                     "(" + a + " * " + b + ")", a + " / " + digits(), "abs(" + a + ")",
                     "floor(" + a + ")", "ceil(" + a + ")", "round(" + a + ", 1)",
                     "coalesce(" + a + ", " + b + ")", "nullif(" + a + ", " + b + ")",
                     "flights % 7", "flights // 3",
                     "CASE WHEN " + truth(depth - 1) + " THEN " + a + " ELSE " + b + " END",
                     "TRY_CAST(" + text(depth - 1) + " AS INTEGER)", "year(joined)",
                     "length(" + text(depth - 1) + ")"});
    }
    std::string text(int depth) {
        if (depth == 0) return pick({"tier", "country", "city", "'x'", "'gold'", "'%'", "'o''x'"});
        const std::string a = text(depth - 1);
        return pick({"lower(" + a + ")", "upper(" + a + ")", "trim(" + a + ")",
                     "left(" + a + ", " + digits() + ")", "right(" + a + ", 2)",
                     "substr(" + a + ", 2, 3)", a + " || " + text(depth - 1),
                     "coalesce(nullif(" + a + ", 'gold'), " + text(depth - 1) + ")"});
    }
    std::string truth(int depth) {
        if (depth == 0) {
            return pick({"tier = 'gold'", "city = 'Milano'", "flights > " + digits(),
                         "spend BETWEEN 1.5 AND " + digits(), "country NOT IN ('AT', 'DE')",
                         "joined >= TIMESTAMP '2026-01-05 10:00:00'", "minutes < 100", "TRUE"});
        }
        const std::string a = truth(depth - 1);
        const std::string b = truth(depth - 1);
        return pick({a, "(" + a + " AND " + b + ")", "(" + a + " OR " + b + ")", "NOT " + a,
                     number(depth - 1) + " <= " + number(depth - 1),
                     text(depth - 1) + " LIKE '%o_d%'", text(depth - 1) + " ILIKE 'G%'",
                     "starts_with(" + text(depth - 1) + ", " + text(depth - 1) + ")",
                     number(depth - 1) + " IN (1, 2.5, -3)", number(depth - 1) + " IS NULL",
                     "contains(" + text(depth - 1) + ", 'i')"});
    }
    // NOLINTEND(misc-no-recursion)

    std::mt19937 random_;
};

// Whatever is asked: it is refused without looking at data, or it never fails, and one person moves
// the counts by no more than the plan says.
TEST(SqlBypass, GeneratedStatementsStayWithinBounds) {
    const TestRoom room = test_room(60);
    const TestRoom neighbour = test_room(60, 37);
    const TestWorker worker;
    const unsigned statements = test_effort(1'500U, 100U);
    unsigned answered = 0;
    for (unsigned seed = 0; seed < statements; ++seed) {
        const std::string statement = Grammar(seed).statement();
        SCOPED_TRACE(statement);
        const auto counted = ask(statement, room, test_bounds(), worker);
        EXPECT_EQ(difference(counted, ask(statement, neighbour, test_bounds(), worker)), "");
        ASSERT_FALSE(testing::Test::HasFailure());
        answered += counted ? 1 : 0;
    }
    EXPECT_GT(answered, statements / 8) << "the grammar must reach the engine";
}

}  // namespace
}  // namespace altis::cleanroom::sql
