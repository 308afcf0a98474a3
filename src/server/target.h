// The request target: path segments and query, decoded.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http.h"

namespace altis::server {

// Decodes %XX; with `kSpace` also '+' as a space. Fails with "http.malformed_target" on a cut or
// wrong escape, and on one that stands for a zero byte.
enum class Plus { kKept, kSpace };
Result<std::string> decode_percent(std::string_view text, Plus plus);

// "a=1&b=x%20y" in sent order; a name without '=' has an empty value. Fails with
// "http.malformed_target".
Result<Fields> parse_query(std::string_view text);

// A target as it stands in the request line, split. Views into it.
struct Target {
    std::string_view path;   // starts with '/', or is "*"
    std::string_view query;  // without '?'
};

// Takes origin form, absolute form ("http://host/path") and "*". Fails with
// "http.malformed_target".
Result<Target> split_target(std::string_view target);

}  // namespace altis::server
