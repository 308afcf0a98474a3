// One fan is forgotten: with every device, everywhere, provably, and for any later replay.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "codec/text.h"
#include "crypto/sign.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kOthers = 30;

const std::vector<std::string> kPlanted = {"fan-gone@example.org", "user-to-be-forgotten",
                                           "device-to-be-forgotten", "a-very-personal-note",
                                           "another-very-personal-note"};

Json with_device(Json event) {
    event.set("anonymousId", "device-to-be-forgotten");
    return event;
}

Json viewed(std::string_view message, std::string_view user) {
    return track(message, user, "Content Viewed",
                 Json::object({{"kind", "technical_chart"}, {"dwell_ms", 5'000}}));
}

// The fan to be forgotten: events of the device alone, then of the user on it.
Json gone_events() {
    Json alone = with_device(track(
        "gone-1", "", "Content Viewed",
        Json::object(
            {{"kind", "technical_chart"}, {"dwell_ms", 7'000}, {"note", "a-very-personal-note"}})));
    alone.set("userId", nullptr);
    return batch_of(
        {alone, with_device(identify("gone-2", "user-to-be-forgotten", "fan-gone@example.org")),
         track("gone-3", "user-to-be-forgotten", "Consent Updated",
               Json::object({{"purpose", "analytics"}, {"given", true}})),
         track("gone-4", "user-to-be-forgotten", "Noted",
               Json::object({{"note", "another-very-personal-note"}}))});
}

std::string state_hash(Server& server) {
    return std::string(server.admin().get("/v1/journal?state=1").json["state_hash"].as_string());
}

void wait_for_warehouse(Server& server) {
    EXPECT_TRUE(server.admin().get("/v1/warehouse?wait=1").ok());
}

template <class Bytes>
Bytes bytes_of(const Json& hex) {
    const auto text = codec::from_hex(hex.as_string());
    Bytes bytes{};
    if (text && text->size() == bytes.size()) std::copy(text->begin(), text->end(), bytes.begin());
    return bytes;
}

bool receipt_verifies(const Json& receipt, const Json& statement) {
    return crypto::verify_signature(bytes_of<crypto::PublicKey>(receipt["public_key"]),
                                    statement.to_string(),
                                    bytes_of<crypto::Signature>(receipt["signature"]));
}

class ErasureTest : public GamesTest {
  protected:
    void begin() override {
        Caller owner = server_->caller(keys_.owner);
        ASSERT_TRUE(
            owner
                .put("/v1/segments/charts",
                     Json::object({{"kind", "cohort"}, {"rule", "dwell(technical_chart) > 0"}}))
                .ok());
        send_events();
    }

    void send_events() {
        std::vector<Json> others;
        for (int i = 0; i < kOthers; ++i) {
            const std::string number = std::to_string(i);
            others.push_back(viewed("other-" + number, "fan-" + number));
        }
        Caller ingest = server_->caller(keys_.ingest);
        ASSERT_EQ(ingest.post("/v1/batch", batch_of(others)).json["accepted"].as_int(), kOthers);
        const Reply reply = ingest.post("/v1/batch", gone_events());
        ASSERT_EQ(reply.json["accepted"].as_int(), 4) << reply.text;
        wait_for_warehouse(*server_);
    }

    std::int64_t size() const { return owner().get("/v1/segments/charts").json["size"].as_int(); }
};

TEST_F(ErasureTest, ForgetsTheFanAndItsDeviceEverywhere) {
    ASSERT_EQ(size(), kOthers + 1);
    ASSERT_EQ(owner().get("/v1/fans/user-to-be-forgotten").status, 200);
    const Reply receipt = owner().remove("/v1/fans/user-to-be-forgotten");
    ASSERT_EQ(receipt.status, 200) << receipt.text;

    const Json& statement = receipt.json["statement"];
    EXPECT_EQ(statement["subjects"].items().size(), 2U) << "the user and the device";
    EXPECT_EQ(statement["keys_destroyed"].as_int(), 2);
    EXPECT_EQ(statement["warehouse_rows_left"].as_int(-1), 0);
    EXPECT_GT(statement["journal_offset"].as_int(), 0) << "names the record that decided it";
    EXPECT_TRUE(receipt_verifies(receipt.json, statement));
    Json forged = statement;
    forged.set("keys_destroyed", 3);
    EXPECT_FALSE(receipt_verifies(receipt.json, forged));

    EXPECT_EQ(owner().get("/v1/fans/user-to-be-forgotten").code(), "fans.unknown_fan");
    EXPECT_EQ(owner().remove("/v1/fans/user-to-be-forgotten").code(), "fans.unknown_fan");
    EXPECT_EQ(size(), kOthers);
    EXPECT_EQ(owner().get("/v1/fans/stats").json["fans"].as_int(), kOthers);
    EXPECT_TRUE(files_that_hold(folder_.path(), kPlanted).empty())
        << testing::PrintToString(files_that_hold(folder_.path(), kPlanted));

    ASSERT_EQ(server_->stop(), 0);
    const Finished cat = run_altis({"journal", "cat", "--data", server_->data(), "--open-seals"});
    EXPECT_EQ(cat.status, 0);
    for (const std::string& planted : kPlanted) {
        EXPECT_EQ(cat.output.find(codec::to_hex(planted)), std::string::npos) << planted;
        EXPECT_EQ(cat.output.find(planted), std::string::npos) << planted;
    }
    EXPECT_NE(cat.output.find(codec::to_hex("fan-1")), std::string::npos) << "others stay readable";
}

TEST_F(ErasureTest, ReplaysToTheSameStateFromTheJournalAlone) {
    ASSERT_EQ(owner().remove("/v1/fans/user-to-be-forgotten").status, 200);
    wait_for_warehouse(*server_);
    const std::string live = state_hash(*server_);
    ASSERT_EQ(live.size(), 64U);
    const std::string tables = server_->admin().get("/v1/warehouse").json["tables"].to_string();
    ASSERT_EQ(server_->stop(), 0);
    std::filesystem::remove_all(server_->data() + "/snapshots");
    std::filesystem::remove_all(server_->data() + "/warehouse");
    const auto again = server_->start_again();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(state_hash(*server_), live);
    EXPECT_EQ(size(), kOthers);
    EXPECT_EQ(owner().get("/v1/fans/user-to-be-forgotten").status, 404);
    wait_for_warehouse(*server_);
    EXPECT_EQ(server_->admin().get("/v1/warehouse").json["tables"].to_string(), tables);
}

TEST_F(ErasureTest, SurvivesAKillRightAfterTheReceipt) {
    ASSERT_EQ(owner().remove("/v1/fans/user-to-be-forgotten").status, 200);
    server_->kill();
    const auto again = server_->start_again();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(owner().get("/v1/fans/user-to-be-forgotten").status, 404);
    EXPECT_EQ(size(), kOthers);
    EXPECT_TRUE(files_that_hold(folder_.path(), kPlanted).empty());
}

TEST_F(ErasureTest, TheSamePersonMayComeBackAsSomebodyNew) {
    ASSERT_EQ(owner().remove("/v1/fans/user-to-be-forgotten").status, 200);
    Caller ingest = server_->caller(keys_.ingest);
    const Reply reply =
        ingest.post("/v1/batch", batch_of({viewed("back-1", "user-to-be-forgotten")}));
    EXPECT_EQ(reply.json["accepted"].as_int(), 1) << reply.text;
    EXPECT_EQ(owner().get("/v1/fans/user-to-be-forgotten").status, 200);
    EXPECT_EQ(size(), kOthers + 1);
}

}  // namespace
}  // namespace altis::e2e
