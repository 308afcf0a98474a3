// altis results import-medals: old medals into a running server, with what the file lacks.
#include <fmt/format.h>
#include <map>
#include <optional>

#include "app/archives.h"
#include "app/commands.h"
#include "app/medal_pages.h"
#include "codec/compress.h"
#include "platform/file.h"
#include "results/awards/history_import.h"

namespace altis::app {
namespace {

using codec::Json;

// What an import came to, for people and as JSON.
struct ImportReport {
    std::uint64_t editions = 0;
    std::uint64_t recorded = 0;  // lists or pages that changed something
    std::uint64_t held = 0;
    Json notes = Json::array();  // gaps, and what was held and why
};

Result<std::string> read_import(const std::string& file) {
    TRY(std::string bytes, platform::read_file(platform::real_file_system(), file));
    if (!codec::looks_like_gzip(bytes)) return bytes;
    return codec::gunzip(bytes, results::kMaxHistoryBytes);
}

Result<void> send_lists(Client& client, const std::string& edition,
                        const std::vector<results::AwardList>& lists, ImportReport& report) {
    Json items = Json::array();
    for (const results::AwardList& list : lists) {
        if (list.place.edition == edition) items.push(results::to_json(list));
    }
    auto answer = client.post("/v1/results/medals/" + path_segment(edition) + "/lists",
                              Json::object({{"lists", std::move(items)}}));
    const bool needs_people = !answer && (answer.error().reason == "results.other_source" ||
                                          answer.error().reason == "results.two_keys_needed");
    if (needs_people) {
        report.notes.push(edition + ": left out, " + answer.error().message);
        return {};
    }
    if (!answer) return tl::unexpected<Error>(std::move(answer.error()));
    report.recorded += static_cast<std::uint64_t>((*answer)["recorded"].as_int());
    return {};
}

Result<ImportReport> import_history(Client& client, const MedalImport& options,
                                    std::string_view csv) {
    std::optional<Time> published_at;
    if (!options.published_at.empty()) {
        TRY(published_at, parse_rfc3339(options.published_at));
    }
    TRY(const auto history, results::read_history(csv, published_at));
    TRY_VOID(open_archives(client, history.editions));
    ImportReport report;
    for (const auto& [edition, name] : history.editions) {
        TRY_VOID(send_lists(client, edition, history.lists, report));
        show_progress("imported", ++report.editions, history.editions.size());
    }
    for (const results::Gap& gap : history.gaps) {
        TRY_VOID(client.post(
            "/v1/results/gaps",
            Json::object({{"edition", gap.edition}, {"source", gap.source}, {"what", gap.what}})));
        report.notes.push(gap.edition + ": missing, " + gap.what);
    }
    report.notes.push(fmt::format("{} rows, {} medals, {} vacant, {} events without a medal",
                                  history.rows, history.medals, history.vacant,
                                  history.events_without));
    return report;
}

Result<ImportReport> import_feed(Client& client, const MedalImport& options, std::string_view csv) {
    if (options.edition.empty()) {
        return fail(Code::kInvalid, "cli.edition_missing",
                    "a feed names no Games; give --edition, e.g. --edition og2024");
    }
    TRY(auto feed, results::FeedReader::create(csv, options.edition, options.source));
    TRY_VOID(open_archives(client, {{options.edition, options.edition}}));
    ImportReport report;
    report.editions = 1;
    results::MedalSnapshot page;
    const std::string path = "/v1/results/medals/" + path_segment(options.edition) + "/pages";
    for (std::uint64_t sent = 0; feed.next(page);) {
        TRY(const Json answer, client.post(path, page_json(page)));
        show_progress("imported", ++sent, feed.moments());
        report.recorded += answer["changed"].as_bool() ? 1 : 0;
        if (!answer["held"].as_bool()) continue;
        ++report.held;
        const Json& doubt = answer["doubts"].items().front();
        report.notes.push(fmt::format("{}: held, {} ({})", format_rfc3339(page.observed_at),
                                      doubt["detail"].as_string(), doubt["code"].as_string()));
    }
    return report;
}

void print_report(const ImportReport& report, Output output) {
    if (output == Output::kJson) {
        fmt::print("{}\n", Json::object({{"editions", report.editions},
                                         {"recorded", report.recorded},
                                         {"held", report.held},
                                         {"notes", report.notes}})
                               .to_pretty_string());
        return;
    }
    fmt::print("{} Games, {} recorded, {} held\n", report.editions, report.recorded, report.held);
    for (const Json& note : report.notes.items())
        fmt::print("  {}\n", note.as_string());
}

}  // namespace

int import_medals(const Target& target, const MedalImport& options, Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    const auto csv = read_import(options.file);
    if (!csv) return report_error(csv.error());
    Client client(std::move(*endpoint));
    const auto report = options.format == "feed" ? import_feed(client, options, *csv)
                                                 : import_history(client, options, *csv);
    if (!report) return report_error(report.error());
    print_report(*report, output);
    return kExitSuccess;
}

}  // namespace altis::app
