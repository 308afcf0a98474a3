// Analysts' SQL in a room of two owners, through the real server and its confined workers.
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "altis_program.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;
using Clock = std::chrono::steady_clock;

constexpr int kGuests = 400;  // of the airline; every second booked
constexpr std::int64_t kHalf = 500'000;
constexpr std::string_view kBooked =
    R"(SELECT booked, COUNT(DISTINCT person) AS people FROM "right" GROUP BY booked ORDER BY 2)";
// A condition on two columns is computed by the worker.
constexpr std::string_view kComputed =
    R"(SELECT CASE WHEN booked = 'yes' AND late = 'no' THEN 'smooth' ELSE 'else' END AS trip,
       COUNT(DISTINCT person) AS people FROM "right" GROUP BY trip)";

Json statement(std::string_view text, std::int64_t epsilon = kHalf) {
    return Json::object({{"statement", text}, {"epsilon_micro", epsilon}});
}

Json policy(std::string_view id) {
    return Json::object(
        {{"id", id},
         {"edition", kEdition},
         {"purpose", "clean_room"},
         {"templates", Json::array({"overlap"})},
         {"owners", Json::array({room_owner({"left", "la28", "members", {"gold"}, 2'000'000}),
                                 room_owner({"right",
                                             "airline",
                                             "guests",
                                             {"booked", "late", "city", "spend"},
                                             2'000'000})})},
         {"receivers", Json::array({"la28", "airline"})},
         {"askers", Json::array({"airline"})},
         {"minimum_group", 20},
         {"max_epsilon_micro", 1'500'000},
         {"until", "2099-01-01T00:00:00Z"}});
}

// The processes that compute for a server.
std::vector<int> workers_of(int server) {
    std::vector<int> workers;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream stat(entry.path() / "stat");
        std::ifstream command(entry.path() / "cmdline");
        std::ostringstream words;
        words << command.rdbuf();
        std::string skipped;
        int pid = 0;
        int parent = 0;
        if (!(stat >> pid >> skipped >> skipped >> parent) || parent != server) continue;
        if (words.str().find("sql-worker") != std::string::npos) workers.push_back(pid);
    }
    return workers;
}

class RoomsSqlTest : public GamesTest {
  protected:
    void begin() override {
        std::string guests = "email,booked,late,secret,city,spend\n";
        std::string members = "email,gold\n";
        for (int i = 0; i < kGuests; ++i) {
            const std::string person = "p" + std::to_string(i) + "@example.org";
            guests += person + (i % 2 == 0 ? ",yes" : ",no") + (i % 4 == 0 ? ",yes" : ",no") +
                      ",yes," +
                      (i < 3     ? "Solo"
                       : i < 150 ? "Bolzano"
                                 : "Milano") +
                      ",20.00\n";
            if (i % 3 == 0) members += person + ",yes\n";
        }
        Caller admin = server_->admin();
        const auto key = issue_key(admin, "la28-treasury", "la28", {"treasury"});
        ASSERT_TRUE(key) << key.error().message;
        import(server_->caller(*key), "members", members, {"gold"});
        import(airline(), "guests", guests, {"booked", "late", "secret"});
        run_room(policy("open").set("sql", true));
    }

