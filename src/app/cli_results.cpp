// The commands of `altis results`.
#include <array>

#include "app/cli_parts.h"
#include "app/help_texts.h"
#include "results/formats/formats.h"

namespace altis::app {
namespace {

using codec::Json;
using server::Method;

// "?a=1&b=2" of the values that are given.
std::string query_of(std::initializer_list<std::pair<const char*, std::string>> values) {
    std::string query;
    for (const auto& [name, value] : values) {
        if (value.empty()) continue;
        query += (query.empty() ? "?" : "&") + std::string(name) + "=" + path_segment(value);
    }
    return query;
}

void add_units(CLI::App& group, Invocation& in) {
    auto* units = add_command(group, "units", "All units", in, [&in] {
        return show(in.target, "/v1/results/units" + query_of({{"edition", in.edition}}),
                    in.output);
    });
    units->add_option("--edition", in.edition, "of this edition alone");
    add_target(*units, in);
    auto* unit = add_command(group, "show", "The latest version of a unit", in, [&in] {
        return show(
            in.target,
            "/v1/results/units/" + path_segment(in.name) + query_of({{"edition", in.edition}}),
            in.output);
    });
    unit->add_option("unit", in.name)->required();
    unit->add_option("--edition", in.edition, "where several editions have a unit of this code");
    add_target(*unit, in);
}

void add_recall(CLI::App& group, Invocation& in) {
    auto* recall = add_command(group, "recall", "Messages, feed items and pages made of a fact", in,
                               [&in] { return recall_fact(in.target, in.name, in.output); });
    recall
        ->add_option("fact", in.name,
                     "results/<edition>/<unit>/<version>; without a version: all that are not "
                     "current any more")
        ->required();
    add_target(*recall, in);
}

void add_rules(CLI::App& group, Invocation& in) {
    auto* rules = add_command(group, "rules", "The rules in force: ranking, ties, marks, rounding",
                              in, [&in] { return show_rules(in.target, in.name, in.output); });
    rules->add_option("edition", in.name, "the built-in rules when it is missing");
    add_target(*rules, in);
    auto* set = add_command(group, "set-rules", "Set the rules of an edition", in, [&in] {
        return send_file(in.target,
                         {Method::kPut, "/v1/results/rules/" + path_segment(in.name),
                          "application/json", in.file},
                         in.output);
    });
    set->add_option("edition", in.name)->required();
    set->add_option("file", in.file, "a rule set as JSON, with a higher version")->required();
    add_target(*set, in);
    auto* score = add_command(group, "score", "Score a figure skating sheet, without any server",
                              in, [&in] { return score_sheet(in.file); });
    score->add_option("file", in.file, "the sheet as JSON")->required();
}

void add_results_files(CLI::App& group, Invocation& in) {
    const auto names = CLI::IsMember(std::vector<std::string>(
        results::formats::kFormatNames.begin(), results::formats::kFormatNames.end()));
    auto* import = add_command(group, "import", "Hand in a document of results", in,
                               [&in] { return import_results(in.target, in.import, in.output); });
    import->add_option("file", in.import.file)->required();
    import->add_option("--format", in.import.format)->required()->check(names);
    import->add_option("--edition", in.import.edition, "whose results these are")->required();
    import->add_option("--date", in.import.date, "of which day, where the document has none");
    import->add_option("--version", in.import.version, "raise it to correct an earlier import");
    import->add_option(
        "--archive", in.import.archive,
        "open the edition under this name, as Games of the past, when it is not open");
    import->add_option("--mapping", in.import.mapping, "for xml: a file that says what is where");
    add_target(*import, in);
    auto* file = add_command(group, "export", "A unit or an edition as a file", in,
                             [&in] { return export_results(in.target, in.results_file); });
    file->add_option("name", in.results_file.name, "the code of a unit, or the id of an edition")
        ->required();
    file->add_option("--format", in.results_file.format)->check(names)->capture_default_str();
    file->add_option("--edition", in.results_file.edition,
                     "of the unit, where several editions have its code");
    add_target(*file, in);
}

void add_medals(CLI::App& group, Invocation& in) {
    auto* table = add_command(group, "medals", "The medal table of an edition", in, [&in] {
        return show(in.target,
                    "/v1/results/medals/" + path_segment(in.name) +
                        query_of({{"known_at", in.from}, {"valid_at", in.to}}),
                    in.output);
    });
    table->add_option("edition", in.name)->required();
    table->add_option("--known-at", in.from, "by what was known then, RFC 3339");
    table->add_option("--valid-at", in.to, "as the world was then, RFC 3339");
    add_target(*table, in);
    auto* diff = add_command(group, "diff", "Which medals moved, and why", in, [&in] {
        return show(in.target,
                    "/v1/results/medals/" + path_segment(in.name) + "/diff" +
                        query_of({{"from", in.from}, {"to", in.to}}),
                    in.output);
    });
    diff->add_option("edition", in.name)->required();
    diff->add_option("--from", in.from, "what was known then, RFC 3339")->required();
    diff->add_option("--to", in.to, "what was known then; else now");
    add_target(*diff, in);
    auto* import = add_command(group, "import-medals", "Take old medals from a CSV file", in,
                               [&in] { return import_medals(in.target, in.medals, in.output); });
    import->add_option("file", in.medals.file, "CSV, also in gzip")->required();
    import->add_option("--format", in.medals.format, "one row per medal, or changes of a page")
        ->check(CLI::IsMember({"history", "feed"}))
        ->capture_default_str();
    import->add_option("--edition", in.medals.edition, "whose medals a feed tells");
    import->add_option("--source", in.medals.source, "who tells them")->capture_default_str();
    import->add_option("--known-at", in.medals.published_at,
                       "when the history was published; else now");
    add_target(*import, in);
}

void add_ask(CLI::App& group, Invocation& in) {
    auto* ask = add_command(group, "ask", "A question in plain language", in, [&in] {
        return show(in.target,
                    "/v1/answers" +
                        query_of({{"edition", in.name}, {"q", in.file}, {"language", in.second}}),
                    in.output);
    });
    ask->add_option("edition", in.name)->required();
    ask->add_option("question", in.file)->required();
    ask->add_option("--language", in.second, "en, fr, es, pt, de, it, ja, zh, ko, ar, ru or hi");
    add_target(*ask, in);
}

void add_replay(CLI::App& group, Invocation& in) {
    auto* replay = add_command(group, "replay", "Play a whole Games from real data", in, [&in] {
        return with_config(in, [&in](const Config& config) {
            in.target.data_directory = config.data.directory;
            return replay_results(in.target, config, in.replay, in.output);
        });
    });
    replay->add_option("games", in.replay.name, "paris2024")->required();
    replay->add_option("--games", in.replay.games, "the folder that holds paris2024/");
    replay->add_option("--speed", in.replay.speed, "seconds of the Games in one, or 'max'")
        ->capture_default_str();
    replay->add_option("--since", in.replay.since, "only from this moment on, RFC 3339");
    replay->add_option("--until", in.replay.until, "only before this moment, RFC 3339");
    replay->add_option("--config", in.config_file, "TOML file");
    add_target(*replay, in);
    replay->footer(kReplayExamples);
}

void add_people(CLI::App& group, Invocation& in) {
    auto* list = add_command(group, "participants", "Who takes part in an edition", in, [&in] {
        const std::string path = "/v1/results/participants/" + path_segment(in.name) +
                                 query_of({{"discipline", in.discipline},
                                           {"organisation", in.second},
                                           {"format", in.format},
                                           {"teams", in.is_of_teams ? "1" : ""}});
        return in.format.empty() ? show(in.target, path, in.output) : print_file(in.target, path);
    });
    list->add_option("edition", in.name)->required();
    list->add_option("--discipline", in.discipline, "three letters, e.g. FSK");
    list->add_option("--organisation", in.second, "e.g. USA");
    auto* format =
        list->add_option("--format", in.format, "odf: a message that has all of one discipline")
            ->check(CLI::IsMember({"odf"}));
    list->add_flag("--teams", in.is_of_teams, "its teams, as DT_PARTIC_TEAMS")->needs(format);
    add_target(*list, in);
    auto* one = add_command(group, "participant", "One of them, with biographies", in, [&in] {
        return show(
            in.target,
            "/v1/results/participants/" + path_segment(in.name) + "/" + path_segment(in.second),
            in.output);
    });
    one->add_option("edition", in.name)->required();
    one->add_option("code", in.second, "of the participant or team")->required();
    add_target(*one, in);
    auto* person = add_command(group, "person", "A person across Games, by id or name", in,
                               [&in] { return show_person(in.target, in.name, in.output); });
    person->add_option("who", in.name, "an id such as skating-4711, or a name")->required();
    add_target(*person, in);
    auto* codes = add_command(group, "codes", "The code tables of an edition", in, [&in] {
        const std::string set = in.second.empty() ? "" : "/" + path_segment(in.second);
        return show(in.target, "/v1/results/codes/" + path_segment(in.name) + set, in.output);
    });
    codes->add_option("edition", in.name)->required();
    codes->add_option("set", in.second, "one of them whole, e.g. event");
    add_target(*codes, in);
}

void add_schedule(CLI::App& group, Invocation& in) {
    auto* list = add_command(group, "schedule", "The schedule of a day, a venue", in, [&in] {
        return show(in.target,
                    "/v1/results/schedule/" + path_segment(in.name) +
                        query_of({{"day", in.from},
                                  {"venue", in.second},
                                  {"discipline", in.discipline},
                                  {"known_at", in.to}}),
                    in.output);
    });
    list->add_option("edition", in.name)->required();
    list->add_option("--day", in.from, "at the venue, e.g. 2026-02-19; it ends at 03:00");
    list->add_option("--venue", in.second);
    list->add_option("--discipline", in.discipline, "three letters, e.g. FSK");
    list->add_option("--as-of", in.to, "as it was known then, RFC 3339");
    add_target(*list, in);
}

void add_records(CLI::App& group, Invocation& in) {
    auto* list = add_command(group, "records", "Records, as they stand or stood", in, [&in] {
        return show(in.target,
                    "/v1/results/records" + query_of({{"event", in.name},
                                                      {"type", in.second},
                                                      {"known_at", in.from},
                                                      {"valid_at", in.to}}),
                    in.output);
    });
    list->add_option("--event", in.name, "a beginning of its code, or the code of a unit");
    list->add_option("--type", in.second, "WR, OR, NR, PB ...");
    list->add_option("--as-of", in.from, "by what was known then, RFC 3339");
    list->add_option("--valid-at", in.to, "as the world was then, RFC 3339");
    add_target(*list, in);
    add_show(group, "record", "One record, with all that was decided about it", in,
             "/v1/results/records", "number");
    auto* claim = add_command(group, "claim-record", "Hand in a record, as a JSON file", in, [&in] {
        return send_file(in.target,
                         {Method::kPost, "/v1/results/records", "application/json", in.file},
                         in.output);
    });
    claim->add_option("file", in.file)->required();
    add_target(*claim, in);
    auto* decide =
        add_command(group, "decide-record", "Ratify, annul or retire a record", in, [&in] {
            return change(in.target, Method::kPost,
                          "/v1/results/records/" + path_segment(in.name) + "/decisions",
                          Json::object({{"status", in.second}, {"reason", in.reason}}), in.output);
        });
    decide->add_option("number", in.name)->required();
    decide->add_option("status", in.second, "pending, ratified, annulled or retired")->required();
    decide->add_option("reason", in.reason, "why; it is kept")->required();
    add_target(*decide, in);
}

// `release` and `discard` of what is held, `approve` and `drop` of corrections.
void add_held(CLI::App& group, Invocation& in) {
    add_show(group, "held", "What a gate held back, and why", in, "/v1/results/held", nullptr);
    add_show(group, "corrections", "Corrections that wait for a second key", in,
             "/v1/results/corrections", nullptr);
    using Words = std::array<const char*, 3>;
    for (const auto& [name, what, kind] :
         {Words{"release", "Publish what is held, with another key", "held"},
          Words{"discard", "Let what is held go", "held"},
          Words{"approve", "Publish a correction, with another key", "corrections"},
          Words{"drop", "Let a correction go", "corrections"}}) {
        const std::string begin = std::string("/v1/results/") + kind + "/";
        auto* command = add_command(group, name, what, in, [&in, begin, end = std::string(name)] {
            return change(in.target, Method::kPost, begin + path_segment(in.name) + "/" + end,
                          Json::object({{"reason", in.reason}}), in.output);
        });
        command->add_option("number", in.name)->required();
        command->add_option("reason", in.reason, "why; it is kept")->required();
        add_target(*command, in);
    }
}

void add_feed_grants(CLI::App& group, Invocation& in) {
    add_show(group, "grants", "Which keys may follow which results live", in, "/v1/feed-grants",
             nullptr);
    auto* grant = add_command(
        group, "grant", "Let an API key follow results live, as a JSON file says", in, [&in] {
            return send_file(in.target,
                             {Method::kPut, "/v1/feed-grants/" + path_segment(in.name),
                              "application/json", in.file},
                             in.output);
        });
    grant->add_option("key", in.name, "id of the API key, which has the scope 'feed'")->required();
    grant->add_option("file", in.file)->required();
    add_target(*grant, in);
}

}  // namespace

void add_results(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "results", "Official results", kResultsExamples);
    add_units(*group, in);
    add_medals(*group, in);
    add_ask(*group, in);
    add_held(*group, in);
    add_people(*group, in);
    add_schedule(*group, in);
    add_records(*group, in);
    add_feed_grants(*group, in);
    add_show(*group, "log-key", "The key of the log of published facts", in, "/v1/log/key",
             nullptr);
    add_show(*group, "prove", "The proof that a fact was published, by its record's offset", in,
             "/v1/log/proofs", "offset");
    auto* verify = add_command(*group, "verify", "Check such a proof, offline", in,
                               [&in] { return results_verify(in.fact_proof, in.output); });
    verify->add_option("file", in.fact_proof.check_file, "the proof as JSON")->required();
    verify->add_option("--log-key", in.fact_proof.log_key, "of the log, from a source you trust")
        ->required();
    add_json(*verify, in);
    auto* send = add_command(*group, "send", "Hand in an ODF message", in, [&in] {
        return send_file(in.target, {Method::kPost, "/v1/odf", "application/xml", in.file},
                         in.output);
    });
    send->add_option("file", in.file)->required();
    add_target(*send, in);
    add_rules(*group, in);
    add_results_files(*group, in);
    add_replay(*group, in);
    add_recall(*group, in);
}

}  // namespace altis::app
