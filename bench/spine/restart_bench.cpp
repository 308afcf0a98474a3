// How long a restart takes over a large journal. `restart_bench ALTIS FOLDER [GIGABYTES]` fills a
// data folder through the HTTP interface and prints one row a line.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "load/event_bodies.h"
#include "load/send.h"
#include "report/row.h"
#include "servers/altis_server.h"
#include "servers/process_cost.h"
#include "servers/scratch_folder.h"

namespace altis::bench {
namespace {

constexpr std::uint32_t kConnections = 32;
constexpr std::uint32_t kEventsPerStep = 100'000;
constexpr std::uint32_t kTailEvents = 20'000;
constexpr std::uint32_t kFans = 200'000;

class RestartBench {
  public:
    RestartBench(std::string altis, const std::string& folder, double gigabytes)
        : altis_(std::move(altis)),
          folder_(folder + "/restart"),
          wanted_bytes_(static_cast<std::uintmax_t>(gigabytes * 1e9)) {}

    Result<void> run() {
        TRY_VOID(fill());
        TRY_VOID(restart_with_snapshot());
        return restart_without_snapshot();
    }

  private:
    std::string data() const { return folder_.path() + "/data"; }

    // Spare segments count in full; at 1 GB they are a few parts in a hundred.
    std::uintmax_t journal_bytes() const {
        std::uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(data() + "/journal"))
            if (entry.is_regular_file()) bytes += entry.file_size();
        return bytes;
    }

    Result<void> send(const AltisServer& server, std::uint32_t events) {
        const auto bodies = make_bodies({sent_, events, kFans});
        sent_ += events;
        const Protocol protocol = batches_over_http("Bearer " + secret_, Packing::kGzip);
        TRY(const auto load, send_all({server.port(), protocol, kConnections}, bodies));
        if (load.refused == 0) return {};
        return fail(Code::kInvalid, "bench.refused", "requests were refused");
    }

    // A journal of the wanted size, a snapshot at its end, and a short tail behind that.
    Result<void> fill() {
        TRY(auto server, AltisServer::start(altis_, data()));
        TRY(secret_, server->found());
        while (journal_bytes() < wanted_bytes_)
            TRY_VOID(send(*server, kEventsPerStep));
        TRY_VOID(server->wait_for_warehouse());
        TRY_VOID(server->stop());
        TRY(server, AltisServer::start(altis_, data()));
        TRY_VOID(send(*server, kTailEvents));
        TRY_VOID(server->wait_for_warehouse());
        TRY(records_, record_count(*server));
        server->kill();
        return {};
    }

    static Result<double> record_count(const AltisServer& server) {
        auto admin = server.admin();
        TRY(const auto head, admin.get("/v1/journal"));
        return head["durable_offset"].as_double();
    }

    std::string size() const {
        char text[32];
        std::snprintf(text, sizeof(text), "%.1f GB", static_cast<double>(journal_bytes()) / 1e9);
        return text;
    }

    Result<void> restart_with_snapshot() {
        TRY(const auto server, AltisServer::start(altis_, data()));
        print({"restart, journal of " + size() + ", snapshot and a tail of 20,000 events",
               server->start_seconds(), "s"},
              {Bar::Of::kValue, Better::kLower, 1});
        print({"restart with snapshot: CPU", cpu_seconds(server->pid()), "CPU-s"});
        server->kill();
        return {};
    }

    Result<void> restart_without_snapshot() {
        std::filesystem::remove_all(data() + "/snapshots");
        TRY(const auto server, AltisServer::start(altis_, data()));
        const double cpu = cpu_seconds(server->pid());
        print({"restart, journal of " + size() + ", replayed without a snapshot",
               server->start_seconds(), "s"});
        print({"replay without a snapshot", records_ / cpu, "records/CPU-s"});
        server->kill();
        return {};
    }

    std::string altis_;
    ScratchFolder folder_;
    std::uintmax_t wanted_bytes_;
    std::string secret_;
    std::uint64_t sent_ = 0;
    double records_ = 0;
};

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: restart_bench ALTIS FOLDER [GIGABYTES]\n");
        return 2;
    }
    const double gigabytes = argc > 3 ? std::strtod(argv[3], nullptr) : 1.0;
    const auto done = altis::bench::RestartBench(argv[1], argv[2], gigabytes).run();
    if (done) return 0;
    std::fprintf(stderr, "restart_bench: %s\n", done.error().message.c_str());
    return 1;
}