    // Columns of yes and no, and cities and amounts where there are any.
    static void import(Caller caller, const std::string& dataset, const std::string& csv,
                       std::initializer_list<std::string_view> columns) {
        Json dimensions = Json::array();
        for (const std::string_view column : columns) {
            dimensions.push(
                Json::object({{"name", column}, {"values", Json::array({"yes", "no"})}}));
        }
        Json schema =
            Json::object({{"key", Json::object({{"column", "email"}, {"kind", "email"}})}});
        if (columns.size() > 1) {
            dimensions.push(Json::object({{"name", "city"}}));
            schema.set(
                "measures",
                Json::array({Json::object({{"name", "spend"}, {"low", "0"}, {"high", "50.00"}})}));
        }
        schema.set("dimensions", dimensions);
        const std::string path = "/v1/treasury/" + dataset;
        const Reply declared = caller.put(path + "/schema", schema);
        ASSERT_EQ(declared.status, 200) << declared.text;
        const Reply reply = caller.send(server::Method::kPut, path, "text/csv", csv);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    void run_room(const Json& room) {
        const std::string path = "/v1/rooms/" + std::string(room["id"].as_string()) + "/approvals";
        const Reply proposed = owner().post("/v1/rooms", room);
        ASSERT_EQ(proposed.status, 201) << proposed.text;
        ASSERT_EQ(owner().post(path, Json::object()).status, 200);
        ASSERT_EQ(airline().post(path, Json::object()).status, 200);
    }

    Reply ask(const Json& body, std::string_view room = "open") const {
        return airline().post("/v1/rooms/" + std::string(room) + "/sql", body);
    }

    // What the guests' table gave away until now, in millionths.
    std::int64_t spent() const {
        const Reply reply = airline().get("/v1/rooms/open");
        const Json& budgets = reply.json["budgets"];
        return budgets.items().at(1)["lifetime_spent_micro_epsilon"].as_int();
    }

    std::string file_of(const Json& json) const {
        const std::string path = folder_ / "answer.json";
        std::ofstream(path) << json.to_string();
        return path;
    }
};

bool holds(const Json& value, double truth) {
    return value["low"].as_double() - 15 <= truth && truth <= value["high"].as_double() + 15;
}

TEST_F(RoomsSqlTest, AnswersWithIntervalsCostAndAReceipt) {
    const Reply reply = ask(statement(kBooked));
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.json["columns"].to_string(), R"(["booked","people"])");
    const Json& rows = reply.json["rows"];
    ASSERT_EQ(rows.items().size(), 3U) << "yes, no and (other): groups are public";
    for (const Json& row : rows.items()) {
        const bool is_other = row.items()[0].as_string() == "(other)";
        EXPECT_TRUE(is_other || holds(row.items()[1], kGuests / 2.0)) << row.to_string();
        EXPECT_EQ(is_other, row.items()[1].contains("withheld"));
    }
    const Json& answer = reply.json["answer"];
    EXPECT_EQ(answer["template"].as_string(), "sql");
    EXPECT_EQ(answer["epsilon_micro"].as_int(), kHalf);
    EXPECT_EQ(answer["withheld"].as_int(), 1);
    EXPECT_EQ(answer["receipt"]["data"].items().size(), 1U) << "only the table that is read pays";
    EXPECT_EQ(spent(), kHalf);
    EXPECT_EQ(run_altis({"rooms", "verify", file_of(reply.json)}).status, 0);
    Json forged = reply.json;
    forged.set("rows", Json::array({Json::array({"yes", 1})}));
    EXPECT_NE(run_altis({"rooms", "verify", file_of(forged)}).status, 0);
}

TEST_F(RoomsSqlTest, TheSameStatementIsFreeHoweverItIsWritten) {
    const Reply first = ask(statement(kComputed));
    ASSERT_EQ(first.status, 200) << first.text;
    const std::int64_t paid = spent();
    const Reply again = ask(statement(
        "select case when booked = 'yes' and late = 'no' then 'smooth' else 'else' end, "
        "count(distinct r.person) as n from \"right\" r group by 1 order by n desc limit 1"));
    ASSERT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(spent(), paid);
    EXPECT_EQ(again.json["answer"].to_string(), first.json["answer"].to_string());
    EXPECT_EQ(again.json["rows"].items().size(), 1U);
    EXPECT_EQ(again.json["columns"].items()[1].as_string(), "n");
    EXPECT_EQ(run_altis({"rooms", "verify", file_of(again.json)}).status, 0);
}

