// altis results person: by an id, or else whoever is called so.
#include "app/commands.h"

namespace altis::app {

int show_person(const Target& target, const std::string& who, Output output) {
    const std::string by_id = "/v1/results/person?id=" + path_segment(who);
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    Client client(std::move(*endpoint));
    const auto person = client.get(by_id);
    if (!person && person.error().reason == "results.unknown_person") {
        return show(target, "/v1/results/persons?name=" + path_segment(who), output);
    }
    return show(target, by_id, output);
}

}  // namespace altis::app
