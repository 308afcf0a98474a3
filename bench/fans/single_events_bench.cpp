// One event per request from 256 clients, answered when it is durable: altis beside Redis, which
// appends the same events to a list and syncs its log always. The same client sends to both.
// `single_events_bench ALTIS FOLDER [EVENTS] [ROUNDS]` prints a row a line.
#include <cstdio>
#include <cstdlib>

#include "load/event_bodies.h"
#include "load/send.h"
#include "report/row.h"
#include "servers/altis_server.h"
#include "servers/peers.h"
#include "servers/process_cost.h"
#include "servers/scratch_folder.h"

namespace altis::bench {
namespace {

constexpr std::uint32_t kConnections = 256;
constexpr std::uint32_t kFans = 20'000;

struct Options {
    std::string altis;
    std::string folder;
    std::uint32_t events = 100'000;
    int rounds = 2;
};

// Sums over all rounds of one server.
struct Side {
    double events = 0;
    double wall_s = 0;
    double cpu_s = 0;
    double client_cpu_s = 0;
    std::vector<double> latencies_ms;

    double per_wall_s() const { return events / wall_s; }
};

Result<void> measure(const Target& target, int pid, const std::vector<std::string>& bodies,
                     Side& side) {
    const double cpu = cpu_seconds(pid);
    TRY(const LoadResult load, send_all(target, bodies));
    TRY_VOID(check(load));
    side.cpu_s += cpu_seconds(pid) - cpu;
    side.client_cpu_s += load.cpu_s;
    side.wall_s += load.wall_s;
    side.events += static_cast<double>(bodies.size());
    side.latencies_ms.insert(side.latencies_ms.end(), load.latencies_ms.begin(),
                             load.latencies_ms.end());
    return {};
}

Result<void> run_altis(const Options& options, const std::vector<std::string>& events, Side& side) {
    std::vector<std::string> bodies;
    for (const std::string& event : events)
        bodies.push_back(R"({"batch":[)" + event + "]}");
    const ScratchFolder folder(options.folder + "/single");
    TRY(const auto server, AltisServer::start(options.altis, folder.path()));
    TRY(const std::string secret, server->found());
    const Protocol protocol = batches_over_http("Bearer " + secret, Packing::kPlain);
    TRY_VOID(measure({server->port(), protocol, kConnections}, server->pid(), bodies, side));
    return server->expect_events(events.size());
}

Result<void> run_redis(const Options& options, const std::vector<std::string>& events, Side& side) {
    const ScratchFolder folder(options.folder + "/single");
    TRY(const auto redis, RedisServer::start(folder.path()));
    const Target target{redis->port(), pushes_to_redis("events"), kConnections};
    return measure(target, redis->pid(), events, side);
}

void report(Side& altis, Side& redis, const std::string& redis_absent) {
    const bool has_redis = redis.events > 0;
    const auto row = [has_redis](const std::string& what, double value, const std::string& unit,
                                 double peer_value) {
        return Row{"256 clients, one event per request, durable: " + what, value, unit,
                   has_redis ? "Redis RPUSH, fsync always" : "", has_redis ? peer_value : 0};
    };
    const Row wall = row("wall", altis.per_wall_s(), "events/s", redis.per_wall_s());
    if (has_redis) {
        print(wall, {Bar::Of::kRatio, Better::kHigher, 5});
    } else {
        print(wall);
        print_missing("256 clients: Redis", redis_absent);
    }
    print(row("server CPU, warehouse included", altis.events / altis.cpu_s, "events/CPU-s",
              redis.events / redis.cpu_s));
    print(row("CPU of the clients", altis.client_cpu_s / altis.wall_s, "cores",
              redis.client_cpu_s / redis.wall_s));
    print(row("request p99", quantile(altis.latencies_ms, 0.99), "ms",
              quantile(redis.latencies_ms, 0.99)));
}

Result<void> run(const Options& options) {
    std::vector<std::string> events;
    for (std::uint32_t i = 0; i < options.events; ++i)
        events.push_back(make_event(i, kFans));
    Side altis;
    Side redis;
    std::string redis_absent;
    for (int round = 0; round < options.rounds; ++round) {
        TRY_VOID(run_altis(options, events, altis));
        const auto done = run_redis(options, events, redis);
        if (!done) redis_absent = done.error().message;
    }
    report(altis, redis, redis_absent);
    return {};
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: single_events_bench ALTIS FOLDER [EVENTS] [ROUNDS]\n");
        return 2;
    }
    altis::bench::Options options{argv[1], argv[2]};
    if (argc > 3) options.events = static_cast<std::uint32_t>(std::atoi(argv[3]));
    if (argc > 4) options.rounds = std::atoi(argv[4]);
    const auto done = altis::bench::run(options);
    if (done) return 0;
    std::fprintf(stderr, "single_events_bench: %s\n", done.error().message.c_str());
    return 1;
}
