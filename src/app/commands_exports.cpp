// altis segments export.
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <thread>

#include "app/commands.h"

namespace altis::app {
namespace {

using codec::Json;

constexpr std::chrono::milliseconds kPollPause(200);

// True when every byte is where it was to go.
bool print_bytes(const std::string& bytes) {
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
           std::fflush(stdout) == 0;
}

// Only what was written whole counts as the last export.
Result<void> export_to_output(Client& client, const ExportCommand& command) {
    const std::string path = "/v1/segments/" + path_segment(command.segment) +
                             "/export?purpose=" + path_segment(command.purpose) +
                             "&format=" + path_segment(command.format) +
                             (command.since_last ? "&since=last" : "");
    TRY(const auto answer, client.fetch(path));
    if (!print_bytes(answer.body)) {
        return fail(Code::kUnavailable, "cli.output_failed",
                    "the export could not be written and does not count; try again");
    }
    const std::string number(answer.header("Altis-Export"));
    TRY_VOID(client.post("/v1/exports/" + path_segment(number) + "/received", Json::object()));
    return {};
}

// The delivery at its end.
Result<Json> deliver(Client& client, const ExportCommand& command) {
    Json body = Json::object({{"purpose", command.purpose}, {"url", command.url}});
    if (!command.format.empty()) body.set("format", command.format);
    if (command.since_last) body.set("since", "last");
    TRY(Json delivery,
        client.post("/v1/segments/" + path_segment(command.segment) + "/deliveries", body));
    const std::string path = "/v1/deliveries/" + delivery["id"].to_string();
    while (delivery["state"].as_string() == "sending") {
        std::this_thread::sleep_for(kPollPause);
        TRY(delivery, client.get(path));
    }
    return delivery;
}

}  // namespace

int export_segment(const Target& target, const ExportCommand& command, Output /*output*/) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    Client client(std::move(*endpoint));
    if (command.url.empty()) {
        const auto done = export_to_output(client, command);
        return done ? kExitSuccess : report_error(done.error());
    }
    const auto delivery = deliver(client, command);
    if (!delivery) return report_error(delivery.error());
    fmt::print("{}\n", delivery->to_pretty_string());
    return (*delivery)["state"].as_string() == "delivered" ? kExitSuccess : kExitUnavailable;
}

}  // namespace altis::app
