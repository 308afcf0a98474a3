#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <functional>
#include <optional>

#include "app/cli_parts.h"
#include "app/help_texts.h"
#include "app/nearest_word.h"
#include "cleanroom/sql/worker.h"
#include "codec/iab_bits.h"

namespace altis::app {
namespace {

using codec::Json;
using server::Method;

void add_serve(CLI::App& app, Invocation& in) {
    auto* command = add_command(app, "serve", "Run the server until it is told to stop", in,
                                [&in] { return with_config(in, serve); });
    add_data(*command, in);
    command->add_option("--port", in.port, "0 picks a free one; <data>/port tells which");
    command->add_option("--config", in.config_file,
                        "TOML file: memory, threads, webhooks, a language model for messages; see "
                        "`altis config template`");
}

void add_demo(CLI::App& app, Invocation& in) {
    auto* command = add_command(
        app, "demo", "Play the story of a Games, each figure beside its planted truth", in, [&in] {
            in.story.style = in.json ? demo::Style::kJson : demo::Style::kPeople;
            in.story.afterwards =
                in.keep_serving ? demo::Afterwards::kKeepServing : demo::Afterwards::kStop;
            return demo::play_story(in.story);
        });
    command->add_option("--fans", in.story.fans, "how many fans")
        ->capture_default_str()
        ->check(CLI::Range(demo::kMinFans, demo::kMaxFans));
    command->add_option("--seed", in.story.seed, "what the fans are made from")
        ->capture_default_str();
    command->add_option("--data", in.story.data_directory, "keep the data folder there");
    command->add_flag("--serve", in.keep_serving, "leave the server running at the end");
    add_json(*command, in);
}

void add_journal_prove(CLI::App& group, Invocation& in) {
    auto* prove =
        add_command(group, "prove", "Prove that a record is there, or check a proof", in, [&in] {
            return in.prove.check_file.empty() ? journal_prove(in.target, in.prove, in.output)
                                               : journal_check_proof(in.prove, in.output);
        });
    add_target(*prove, in);
    auto* offset = prove->add_option("--offset", in.prove.offset, "of the record");
    auto* check = prove->add_option("--check", in.prove.check_file, "check this proof, offline");
    check->excludes(offset);
    prove->add_option("--public-key", in.prove.public_key, "the proof must be signed with this key")
        ->needs(check);
    prove->add_option("--receipt", in.prove.receipt, "the proof must be of this receipt")
        ->needs(check);
    prove->footer(kProveExamples);
}

void add_journal(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "journal", "The journal of a stopped server", kJournalExamples);
    auto* verify =
        add_command(*group, "verify", "Check every frame, checksum, link and signature", in,
                    [&in] { return journal_verify(in.target.data_directory, in.output); });
    auto* stat = add_command(*group, "stat", "Count records by type", in,
                             [&in] { return journal_stat(in.target.data_directory, in.output); });
    auto* cat = add_command(*group, "cat", "Print records as JSON lines", in, [&in] {
        in.cat.data_directory = in.target.data_directory;
        return journal_cat(in.cat);
    });
    for (auto* command : {verify, stat, cat})
        add_data(*command, in);
    for (auto* command : {verify, stat})
        add_json(*command, in);
    cat->add_option("--from", in.cat.from, "first offset")->capture_default_str();
    cat->add_option("--count", in.cat.count, "at most so many; 0 for all")->capture_default_str();
    cat->add_option("--type", in.cat.type, "only this type, e.g. results.published");
    cat->add_flag("--open-seals", in.cat.open_seals,
                  "show personal payloads, with the vault's keys");
    add_journal_prove(*group, in);
}

void add_warehouse(CLI::App& app, Invocation& in) {
    auto* group =
        add_group(app, "warehouse", "The columnar copy for analytics", kWarehouseExamples);
    auto* rebuild =
        add_command(*group, "rebuild", "Fill it anew from the journal (server stopped)", in, [&in] {
            return with_config(
                in, [&in](const Config& config) { return warehouse_rebuild(config, in.output); });
        });
    add_data(*rebuild, in);
    add_json(*rebuild, in);
    rebuild->add_option("--config", in.config_file, "TOML file");
    add_show(*group, "stat", "Rows, offset and lag of a running server", in, "/v1/warehouse",
             nullptr);
}

// `link` and `unlink`.
void add_fan_link(CLI::App& group, const char* name, const char* what, Invocation& in) {
    auto* command = add_command(group, name, what, in, [&in, name] {
        return change(in.target, Method::kPost, "/v1/fans/" + path_segment(in.name) + "/" + name,
                      Json::object({{"identifier", in.second},
                                    {"kind", in.is_user ? "user" : "anonymous"},
                                    {"reason", in.reason}}),
                      in.output);
    });
    command->add_option("user_id", in.name)->required();
    command->add_option("identifier", in.second, "anonymous id of the device")->required();
    command->add_option("reason", in.reason, "why; it is kept")->required();
    command->add_flag("--user", in.is_user, "the identifier is another user id");
    add_target(*command, in);
}

void add_dead_letters(CLI::App& group, Invocation& in) {
    add_show(group, "deadletters", "Events that do not count, and why", in, "/v1/deadletters",
             nullptr);
    add_show(group, "deadletter", "One of them as it was sent", in, "/v1/deadletters", "offset");
    auto* repair = add_command(
        group, "repair", "Let a repaired event (a JSON file) count in its place", in, [&in] {
            return send_file(in.target,
                             {Method::kPost, "/v1/deadletters/" + path_segment(in.name) + "/repair",
                              "application/json", in.file},
                             in.output);
        });
    repair->add_option("offset", in.name, "of the dead letter")->required();
    repair->add_option("file", in.file, "the event in the words of the Segment specification")
        ->required();
    add_target(*repair, in);
}

void add_fans(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "fans", "Fans", kFansExamples);
    add_show(*group, "stat", "How many fans and events there are", in, "/v1/fans/stats", nullptr);
    auto* explain = add_command(
        *group, "explain", "What is known of one fan, why, and which events made it", in, [&in] {
            return show(in.target, "/v1/fans/" + path_segment(in.name) + "?events=1", in.output);
        });
    explain->add_option("user_id", in.name)->required();
    add_target(*explain, in);
    add_fan_link(*group, "link", "State that a device is this fan's", in);
    add_fan_link(*group, "unlink", "Take that back, for good", in);
    auto* erase =
        add_command(*group, "erase", "Erase one fan everywhere; prints the receipt", in, [&in] {
            return change(in.target, Method::kDelete, "/v1/fans/" + path_segment(in.name), Json(),
                          in.output);
        });
    erase->add_option("user_id", in.name)->required();
    add_target(*erase, in);
    auto* held =
        add_command(*group, "export", "Everything held about one fan, for the person", in, [&in] {
            return print_file(in.target, "/v1/fans/" + path_segment(in.name) +
                                             "/export?format=" + (in.as_page ? "html" : "json"));
        });
    held->add_option("user_id", in.name)->required();
    held->add_flag("--html", in.as_page, "a page to read and print, instead of JSON");
    add_target(*held, in);
    add_dead_letters(*group, in);
    auto* run = add_command(
        *group, "match-run", "Link fans whose typed-in data say they are one person", in, [&in] {
            return change(in.target, Method::kPost, "/v1/fans/match-runs",
                          Json::object({{"min_confidence_ppm", in.least_confidence}}), in.output);
        });
    run->add_option("--min-confidence", in.least_confidence, "in parts per million")
        ->capture_default_str();
    add_target(*run, in);
    auto* match = add_command(*group, "match", "Who of a CSV file is one person, and why", in,
                              [&in] { return fans_match(in.file, in.output); });
    match->add_option("file", in.file, "columns such as given_name, surname, date_of_birth")
        ->required();
    add_json(*match, in);
}

