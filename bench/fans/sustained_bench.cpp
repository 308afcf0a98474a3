// The whole path under a load that does not wait for the server: 20-event gzip batches at an even
// pace, 1,000 live segments of one comparison each, the warehouse, and a probe of one of them.
// `sustained_bench ALTIS FOLDER [SECONDS] [EVENTS_PER_SECOND]` prints a row a line. The bodies are
// made before, and kept in memory: some 3.5 GB for five minutes at 100,000 events/s.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>

#include "fans/membership_probe.h"
#include "load/event_bodies.h"
#include "load/send.h"
#include "report/row.h"
#include "servers/altis_server.h"
#include "servers/process_cost.h"
#include "servers/scratch_folder.h"

namespace altis::bench {
namespace {

constexpr std::uint32_t kConnections = 1'000;
constexpr std::uint32_t kComparisons = 1'000;
constexpr std::uint32_t kEventsPerFan = 30;
constexpr std::uint32_t kMinFans = 20'000;
constexpr std::uint64_t kFirstWarmEvent = 1'000'000'000;
constexpr std::uint32_t kWarmEvents = 20'000;

struct Options {
    std::string altis;
    std::string folder;
    double seconds = 10;
    double events_per_s = 105'000;

    std::uint32_t events() const { return static_cast<std::uint32_t>(seconds * events_per_s); }
    std::uint32_t fans() const { return std::max(events() / kEventsPerFan, kMinFans); }
};

struct Measured {
    LoadResult load;
    double whole_s = 0;  // until the warehouse has everything
    // From the first request to the last answer, and until the warehouse has everything.
    double server_cpu_s = 0;
    double whole_server_cpu_s = 0;
    double own_cpu_s = 0;
    double machine_cpu_s = 0;
    double peak_memory_mb = 0;
    std::vector<double> membership_ms;
};

// Both halves at once: making them takes longer than sending them.
std::vector<std::string> make_all(const Options& options) {
    const std::uint32_t half = options.events() / 2 / kEventsPerBody * kEventsPerBody;
    auto second = std::async(std::launch::async, [&options, half] {
        return make_bodies({half, options.events() - half, options.fans()});
    });
    std::vector<std::string> bodies = make_bodies({0, half, options.fans()});
    for (std::string& body : second.get())
        bodies.push_back(std::move(body));
    return bodies;
}

Result<Measured> measure(const Options& options, const std::vector<std::string>& bodies) {
    const ScratchFolder folder(options.folder + "/sustained");
    TRY(const auto server, AltisServer::start(options.altis, folder.path()));
    TRY(const std::string secret, server->found());
    TRY_VOID(server->define_comparisons(kComparisons));
    const Protocol protocol = batches_over_http("Bearer " + secret, Packing::kGzip);
    const Target target{server->port(), protocol, kConnections};
    const auto warm_bodies = make_bodies({kFirstWarmEvent, kWarmEvents, options.fans()});
    TRY(const LoadResult warm, send_all(target, warm_bodies));
    TRY_VOID(check(warm));
    TRY_VOID(server->wait_for_warehouse());

    Measured measured;
    TRY(const auto probe, MembershipProbe::start(*server, secret));
    const double start = now_s();
    const double server_cpu = cpu_seconds(server->pid());
    const double own_cpu = own_cpu_seconds();
    const double machine_cpu = machine_cpu_seconds();
    TRY(measured.load, send_paced(target, bodies, options.events_per_s / kEventsPerBody));
    measured.server_cpu_s = cpu_seconds(server->pid()) - server_cpu;
    measured.own_cpu_s = own_cpu_seconds() - own_cpu;
    measured.machine_cpu_s = machine_cpu_seconds() - machine_cpu;
    TRY(measured.membership_ms, probe->finish());
    TRY_VOID(server->wait_for_warehouse());
    measured.whole_s = now_s() - start;
    measured.whole_server_cpu_s = cpu_seconds(server->pid()) - server_cpu;
    measured.peak_memory_mb = peak_memory_mb(server->pid());
    TRY_VOID(check(measured.load));
    TRY_VOID(server->expect_events(kWarmEvents + options.events() + measured.membership_ms.size()));
    return measured;
}

void report(const Options& options, Measured& measured) {
    const double wall_s = measured.load.wall_s;
    const double server_cores = measured.server_cpu_s / wall_s;
    const double own_cores = measured.own_cpu_s / wall_s;
    char offered[96];
    std::snprintf(offered, sizeof(offered),
                  "%.0f events/s for %.0f s, 1,000 comparisons: ", options.events_per_s,
                  options.seconds);
    const std::string what = offered;
    print({what + "whole path", options.events() / measured.whole_s, "events/s"},
          {Bar::Of::kValue, Better::kHigher, 100'000});
    print({what + "answer p99, from when it was planned",
           quantile(measured.load.latencies_ms, 0.99), "ms"},
          {Bar::Of::kValue, Better::kLower, 25});
    print({what + "answer p50", quantile(measured.load.latencies_ms, 0.5), "ms"});
    print({what + "server CPU", options.events() / measured.whole_server_cpu_s, "events/CPU-s"});
    print({what + "server CPU to the last answer", server_cores, "cores"});
    print({what + "client CPU, probe included", own_cores, "cores"});
    print({what + "CPU of the rest of the machine",
           std::max(0.0, measured.machine_cpu_s / wall_s - server_cores - own_cores), "cores"});
    print({what + "peak memory", measured.peak_memory_mb, "MB"});
    const std::string probed = what + "answer to membership, ";
    print({probed + "p50", quantile(measured.membership_ms, 0.5), "ms"});
    print({probed + "p99", quantile(measured.membership_ms, 0.99), "ms"},
          {Bar::Of::kValue, Better::kLower, 50});
}

Result<void> run(const Options& options) {
    const std::vector<std::string> bodies = make_all(options);
    TRY(Measured measured, measure(options, bodies));
    report(options, measured);
    return {};
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: sustained_bench ALTIS FOLDER [SECONDS] [EVENTS_PER_SECOND]\n");
        return 2;
    }
    altis::bench::Options options{argv[1], argv[2]};
    if (argc > 3) options.seconds = std::strtod(argv[3], nullptr);
    if (argc > 4) options.events_per_s = std::strtod(argv[4], nullptr);
    const auto done = altis::bench::run(options);
    if (done) return 0;
    std::fprintf(stderr, "sustained_bench: %s\n", done.error().message.c_str());
    return 1;
}
