// Fuzzes results/feed/patch.h: a line is a document, the next a patch. What a patch gives can be
// told as a difference again, and objects stay in order.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "codec/json.h"
#include "results/feed/document.h"
#include "results/feed/patch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    using namespace altis::results::feed;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto document = codec::parse_json(text.substr(0, line));
    const auto patch = codec::parse_json(text.substr(line + 1));
    if (!document || !patch) return 0;
    const auto changed = apply(*patch, in_canonical_order(*document));
    if (!changed) return 0;
    const codec::Json from = in_canonical_order(*document);
    const codec::Json to = in_canonical_order(*changed);
    const auto again = apply(diff(from, to), from);
    ALTIS_ASSERT(again && again->to_string() == to.to_string());
    return 0;
}
