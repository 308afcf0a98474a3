// Statements from text to exact counts, with the worker's engine in this process.
#include <gtest/gtest.h>
#include <map>

#include "cleanroom/sql/test_asking.h"
#include "cleanroom/sql/test_room.h"
#include "cleanroom/sql/test_worker.h"

namespace altis::cleanroom::sql {
namespace {

// Never destroyed: what DuckDB made for itself meanwhile goes first when a program ends, and a
// database that closes after it corrupts the heap now and then.
const TestWorker& worker() {
    static const TestWorker& the_worker = *new TestWorker;
    return the_worker;
}

Result<Counted> ask(const std::string& statement, const TestRoom& room, const Bounds& bounds = {}) {
    return ask(statement, room, bounds, worker());
}

// Persons by the names of their group, of statements with one label.
std::map<std::string, std::int64_t> persons_by_group(const std::string& statement,
                                                     const TestRoom& room,
                                                     const Bounds& bounds = {}) {
    const auto counted = ask(statement, room, bounds);
    EXPECT_TRUE(counted) << statement << ": " << counted.error().message;
    std::map<std::string, std::int64_t> persons;
    if (!counted) return persons;
    for (std::size_t i = 0; i < counted->exact.persons.size(); ++i)
        if (counted->exact.persons[i] != 0)
            persons[counted->names[0][i]] = counted->exact.persons[i];
    return persons;
}

Error refusal(const std::string& statement, const Bounds& bounds = {}) {
    static const TestRoom room = test_room(10);
    const auto schemas = room.schemas();
    const auto question = question_of(statement, schemas, bounds, worker());
    EXPECT_FALSE(question) << statement;
    return question ? Error{} : question.error();
}

using Groups = std::map<std::string, std::int64_t>;

TEST(Sql, CountsPersonsByDimension) {
    const TestRoom room = test_room(40);
    EXPECT_EQ(
        persons_by_group("SELECT tier, COUNT(DISTINCT person) FROM airline GROUP BY tier", room),
        (Groups{{"basic", 10}, {"silver", 10}, {"gold", 10}, {"(other)", 10}}));
    EXPECT_EQ(persons_by_group("select TIER t, count(distinct PERSON) n from AIRLINE a where "
                               "a.country in ('AT') group by all order by n desc limit 2",
                               room),
              (Groups{{"basic", 3}, {"silver", 4}, {"gold", 4}}));
}

TEST(Sql, ComputesGroupsFromColumns) {
    const TestRoom room = test_room(40);
    EXPECT_EQ(persons_by_group("SELECT CASE WHEN flights < 10 THEN 'few' WHEN flights < 30 THEN "
                               "'some' ELSE 'many' END f, COUNT(DISTINCT person) FROM airline "
                               "GROUP BY f",
                               room),
              (Groups{{"few", 9}, {"some", 20}, {"many", 11}}));
    EXPECT_EQ(persons_by_group("SELECT upper(left(country, 1)) || '.', COUNT(DISTINCT person) FROM "
                               "airline WHERE country <> '(other)' GROUP BY 1",
                               room),
              (Groups{{"A.", 11}, {"D.", 11}, {"I.", 9}}));
    EXPECT_EQ(persons_by_group("SELECT date_trunc('month', joined) m, COUNT(DISTINCT person) FROM "
                               "airline WHERE joined >= DATE '2026-01-01' AND joined < DATE "
                               "'2026-02-01' GROUP BY m",
                               room),
              (Groups{{"2026-01-01", 36}}));
    EXPECT_EQ(
        persons_by_group("SELECT floor(balance / 50.0) b, COUNT(DISTINCT person) FROM airline "
                         "GROUP BY b",
                         test_room(201)),
        (Groups{{"-2", 50}, {"-1", 50}, {"0", 50}, {"1", 50}, {"2", 1}}));
    EXPECT_EQ(persons_by_group("SELECT TRY_CAST(city AS INTEGER) IS NOT NULL n, COUNT(DISTINCT "
                               "person) FROM airline GROUP BY n",
                               room),
              (Groups{{"false", 32}, {"true", 8}}));
}

TEST(Sql, NamesWeeksAndPartsLikeTheEngine) {
    const TestRoom room = test_room(40);
    const Groups weeks = persons_by_group(
        "SELECT date_trunc('week', joined) w, COUNT(DISTINCT person) FROM airline WHERE joined "
        "BETWEEN TIMESTAMP '2026-01-01' AND TIMESTAMP '2026-01-31' GROUP BY w",
        room);
    EXPECT_EQ(weeks, (Groups{{"2025-12-29", 10}, {"2026-01-05", 19}, {"2026-01-12", 7}}));
    const Groups days = persons_by_group(
        "SELECT isodow(joined), COUNT(DISTINCT person) FROM airline GROUP BY 1", room);
    std::int64_t sum = 0;
    for (const auto& [day, persons] : days)
        sum += persons;
    EXPECT_EQ(sum, 40);
    EXPECT_EQ(days.at("(other)"), 4) << "no moment is no day";
}

TEST(Sql, JoinsByPerson) {
    const TestRoom room = test_room(42);
    EXPECT_EQ(persons_by_group("SELECT v.person IS NOT NULL AS came, COUNT(DISTINCT a.person) FROM "
                               "airline a LEFT JOIN visits v ON a.person = v.person AND v.minutes "
                               ">= 0 GROUP BY came",
                               room),
              (Groups{{"no", 18}, {"yes", 24}}));
    Bounds bounds;
    bounds.rows_per_person["visits"] = 2;
    bounds.groups_per_person = 4;
    const auto counted = ask(
        "SELECT tier, COUNT(*) r, AVG(v.minutes) m, SUM(v.minutes) s FROM airline JOIN visits v "
        "USING (person) GROUP BY tier",
        room, bounds);
    ASSERT_TRUE(counted) << counted.error().message;
    std::int64_t rows = 0;
    for (const std::int64_t cell : counted->exact.sums[0])
        rows += cell;
    EXPECT_EQ(rows, 44) << "24 persons came, four of them once";
    EXPECT_EQ(counted->exact.sums.size(), 2U) << "AVG uses the sums that are there";
    EXPECT_EQ(counted->question.plan.plan.sums[1].high, 1'200);
    EXPECT_EQ(counted->question.columns, (std::vector<ColumnRead>{{0, "tier"}, {1, "minutes"}}));
}

TEST(Sql, SumsWithinBounds) {
    const TestRoom room = test_room(40);
    Bounds bounds;
    bounds.amounts["s"] = {"0", "10.00"};
    const auto counted =
        ask("SELECT SUM(spend) s, SUM(flights * 2 + 1) FILTER (WHERE tier = "
            "'gold' OR flights > 35) f FROM airline",
            room, bounds);
    ASSERT_TRUE(counted) << counted.error().message;
    std::int64_t spent = 0;
    for (const std::int64_t spend : room.airline.values[0])
        spent += std::min<std::int64_t>(spend, 1'000);
    EXPECT_EQ(counted->exact.sums[0][0], spent);
    std::int64_t expected = 0;
    for (std::int64_t i = 1; i <= 40; ++i)
        if (i % 4 == 2 || i > 35) expected += 2 * i + 1;
    EXPECT_EQ(counted->exact.sums[1][0], expected);
}

TEST(Sql, SaysWhatItRefusesAndWhatToDo) {
    EXPECT_EQ(refusal("SELECT 1; SELECT 2").message,
              "more than one statement is not part of SQL in rooms; send exactly one SELECT");
    EXPECT_EQ(refusal("SELECT spend, COUNT(*) FROM airline GROUP BY spend").message,
              "a group by a number needs whole numbers of a range of up to 1,000; bucket it, e.g. "
              "floor(x / 100) or CASE WHEN x < 100 THEN 'low' ELSE 'high' END");
    EXPECT_EQ(refusal("SELECT count(*) FROM passengers").message,
              "the room has no table 'passengers'; it has: airline, visits");
    EXPECT_EQ(refusal("SELECT COUNT(*) FROM airline WHERE email = 'a@example.org'").message,
              "there is no column 'email' in 'airline'; there are: person, tier, country, city, "
              "spend, flights, balance, joined");
    EXPECT_EQ(refusal("SELEC").reason, "rooms.sql_malformed");
    EXPECT_EQ(refusal(std::string("SELECT 1\0", 9)).reason, "rooms.sql_malformed");
}

TEST(Sql, RefusesWhatCouldOverflow) {
    const std::string large = "flights*999999999*999999999";
    EXPECT_NE(refusal("SELECT SUM(" + large + ") FROM airline").message.find("18 digits"),
              std::string::npos);
    std::string nested = "flights";
    for (int i = 0; i < 12; ++i)
        nested = "floor(" + nested + " / 2)";
    EXPECT_TRUE(ask("SELECT SUM(" + nested + ") FROM airline", test_room(5)));
}

TEST(Sql, AsksTheSameQuestionUnderOtherNames) {
    const TestRoom room = test_room(5);
    const auto schemas = room.schemas();
    const auto form = [&](const std::string& statement) {
        return to_json(question_of(statement, schemas, {}, worker()).value(), schemas).to_string();
    };
    EXPECT_EQ(form("SELECT tier, COUNT(DISTINCT person) FROM airline WHERE flights > 3 GROUP BY 1"),
              form("select a.tier as x, count(distinct a.person) as n from airline a where "
                   "a.flights >= 4 group by x order by n"));
    EXPECT_NE(form("SELECT tier, COUNT(DISTINCT person) FROM airline GROUP BY 1"),
              form("SELECT tier, COUNT(*) FROM airline GROUP BY 1"));
}

TEST(Sql, DoesNotTrustTheWorker) {
    const std::vector<Job> jobs = {{2, {}, {{"1", warehouse::Type::kInteger}}}};
    EXPECT_TRUE(read_answer(std::string(16, '\0'), jobs));
    for (const std::size_t size : {0, 8, 15, 17, 24})
        EXPECT_EQ(read_answer(std::string(size, '\0'), jobs).error().reason, "rooms.sql_failed");
    const std::vector<Job> texts = {{1, {}, {{"'x'", warehouse::Type::kText}}}};
    EXPECT_FALSE(read_answer(std::string("\xf0\xff\xff\xff", 4), texts)) << "a length of 4 GB";
}

}  // namespace
}  // namespace altis::cleanroom::sql
