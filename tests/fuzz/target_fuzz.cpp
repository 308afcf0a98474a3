// Fuzzes server/target.h: a target is split without loss, and what is decoded of it, escaped again,
// decodes to the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "server/target.h"

namespace {

using namespace altis::server;

std::string escaped(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
    return out;
}

void check_query(std::string_view text) {
    const auto fields = parse_query(text);
    if (!fields) return;
    std::string again;
    for (const auto& [name, value] : *fields)
        again.append(escaped(name)).append("=").append(escaped(value)).append("&");
    ALTIS_ASSERT(parse_query(again) == *fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.find('\0') != text.npos) return 0;  // the request reader refuses it before
    if (const auto decoded = decode_percent(text, Plus::kKept))
        ALTIS_ASSERT(decode_percent(escaped(*decoded), Plus::kKept) == *decoded);
    const auto target = split_target(text);
    if (!target) return 0;
    ALTIS_ASSERT(!target->path.empty() && target->path.size() + target->query.size() <= size + 1);
    ALTIS_ASSERT(target->path.front() == '/' || target->path == "*");
    check_query(target->query);
    return 0;
}
