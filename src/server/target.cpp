#include "server/target.h"

#include <algorithm>

namespace altis::server {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

tl::unexpected<Error> malformed(std::string detail) {
    return fail(Code::kInvalid, "http.malformed_target", std::move(detail));
}

// Where the path of an absolute form starts; npos when it is none.
std::size_t skip_authority(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            return std::min(target.find_first_of("/?", scheme.size()), target.size());
        }
    }
    return std::string_view::npos;
}

}  // namespace

Result<std::string> decode_percent(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::kSpace) {
            out.push_back(' ');
            continue;
        }
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return malformed("A '%' in the address is not followed by two hexadecimal digits.");
        }
        const int value = high * 16 + low;
        if (value == 0) {
            return malformed("The address escapes a zero byte; remove it.");
        }
        out.push_back(static_cast<char>(value));
        i += 2;
    }
    return out;
}

Result<Fields> parse_query(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        TRY(auto name, decode_percent(pair.substr(0, equals), Plus::kSpace));
        TRY(auto value,
            decode_percent(pair.substr(std::min(equals + 1, pair.size())), Plus::kSpace));
        fields.emplace_back(std::move(name), std::move(value));
    }
    return fields;
}

Result<Target> split_target(std::string_view target) {
    target = target.substr(0, target.find('#'));
    if (target == "*") return Target{target, {}};
    if (!target.starts_with('/')) {
        const std::size_t start = skip_authority(target);
        if (start == std::string_view::npos) {
            return malformed("The request target must be a path that starts with '/'.");
        }
        target.remove_prefix(start);
    }
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    return Target{path.empty() ? "/" : path, target.substr(std::min(mark + 1, target.size()))};
}

}  // namespace altis::server
