// A full disk: every write is refused with one clear code, reads go on, nothing stored is harmed,
// and Altis goes on by itself when there is space again.
#include <chrono>
#include <gtest/gtest.h>
#include <limits>
#include <sys/resource.h>
#include <thread>

#include "altis_server.h"
#include "games.h"
#include "platform/clock.h"
#include "platform/faulty_file.h"
#include "platform/random.h"
#include "service/core.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::uint64_t kSegmentBytes = 64U << 20;
constexpr int kEventsPerBatch = 300;
constexpr int kMaxBatches = 60;
// The core looks for space at most twice a second, and then makes a journal segment.
constexpr std::chrono::milliseconds kNextLook{700};
constexpr int kMaxLooks = 20;

// Asks again until `done`, as somebody does who has just freed some space.
template <typename Ask, typename Done>
auto ask_until(const Ask& ask, const Done& done) {
    auto answer = ask();
    for (int look = 1; look < kMaxLooks && !done(answer); ++look) {
        std::this_thread::sleep_for(kNextLook);
        answer = ask();
    }
    return answer;
}

bool is_written(const Result<void>& answer) {
    return answer.has_value();
}

bool is_accepted(const Reply& reply) {
    return reply.ok();
}

// ---- a real server whose files may not grow ----------------------------------------------------

// A batch of events of nearly the largest size.
Json large_batch(int number) {
    const std::string filler(30'000, 'x');
    std::vector<Json> events;
    for (int i = 0; i < kEventsPerBatch; ++i) {
        const std::string id = "b" + std::to_string(number) + "-" + std::to_string(i);
        events.push_back(
            track(id, "fan-" + std::to_string(i), "Filled", Json::object({{"f", filler}})));
    }
    return batch_of(std::move(events));
}

// The largest file that the process may write, in bytes; what lies beyond is "disk full" to it.
void limit_file_size(int pid, rlim_t bytes) {
    struct rlimit limit{};
    ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, nullptr, &limit), 0);
    limit.rlim_cur = bytes;
    ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
}

std::int64_t events_of(const Server& server, const Keys& keys) {
    return server.caller(keys.owner).get("/v1/fans/stats").json["events"].as_int(-1);
}

TEST(DiskFullTest, AServerRefusesWritesAndGoesOnWhenThereIsSpace) {
    const TemporaryFolder folder;
    auto started = Server::start({folder / "data", "", {}});
    ASSERT_TRUE(started) << started.error().message;
    Server& server = **started;
    const auto keys = found_games(server);
    ASSERT_TRUE(keys) << keys.error().message;
    // One byte short of a journal segment: those that exist can be filled, no new one can be made.
    limit_file_size(server.pid(), kSegmentBytes - 1);

    Caller ingest = server.caller(keys->ingest);
    std::int64_t accepted = 0;
    Reply refused;
    for (int i = 0; i < kMaxBatches && refused.status == 0; ++i) {
        const Reply reply = ingest.post("/v1/batch", large_batch(i));
        if (reply.status == 200) {
            accepted += reply.json["accepted"].as_int();
        } else {
            refused = reply;
        }
    }
    EXPECT_EQ(refused.status, 507) << refused.text;
    EXPECT_EQ(refused.code(), "journal.disk_full") << refused.text;
    EXPECT_NE(refused.detail().find("free some space"), std::string::npos) << refused.detail();
    EXPECT_GT(accepted, 0);
    // Of the refused batch some events may be kept; sent again, each is there once.
    EXPECT_GE(events_of(server, *keys), accepted) << "reads go on";
    EXPECT_LT(events_of(server, *keys), accepted + kEventsPerBatch);
    EXPECT_EQ(server.caller("").get("/healthz").status, 200);
    EXPECT_EQ(server.admin()
                  .post("/v1/editions", Json::object({{"id", "og2028"}, {"name", "LA"}}))
                  .code(),
              "journal.disk_full");

    limit_file_size(server.pid(), RLIM_INFINITY);
    const Json refused_batch = large_batch(static_cast<int>(accepted / kEventsPerBatch));
    const Reply again =
        ask_until([&] { return ingest.post("/v1/batch", refused_batch); }, is_accepted);
    EXPECT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(again.json["accepted"].as_int() + again.json["duplicate"].as_int(), kEventsPerBatch);
    accepted += kEventsPerBatch;
    EXPECT_EQ(events_of(server, *keys), accepted);
    server.kill();
    ASSERT_TRUE(server.start_again());
    EXPECT_EQ(events_of(server, *keys), accepted);
    ASSERT_EQ(server.stop(), 0);
    EXPECT_EQ(run_altis({"journal", "verify", "--data", server.data()}).status, 0);
}

