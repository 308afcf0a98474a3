// altis results rules, score: the rules of the sports for people, and what they make of a sheet.
#include <fmt/format.h>

#include "app/commands.h"
#include "platform/file.h"
#include "results/scoring/panel.h"

namespace altis::app {
namespace {

using codec::Json;

// "TIME lower up 2, DISTANCE higher truncate 2"
std::string values_text(const Json& values) {
    std::string text;
    for (const auto& [type, rule] : values.members()) {
        text += (text.empty() ? "" : ", ") + type + " " + std::string(rule["better"].as_string());
        if (!rule.contains("digits")) continue;
        text += fmt::format(" {} {}", rule["rounding"].as_string(), rule["digits"].as_int());
    }
    return text;
}

// "ER/SHORT + ER/FREE"
std::string totals_text(const Json& totals) {
    std::string text;
    for (const Json& rule : totals.items()) {
        text += text.empty() ? "" : "; ";
        std::string sum;
        for (const Json& part : rule["plus"].items())
            sum += (sum.empty() ? "" : " + ") + std::string(part.as_string());
        for (const Json& part : rule["minus"].items())
            sum += " - " + std::string(part.as_string());
        text += sum;
    }
    return text;
}

std::string marks_text(const Json& marks) {
    std::string text;
    for (const auto& [spelling, mark] : marks.members())
        text += (text.empty() ? "" : " ") + spelling + "=" + std::string(mark["means"].as_string());
    return text;
}

void print_entry(const Json& entry) {
    const std::string_view phase = entry["phase"].as_string();
    fmt::print("{:<8}{:<6}", entry["for"].as_string(), phase);
    for (const char* name : {"ranking", "ties", "after_dsq"}) {
        if (entry.contains(name)) fmt::print("{} {}  ", name, entry[name].as_string());
    }
    fmt::print("\n");
    const std::pair<const char*, std::string> details[] = {{"values", values_text(entry["values"])},
                                                           {"totals", totals_text(entry["totals"])},
                                                           {"marks", marks_text(entry["marks"])}};
    for (const auto& [name, text] : details) {
        if (!text.empty()) fmt::print("{:14}{}: {}\n", "", name, text);
    }
}

Result<Json> rules_of(const Target& target, const std::string& edition) {
    if (edition.empty()) return codec::parse_json(results::default_rules_text());
    TRY(Endpoint endpoint, find_endpoint(target));
    return Client(std::move(endpoint)).get("/v1/results/rules/" + path_segment(edition));
}

}  // namespace

int show_rules(const Target& target, const std::string& edition, Output output) {
    const auto rules = rules_of(target, edition);
    if (!rules) return report_error(rules.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", rules->to_pretty_string());
        return kExitSuccess;
    }
    fmt::print("rules of {}, version {}; a later entry replaces what it names\n",
               edition.empty() ? "every edition that sets none" : edition,
               (*rules)["version"].as_int());
    const Json& entries = (*rules)["rules"];
    for (const Json& entry : entries.items())
        print_entry(entry);
    return kExitSuccess;
}

int score_sheet(const std::string& file) {
    const auto bytes = platform::read_file(platform::real_file_system(), file);
    if (!bytes) return report_error(bytes.error());
    const auto sheet = results::read_sheet(*bytes);
    if (!sheet) return report_error(sheet.error());
    const auto unit = results::Rsc::parse("FSKXPAIRS-------------FNL-000100--");
    if (!unit) return report_error(unit.error());
    const auto score = results::score_panel(results::default_rules().for_unit(*unit).panel, *sheet);
    if (!score) return report_error(score.error());
    fmt::print("{}\n", results::to_json(*score).to_pretty_string());
    return kExitSuccess;
}

}  // namespace altis::app
