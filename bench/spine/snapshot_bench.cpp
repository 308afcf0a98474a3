// How long a snapshot keeps everybody else waiting. `snapshot_bench FOLDER [EVENTS]` fills a core,
// takes a snapshot while another thread asks one question after the other, opens the folder again,
// and prints one row a line.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include "fans/ingest.h"
#include "load/event_bodies.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "report/row.h"
#include "servers/scratch_folder.h"
#include "service/core.h"
#include "service/ingest_flow.h"

namespace altis::bench {
namespace {

using Clock = std::chrono::steady_clock;
using service::TaskKind;
using service::Turn;

constexpr std::uint32_t kEventsPerBatch = 1'000;
constexpr std::uint32_t kFans = 200'000;
constexpr double kAimMs = 150;
constexpr std::string_view kEdition = "owg2026";
constexpr std::string_view kOwner = "holder";

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

class SnapshotBench {
  public:
    SnapshotBench(const std::string& folder, std::uint32_t events)
        : folder_(folder + "/snapshot"), events_(events) {}

    Result<void> run() {
        TRY_VOID(open());
        TRY_VOID(fill());
        TRY_VOID(take_one());
        core_.reset();
        const auto start = Clock::now();
        TRY_VOID(open());
        print({"open a core from its snapshot", ms_since(start), "ms"});
        return {};
    }

  private:
    Result<void> open() {
        service::CoreOptions options;
        options.directory = folder_.path();
        options.snapshot_every_records = UINT64_MAX;
        TRY(core_, service::Core::open({platform::real_file_system(), clock_, random_}, options));
        TRY(secrets_, service::read_secrets(core_->vault()));
        return {};
    }

    Result<void> fill() {
        Result<void> opened;
        TRY_VOID(core_->run(TaskKind::kWrite, [&](Turn& turn) { opened = open_games(turn); }));
        TRY_VOID(opened);
        for (std::uint32_t sent = 0; sent < events_; sent += kEventsPerBatch)
            TRY_VOID(bring(sent));
        return {};
    }

    static Result<void> open_games(Turn& turn) {
        const auto& rights = turn.world().rights;
        const std::string owner(kOwner);
        TRY_VOID(turn.commit(
            rights.register_organisation({owner, owner, "sponsor", turn.next_subject()})));
        TRY_VOID(turn.commit(rights.open_edition({std::string(kEdition), "Games"})));
        TRY_VOID(turn.commit(rights.assign_ownership(owner, rights::Category::kFanEngagement,
                                                     std::string(kEdition))));
        return {};
    }

    Result<void> bring(std::uint32_t first) {
        std::string body = R"({"batch":[)";
        for (std::uint32_t i = 0; i < kEventsPerBatch; ++i)
            body += (i == 0 ? "" : ",") + make_event(first + i, kFans);
        const fans::Source source{kOwner, kEdition, "bench", &secrets_.ingest};
        TRY(auto batch, fans::parse_batch(body + "]}", source, clock_.now()));
        service::IngestOutcome outcome;
        auto state = service::IngestState::kMore;
        while (state == service::IngestState::kMore) {
            TRY_VOID(core_->run(TaskKind::kWrite, [&](Turn& turn) {
                state = service::ingest(turn, source, batch, secrets_, outcome);
            }));
        }
        return {};
    }

    // One question after the other; the longest that one took is how long the core was held.
    double longest_wait_ms(const std::atomic<bool>& done) {
        double longest = 0;
        while (!done) {
            const auto start = Clock::now();
            static_cast<void>(core_->run(TaskKind::kRead, [](Turn&) {}));
            longest = std::max(longest, ms_since(start));
        }
        return longest;
    }

    Result<void> take_one() {
        std::atomic<bool> done = false;
        double longest = 0;
        std::thread asking([&] { longest = longest_wait_ms(done); });
        const auto start = Clock::now();
        std::promise<Result<void>> taken;
        const auto run = core_->run(TaskKind::kRead, [&](Turn&) {
            core_->snapshot([&](const Result<void>& outcome) { taken.set_value(outcome); });
        });
        const Result<void> outcome = run ? taken.get_future().get() : run;
        const double whole = ms_since(start);
        done = true;
        asking.join();
        TRY_VOID(outcome);
        const std::string what = "snapshot of " + std::to_string(events_) + " events: ";
        print({what + "longest wait of others", longest, "ms"},
              {Bar::Of::kValue, Better::kLower, kAimMs});
        print({what + "until it is durable", whole, "ms"});
        return {};
    }

    ScratchFolder folder_;
    std::uint32_t events_;
    platform::SystemClock clock_;
    platform::SystemRandom random_;
    service::Secrets secrets_;
    std::unique_ptr<service::Core> core_;
};

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: snapshot_bench FOLDER [EVENTS]\n");
        return 2;
    }
    const int events = argc > 2 ? std::atoi(argv[2]) : 1'100'000;
    const auto done =
        altis::bench::SnapshotBench(argv[1], static_cast<std::uint32_t>(events)).run();
    if (done) return 0;
    std::fprintf(stderr, "snapshot_bench: %s\n", done.error().message.c_str());
    return 1;
}
