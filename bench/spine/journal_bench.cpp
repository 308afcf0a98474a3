// Appending to the journal beside a plain write+fdatasync loop, turn by turn on the same disk.
// `journal_bench FOLDER [SECONDS]`: prints one row a line; SECONDS for each case and turn.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/assert.h"
#include "crypto/vault.h"
#include "journal/journal.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "report/row.h"
#include "servers/scratch_folder.h"

namespace altis::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kRecordBytes = 200;
constexpr std::uint32_t kSubjects = 1'000;
constexpr std::uint64_t kRawFileBytes = 256U << 20;
constexpr int kTurns = 2;

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// What one case came to over all its turns.
struct Outcome {
    double records = 0;
    double wall_s = 0;
    std::vector<double> latencies_ms;

    double rate() const { return wall_s > 0 ? records / wall_s : 0; }
};

// Calls `step` until the time is over; each call counts for `records`.
void repeat(double seconds, std::size_t records, Outcome& outcome,
            const std::function<void()>& step) {
    const auto start = SteadyClock::now();
    while (seconds_since(start) < seconds) {
        const auto begin = SteadyClock::now();
        step();
        outcome.latencies_ms.push_back(seconds_since(begin) * 1000);
        outcome.records += static_cast<double>(records);
    }
    outcome.wall_s += seconds_since(start);
}

enum class RawKind : std::uint8_t { kPreallocated, kGrowing };

// The least that makes bytes durable: one thread, one file.
class RawFile {
  public:
    RawFile(const std::string& path, RawKind kind)
        : kind_(kind), file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
        if (kind == RawKind::kGrowing) return;
        const std::string zeros(1U << 20, '\0');
        for (std::uint64_t at = 0; at < kRawFileBytes; at += zeros.size())
            put(at, zeros);
        ::fsync(file_);
    }
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;
    ~RawFile() { ::close(file_); }

    void append(const std::string& bytes) {
        if (kind_ == RawKind::kPreallocated && at_ + bytes.size() > kRawFileBytes) at_ = 0;
        put(at_, bytes);
        at_ += bytes.size();
        if (::fdatasync(file_) != 0) std::abort();
    }

  private:
    void put(std::uint64_t at, const std::string& bytes) const {
        const auto done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done != static_cast<ssize_t>(bytes.size())) std::abort();
    }

    RawKind kind_;
    int file_;
    std::uint64_t at_ = 0;
};

enum class Sealing : std::uint8_t { kUnsealed, kSealed };

// How the journal is used in one case.
struct Shape {
    std::string_view name;
    std::uint32_t writers;
    std::uint32_t records;  // in one append
};

constexpr std::array<Shape, 3> kShapes = {Shape{"1 writer", 1, 1}, Shape{"32 writers", 32, 1},
                                          Shape{"batches of 1,000", 1, 1'000}};

std::vector<journal::Draft> drafts_of(const Shape& shape, Sealing sealing, std::uint32_t& serial) {
    std::vector<journal::Draft> drafts;
    drafts.reserve(shape.records);
    for (std::uint32_t i = 0; i < shape.records; ++i) {
        const SubjectId subject =
            sealing == Sealing::kSealed ? SubjectId{1 + serial++ % kSubjects} : kNoSubject;
        drafts.push_back({"bench.noted", "bench", subject, std::string(kRecordBytes, 'x')});
    }
    return drafts;
}

class JournalBench {
  public:
    JournalBench(std::string folder, double seconds)
        : folder_(std::move(folder)), seconds_(seconds) {}

    Result<void> run() {
        for (const Shape& shape : kShapes)
            TRY_VOID(run_shape(shape));
        return {};
    }

  private:
    Result<void> run_shape(const Shape& shape) {
        Outcome preallocated;
        Outcome growing;
        Outcome unsealed;
        Outcome sealed;
        for (int turn = 0; turn < kTurns; ++turn) {
            run_raw(shape, RawKind::kPreallocated, preallocated);
            TRY_VOID(run_journal(shape, Sealing::kUnsealed, unsealed));
            run_raw(shape, RawKind::kGrowing, growing);
            TRY_VOID(run_journal(shape, Sealing::kSealed, sealed));
        }
        report(shape, "unsealed", unsealed, preallocated, growing);
        report(shape, "sealed", sealed, preallocated, growing);
        return {};
    }

    void run_raw(const Shape& shape, RawKind kind, Outcome& outcome) {
        const ScratchFolder folder(folder_ + "/journal");
        RawFile file(folder.path() + "/raw", kind);
        const std::string bytes(kRecordBytes * shape.records, 'x');
        repeat(seconds_, shape.records, outcome, [&] { file.append(bytes); });
    }

    Result<void> run_journal(const Shape& shape, Sealing sealing, Outcome& outcome) {
        const ScratchFolder folder(folder_ + "/journal");
        auto& files = platform::real_file_system();
        platform::SystemRandom random;
        TRY(const auto vault, crypto::Vault::open(files, folder.path() + "/vault", random));
        TRY(const auto journal,
            journal::Journal::open(files, folder.path() + "/journal", *vault, {}));
        journal->room(UINT64_MAX);  // waits until the first spare segment is there
        std::mutex mutex;
        std::vector<std::thread> writers;
        for (std::uint32_t i = 0; i < shape.writers; ++i) {
            writers.emplace_back([&] {
                const Outcome mine = write(*journal, shape, sealing);
                const std::lock_guard lock(mutex);
                outcome.records += mine.records;
                outcome.wall_s += mine.wall_s / shape.writers;
                outcome.latencies_ms.insert(outcome.latencies_ms.end(), mine.latencies_ms.begin(),
                                            mine.latencies_ms.end());
            });
        }
        for (std::thread& writer : writers)
            writer.join();
        return {};
    }

    Outcome write(journal::Journal& journal, const Shape& shape, Sealing sealing) const {
        platform::SystemClock clock;
        std::uint32_t serial = 0;
        Outcome outcome;
        repeat(seconds_, shape.records, outcome, [&] {
            ALTIS_ASSERT(journal.append(drafts_of(shape, sealing, serial), clock.now()));
        });
        return outcome;
    }

    static void report(const Shape& shape, const std::string& how, Outcome& ours,
                       Outcome& preallocated, Outcome& growing) {
        const std::string what =
            "journal append, " + std::string(shape.name) + ", " + how + " 200 B: ";
        const std::string raw = shape.records == 1 ? "write+fdatasync, " : "one write+fdatasync, ";
        print({what + "rate", ours.rate(), "records/s", raw + "preallocated", preallocated.rate()});
        print({what + "rate", ours.rate(), "records/s", raw + "growing", growing.rate()});
        for (const auto& [name, share] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
            print({what + name, quantile(ours.latencies_ms, share), "ms", raw + "preallocated",
                   quantile(preallocated.latencies_ms, share)});
        }
    }

    std::string folder_;
    double seconds_;
};

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: journal_bench FOLDER [SECONDS]\n");
        return 2;
    }
    const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 0.7;
    const auto done = altis::bench::JournalBench(argv[1], seconds).run();
    if (done) return 0;
    std::fprintf(stderr, "journal_bench: %s\n", done.error().message.c_str());
    return 1;
}
