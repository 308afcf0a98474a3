#include "rights/consent_signals.h"

#include <gtest/gtest.h>

namespace altis::rights {
namespace {

using codec::TcRestriction;
using codec::TcRestrictionType;
using codec::TcString;
using codec::UsSection;

// Vendors 1 to 10, read as a decoder reads them.
codec::IabVendorSet ten_vendors() {
    auto bits = codec::IabBits::create("AAp_4A");  // 16 bits 10, a bit field, ten ones
    return *codec::take_vendors(*bits);
}

TcString consenting(std::initializer_list<unsigned> purposes) {
    TcString tc;
    for (const unsigned purpose : purposes)
        tc.purposes_consent.bits |= tcf_purpose_bit(purpose);
    tc.vendor_consent = ten_vendors();
    return tc;
}

TcString consenting_to_all() {
    return consenting({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

// Names of the purposes with this stance.
std::vector<std::string_view> with(const PurposeStances& stances, Stance stance) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
        if (stances.of(static_cast<Purpose>(i)) == stance) names.push_back(kPurposeNames[i]);
    }
    return names;
}
using Names = std::vector<std::string_view>;

const Names kAllOfTcf = {"analytics", "personalisation", "clean_room", "segment_sharing"};
const Names kSharing = {"clean_room", "segment_sharing"};

TEST(TcfMeaning, GrantsOnlyWhatItSpeaksOf) {
    const auto stances = stances_of(consenting_to_all());
    EXPECT_EQ(with(stances, Stance::kGranted), kAllOfTcf);
    EXPECT_EQ(with(stances, Stance::kSilent), (Names{"operations", "messages", "publication"}));
}

TEST(TcfMeaning, NeedsEveryPurposeOfARule) {
    EXPECT_EQ(with(stances_of(consenting({1, 8, 9})), Stance::kGranted), Names{"analytics"});
    EXPECT_EQ(with(stances_of(consenting({1, 5, 6})), Stance::kGranted), Names{"personalisation"});
    EXPECT_EQ(with(stances_of(consenting({1, 7, 9})), Stance::kGranted), Names{"clean_room"});
    EXPECT_EQ(with(stances_of(consenting({1, 3, 4})), Stance::kGranted), Names{"segment_sharing"});
    for (const TcfRule& rule : kTcfRules) {
        for (const std::uint32_t missing : rule.needs.list()) {
            TcString tc = consenting_to_all();
            tc.purposes_consent.bits &= ~tcf_purpose_bit(missing);
            EXPECT_EQ(stances_of(tc).of(rule.purpose), Stance::kWithdrawn) << missing;
        }
    }
}

TEST(TcfMeaning, LegitimateInterestIsNoConsent) {
    TcString tc = consenting({});
    tc.purposes_legitimate_interest.bits = ~0ULL;
    tc.purpose_one_treatment = true;
    EXPECT_EQ(with(stances_of(tc), Stance::kWithdrawn), kAllOfTcf);
}

TEST(TcfMeaning, ThePublishersSegmentDecidesAboutItsOwnPurposes) {
    TcString tc = consenting_to_all();
    tc.publisher_tc.emplace();
    EXPECT_EQ(with(stances_of(tc), Stance::kGranted), kSharing);
    EXPECT_EQ(with(stances_of(tc, 3), Stance::kGranted), kAllOfTcf);  // not the publisher
    tc.publisher_tc->purposes_consent = tc.purposes_consent;
    tc.purposes_consent = {};
    EXPECT_EQ(with(stances_of(tc), Stance::kGranted), (Names{"analytics", "personalisation"}));
}

TEST(TcfMeaning, AVendorNeedsItsOwnConsent) {
    TcString tc = consenting_to_all();
    EXPECT_EQ(with(stances_of(tc, 10), Stance::kGranted), kAllOfTcf);
    EXPECT_EQ(with(stances_of(tc, 11), Stance::kWithdrawn), kAllOfTcf);
    tc.disclosed_vendors.emplace();  // none was shown to the person
    EXPECT_EQ(with(stances_of(tc, 10), Stance::kWithdrawn), kAllOfTcf);
}

TEST(TcfMeaning, RestrictionsBindTheVendorsTheyName) {
    TcString tc = consenting_to_all();
    tc.publisher_restrictions = {
        {4, TcRestrictionType::kNotAllowed, {{2, 3}}},
        {8, TcRestrictionType::kRequireLegitimateInterest, {{3, 3}}},
        {6, TcRestrictionType::kRequireConsent, {{1, 9}}},
    };
    EXPECT_EQ(with(stances_of(tc, 1), Stance::kWithdrawn), Names{});
    EXPECT_EQ(with(stances_of(tc, 2), Stance::kWithdrawn), Names{"segment_sharing"});
    EXPECT_EQ(with(stances_of(tc, 3), Stance::kWithdrawn), (Names{"analytics", "segment_sharing"}));
}

TEST(UsMeaning, NotOptingOutGrantsNothing) {
    UsSection section;
    section.sale_opt_out = section.sharing_opt_out = section.targeted_advertising_opt_out = 2;
    section.personal_data_consents = 2;
    section.known_child_sensitive_data_consents = {2, 2};
    section.gpc = false;
    EXPECT_EQ(stances_of(section), PurposeStances());
}

TEST(UsMeaning, EachOptOutWithdrawsSharing) {
    for (const auto field :
         {&UsSection::sale_opt_out, &UsSection::sharing_opt_out,
          &UsSection::targeted_advertising_opt_out, &UsSection::personal_data_consents}) {
        UsSection section;
        section.*field = 1;
        EXPECT_EQ(with(stances_of(section), Stance::kWithdrawn), kSharing);
    }
    UsSection section;
    section.gpc = true;
    EXPECT_EQ(with(stances_of(section), Stance::kWithdrawn), kSharing);
}

TEST(UsMeaning, AChildWithoutConsentIsLeftAlone) {
    UsSection section;
    section.known_child_sensitive_data_consents = {0, 1};
    EXPECT_EQ(with(stances_of(section), Stance::kWithdrawn),
              (Names{"analytics", "personalisation", "messages", "clean_room", "segment_sharing"}));
}

TEST(UsMeaning, ReadsTheUsPrivacyString) {
    EXPECT_EQ(with(stances_of(*codec::decode_us_privacy("1YYN")), Stance::kWithdrawn), kSharing);
    EXPECT_EQ(stances_of(*codec::decode_us_privacy("1YNN")), PurposeStances());
    EXPECT_EQ(stances_of(*codec::decode_us_privacy("1---")), PurposeStances());
}

TEST(GpcMeaning, OnlyOneOptsOut) {
    EXPECT_EQ(with(stances_of_gpc("1"), Stance::kWithdrawn), kSharing);
    EXPECT_EQ(with(stances_of_gpc("1"), Stance::kGranted), Names{});
    for (const char* other : {"", "0", "true", "1 ", "11"}) {
        EXPECT_EQ(stances_of_gpc(other), PurposeStances()) << other;
    }
}

TEST(GppMeaning, WithdrawnBeatsGranted) {
    UsSection opted_out;
    opted_out.sale_opt_out = 1;
    codec::GppString gpp;
    gpp.sections = {{codec::kGppTcfEuV2, consenting_to_all()},
                    {codec::kGppUsNat, opted_out},
                    {9, codec::UnknownSection{"text"}}};
    const auto stances = stances_of(gpp);
    EXPECT_EQ(with(stances, Stance::kGranted), (Names{"analytics", "personalisation"}));
    EXPECT_EQ(with(stances, Stance::kWithdrawn), kSharing);
    EXPECT_EQ(with(stances_of(gpp, 11), Stance::kGranted), Names{});  // a vendor without consent
}

}  // namespace
}  // namespace altis::rights
