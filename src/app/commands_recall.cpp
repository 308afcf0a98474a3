// altis results recall: what was made of a fact.
#include <vector>

#include "app/commands.h"

namespace altis::app {
namespace {

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == '/') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

}  // namespace

int recall_fact(const Target& target, const std::string& fact, Output output) {
    const auto parts = parts_of(fact);
    if (parts.size() < 3 || parts.size() > 4 || parts.front() != "results") {
        return report_error({Code::kInvalid, "recall.bad_fact",
                             "'" + fact +
                                 "' is no id of a fact; name one as "
                                 "results/<edition>/<unit>/<version>, or without the version"});
    }
    std::string path =
        "/v1/results/units/" + path_segment(parts[2]) + "/recall?edition=" + path_segment(parts[1]);
    if (parts.size() == 4) path += "&version=" + path_segment(parts[3]);
    return show(target, path, output);
}

}  // namespace altis::app