TEST(DiskFullTest, AServerThatCannotBeginSaysSo) {
    const TemporaryFolder folder;
    const std::string limit = "--fsize=" + std::to_string(kSegmentBytes - 1);
    const Finished finished =
        run_program("/usr/bin/prlimit",
                    {limit, altis_program(), "serve", "--data", folder / "data", "--port", "0"},
                    Capture::kEverything);
    EXPECT_EQ(finished.status, 6) << finished.output;
    EXPECT_NE(finished.output.find("disk_full"), std::string::npos) << finished.output;
    EXPECT_NE(finished.output.find("free some space"), std::string::npos) << finished.output;
}

// ---- the core over a simulated disk -------------------------------------------------------------

class SimulatedDiskTest : public testing::Test {
  protected:
    void open() {
        service::CoreOptions options;
        options.directory = "/data";
        options.journal_segment_bytes = kSegmentBytes;
        auto core = service::Core::open({files_, clock_, random_}, options);
        ASSERT_TRUE(core) << core.error().message;
        core_ = std::move(*core);
    }

    // One group of `count` records about somebody new each.
    Result<void> write(std::size_t count, std::size_t payload_bytes) {
        return core_->run(service::TaskKind::kWrite, [=](service::Turn& turn) {
            std::vector<journal::Draft> drafts;
            const std::uint32_t first = to_number(turn.next_subject());
            for (std::size_t i = 0; i < count; ++i) {
                const SubjectId subject{first + static_cast<std::uint32_t>(i)};
                drafts.push_back({"test.filled", "", subject, std::string(payload_bytes, 'x')});
            }
            turn.commit(std::move(drafts));
        });
    }

    // Once the journal has its spare segment: one that fails half-made gives its space back.
    void fill_disk() {
        ASSERT_GT(core_->journal().room(kSegmentBytes + 1), kSegmentBytes);
        files_.set_quota_bytes(files_.used_bytes());
    }
    void free_disk() { files_.set_quota_bytes(std::numeric_limits<std::uint64_t>::max()); }

    // Writes until it is refused; gives how many were accepted, and why no more.
    std::pair<int, Error> write_until_refused(std::size_t count, std::size_t payload_bytes) {
        constexpr int kEnough = 2'000;
        for (int accepted = 0; accepted < kEnough; ++accepted) {
            if (const auto written = write(count, payload_bytes); !written)
                return {accepted, written.error()};
        }
        return {kEnough, {}};
    }

    platform::FaultyFileSystem files_;
    platform::SystemClock clock_;
    platform::SystemRandom random_;
    std::unique_ptr<service::Core> core_;
};

TEST_F(SimulatedDiskTest, RefusesWhenTheJournalHasNoRoomAndGoesOnByItself) {
    open();
    ASSERT_TRUE(write(1, 100));
    fill_disk();
    const auto [accepted, why] = write_until_refused(4, 250'000);
    EXPECT_GT(accepted, 0);
    EXPECT_EQ(why.reason, "journal.disk_full") << why.message;
    EXPECT_FALSE(core_->failed());
    EXPECT_TRUE(core_->run(service::TaskKind::kRead, [](service::Turn&) {}));
    const journal::Offset durable = core_->journal().durable();
    free_disk();
    const auto again = ask_until([this] { return write(1, 100); }, is_written);
    EXPECT_TRUE(again) << again.error().message;
    EXPECT_EQ(core_->journal().durable(), durable + 1);
    core_->stop();
    core_.reset();
    files_.crash();
    open();
    EXPECT_EQ(core_->journal().durable(), durable + 1);
}

TEST_F(SimulatedDiskTest, RefusesWhenTheVaultHasNoRoomForKeysAndGoesOnByItself) {
    open();
    ASSERT_TRUE(write(1, 100));
    fill_disk();
    // Small records about many people: keys run out long before the journal does.
    const auto [accepted, why] = write_until_refused(2'000, 10);
    EXPECT_GT(accepted, 0);
    EXPECT_EQ(why.reason, "journal.disk_full") << why.message;
    EXPECT_FALSE(core_->failed()) << "a restart must not be needed";
    free_disk();
    const auto again = ask_until([this] { return write(2'000, 10); }, is_written);
    EXPECT_TRUE(again) << again.error().message;
    const journal::Offset durable = core_->journal().durable();
    core_->stop();
    core_.reset();
    files_.crash();
    open();
    EXPECT_EQ(core_->journal().durable(), durable);
}

}  // namespace
}  // namespace altis::e2e
