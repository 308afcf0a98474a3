// Events that do not count: listed, shown to their owner alone, put right, and still right after a
// restart.
#include <fstream>
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

class DeadLetterTest : public GamesTest {
  protected:
    static Json order(std::string_view message, std::int64_t price) {
        const Json product = Json::object({{"category", "merchandise"}, {"price", price}});
        return track(message, "fan-1", "Order Completed",
                     Json::object({{"products", Json::array({product})}}));
    }

    void send(const Json& event) {
        const Reply reply = server_->caller(keys_.ingest).post("/v1/batch", batch_of({event}));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    Json letters(const std::string& query = "") {
        const Reply reply = owner().get("/v1/deadletters" + query);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json["items"];
    }
    static std::string path_of(const Json& letter) {
        return "/v1/deadletters/" + std::to_string(letter["offset"].as_int());
    }
    std::int64_t spent() {
        return owner().get("/v1/fans/fan-1").json["profile"]["spent"]["merchandise/USD"].as_int(-1);
    }
};

TEST_F(DeadLetterTest, AreListedShownAndPutRight) {
    send(order("o-1", 10));
    send(order("o-1", 20));
    send(order("o-2", -35));
    const Json all = letters();
    ASSERT_EQ(all.items().size(), 2U) << all.to_string();
    EXPECT_EQ(all.items()[0]["reason"].as_string(), "event.conflict");
    EXPECT_EQ(letters("?reason=event.negative_amount").items().size(), 1U);
    EXPECT_EQ(letters("?count=1").items().size(), 1U);
    EXPECT_EQ(letters("?after=" + std::to_string(all.items()[1]["offset"].as_int())).items().size(),
              0U);

    const Json& rejected = all.items()[1];
    const Reply shown = owner().get(path_of(rejected));
    ASSERT_EQ(shown.status, 200) << shown.text;
    EXPECT_EQ(shown.json["message_id"].as_string(), "o-2");
    EXPECT_EQ(shown.json["event"].as_string(), order("o-2", -35).to_string());
    EXPECT_FALSE(shown.json["detail"].as_string().empty());

    EXPECT_EQ(owner().post(path_of(rejected) + "/repair", order("o-2", -3)).code(),
              "event.negative_amount");
    const Reply repaired = owner().post(path_of(rejected) + "/repair", order("o-2", 35));
    ASSERT_EQ(repaired.status, 200) << repaired.text;
    EXPECT_EQ(owner().post(path_of(rejected) + "/repair", order("o-2", 35)).code(),
              "fans.already_repaired");
    const std::string file = folder_ / "event.json";
    std::ofstream(file) << order("o-3", 20).to_string();
    const std::string offset = std::to_string(all.items()[0]["offset"].as_int());
    const Finished run = run_altis(
        {"fans", "repair", offset, file, "--data", folder_ / "data", "--key", keys_.owner},
        Capture::kEverything);
    EXPECT_EQ(run.status, 0) << run.output;
    EXPECT_EQ(spent(), 6500) << owner().get("/v1/fans/fan-1").text;

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(spent(), 6500);
    const Json left = letters();
    EXPECT_EQ(left.items().size(), 2U);
    for (const Json& letter : left.items())
        EXPECT_TRUE(letter["repaired"].as_bool()) << letter.to_string();
}

TEST_F(DeadLetterTest, AreTheOwnersAlone) {
    send(order("o-2", -35));
    const std::string path = path_of(letters().items().at(0));
    Caller admin = server_->admin();
    const auto sponsors = issue_key(admin, "sponsor-fans", "airline", {"fans"});
    ASSERT_TRUE(sponsors) << sponsors.error().message;
    Caller sponsor = server_->caller(*sponsors);
    EXPECT_EQ(sponsor.get("/v1/deadletters").status, 403);
    EXPECT_EQ(sponsor.get(path).status, 403);
    EXPECT_EQ(sponsor.post(path + "/repair", order("o-2", 35)).status, 403);
    EXPECT_EQ(owner().get("/v1/deadletters/0").status, 404);
    EXPECT_EQ(owner().get("/v1/deadletters/999999999").status, 404);
    EXPECT_EQ(owner().get("/v1/deadletters/1").status, 404);
    EXPECT_EQ(owner().get("/v1/deadletters/one").status, 400);
    EXPECT_EQ(owner().post_text(path + "/repair", "{").status, 400);
}

}  // namespace
}  // namespace altis::e2e
