// altis serve, and altis warehouse rebuild.
#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/instance_options.h"
#include "crypto/vault.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "server/http_server.h"
#include "service/instance.h"
#include "service/projector.h"
#include "warehouse/rebuild.h"

namespace altis::app {
namespace {

// Each client of a feed is an open file. Only root may go beyond what the system set as the most.
void raise_file_limit() {
    constexpr rlim_t kOtherFiles = 4'096;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const rlim_t wanted = server::kMaxStreamClients + server::kMaxConnections + kOtherFiles;
    const rlim_t most = std::max(files.rlim_max, wanted);
    rlimit raised{most, most};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < wanted) {
        spdlog::info(
            "at most {} open files, so not all the feed clients there may be; see ulimit -n",
            files.rlim_cur);
    }
}

// Signals that end the server are blocked everywhere and waited for here.
sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

Result<warehouse::Rebuilt> rebuild(const Config& config) {
    auto& files = platform::real_file_system();
    platform::SystemRandom random;
    const std::string& root = config.data.directory;
    TRY(const auto vault, crypto::Vault::open(files, root + "/vault", random));
    // Holding the journal open keeps a server from starting meanwhile.
    TRY(const auto journal, journal::Journal::open(files, root + "/journal", *vault, {}));
    warehouse::DuckdbOptions options;
    options.folder = root + "/warehouse";
    options.threads = config.warehouse.threads;
    options.memory_limit_mb = config.warehouse.memory_mb;
    TRY_VOID(warehouse::discard_duckdb(files, options.folder));
    TRY(const auto engine, warehouse::open_duckdb(files, options));
    TRY(const auto projections, service::all_projections());
    TRY(const auto reader, journal->read(1));
    return warehouse::rebuild(
        *engine, *reader, projections, journal->durable(),
        [](journal::Offset done, journal::Offset all) { show_progress("rebuilt", done, all); });
}

}  // namespace

int serve(const Config& config) {
    const sigset_t signals = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    raise_file_limit();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on file size fails the write, not the process
    platform::SystemClock clock;
    platform::SystemRandom random;
    auto& files = platform::real_file_system();
    auto instance = service::Instance::start({files, clock, random}, instance_options(config));
    if (!instance) return report_error(instance.error());
    const auto& recovery = (*instance)->core().journal().recovery();
    if (recovery.cut_bytes > 0) {
        spdlog::warn("cut a torn tail of {} bytes, never acknowledged; kept as {}",
                     recovery.cut_bytes, recovery.cut_saved_as);
    }
    if (const auto written = write_port(files, config.data.directory, (*instance)->port());
        !written) {
        return report_error(written.error());
    }
    spdlog::info("listening on http://{}:{}, data folder {}, admin key in {}",
                 config.server.address, (*instance)->port(), config.data.directory,
                 admin_key_path(config.data.directory));
    int received = 0;
    ::sigwait(&signals, &received);
    spdlog::info("stopping: finishing requests, writing a snapshot");
    (*instance)->stop();
    spdlog::info("stopped");
    return kExitSuccess;
}

int warehouse_rebuild(const Config& config, Output output) {
    const auto rebuilt = rebuild(config);
    if (!rebuilt) return report_error(rebuilt.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", codec::Json::object({{"records", rebuilt->records},
                                                {"rows", rebuilt->rows},
                                                {"damages", rebuilt->damages}})
                               .to_pretty_string());
    } else {
        fmt::print("{} rows from {} records\n", rebuilt->rows, rebuilt->records);
    }
    return rebuilt->damages == 0 ? kExitSuccess : kExitNotIntact;
}

}  // namespace altis::app