void add_retention(CLI::App& app, Invocation& in) {
    auto* group =
        add_group(app, "retention", "How long data of persons are kept", kRetentionExamples);
    add_show(*group, "list", "What is in force", in, "/v1/retention", nullptr);
    auto* set = add_command(*group, "set", "Say for how many days; it starts at once", in, [&in] {
        const auto days = codec::parse_json(in.second);
        return change(in.target, Method::kPut, "/v1/retention",
                      Json::object({{"category", in.name},
                                    {"days", in.second == "default" ? Json()
                                             : days                 ? *days
                                                                    : Json(in.second)}}),
                      in.output);
    });
    set->add_option("category", in.name, "fan_engagement or dead_letters")->required();
    set->add_option("days", in.second, "1 to 36500, or 'default'")->required();
    add_target(*set, in);
    auto* preview =
        add_command(*group, "preview", "How many it would forget now; changes nothing", in, [&in] {
            const std::string query =
                "?category=" + path_segment(in.name) + "&days=" + path_segment(in.second);
            return show(in.target, "/v1/retention/preview" + (in.name.empty() ? "" : query),
                        in.output);
        });
    auto* category = preview->add_option("category", in.name, "with other days for this one");
    preview->add_option("days", in.second)->needs(category);
    add_target(*preview, in);
}

