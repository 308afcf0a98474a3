// Bad input against the real server: each item gets one clear problem with a stable code, whose
// sentence names the thing and the remedy; good events beside bad ones count; nothing is harmed.
#include <fstream>
#include <gtest/gtest.h>

#include "altis_server.h"
#include "codec/compress.h"
#include "games.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::size_t kTooLargeBytes = 33U << 20;

class BadInputTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder = new TemporaryFolder();
        auto started = Server::start({*folder / "data", "", {}});
        ASSERT_TRUE(started) << started.error().message;
        server = started->release();
        auto found = found_games(*server);
        ASSERT_TRUE(found) << found.error().message;
        keys = new Keys(*found);
        Caller airline = server->caller(keys->airline);
        ASSERT_TRUE(declare_customers(airline, "customers"));
    }
    static void TearDownTestSuite() {
        delete server;
        delete keys;
        delete folder;
    }
    // Whatever a test sent: the server is well, and what it had accepted survives a restart.
    void TearDown() override {
        EXPECT_EQ(server->caller("").get("/healthz").json["status"].as_string(), "ok");
        const std::int64_t before = events();
        server->kill();
        const auto again = server->start_again();
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(events(), before);
    }

    static std::int64_t events() {
        return server->caller(keys->owner).get("/v1/fans/stats").json["events"].as_int(-1);
    }
    static Reply ingest(std::string_view body) {
        return server->caller(keys->ingest).post_text("/v1/batch", body);
    }
    static Reply odf(std::string_view xml) {
        return server->caller(keys->owner)
            .send(server::Method::kPost, "/v1/odf", "application/xml", xml);
    }
    static Reply csv(std::string_view text) {
        return server->caller(keys->airline)
            .send(server::Method::kPut, "/v1/treasury/customers", "text/csv", text);
    }

    static TemporaryFolder* folder;
    static Server* server;
    static Keys* keys;
};

TemporaryFolder* BadInputTest::folder = nullptr;
Server* BadInputTest::server = nullptr;
Keys* BadInputTest::keys = nullptr;

// One problem document: its status, its code, and a sentence that names `named`.
void expect_problem(const Reply& reply, int status, std::string_view code, std::string_view named) {
    EXPECT_EQ(reply.status, status) << reply.text;
    EXPECT_EQ(reply.content_type, "application/problem+json") << reply.text;
    EXPECT_EQ(reply.code(), code) << reply.text;
    EXPECT_EQ(reply.json["status"].as_int(), status) << reply.text;
    EXPECT_EQ(reply.json["type"].as_string(), "/problems/" + std::string(code)) << reply.text;
    EXPECT_FALSE(reply.json["title"].as_string().empty()) << reply.text;
    EXPECT_NE(reply.detail().find(named), std::string::npos)
        << "'" << reply.detail() << "' does not name " << named;
}

// One refused event beside a good one: the good one counts.
void expect_rejected(const Reply& reply, std::string_view code, std::string_view named) {
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.json["accepted"].as_int(), 1) << reply.text;
    ASSERT_EQ(reply.json["rejected"].items().size(), 1U) << reply.text;
    const Json& rejection = reply.json["rejected"].items().front();
    EXPECT_EQ(rejection["index"].as_int(), 0);
    EXPECT_EQ(rejection["code"].as_string(), code) << reply.text;
    EXPECT_NE(rejection["detail"].as_string().find(named), std::string_view::npos) << reply.text;
}

// A batch of the given event and a good one with this id.
std::string beside_good(const std::string& event, std::string_view good) {
    return "{\"batch\":[" + event + "," + track(good, "fan-good", "Seen").to_string() + "]}";
}

TEST_F(BadInputTest, MalformedJson) {
    expect_problem(ingest("{\"batch\":["), 400, "json.malformed", "byte");
    expect_problem(ingest(""), 400, "json.malformed", "");
    expect_problem(ingest("[]"), 400, "json.malformed", "");
    expect_problem(ingest("{}"), 400, "batch.missing", "batch");
    expect_problem(server->admin().post_text("/v1/organisations", "{\"id\":"), 400,
                   "json.malformed", "JSON");
    expect_problem(server->admin().post_text("/v1/organisations", "[1]"), 400, "json.wrong_type",
                   "object");
    std::string deep = "{\"batch\":" + std::string(200, '[') + std::string(200, ']') + "}";
    const Reply reply = ingest(deep);
    EXPECT_TRUE(reply.status == 400 || reply.json["rejected"].items().size() == 1) << reply.text;
}

