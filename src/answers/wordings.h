// For tests: the same questions in twelve languages, worded in two ways (wordings.txt and
// wordings_2.txt).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.h"

namespace altis::answers {

std::span<const EmbeddedFile> wording_files();

struct Wording {
    std::string language;
    std::vector<std::string> questions;
    std::vector<std::string> medals;
    std::vector<std::string> events;
    std::vector<std::string> athletes;
};

inline std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> out;
    while (true) {
        const auto end = text.find(" | ");
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 3);
    }
}

inline std::vector<Wording> wordings(std::size_t file) {
    std::vector<Wording> out;
    auto rest = wording_files()[file].bytes;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with('[')) {
            out.push_back({std::string(line.substr(1, line.size() - 2)), {}, {}, {}, {}});
        } else if (line.starts_with("medals = ")) {
            out.back().medals = listed(line.substr(9));
        } else if (line.starts_with("events = ")) {
            out.back().events = listed(line.substr(9));
        } else if (line.starts_with("athletes = ")) {
            out.back().athletes = listed(line.substr(11));
        } else {
            out.back().questions.emplace_back(line);
        }
    }
    return out;
}

}  // namespace altis::answers
