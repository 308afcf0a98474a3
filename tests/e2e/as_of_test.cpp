// What the segments were at an earlier moment: of a running server, and from the journal of a
// stopped one.
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kWrongInput = 2;
constexpr int kRefused = 3;
constexpr int kNotFound = 4;

class AsOfTest : public GamesTest {
  protected:
    // A fan looks at charts for so long.
    void view(std::string_view message, std::string_view user, int dwell_ms) {
        const Json properties = Json::object({{"kind", "technical_chart"}, {"dwell_ms", dwell_ms}});
        const Reply reply =
            server_->caller(keys_.ingest)
                .post("/v1/batch", batch_of({track(message, user, "Content Viewed", properties)}));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    void define(const std::string& rule) {
        const Reply reply =
            server_->caller(keys_.owner)
                .put("/v1/segments/viewers", Json::object({{"kind", "segment"}, {"rule", rule}}));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    std::int64_t live_size() {
        return server_->caller(keys_.owner).get("/v1/segments/viewers").json["size"].as_int();
    }

    std::string offset() {
        return std::to_string(server_->admin().get("/v1/journal").json["durable_offset"].as_int());
    }

    Finished at(std::vector<std::string> more) const {
        std::vector<std::string> arguments = {"segments", "at", "--data", folder_ / "data"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_altis(arguments, Capture::kEverything);
    }

    Json json_at(std::vector<std::string> more) const {
        more.push_back("--json");
        const Finished run = at(std::move(more));
        EXPECT_EQ(run.status, 0) << run.output;
        const auto json = codec::parse_json(run.output);
        EXPECT_TRUE(json) << run.output;
        return json ? *json : Json();
    }

    Reply live_at(const std::string& query) const {
        return server_->caller(keys_.owner).get("/v1/segments-at?" + query);
    }
};

TEST_F(AsOfTest, EachMomentHasTheSizesThatWereLiveThen) {
    define("dwell(technical_chart) >= 100");
    std::vector<std::pair<std::string, std::int64_t>> seen;
    const auto note = [&] { seen.emplace_back(offset(), live_size()); };
    note();
    for (int i = 0; i < 6; ++i) {
        view("a-" + std::to_string(i), "fan-" + std::to_string(i), 30 * i);
        view("b-" + std::to_string(i), "fan-" + std::to_string(i), 30 * i);
        note();
    }
    define("dwell(technical_chart) >= 200");
    note();
    const std::int64_t latest = live_size();
    ASSERT_GT(latest, 0);
    std::vector<std::string> answers;
    for (const auto& [moment, size] : seen) {
        const Reply past = live_at("offset=" + moment);
        ASSERT_EQ(past.status, 200) << past.text;
        EXPECT_EQ(past.json["items"].items().at(0)["size"].as_int(), size) << "at " << moment;
        answers.push_back(past.json.to_string());
    }
    ASSERT_EQ(server_->stop(), 0);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(json_at({"--offset", seen[i].first}).to_string(), answers[i]);
    }
    for (const auto& [moment, size] : seen) {
        const Json past = json_at({"--offset", moment});
        EXPECT_EQ(std::to_string(past["offset"].as_int()), moment);
        EXPECT_EQ(past["items"].items().at(0)["size"].as_int(), size) << "at record " << moment;
    }
    EXPECT_EQ(json_at({})["items"].items().at(0)["size"].as_int(), latest);
}

TEST_F(AsOfTest, AFansMembershipIsExplainedAsItWas) {
    define("dwell(technical_chart) >= 100");
    view("m-1", "fan-1", 60);
    const std::string before = offset();
    view("m-2", "fan-1", 60);
    ASSERT_EQ(server_->stop(), 0);
    const auto member = [&](const Json& past) {
        return past["fan"]["segments"].items().at(0)["member"].as_bool();
    };
    EXPECT_FALSE(member(json_at({"--offset", before, "--fan", "fan-1"})));
    EXPECT_TRUE(member(json_at({"--fan", "fan-1"})));
    const Finished text = at({"--offset", before, "--fan", "fan-1"});
    EXPECT_NE(text.output.find("the fan was not in viewers"), std::string::npos) << text.output;
}

TEST_F(AsOfTest, ARunningServerIsAsked) {
    define("dwell(technical_chart) >= 100");
    view("m-1", "fan-1", 60);
    const std::string before = offset();
    view("m-2", "fan-1", 60);
    const Json then = json_at({"--offset", before, "--fan", "fan-1", "--key", keys_.owner});
    EXPECT_EQ(std::to_string(then["offset"].as_int()), before);
    EXPECT_FALSE(then["fan"]["segments"].items().at(0)["member"].as_bool());
    const Json now = json_at({"--fan", "fan-1", "--key", keys_.owner});
    EXPECT_TRUE(now["fan"]["segments"].items().at(0)["member"].as_bool());
    EXPECT_EQ(json_at({"--time", "2000-01-01T00:00:00Z", "--key", keys_.owner})["fans"].as_int(-1),
              0);
    EXPECT_EQ(at({"--offset", before, "--fan", "nobody", "--key", keys_.owner}).status, kNotFound);
    EXPECT_EQ(at({"--offset", before, "--key", keys_.airline}).status, kRefused);
}

TEST_F(AsOfTest, AWrongMomentIsNamed) {
    EXPECT_EQ(live_at("offset=last").code(), "request.bad_number");
    EXPECT_EQ(live_at("time=yesterday").code(), "request.bad_time");
    EXPECT_EQ(live_at("time=2000-01-01T00:00:00Z&offset=1").code(), "request.two_moments");
    EXPECT_EQ(server_->caller(keys_.airline).get("/v1/segments-at?offset=1").status, 403);
}

// The first snapshot comes with the stop, so the second server begins there.
TEST_F(AsOfTest, ASnapshotIsABeginning) {
    define("dwell(technical_chart) >= 100");
    view("m-1", "fan-1", 60);
    const std::string before = offset();
    view("m-2", "fan-1", 60);
    const std::string last = offset();
    const std::string truth = live_at("fan=fan-1&offset=" + last).json.to_string();
    ASSERT_EQ(server_->stop(), 0);
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(live_at("fan=fan-1&offset=" + last).json.to_string(), truth);
    view("m-3", "fan-2", 200);
    EXPECT_EQ(live_size(), 2);
    EXPECT_EQ(live_at("").json["items"].items().at(0)["size"].as_int(), 2);
    EXPECT_EQ(live_at("offset=" + last).json["items"].items().at(0)["size"].as_int(), 1);
    EXPECT_EQ(live_at("offset=" + before).json["items"].items().at(0)["size"].as_int(), 0);
}

TEST_F(AsOfTest, ATimeIsAMomentToo) {
    define("dwell(technical_chart) >= 0");
    view("m-1", "fan-1", 60);
    ASSERT_EQ(server_->stop(), 0);
    EXPECT_EQ(json_at({"--time", "2000-01-01T00:00:00Z"})["fans"].as_int(), 0);
    EXPECT_EQ(json_at({"--time", "2999-01-01T00:00:00Z"})["fans"].as_int(), 1);
    EXPECT_EQ(at({"--time", "yesterday"}).status, kWrongInput);
    EXPECT_EQ(at({"--time", "2000-01-01T00:00:00Z", "--fan", "fan-1"}).status, kNotFound);
}

TEST_F(AsOfTest, WhoWasForgottenWasNeverThere) {
    define("dwell(technical_chart) >= 100");
    view("m-1", "fan-1", 200);
    view("m-2", "fan-2", 200);
    const std::string before = offset();
    EXPECT_EQ(live_at("offset=" + before).json["fans"].as_int(), 2);
    ASSERT_EQ(server_->caller(keys_.owner).remove("/v1/fans/fan-1").status, 200);
    EXPECT_EQ(live_at("offset=" + before).json["fans"].as_int(), 1);
    EXPECT_EQ(live_at("fan=fan-1&offset=" + before).code(), "fans.unknown_fan");
    ASSERT_EQ(server_->stop(), 0);
    EXPECT_EQ(json_at({"--offset", before})["items"].items().at(0)["size"].as_int(), 1);
}

}  // namespace
}  // namespace altis::e2e
