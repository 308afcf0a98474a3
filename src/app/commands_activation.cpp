// altis rooms activation-list.
#include <fmt/format.h>

#include "app/commands.h"
#include "platform/file.h"

namespace altis::app {
namespace {

using codec::Json;

Result<Json> fetch(Client& client, const ListOptions& list) {
    TRY(Json answer, client.post("/v1/rooms/" + path_segment(list.room) + "/activations/" +
                                     path_segment(list.number) + "/lists",
                                 Json::object()));
    if (!list.out.empty()) {
        TRY_VOID(platform::write_file_atomically(platform::real_file_system(), list.out,
                                                 answer["list"].as_string()));
    }
    return answer;
}

}  // namespace

int fetch_activation_list(const Target& target, const ListOptions& list) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    Client client(std::move(*endpoint));
    const auto answer = fetch(client, list);
    if (!answer) return report_error(answer.error());
    fmt::print("{}\n", answer->to_string());
    return kExitSuccess;
}

}  // namespace altis::app
