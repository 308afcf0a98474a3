#include "spine/child_server.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "app/data_folder.h"
#include "platform/file.h"

namespace altis::bench {
namespace {

using codec::Json;
using SteadyClock = std::chrono::steady_clock;

constexpr double kStartTimeout_s = 300;
constexpr auto kPause = std::chrono::milliseconds(1);
constexpr std::string_view kEdition = "owg2026";
constexpr std::string_view kOperator = "altis";
constexpr std::string_view kCohort = "performance-motivation";

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The first program of that name on the PATH; empty when there is none.
std::string find_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = folder + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

}  // namespace

double cpu_seconds(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t name_end = text.rfind(')');  // the name may hold spaces
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(text.substr(name_end + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double peak_memory_mb(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    }
    return 0;
}

ScratchFolder::ScratchFolder(std::string path) : path_(std::move(path)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

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
    TRY_VOID(client.get("/v1/warehouse?wait=1"));
    return {};
}

Result<std::int64_t> AltisServer::cohort_size() const {
    app::Client client = admin();
    TRY(const Json segment, client.get("/v1/segments/" + std::string(kCohort)));
    return segment["size"].as_int();
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

Result<std::unique_ptr<NodeCollector>> NodeCollector::start(const std::string& script,
                                                            const std::string& file) {
    platform::ProcessOptions options;
    options.program = find_program("node");
    if (options.program.empty()) {
        return fail(Code::kNotFound, "bench.no_node", "node is not installed");
    }
    options.arguments = {script, file};
    options.output = platform::ProcessOutput::kPipe;
    auto collector = std::make_unique<NodeCollector>();
    TRY(collector->process_, platform::Process::spawn(options));
    TRY(const std::string port, collector->process_->read_output(64));
    collector->port_ = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
    if (collector->port_ != 0) return collector;
    return fail(Code::kUnavailable, "bench.no_node", "the collector of bench/peers did not start");
}

}  // namespace altis::bench
