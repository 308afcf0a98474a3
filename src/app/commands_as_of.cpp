// altis segments at: cohorts and segments as they were, from the journal of a stopped server or by
// asking a running one.
#include <fmt/format.h>

#include "app/commands.h"
#include "crypto/vault.h"
#include "journal/journal.h"
#include "platform/file.h"
#include "platform/random.h"
#include "service/past_fans.h"
#include "service/secrets.h"

namespace altis::app {
namespace {

using codec::Json;

Result<service::Moment> moment_of(const AsOfOptions& options) {
    service::Moment moment;
    if (options.offset) moment.offset = *options.offset;
    if (!options.time.empty()) {
        TRY(moment.time, parse_rfc3339(options.time));
    }
    return moment;
}

Result<Json> read_past(const std::string& root, const AsOfOptions& options) {
    auto& files = platform::real_file_system();
    platform::SystemRandom random;
    TRY(const service::Moment moment, moment_of(options));
    TRY(const auto vault, crypto::Vault::open(files, root + "/vault", random));
    TRY(const auto secrets, service::read_secrets(*vault));
    TRY(const auto reader, journal::read_files(files, root + "/journal", vault.get(), 1));
    const auto watch = [&options](const service::Past& past) {
        if (options.offset) show_progress("replayed", past.offset, *options.offset);
        return Result<void>();
    };
    service::Past past;
    TRY_VOID(service::replay(*reader, moment, watch, past));
    return service::past_json(past, secrets.ingest, options.user_id);
}

Result<Json> ask_server(const Target& target, const AsOfOptions& options) {
    TRY(Endpoint endpoint, find_endpoint(target));
    std::string path = "/v1/segments-at?fan=" + path_segment(options.user_id);
    if (options.offset) path += "&offset=" + std::to_string(*options.offset);
    if (!options.time.empty()) path += "&time=" + path_segment(options.time);
    return Client(std::move(endpoint)).get(path);
}

// Who has the folder open is asked.
Result<Json> look_back(const Target& target, const AsOfOptions& options) {
    if (!target.server.empty()) return ask_server(target, options);
    auto past = read_past(target.data_directory, options);
    const bool is_running = !past && past.error().reason == "file.locked";
    return is_running ? ask_server(target, options) : past;
}

void print_past(const Json& past) {
    fmt::print("at record {} of {}: {} fans\n", past["offset"].as_int(), past["time"].as_string(),
               past["fans"].as_int());
    for (const Json& item : past["items"].items()) {
        fmt::print("{:>12}  {} (version {}): {}\n", item["size"].as_int(), item["id"].as_string(),
                   item["version"].as_int(), item["rule"].as_string());
    }
    for (const Json& why : past["fan"]["segments"].items()) {
        fmt::print("the fan was {} {}\n", why["member"].as_bool() ? "in" : "not in",
                   why["id"].as_string());
        for (const Json& predicate : why["predicates"].items()) {
            fmt::print("    {} {}\n", predicate["holds"].as_bool() ? "holds:" : "fails:",
                       predicate["predicate"].as_string());
        }
    }
}

}  // namespace

int segments_at(const Target& target, const AsOfOptions& options, Output output) {
    const auto past = look_back(target, options);
    if (!past) return report_error(past.error());
    if ((*past)["damaged_places"].as_int() > 0) {
        std::fprintf(stderr,
                     "altis: some of the journal cannot be read; `altis journal verify` "
                     "tells what\n");
    }
    if (output == Output::kJson) {
        fmt::print("{}\n", past->to_pretty_string());
    } else {
        print_past(*past);
    }
    return (*past)["damaged_places"].as_int() == 0 ? kExitSuccess : kExitNotIntact;
}

}  // namespace altis::app
