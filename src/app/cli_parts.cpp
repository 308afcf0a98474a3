#include "app/cli_parts.h"

#include <utility>

#include "platform/file.h"

namespace altis::app {
namespace {

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

}  // namespace

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

}  // namespace altis::app
