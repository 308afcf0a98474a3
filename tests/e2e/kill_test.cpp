// SIGKILL in the middle of ingest: what was acknowledged is there once, and nothing is doubled.
#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "altis_server.h"
#include "games.h"
#include "platform/random.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kSenders = 4;
constexpr int kKills = 5;
constexpr int kEventsPerBatch = 20;

// Sends batches with ids of its own until it is told to stop; a batch without an answer is sent
// again until it has one.
class Sender {
  public:
    Sender(int number, std::uint16_t port, std::string key)
        : number_(number), caller_(port, std::move(key)) {}

    void run(const std::atomic<bool>& stopping) {
        while (!stopping.load()) {
            const Json batch = next_batch();
            Reply reply = caller_.post("/v1/batch", batch);
            while (reply.status != 200) {
                if (reply.status != 0 && reply.status != 429) ++refused_;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                reply = caller_.post("/v1/batch", batch);
            }
            acknowledged_ += reply.json["accepted"].as_int() + reply.json["duplicate"].as_int();
            conflicts_ += reply.json["conflict"].as_int();
        }
    }

    std::int64_t sent() const { return static_cast<std::int64_t>(batches_) * kEventsPerBatch; }
    std::int64_t acknowledged() const { return acknowledged_; }
    std::int64_t conflicts() const { return conflicts_; }
    int refused() const { return refused_; }
    std::string id(std::int64_t event) const {
        return "s" + std::to_string(number_) + "-" + std::to_string(event);
    }

  private:
    Json next_batch() {
        std::vector<Json> events;
        for (int i = 0; i < kEventsPerBatch; ++i) {
            const std::string event = id(sent() + i);
            events.push_back(
                track(event, "fan-" + std::to_string(i), "Seen", Json::object({{"id", event}})));
        }
        ++batches_;
        return batch_of(std::move(events));
    }

    int number_;
    Caller caller_;
    int batches_ = 0;
    std::int64_t acknowledged_ = 0;
    std::int64_t conflicts_ = 0;
    int refused_ = 0;
};

// How often each message id stands in the journal, sealed payloads opened.
std::map<std::string, int> ids_in_journal(const std::string& data) {
    const Finished cat =
        run_altis({"journal", "cat", "--data", data, "--type", "fans.event", "--open-seals"});
    EXPECT_EQ(cat.status, 0);
    std::map<std::string, int> ids;
    std::istringstream lines(cat.output);
    std::string line;
    while (std::getline(lines, line)) {
        const Json record = codec::parse_json(line).value_or(Json());
        // The raw event stands at the end of the binary payload, in hex: {"type":... "id":"s0-1"}}
        std::string text;
        const std::string_view hex = record["payload_hex"].as_string();
        for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
            text.push_back(
                static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
        const std::size_t start = text.rfind("\"id\":\"");
        if (start == std::string::npos) continue;
        const std::size_t from = start + 6;
        ++ids[text.substr(from, text.find('"', from) - from)];
    }
    return ids;
}

TEST(KillTest, LosesNothingAcknowledgedAndDoublesNothing) {
    const TemporaryFolder folder;
    const auto started = Server::start({folder / "data", "", {}});
    ASSERT_TRUE(started) << started.error().message;
    Server& server = **started;
    const auto keys = found_games(server);
    ASSERT_TRUE(keys) << keys.error().message;

    std::atomic<bool> stopping{false};
    std::vector<std::unique_ptr<Sender>> senders;
    std::vector<std::thread> threads;
    for (int i = 0; i < kSenders; ++i) {
        senders.push_back(std::make_unique<Sender>(i, server.port(), keys->ingest));
        threads.emplace_back([&stopping, sender = senders.back().get()] { sender->run(stopping); });
    }
    platform::SystemRandom random;
    Result<void> restarted;
    for (int i = 0; i < kKills && restarted; ++i) {
        const auto pause_ms = static_cast<std::int64_t>(100 + random.next_u64() % 400);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
        server.kill();
        restarted = server.start_again();
    }
    stopping.store(true);
    if (!restarted) server.kill();
    for (std::thread& thread : threads)
        thread.join();
    ASSERT_TRUE(restarted) << restarted.error().message;

    std::int64_t sent = 0;
    for (const auto& sender : senders) {
        EXPECT_EQ(sender->acknowledged(), sender->sent());
        EXPECT_EQ(sender->conflicts(), 0);
        EXPECT_EQ(sender->refused(), 0);
        sent += sender->sent();
    }
    EXPECT_GT(sent, kKills * kEventsPerBatch);
    EXPECT_EQ(server.caller(keys->owner).get("/v1/fans/stats").json["events"].as_int(), sent);
    ASSERT_EQ(server.stop(), 0);

    const auto ids = ids_in_journal(server.data());
    EXPECT_EQ(static_cast<std::int64_t>(ids.size()), sent);
    for (const auto& sender : senders) {
        for (std::int64_t event = 0; event < sender->sent(); ++event) {
            const auto found = ids.find(sender->id(event));
            ASSERT_TRUE(found != ids.end()) << sender->id(event) << " is lost";
            ASSERT_EQ(found->second, 1) << sender->id(event) << " is there twice";
        }
    }
    EXPECT_EQ(run_altis({"journal", "verify", "--data", server.data()}).status, 0);
}

}  // namespace
}  // namespace altis::e2e
