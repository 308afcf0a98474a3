#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <functional>
#include <optional>

#include "app/commands.h"
#include "app/demo/story.h"
#include "app/nearest_word.h"
#include "codec/iab_bits.h"
#include "platform/file.h"

namespace altis::app {
namespace {

using codec::Json;
using server::Method;

constexpr const char* kJournalExamples = R"(Examples:
  altis journal verify --data ./data
  altis journal stat --data ./data --json
  altis journal cat --data ./data --type results.published --count 1
  altis journal prove --data ./data --offset 12 --json > proof.json
  altis journal prove --check proof.json --public-key HEX --receipt HEX)";

constexpr const char* kProveExamples = R"(Examples:
  altis journal prove --data ./data --offset 12 --json > proof.json
  altis journal prove --server 127.0.0.1:8080 --key altis_... --offset 12 --json > proof.json
  altis journal prove --check proof.json
  altis journal prove --check proof.json --public-key HEX --receipt HEX

A receipt is the 'hash' that ingest with strict=1 answers for an event; GET /v1/journal shows the
public key. Checking needs neither journal nor server.

Exit status: 0 proved or holds, 1 does not hold, 2 no proof at all, 4 no such record,
7 the record's batch is damaged.)";

constexpr const char* kWarehouseExamples = R"(Examples:
  altis warehouse stat --data ./data
  altis warehouse rebuild --data ./data)";

constexpr const char* kFansExamples =
    R"(Examples (with a key of the organisation that owns the fans):
  altis fans stat --data ./data
  altis fans explain fan-12 --data ./data --key altis_...
  altis fans unlink fan-12 device-7 "the device belongs to a sister" --data ./data --key altis_...
  altis fans export fan-12 --html --data ./data --key altis_... > fan-12.html
  altis fans erase fan-12 --data ./data --key altis_... > receipt.json
  altis fans deadletters --data ./data --key altis_...
  altis fans deadletter 4711 --json --data ./data --key altis_... > letter.json
  altis fans repair 4711 event.json --data ./data --key altis_...
  altis fans match registrations.csv --json > persons.json)";

constexpr const char* kSegmentsExamples = R"(Examples:
  altis segments list --data ./data
  altis segments defaults --data ./data --key altis_...            the cohorts to begin with
  altis segments export big-spenders --purpose messages --data ./data --key altis_... > fans.csv
  altis segments size 'in(big-spenders) and not opened() >= 1' --data ./data --key altis_...
  altis segments at --offset 120000 --fan fan-12 --data ./data     as it was, of a stopped server
  altis segments define big-spenders 'spent(merchandise) >= 200.00' --data ./data --key altis_...)";

constexpr const char* kRoomsExamples = R"(Examples:
  altis rooms show la28-airline --data ./data
  altis rooms approve la28-airline --data ./data --key altis_...
  altis rooms ask la28-airline question.json --data ./data --key altis_... > answer.json
  altis rooms verify answer.json)";

constexpr const char* kResultsExamples = R"(Examples:
  altis results send DT_RESULT.xml --data ./data
  altis results show FSKWSINGLES-----------FNL-000100-- --data ./data
  altis results medals owg2026 --data ./data
  altis results grant commentary grant.json --data ./data --key altis_...
  altis results grants --data ./data

What grant.json says (docs/feeds.md): {"edition": "owg2026", "units": ["FSK"], "fields": ["results",
"splits", "start_list", "members", "biographic", "medals"], "delay_ms": 0, "purpose": "commentator",
"until": "2026-03-01T00:00:00Z"})";

constexpr const char* kConsentExamples =
    R"(Examples (a TC, GPP or US Privacy string; quote it, '~' means something to the shell):
  altis consent decode 1YYN
  altis consent decode 'DBABLA~BFQVAAAAAgA.YA' --json
  altis consent decode CQfM9YAQfM9YAEsABBITCOFgAI-AAAAAABCYF5wAQF5gAAAA --vendor 755)";

