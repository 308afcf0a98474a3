// Ingest over loopback: altis beside the Node collector, the same bodies in the same run, turn by
// turn. `ingest_bench ALTIS COLLECTOR FOLDER [EVENTS] [ROUNDS]` prints a row a line.
#include <cstdio>
#include <cstdlib>

#include "load/event_bodies.h"
#include "load/send.h"
#include "report/row.h"
#include "servers/altis_server.h"
#include "servers/peers.h"
#include "servers/process_cost.h"
#include "servers/scratch_folder.h"
#include "warehouse/feeder.h"

namespace altis::bench {
namespace {

constexpr std::uint32_t kConnections = 32;
constexpr std::uint64_t kFirstWarmEvent = 1'000'000'000;
constexpr std::uint32_t kWarmEvents = 20'000;

struct Options {
    std::string altis;
    std::string collector;
    std::string folder;
    std::uint32_t events = 200'000;
    int rounds = 2;
};

// Sums over all rounds of one server.
struct Side {
    double events = 0;
    double wall_s = 0;
    double answering_cpu_s = 0;  // what the answers needed
    double cpu_s = 0;            // all of it
    double peak_memory_mb = 0;
    std::vector<double> latencies_ms;

    double per_wall_s() const { return events / wall_s; }
    double per_answering_cpu_s() const { return events / answering_cpu_s; }
    double per_cpu_s() const { return events / cpu_s; }

    void add(double count, const LoadResult& load) {
        events += count;
        latencies_ms.insert(latencies_ms.end(), load.latencies_ms.begin(), load.latencies_ms.end());
    }
};

struct Bodies {
    std::vector<std::string> warm;
    std::vector<std::string> measured;
};

// Without the thread that feeds the warehouse: no answer waits for it.
double answering_cpu_seconds(int pid) {
    return cpu_seconds(pid) - cpu_seconds_of_threads(pid, warehouse::kFeederThread);
}

// Until the cohort is right and the warehouse has committed the last record.
Result<void> run_altis(const Options& options, const Bodies& bodies, Side& side) {
    const ScratchFolder folder(options.folder + "/ingest");
    TRY(const auto server, AltisServer::start(options.altis, folder.path()));
    TRY(const std::string secret, server->found());
    const Protocol protocol = batches_over_http("Bearer " + secret, Packing::kGzip);
    const Target target{server->port(), protocol, kConnections};
    TRY(const LoadResult warm, send_all(target, bodies.warm));
    TRY_VOID(check(warm));
    TRY_VOID(server->wait_for_warehouse());
    const double cpu = cpu_seconds(server->pid());
    const double answering_cpu = answering_cpu_seconds(server->pid());
    const double start = now_s();
    TRY(const LoadResult load, send_all(target, bodies.measured));
    TRY_VOID(check(load));
    side.answering_cpu_s += answering_cpu_seconds(server->pid()) - answering_cpu;
    TRY_VOID(server->wait_for_warehouse());
    side.wall_s += now_s() - start;
    side.cpu_s += cpu_seconds(server->pid()) - cpu;
    side.add(options.events, load);
    side.peak_memory_mb = peak_memory_mb(server->pid());
    TRY_VOID(server->expect_events(kWarmEvents + options.events));
    TRY(const std::int64_t members, server->cohort_size());
    if (members > 0) return {};
    return fail(Code::kInvalid, "bench.no_cohort", "the cohort stayed empty");
}

Result<void> run_node(const Options& options, const Bodies& bodies, Side& side) {
    const ScratchFolder folder(options.folder + "/ingest");
    TRY(const auto node, NodeCollector::start(options.collector, folder.path() + "/events"));
    const Target target{node->port(), batches_over_http({}, Packing::kGzip), kConnections};
    TRY_VOID(send_all(target, bodies.warm));
    const double cpu = cpu_seconds(node->pid());
    TRY(const LoadResult load, send_all(target, bodies.measured));
    TRY_VOID(check(load));
    side.wall_s += load.wall_s;
    side.cpu_s += cpu_seconds(node->pid()) - cpu;
    side.answering_cpu_s = side.cpu_s;
    side.add(options.events, load);
    side.peak_memory_mb = peak_memory_mb(node->pid());
    return {};
}

// The row's bar of the ratio counts only beside Node.
void print_ratio(const Row& row, double least) {
    if (row.peer.empty()) return print(row);
    print(row, {Bar::Of::kRatio, Better::kHigher, least});
}

void report(Side& altis, Side& node, const std::string& node_absent) {
    const bool has_node = node.events > 0;
    const auto row = [has_node](const std::string& what, double value, const std::string& unit,
                                double peer_value) {
        return Row{"ingest, 20-event gzip batches: " + what, value, unit,
                   has_node ? "Node collector" : "", has_node ? peer_value : 0};
    };
    print_ratio(row("durable acknowledged, CPU of the answering threads",
                    altis.per_answering_cpu_s(), "events/CPU-s", node.per_answering_cpu_s()),
                4);
    print(row("whole path, wall", altis.per_wall_s(), "events/s", node.per_wall_s()),
          {Bar::Of::kValue, Better::kHigher, 50'000});
    print_ratio(row("whole path, server CPU", altis.per_cpu_s(), "events/CPU-s", node.per_cpu_s()),
                2);
    print(row("request p50", quantile(altis.latencies_ms, 0.5), "ms",
              quantile(node.latencies_ms, 0.5)));
    print(row("request p99", quantile(altis.latencies_ms, 0.99), "ms",
              quantile(node.latencies_ms, 0.99)));
    print(row("peak memory", altis.peak_memory_mb, "MB", node.peak_memory_mb));
    if (!has_node) print_missing("ingest: Node collector", node_absent);
}

Result<void> run(const Options& options) {
    Bodies bodies{make_bodies({kFirstWarmEvent, kWarmEvents}), make_bodies({0, options.events})};
    Side altis;
    Side node;
    std::string node_absent;
    for (int round = 0; round < options.rounds; ++round) {
        TRY_VOID(run_altis(options, bodies, altis));
        const auto done = run_node(options, bodies, node);
        if (!done) node_absent = done.error().message;
        std::fprintf(stderr, "ingest round %d: altis %.0f events/s, %.0f a CPU-second\n", round + 1,
                     altis.per_wall_s(), altis.per_cpu_s());
    }
    report(altis, node, node_absent);
    return {};
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: ingest_bench ALTIS COLLECTOR FOLDER [EVENTS] [ROUNDS]\n");
        return 2;
    }
    altis::bench::Options options{argv[1], argv[2], argv[3]};
    if (argc > 4) options.events = static_cast<std::uint32_t>(std::atoi(argv[4]));
    if (argc > 5) options.rounds = std::atoi(argv[5]);
    const auto done = altis::bench::run(options);
    if (done) return 0;
    std::fprintf(stderr, "ingest_bench: %s\n", done.error().message.c_str());
    return 1;
}
