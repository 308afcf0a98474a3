// TC strings of the IAB Transparency and Consent Framework, version 2 (policies 2.0 to 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/iab_bits.h"

namespace altis::codec {

// What a publisher says about vendors' use of one purpose, in the format's own numbers.
enum class TcRestrictionType : std::uint8_t {
    kNotAllowed = 0,
    kRequireConsent = 1,
    kRequireLegitimateInterest = 2,
};

struct TcRestriction {
    std::uint8_t purpose = 0;  // 1 to 63
    TcRestrictionType type = TcRestrictionType::kNotAllowed;
    std::vector<IabRange> vendors;  // as written: may overlap, in any order
};

// The publisher's own legal bases (an optional segment).
struct PublisherTc {
    IabNumbers purposes_consent;
    IabNumbers purposes_legitimate_interest;
    std::uint8_t custom_purpose_count = 0;  // 0 to 63
    IabNumbers custom_purposes_consent;
    IabNumbers custom_purposes_legitimate_interest;
};

// Everything a TC string says, undigested.
struct TcString {
    Time created;  // to a tenth of a second
    Time last_updated;
    std::uint16_t cmp_id = 0;
    std::uint16_t cmp_version = 0;
    std::uint8_t consent_screen = 0;
    std::string consent_language;  // ISO 639-1 in capitals, e.g. "IT"
    std::uint16_t vendor_list_version = 0;
    std::uint8_t policy_version = 0;
    bool is_service_specific = false;
    bool use_non_standard_texts = false;
    IabNumbers special_feature_optins;        // 1 to 12
    IabNumbers purposes_consent;              // 1 to 24
    IabNumbers purposes_legitimate_interest;  // 1 to 24; transparency was given, no objection made
    bool purpose_one_treatment = false;       // purpose 1 was not disclosed at all
    std::string publisher_country;            // ISO 3166-1 in capitals, e.g. "IT"
    IabVendorSet vendor_consent;
    IabVendorSet vendor_legitimate_interest;
    std::vector<TcRestriction> publisher_restrictions;

    // Optional segments; empty when the string has none.
    std::optional<IabVendorSet> disclosed_vendors;
    std::optional<IabVendorSet> allowed_vendors;
    std::optional<PublisherTc> publisher_tc;
};

// Decodes a TC string. Fails with
//   "tcf.empty", "tcf.too_long" (over kMaxIabStringBytes),
//   "tcf.is_gpp_string" (belongs into the GPP field), "tcf.version" (not version 2),
//   "tcf.letters" (a language or country that is no two letters),
//   "tcf.restriction" (a publisher restriction on purpose 0, or of an unknown type),
//   "tcf.segment_type" (an unknown one, or a second core), "tcf.segment_repeated",
//   "iab.not_base64url", "iab.truncated", "iab.trailing_bits", "iab.vendor_range" (see iab_bits.h).
Result<TcString> decode_tc_string(std::string_view text);

}  // namespace altis::codec
