// Reads tests/sql_bypass: statements that try to get round the rules, with what must come of each.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace altis::cleanroom::sql {

struct BypassCase {
    std::string file;
    bool is_answered = false;  // within the bounds of every plan; else refused
    std::string message;       // part of the refusal; empty: any
    std::string statement;
};

inline std::vector<BypassCase> bypass_cases(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<BypassCase> cases;
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        bool is_first = true;
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("=== ")) {
                const std::string outcome = line.substr(4);
                const std::size_t colon = outcome.find(": ");
                cases.push_back({path.filename(), outcome == "answered",
                                 colon == std::string::npos ? "" : outcome.substr(colon + 2), ""});
                is_first = true;
            } else if (!cases.empty() && cases.back().file == path.filename()) {
                cases.back().statement += (is_first ? "" : "\n") + line;
                is_first = false;
            }
        }
    }
    return cases;
}

}  // namespace altis::cleanroom::sql