void add_segments_at(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "at", "Sizes and members as they were at a record or a time",
                                in, [&in] { return segments_at(in.target, in.as_of, in.output); });
    auto* offset = command->add_option("--offset", in.as_of.offset, "the last record that counts");
    command->add_option("--time", in.as_of.time, "the last moment that counts, RFC 3339")
        ->excludes(offset);
    command->add_option("--fan", in.as_of.user_id, "also why this fan was in each, or not");
    command->footer(
        "Asks the server that runs over the data folder, or is named with --server; reads the\n"
        "journal itself when none runs. Who was forgotten since then is in neither.");
    add_target(*command, in);
}

void add_segments_export(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "export", "The members who consent to a purpose", in, [&in] {
        return export_segment(in.target, in.exported, in.output);
    });
    command->add_option("id", in.exported.segment)->required();
    command->add_option("--purpose", in.exported.purpose, "what it is for, e.g. messages")
        ->required();
    command->add_option("--format", in.exported.format, "csv when left out, ndjson with --to")
        ->check(CLI::IsMember({"csv", "ndjson", "parquet"}));
    command->add_flag("--since-last", in.exported.since_last,
                      "only who entered or left since the last one");
    command->add_option("--to", in.exported.url,
                        "a registered webhook that gets it; waits for the end");
    add_target(*command, in);
}

void add_webhooks(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "webhooks", "Receivers of exports", kWebhooksExamples);
    add_show(*group, "list", "Those of the key's organisation", in, "/v1/webhooks", nullptr);
    auto* add = add_command(*group, "add", "Register a URL; prints its secret, once", in, [&in] {
        return change(in.target, Method::kPost, "/v1/webhooks", Json::object({{"url", in.name}}),
                      in.output);
    });
    add->add_option("url", in.name, "again: it gets another secret")->required();
    add_target(*add, in);
    auto* remove = add_command(*group, "remove", "Send nothing there any more", in, [&in] {
        return change(in.target, Method::kDelete, "/v1/webhooks?url=" + path_segment(in.name),
                      Json(), in.output);
    });
    remove->add_option("url", in.name)->required();
    add_target(*remove, in);
    add_show(*group, "deliveries", "The last deliveries", in, "/v1/deliveries", nullptr);
    add_show(*group, "delivery", "One of them, with its attempts", in, "/v1/deliveries", "id");
}

void add_scores(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "scores", "Scores of fans, e.g. propensities", kScoresExamples);
    add_show(*group, "list", "All with their formulas", in, "/v1/scores", nullptr);
    auto* define =
        add_command(*group, "define", "Define one by its formula (a JSON file)", in, [&in] {
            return send_file(
                in.target,
                {Method::kPut, "/v1/scores/" + path_segment(in.name), "application/json", in.file},
                in.output);
        });
    define->add_option("id", in.name)->required();
    define->add_option("file", in.file, "form, intercept and terms; docs/rules.md")->required();
    add_target(*define, in);
}

void add_segments(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "segments", "Cohorts and segments", kSegmentsExamples);
    add_show(*group, "list", "All with their live sizes", in, "/v1/segments", nullptr);
    add_show(*group, "show", "Rule, version and live size", in, "/v1/segments", "id");
    auto* define = add_command(*group, "define", "Define one by its rule", in, [&in] {
        return change(in.target, Method::kPut, "/v1/segments/" + path_segment(in.name),
                      Json::object({{"kind", "segment"}, {"rule", in.second}}), in.output);
    });
    define->add_option("id", in.name)->required();
    define->add_option("rule", in.second, "e.g. 'spent(merchandise) >= 50.00'")->required();
    add_target(*define, in);
    auto* size = add_command(*group, "size", "How many fans a rule selects now", in, [&in] {
        return change(in.target, Method::kPost, "/v1/segment-sizes",
                      Json::object({{"rule", in.second}}), in.output);
    });
    size->add_option("rule", in.second, "e.g. 'in(big-spenders) and not in(winners)'")->required();
    add_target(*size, in);
    auto* defaults = add_command(*group, "defaults", "Define the cohorts to begin with", in,
                                 [&in] { return define_cohorts(in.target, in.output); });
    add_target(*defaults, in);
    add_segments_export(*group, in);
    add_segments_at(*group, in);
}

