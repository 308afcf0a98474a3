// Ingest over loopback: altis beside the Node collector, the same bodies in the same run, turn by
// turn. `ingest_bench ALTIS COLLECTOR FOLDER [EVENTS] [ROUNDS] [COMPARISONS]` prints a row a line.
// With COMPARISONS so many segments of one comparison each are live, and the bars are those of the
// fan platform.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "spine/child_server.h"
#include "spine/event_bodies.h"
#include "spine/load.h"
#include "spine/row.h"

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
    std::uint32_t comparisons = 0;
};

// What the rows must reach.
struct Bars {
    double events_per_wall_s;
    double ratio_per_cpu_s;
    double p99_ms;  // 0: none
};
constexpr Bars kSpineBars{50'000, 2, 0};
constexpr Bars kFansBars{100'000, 4, 25};

// Sums over all rounds of one server.
struct Side {
    double events = 0;
    double wall_s = 0;
    double cpu_s = 0;
    double peak_memory_mb = 0;
    std::vector<double> latencies_ms;

    double per_wall_s() const { return events / wall_s; }
    double per_cpu_s() const { return events / cpu_s; }

    void add(double count, const LoadResult& load, double cpu) {
        events += count;
        cpu_s += cpu;
        latencies_ms.insert(latencies_ms.end(), load.latencies_ms.begin(), load.latencies_ms.end());
    }
};

struct Bodies {
    std::vector<std::string> warm;
    std::vector<std::string> measured;
};

Result<void> check(const LoadResult& load) {
    if (load.refused == 0) return {};
    return fail(Code::kInvalid, "bench.refused",
                std::to_string(load.refused) + " requests were refused");
}

double now_s() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Until the cohort is right and the warehouse has committed the last record.
Result<void> run_altis(const Options& options, const Bodies& bodies, Side& side) {
    const ScratchFolder folder(options.folder + "/ingest");
    TRY(const auto server, AltisServer::start(options.altis, folder.path()));
    TRY(const std::string secret, server->found());
    TRY_VOID(server->define_comparisons(options.comparisons));
    const Target target{server->port(), "Bearer " + secret};
    TRY(const LoadResult warm, post_all(target, bodies.warm, kConnections));
    TRY_VOID(check(warm));
    TRY_VOID(server->wait_for_warehouse());
    const double cpu = cpu_seconds(server->pid());
    const double start = now_s();
    TRY(const LoadResult load, post_all(target, bodies.measured, kConnections));
    TRY_VOID(check(load));
    TRY_VOID(server->wait_for_warehouse());
    side.wall_s += now_s() - start;
    side.add(options.events, load, cpu_seconds(server->pid()) - cpu);
    side.peak_memory_mb = peak_memory_mb(server->pid());
    TRY(const std::int64_t members, server->cohort_size());
    if (members > 0) return {};
    return fail(Code::kInvalid, "bench.no_cohort", "the cohort stayed empty");
}

Result<void> run_node(const Options& options, const Bodies& bodies, Side& side) {
    const ScratchFolder folder(options.folder + "/ingest");
    TRY(const auto node, NodeCollector::start(options.collector, folder.path() + "/events"));
    const Target target{node->port(), {}};
    TRY_VOID(post_all(target, bodies.warm, kConnections));
    const double cpu = cpu_seconds(node->pid());
    TRY(const LoadResult load, post_all(target, bodies.measured, kConnections));
    TRY_VOID(check(load));
    side.wall_s += load.wall_s;
    side.add(options.events, load, cpu_seconds(node->pid()) - cpu);
    side.peak_memory_mb = peak_memory_mb(node->pid());
    return {};
}

void report(const Options& options, Side& altis, Side& node, const std::string& node_absent) {
    const std::string peer = node.events > 0 ? "Node collector" : "";
    const Bars& bars = options.comparisons > 0 ? kFansBars : kSpineBars;
    const std::string live =
        options.comparisons > 0 ? ", " + std::to_string(options.comparisons) + " comparisons" : "";
    const auto row = [&peer, &live](const std::string& what, double value, const std::string& unit,
                                    double peer_value) {
        return Row{"ingest, 20-event gzip batches" + live + ": " + what, value, unit, peer,
                   peer_value};
    };
    const bool has_node = !peer.empty();
    print(row("whole path, wall", altis.per_wall_s(), "events/s", has_node ? node.per_wall_s() : 0),
          {Bar::Of::kValue, Better::kHigher, bars.events_per_wall_s});
    const Row per_cpu = row("whole path, server CPU", altis.per_cpu_s(), "events/CPU-s",
                            has_node ? node.per_cpu_s() : 0);
    if (has_node) {
        print(per_cpu, {Bar::Of::kRatio, Better::kHigher, bars.ratio_per_cpu_s});
    } else {
        print(per_cpu);
    }
    print(row("request p50", quantile(altis.latencies_ms, 0.5), "ms",
              quantile(node.latencies_ms, 0.5)));
    const Row p99 = row("request p99", quantile(altis.latencies_ms, 0.99), "ms",
                        quantile(node.latencies_ms, 0.99));
    if (bars.p99_ms > 0) {
        print(p99, {Bar::Of::kValue, Better::kLower, bars.p99_ms});
    } else {
        print(p99);
    }
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
    report(options, altis, node, node_absent);
    return {};
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(
            stderr, "usage: ingest_bench ALTIS COLLECTOR FOLDER [EVENTS] [ROUNDS] [COMPARISONS]\n");
        return 2;
    }
    altis::bench::Options options{argv[1], argv[2], argv[3]};
    if (argc > 4) options.events = static_cast<std::uint32_t>(std::atoi(argv[4]));
    if (argc > 5) options.rounds = std::atoi(argv[5]);
    if (argc > 6) options.comparisons = static_cast<std::uint32_t>(std::atoi(argv[6]));
    const auto done = altis::bench::run(options);
    if (done) return 0;
    std::fprintf(stderr, "ingest_bench: %s\n", done.error().message.c_str());
    return 1;
}
