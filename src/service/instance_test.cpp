// A whole Altis over HTTP: rights per route, streams across a restart, erasures cut short.
#include "service/instance.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "platform/clock.h"
#include "results/odf_writer.h"
#include "server/http_client.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using codec::Json;
using results::ResultStatus;
using server::Method;

class InstanceTest : public testing::Test {
  protected:
    InstanceTest() {
        std::string name = "/tmp/altis-instance-XXXXXX";
        folder_ = mkdtemp(name.data());
    }
    ~InstanceTest() override {
        if (instance_) instance_->stop();
        std::filesystem::remove_all(folder_);
    }

    Machine machine() { return {platform::real_file_system(), clock_, random_}; }

    void start() {
        InstanceOptions options;
        options.directory = folder_;
        options.journal_segment_bytes = 4U << 20;
        options.warehouse_memory_mb = 256;
        auto instance = Instance::start(machine(), options);
        ASSERT_TRUE(instance) << instance.error().message;
        instance_ = std::move(*instance);
        std::ifstream file(folder_ + "/admin.key");
        file >> admin_;
    }

    void stop() {
        instance_->stop();
        instance_.reset();
    }

    struct Answer {
        int status = 0;
        Json body;
        std::string code() const { return std::string(body["code"].as_string()); }
    };

    Answer call(const std::string& key, Method method, const std::string& path,
                const Json& body = Json(), const std::string& raw = {}) {
        auto client = server::HttpClient::create("127.0.0.1", instance_->port());
        if (!client) return {0, Json::object({{"code", client.error().reason}})};
        const server::Fields headers = {{"Authorization", "Bearer " + key},
                                        {"Content-Type", "application/json"}};
        const std::string text = raw.empty() && !body.is_null() ? body.to_string() : raw;
        const auto response = client->send(method, path, headers, text);
        if (!response) return {0, Json::object({{"code", response.error().reason}})};
        auto json = codec::parse_json(response->body);
        return {response->status, json ? *json : Json()};
    }

    std::string issue(const std::string& id, const std::string& organisation, const Json& scopes,
                      const std::string& edition = "owg2026") {
        const auto answer = call(admin_, Method::kPost, "/v1/keys",
                                 Json::object({{"id", id},
                                               {"organisation", organisation},
                                               {"edition", edition},
                                               {"scopes", scopes}}));
        EXPECT_EQ(answer.status, 201) << answer.code();
        return std::string(answer.body["secret"].as_string());
    }

    void found() {
        start();
        for (const char* id : {"holder", "sponsor"}) {
            ASSERT_EQ(call(admin_, Method::kPost, "/v1/organisations",
                           Json::object({{"id", id}, {"name", id}, {"kind", "sponsor"}}))
                          .status,
                      201);
        }
        ASSERT_EQ(call(admin_, Method::kPost, "/v1/editions",
                       Json::object({{"id", "owg2026"}, {"name", "Games"}}))
                      .status,
                  201);
        for (const char* category : {"fan_engagement", "results"}) {
            ASSERT_EQ(call(admin_, Method::kPost, "/v1/ownerships",
                           Json::object({{"organisation", "holder"},
                                         {"category", category},
                                         {"edition", "owg2026"}}))
                          .status,
                      201);
        }
        const Json all = Json::array({"read", "rights", "fans", "segments", "rooms", "results",
                                      "results:write", "messages", "market", "treasury"});
        holder_ = issue("holder", "holder", all);
        sponsor_ = issue("sponsor", "sponsor", all);
        app_ = issue("app", "holder", Json::array({"ingest"}));
        ASSERT_EQ(call(holder_, Method::kPut, "/v1/segments/readers", readers()).status, 200);
        ASSERT_EQ(call(holder_, Method::kPost, "/v1/campaigns", campaign("caps")).status, 201);
    }

    static Json readers() {
        return Json::object({{"kind", "cohort"}, {"rule", "dwell(technical_chart) > 0"}});
    }

