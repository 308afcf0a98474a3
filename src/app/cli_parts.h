// What the parts of the command line share: where arguments go, and how a command is added.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "app/commands.h"
#include "app/commands_crossing.h"
#include "app/commands_study.h"
#include "app/demo/story.h"
#include "fans/matching/matching.h"

namespace altis::app {

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
    std::string edition;
    std::string reason;
    std::string discipline;
    std::string format;  // of a list, where it has several
    bool is_of_teams = false;
    std::string fan;
    std::string trigger;
    bool is_user = false;
    std::uint32_t least_confidence = fans::matching::kExpectedPrecision;
    bool as_page = false;
    CatOptions cat;
    std::optional<std::uint32_t> vendor_id;
    ExportCommand exported;
    MedalImport medals;
    DatasetCommand dataset;
    ListOptions list;
    std::string from;  // moments, RFC 3339
    std::string to;
    ProveOptions prove;
    FactProofOptions fact_proof;
    AsOfOptions as_of;
    ImportOptions import;
    ResultsFile results_file;
    ReplayOptions replay;
    demo::StoryOptions story;
    bool keep_serving = false;
    CrossOptions cross;
    StudyOptions study;
    SqlCommand sql;
    std::function<int()> run;
};

// The options --data, --json, and those of a server (both of these, --server and --key).
void add_data(CLI::App& command, Invocation& in);
void add_json(CLI::App& command, Invocation& in);
void add_target(CLI::App& command, Invocation& in);

// A command that does `run` and ends with the status that it gives.
CLI::App* add_command(CLI::App& parent, const char* name, const char* what, Invocation& in,
                      std::function<int()> run);

// A command that prints what a GET answers; with `argument` the path ends in that.
void add_show(CLI::App& parent, const char* name, const char* what, Invocation& in,
              const std::string& path, const char* argument);

// A command that has only commands of its own.
CLI::App* add_group(CLI::App& app, const char* name, const char* what, const char* examples);

// Runs a command with the configuration file that was given, or with the data folder alone.
int with_config(const Invocation& invocation, const std::function<int(const Config&)>& use);

// `altis results ...`
void add_results(CLI::App& app, Invocation& in);

// `altis messages ...`
void add_messages(CLI::App& app, Invocation& in);

// Those of `altis rooms ...` that need no server.
void add_crossing(CLI::App& group, Invocation& in);

}  // namespace altis::app
