// altis results replay: a whole Games from real data, against a server or in a data folder.
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <functional>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/instance_options.h"
#include "app/replay/player.h"
#include "platform/clock.h"
#include "platform/random.h"

namespace altis::app {
namespace {

using codec::Json;
using replay::Games;
using replay::Played;

constexpr std::string_view kParis = "paris2024";

Result<replay::PlayOptions> play_options(const ReplayOptions& options) {
    replay::PlayOptions play;
    if (!options.since.empty()) {
        TRY(play.window.since, parse_rfc3339(options.since));
    }
    if (!options.until.empty()) {
        TRY(play.window.until, parse_rfc3339(options.until));
    }
    if (options.speed == "max") return play;
    double speed = 0;
    const char* end = options.speed.data() + options.speed.size();
    const auto parsed = std::from_chars(options.speed.data(), end, speed);
    const bool is_speed = parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(speed) &&
                          speed >= kMinReplaySpeed && speed <= kMaxReplaySpeed;
    if (!is_speed) {
        return fail(Code::kInvalid, "replay.bad_speed",
                    "--speed must be 'max' or a number from 0.001 to 1000000, seconds of the "
                    "Games in one second");
    }
    play.speed = speed;
    return play;
}

Result<Games> read_games(const Config& config, const ReplayOptions& options) {
    if (options.name != kParis) {
        return fail(Code::kInvalid, "replay.unknown_games",
                    "there is no replay '" + options.name + "'; there is " + std::string(kParis));
    }
    const std::string& root = options.games.empty() ? config.replay.games : options.games;
    return Games::read_paris(root.empty() ? options.name : root + "/" + options.name);
}

// The server that is named or runs over the data folder; else one of our own, which lives as long
// as this.
class Host {
  public:
    Result<Endpoint> find(const Target& target, const Config& config) {
        if (!target.server.empty()) return find_endpoint(target);
        auto& files = platform::real_file_system();
        auto started = service::Instance::start({files, clock_, random_}, instance_options(config));
        if (!started && started.error().reason == "journal.in_use") return find_endpoint(target);
        if (!started && started.error().reason == "data_folder.in_use")
            return find_endpoint(target);
        TRY(own_, std::move(started));
        TRY_VOID(write_port(files, config.data.directory, own_->port()));
        return find_endpoint(target);
    }

  private:
    platform::SystemClock clock_;
    platform::SystemRandom random_;
    std::unique_ptr<service::Instance> own_;
};

struct Outcome {
    replay::GamesReport read;
    Played played;
    double seconds = 0;
};

Result<Outcome> run(const Target& target, const Config& config, const ReplayOptions& options) {
    TRY(const auto play, play_options(options));
    TRY(const Games games, read_games(config, options));
    Host host;
    TRY(Endpoint endpoint, host.find(target, config));
    Client client(std::move(endpoint));
    const auto began = std::chrono::steady_clock::now();
    Outcome outcome{games.report(), {}, 0};
    TRY(outcome.played, replay::play(client, games, play, [](Time at, auto done, auto all) {
            show_progress(format_rfc3339(at).substr(0, 16), done, all);
        }));
    outcome.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return outcome;
}

Json refused_json(const Played& played) {
    Json refused = Json::object();
    for (const auto& [reason, times] : played.refused)
        refused.set(reason, std::uint64_t{times});
    return refused;
}

void print_outcome(const Outcome& outcome, Output output) {
    const auto& [read, played, seconds] = outcome;
    if (output == Output::kJson) {
        const Json json = Json::object(
            {{"steps", std::uint64_t{played.steps}},
             {"known", std::uint64_t{played.known}},
             {"changed", std::uint64_t{played.changed}},
             {"held", std::uint64_t{played.held}},
             {"refused", refused_json(played)},
             {"units", std::uint64_t{read.units}},
             {"units_without_schedule", std::uint64_t{read.units_without_schedule}},
             {"schedule_rows_unnamed", std::uint64_t{read.schedule_rows_unnamed}},
             {"codes_repaired", std::uint64_t{read.codes_repaired}},
             {"rows_refused", std::uint64_t{read.rows_refused}},
             {"milliseconds", static_cast<std::int64_t>(std::llround(seconds * 1'000))},
             {"state", played.state}});
        fmt::print("{}\n", json.to_pretty_string());
        return;
    }
    fmt::print(
        "{} units; of {} no start is known, {} rows of the schedule name none, "
        "{} codes were repaired\n",
        read.units, read.units_without_schedule, read.schedule_rows_unnamed, read.codes_repaired);
    fmt::print("{} steps in {:.1f} s: {} were known, {} changed something, {} are held\n",
               played.steps, seconds, played.known, played.changed, played.held);
    for (const auto& [reason, times] : played.refused)
        fmt::print("  {} times refused: {}\n", times, reason);
    fmt::print("state {}\n", played.state);
}

}  // namespace

int replay_results(const Target& target, const Config& config, const ReplayOptions& options,
                   Output output) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto outcome = run(target, config, options);
    if (!outcome) return report_error(outcome.error());
    print_outcome(*outcome, output);
    return kExitSuccess;
}

}  // namespace altis::app
