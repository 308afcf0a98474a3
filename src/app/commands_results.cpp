// altis results import, export: results in the formats of others.
#include <fmt/format.h>

#include "app/archives.h"
#include "app/commands.h"
#include "codec/json.h"
#include "platform/file.h"
#include "results/formats/formats.h"
#include "results/rsc.h"

namespace altis::app {
namespace {

using codec::Json;

// NDJSON is sent in parts of this size, so that files of any length fit and progress shows.
constexpr std::size_t kPartBytes = 2U << 20;

Result<std::string> query_of(const ImportOptions& options) {
    std::string query = "/v1/results/import?format=" + path_segment(options.format) +
                        "&edition=" + path_segment(options.edition) +
                        "&version=" + std::to_string(options.version);
    if (!options.date.empty()) query += "&date=" + path_segment(options.date);
    if (options.mapping.empty()) return query;
    TRY(const std::string mapping,
        platform::read_file(platform::real_file_system(), options.mapping));
    return query + "&mapping=" + path_segment(mapping);
}

// The end of a part of NDJSON: whole lines, about kPartBytes. All else is sent in one piece.
std::size_t part_end(const std::string& bytes, std::size_t begin, std::string_view format) {
    if (format != "ndjson" || bytes.size() - begin <= kPartBytes) return bytes.size();
    const std::size_t line = bytes.find('\n', begin + kPartBytes);
    return line == std::string::npos ? bytes.size() : line + 1;
}

void add_up(Json& sum, const Json& report) {
    for (const std::string_view key : {"units", "changed", "rows", "rows_refused"})
        sum.set(key, sum[key].as_int() + report[key].as_int());
    for (const std::string_view key : {"refused", "warnings"}) {
        Json list = sum[key].is_array() ? sum[key] : Json::array();
        for (const Json& item : report[key].items())
            list.push(item);
        sum.set(key, std::move(list));
    }
}

Result<Json> send_parts(Client& client, const ImportOptions& options, const std::string& bytes) {
    TRY(const std::string path, query_of(options));
    Json sum = Json::object();
    std::size_t at = 0;
    do {
        const std::size_t end = part_end(bytes, at, options.format);
        const std::string_view part = std::string_view(bytes).substr(at, end - at);
        TRY(const Json report,
            client.send(server::Method::kPost, path, "application/octet-stream", part));
        add_up(sum, report);
        at = end;
        show_progress("imported", at, bytes.size());
    } while (at < bytes.size());
    return sum;
}

void print_report(const Json& report) {
    for (const Json& refusal : report["refused"].items()) {
        fmt::print("refused {}: {} ({})\n", refusal["place"].as_string(),
                   refusal["why"].as_string(), refusal["code"].as_string());
    }
    for (const Json& warning : report["warnings"].items()) {
        fmt::print("warning {}: {}\n", warning["code"].as_string(), warning["detail"].as_string());
    }
    fmt::print("{} units, {} changed; {} rows, {} of them refused\n", report["units"].as_int(),
               report["changed"].as_int(), report["rows"].as_int(),
               report["rows_refused"].as_int());
}

}  // namespace

int import_results(const Target& target, const ImportOptions& options, Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    const auto bytes = platform::read_file(platform::real_file_system(), options.file);
    if (!bytes) return report_error(bytes.error());
    Client client(std::move(*endpoint));
    if (!options.archive.empty()) {
        const auto opened = open_archives(client, {{options.edition, options.archive}});
        if (!opened) return report_error(opened.error());
    }
    const auto report = send_parts(client, options, *bytes);
    if (!report) return report_error(report.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", report->to_pretty_string());
    } else {
        print_report(*report);
    }
    return (*report)["rows_refused"].as_int() == 0 ? kExitSuccess : kExitUsage;
}

int export_results(const Target& target, const ResultsFile& file) {
    const bool unit = file.name.size() == results::kRscCharacters;
    std::string path = (unit ? "/v1/results/units/" : "/v1/results/export/") +
                       path_segment(file.name) + "?format=" + path_segment(file.format);
    if (unit && !file.edition.empty()) path += "&edition=" + path_segment(file.edition);
    return print_file(target, path);
}

}  // namespace altis::app
