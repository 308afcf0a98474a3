// The commands of `altis messages`.
#include "app/cli_parts.h"
#include "app/help_texts.h"

namespace altis::app {
namespace {

// By the id of a message, or by whom and what it is about.
int explain(const Invocation& in) {
    if (!in.name.empty()) {
        return show(in.target, "/v1/messages/" + path_segment(in.name), in.output);
    }
    if (in.fan.empty() || in.trigger.empty()) {
        return report_error({Code::kInvalid, "messages.nothing_named",
                             "name the id of a message, or --fan and --trigger"});
    }
    return show(
        in.target,
        "/v1/fans/" + path_segment(in.fan) + "/message-letter?trigger=" + path_segment(in.trigger),
        in.output);
}

void add_explain(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "explain", "Why a fan got a message, or why not", in,
                                [&in] { return explain(in); });
    command->add_option("id", in.name, "of a message");
    command->add_option("--fan", in.fan, "user id of the fan");
    command->add_option("--trigger", in.trigger, "what it is about: results/<edition>/<unit>");
    add_target(*command, in);
}

void add_preferences(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "preferences", "What a fan wants of messages", in, [&in] {
        const std::string path = "/v1/fans/" + path_segment(in.name) + "/message-preferences";
        if (in.file.empty()) return show(in.target, path, in.output);
        return send_file(in.target, {server::Method::kPut, path, "application/json", in.file},
                         in.output);
    });
    command->add_option("fan", in.name, "user id of the fan")->required();
    command->add_option("--set", in.file, "a JSON file that says it anew");
    add_target(*command, in);
}

}  // namespace

void add_messages(CLI::App& app, Invocation& in) {
    auto* group = add_group(app, "messages", "Messages, and why they were sent", kMessagesExamples);
    add_explain(*group, in);
    add_preferences(*group, in);
    add_show(*group, "stats", "How many were sent and opened", in, "/v1/messages/stats", nullptr);
}

}  // namespace altis::app
