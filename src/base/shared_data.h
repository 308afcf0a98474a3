// For tests only: real data beside the checkout (`../shared/data`), or below the folder that
// ALTIS_SHARED names.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace altis {

// The bytes of a file, as in "results/rsc.csv"; nothing when it is not there: the test is then
// skipped and says so.
inline std::optional<std::string> read_shared_data(const std::string& name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    const char* set = std::getenv("ALTIS_SHARED");
    const auto checkout = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const auto shared =
        set == nullptr ? checkout.parent_path() / "shared" : std::filesystem::path(set);
    std::ifstream file(shared / "data" / name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file || bytes.str().empty()) return std::nullopt;
    return std::move(bytes).str();
}

}  // namespace altis
