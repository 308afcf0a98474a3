// Commands that ask a running server.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/data_folder.h"
#include "fans/cohorts.h"

namespace altis::app {
namespace {

using codec::Json;

constexpr std::size_t kMaxCellBytes = 60;

// A value in a table: texts bare, everything else as JSON, cut where it would break the columns.
std::string cell(const Json& value) {
    std::string text = value.is_string() ? std::string(value.as_string()) : value.to_string();
    if (text.size() > kMaxCellBytes) text = text.substr(0, kMaxCellBytes - 3) + "...";
    return text;
}

// What fits into a column: plain values and short lists of them. `--json` shows the rest.
bool is_plain(const Json& value) {
    return !value.is_object() && (value.items().empty() || !value.items().front().is_object());
}

// The names of the columns that the first item gives.
std::vector<std::string> columns_of(const Json& item) {
    std::vector<std::string> columns;
    for (const auto& [name, value] : item.members()) {
        if (is_plain(value)) columns.push_back(name);
    }
    return columns;
}

void print_table(const codec::JsonArray& items) {
    if (items.empty()) {
        fmt::print("none\n");
        return;
    }
    const auto columns = columns_of(items.front());
    std::vector<std::size_t> widths;
    for (const std::string& name : columns) {
        std::size_t width = name.size();
        for (const Json& item : items)
            width = std::max(width, cell(item[name]).size());
        widths.push_back(width);
    }
    for (std::size_t i = 0; i < columns.size(); ++i)
        fmt::print("{:<{}}  ", columns[i], widths[i]);
    fmt::print("\n");
    for (const Json& item : items) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            fmt::print("{:<{}}  ", cell(item[columns[i]]), widths[i]);
        }
        fmt::print("\n");
    }
}

// Lists as tables, objects as indented JSON, which people read well enough.
void print_answer(const Json& answer, Output output) {
    if (output == Output::kText && answer["items"].is_array()) {
        print_table(answer["items"].items());
    } else {
        fmt::print("{}\n", answer.to_pretty_string());
    }
}

int print_result(const Result<Json>& answer, Output output) {
    if (!answer) return report_error(answer.error());
    print_answer(*answer, output);
    return kExitSuccess;
}

Result<Endpoint> endpoint_from_text(std::string_view server) {
    Endpoint endpoint;
    const std::size_t colon = server.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return fail(Code::kInvalid, "cli.bad_server", "--server must be like 127.0.0.1:8080");
    }
    endpoint.host = server.substr(0, colon);
    const std::string_view port = server.substr(colon + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size()) {
        return fail(Code::kInvalid, "cli.bad_server", "--server must be like 127.0.0.1:8080");
    }
    return endpoint;
}

}  // namespace

int exit_status(const Error& error) {
    switch (error.code) {
        case Code::kInvalid:
        case Code::kTooLarge:
            return kExitUsage;
        case Code::kUnauthenticated:
        case Code::kDenied:
        case Code::kExhausted:
            return kExitRefused;
        case Code::kNotFound:
            return kExitNotFound;
        case Code::kConflict:
            return kExitConflict;
        case Code::kOverloaded:
        case Code::kUnavailable:
            return kExitUnavailable;
        case Code::kCorrupt:
            return kExitCorrupt;
    }
    return kExitUnavailable;
}

int report_error(const Error& error) {
    std::fprintf(stderr, "altis: %s (%s)\n", error.message.c_str(), error.reason.c_str());
    return exit_status(error);
}

void show_progress(std::string_view what, std::uint64_t done, std::uint64_t all) {
    if (::isatty(STDERR_FILENO) == 0 || all == 0) return;
    std::fprintf(stderr, "\r%3llu %% %.*s", static_cast<unsigned long long>(done * 100 / all),
                 static_cast<int>(what.size()), what.data());
    if (done >= all) std::fputc('\n', stderr);
}

Result<Endpoint> find_endpoint(const Target& target) {
    Endpoint endpoint;
    if (target.server.empty()) {
        auto found = read_endpoint(platform::real_file_system(), target.data_directory);
        if (!found) {
            return fail(Code::kUnavailable, "cli.no_server",
                        "no server runs over the data folder '" + target.data_directory +
                            "'; start `altis serve`, or give --data or --server and --key");
        }
        endpoint = std::move(*found);
    } else {
        TRY(endpoint, endpoint_from_text(target.server));
    }
    if (!target.key.empty()) {
        endpoint.key = target.key;
    } else {
        // Read before this process has a second thread.
        const char* key = std::getenv("ALTIS_KEY");  // NOLINT(concurrency-mt-unsafe)
        if (key != nullptr) endpoint.key = key;
    }
    return endpoint;
}

int show(const Target& target, std::string_view path, Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    return print_result(Client(std::move(*endpoint)).get(path), output);
}

int change(const Target& target, server::Method method, std::string_view path, const Json& body,
           Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    const std::string text = body.is_null() ? std::string() : body.to_string();
    return print_result(Client(std::move(*endpoint)).send(method, path, "application/json", text),
                        output);
}

int send_file(const Target& target, const Upload& upload, Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    auto bytes = platform::read_file(platform::real_file_system(), upload.file);
    if (!bytes) return report_error(bytes.error());
    return print_result(
        Client(std::move(*endpoint)).send(upload.method, upload.path, upload.content_type, *bytes),
        output);
}

int define_cohorts(const Target& target, Output output) {
    for (const fans::Cohort& cohort : fans::kCohorts) {
        const int status =
            change(target, server::Method::kPut, "/v1/segments/" + path_segment(cohort.id),
                   Json::object({{"kind", "cohort"}, {"rule", cohort.rule}}), output);
        if (status != kExitSuccess) return status;
    }
    return kExitSuccess;
}

int print_file(const Target& target, std::string_view path) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    const auto text = Client(std::move(*endpoint)).get_text(path);
    if (!text) return report_error(text.error());
    fmt::print("{}", *text);
    return kExitSuccess;
}

int show_statement(const Target& target, const std::string& organisation, Output output) {
    const std::string path = "/v1/statements/" + path_segment(organisation);
    if (output == Output::kJson) return show(target, path, output);
    return print_file(target, path + "?format=text");
}

}  // namespace altis::app