constexpr const char* kConfigExamples = R"(Examples:
  altis config template > altis.toml
  altis config check altis.toml)";

constexpr const char* kFooter = R"(Examples:
  altis demo --fans 20000                      play the story of a Games
  altis serve --data ./data --port 8080        run the server
  altis segments show performance-motivation   live size of a cohort
  altis results send unit.xml                  hand in an ODF message
  altis journal verify --data ./data           check the chain of a stopped server

Exit status: 0 done, 1 a check failed, 2 wrong input, 3 refused, 4 not found, 5 conflict,
6 unavailable (disk full, in use, not reached), 7 stored bytes damaged.)";

// What the arguments fill in; the chosen command runs after parsing.
struct Invocation {
    Target target;
    Output output = Output::kText;
    bool json = false;
    std::string config_file;
    std::optional<std::uint16_t> port;
    std::string name;
    std::string file;
    std::string second;
    std::string reason;
    bool is_user = false;
    bool as_page = false;
    CatOptions cat;
    std::optional<std::uint32_t> vendor_id;
    std::string purpose;
    std::string format = "csv";
    ProveOptions prove;
    AsOfOptions as_of;
    demo::StoryOptions story;
    bool keep_serving = false;
    std::function<int()> run;
};

Result<Config> load_config(const Invocation& invocation) {
    Config config;
    if (!invocation.config_file.empty()) {
        TRY(const std::string text,
            platform::read_file(platform::real_file_system(), invocation.config_file));
        auto parsed = parse_config(text);
        if (!parsed) {
            return tl::unexpected<Error>(
                with_context(parsed.error(), "the configuration " + invocation.config_file));
        }
        config = std::move(*parsed);
    } else {
        config.data.directory = invocation.target.data_directory;
    }
    if (invocation.port) config.server.port = *invocation.port;
    return config;
}

int with_config(const Invocation& invocation, const std::function<int(const Config&)>& use) {
    const auto config = load_config(invocation);
    return config ? use(*config) : report_error(config.error());
}

void add_data(CLI::App& command, Invocation& in) {
    command.add_option("--data", in.target.data_directory, "the data folder")
        ->capture_default_str();
}

void add_json(CLI::App& command, Invocation& in) {
    command.add_flag("--json", in.json, "print JSON");
}

void add_target(CLI::App& command, Invocation& in) {
    add_data(command, in);
    command.add_option("--server", in.target.server, "host:port of a server elsewhere");
    command.add_option("--key", in.target.key,
                       "API key; else ALTIS_KEY, else the data folder's admin key");
    add_json(command, in);
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* what, Invocation& in,
                      std::function<int()> run) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->callback([&in, run = std::move(run)] { in.run = run; });
    return command;
}

// A command that prints what a GET answers; with `argument` the path ends in that.
void add_show(CLI::App& parent, const char* name, const char* what, Invocation& in,
              const std::string& path, const char* argument) {
    auto* command = add_command(parent, name, what, in, [&in, path] {
        return show(in.target, in.name.empty() ? path : path + "/" + path_segment(in.name),
                    in.output);
    });
    if (argument != nullptr) command->add_option(argument, in.name)->required();
    add_target(*command, in);
}

CLI::App* add_group(CLI::App& app, const char* name, const char* what, const char* examples) {
    CLI::App* group = app.add_subcommand(name, what);
    group->require_subcommand(1);
    group->footer(examples);
    return group;
}

void add_serve(CLI::App& app, Invocation& in) {
    auto* command = add_command(app, "serve", "Run the server until it is told to stop", in,
                                [&in] { return with_config(in, serve); });
    add_data(*command, in);
    command->add_option("--port", in.port, "0 picks a free one; <data>/port tells which");
    command->add_option("--config", in.config_file, "TOML file; see `altis config template`");
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
    auto* match = add_command(*group, "match", "Who of a CSV file is one person, and why", in,
                              [&in] { return fans_match(in.file, in.output); });
    match->add_option("file", in.file, "columns such as given_name, surname, date_of_birth")
        ->required();
    add_json(*match, in);
}

