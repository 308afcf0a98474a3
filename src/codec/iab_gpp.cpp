#include "codec/iab_gpp.h"

#include <array>

namespace altis::codec {
namespace {

constexpr std::uint64_t kGppType = 3;
constexpr std::uint64_t kTcVersions[] = {1, 2};  // the first six bits of a TC string
constexpr std::uint64_t kGpcSubsection = 1;
constexpr std::uint64_t kHighestAnswer = 2;

constexpr std::array<UsField, 9> kUsNatBefore = {{
    {"sharing_notice", &UsSection::sharing_notice},
    {"sale_opt_out_notice", &UsSection::sale_opt_out_notice},
    {"sharing_opt_out_notice", &UsSection::sharing_opt_out_notice},
    {"targeted_advertising_opt_out_notice", &UsSection::targeted_advertising_opt_out_notice},
    {"sensitive_data_processing_opt_out_notice",
     &UsSection::sensitive_data_processing_opt_out_notice},
    {"sensitive_data_limit_use_notice", &UsSection::sensitive_data_limit_use_notice},
    {"sale_opt_out", &UsSection::sale_opt_out},
    {"sharing_opt_out", &UsSection::sharing_opt_out},
    {"targeted_advertising_opt_out", &UsSection::targeted_advertising_opt_out},
}};

constexpr std::array<UsField, 5> kUsCaBefore = {{
    {"sale_opt_out_notice", &UsSection::sale_opt_out_notice},
    {"sharing_opt_out_notice", &UsSection::sharing_opt_out_notice},
    {"sensitive_data_limit_use_notice", &UsSection::sensitive_data_limit_use_notice},
    {"sale_opt_out", &UsSection::sale_opt_out},
    {"sharing_opt_out", &UsSection::sharing_opt_out},
}};

constexpr std::array<UsField, 4> kUsBehind = {{
    {"personal_data_consents", &UsSection::personal_data_consents},
    {"mspa_covered_transaction", &UsSection::mspa_covered_transaction},
    {"mspa_opt_out_option_mode", &UsSection::mspa_opt_out_option_mode},
    {"mspa_service_provider_mode", &UsSection::mspa_service_provider_mode},
}};

// Splits off the part before the next `separator`; false when nothing is left.
bool next_part(std::string_view& rest, bool& more, char separator, std::string_view& part) {
    if (!more) return false;
    const std::size_t end = rest.find(separator);
    more = end != std::string_view::npos;
    part = rest.substr(0, end);
    rest.remove_prefix(more ? end + 1 : rest.size());
    return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::string_view part;
    bool more = true;
    while (next_part(text, more, separator, part))
        parts.push_back(part);
    return parts;
}

tl::unexpected<Error> not_two_bits() {
    return fail(Code::kInvalid, "gpp.field_value",
                "a field has the value 3, which no answer has; the string is damaged");
}

Result<void> take_fields(IabBits& bits, std::span<const UsField> fields, UsSection& section) {
    for (const UsField& field : fields) {
        const std::uint64_t value = bits.take(2);
        if (value > kHighestAnswer) return not_two_bits();
        section.*field.member = static_cast<std::uint8_t>(value);
    }
    return {};
}

Result<std::vector<std::uint8_t>> take_answers(IabBits& bits, std::size_t count) {
    std::vector<std::uint8_t> answers(count);
    for (std::uint8_t& answer : answers) {
        answer = static_cast<std::uint8_t>(bits.take(2));
        if (answer > kHighestAnswer) return not_two_bits();
    }
    return answers;
}

Result<UsSection> decode_us_core(std::uint32_t id, std::string_view text) {
    TRY(auto bits, IabBits::create(text));
    UsSection section;
    section.version = static_cast<std::uint8_t>(bits.take(6));
    TRY(const UsLayout layout, us_layout(id, section.version));
    TRY_VOID(take_fields(bits, layout.before, section));
    TRY(section.sensitive_data_processing, take_answers(bits, layout.sensitive_count));
    TRY(section.known_child_sensitive_data_consents, take_answers(bits, layout.child_count));
    TRY_VOID(take_fields(bits, layout.behind, section));
    if (!bits.ok()) return iab_truncated("its core");
    TRY_VOID(check_padding(bits));
    return section;
}

tl::unexpected<Error> bad_subsection() {
    return fail(Code::kInvalid, "gpp.subsection",
                "it may have one subsection behind its core, of type 1 (GPC)");
}

Result<bool> decode_gpc(std::string_view text) {
    TRY(auto bits, IabBits::create(text));
    const std::uint64_t type = bits.take(2);
    const bool gpc = bits.take_flag();
    if (!bits.ok()) return iab_truncated("its GPC subsection");
    if (type != kGpcSubsection) return bad_subsection();
    TRY_VOID(check_padding(bits));
    return gpc;
}

Result<UsSection> decode_us(std::uint32_t id, std::string_view text) {
    const auto parts = split(text, '.');
    if (parts.size() > 2) return bad_subsection();
    TRY(auto section, decode_us_core(id, parts.front()));
    if (parts.size() == 2) {
        TRY(section.gpc, decode_gpc(parts.back()));
    }
    return section;
}

template <class T>
Result<GppSection> as_section(std::uint32_t id, Result<T> content) {
    if (content) return GppSection{id, std::move(*content)};
    return tl::unexpected<Error>(
        with_context(std::move(content.error()), "section " + std::to_string(id)));
}

// Kept text is shown to people and put into JSON, so it must be visible ASCII.
Result<UnknownSection> keep_unknown(std::string_view text) {
    for (const char c : text) {
        if (c > ' ' && c <= '~') continue;
        return fail(Code::kInvalid, "gpp.section_text",
                    "it has a character that is no visible ASCII; the string is damaged");
    }
    return UnknownSection{std::string(text)};
}

Result<GppSection> decode_section(std::uint32_t id, std::string_view text) {
    if (text.empty()) {
        return fail(Code::kInvalid, "gpp.section_empty",
                    "section " + std::to_string(id) + " of the GPP string is empty");
    }
    switch (id) {
        case kGppTcfEuV2:
            return as_section(id, decode_tc_string(text));
        case kGppUspV1:
            return as_section(id, decode_us_privacy(text));
        case kGppUsNat:
        case kGppUsCa:
            return as_section(id, decode_us(id, text));
        default:
            return as_section(id, keep_unknown(text));
    }
}

Result<void> check_type(std::uint64_t type) {
    if (type == kGppType) return {};
    for (const std::uint64_t version : kTcVersions) {
        if (type != version) continue;
        return fail(Code::kInvalid, "gpp.is_tc_string",
                    "this is a TC string, not a GPP string: put it into the TC string's own field "
                    "(gdpr_consent, tc_string), or have the consent platform wrap it as section 2 "
                    "(tcfeuv2) behind a GPP header");
    }
    return fail(Code::kInvalid, "gpp.type",
                "this is no GPP string: its first six bits are " + std::to_string(type) +
                    ", not 3 (such a string begins with 'D')");
}

// The ids that the header lists.
Result<std::vector<std::uint32_t>> decode_header(std::string_view text) {
    TRY(auto bits, IabBits::create(text));
    const std::uint64_t type = bits.take(6);
    if (!bits.ok()) return iab_truncated("the header");
    TRY_VOID(check_type(type));
    const std::uint64_t version = bits.take(6);
    if (!bits.ok()) return iab_truncated("the header");
    if (version != 1) {
        return fail(Code::kInvalid, "gpp.version",
                    "GPP string of version " + std::to_string(version) + "; version 1 is read");
    }
    TRY(auto ids, take_fibonacci_ranges(bits, kMaxGppSections));
    TRY_VOID(check_padding(bits));
    return ids;
}

Result<void> check_size(std::string_view text) {
    if (text.empty()) return fail(Code::kInvalid, "gpp.empty", "the GPP string is empty");
    if (text.size() <= kMaxIabStringBytes) return {};
    return fail(Code::kTooLarge, "gpp.too_long",
                "the GPP string has " + std::to_string(text.size()) + " bytes, at most " +
                    std::to_string(kMaxIabStringBytes) + " are read");
}

// A TC string is recognised by its first part, whether or not segments follow.
Result<std::vector<std::uint32_t>> decode_first_part(std::string_view text) {
    const std::size_t end = text.find('.');
    TRY(auto ids, decode_header(text.substr(0, end)));
    if (end == std::string_view::npos) return ids;
    return fail(Code::kInvalid, "gpp.header",
                "the header of the GPP string has a subsection, which no version defines");
}

bool is_answer(char c) {
    return c == 'Y' || c == 'N' || c == '-';
}

}  // namespace

Result<UsLayout> us_layout(std::uint32_t section_id, std::uint8_t version) {
    if (section_id == kGppUsNat && version == 1) return UsLayout{kUsNatBefore, 12, 2, kUsBehind};
    if (section_id == kGppUsNat && version == 2) return UsLayout{kUsNatBefore, 16, 3, kUsBehind};
    if (section_id == kGppUsCa && version == 1) return UsLayout{kUsCaBefore, 9, 2, kUsBehind};
    return fail(Code::kInvalid, "gpp.section_version",
                "version " + std::to_string(version) +
                    " is not known; usnat has versions 1 and 2, usca has version 1");
}

Result<GppString> decode_gpp_string(std::string_view text) {
    TRY_VOID(check_size(text));
    const auto parts = split(text, '~');
    TRY(const auto ids, decode_first_part(parts.front()));
    if (parts.size() != ids.size() + 1) {
        return fail(Code::kInvalid, "gpp.section_count",
                    "the GPP header lists " + std::to_string(ids.size()) + " sections, " +
                        std::to_string(parts.size() - 1) + " follow; was the string cut at a '~'?");
    }
    GppString gpp;
    gpp.sections.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        TRY(auto section, decode_section(ids[i], parts[i + 1]));
        gpp.sections.push_back(std::move(section));
    }
    return gpp;
}

Result<UsPrivacyString> decode_us_privacy(std::string_view text) {
    const bool good = text.size() == 4 && text[0] == '1' && is_answer(text[1]) &&
                      is_answer(text[2]) && is_answer(text[3]);
    if (good) return UsPrivacyString{1, text[1], text[2], text[3]};
    return fail(Code::kInvalid, "gpp.us_privacy",
                "a US Privacy string is '1' and three of 'Y', 'N' or '-', e.g. 1YNN");
}

}  // namespace altis::codec