void add_rooms_import(CLI::App& group, Invocation& in) {
    auto* command =
        add_command(group, "import", "Bring a customer file into the key's treasury", in,
                    [&in] { return import_dataset(in.target, in.dataset, in.output); });
    command->add_option("file", in.dataset.file, ".csv, .ndjson or .parquet; of any size")
        ->required();
    command->add_option("--dataset", in.dataset.dataset, "its name in the treasury")->required();
    command->add_option("--schema", in.dataset.schema_file,
                        "JSON file: what its columns mean; as before when left out");
    command
        ->add_option("--duplicates", in.dataset.duplicates,
                     "of rows beyond the schema's rows_per_person")
        ->check(CLI::IsMember({"first", "refuse"}))
        ->capture_default_str();
    command->footer(kRoomsImportExamples);
    add_target(*command, in);
}

// A command that sends a file of JSON about a room to one of its resources.
void add_room_file(CLI::App& group, const char* name, const char* description, Invocation& in,
                   const std::string& resource) {
    auto* command = add_command(group, name, description, in, [&in, resource] {
        return send_file(in.target,
                         {Method::kPost, "/v1/rooms/" + path_segment(in.name) + resource,
                          "application/json", in.file},
                         in.output);
    });
    command->add_option("id", in.name)->required();
    command->add_option("file", in.file)->required();
    add_target(*command, in);
}

void add_rooms_sql(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "sql", "Ask a statement of SQL; persons stay unseen", in,
                                [&in] { return rooms_sql(in.target, in.sql, in.output); });
    command->add_option("id", in.sql.room)->required();
    command->add_option("statement", in.sql.statement, "docs/rooms.md says what can be asked")
        ->required();
    command->add_option("--epsilon", in.sql.epsilon, "what to pay")->capture_default_str();
    command->add_option("--bounds", in.sql.bounds,
                        R"(rows and groups of a person, e.g. {"rows_per_person":{"left":5}})");
    command->add_flag("--explain", in.sql.explains, "only what it would cost, for free");
    add_target(*command, in);
}

void add_activations(CLI::App& group, Invocation& in) {
    const auto path = [&in] { return "/v1/rooms/" + path_segment(in.list.room) + "/activations"; };
    auto* activate = add_command(
        group, "activate", "Ask for a list of consenting fans whom another owner knows, too", in,
        [&in, path] {
            return change(in.target, Method::kPost, path(),
                          Json::object({{"fans", in.list.fans}, {"with", in.list.with}}),
                          in.output);
        });
    activate->add_option("--fans", in.list.fans, "the room's table of fans")->required();
    activate->add_option("--with", in.list.with, "another owner's table")->required();
    auto* all = add_command(group, "activations", "The lists that were asked for", in,
                            [&in, path] { return show(in.target, path(), in.output); });
    auto* approve = add_command(
        group, "approve-activation", "Approve a list as the key's organisation", in, [&in, path] {
            return change(in.target, Method::kPost,
                          path() + "/" + path_segment(in.list.number) + "/approvals",
                          Json::object(), in.output);
        });
    auto* fetch = add_command(group, "activation-list",
                              "Print an approved list with its receipt, for `altis rooms verify`",
                              in, [&in] { return fetch_activation_list(in.target, in.list); });
    fetch->add_option("--out", in.list.out, "write the list alone to this file, as CSV");
    for (CLI::App* command : {activate, all, approve, fetch}) {
        command->add_option("room", in.list.room)->required();
        if (command == approve || command == fetch)
            command->add_option("number", in.list.number)->required();
        add_target(*command, in);
    }
}

void add_rooms(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "rooms", "Clean rooms", kRoomsExamples);
    add_show(*group, "list", "All rooms", in, "/v1/rooms", nullptr);
    add_show(*group, "templates", "The kinds of questions that there are", in, "/v1/room-templates",
             nullptr);
    auto* propose = add_command(*group, "propose", "Propose a room (a JSON file)", in, [&in] {
        return send_file(in.target, {Method::kPost, "/v1/rooms", "application/json", in.file},
                         in.output);
    });
    propose->add_option("file", in.file)->required();
    add_target(*propose, in);
    add_show(*group, "show", "State, approvals, policy and budgets", in, "/v1/rooms", "id");
    add_room_file(*group, "ask", "Ask a question (a JSON file)", in, "/questions");
    add_room_file(*group, "explain",
                  "What a question, or a list of them, would cost, and how wide intervals would be",
                  in, "/explanations");
    add_rooms_sql(*group, in);
    auto* approve = add_command(*group, "approve", "Approve as the key's organisation", in, [&in] {
        return change(in.target, Method::kPost, "/v1/rooms/" + path_segment(in.name) + "/approvals",
                      Json::object(), in.output);
    });
    approve->add_option("id", in.name)->required();
    add_target(*approve, in);
    add_activations(*group, in);
    add_rooms_import(*group, in);
    add_show(*group, "datasets", "Data sets of the key's treasury", in, "/v1/treasury", nullptr);
    add_show(*group, "dataset", "One of them: schema, counts, commitment; never rows", in,
             "/v1/treasury", "name");
    auto* verify =
        add_command(*group, "verify", "Check a stored answer, or the report of a crossing, offline",
                    in, [&in] { return verify_room_answer(in.file, in.output); });
    verify->add_option("file", in.file)->required();
    add_json(*verify, in);
    add_crossing(*group, in);
}

