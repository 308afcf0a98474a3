#include "codec/iab_tcf.h"

namespace altis::codec {
namespace {

constexpr std::size_t kPurposeBits = 24;
constexpr std::size_t kSpecialFeatureBits = 12;
constexpr std::uint64_t kGppType = 3;  // the first six bits of a GPP string

// Types of the segments behind the core, in the format's own numbers.
constexpr std::uint64_t kDisclosedVendors = 1;
constexpr std::uint64_t kAllowedVendors = 2;
constexpr std::uint64_t kPublisherTc = 3;

Time take_time(IabBits& bits) {
    return {static_cast<std::int64_t>(bits.take(36)) * 100'000};
}

// Two letters of six bits each.
Result<std::string> take_letters(IabBits& bits, std::string_view what) {
    const auto first = bits.take(6);
    const auto second = bits.take(6);
    if (!bits.ok()) return iab_truncated(what);
    if (first < 26 && second < 26) {
        return std::string{static_cast<char>('A' + first), static_cast<char>('A' + second)};
    }
    return fail(Code::kInvalid, "tcf.letters",
                std::string(what) + " of the TC string is not two letters; the string is damaged");
}

Result<void> check_version(IabBits& bits) {
    const std::uint64_t version = bits.take(6);
    if (!bits.ok()) return iab_truncated("the version");
    if (version == 2) return {};
    if (version == kGppType) {
        return fail(Code::kInvalid, "tcf.is_gpp_string",
                    "this is a GPP string, not a TC string; put it into the GPP field");
    }
    return fail(Code::kInvalid, "tcf.version",
                "TC string of version " + std::to_string(version) +
                    "; only version 2 is in force, ask the person again through a current "
                    "consent platform");
}

Result<std::vector<TcRestriction>> take_restrictions(IabBits& bits) {
    const std::uint64_t count = bits.take(12);
    std::vector<TcRestriction> restrictions;
    for (std::uint64_t i = 0; i < count; ++i) {
        TcRestriction restriction;
        restriction.purpose = static_cast<std::uint8_t>(bits.take(6));
        const std::uint64_t type = bits.take(2);
        if (!bits.ok()) break;
        if (restriction.purpose == 0 || type > 2) {
            return fail(Code::kInvalid, "tcf.restriction",
                        "a publisher restriction names purpose " +
                            std::to_string(restriction.purpose) + " and type " +
                            std::to_string(type) + ", which do not exist; the string is damaged");
        }
        restriction.type = static_cast<TcRestrictionType>(type);
        TRY(restriction.vendors, take_ranges(bits));
        restrictions.push_back(std::move(restriction));
    }
    if (!bits.ok()) return iab_truncated("the publisher restrictions");
    return restrictions;
}

Result<void> read_origin(IabBits& bits, TcString& tc) {
    tc.created = take_time(bits);
    tc.last_updated = take_time(bits);
    tc.cmp_id = static_cast<std::uint16_t>(bits.take(12));
    tc.cmp_version = static_cast<std::uint16_t>(bits.take(12));
    tc.consent_screen = static_cast<std::uint8_t>(bits.take(6));
    TRY(tc.consent_language, take_letters(bits, "the consent language"));
    return {};
}

Result<void> read_choices(IabBits& bits, TcString& tc) {
    tc.vendor_list_version = static_cast<std::uint16_t>(bits.take(12));
    tc.policy_version = static_cast<std::uint8_t>(bits.take(6));
    tc.is_service_specific = bits.take_flag();
    tc.use_non_standard_texts = bits.take_flag();
    tc.special_feature_optins = take_numbers(bits, kSpecialFeatureBits);
    tc.purposes_consent = take_numbers(bits, kPurposeBits);
    tc.purposes_legitimate_interest = take_numbers(bits, kPurposeBits);
    tc.purpose_one_treatment = bits.take_flag();
    TRY(tc.publisher_country, take_letters(bits, "the publisher's country"));
    return {};
}

Result<TcString> decode_core(std::string_view text) {
    TRY(auto bits, IabBits::create(text));
    TRY_VOID(check_version(bits));
    TcString tc;
    TRY_VOID(read_origin(bits, tc));
    TRY_VOID(read_choices(bits, tc));
    TRY(tc.vendor_consent, take_vendors(bits));
    TRY(tc.vendor_legitimate_interest, take_vendors(bits));
    TRY(tc.publisher_restrictions, take_restrictions(bits));
    TRY_VOID(check_padding(bits));
    return tc;
}

Result<PublisherTc> take_publisher_tc(IabBits& bits) {
    PublisherTc publisher;
    publisher.purposes_consent = take_numbers(bits, kPurposeBits);
    publisher.purposes_legitimate_interest = take_numbers(bits, kPurposeBits);
    publisher.custom_purpose_count = static_cast<std::uint8_t>(bits.take(6));
    publisher.custom_purposes_consent = take_numbers(bits, publisher.custom_purpose_count);
    publisher.custom_purposes_legitimate_interest =
        take_numbers(bits, publisher.custom_purpose_count);
    if (!bits.ok()) return iab_truncated("the publisher's segment");
    return publisher;
}

// Keeps a segment that may occur once, and must be all that `bits` has.
template <class T>
Result<void> keep_once(std::optional<T>& place, Result<T> segment, IabBits& bits) {
    if (!segment) return tl::unexpected<Error>(std::move(segment.error()));
    TRY_VOID(check_padding(bits));
    if (place) {
        return fail(Code::kInvalid, "tcf.segment_repeated",
                    "the TC string has the same segment twice; which one holds is not defined");
    }
    place = std::move(*segment);
    return {};
}

Result<void> decode_segment(std::string_view text, TcString& tc) {
    TRY(auto bits, IabBits::create(text));
    const std::uint64_t type = bits.take(3);
    if (!bits.ok()) return iab_truncated("a segment's type");
    if (type == kDisclosedVendors) return keep_once(tc.disclosed_vendors, take_vendors(bits), bits);
    if (type == kAllowedVendors) return keep_once(tc.allowed_vendors, take_vendors(bits), bits);
    if (type == kPublisherTc) return keep_once(tc.publisher_tc, take_publisher_tc(bits), bits);
    return fail(Code::kInvalid, "tcf.segment_type",
                "segment type " + std::to_string(type) +
                    " behind the core of a TC string; 1 (disclosed vendors), 2 (allowed vendors) "
                    "and 3 (publisher) exist");
}

Result<void> check_size(std::string_view text) {
    if (text.empty()) return fail(Code::kInvalid, "tcf.empty", "the TC string is empty");
    if (text.size() <= kMaxIabStringBytes) return {};
    return fail(Code::kTooLarge, "tcf.too_long",
                "the TC string has " + std::to_string(text.size()) + " bytes, at most " +
                    std::to_string(kMaxIabStringBytes) + " are read");
}

}  // namespace

Result<TcString> decode_tc_string(std::string_view text) {
    TRY_VOID(check_size(text));
    std::size_t end = std::min(text.find('.'), text.size());
    TRY(auto tc, decode_core(text.substr(0, end)));
    while (end < text.size()) {
        text.remove_prefix(end + 1);
        end = std::min(text.find('.'), text.size());
        TRY_VOID(decode_segment(text.substr(0, end), tc));
    }
    return tc;
}

}  // namespace altis::codec
