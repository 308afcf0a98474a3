#include "codec/iab_tcf.h"

#include <gtest/gtest.h>

#include "codec/iab_bit_writer.h"
#include "codec/iab_json.h"

namespace altis::codec {
namespace {

std::string reason(std::string_view text) {
    const auto decoded = decode_tc_string(text);
    return decoded ? "none" : decoded.error().reason;
}

// The fields of a core up to the vendors: version 2, Italian, purposes 1 and 3.
IabBitWriter core_head(std::uint64_t version = 2, std::uint64_t language_letter = 8) {
    IabBitWriter writer;
    writer.put(version, 6).put(17'714'592'000, 36).put(17'714'592'001, 36);
    writer.put(300, 12).put(7, 12).put(2, 6).put(language_letter, 6).put(19, 6);
    writer.put(142, 12).put(4, 6).put(1, 1).put(0, 1).put(0x800, 12);
    writer.put(0xA00000, 24).put(0x400001, 24).put(0, 1).put(8, 6).put(19, 6);
    return writer;
}

// A whole core without vendors; restrictions by the caller.
IabBitWriter core(std::uint64_t restriction_count = 0) {
    return core_head().put(0, 17).put(0, 17).put(restriction_count, 12);
}

TEST(TcString, SaysEveryFieldOfTheCore) {
    const auto text = core_head().put(3, 16).put(0, 1).put("101").put(0, 17).put(1, 12).put(
        "000011"
        "10"
        "000000000001"
        "0"
        "0000000000000101");
    const auto tc = decode_tc_string(text.text());
    ASSERT_TRUE(tc) << tc.error().message;
    EXPECT_EQ(
        to_json(*tc).to_string(),
        R"({"created":"2026-02-19T00:00:00.000000Z","last_updated":"2026-02-19T00:00:00.100000Z",)"
        R"("cmp_id":300,"cmp_version":7,"consent_screen":2,"consent_language":"IT",)"
        R"("vendor_list_version":142,"policy_version":4,"is_service_specific":true,)"
        R"("use_non_standard_texts":false,"special_feature_optins":[1],"purposes_consent":[1,3],)"
        R"("purposes_legitimate_interest":[2,24],"purpose_one_treatment":false,)"
        R"("publisher_country":"IT","vendor_consent":[1,3],"vendor_legitimate_interest":[],)"
        R"("publisher_restrictions":[{"purpose":3,"type":2,"vendors":[[5,5]]}]})");
}

TEST(TcString, ReadsOptionalSegmentsInAnyOrder) {
    const std::string publisher =
        IabBitWriter().put(3, 3).put(1, 24).put(2, 24).put(2, 6).put("1001").text();
    const std::string disclosed = IabBitWriter().put(1, 3).put(2, 16).put(0, 1).put("01").text();
    const std::string allowed = IabBitWriter().put(2, 3).put(2, 16).put(0, 1).put("10").text();
    const auto tc =
        decode_tc_string(core().text() + "." + publisher + "." + disclosed + "." + allowed);
    ASSERT_TRUE(tc) << tc.error().message;
    EXPECT_EQ(tc->disclosed_vendors->list(), std::vector<std::uint32_t>{2});
    EXPECT_EQ(tc->allowed_vendors->list(), std::vector<std::uint32_t>{1});
    EXPECT_EQ(tc->publisher_tc->purposes_consent.list(), std::vector<std::uint32_t>{24});
    EXPECT_EQ(tc->publisher_tc->purposes_legitimate_interest.list(),
              std::vector<std::uint32_t>{23});
    EXPECT_EQ(tc->publisher_tc->custom_purposes_consent.list(), std::vector<std::uint32_t>{1});
    EXPECT_EQ(tc->publisher_tc->custom_purposes_legitimate_interest.list(),
              std::vector<std::uint32_t>{2});
}

TEST(TcString, ReadsZerosAsPadding) {
    EXPECT_EQ(reason(core().text() + "AAAAAAAA"), "none");
    EXPECT_EQ(reason(core().text() + "AAAAAAAB"), "iab.trailing_bits");
    EXPECT_EQ(reason(core().text() + ".IAAAAQ"), "iab.trailing_bits");
    EXPECT_EQ(reason(core().text() + ".YAAAAAAAAAAAAAAB"), "iab.trailing_bits");
}

TEST(TcString, NamesWhatIsWrong) {
    const std::string good = core().text();
    const std::string disclosed = "." + IabBitWriter().put(1, 3).put(0, 17).text();
    EXPECT_EQ(reason(""), "tcf.empty");
    EXPECT_EQ(reason(std::string(kMaxIabStringBytes + 1, 'C')), "tcf.too_long");
    EXPECT_EQ(reason("DBABMA~CAAA"), "iab.not_base64url");
    EXPECT_EQ(reason("DBABMA"), "tcf.is_gpp_string");
    EXPECT_EQ(reason(core_head(1).put(0, 46).text()), "tcf.version");
    EXPECT_EQ(reason(core_head(2, 26).put(0, 46).text()), "tcf.letters");
    EXPECT_EQ(reason(core(1).put(0, 8).put(0, 12).text()), "tcf.restriction");
    EXPECT_EQ(reason(core(1).put(1, 6).put(3, 2).put(0, 12).text()), "tcf.restriction");
    EXPECT_EQ(reason(core(4095).put(1, 6).put(0, 2).put(0, 12).text()), "iab.truncated");
    EXPECT_EQ(reason(good + "." + good), "tcf.segment_type");
    EXPECT_EQ(reason(good + ".gAAA"), "tcf.segment_type");
    EXPECT_EQ(reason(good + disclosed), "none");
    EXPECT_EQ(reason(good + disclosed + disclosed), "tcf.segment_repeated");
    EXPECT_EQ(reason(good + "."), "iab.truncated");
    EXPECT_EQ(reason("." + good), "iab.truncated");
    EXPECT_EQ(reason(good + "="), "iab.not_base64url");
}

TEST(TcString, IsRefusedWhereverItIsCut) {
    const std::string good = core().text();
    for (std::size_t length = 1; length < good.size(); ++length) {
        EXPECT_EQ(reason(good.substr(0, length)), "iab.truncated") << length;
    }
}

}  // namespace
}  // namespace altis::codec