void add_statements(CLI::App& app, Invocation& in) {
    auto* command = add_command(app, "statements", "An organisation's statement", in,
                                [&in] { return show_statement(in.target, in.name, in.output); });
    command->add_option("organisation", in.name)->required();
    add_target(*command, in);
}

void add_consent(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "consent", "Consent strings (IAB TCF and GPP)", kConsentExamples);
    auto* decode =
        add_command(*group, "decode", "Say what one says, and what Altis makes of it", in,
                    [&in] { return consent_decode(in.name, in.vendor_id, in.output); });
    decode->add_option("string", in.name, "the string as a client sent it")->required();
    decode->add_option("--vendor", in.vendor_id, "read it as this vendor of the Global Vendor List")
        ->check(CLI::Range(1U, codec::kMaxVendorId));
    decode->footer(kConsentExamples);
    add_json(*decode, in);
}

void add_config(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "config", "The configuration", kConfigExamples);
    add_command(*group, "template", "Print a file with every key, its default and its meaning", in,
                [] {
                    fmt::print("{}", config_template());
                    return kExitSuccess;
                });
    auto* check = add_command(*group, "check", "Check a file; print what it comes to", in, [&in] {
        return with_config(in, [](const Config& config) {
            fmt::print("{}\n", to_json(config).to_pretty_string());
            return kExitSuccess;
        });
    });
    check->add_option("file", in.config_file)->required();
}

// "altis", "altis fans", ...: the commands chosen before the arguments stopped making sense.
const CLI::App& last_chosen(const CLI::App& app, std::string& words) {
    words += (words.empty() ? "" : " ") + app.get_name();
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app : last_chosen(*chosen.back(), words);
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const CLI::App* command : commands)
        names.push_back(command->get_name());
    return names;
}

// Where a command had to follow and none did: what stands there instead, and what may. CLI11 itself
// names neither. Empty for any other mistake.
std::string missing_command(const CLI::App& app) {
    std::string words;
    const CLI::App& group = last_chosen(app, words);
    const auto known = names_of(group.get_subcommands([](const CLI::App*) { return true; }));
    if (known.empty()) return {};
    const auto strange = group.remaining();
    if (strange.empty()) {
        return fmt::format("`{0}` needs a command after it; `{0} --help` lists them", words);
    }
    const std::string nearest = nearest_word(strange.front(), known);
    return fmt::format("there is no `{0} {1}`;{2} `{0} --help` lists all commands", words,
                       strange.front(),
                       nearest.empty() ? "" : fmt::format(" did you mean `{}`?", nearest));
}

int report_usage(const CLI::App& app, const CLI::ParseError& error) {
    const bool is_mistake = error.get_exit_code() != 0;  // --help and --version come as errors too
    const std::string missing = is_mistake ? missing_command(app) : "";
    if (missing.empty()) {
        app.exit(error);
    } else {
        fmt::print(stderr, "altis: {}\n", missing);
    }
    return is_mistake ? kExitUsage : kExitSuccess;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app("Altis, the open data platform for a Games", "altis");
    app.footer(kFooter);
    app.require_subcommand(1);
    app.set_version_flag("--version", "altis 0.1.0");
    Invocation in;
    for (const auto add : {add_serve, add_demo, add_journal, add_warehouse, add_fans, add_retention,
                           add_segments, add_scores, add_webhooks, add_rooms, add_results,
                           add_messages, add_statements, add_consent, add_config}) {
        add(app, in);
    }
    // What the server starts for itself; no command of people.
    add_command(app, "sql-worker", "", in, cleanroom::sql::work)->group("");
    try {
        app.parse(argc, argv);
        in.output = in.json ? Output::kJson : Output::kText;
        return in.run();
    } catch (const CLI::ParseError& error) {
        return report_usage(app, error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "altis: unexpected failure: %s\n", error.what());
        return kExitUnavailable;
    }
}

}  // namespace altis::app
