#include "cleanroom/privacy/budget.h"

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
    const Ceiling ceiling{1'000'000};
    int charged = 0;
    while (charged < 100 && ledger.check(kTable, pure_loss(100'000, 1), ceiling)) {
        ledger.charge(kTable, pure_loss(100'000, 1));
        ++charged;
    }
    EXPECT_EQ(charged, 10);  // ten tenths are exactly one
    EXPECT_EQ(ledger.spent(kTable), 1'000'000);
    EXPECT_EQ(ledger.remaining(kTable, ceiling), 0);
    EXPECT_EQ(ledger.check(kTable, pure_loss(1), ceiling).error().code, Code::kExhausted);
    EXPECT_EQ(ledger.remaining(kTable, {500'000}), 0);
    EXPECT_EQ(ledger.spent({"airline", "others"}), 0);
}

TEST(PrivacyLedger, SaysExactlyWhatIsLeft) {
    PrivacyLedger ledger;
    EXPECT_EQ(ledger.remaining(kTable, {1'000'000}), 1'000'000);
    ledger.charge(kTable, pure_loss(123'457, 1));
    const Ceiling ceiling{1'000'000};
    const MicroEpsilon left = ledger.remaining(kTable, ceiling);
    EXPECT_EQ(left, 876'543);
    EXPECT_TRUE(ledger.check(kTable, pure_loss(left, 1), ceiling));
    const auto refused = ledger.check(kTable, pure_loss(left + 1, 1), ceiling);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "rooms.budget_spent");
    EXPECT_NE(refused.error().message.find("0.876543"), std::string::npos);
    EXPECT_NE(refused.error().message.find("airline/customers"), std::string::npos);
}

// A thousand small questions cost less together than one after the other: zCDP's bound takes over.
TEST(PrivacyLedger, ManySmallQuestionsCostLessThanTheirSum) {
    PrivacyLedger ledger;
    for (int i = 0; i < 10'000; ++i)
        ledger.charge(kTable, pure_loss(10'000, 1));
    EXPECT_EQ(ledger.loss(kTable).pure_epsilon, 100'000'000);
    // rho 0.5 at delta 10^-9 - 10^-14: 0.5 + 2 * sqrt(0.5 * 20.723) = 6.938.
    EXPECT_NEAR(static_cast<double>(ledger.spent(kTable)), 6'938'000, 1'000);
}

TEST(PrivacyLedger, CountsDeltas) {
    PrivacyLedger ledger;
    ledger.charge(kTable, pure_loss(100'000, kLifetimeDelta));
    EXPECT_EQ(ledger.spent(kTable), 100'000);
    ledger.charge(kTable, pure_loss(100'000, 1));
    EXPECT_EQ(ledger.spent(kTable), kUnboundedEpsilon);
    EXPECT_FALSE(ledger.check(kTable, pure_loss(1'000), {20'000'000}));
    EXPECT_EQ(ledger.remaining(kTable, {20'000'000}), 0);
    EXPECT_EQ(ledger.spent(kTable, 2 * kLifetimeDelta), 200'000);
}

TEST(PrivacyLedger, SaturatesInsteadOfWrapping) {
    PrivacyLedger ledger;
    constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();
    const PrivacyLoss all{kFull, kFull, kFull, kFull};
    ledger.charge(kTable, all);
    ledger.charge(kTable, {5, 5, 5, 5});
    EXPECT_EQ(ledger.loss(kTable), all);
    EXPECT_FALSE(ledger.check(kTable, pure_loss(1), {kFull}));
    EXPECT_EQ(ledger.spent(kTable), kUnboundedEpsilon);
}

TEST(PrivacyLedger, PromisesNothingBeyondTheLifetimeMaximum) {
    PrivacyLedger ledger;
    const Ceiling generous{1'000'000'000};
    EXPECT_TRUE(ledger.check(kTable, pure_loss(20'000'000), generous));
    ledger.charge(kTable, pure_loss(20'000'000));
    EXPECT_TRUE(ledger.check(kTable, pure_loss(10'000'000), generous));
    EXPECT_FALSE(ledger.check(kTable, pure_loss(10'000'001), generous));
}

TEST(PrivacyLedger, AnOwnersCeilingHoldsInEveryRoomAndIsOnlyRaised) {
    PrivacyLedger ledger;
    const Ceiling room{5'000'000};
    EXPECT_FALSE(ledger.ceiling(kTable));
    ASSERT_TRUE(ledger.check_raise(kTable, {1'000'000}));
    ledger.raise(kTable, {1'000'000});
    ledger.charge(kTable, pure_loss(600'000, 1));
    EXPECT_FALSE(ledger.check(kTable, pure_loss(600'000, 1), room));
    EXPECT_EQ(ledger.remaining(kTable, room), 400'000);
    EXPECT_EQ(ledger.check_raise(kTable, {999'999}).error().reason, "rooms.ceiling_not_raised");
    EXPECT_EQ(ledger.check_raise(kTable, {1'000'000}).error().reason, "rooms.ceiling_not_raised");
    EXPECT_EQ(ledger.check_raise(kTable, {2'000'000, 1}).error().reason,
              "rooms.ceiling_not_raised");
    for (const Ceiling& wrong : {Ceiling{999}, Ceiling{30'000'001}, Ceiling{2'000'000, 0},
                                 Ceiling{2'000'000, kMaxLifetimeDelta + 1}}) {
        EXPECT_EQ(ledger.check_raise(kTable, wrong).error().reason, "rooms.ceiling_out_of_range");
    }
    ASSERT_TRUE(ledger.check_raise(kTable, {2'000'000}));
    ledger.raise(kTable, {2'000'000});
    EXPECT_TRUE(ledger.check(kTable, pure_loss(600'000, 1), room));
    EXPECT_EQ(ledger.loss(kTable).pure_epsilon, 600'000);  // what was spent stays spent
    // The room's own ceiling still holds, too.
    EXPECT_FALSE(ledger.check(kTable, pure_loss(600'000, 1), {1'000'000}));
}

TEST(PrivacyLedger, LoadsWhatItSaved) {
    PrivacyLedger ledger;
    ledger.charge(kTable, pure_loss(7, 3));
    ledger.charge({"hotel", "guests"}, gaussian_loss(9, 2));
    ledger.raise({"hotel", "guests"}, {4'000'000, 77});
    ByteWriter out;
    ledger.save(out);
    PrivacyLedger loaded;
    ByteReader in(out.bytes());
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.entries(), ledger.entries());
    ByteReader cut(std::string_view(out.bytes()).substr(0, out.size() - 1));
    EXPECT_FALSE(loaded.load(cut));
    std::string negative = out.bytes();
    negative[negative.size() - 18] = '\x80';  // the top byte of the last entry's delta
    ByteReader damaged(negative);
    EXPECT_EQ(loaded.load(damaged).error().reason, "rooms.ledger_damaged");
}

}  // namespace
}  // namespace altis::cleanroom
