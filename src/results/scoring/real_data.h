// Real results for tests: files of ../shared/data/results.
#pragma once

#include <optional>
#include <string>

#include "base/shared_data.h"
#include "codec/compress.h"

namespace altis::results::real {

// The file's bytes, unpacked; nothing when it is not there (the test is then skipped and says so).
inline std::optional<std::string> read(const std::string& name) {
    auto bytes = read_shared_data("results/" + name);
    if (!bytes || !codec::looks_like_gzip(*bytes)) return bytes;
    auto text = codec::gunzip(*bytes, 100'000'000);
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

}  // namespace altis::results::real