TEST_F(RoomsSqlTest, JoinsTheOwnersTables) {
    const Reply reply = ask(statement(
        R"(SELECT m.person IS NOT NULL AS member, COUNT(DISTINCT g.person) AS people,
                  AVG(g.spend) AS spend
           FROM "right" g LEFT JOIN "left" m ON g.person = m.person AND m.gold = 'yes'
           GROUP BY member)"));
    ASSERT_EQ(reply.status, 200) << reply.text;
    const Json& rows = reply.json["rows"];
    ASSERT_EQ(rows.items().size(), 2U);
    EXPECT_TRUE(holds(rows.items()[1].items()[1], 134)) << reply.text;
    EXPECT_TRUE(holds(rows.items()[1].items()[2], 20)) << reply.text;
    EXPECT_EQ(reply.json["answer"]["receipt"]["data"].items().size(), 2U);
}

// Cities come from the data: the three of Solo are counted and their city is not named.
TEST_F(RoomsSqlTest, NamesGroupsOutOfTheDataOnlyWhenManyAreInThem) {
    const Json body = statement(
        R"(SELECT city, COUNT(DISTINCT person) AS people FROM "right" GROUP BY city
           ORDER BY city)",
        1'500'000);
    const Reply explained = airline().post("/v1/rooms/open/sql/explanations", body);
    ASSERT_EQ(explained.status, 200) << explained.text;
    EXPECT_GT(explained.json["naming"]["least_noisy_persons"].as_int(), 20);
    const Reply reply = ask(body);
    ASSERT_EQ(reply.status, 200) << reply.text;
    std::string cities;
    for (const Json& row : reply.json["rows"].items())
        cities += std::string(row.items()[0].as_string()) + ", ";
    EXPECT_EQ(cities, "Bolzano, Milano, (not named), ");
    EXPECT_TRUE(holds(reply.json["rows"].items()[1].items()[1], 250)) << reply.text;
    EXPECT_EQ(reply.text.find("Solo"), std::string::npos);
    EXPECT_EQ(reply.json["answer"]["note"].as_string(), explained.json["note"].as_string());
    EXPECT_EQ(run_altis({"rooms", "verify", file_of(reply.json)}).status, 0);
}

TEST_F(RoomsSqlTest, RefusesWithoutChargingAndSaysWhy) {
    run_room(policy("templates-alone"));
    const auto code = [this](std::string_view text) { return ask(statement(text)).code(); };
    EXPECT_EQ(ask(statement(kBooked), "templates-alone").code(), "rooms.sql_not_permitted");
    EXPECT_EQ(code(R"(SELECT secret, COUNT(*) FROM "right" GROUP BY secret)"),
              "rooms.column_not_permitted");
    EXPECT_EQ(code(R"(SELECT COUNT(DISTINCT person) FROM "right" WHERE secret = 'yes')"),
              "rooms.column_not_permitted");
    EXPECT_EQ(code("SELECT COUNT(*) FROM duckdb_settings()"), "rooms.sql_refused");
    EXPECT_EQ(code("SELECT COUNT(*) FROM passengers"), "rooms.sql_refused");
    EXPECT_EQ(code(R"(SELECT person FROM "right")"), "rooms.sql_refused");
    EXPECT_EQ(code("SELECT 1; SELECT 2"), "rooms.sql_refused");
    EXPECT_EQ(code("SELEC"), "rooms.sql_malformed");
    EXPECT_EQ(code(""), "rooms.sql_malformed");
    EXPECT_EQ(ask(Json::object()).code(), "json.missing");
    EXPECT_EQ(ask(statement(kBooked).set("bounds", Json::object({{"rows", 1}}))).code(),
              "rooms.plan_invalid");
    EXPECT_EQ(ask(statement(kBooked, 1'600'000)).code(), "rooms.epsilon_out_of_range");
    EXPECT_EQ(ask(statement(kBooked), "none").code(), "rooms.unknown");
    EXPECT_EQ(owner().post("/v1/rooms/open/sql", statement(kBooked)).code(),
              "rooms.not_a_receiver");
    EXPECT_EQ(server_->caller("altis_0").post("/v1/rooms/open/sql", statement(kBooked)).status,
              401);
    EXPECT_EQ(spent(), 0);
}

