#include "codec/iab_gpp.h"

#include <gtest/gtest.h>

#include "codec/iab_bit_writer.h"
#include "codec/iab_json.h"

namespace altis::codec {
namespace {

constexpr const char* kTc = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";

Error error_of(std::string_view text) {
    const auto decoded = decode_gpp_string(text);
    return decoded ? Error{Code::kInvalid, "none", ""} : decoded.error();
}

std::string reason(std::string_view text) {
    return error_of(text).reason;
}

// A header that lists single ids, each by the Fibonacci code of its step.
std::string header(const std::vector<std::string>& steps, std::uint64_t version = 1) {
    IabBitWriter writer;
    writer.put(3, 6).put(version, 6).put(steps.size(), 12);
    for (const std::string& step : steps)
        writer.put("0" + step);
    return writer.text();
}

const std::string kUsNatHeader = header({"01011"});  // 7
const std::string kUsCaHeader = header({"000011"});  // 8

// A usnat core of version 1: the person opted out of sale, not of sharing.
IabBitWriter usnat(std::uint64_t version = 1, std::uint64_t sale_opt_out = 1) {
    IabBitWriter writer;
    writer.put(version, 6).put("010101010101").put(sale_opt_out, 2).put("1000");
    return writer.put("000000000000000000000001").put("0010").put("01100100");
}

TEST(GppString, ReadsTheExamplesOfTheSpecification) {
    const auto one = decode_gpp_string(std::string("DBABMA~") + kTc);
    ASSERT_TRUE(one) << one.error().message;
    ASSERT_EQ(one->sections.size(), 1U);
    EXPECT_EQ(one->sections[0].id, kGppTcfEuV2);
    EXPECT_EQ(std::get<TcString>(one->sections[0].content).cmp_id, 31);

    const auto two = decode_gpp_string(std::string("DBACNYA~") + kTc + "~1YNN");
    ASSERT_TRUE(two) << two.error().message;
    ASSERT_EQ(two->sections.size(), 2U);
    EXPECT_EQ(two->sections[1].id, kGppUspV1);
    EXPECT_EQ(std::get<UsPrivacyString>(two->sections[1].content).notice, 'Y');
}

TEST(GppString, ReadsUsNat) {
    const auto gpp = decode_gpp_string(kUsNatHeader + "~" + usnat().text() + ".YA");
    ASSERT_TRUE(gpp) << gpp.error().message;
    EXPECT_EQ(to_json(*gpp).to_string(),
              R"({"sections":[{"id":7,"name":"usnat","content":{"version":1,"sharing_notice":1,)"
              R"("sale_opt_out_notice":1,"sharing_opt_out_notice":1,)"
              R"("targeted_advertising_opt_out_notice":1,)"
              R"("sensitive_data_processing_opt_out_notice":1,"sensitive_data_limit_use_notice":1,)"
              R"("sale_opt_out":1,"sharing_opt_out":2,"targeted_advertising_opt_out":0,)"
              R"("sensitive_data_processing":[0,0,0,0,0,0,0,0,0,0,0,1],)"
              R"("known_child_sensitive_data_consents":[0,2],"personal_data_consents":1,)"
              R"("mspa_covered_transaction":2,"mspa_opt_out_option_mode":1,)"
              R"("mspa_service_provider_mode":0,"gpc":true}}]})");
}

TEST(GppString, ReadsUsCaWithAndWithoutGpc) {
    const std::string core =
        IabBitWriter().put(1, 6).put("0101010110").put(0, 18).put(0, 4).put("00011010").text();
    for (const auto& [suffix, gpc] : std::vector<std::pair<std::string, std::optional<bool>>>{
             {"", std::nullopt}, {".QA", false}, {".YA", true}}) {
        const auto gpp = decode_gpp_string(kUsCaHeader + "~" + core + suffix);
        ASSERT_TRUE(gpp) << gpp.error().message;
        const auto& section = std::get<UsSection>(gpp->sections[0].content);
        EXPECT_EQ(section.sale_opt_out, kUsOptedOut);
        EXPECT_EQ(section.sharing_opt_out, 2);
        EXPECT_EQ(section.gpc, gpc) << suffix;
    }
}

TEST(GppString, KeepsUnknownSectionsAsText) {
    const auto gpp = decode_gpp_string(header({"100011"}) + "~Anything.goes!");
    ASSERT_TRUE(gpp) << gpp.error().message;
    EXPECT_EQ(gpp->sections[0].id, 9U);
    EXPECT_EQ(std::get<UnknownSection>(gpp->sections[0].content).text, "Anything.goes!");
    EXPECT_EQ(decode_gpp_string(header({}))->sections.size(), 0U);
}

TEST(GppString, RecognisesATcString) {
    for (const std::string& text :
         {std::string(kTc), std::string(kTc) + ".IAAA", std::string("C"), "B" + std::string(kTc)}) {
        const Error error = error_of(text);
        EXPECT_EQ(error.reason, "gpp.is_tc_string") << text;
        EXPECT_NE(error.message.find("TC string's own field"), std::string::npos);
    }
}

TEST(GppString, NamesWhatIsWrong) {
    EXPECT_EQ(reason(""), "gpp.empty");
    EXPECT_EQ(reason(std::string(kMaxIabStringBytes + 1, 'D')), "gpp.too_long");
    EXPECT_EQ(reason("~"), "iab.truncated");
    EXPECT_EQ(reason("D"), "iab.truncated");
    EXPECT_EQ(reason("EBABMA"), "gpp.type");
    EXPECT_EQ(reason("1YNN"), "gpp.type");
    EXPECT_EQ(reason(header({"11"}, 2) + "~x"), "gpp.version");
    EXPECT_EQ(reason(header({"11"}) + ".AA~x"), "gpp.header");
    EXPECT_EQ(reason(header({"11"})), "gpp.section_count");
    EXPECT_EQ(reason(header({"11"}) + "~x~y"), "gpp.section_count");
    EXPECT_EQ(reason(header({"11"}) + "~"), "gpp.section_empty");
    EXPECT_EQ(reason(header({"11"}) + "~a\x1b[2J"), "gpp.section_text");
    EXPECT_EQ(reason(header(std::vector<std::string>(kMaxGppSections + 1, "11"))), "iab.too_many");
    EXPECT_EQ(reason("D\xFF"), "iab.not_base64url");
}

TEST(GppString, NamesWhatIsWrongInASection) {
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat(3).text()), "gpp.section_version");
    EXPECT_EQ(reason(kUsCaHeader + "~" + usnat(2).text()), "gpp.section_version");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat(1, 3).text()), "gpp.field_value");
    EXPECT_EQ(reason(kUsNatHeader + "~BVV"), "iab.truncated");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat().text() + "YA"), "iab.trailing_bits");
    EXPECT_EQ(reason(kUsNatHeader + "B~" + usnat().text()), "iab.trailing_bits");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat().text() + ".YAB"), "iab.trailing_bits");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat().text() + "."), "iab.truncated");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat().text() + ".gA"), "gpp.subsection");
    EXPECT_EQ(reason(kUsNatHeader + "~" + usnat().text() + ".YA.YA"), "gpp.subsection");
    const Error error = error_of("DBABMA~BAAA");
    EXPECT_EQ(error.reason, "tcf.version");
    EXPECT_TRUE(error.message.starts_with("section 2: ")) << error.message;
    for (const char* usp : {"1YN", "1YNNN", "2YNN", "1ynn", "1Y N"}) {
        EXPECT_EQ(reason(header({"10011"}) + "~" + usp), "gpp.us_privacy") << usp;
    }
}

}  // namespace
}  // namespace altis::codec