TEST_F(BadInputTest, WrongTypes) {
    expect_problem(server->admin().post_text("/v1/organisations",
                                             R"({"id":7,"name":"Seven","kind":"sponsor"})"),
                   400, "json.wrong_type", "id");
    expect_problem(server->admin().post_text("/v1/organisations", R"({"name":"Nobody"})"), 400,
                   "json.missing", "id");
    expect_problem(ingest(R"({"batch":{"type":"track"}})"), 400, "batch.missing", "array");
    expect_rejected(
        ingest(beside_good(R"({"type":"track","userId":"fan-1","event":5})", "good-wrong-1")),
        "event.bad_property", "event");
    expect_rejected(ingest(beside_good(R"("not an object")", "good-wrong-2")), "event.malformed",
                    "object");
    expect_rejected(ingest(beside_good(
                        R"({"type":"track","userId":"fan-1","event":"Content Viewed","properties":)"
                        R"({"kind":"replay","dwell_ms":"long"}})",
                        "good-wrong-3")),
                    "event.bad_property", "dwell_ms");
}

TEST_F(BadInputTest, UnknownWriteKey) {
    Caller stranger = server->caller("altis_unknown");
    const Reply reply = stranger.post("/v1/batch", batch_of({track("u-1", "fan-1", "Seen")}));
    expect_problem(reply, 401, "auth.unknown_key", "key");
}

TEST_F(BadInputTest, BodyOf33Megabytes) {
    const std::string body(kTooLargeBytes, ' ');
    expect_problem(ingest(body), 413, "http.body_too_large", "bytes");
}

TEST_F(BadInputTest, BadGzip) {
    const std::string good = codec::gzip(batch_of({track("z-1", "fan-1", "Seen")}).to_string());
    EXPECT_EQ(ingest(good).json["accepted"].as_int(), 1);
    expect_problem(ingest(good.substr(0, good.size() / 2)), 400, "gzip.malformed", "gzip");
    std::string damaged = good;
    damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 0x20);
    expect_problem(ingest(damaged), 400, "gzip.malformed", "gzip");
    const std::string bomb = codec::gzip(std::string(65U << 20, 'a'), 9);
    expect_problem(ingest(bomb), 413, "gzip.too_large", "");
}

TEST_F(BadInputTest, InvalidUtf8) {
    expect_rejected(
        ingest(beside_good("{\"type\":\"track\",\"userId\":\"fan-\xff\xfe\",\"event\":\"Seen\"}",
                           "good-utf8")),
        "event.not_utf8", "UTF-8");
    expect_problem(
        server->admin().post_text("/v1/organisations",
                                  "{\"id\":\"latin\",\"name\":\"Caf\xe9\",\"kind\":\"sponsor\"}"),
        400, "json.not_utf8", "UTF-8");
    expect_problem(csv("email,booked\ncaf\xe9@example.org,1\n"), 400, "treasury.not_utf8", "UTF-8");
}

TEST_F(BadInputTest, EventsOfOtherCenturies) {
    for (const std::string year : {"1900", "2200"}) {
        const std::string event =
            R"({"type":"track","userId":"fan-1","event":"Seen","timestamp":")" + year +
            R"(-02-19T20:00:00Z"})";
        expect_rejected(ingest(beside_good(event, "good-" + year)), "event.time_out_of_range",
                        "clock");
    }
    expect_rejected(
        ingest(beside_good(
            R"({"type":"track","userId":"fan-1","event":"Seen","timestamp":"yesterday"})",
            "good-time")),
        "event.time_malformed", "RFC 3339");
}

TEST_F(BadInputTest, DuplicateIdsWithOtherContent) {
    const auto counts = [] { return server->caller(keys->owner).get("/v1/fans/stats").json; };
    const std::int64_t conflicts = counts()["conflicts"].as_int();
    const Json first = track("same-id", "fan-1", "Seen", Json::object({{"page", "one"}}));
    const Json other = track("same-id", "fan-1", "Seen", Json::object({{"page", "two"}}));
    EXPECT_EQ(ingest(batch_of({first}).to_string()).json["accepted"].as_int(), 1);
    const Reply again = ingest(batch_of({first}).to_string());
    EXPECT_EQ(again.json["duplicate"].as_int(), 1);
    EXPECT_EQ(again.json["conflict"].as_int(), 0);
    const Reply conflict =
        server->caller(keys->ingest)
            .post("/v1/batch?strict=1", batch_of({other, track("beside", "fan-1", "Seen")}));
    EXPECT_EQ(conflict.json["conflict"].as_int(), 1) << conflict.text;
    EXPECT_EQ(conflict.json["accepted"].as_int(), 1) << conflict.text;
    EXPECT_EQ(conflict.json["events"].items()[0]["result"].as_string(), "conflict");
    EXPECT_EQ(counts()["conflicts"].as_int(), conflicts + 1) << "visible afterwards";
}

