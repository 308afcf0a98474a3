// `altis consent decode` for people and programs, with strings that the IAB's own packages made.
#include <gtest/gtest.h>

#include "altis_program.h"
#include "codec/json.h"

namespace altis::e2e {
namespace {

constexpr const char* kTc =
    "CQfM9YAQfM9YAEsABBITCOFgAI-AAAAAABCYF5wAQF5gAAAA.IF5wAQF5gAAA";  // 1, 5 to 9; vendor 755
constexpr const char* kGpp = "DBABLA~BFQVAAAAAgA.YA";                 // usnat, all opted out

Finished decode(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"consent", "decode"});
    return run_altis(arguments, Capture::kEverything);
}

std::string stance(const std::vector<std::string>& arguments, const char* purpose) {
    std::vector<std::string> with_json = arguments;
    with_json.emplace_back("--json");
    const auto json = codec::parse_json(decode(with_json).output);
    return json ? std::string((*json)["purposes"][purpose].as_string()) : "no JSON";
}

TEST(ConsentDecode, SaysATcStringInWords) {
    const Finished run = decode({kTc});
    EXPECT_EQ(run.status, 0);
    for (const char* words : {"TC string", "created 2026-02-06", "consent platform 300",
                              "measure how content performs", "vendors with consent: 1: 755",
                              "messages         silent", "segment_sharing  withdrawn"}) {
        EXPECT_NE(run.output.find(words), std::string::npos) << words << "\n" << run.output;
    }
}

TEST(ConsentDecode, SaysAGppStringInWords) {
    const Finished run = decode({kGpp});
    EXPECT_EQ(run.status, 0);
    for (const char* words : {"section 7 usnat", "Global Privacy Control", "opted out"}) {
        EXPECT_NE(run.output.find(words), std::string::npos) << words << "\n" << run.output;
    }
}

TEST(ConsentDecode, GivesStancesToPrograms) {
    EXPECT_EQ(stance({kTc}, "analytics"), "granted");
    EXPECT_EQ(stance({kTc, "--vendor", "755"}, "clean_room"), "granted");
    EXPECT_EQ(stance({kTc, "--vendor", "754"}, "clean_room"), "withdrawn");
    EXPECT_EQ(stance({kGpp}, "clean_room"), "withdrawn");
    EXPECT_EQ(stance({kGpp}, "analytics"), "silent");
    EXPECT_EQ(stance({"1YYN"}, "segment_sharing"), "withdrawn");
}

TEST(ConsentDecode, RefusesByName) {
    const std::vector<std::pair<std::string, std::string>> bad = {
        {"hello", "consent.unknown_string"},
        {"", "consent.unknown_string"},
        {"1ABC", "gpp.us_privacy"},
        {std::string(kTc).append("~").append(kTc), "gpp.is_tc_string"},
        {std::string(kTc).substr(0, 40), "iab.truncated"},
        {"DBABLA", "gpp.section_count"},
    };
    for (const auto& [text, reason] : bad) {
        const Finished run = decode({text});
        EXPECT_EQ(run.status, 2) << text;
        EXPECT_NE(run.output.find(reason), std::string::npos) << run.output;
    }
    EXPECT_EQ(decode({kTc, "--vendor", "0"}).status, 2);
}

}  // namespace
}  // namespace altis::e2e
