// Strings of the IAB Global Privacy Platform (GPP): a header and one section per jurisdiction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/iab_tcf.h"

namespace altis::codec {

constexpr std::size_t kMaxGppSections = 64;  // of one string

// Sections that are decoded, by their registered ids.
constexpr std::uint32_t kGppTcfEuV2 = 2;
constexpr std::uint32_t kGppUspV1 = 6;
constexpr std::uint32_t kGppUsNat = 7;
constexpr std::uint32_t kGppUsCa = 8;

// The answers of a US section: each field is two bits.
// Notices:   0 not applicable, 1 was given, 2 was not given.
// Opt-outs:  0 not applicable, 1 opted out, 2 did not opt out.
// Consents:  0 not applicable, 1 no consent, 2 consent.
constexpr std::uint8_t kUsNotApplicable = 0;
constexpr std::uint8_t kUsOptedOut = 1;
constexpr std::uint8_t kUsNoConsent = 1;

// Section 7 (usnat, versions 1 and 2) or 8 (usca, version 1). usca has no fields for sharing
// notice, targeted advertising and sensitive data opt-out notice; they stay 0 there.
struct UsSection {
    std::uint8_t version = 0;
    std::uint8_t sharing_notice = 0;
    std::uint8_t sale_opt_out_notice = 0;
    std::uint8_t sharing_opt_out_notice = 0;
    std::uint8_t targeted_advertising_opt_out_notice = 0;
    std::uint8_t sensitive_data_processing_opt_out_notice = 0;
    std::uint8_t sensitive_data_limit_use_notice = 0;
    std::uint8_t sale_opt_out = 0;
    std::uint8_t sharing_opt_out = 0;
    std::uint8_t targeted_advertising_opt_out = 0;
    std::vector<std::uint8_t> sensitive_data_processing;            // by category of the section
    std::vector<std::uint8_t> known_child_sensitive_data_consents;  // by age group
    std::uint8_t personal_data_consents = 0;
    std::uint8_t mspa_covered_transaction = 0;
    std::uint8_t mspa_opt_out_option_mode = 0;
    std::uint8_t mspa_service_provider_mode = 0;
    std::optional<bool> gpc;  // Global Privacy Control; empty without that subsection
};

// One two-bit field of a US section.
struct UsField {
    std::string_view name;
    std::uint8_t UsSection::* member;
};

// The fields of a section before and behind its two lists, in the order of the format.
struct UsLayout {
    std::span<const UsField> before;
    std::size_t sensitive_count = 0;
    std::size_t child_count = 0;
    std::span<const UsField> behind;
};

// The layout of section kGppUsNat or kGppUsCa. Fails with "gpp.section_version".
Result<UsLayout> us_layout(std::uint32_t section_id, std::uint8_t version);

// Section 6: the US Privacy string, e.g. "1YNN". 'Y' yes, 'N' no, '-' not applicable.
struct UsPrivacyString {
    std::uint8_t version = 1;
    char notice = '-';
    char opt_out_sale = '-';
    char lspa_covered = '-';
};

// A section that is not decoded.
struct UnknownSection {
    std::string text;  // visible ASCII
};

struct GppSection {
    std::uint32_t id = 0;
    std::variant<UnknownSection, TcString, UsPrivacyString, UsSection> content;
};

struct GppString {
    std::vector<GppSection> sections;  // by ascending id, no id twice
};

// Decodes a GPP string of version 1. Fails with
//   "gpp.empty", "gpp.too_long" (over kMaxIabStringBytes),
//   "gpp.is_tc_string" (a TC string alone: the remedy is in the message),
//   "gpp.type", "gpp.version", "gpp.header" (of the header),
//   "gpp.section_count" (header and sections do not match), "gpp.section_empty",
//   "gpp.section_text" (what is not decoded must be visible ASCII), "gpp.section_version",
//   "gpp.field_value" (3 in a two-bit field),
//   "gpp.subsection" (one that does not exist, or the same twice),
//   "gpp.us_privacy" (as decode_us_privacy), "iab.too_many" (over kMaxGppSections),
//   "tcf...." and "iab...." for what is inside; the message names the section.
Result<GppString> decode_gpp_string(std::string_view text);

// Decodes a US Privacy string of version 1. Fails with "gpp.us_privacy".
Result<UsPrivacyString> decode_us_privacy(std::string_view text);

}  // namespace altis::codec
