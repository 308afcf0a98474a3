#include "cleanroom/budget.h"

#include <gtest/gtest.h>
#include <limits>

namespace altis::cleanroom {
namespace {

const Table kTable{"airline", "customers"};

TEST(Epsilon, IsExactInBothDirections) {
    EXPECT_EQ(parse_epsilon("0.25").value(), 250'000);
    EXPECT_EQ(parse_epsilon("0.1").value(), 100'000);
    EXPECT_EQ(parse_epsilon("20").value(), 20'000'000);
    EXPECT_EQ(parse_epsilon("0.000001").value(), 1);
    for (const char* text : {"", "-0.5", "0.0000001", "1e3", "abc", "9999999999999"}) {
        EXPECT_EQ(parse_epsilon(text).error().reason, "rooms.epsilon_malformed") << text;
    }
    EXPECT_EQ(format_epsilon(250'000), "0.250000");
    EXPECT_EQ(format_epsilon(12'000'001), "12.000001");
}

TEST(PrivacyLedger, AddsUpAndNeverExceedsACeilingThatWasChecked) {
    PrivacyLedger ledger;
    int charged = 0;
    while (ledger.check(kTable, 100'000, 1'000'000)) {
        ledger.charge(kTable, 100'000);
        ++charged;
    }
    EXPECT_EQ(charged, 10);  // ten tenths are exactly one
    EXPECT_EQ(ledger.remaining(kTable, 1'000'000), 0);
    EXPECT_EQ(ledger.check(kTable, 1, 1'000'000).error().code, Code::kExhausted);
    EXPECT_EQ(ledger.remaining(kTable, 500'000), 0);
    EXPECT_EQ(ledger.spent({"airline", "others"}), 0);
}

TEST(PrivacyLedger, SaturatesInsteadOfWrapping) {
    PrivacyLedger ledger;
    constexpr MicroEpsilon kFull = std::numeric_limits<MicroEpsilon>::max();
    ledger.charge(kTable, kFull);
    ledger.charge(kTable, 5);
    EXPECT_EQ(ledger.spent(kTable), kFull);
    EXPECT_FALSE(ledger.check(kTable, 1, kFull));
}

TEST(PrivacyLedger, LoadsWhatItSaved) {
    PrivacyLedger ledger;
    ledger.charge(kTable, 7);
    ledger.charge({"hotel", "guests"}, 9);
    ByteWriter out;
    ledger.save(out);
    PrivacyLedger loaded;
    ByteReader in(out.bytes());
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.entries(), ledger.entries());
    ByteReader cut(std::string_view(out.bytes()).substr(0, out.size() - 1));
    EXPECT_FALSE(loaded.load(cut));
}

}  // namespace
}  // namespace altis::cleanroom