TEST_F(BadInputTest, XmlWithEntities) {
    expect_problem(odf("<?xml version=\"1.0\"?><!DOCTYPE OdfBody [<!ENTITY lol \"lol\">"
                       "<!ENTITY lol2 \"&lol;&lol;&lol;\">]><OdfBody>&lol2;</OdfBody>"),
                   400, "xml.entity_refused", "");
    expect_problem(odf("<?xml version=\"1.0\"?><!DOCTYPE x SYSTEM \"file:///etc/passwd\">"
                       "<OdfBody/>"),
                   400, "xml.entity_refused", "");
}

TEST_F(BadInputTest, XmlTooDeep) {
    constexpr int kLevels = 26;  // ten more than ODF may have
    std::string xml;
    for (int i = 0; i < kLevels; ++i)
        xml += "<a>";
    for (int i = 0; i < kLevels; ++i)
        xml += "</a>";
    expect_problem(odf(xml), 400, "xml.too_deep", "levels");
    expect_problem(odf("<OdfBody>"), 400, "xml.malformed", "XML");
}

TEST_F(BadInputTest, OdfForAnUnknownUnit) {
    std::string xml = result_odf(Publication::kOfficial, 1);
    expect_problem(odf(xml), 404, "results.unknown_unit", kUnit);
}

TEST_F(BadInputTest, CsvWithAMissingColumn) {
    expect_problem(csv("mail,booked\nfan-1@example.org,1\n"), 400, "csv.column_missing", "email");
    expect_problem(csv("email,tier\nfan-1@example.org,1\n"), 400, "csv.column_missing", "booked");
    const Reply partly =
        csv("email,booked\nfan-1@example.org,1\nno address,1\n"
            "fan-2@example.org\n");
    EXPECT_EQ(partly.status, 200) << partly.text;
    EXPECT_EQ(partly.json["rows"].as_int(), 1) << partly.text;
    EXPECT_EQ(partly.json["bad"].as_int(), 2) << partly.text;
    EXPECT_EQ(partly.json["bad_rows"].items()[0]["line"].as_int(), 3) << partly.text;
}

TEST_F(BadInputTest, NegativeAmount) {
    const std::string order =
        R"({"type":"track","userId":"fan-1","event":"Order Completed","properties":)"
        R"({"order_id":"n-1","currency":"USD","products":[{"category":"merchandise",)"
        R"("price":"-5.00","quantity":1}]}})";
    expect_rejected(ingest(beside_good(order, "good-amount")), "event.negative_amount", "negative");
}

// ---- the program itself -------------------------------------------------------------------------

TEST_F(BadInputTest, ConfigWithAnUnknownKey) {
    const std::string file = *folder / "altis.toml";
    std::ofstream(file) << "[server]\nprot = 8080\n";
    const Finished serve = run_altis({"serve", "--config", file}, Capture::kEverything);
    EXPECT_EQ(serve.status, 2) << serve.output;
    EXPECT_NE(serve.output.find("[server] prot"), std::string::npos) << serve.output;
    EXPECT_NE(serve.output.find("config.unknown_key"), std::string::npos) << serve.output;
    EXPECT_NE(serve.output.find("altis config template"), std::string::npos) << serve.output;
    EXPECT_EQ(run_altis({"config", "check", file}, Capture::kEverything).status, 2);
}

TEST_F(BadInputTest, DataFolderInUse) {
    const Finished second =
        run_altis({"serve", "--data", server->data(), "--port", "0"}, Capture::kEverything);
    EXPECT_EQ(second.status, 6) << second.output;
    EXPECT_NE(second.output.find("data_folder.in_use"), std::string::npos) << second.output;
    EXPECT_NE(second.output.find(server->data()), std::string::npos) << second.output;
}

TEST_F(BadInputTest, PortInUse) {
    const std::string port = std::to_string(server->port());
    const Finished second =
        run_altis({"serve", "--data", *folder / "other", "--port", port}, Capture::kEverything);
    EXPECT_EQ(second.status, 6) << second.output;
    EXPECT_NE(second.output.find("server.port_in_use"), std::string::npos) << second.output;
    EXPECT_NE(second.output.find(port), std::string::npos) << second.output;
}

TEST_F(BadInputTest, ACommandForAServerThatIsNotThere) {
    const Finished finished =
        run_altis({"segments", "list", "--data", *folder / "nowhere"}, Capture::kEverything);
    EXPECT_EQ(finished.status, 6) << finished.output;
    EXPECT_NE(finished.output.find("altis serve"), std::string::npos) << finished.output;
}

}  // namespace
}  // namespace altis::e2e