void add_segments_at(CLI::App& group, Invocation& in) {
    auto* command = add_command(
        group, "at", "Sizes and members as they were, from a stopped server's journal", in, [&in] {
            in.as_of.data_directory = in.target.data_directory;
            return segments_at(in.as_of, in.output);
        });
    auto* offset = command->add_option("--offset", in.as_of.offset, "the last record that counts");
    command->add_option("--time", in.as_of.time, "the last moment that counts, RFC 3339")
        ->excludes(offset);
    command->add_option("--fan", in.as_of.user_id, "also why this fan was in each, or not");
    add_data(*command, in);
    add_json(*command, in);
}

void add_segments_export(CLI::App& group, Invocation& in) {
    auto* command =
        add_command(group, "export", "The members who consent to a purpose, as a file", in, [&in] {
            return print_file(in.target, "/v1/segments/" + path_segment(in.name) +
                                             "/export?purpose=" + path_segment(in.purpose) +
                                             "&format=" + path_segment(in.format));
        });
    command->add_option("id", in.name)->required();
    command->add_option("--purpose", in.purpose, "what it is for, e.g. messages")->required();
    command->add_option("--format", in.format)
        ->check(CLI::IsMember({"csv", "ndjson"}))
        ->capture_default_str();
    add_target(*command, in);
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

void add_rooms(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "rooms", "Clean rooms", kRoomsExamples);
    add_show(*group, "list", "All rooms", in, "/v1/rooms", nullptr);
    add_show(*group, "show", "State, approvals, policy and budgets", in, "/v1/rooms", "id");
    auto* ask = add_command(*group, "ask", "Ask a question (a JSON file)", in, [&in] {
        return send_file(in.target,
                         {Method::kPost, "/v1/rooms/" + path_segment(in.name) + "/questions",
                          "application/json", in.file},
                         in.output);
    });
    ask->add_option("id", in.name)->required();
    ask->add_option("file", in.file)->required();
    add_target(*ask, in);
    auto* approve = add_command(*group, "approve", "Approve as the key's organisation", in, [&in] {
        return change(in.target, Method::kPost, "/v1/rooms/" + path_segment(in.name) + "/approvals",
                      Json::object(), in.output);
    });
    approve->add_option("id", in.name)->required();
    add_target(*approve, in);
    auto* verify = add_command(*group, "verify", "Check a stored answer's receipt, offline", in,
                               [&in] { return verify_room_answer(in.file, in.output); });
    verify->add_option("file", in.file)->required();
    add_json(*verify, in);
}

void add_results(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "results", "Official results", kResultsExamples);
    add_show(*group, "units", "All units", in, "/v1/results/units", nullptr);
    add_show(*group, "show", "The latest version of a unit", in, "/v1/results/units", "unit");
    add_show(*group, "medals", "The medal table of an edition", in, "/v1/results/medals",
             "edition");
    auto* send = add_command(*group, "send", "Hand in an ODF message", in, [&in] {
        return send_file(in.target, {Method::kPost, "/v1/odf", "application/xml", in.file},
                         in.output);
    });
    send->add_option("file", in.file)->required();
    add_target(*send, in);
    add_show(*group, "grants", "Which keys may follow which results live", in, "/v1/feed-grants",
             nullptr);
    auto* grant = add_command(
        *group, "grant", "Let an API key follow results live, as a JSON file says", in, [&in] {
            return send_file(in.target,
                             {Method::kPut, "/v1/feed-grants/" + path_segment(in.name),
                              "application/json", in.file},
                             in.output);
        });
    grant->add_option("key", in.name, "id of the API key, which has the scope 'feed'")->required();
    grant->add_option("file", in.file)->required();
    add_target(*grant, in);
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
    for (const auto add : {add_serve, add_demo, add_journal, add_warehouse, add_fans, add_segments,
                           add_rooms, add_results, add_statements, add_consent, add_config}) {
        add(app, in);
    }
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
