// Treasuries: data sets come in by HTTP and by the command line, in every format and in parts.
// Their rows lie sealed in files of their owner, and are the old ones or the new after any kill.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "games_fixture.h"
#include "warehouse/parquet.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;

constexpr std::string_view kSchema = R"({"key": {"column": "email", "kind": "email"},
    "dimensions": [{"name": "booked", "values": ["1", "0"]}, {"name": "city"}],
    "measures": [{"name": "spend", "low": "0.00", "high": "100.00"}]})";
constexpr int kKills = 4;

// `count` customers with addresses that nothing else has.
std::string customers(int count, std::string_view who = "traveller") {
    std::string csv = "email,booked,city,spend,remark\n";
    for (int i = 0; i < count; ++i) {
        csv += std::string(who) + "-" + std::to_string(i) + "@secret.example.org," +
               std::to_string(i % 2) + ",city-" + std::to_string(i % 7) + "," +
               std::to_string(i % 150) + ".5,\"a remark, of\nno\nimportance\"\n";
    }
    return csv;
}

class TreasuryTest : public GamesTest {
  protected:
    void begin() override { declare("customers"); }

    void declare(const std::string& dataset) const {
        const Reply reply = airline().send(Method::kPut, "/v1/treasury/" + dataset + "/schema",
                                           "application/json", kSchema);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }
    Reply bring(std::string_view csv, std::string_view query = "") const {
        return airline().send(Method::kPut, "/v1/treasury/customers" + std::string(query),
                              "text/csv", csv);
    }
    Reply description() const { return airline().get("/v1/treasury/customers"); }
    // Once what lies on disk was opened.
    Json settled() const {
        Json json = description().json;
        for (int i = 0; i < 1'000 && json["state"].as_string() == "treasury.loading"; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            json = description().json;
        }
        return json;
    }
    std::vector<std::string> files() const { return files_below(folder_ / "data/treasury"); }
    // Old versions go in the background.
    std::size_t settled_files(std::size_t expected) const {
        for (int i = 0; i < 500 && files().size() != expected; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return files().size();
    }
    Finished import_file(const std::string& path, std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {
            "rooms",  "import",        path,    "--dataset",   "customers",
            "--data", server_->data(), "--key", keys_.airline, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return run_altis(words, Capture::kEverything);
    }
    std::string stored(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
};

TEST_F(TreasuryTest, RowsComeInAndAreNeverShown) {
    const Reply imported = bring(customers(300) + "no address,1,x,1,\n");
    ASSERT_EQ(imported.status, 200) << imported.text;
    EXPECT_EQ(imported.json["people"].as_int(), 300);
    EXPECT_EQ(imported.json["bad"].as_int(), 1);
    EXPECT_EQ(imported.json["clamped"]["spend"].as_int(), 100);
    EXPECT_EQ(imported.json["bad_rows"].items()[0]["column"].as_string(), "email");
    const Reply shown = description();
    EXPECT_EQ(shown.json["state"].as_string(), "ready");
    EXPECT_EQ(shown.json["imported"]["commitment"], imported.json["commitment"]);
    EXPECT_EQ(shown.text.find("city-3"), std::string::npos);  // values of a private column
    EXPECT_EQ(airline().get("/v1/treasury").json["items"].items().size(), 1U);
    // Others have a treasury of their own.
    EXPECT_EQ(server_->admin().get("/v1/treasury").json["items"].items().size(), 0U);
    EXPECT_EQ(server_->admin().get("/v1/treasury/customers").code(), "treasury.dataset_unknown");

    ASSERT_EQ(settled_files(1), 1U);
    server_->kill();
    EXPECT_TRUE(files_that_hold(server_->data(), {"secret.example.org", "city-3"}).empty());
    ASSERT_TRUE(server_->start_again());
    const Json again = settled();
    EXPECT_EQ(again["state"].as_string(), "ready");
    EXPECT_EQ(again["imported"]["commitment"], imported.json["commitment"]);

    EXPECT_EQ(airline().remove("/v1/treasury/customers").status, 200);
    EXPECT_EQ(description().code(), "treasury.dataset_unknown");
    EXPECT_EQ(settled_files(0), 0U);
}

TEST_F(TreasuryTest, TheSameAgainChangesNothing) {
    const Reply first = bring(customers(50));
    const Reply again = bring(customers(50));
    EXPECT_EQ(first.json["commitment"], again.json["commitment"]);
    EXPECT_EQ(first.json["imported_at"], again.json["imported_at"]);
    EXPECT_EQ(settled_files(1), 1U);
    EXPECT_EQ(description().json["state"].as_string(), "ready");
}

TEST_F(TreasuryTest, PartsComeInOrder) {
    const std::string csv = customers(40);
    const std::string more = customers(30, "guest");
    EXPECT_EQ(bring(csv, "?part=2&parts=2").code(), "treasury.part_out_of_order");
    EXPECT_EQ(bring(csv, "?part=3&parts=2").code(), "treasury.part_invalid");
    EXPECT_EQ(bring(csv, "?part=1&parts=2").status, 202);
    EXPECT_EQ(bring(more, "?part=2&parts=3").code(), "treasury.part_out_of_order");
    const Reply last = bring(more, "?part=2&parts=2");
    ASSERT_EQ(last.status, 200) << last.text;
    EXPECT_EQ(last.json["people"].as_int(), 70);
    EXPECT_EQ(bring(more, "?part=2&parts=2").code(), "treasury.part_out_of_order");
    EXPECT_EQ(bring(csv + csv, "?duplicates=refuse").code(), "treasury.duplicates");
    EXPECT_EQ(airline().send(Method::kPut, "/v1/treasury/unknown", "text/csv", csv).code(),
              "treasury.schema_missing");
    EXPECT_EQ(airline().send(Method::kPut, "/v1/treasury/customers", "text/plain", csv).code(),
              "treasury.format_unknown");
}

TEST_F(TreasuryTest, TheCommandLineBringsFilesOfEveryFormat) {
    const std::string schema = stored("schema.json", std::string(kSchema));
    constexpr int kMany = 130'000;  // several parts
    const std::string csv = stored("customers.csv", customers(kMany));
    ASSERT_GT(std::filesystem::file_size(csv), 9U << 20);
    const Finished from_csv = import_file(csv, {"--schema", schema});
    ASSERT_EQ(from_csv.status, 0) << from_csv.output;
    const auto csv_answer = codec::parse_json(from_csv.output);
    ASSERT_TRUE(csv_answer) << from_csv.output;
    EXPECT_EQ((*csv_answer)["people"].as_int(), kMany);
    EXPECT_EQ((*csv_answer)["bad"].as_int(), 0);

    warehouse::Rows rows;
    rows.names = {"email", "booked", "city", "spend"};
    for (std::size_t i = 0; i < rows.names.size(); ++i)
        rows.columns.emplace_back(warehouse::Type::kText);
    std::string ndjson;
    for (int i = 0; i < 3'000; ++i) {
        const std::string cells[] = {"t-" + std::to_string(i) + "@secret.example.org",
                                     std::to_string(i % 2), "a \"b\", c", "2.5"};
        for (std::size_t column = 0; column < 4; ++column)
            rows.columns[column].add_text(cells[column]);
        ndjson +=
            Json::object(
                {{"email", cells[0]}, {"booked", i % 2}, {"city", cells[2]}, {"spend", cells[3]}})
                .to_string() +
            "\n";
    }
    const auto parquet = warehouse::write_parquet(rows);
    ASSERT_TRUE(parquet);
    const Finished from_ndjson = import_file(stored("customers.ndjson", ndjson));
    ASSERT_EQ(from_ndjson.status, 0) << from_ndjson.output;
    const Finished from_parquet = import_file(stored("customers.parquet", *parquet));
    ASSERT_EQ(from_parquet.status, 0) << from_parquet.output;
    const Reply direct = airline().send(Method::kPut, "/v1/treasury/customers",
                                        "application/vnd.apache.parquet", *parquet);
    ASSERT_EQ(direct.status, 200) << direct.text;
    for (const Finished& other : {from_ndjson, from_parquet}) {
        const auto answer = codec::parse_json(other.output);
        ASSERT_TRUE(answer);
        EXPECT_EQ((*answer)["commitment"], direct.json["commitment"]) << other.output;
    }
    EXPECT_EQ(import_file(stored("customers.txt", "x")).status, 2);
    const Finished latin = import_file(stored("latin.csv", "email,booked\n\xe9@x.org,1\n"));
    EXPECT_EQ(latin.status, 2);
    EXPECT_NE(latin.output.find("line 2, column 1"), std::string::npos) << latin.output;
}

TEST_F(TreasuryTest, AKillLeavesTheOldRowsOrTheNew) {
    std::string versions[2] = {customers(20'000), customers(30'000, "guest")};
    std::string commitments[2];
    for (int i = 0; i < 2; ++i) {
        const Reply reply = bring(versions[i]);
        ASSERT_EQ(reply.status, 200) << reply.text;
        commitments[i] = reply.json["commitment"].as_string();
    }
    std::string present = commitments[1];
    std::mt19937 random(7);
    for (int kill = 0; kill < kKills; ++kill) {
        const int next = present == commitments[0] ? 1 : 0;
        Reply reply;
        std::thread sender([&] { reply = bring(versions[next]); });
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
        server_->kill();
        sender.join();
        ASSERT_TRUE(server_->start_again());
        const Json after = settled();
        EXPECT_EQ(after["state"].as_string(), "ready") << after.to_string();
        const std::string found(after["imported"]["commitment"].as_string());
        if (reply.status == 200) {
            EXPECT_EQ(found, commitments[next]);
        } else {
            EXPECT_TRUE(found == present || found == commitments[next]);
        }
        present = found;
        EXPECT_EQ(files().size(), 1U);
    }
}

// A room of which the airline may have lists of those who want messages.
class ActivationTest : public GamesTest {
  protected:
    static constexpr int kFans = 240;

    void begin() override {
        ASSERT_TRUE(
            owner()
                .put("/v1/segments/viewers",
                     Json::object({{"kind", "segment"}, {"rule", "dwell(technical_chart) > 0"}}))
                .ok());
        std::vector<Json> events;
        for (int i = 0; i < kFans; ++i)
            add_fan(events, i);
        ASSERT_EQ(ingest().post("/v1/batch", batch_of(std::move(events))).status, 200);
        Caller caller = airline();
        ASSERT_TRUE(declare_customers(caller, "customers"));
        import(120, kFans);
        propose();
    }

    static std::string user(int number) { return "fan-" + std::to_string(number); }

    // Every third agrees to clean rooms alone.
    static void add_fan(std::vector<Json>& events, int number) {
        const std::string id = user(number);
        const auto consent = [&id](std::string_view purpose) {
            return track(std::string(purpose) + id, id, "Consent Updated",
                         Json::object({{"purpose", purpose}, {"given", true}}));
        };
        events.push_back(identify("i-" + id, id, id + "@secret.example.org"));
        events.push_back(track("s-" + id, id, "Content Viewed",
                               Json::object({{"kind", "technical_chart"}, {"dwell_ms", 100}})));
        events.push_back(consent("clean_room"));
        if (number % 3 != 0) events.push_back(consent("messages"));
    }

    void import(int from, int to) const {
        std::string csv = "email,booked\n";
        for (int i = from; i < to; ++i)
            csv += user(i) + "@secret.example.org,1\n";
        ASSERT_EQ(airline().send(Method::kPut, "/v1/treasury/customers", "text/csv", csv).status,
                  200);
    }

    void propose(std::string_view id = "flights", bool permits = true) const {
        Json room =
            Json::object({{"id", id},
                          {"edition", kEdition},
                          {"purpose", "clean_room"},
                          {"templates", Json::array({"overlap"})},
                          {"owners", Json::array({room_owner({"left", "la28", "segment:viewers"}),
                                                  room_owner({"right", "airline", "customers"})})},
                          {"receivers", Json::array({"la28", "airline"})},
                          {"minimum_group", 20},
                          {"until", "2099-01-01T00:00:00Z"}});
        if (permits)
            room.set("activation", Json::object({{"purpose", "messages"}, {"minimum", 100}}));
        ASSERT_EQ(owner().post("/v1/rooms", room).status, 201);
        const std::string approvals = "/v1/rooms/" + std::string(id) + "/approvals";
        ASSERT_EQ(owner().post(approvals, Json::object()).status, 200);
        ASSERT_EQ(airline().post(approvals, Json::object()).status, 200);
    }

    static std::string at(std::int64_t number, std::string_view what) {
        return "/v1/rooms/flights/activations/" + std::to_string(number) + std::string(what);
    }
    static Reply ask(Caller&& caller, std::string_view room = "flights") {
        return caller.post("/v1/rooms/" + std::string(room) + "/activations",
                           Json::object({{"fans", "left"}, {"with", "right"}}));
    }
    static Reply approve(Caller&& caller, std::int64_t number) {
        return caller.post(at(number, "/approvals"), Json::object());
    }
    static Reply fetch(Caller&& caller, std::int64_t number) {
        return caller.post(at(number, "/lists"), Json::object());
    }
    static std::ptrdiff_t rows_of(const Reply& list) {
        return std::ranges::count(list.json["list"].as_string(), '\n') - 1;
    }
};

// Fans 120 to 239 are customers; import(60, 240) brings 120 of them who want messages.
TEST_F(ActivationTest, GoesToWhoAskedOnceTheFansOwnerSaidYes) {
    import(60, kFans);
    const Reply asked = ask(airline());
    ASSERT_EQ(asked.status, 201) << asked.text;
    const std::int64_t number = asked.json["activation"].as_int();
    EXPECT_EQ(asked.json["state"].as_string(), "waiting");
    EXPECT_EQ(asked.json["missing_approvals"].items().size(), 1U);
    EXPECT_EQ(fetch(airline(), number).code(), "rooms.not_approved");
    EXPECT_EQ(approve(airline(), number).json["state"].as_string(), "waiting") << "its own yes";
    EXPECT_EQ(approve(owner(), number).json["state"].as_string(), "approved");
    EXPECT_EQ(fetch(owner(), number).code(), "rooms.not_a_receiver");
    const Reply list = fetch(airline(), number);
    ASSERT_EQ(list.status, 200) << list.text;
    EXPECT_EQ(rows_of(list), 120);
    EXPECT_EQ(list.json["rows"].as_int(), 120);
    const std::string text(list.json["list"].as_string());
    EXPECT_TRUE(text.starts_with("fan,purpose,edition,consent_at,consent_offset")) << text;
    EXPECT_EQ(text.find("fan-"), std::string::npos) << "ids are for the owner of the fans alone";
    EXPECT_EQ(list.text.find("secret.example.org"), std::string::npos);
    std::ofstream(folder_ / "list.json") << list.text;
    EXPECT_EQ(run_altis({"rooms", "verify", folder_ / "list.json"}).status, 0);
    std::string forged = list.text;
    forged.replace(forged.find("messages"), 8, "analysis");
    std::ofstream(folder_ / "forged.json") << forged;
    EXPECT_NE(run_altis({"rooms", "verify", folder_ / "forged.json"}).status, 0);

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    Reply again = fetch(airline(), number);
    for (int i = 0; i < 500 && again.code() == "treasury.loading"; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        again = fetch(airline(), number);
    }
    EXPECT_EQ(again.json["list"].as_string(), text);
    const Json items = owner().get("/v1/rooms/flights/activations").json["items"];
    EXPECT_EQ(items.items().at(0)["released"].as_int(), 2);
    EXPECT_EQ(items.items().at(0)["receipt"], again.json["receipt"]);
}

TEST_F(ActivationTest, TooFewAndNobodyAreRefusedAlike) {
    const std::int64_t number = ask(airline()).json["activation"].as_int();
    ASSERT_EQ(approve(owner(), number).status, 200);
    const Reply few = fetch(airline(), number);  // 80 want messages
    import(kFans, kFans + 200);
    EXPECT_EQ(fetch(airline(), number).code(), "rooms.activation_overtaken");
    const std::int64_t second = ask(airline()).json["activation"].as_int();
    EXPECT_NE(second, number);
    ASSERT_EQ(approve(owner(), second).status, 200);
    const Reply none = fetch(airline(), second);
    EXPECT_EQ(few.status, 403);
    EXPECT_EQ(few.code(), "rooms.group_too_small");
    EXPECT_EQ(none.text, few.text);
}

TEST_F(ActivationTest, AWithdrawnConsentActsOnTheNextList) {
    import(0, kFans);
    const std::int64_t number = ask(owner()).json["activation"].as_int();
    ASSERT_EQ(fetch(owner(), number).code(), "rooms.not_approved");
    ASSERT_EQ(approve(airline(), number).status, 200);
    const Reply list = fetch(owner(), number);
    ASSERT_EQ(list.status, 200) << list.text;
    EXPECT_EQ(rows_of(list), 160);
    EXPECT_NE(list.text.find("fan-1,"), std::string::npos) << "its own ids";
    EXPECT_EQ(list.text.find("fan-3,"), std::string::npos) << "wants no messages";
    ASSERT_EQ(
        ingest()
            .post("/v1/batch",
                  batch_of({track("w-1", "fan-1", "Consent Updated",
                                  Json::object({{"purpose", "messages"}, {"given", false}})),
                            track("w-2", "fan-2", "Consent Updated",
                                  Json::object({{"purpose", "clean_room"}, {"given", false}}))}))
            .status,
        200);
    const Reply later = fetch(owner(), number);
    EXPECT_EQ(rows_of(later), 158);
    EXPECT_EQ(later.text.find("fan-1,"), std::string::npos);
    EXPECT_EQ(later.text.find("fan-2,"), std::string::npos);
}

TEST_F(ActivationTest, ARoomWhosePolicyDoesNotPermitListsGivesNone) {
    propose("plain", false);
    EXPECT_EQ(ask(airline(), "plain").code(), "rooms.activation_not_permitted");
    EXPECT_EQ(ask(airline(), "nowhere").code(), "rooms.unknown");
    Caller admin = server_->admin();
    const auto stranger = issue_key(admin, "stranger", "airline", {"treasury"});
    ASSERT_TRUE(stranger);
    EXPECT_EQ(ask(server_->caller(*stranger)).code(), "auth.scope_missing");
    ASSERT_EQ(owner().remove("/v1/rooms/flights").status, 200);
    EXPECT_EQ(ask(airline()).code(), "rooms.revoked");
}

TEST_F(TreasuryTest, AColumnForNeverIsInNoPolicy) {
    const std::string schema = R"({"key": {"column": "email", "kind": "email"},
        "dimensions": [{"name": "booked", "values": ["1", "0"]}], "never": ["city"]})";
    ASSERT_EQ(airline()
                  .send(Method::kPut, "/v1/treasury/customers/schema", "application/json", schema)
                  .status,
              200);
    const auto propose = [this](std::string_view column) {
        return owner().post(
            "/v1/rooms",
            Json::object(
                {{"id", column},
                 {"edition", kEdition},
                 {"purpose", "clean_room"},
                 {"templates", Json::array({"overlap"})},
                 {"owners",
                  Json::array(
                      {room_owner({"left", "la28", "fans"}),
                       room_owner({"right", "airline", "customers", {std::string(column)}})})},
                 {"receivers", Json::array({"airline"})},
                 {"minimum_group", 20},
                 {"until", "2099-01-01T00:00:00Z"}}));
    };
    EXPECT_EQ(propose("city").code(), "rooms.column_never");
    EXPECT_EQ(propose("booked").status, 201);
}

}  // namespace
}  // namespace altis::e2e
