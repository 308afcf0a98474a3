// Compares the decoders of codec/iab_tcf.h and codec/iab_gpp.h with the IAB's own packages
// (@iabtcf/core, @iabgpp/cmpapi) on random strings, field by field, and measures both.
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <unistd.h>

#include "codec/iab_gpp.h"
#include "codec/iab_json.h"
#include "codec/iab_tcf.h"
#include "codec/json.h"
#include "platform/process.h"

namespace altis::codec {
namespace {

constexpr int kStrings = 1'000;       // of each kind
constexpr int kRegistryAway = 75;     // exit status of tools/fetch_npm
constexpr int kCommandMissing = 127;  // exit status of env
constexpr const char* kSources = ALTIS_SOURCES;

// How many times the oracle's rate is expected; sanitizers cost us most of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kLowestRatio = 1;
#else
constexpr double kLowestRatio = 20;
#endif

struct Sample {
    std::string text;
    Json expected;  // null when the oracle refuses it
};

struct Oracle {
    std::map<std::string, std::vector<Sample>, std::less<>> samples;  // by kind
    Json rates;           // {"tcf": strings per CPU-second, "gpp": ...}
    std::string skipped;  // why there is no oracle
    std::string failed;
};

// Exit status of a program found in PATH; its output goes to a file, or where ours goes.
int run(std::vector<std::string> arguments, const std::string& output = {}) {
    platform::ProcessOptions options;
    options.program = "/usr/bin/env";
    options.arguments = std::move(arguments);
    if (!output.empty()) {
        options.output = platform::ProcessOutput::kFile;
        options.output_path = output;
    }
    const auto process = platform::Process::spawn(options);
    if (!process) return kCommandMissing;
    return (*process)->wait(seconds(240)).value_or(-1);
}

// Other seeds give other strings: ALTIS_SEED=4711 ctest -R consent_oracle.
std::string seed() {
    const char* given = std::getenv("ALTIS_SEED");
    return given != nullptr ? given : "20260219";
}

void keep_line(Oracle& oracle, const std::string& line) {
    auto json = parse_json(line);
    if (!json) {
        oracle.failed = "the oracle wrote no JSON: " + json.error().message;
        return;
    }
    const std::string_view kind = (*json)["kind"].as_string();
    if (kind == "rates") {
        oracle.rates = std::move(*json);
        return;
    }
    oracle.samples[std::string(kind)].push_back(
        {std::string((*json)["string"].as_string()), (*json)["expected"]});
}

Oracle ask_oracle() {
    Oracle oracle;
    const std::string root = kSources;
    const int fetched = run({root + "/tools/fetch_npm", root + "/tests/consent"});
    if (fetched == kRegistryAway) oracle.skipped = "npm or its registry is not reachable";
    if (fetched != 0 && oracle.skipped.empty()) oracle.failed = "tools/fetch_npm failed";
    if (fetched != 0) return oracle;

    const std::filesystem::path output = std::filesystem::temp_directory_path() /
                                         ("altis-consent-" + std::to_string(getpid()) + ".jsonl");
    const int asked = run({"node", root + "/tests/consent/oracle.mjs", root + "/build/npm/consent",
                           std::to_string(kStrings), seed()},
                          output.string());
    if (asked == kCommandMissing) oracle.skipped = "Node is not installed";
    if (asked != 0 && oracle.skipped.empty()) oracle.failed = "tests/consent/oracle.mjs failed";
    std::ifstream in(output);
    for (std::string line; asked == 0 && std::getline(in, line);)
        keep_line(oracle, line);
    in.close();
    std::filesystem::remove(output);
    return oracle;
}

const Oracle& oracle() {
    static const Oracle kOracle = ask_oracle();
    return kOracle;
}

const std::vector<Sample>& samples(const char* kind) {
    static const std::vector<Sample> kNone;
    const auto found = oracle().samples.find(kind);
    return found != oracle().samples.end() ? found->second : kNone;
}

#define REQUIRE_ORACLE()                                             \
    if (!oracle().skipped.empty()) GTEST_SKIP() << oracle().skipped; \
    ASSERT_EQ(oracle().failed, "")

template <class Decode>
void expect_same(const std::vector<Sample>& wanted, Decode decode) {
    ASSERT_EQ(wanted.size(), static_cast<std::size_t>(kStrings));
    int different = 0;
    for (const Sample& sample : wanted) {
        const auto decoded = decode(sample.text);
        ASSERT_TRUE(decoded) << decoded.error().reason << ": " << decoded.error().message << "\n"
                             << sample.text;
        if (to_json(*decoded) == sample.expected) continue;
        if (++different > 3) continue;
        ADD_FAILURE() << sample.text << "\nAltis:  " << to_json(*decoded).to_string()
                      << "\noracle: " << sample.expected.to_string();
    }
    EXPECT_EQ(different, 0);
}

// Restrictions of damaged strings overlap; the oracle merges them, we keep them as written.
Json without_restrictions(Json json) {
    if (json.contains("publisher_restrictions")) json.set("publisher_restrictions", nullptr);
    return json;
}

// What both accept must be the same; what one of them refuses is counted, by our reason.
template <class Decode>
void expect_no_contradiction(const std::vector<Sample>& wanted, Decode decode) {
    ASSERT_EQ(wanted.size(), static_cast<std::size_t>(kStrings));
    std::map<std::string, int> counts;
    for (const Sample& sample : wanted) {
        const auto decoded = decode(sample.text);
        const bool oracle_accepts = !sample.expected.is_null();
        if (!decoded) {
            ++counts[(oracle_accepts ? "refused by us alone: " : "refused: ") +
                     decoded.error().reason];
            continue;
        }
        ++counts[oracle_accepts ? "accepted" : "accepted by us alone"];
        if (!oracle_accepts) continue;
        EXPECT_EQ(without_restrictions(to_json(*decoded)).to_string(),
                  without_restrictions(sample.expected).to_string())
            << sample.text;
    }
    for (const auto& [what, count] : counts)
        std::cout << "damaged strings " << what << ": " << count << "\n";
}

// Strings decoded per CPU-second of this thread, over half a second.
template <class Decode>
double rate(const std::vector<Sample>& wanted, Decode decode) {
    const auto cpu_seconds = [] {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    };
    const double start = cpu_seconds();
    double used = 0;
    std::size_t decoded = 0;
    while (used < 0.5) {
        for (const Sample& sample : wanted)
            decoded += decode(sample.text).has_value() ? 1 : 0;
        used = cpu_seconds() - start;
    }
    return static_cast<double>(decoded) / used;
}

void print_ratio(const char* what, double ours, const Json& theirs) {
    std::cout << what << ": " << static_cast<std::int64_t>(ours) << " strings per CPU-second, "
              << theirs.as_int() << " by the oracle: " << ours / theirs.as_double() << " times\n";
}

TEST(ConsentOracle, TcStringsSayTheSame) {
    REQUIRE_ORACLE();
    expect_same(samples("tcf"), decode_tc_string);
}

TEST(ConsentOracle, GppStringsSayTheSame) {
    REQUIRE_ORACLE();
    expect_same(samples("gpp"), decode_gpp_string);
}

TEST(ConsentOracle, DamagedTcStringsSayNothingElse) {
    REQUIRE_ORACLE();
    expect_no_contradiction(samples("tcf_damaged"), decode_tc_string);
}

// Every string, cut at any byte or with any one byte changed, gives values or a named error.
TEST(ConsentOracle, DamagedStringsAreRefusedByName) {
    REQUIRE_ORACLE();
    std::size_t refused = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        std::string text = samples("gpp")[i].text;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char kept = text[at];
            text[at] = '!';
            const auto damaged = decode_gpp_string(text);
            const auto cut = decode_gpp_string(std::string_view(text).substr(0, at));
            refused += (damaged ? 0 : 1) + (cut ? 0 : 1);
            if (!cut) {
                EXPECT_NE(cut.error().reason, "");
            }
            text[at] = kept;
        }
    }
    EXPECT_GT(refused, 1'000U);
}

TEST(ConsentOracle, DecodesManyTimesFaster) {
    REQUIRE_ORACLE();
    const double tcf = rate(samples("tcf"), decode_tc_string);
    const double gpp = rate(samples("gpp"), decode_gpp_string);
    print_ratio("TC strings", tcf, oracle().rates["tcf"]);
    print_ratio("GPP strings", gpp, oracle().rates["gpp"]);
    EXPECT_GT(tcf, kLowestRatio * oracle().rates["tcf"].as_double());
    EXPECT_GT(gpp, kLowestRatio * oracle().rates["gpp"].as_double());
}

}  // namespace
}  // namespace altis::codec
