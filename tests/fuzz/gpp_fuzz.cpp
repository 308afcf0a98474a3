// Fuzzes codec/iab_gpp.h: every input is refused by name, or gives sections by ascending id; a TC
// string is never taken for a GPP string.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "codec/iab_gpp.h"
#include "codec/iab_json.h"
#include "rights/consent_signals.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto gpp = codec::decode_gpp_string(text);
    if (!gpp) {
        ALTIS_ASSERT(!gpp.error().reason.empty() && !gpp.error().message.empty());
        return 0;
    }
    ALTIS_ASSERT(!codec::decode_tc_string(text).has_value());
    ALTIS_ASSERT(gpp->sections.size() <= codec::kMaxGppSections);
    std::uint32_t last = 0;
    for (const codec::GppSection& section : gpp->sections) {
        ALTIS_ASSERT(section.id > last);
        last = section.id;
    }
    ALTIS_ASSERT(codec::parse_json(codec::to_json(*gpp).to_string()).has_value());
    static_cast<void>(rights::stances_of(*gpp));
    return 0;
}
