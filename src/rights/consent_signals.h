// What consent strings and opt-out signals from outside mean for Altis's purposes. Pure functions;
// docs/consent_strings.md has the tables and their reasons.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/iab_gpp.h"
#include "codec/iab_tcf.h"
#include "rights/model.h"

namespace altis::rights {

// What a signal says about one purpose. Silence grants nothing: what was decided before stays.
enum class Stance : std::uint8_t { kSilent, kGranted, kWithdrawn };
constexpr std::array<std::string_view, 3> kStanceNames = {"silent", "granted", "withdrawn"};
std::string_view to_string(Stance stance);

// A stance for every purpose.
class PurposeStances {
  public:
    Stance of(Purpose purpose) const { return stances_[static_cast<std::size_t>(purpose)]; }
    void set(Purpose purpose, Stance stance) {
        stances_[static_cast<std::size_t>(purpose)] = stance;
    }
    friend bool operator==(const PurposeStances&, const PurposeStances&) = default;

  private:
    std::array<Stance, kPurposeNames.size()> stances_{};
};

// Both signals together: withdrawn beats granted, granted beats silent.
PurposeStances combine(const PurposeStances& one, const PurposeStances& other);

// The TCF purposes that must all have consent before one of our purposes is granted.
struct TcfRule {
    Purpose purpose;
    codec::IabNumbers needs;
    bool is_publishers_own;  // the publisher's own segment decides about it, where there is one
};
constexpr std::uint64_t tcf_purpose_bit(unsigned number) {
    return 1ULL << (number - 1);
}
constexpr std::array<TcfRule, 4> kTcfRules = {{
    {Purpose::kAnalytics, {tcf_purpose_bit(1) | tcf_purpose_bit(8) | tcf_purpose_bit(9)}, true},
    {Purpose::kPersonalisation,
     {tcf_purpose_bit(1) | tcf_purpose_bit(5) | tcf_purpose_bit(6)},
     true},
    {Purpose::kCleanRoom, {tcf_purpose_bit(1) | tcf_purpose_bit(7) | tcf_purpose_bit(9)}, false},
    {Purpose::kSegmentSharing,
     {tcf_purpose_bit(1) | tcf_purpose_bit(3) | tcf_purpose_bit(4)},
     false},
}};

// A TC string is the person's whole answer: each purpose of kTcfRules is granted or withdrawn, the
// others stay silent. Legitimate interest is no consent. `vendor_id` is the organisation's id in
// the Global Vendor List (1 to codec::kMaxVendorId); without it the organisation is the publisher.
PurposeStances stances_of(const codec::TcString& tc, std::optional<std::uint32_t> vendor_id = {});

// US sections withdraw and never grant: not opting out is no consent.
PurposeStances stances_of(const codec::UsSection& section);
PurposeStances stances_of(const codec::UsPrivacyString& usp);

// All decoded sections together; sections that are kept as text are silent.
PurposeStances stances_of(const codec::GppString& gpp, std::optional<std::uint32_t> vendor_id = {});

// The value of a request's Sec-GPC header: "1" opts out of sharing, anything else says nothing.
PurposeStances stances_of_gpc(std::string_view header_value);

}  // namespace altis::rights
