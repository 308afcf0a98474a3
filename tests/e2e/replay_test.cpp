// A whole Games played from the real data beside the checkout: two runs, one of them against a
// server, and one that is killed again and again end in one state. Skipped where the data are not.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "altis_server.h"
#include "platform/random.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kKills = 4;

// The folder of the real results; empty where it is absent.
std::string real_games() {
    const char* set = std::getenv("ALTIS_SHARED");
    const std::string shared =
        set != nullptr ? set : std::string(ALTIS_E2E_SOURCES) + "/../../../shared";
    const std::string folder = shared + "/data/results";
    return std::filesystem::exists(folder + "/paris2024/schedules.csv.gz") ? folder : "";
}

// The afternoon of 2 August and the day after: 700 units, and the first medal pages.
std::vector<std::string> replay(std::vector<std::string> more) {
    std::vector<std::string> words = {"results",
                                      "replay",
                                      "paris2024",
                                      "--games",
                                      real_games(),
                                      "--since",
                                      "2024-08-02T12:00:00Z",
                                      "--until",
                                      "2024-08-04T00:00:00Z",
                                      "--speed",
                                      "max",
                                      "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Json played(const std::vector<std::string>& where) {
    const Finished finished = run_altis(replay(where));
    EXPECT_EQ(finished.status, 0) << finished.output;
    return codec::parse_json(finished.output).value_or(Json());
}

class ReplayTest : public testing::Test {
  protected:
    void SetUp() override {
        if (real_games().empty())
            GTEST_SKIP() << "the real results are not beside the checkout; set ALTIS_SHARED";
    }
    TemporaryFolder folder_;
};

TEST_F(ReplayTest, TwoRunsAndOneThatIsKilledEndInOneState) {
    const Json first = played({"--data", folder_ / "first"});
    const std::string state(first["state"].as_string());
    EXPECT_EQ(state.size(), 64U);
    EXPECT_GT(first["changed"].as_int(), 1'000);
    EXPECT_EQ(first["refused"], Json::object());

    // Against a server that others follow.
    const auto server = Server::start({folder_ / "second", "", {}});
    ASSERT_TRUE(server) << server.error().message;
    const Json second = played({"--data", (*server)->data()});
    EXPECT_EQ(second["state"].as_string(), state);
    EXPECT_EQ(second["changed"], first["changed"]);
    Caller admin = (*server)->admin();
    const Reply table = admin.get("/v1/results/medals/og2024?known_at=2024-08-03T00:00:00Z");
    EXPECT_GT(table.json["awarded"]["gold"].as_int(), 50) << table.text;
    const Reply log = admin.get("/v1/log/checkpoint");
    EXPECT_GT(std::atoi(log.text.substr(log.text.find('\n') + 1).c_str()), 1'000) << log.text;
    const Json again = played({"--data", (*server)->data()});
    EXPECT_EQ(again["state"].as_string(), state);
    EXPECT_EQ(again["changed"].as_int(), 0) << again.to_string();

    platform::SystemRandom random;
    for (int kill = 0; kill < kKills; ++kill) {
        auto process =
            platform::Process::spawn({altis_program(), replay({"--data", folder_ / "third"}),
                                      platform::ProcessOutput::kFile, folder_ / "log"});
        ASSERT_TRUE(process) << process.error().message;
        const auto pause_ms = static_cast<std::int64_t>(300 + random.next_u64() % 700);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
        (*process)->kill(SIGKILL);
        ASSERT_TRUE((*process)->wait(seconds(10)));
    }
    const Json third = played({"--data", folder_ / "third"});
    EXPECT_EQ(third["state"].as_string(), state) << third.to_string();
    EXPECT_EQ(run_altis({"journal", "verify", "--data", folder_ / "third"}).status, 0);
}

TEST_F(ReplayTest, ThePaceIsThatOfTheGames) {
    const auto began = std::chrono::steady_clock::now();
    std::vector<std::string> words = replay({"--data", folder_ / "paced"});
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] == "--since") words[i + 1] = "2024-08-02T18:00:00Z";
        if (words[i] == "--until") words[i + 1] = "2024-08-02T19:00:00Z";
        if (words[i] == "--speed") words[i + 1] = "2000";
    }
    const Finished paced = run_altis(words);
    EXPECT_EQ(paced.status, 0) << paced.output;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    EXPECT_GT(took.count(), 1.5) << "an hour of the Games in 1.8 s";
}

TEST(ReplayWordsTest, WhatIsWrongIsNamed) {
    const TemporaryFolder folder;
    const auto said = [&folder](std::vector<std::string> more) {
        std::vector<std::string> words = {"results", "replay", "--data", folder / "data"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished finished = run_altis(words, Capture::kEverything);
        EXPECT_NE(finished.status, 0);
        return finished.output;
    };
    EXPECT_NE(said({"paris1900"}).find("replay.unknown_games"), std::string::npos);
    EXPECT_NE(said({"paris2024", "--games", folder.path()}).find("replay.no_data"),
              std::string::npos);
    for (const char* speed : {"fast", "0", "-1", "nan", "1e9"})
        EXPECT_NE(said({"paris2024", "--speed", speed}).find("replay.bad_speed"),
                  std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(folder / "data")) << "nothing was made";
}

}  // namespace
}  // namespace altis::e2e