    static Json campaign(const char* id) {
        return Json::object({{"id", id},
                             {"edition", "owg2026"},
                             {"name", "Caps"},
                             {"audience", "readers"},
                             {"link", "https://app.example.org/unit"},
                             {"window_hours", 24},
                             {"shares", Json::array({Json::object({{"organisation", "holder"},
                                                                   {"basis_points", 10'000}})})}});
    }

    void bring_fans(int first, int count) {
        std::vector<std::string> events;
        for (int i = first; i < first + count; ++i) {
            for (const std::string& one :
                 fixture::fan_events("fan-" + std::to_string(i), "1000001"))
                events.push_back(one);
        }
        ASSERT_EQ(call(app_, Method::kPost, "/v1/batch", Json(), fixture::batch_of(events)).status,
                  200);
    }

    std::vector<server::StreamEvent> read_stream(std::optional<std::uint64_t> after,
                                                 std::size_t wanted) {
        std::vector<server::StreamEvent> events;
        auto reader =
            server::EventStreamReader::open("127.0.0.1", instance_->port(), "/v1/messages/stream",
                                            {{"Authorization", "Bearer " + holder_}}, after);
        EXPECT_TRUE(reader) << reader.error().message;
        while (reader && events.size() < wanted) {
            auto event = reader->next(seconds(5));
            if (!event || !*event) break;
            events.push_back(**event);
        }
        return events;
    }

    void publish_result() {
        auto schedule = results::fixture::envelope(results::OdfType::kSchedule,
                                                   "FSK-------------------------------", 1);
        schedule.units.push_back(results::fixture::medal_unit(results::fixture::kFreeSkate));
        const auto odf = [this](const results::OdfMessage& message) {
            return call(holder_, Method::kPost, "/v1/odf", Json(), results::write_odf(message));
        };
        const auto scheduled = odf(schedule);
        ASSERT_EQ(scheduled.status, 200) << scheduled.code();
        const auto published = odf(results::fixture::free_skate(1, ResultStatus::kOfficial));
        ASSERT_EQ(published.status, 200) << published.code();
        ASSERT_TRUE(fixture::all_sent(instance_->core()));
    }

    platform::SystemClock clock_;
    platform::SystemRandom random_;
    std::string folder_;
    std::unique_ptr<Instance> instance_;
    std::string admin_;
    std::string holder_;
    std::string sponsor_;
    std::string app_;
};

TEST_F(InstanceTest, NobodySeesOrChangesWhatBelongsToAnother) {
    found();
    bring_fans(0, 3);
    struct Foreign {
        Method method;
        std::string path;
        Json body;
        std::string code;
    };
    const std::vector<Foreign> foreign = {
        {Method::kGet, "/v1/fans/stats", Json(), "rights.no_grant"},
        {Method::kGet, "/v1/fans/fan-1", Json(), "rights.no_grant"},
        {Method::kDelete, "/v1/fans/fan-1", Json(), "rights.no_grant"},
        {Method::kGet, "/v1/segments", Json(), "rights.no_grant"},
        {Method::kGet, "/v1/segments/readers", Json(), "rights.no_grant"},
        {Method::kPut, "/v1/segments/readers", readers(), "rights.not_owner"},
        {Method::kGet, "/v1/messages/stats", Json(), "rights.no_grant"},
        {Method::kGet, "/v1/messages/stream", Json(), "rights.no_grant"},
        {Method::kGet, "/v1/messages/00112233445566778899aabbccddeeff", Json(), "rights.no_grant"},
        {Method::kPost, "/v1/campaigns", campaign("theirs"), "rights.no_grant"},
        {Method::kGet, "/v1/statements/holder", Json(), "market.not_yours"},
        {Method::kGet, "/v1/ledger", Json(), "auth.scope_missing"},
    };
    for (const Foreign& one : foreign) {
        const Answer answer = call(sponsor_, one.method, one.path, one.body);
        EXPECT_EQ(answer.status, 403) << one.path;
        EXPECT_EQ(answer.code(), one.code) << one.path;
    }
    const auto xml = results::write_odf(results::fixture::free_skate(1, ResultStatus::kOfficial));
    EXPECT_EQ(call(sponsor_, Method::kPost, "/v1/odf", Json(), xml).code(), "rights.no_grant");
    EXPECT_EQ(call(sponsor_, Method::kGet, "/v1/campaigns").body["items"].items().size(), 0U);
    EXPECT_EQ(call(holder_, Method::kGet, "/v1/campaigns").body["items"].items().size(), 1U);
    EXPECT_EQ(call(holder_, Method::kGet, "/v1/fans/stats").body["fans"].as_int(), 3);
    EXPECT_EQ(call(admin_, Method::kGet, "/v1/fans/stats").status, 200);
    EXPECT_EQ(call(admin_, Method::kGet, "/v1/fans/fan-1?edition=owg2026").code(),
              "rights.no_grant");
}

TEST_F(InstanceTest, AGrantOpensWhatItNamesAndItsEndClosesIt) {
    found();
    ASSERT_EQ(call(holder_, Method::kPost, "/v1/grants",
                   Json::object({{"id", "share"},
                                 {"grantee", "sponsor"},
                                 {"category", "fan_engagement"},
                                 {"purpose", "segment_sharing"},
                                 {"edition", "owg2026"},
                                 {"until", "2099-01-01T00:00:00Z"},
                                 {"policy", "Agreed in writing"}}))
                  .status,
              201);
    EXPECT_EQ(call(sponsor_, Method::kGet, "/v1/segments/readers").status, 200);
    EXPECT_EQ(call(sponsor_, Method::kGet, "/v1/fans/stats").status, 403);
    const std::string third = issue("third", "altis", Json::array({"read"}));
    EXPECT_EQ(call(third, Method::kGet, "/v1/grants").body["items"].items().size(), 0U);
    EXPECT_EQ(call(sponsor_, Method::kGet, "/v1/grants").body["items"].items().size(), 1U);
    ASSERT_EQ(call(holder_, Method::kDelete, "/v1/grants/share").status, 200);
    EXPECT_EQ(call(sponsor_, Method::kGet, "/v1/segments/readers").status, 403);
}

TEST_F(InstanceTest, AStreamGoesOnAcrossARestartWithTheSameEvents) {
    found();
    bring_fans(0, 20);
    publish_result();
    const auto live = read_stream(0, 20);
    ASSERT_EQ(live.size(), 20U);
    stop();
    start();
    const auto again = read_stream(0, 20);
    ASSERT_EQ(again.size(), 20U);
    for (std::size_t i = 0; i < live.size(); ++i) {
        EXPECT_EQ(again[i].id, live[i].id);
        EXPECT_EQ(again[i].data, live[i].data);
        EXPECT_EQ(again[i].event, live[i].event);
    }
    const auto rest = read_stream(live[14].id, 5);
    ASSERT_EQ(rest.size(), 5U);
    EXPECT_EQ(rest.front().id, live[15].id);
    // Who is erased has no message in the stream any more, neither now nor after a start.
    ASSERT_EQ(call(holder_, Method::kDelete, "/v1/fans/fan-3").status, 200);
    const auto now = read_stream(0, 19);
    ASSERT_EQ(now.size(), 19U);
    for (const auto& event : now)
        EXPECT_EQ(event.data.find("\"fan-3\""), std::string::npos);
    stop();
    start();
    const auto without = read_stream(0, 19);
    ASSERT_EQ(without.size(), 19U);
    for (const auto& event : without)
        EXPECT_EQ(event.data.find("\"fan-3\""), std::string::npos);
}

TEST_F(InstanceTest, TheHashOfAllBooksIsTheOperatorsAlone) {
    found();
    EXPECT_EQ(call(holder_, Method::kGet, "/v1/journal").status, 200);
    const Answer refused = call(holder_, Method::kGet, "/v1/journal?state=1");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "auth.scope_missing");
    const Answer given = call(admin_, Method::kGet, "/v1/journal?state=1");
    EXPECT_EQ(given.body["state_hash"].as_string().size(), 64U);
}

TEST_F(InstanceTest, AnErasureGivesAReceiptAndLeavesNoRow) {
    found();
    bring_fans(0, 5);
    const Answer receipt = call(holder_, Method::kDelete, "/v1/fans/fan-1");
    ASSERT_EQ(receipt.status, 200) << receipt.code();
    EXPECT_EQ(receipt.body["statement"]["warehouse_rows_left"].as_int(), 0);
    EXPECT_GT(receipt.body["statement"]["journal_offset"].as_int(), 0);
    EXPECT_EQ(call(holder_, Method::kGet, "/v1/fans/fan-1").code(), "fans.unknown_fan");
}

TEST_F(InstanceTest, AnErasureThatWasCutShortIsFinishedInTheWarehouse) {
    found();
    bring_fans(0, 5);
    const auto rows = [this]() -> std::int64_t {
        const Answer answer = call(admin_, Method::kGet, "/v1/warehouse");
        return answer.body["lag"].as_int(-1) == 0 ? answer.body["tables"]["fan_events"].as_int()
                                                  : -1;
    };
    const auto wait_for = [&rows](std::int64_t wanted) {
        for (int i = 0; i < 200 && rows() != wanted; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        return rows();
    };
    const std::int64_t before = wait_for(15);
    ASSERT_EQ(before, 15);
    stop();
    {  // The record becomes durable, and the process ends there.
        CoreOptions options;
        options.directory = folder_;
        options.journal_segment_bytes = 4U << 20;
        auto core = Core::open(machine(), options).value();
        const Secrets secrets = read_secrets(core->vault()).value();
        ASSERT_TRUE(fixture::command(*core, [&](Turn& turn) -> Result<void> {
            TRY(auto decision,
                turn.world().fans.decide_forget(fans::user_fingerprint(secrets.ingest, "fan-2")));
            turn.commit(std::move(decision.drafts));
            return {};
        }));
    }
    start();
    EXPECT_EQ(wait_for(12), 12);
}

// Commands in flight when everything stops: no crash, no hang, and what was answered is there.
TEST_F(InstanceTest, StopsUnderLoad) {
    found();
    std::atomic<std::uint64_t> accepted = 0;
    std::atomic<bool> over = false;
    std::vector<std::thread> clients;
    const std::uint16_t port = instance_->port();
    for (int c = 0; c < 3; ++c) {
        clients.emplace_back([&, c] {
            for (int i = 0; i < 10'000 && !over; ++i) {
                auto client = server::HttpClient::create("127.0.0.1", port);
                if (!client) continue;
                const std::string user = "fan-" + std::to_string(c) + "-" + std::to_string(i);
                const auto answer = client->send(
                    Method::kPost, "/v1/batch",
                    {{"Authorization", "Bearer " + app_}, {"Content-Type", "application/json"}},
                    fixture::batch_of({fixture::consent("m" + user, user, true)}));
                if (answer && answer->status == 200) ++accepted;
                const bool erases = i % 10 == 5;
                if (erases) {
                    static_cast<void>(client->send(Method::kDelete, "/v1/fans/" + user,
                                                   {{"Authorization", "Bearer " + holder_}}));
                }
            }
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    stop();
    over = true;
    for (std::thread& client : clients)
        client.join();
    start();
    const Answer stats = call(holder_, Method::kGet, "/v1/fans/stats");
    EXPECT_GE(static_cast<std::uint64_t>(stats.body["events"].as_int() +
                                         stats.body["forgotten"].as_int()),
              accepted.load());
}

}  // namespace
}  // namespace altis::service
