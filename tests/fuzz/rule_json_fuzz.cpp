// Fuzzes fans/rule_json.h: whatever JSON comes, its text is a rule or is refused as one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "fans/rule.h"
#include "fans/rule_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const auto json = codec::parse_json({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;
    const auto text = fans::rule_text(*json);
    ALTIS_ASSERT(text || text.error().reason == "fans.rule_malformed");
    if (!text) return 0;
    const auto rule = fans::parse_rule(*text);
    ALTIS_ASSERT(!rule || rule->text == *text);
    return 0;
}
