// Facts on their way into the journal: `commit_bench FOLDER [FACTS]` commits versions of heats of
// eight runners, through rules, gates and books, to the disk: first each alone, then in batches.
// A fact is one version of one unit, with all its lines. Beside each fact that is committed alone a
// page is overwritten and synced in the same folder, which is what the disk makes anybody wait.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <future>
#include <memory>
#include <span>
#include <vector>

#include "platform/page_buffer.h"
#include "report/row.h"
#include "results/awards/gatekeeper.h"
#include "servers/process_cost.h"
#include "service/admissions.h"
#include "service/world_fixture.h"

namespace altis::bench {
namespace {

using namespace service;
using results::OdfMessage;
using results::ResultLine;

constexpr int kRunners = 8;
constexpr int kUnits = 500;
constexpr int kAlone = 1'000;
constexpr std::size_t kPerBatch = 500;
constexpr std::size_t kBatchesUnderWay = 4;  // while one is written, the next is decided

void require(const Result<void>& done) {
    if (done) return;
    std::fprintf(stderr, "commit_bench: %s\n", done.error().message.c_str());
    std::exit(1);
}

std::string heat(int number) {
    char digits[8];
    std::snprintf(digits, sizeof(digits), "%06d", number * 100);
    return "ATHM100M--------------HEAT" + std::string(digits) + "--";
}

// Eight runners a hundredth of a second apart, who all lose one with every tenth version.
OdfMessage version_of(const std::string& unit, std::int64_t version) {
    OdfMessage message = results::fixture::envelope(results::OdfType::kResult, unit, version);
    message.status = results::ResultStatus::kLive;
    for (int place = 1; place <= kRunners; ++place) {
        const std::string code = "200000" + std::to_string(place);
        ResultLine line;
        line.competitor = {code, results::CompetitorType::kAthlete, "USA", "", {}};
        line.competitor.members = {{code, "Given" + std::to_string(place), "NAME", "USA"}};
        char time[16];
        std::snprintf(time, sizeof(time), "10.%02d", static_cast<int>(version / 10 % 50) + place);
        line.rank = place;
        line.sort_order = place;
        line.start_order = place;
        line.result = time;
        line.result_type = "TIME";
        message.results.push_back(std::move(line));
    }
    return message;
}

// A core on a real folder, by the machine's clock.
struct Rig {
    platform::SystemClock clock;
    platform::SystemRandom random;
    std::unique_ptr<Core> core;

    explicit Rig(const std::string& folder) {
        CoreOptions options;
        options.directory = folder;
        options.snapshot_every_records = 1'000'000'000;
        auto opened = Core::open({platform::real_file_system(), clock, random}, options);
        if (!opened) require(tl::unexpected(opened.error()));
        core = std::move(*opened);
        require(fixture::open_games(*core));
        require(fixture::command(*core, [](Turn& turn) -> Result<void> {
            for (int i = 1; i <= kUnits; ++i) {
                results::Unit unit;
                unit.rsc = heat(i);
                unit.edition = fixture::kGames;
                unit.name = "Heat";
                TRY_VOID(turn.commit(turn.world().results.register_unit(unit)));
            }
            return {};
        }));
    }
    ~Rig() { core->stop(); }
};

Result<void> publish(Turn& turn, const OdfMessage& message) {
    TRY(auto admission, results::admit(gate_books(turn.world()), message, {"timing", turn.now()}));
    if (admission.is_held()) {
        return fail(Code::kConflict, "bench.held", admission.doubts.front().detail);
    }
    TRY_VOID(turn.commit(journal::Decision(std::move(admission.drafts))));
    return {};
}

// Publishes them as one batch; said to be done when it is durable.
std::future<Result<void>> begin(Core& core, std::span<const OdfMessage> messages) {
    auto done = std::make_shared<std::promise<Result<void>>>();
    core.post(
        TaskKind::kWrite,
        [messages, done](Turn& turn) {
            Result<void> own;
            for (const OdfMessage& message : messages) {
                if (own) own = publish(turn, message);
            }
            turn.after_durable(
                [own, done](const Result<void>& outcome) { done->set_value(own ? outcome : own); });
        },
        [done](const Error& error) { done->set_value(tl::unexpected<Error>(error)); });
    return done->get_future();
}

// A page of a file that is there already, by write and fdatasync.
class BarePage {
  public:
    explicit BarePage(const std::string& folder) {
        auto opened =
            platform::real_file_system().open(folder + "/page", platform::OpenMode::kCreate);
        if (!opened) require(tl::unexpected(opened.error()));
        file_ = std::move(*opened);
        write();
    }

    // Milliseconds.
    double write() {
        const double start = now_s();
        require(file_->write_at(0, bytes_));
        require(file_->sync());
        return (now_s() - start) * 1'000;
    }

  private:
    std::string bytes_ = std::string(platform::kPageBytes, 'x');
    std::unique_ptr<platform::File> file_;
};

void measure_alone(Rig& rig, BarePage page) {
    std::vector<double> waits_ms;
    std::vector<double> bare_ms;
    for (int i = 0; i < kAlone; ++i) {
        const OdfMessage message = version_of(heat(i % kUnits + 1), i / kUnits + 1);
        const double start = now_s();
        require(fixture::command(*rig.core, [&](Turn& turn) { return publish(turn, message); }));
        waits_ms.push_back((now_s() - start) * 1'000);
        bare_ms.push_back(page.write());
    }
    const std::string bare = "a page written and synced";
    print({"a fact committed alone, durable, p50", quantile(waits_ms, 0.5), "ms", bare,
           quantile(bare_ms, 0.5)});
    print({"a fact committed alone, durable, p99", quantile(waits_ms, 0.99), "ms", bare,
           quantile(bare_ms, 0.99)},
          {Bar::Of::kValue, Better::kLower, 5});
}

void measure_batches(Rig& rig, int facts) {
    std::vector<OdfMessage> messages;
    for (int i = 0; i < facts; ++i)
        messages.push_back(version_of(heat(i % kUnits + 1), kAlone / kUnits + i / kUnits + 1));
    const double start = now_s();
    const double cpu = own_cpu_seconds();
    std::deque<std::future<Result<void>>> under_way;
    for (std::size_t next = 0; next < messages.size(); next += kPerBatch) {
        const std::size_t count = std::min<std::size_t>(kPerBatch, messages.size() - next);
        under_way.push_back(begin(*rig.core, std::span(messages).subspan(next, count)));
        while (under_way.size() >= kBatchesUnderWay || next + count == messages.size()) {
            if (under_way.empty()) break;
            require(under_way.front().get());
            under_way.pop_front();
        }
    }
    const double wall_s = now_s() - start;
    const double cpu_s = own_cpu_seconds() - cpu;
    const Bar bar{Bar::Of::kValue, Better::kHigher, 200'000};
    print({"facts (heats of 8 lines) committed in batches, durable", facts / wall_s, "facts/s"},
          bar);
    print({"lines of results in them", facts * kRunners / wall_s, "lines/s"}, bar);
    print({"facts committed in batches, CPU of all threads", facts / cpu_s, "facts/CPU-s"});
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: commit_bench FOLDER [FACTS]\n", stderr);
        return 2;
    }
    altis::bench::Rig rig(std::string(argv[1]) + "/commit");
    altis::bench::measure_alone(rig, altis::bench::BarePage(argv[1]));
    altis::bench::measure_batches(rig, argc > 2 ? std::atoi(argv[2]) : 50'000);
    return 0;
}
