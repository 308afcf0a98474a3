// Fuzzes codec/iab_tcf.h: every input is refused by name or gives values within their bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "codec/iab_json.h"
#include "codec/iab_tcf.h"
#include "rights/consent_signals.h"

namespace {

using namespace altis;

void check_vendors(const codec::IabVendorSet& vendors) {
    const auto ids = vendors.list();
    ALTIS_ASSERT(ids.size() == vendors.size());
    ALTIS_ASSERT(ids.empty() || (ids.front() >= 1 && ids.back() <= vendors.max_id()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tc = codec::decode_tc_string({reinterpret_cast<const char*>(data), size});
    if (!tc) {
        ALTIS_ASSERT(!tc.error().reason.empty() && !tc.error().message.empty());
        return 0;
    }
    check_vendors(tc->vendor_consent);
    check_vendors(tc->vendor_legitimate_interest);
    if (tc->disclosed_vendors) check_vendors(*tc->disclosed_vendors);
    ALTIS_ASSERT(codec::parse_json(codec::to_json(*tc).to_string()).has_value());
    const auto stances = rights::stances_of(*tc);
    ALTIS_ASSERT(stances.of(rights::Purpose::kMessages) == rights::Stance::kSilent);
    static_cast<void>(rights::stances_of(*tc, 755));
    return 0;
}
