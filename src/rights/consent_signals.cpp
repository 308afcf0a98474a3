#include "rights/consent_signals.h"

#include <algorithm>

namespace altis::rights {
namespace {

using codec::TcRestriction;
using codec::TcRestrictionType;
using codec::TcString;
using codec::UsSection;

constexpr std::array kSharing = {Purpose::kCleanRoom, Purpose::kSegmentSharing};

// Everything that is neither the service itself nor publication of official results.
constexpr std::array kOptional = {Purpose::kAnalytics, Purpose::kPersonalisation,
                                  Purpose::kMessages, Purpose::kCleanRoom,
                                  Purpose::kSegmentSharing};

template <std::size_t N>
PurposeStances withdraw(const std::array<Purpose, N>& purposes) {
    PurposeStances stances;
    for (const Purpose purpose : purposes)
        stances.set(purpose, Stance::kWithdrawn);
    return stances;
}

bool names(const std::vector<codec::IabRange>& ranges, std::uint32_t vendor_id) {
    return std::any_of(ranges.begin(), ranges.end(), [vendor_id](const codec::IabRange& range) {
        return range.first <= vendor_id && vendor_id <= range.last;
    });
}

// Whether the publisher keeps this vendor from using one of `purposes` on the ground of consent.
bool is_restricted(const TcString& tc, codec::IabNumbers purposes, std::uint32_t vendor_id) {
    return std::any_of(tc.publisher_restrictions.begin(), tc.publisher_restrictions.end(),
                       [&](const TcRestriction& restriction) {
                           return restriction.type != TcRestrictionType::kRequireConsent &&
                                  purposes.contains(restriction.purpose) &&
                                  names(restriction.vendors, vendor_id);
                       });
}

bool vendor_may(const TcString& tc, const TcfRule& rule, std::uint32_t vendor_id) {
    if (tc.disclosed_vendors && !tc.disclosed_vendors->contains(vendor_id)) return false;
    return tc.vendor_consent.contains(vendor_id) && !is_restricted(tc, rule.needs, vendor_id);
}

bool grants(const TcString& tc, const TcfRule& rule, std::optional<std::uint32_t> vendor_id) {
    const bool publisher_decides = rule.is_publishers_own && !vendor_id && tc.publisher_tc;
    const codec::IabNumbers given =
        publisher_decides ? tc.publisher_tc->purposes_consent : tc.purposes_consent;
    if ((rule.needs.bits & ~given.bits) != 0) return false;
    return !vendor_id || vendor_may(tc, rule, *vendor_id);
}

bool opts_out_of_sharing(const UsSection& section) {
    return section.sale_opt_out == codec::kUsOptedOut ||
           section.sharing_opt_out == codec::kUsOptedOut ||
           section.targeted_advertising_opt_out == codec::kUsOptedOut ||
           section.personal_data_consents == codec::kUsNoConsent || section.gpc.value_or(false);
}

bool is_child_without_consent(const UsSection& section) {
    const auto& answers = section.known_child_sensitive_data_consents;
    return std::find(answers.begin(), answers.end(), codec::kUsNoConsent) != answers.end();
}

// Finds the meaning of whatever a section of a GPP string holds.
struct SectionMeaning {
    std::optional<std::uint32_t> vendor_id;

    PurposeStances operator()(const codec::UnknownSection&) const { return {}; }
    PurposeStances operator()(const TcString& tc) const { return stances_of(tc, vendor_id); }
    PurposeStances operator()(const codec::UsPrivacyString& usp) const { return stances_of(usp); }
    PurposeStances operator()(const UsSection& section) const { return stances_of(section); }
};

}  // namespace

std::string_view to_string(Stance stance) {
    return kStanceNames[static_cast<std::size_t>(stance)];
}

PurposeStances combine(const PurposeStances& one, const PurposeStances& other) {
    PurposeStances both;
    for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
        const auto purpose = static_cast<Purpose>(i);
        both.set(purpose, std::max(one.of(purpose), other.of(purpose)));  // in order of strength
    }
    return both;
}

PurposeStances stances_of(const TcString& tc, std::optional<std::uint32_t> vendor_id) {
    PurposeStances stances;
    for (const TcfRule& rule : kTcfRules) {
        stances.set(rule.purpose,
                    grants(tc, rule, vendor_id) ? Stance::kGranted : Stance::kWithdrawn);
    }
    return stances;
}

PurposeStances stances_of(const UsSection& section) {
    if (is_child_without_consent(section)) return withdraw(kOptional);
    return opts_out_of_sharing(section) ? withdraw(kSharing) : PurposeStances();
}

PurposeStances stances_of(const codec::UsPrivacyString& usp) {
    return usp.opt_out_sale == 'Y' ? withdraw(kSharing) : PurposeStances();
}

PurposeStances stances_of(const codec::GppString& gpp, std::optional<std::uint32_t> vendor_id) {
    PurposeStances all;
    for (const codec::GppSection& section : gpp.sections)
        all = combine(all, std::visit(SectionMeaning{vendor_id}, section.content));
    return all;
}

PurposeStances stances_of_gpc(std::string_view header_value) {
    return header_value == "1" ? withdraw(kSharing) : PurposeStances();
}

}  // namespace altis::rights
