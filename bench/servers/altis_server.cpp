#include "servers/altis_server.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "app/data_folder.h"
#include "platform/file.h"

namespace altis::bench {
namespace {

using codec::Json;
using SteadyClock = std::chrono::steady_clock;

constexpr double kStartTimeout_s = 300;
constexpr double kWarehouseTimeout_s = 300;  // one request waits for 30 s at most
constexpr auto kPause = std::chrono::milliseconds(1);
constexpr std::string_view kEdition = "owg2026";
constexpr std::string_view kOperator = "altis";
constexpr std::string_view kCohort = "performance-motivation";

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

}  // namespace

Result<std::unique_ptr<AltisServer>> AltisServer::start(const std::string& program,
                                                        const std::string& data) {
    auto& files = platform::real_file_system();
    TRY_VOID(files.create_directories(data));
    std::error_code ignored;
    std::filesystem::remove(app::port_file_path(data), ignored);
    platform::ProcessOptions options;
    options.program = program;
    options.arguments = {"serve", "--data", data, "--port", "0"};
    options.output = platform::ProcessOutput::kFile;
    options.output_path = data + "/server.log";
    auto server = std::make_unique<AltisServer>();
    const auto begin = SteadyClock::now();
    TRY(server->process_, platform::Process::spawn(options));
    TRY_VOID(server->wait_until_ready(data));
    server->start_seconds_ = seconds_since(begin);
    return server;
}

Result<void> AltisServer::wait_until_ready(const std::string& data) {
    const auto begin = SteadyClock::now();
    while (seconds_since(begin) < kStartTimeout_s && !process_->wait(Duration{0})) {
        if (auto endpoint = app::read_endpoint(platform::real_file_system(), data)) {
            endpoint_ = std::move(*endpoint);
            if (admin().get("/healthz")) return {};
        }
        std::this_thread::sleep_for(kPause);
    }
    return fail(Code::kUnavailable, "bench.no_server",
                "altis did not start; see " + data + "/server.log");
}

Result<std::string> AltisServer::found() const {
    app::Client client = admin();
    TRY_VOID(client.post("/v1/editions", Json::object({{"id", kEdition}, {"name", "Bench"}})));
    // The operator itself owns the fans here, so that its admin key may ask about them.
    TRY_VOID(client.post("/v1/ownerships", Json::object({{"organisation", kOperator},
                                                         {"category", "fan_engagement"},
                                                         {"edition", kEdition}})));
    TRY_VOID(client.put("/v1/segments/" + std::string(kCohort),
                        Json::object({{"kind", "cohort"},
                                      {"rule",
                                       "dwell(technical_chart) >= dwell(emotional_highlight) and "
                                       "dwell(technical_chart) > 0"}})));
    TRY_VOID(client.put(
        "/v1/segments/volleyball",
        Json::object({{"kind", "segment"},
                      {"rule",
                       "bought(ticket, volleyball) >= 1 and spent(merchandise) >= 50.00 and area "
                       "= \"los-angeles\""}})));
    TRY(const Json key,
        client.post("/v1/keys", Json::object({{"id", "ingest"},
                                              {"organisation", kOperator},
                                              {"edition", kEdition},
                                              {"scopes", Json::array({"ingest"})}})));
    return codec::require_string(key, "secret");
}

Result<void> AltisServer::define_comparisons(std::uint32_t count) const {
    constexpr std::string_view kMeasures[] = {
        "dwell(technical_chart)", "dwell(emotional_highlight)", "dwell(replay)",
        "views(technical_chart)", "views(emotional_highlight)", "views(replay)",
        "spent(merchandise)",     "watched(figure_skating)",    "attended(volleyball)",
        "active_days()"};
    app::Client client = admin();
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t step = i / std::size(kMeasures) + 1;
        const std::string_view measure = kMeasures[i % std::size(kMeasures)];
        const std::uint32_t threshold = measure.starts_with("dwell") ? step * 10'000 : step;
        const std::string rule = std::string(measure) + " >= " + std::to_string(threshold);
        TRY_VOID(client.put("/v1/segments/comparison-" + std::to_string(i),
                            Json::object({{"kind", "segment"}, {"rule", rule}})));
    }
    return {};
}

Result<void> AltisServer::wait_for_warehouse() const {
    app::Client client = admin();
    const auto begin = SteadyClock::now();
    while (true) {
        const auto caught_up = client.get("/v1/warehouse?wait=1");
        if (caught_up) return {};
        const bool is_behind = caught_up.error().reason == "warehouse.behind";
        if (!is_behind || seconds_since(begin) > kWarehouseTimeout_s) {
            return tl::unexpected<Error>(caught_up.error());
        }
    }
}

Result<std::int64_t> AltisServer::cohort_size() const {
    app::Client client = admin();
    TRY(const Json segment, client.get("/v1/segments/" + std::string(kCohort)));
    return segment["size"].as_int();
}

Result<void> AltisServer::expect_events(std::uint64_t count) const {
    app::Client client = admin();
    TRY(const Json stats, client.get("/v1/fans/stats?edition=" + std::string(kEdition)));
    const auto found = static_cast<std::uint64_t>(stats["events"].as_int());
    if (found == count) return {};
    return fail(Code::kInvalid, "bench.lost",
                std::to_string(found) + " events arrived instead of " + std::to_string(count));
}

Result<void> AltisServer::stop() {
    process_->kill(SIGTERM);
    if (process_->wait(seconds(static_cast<std::int64_t>(kStartTimeout_s)))) return {};
    return fail(Code::kUnavailable, "bench.no_stop", "altis did not stop within five minutes");
}

void AltisServer::kill() {
    process_->kill(SIGKILL);
    process_->wait(seconds(10));
}

}  // namespace altis::bench
