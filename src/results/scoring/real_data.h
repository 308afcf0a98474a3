// Real results for tests: files of ../shared/data/results, beside the checkout or in ALTIS_SHARED.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "codec/compress.h"

namespace altis::results::real {

// The file's bytes, unpacked; empty when it is not there (the test is then skipped and says so).
inline std::optional<std::string> read(const std::string& name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    const char* set = std::getenv("ALTIS_SHARED");
    auto folder = std::filesystem::path(__FILE__);
    for (int i = 0; i < 4; ++i)
        folder = folder.parent_path();
    const auto shared =
        set == nullptr ? folder.parent_path() / "shared" : std::filesystem::path(set);
    std::ifstream file(shared / "data/results" / name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file || bytes.str().empty()) return std::nullopt;
    if (!codec::looks_like_gzip(bytes.str())) return bytes.str();
    auto text = codec::gunzip(bytes.str(), 100'000'000);
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

}  // namespace altis::results::real