TEST_F(RoomsSqlTest, ExplainsForFreeAndStopsWhereTheBudgetEnds) {
    const std::string path = "/v1/rooms/open/sql/explanations";
    const Reply explained = airline().post(path, statement(kBooked, 1'500'000));
    ASSERT_EQ(explained.status, 200) << explained.text;
    EXPECT_TRUE(explained.json["fits"].as_bool());
    EXPECT_GT(explained.json["intervals"].items().at(0)["plus_minus"].as_double(), 1);
    EXPECT_EQ(spent(), 0);
    const Finished shown = run_altis({"rooms", "sql", "open", std::string(kBooked), "--epsilon",
                                      "1.5", "--data", server_->data(), "--key", keys_.airline});
    EXPECT_EQ(shown.status, 0);
    EXPECT_NE(shown.output.find("booked"), std::string::npos) << shown.output;
    EXPECT_NE(shown.output.find("epsilon 1.500000"), std::string::npos) << shown.output;
    EXPECT_EQ(spent(), 1'500'000);
    EXPECT_FALSE(airline().post(path, statement(kComputed, 1'000'000)).json["fits"].as_bool());
    EXPECT_EQ(ask(statement(kComputed, 1'000'000)).code(), "rooms.budget_spent");
    EXPECT_EQ(spent(), 1'500'000);
    EXPECT_EQ(ask(statement(kComputed, 500'000)).status, 200) << "what is left can be spent";
}

// A worker that ends, for whatever reason, says one thing; the charge stays and pays for the answer
// that the next try gets.
TEST_F(RoomsSqlTest, AWorkerThatDiesTellsNothingAndCostsOnce) {
    std::atomic<bool> is_over = false;
    std::thread killer([&] {
        int first = 0;
        while (!is_over) {
            for (const int worker : workers_of(server_->pid())) {
                if (first == 0) first = worker;
                if (worker != first) ::kill(worker, SIGKILL);
            }
        }
    });
    const Reply failed = ask(statement(kComputed));
    is_over = true;
    killer.join();
    EXPECT_EQ(failed.code(), "rooms.sql_failed") << failed.text;
    EXPECT_EQ(failed.text.find("signal"), std::string::npos);
    EXPECT_EQ(spent(), kHalf) << "charged before it was computed";
    const Reply answered = ask(statement(kComputed));
    EXPECT_EQ(answered.status, 200) << answered.text;
    EXPECT_EQ(spent(), kHalf);
}

// Half of the places for each of two organisations, however many ask.
TEST_F(RoomsSqlTest, TheGateLetsFewInAndOthersGoOn) {
    run_room(policy("busy").set("sql", true).set("askers", Json::array({"airline", "la28"})));
    struct Asked {
        std::atomic<int> answered = 0;
        std::atomic<int> sent_away = 0;
    };
    std::array<Asked, 2> asked;
    std::vector<std::thread> analysts;
    for (int i = 0; i < 48; ++i) {
        analysts.emplace_back([&, i] {
            Caller caller = i % 2 == 0 ? airline() : owner();
            Asked& mine = asked[i % 2 == 0 ? 0 : 1];
            const Reply reply = caller.post("/v1/rooms/busy/sql", statement(kComputed, 10'000 + i));
            if (reply.ok() || reply.code() == "rooms.group_too_small") {
                ++mine.answered;
            } else {
                EXPECT_EQ(reply.status, 429) << reply.text;
                EXPECT_EQ(reply.code(), "rooms.sql_busy");
                EXPECT_FALSE(reply.header("Retry-After").empty());
                ++mine.sent_away;
            }
        });
    }
    const Reply health = server_->admin().get("/healthz");
    EXPECT_EQ(health.status, 200);
    for (std::thread& analyst : analysts)
        analyst.join();
    for (const Asked& one : asked)
        EXPECT_GE(one.answered, 4);
    EXPECT_GE(asked[0].answered + asked[1].answered, 8);
    EXPECT_GT(asked[0].sent_away + asked[1].sent_away, 0);
    EXPECT_NE(ask(statement(kBooked)).status, 429) << "places are given back";
}

// Also an answer that is there already waits for the end of its class.
TEST_F(RoomsSqlTest, AnswersLeaveAtTheEndOfTheirClass) {
    ASSERT_EQ(ask(statement(kBooked)).status, 200);
    const auto start = Clock::now();
    ASSERT_EQ(ask(statement(kBooked)).status, 200);
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(100));
    const Json overlap = Json::object({{"template", "overlap"}, {"epsilon_micro", kHalf}});
    const auto asked = Clock::now();
    EXPECT_EQ(airline().post("/v1/rooms/open/questions", overlap).status, 200);
    EXPECT_GE(Clock::now() - asked, std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace altis::e2e
