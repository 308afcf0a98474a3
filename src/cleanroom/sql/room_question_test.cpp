// Statements as questions of a room: what its policy says of them, and what an answer says.
#include "cleanroom/sql/room_question.h"

#include <gtest/gtest.h>

#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/sql/test_room.h"
#include "cleanroom/sql/test_worker.h"

namespace altis::cleanroom::sql {
namespace {

using codec::Json;

// Never destroyed, as in sql_test.cpp.
const TestWorker& worker() {
    static const TestWorker& the_worker = *new TestWorker;
    return the_worker;
}

Room policy() {
    Room room;
    room.id = "alps";
    room.owners = {{"airline",
                    {"carrier", "customers"},
                    5'000'000,
                    {"tier", "country", "city", "spend", "flights"}},
                   {"visits", {"resort", "visits"}, 5'000'000, {"venue", "minutes"}}};
    room.minimum_group = 20;
    room.max_epsilon = 8'000'000;
    room.permits_sql = true;
    return room;
}

Result<PreparedSql> prepare(const std::string& statement, const Room& room = policy(),
                            const TestRoom& data = test_room(40),
                            MicroEpsilon epsilon = 4'000'000) {
    const Schema* const schemas[] = {&data.airline.schema, &data.visits.schema};
    TRY(const std::string tree, worker().tree(statement));
    TRY(const Statement read, read_statement(tree));
    Asked asked{statement, {}, epsilon};
    return prepare_sql(room, read, asked, kTrust, schemas);
}

std::string refusal(const std::string& statement, const Room& room = policy()) {
    const auto prepared = prepare(statement, room);
    return prepared ? "" : prepared.error().reason;
}

TEST(RoomQuestion, IsJudgedByThePolicy) {
    const std::string by_tier = "SELECT tier, COUNT(DISTINCT person) FROM airline GROUP BY tier";
    EXPECT_EQ(refusal(by_tier), "");
    Room room = policy();
    room.permits_sql = false;
    EXPECT_EQ(refusal(by_tier, room), "rooms.sql_not_permitted");
    room = policy();
    room.max_epsilon = 3'000'000;
    EXPECT_EQ(refusal(by_tier, room), "rooms.epsilon_out_of_range");
    // Wherever a column stands, and in whatever it is hidden.
    for (const std::string statement :
         {"SELECT COUNT(DISTINCT person) FROM airline WHERE balance > 0",
          "SELECT SUM(balance) FROM airline", "SELECT SUM(flights + balance) FROM airline",
          "SELECT SUM(flights) FILTER (WHERE balance > 0) FROM airline",
          "SELECT CASE WHEN balance > flights THEN 'a' ELSE 'b' END g, COUNT(*) FROM airline GROUP "
          "BY g",
          "SELECT COUNT(DISTINCT airline.person) FROM airline JOIN visits ON airline.person = "
          "visits.person AND month(seen) = 3"}) {
        EXPECT_EQ(refusal(statement), "rooms.column_not_permitted") << statement;
    }
}

TEST(RoomQuestion, NamesATableThatIsNotThereYet) {
    const TestRoom data = test_room(10);
    const Schema* const schemas[] = {&data.airline.schema, nullptr};
    const auto read =
        read_statement(worker().tree("SELECT COUNT(*) FROM visits WHERE x = 1").value()).value();
    EXPECT_EQ(prepare_sql(policy(), read, {"", {}, 1'000'000}, kTrust, schemas).error().message,
              "'resort' has not imported the data set 'visits'");
}

TEST(RoomQuestion, IsTheSameUnderOtherNames) {
    const auto form = [](const std::string& statement, MicroEpsilon epsilon = 4'000'000) {
        return prepare(statement, policy(), test_room(40), epsilon)->prepared.canonical.to_string();
    };
    EXPECT_EQ(form("SELECT tier, AVG(spend) FROM airline GROUP BY tier"),
              form("SELECT a.tier AS t, AVG(a.spend) AS s FROM airline a GROUP BY t ORDER BY s"));
    EXPECT_NE(form("SELECT AVG(spend) FROM airline"), form("SELECT SUM(spend) FROM airline"));
    EXPECT_NE(form("SELECT AVG(spend) FROM airline"),
              form("SELECT AVG(spend) FROM airline", 3'000'000));
}

// A fully computed answer, as the first asker and as another would see it.
struct Answered {
    PreparedSql sql;
    Json answer;
    Json table;
};
Answered answer(const std::string& statement, const TestRoom& data) {
    auto prepared = prepare(statement, policy(), data, 8'000'000);
    EXPECT_TRUE(prepared) << prepared.error().message;
    const TableData* const tables[] = {&data.airline, &data.visits};
    SeededBits bits(9);
    auto figures = answer_sql(*prepared, tables, bits, worker());
    EXPECT_TRUE(figures) << figures.error().message;
    const Json answer = Json::object({{"figures", *figures}});
    Json table = table_of(prepared->question, answer);
    return {std::move(*prepared), answer, std::move(table)};
}

double value(const Json& cell) {
    return cell["value"].as_double();
}

TEST(RoomQuestion, AnswersRowsInOrder) {
    const TestRoom data = test_room(2'000);
    const Answered asked = answer(
        "SELECT tier AS t, COUNT(DISTINCT person) n, SUM(flights) f, AVG(spend) s FROM airline "
        "WHERE tier <> 'gold' GROUP BY tier ORDER BY t DESC LIMIT 3",
        data);
    EXPECT_EQ(asked.table["columns"].to_string(), R"(["t","n","f","s"])");
    const auto& rows = asked.table["rows"].items();
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].items()[0].as_string(), "silver");
    EXPECT_EQ(rows[1].items()[0].as_string(), "gold");
    EXPECT_TRUE(rows[1].items()[1].contains("withheld")) << "WHERE takes them all out";
    EXPECT_EQ(rows[2].items()[0].as_string(), "basic");
    EXPECT_NEAR(value(rows[0].items()[1]), 500, 15);
    double flights = 0;
    double spend = 0;
    for (int n = 1; n <= 2'000; ++n) {
        if (n % 4 != 1) continue;
        flights += n % 41;
        spend += n * 7919 % 50'001 / 100.0;
    }
    EXPECT_NEAR(value(rows[0].items()[2]), flights, 500);
    EXPECT_NEAR(value(rows[0].items()[3]), spend / 500, 15);
    EXPECT_LE(rows[0].items()[3]["low"].as_double(), spend / 500 + 5);
    EXPECT_GE(rows[0].items()[3]["high"].as_double(), spend / 500 - 5);
}

TEST(RoomQuestion, NamesPrivateGroupsByTheirSelectionAlone) {
    const TestRoom data = test_room(2'000);
    const Answered asked = answer(
        "SELECT lower(city) c, COUNT(DISTINCT person) n FROM airline GROUP BY c ORDER BY c", data);
    ASSERT_TRUE(asked.sql.prepared.noise.naming());
    std::vector<std::string> groups;
    for (const Json& row : asked.table["rows"].items())
        groups.emplace_back(row.items()[0].as_string());
    EXPECT_EQ(groups, (std::vector<std::string>{"bolzano", "cortina", "milano", "17", "(not named)",
                                                "(other)"}));
    const TestRoom few = test_room(60);
    const Answered small =
        answer("SELECT lower(city) c, COUNT(DISTINCT person) n FROM airline GROUP BY c", few);
    ASSERT_EQ(small.table["rows"].items().size(), 1U) << "twelve are in each city";
    EXPECT_NEAR(value(small.table["rows"].items()[0].items()[1]), 60, 10);
}

TEST(RoomQuestion, RowsAreThoseOfTheSignedAnswer) {
    Answered asked = answer(
        "SELECT tier, COUNT(DISTINCT person) n FROM airline GROUP BY tier ORDER BY n LIMIT 2",
        test_room(400));
    EXPECT_TRUE(check_table(asked.table, asked.answer));
    Json forged = asked.table;
    forged.set("rows", Json::array({Json::array({"gold", Json::object({{"value", 1}})})}));
    EXPECT_EQ(check_table(forged, asked.answer).error().reason, "receipt.forged");
}

class DeadWorker final : public Worker {
  public:
    Result<std::string> tree(std::string_view) const override { return sql_failed(); }
    Result<std::vector<JobResult>> compute(std::span<const Job>) const override {
        return fail(Code::kUnavailable, "worker.killed", "row 17 was too much");
    }
};

TEST(RoomQuestion, WhateverHappensInTheWorkerIsOneError) {
    const TestRoom data = test_room(40);
    const auto prepared = prepare("SELECT SUM(flights * 2) FROM airline", policy(), data);
    const TableData* const tables[] = {&data.airline, &data.visits};
    SeededBits bits(1);
    EXPECT_EQ(answer_sql(*prepared, tables, bits, DeadWorker()).error().reason, "rooms.sql_failed");
}

}  // namespace
}  // namespace altis::cleanroom::sql
