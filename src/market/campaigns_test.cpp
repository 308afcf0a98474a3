#include "market/campaigns.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck.h>

#include "journal/rehearsal.h"

namespace altis::market {
namespace {

using journal::Rehearsal;
using journal::saved;

const Time kNow = civil_date(2026, 2, 19);
constexpr SubjectId kFan{7};

Campaign cap_campaign(const std::string& id = "gold-minute") {
    return {id,
            "owg2026",
            "rights-holder",
            "The gold minute",
            {{"rights-holder", 8'500}, {"timing-sponsor", 1'000}, {"payment-sponsor", 500}},
            48,
            std::string(kLastTouch),
            "performance-motivation",
            "https://altis.example/r/fskw"};
}

Sale cap_sale(const std::string& order, Time time) {
    return {order, "rights-holder", "merchandise", "owg2026", kFan, {3'500, "USD"}, time, ""};
}

std::string reason_of(const journal::Decision& decision) {
    return decision ? "accepted" : decision.error().reason;
}

// Both books with one open campaign.
struct Market {
    CampaignBook campaigns;
    LedgerBook ledger;
    Rehearsal journal;

    Market() { open(cap_campaign()); }
    void open(const Campaign& campaign) { commit(campaigns.open_campaign(campaign)); }
    void touch(const Touch& touch, SubjectId fan = kFan) {
        commit(campaigns.record_touch(fan, touch));
    }
    void sell(const Sale& sale) { commit(campaigns.attribute(sale, ledger)); }
    void commit(const journal::Decision& decision) {
        journal.commit(decision, {&campaigns, &ledger});
    }
    std::string campaign_of(const std::string& order) const {
        const Attribution* sale = campaigns.attribution("rights-holder", order);
        return sale == nullptr ? "not sold" : sale->campaign + "|" + sale->message;
    }
};

TEST(Campaigns, AttributesTheCapToTheMessageAndSharesTheMoney) {
    Market market;
    market.touch({kNow, "m-1", "gold-minute"});
    market.sell(cap_sale("o1", kNow + seconds(600)));
    EXPECT_EQ(market.campaign_of("o1"), "gold-minute|m-1");
    const auto& balances = market.ledger.balances();
    EXPECT_EQ(balances.at({"rights-holder/receivable", "USD"}), 3'500);
    EXPECT_EQ(balances.at({"rights-holder/merchandise", "USD"}), -2'975);
    EXPECT_EQ(balances.at({"timing-sponsor/share", "USD"}), -350);
    EXPECT_EQ(balances.at({"payment-sponsor/share", "USD"}), -175);
    EXPECT_TRUE(market.ledger.balanced());
    EXPECT_EQ(market.campaigns.attributed_sales(), 1);
    EXPECT_EQ(market.campaigns.totals("gold-minute").at("USD"), (CampaignTotal{1, 3'500}));
}

TEST(Campaigns, WindowIncludesItsEndAndNothingBeyond) {
    Market market;
    market.touch({kNow, "m-1", "gold-minute"});
    market.sell(cap_sale("before", kNow - Duration{1}));
    market.sell(cap_sale("at-once", kNow));
    market.sell(cap_sale("last", kNow + seconds(48 * 3600)));
    market.sell(cap_sale("late", kNow + seconds(48 * 3600) + Duration{1}));
    EXPECT_EQ(market.campaign_of("before"), "|");
    EXPECT_EQ(market.campaign_of("at-once"), "gold-minute|m-1");
    EXPECT_EQ(market.campaign_of("last"), "gold-minute|m-1");
    EXPECT_EQ(market.campaign_of("late"), "|");
    const Entry* late = market.ledger.entry(sale_entry_id("rights-holder", "late"));
    ASSERT_NE(late, nullptr);
    EXPECT_EQ(late->postings[1], (Posting{"rights-holder/merchandise", -3'500, "USD", 10'000}));
}

TEST(Campaigns, LastTouchWinsUnlessTheBuyerCameFromAnotherMessage) {
    Market market;
    market.touch({kNow, "m-1", "gold-minute"});
    market.touch({kNow + seconds(60), "m-2", "gold-minute"});
    market.sell(cap_sale("o1", kNow + seconds(120)));
    Sale from_first = cap_sale("o2", kNow + seconds(120));
    from_first.message = "m-1";
    market.sell(from_first);
    EXPECT_EQ(market.campaign_of("o1"), "gold-minute|m-2");
    EXPECT_EQ(market.campaign_of("o2"), "gold-minute|m-1");
}

TEST(Campaigns, DoesNotBelieveAMessageOfSomebodyElseOrAnotherEdition) {
    Market market;
    Campaign summer = cap_campaign("summer");
    summer.edition = "og2028";
    market.open(summer);
    market.touch({kNow, "m-9", "gold-minute"}, SubjectId{8});
    market.touch({kNow, "m-8", "summer"});
    Sale sale = cap_sale("o1", kNow + seconds(1));
    sale.message = "m-9";
    market.sell(sale);
    EXPECT_EQ(market.campaign_of("o1"), "|");
}

TEST(Campaigns, BooksASaleOnceAndKeepsADecisionWhenATouchComesLater) {
    Market market;
    market.sell(cap_sale("o1", kNow + seconds(10)));
    const std::size_t records = market.journal.size();
    market.touch({kNow, "m-1", "gold-minute"});
    market.sell(cap_sale("o1", kNow + seconds(10)));
    EXPECT_EQ(market.journal.size(), records + 1);
    EXPECT_EQ(market.campaign_of("o1"), "|");

    Sale other = cap_sale("o1", kNow + seconds(10));
    other.amount.minor = 3'501;
    EXPECT_EQ(reason_of(market.campaigns.attribute(other, market.ledger)), "market.conflict");
}

TEST(Campaigns, RefusesWhatIsWrong) {
    Market market;
    const auto campaign_with = [&](auto change) {
        Campaign campaign = cap_campaign("other");
        change(campaign);
        return reason_of(market.campaigns.open_campaign(campaign));
    };
    EXPECT_EQ(campaign_with([](Campaign& c) { c.shares[0].basis_points = 8'499; }),
              "market.shares_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.shares[1].organisation = "rights-holder"; }),
              "market.shares_invalid");
    EXPECT_EQ(
        campaign_with([](Campaign& c) { c.shares = {{"rights-holder", 10'001}, {"airline", -1}}; }),
        "market.shares_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.shares.clear(); }), "market.shares_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.window_hours = 0; }), "market.campaign_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.model = "linear"; }), "market.campaign_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.link.clear(); }), "market.campaign_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) { c.audience = "a b"; }), "market.campaign_invalid");
    EXPECT_EQ(campaign_with([](Campaign& c) {
                  c.id = "gold-minute";
                  c.window_hours = 1;
              }),
              "market.conflict");
    EXPECT_EQ(reason_of(market.campaigns.record_touch(kFan, {kNow, "m-1", "unknown"})),
              "market.campaign_unknown");
    EXPECT_EQ(reason_of(market.campaigns.record_touch(kNoSubject, {kNow, "m-1", "gold-minute"})),
              "market.touch_invalid");

    const auto sale_with = [&](auto change) {
        Sale sale = cap_sale("o1", kNow);
        change(sale);
        return reason_of(market.campaigns.attribute(sale, market.ledger));
    };
    EXPECT_EQ(sale_with([](Sale& s) { s.amount.minor = -1; }), "market.amount_negative");
    EXPECT_EQ(sale_with([](Sale& s) { s.amount.currency = "dollar"; }), "market.sale_invalid");
    EXPECT_EQ(sale_with([](Sale& s) { s.order = "fan-1@example.org"; }), "market.sale_invalid");
    EXPECT_EQ(sale_with([](Sale& s) { s.account = "receivable"; }), "market.sale_invalid");
    EXPECT_EQ(sale_with([](Sale& s) { s.amount.minor = 0; }), "accepted");
}

TEST(Campaigns, ForgettingAPersonKeepsTheMoneyAndNothingElse) {
    Market market;
    market.touch({kNow, "m-1", "gold-minute"});
    market.sell(cap_sale("o1", kNow + seconds(10)));
    const auto balances = market.ledger.balances();
    market.commit(market.campaigns.forget(kFan));
    EXPECT_EQ(market.campaigns.people_touched(), 0);
    EXPECT_EQ(market.campaign_of("o1"), "gold-minute|m-1");
    EXPECT_EQ(market.ledger.balances(), balances);
    EXPECT_TRUE(market.ledger.balanced());
    ASSERT_TRUE(market.campaigns.forget(kFan));
    EXPECT_TRUE(market.campaigns.forget(kFan)->empty());

    market.journal.erase(kFan);
    CampaignBook replayed;
    market.journal.replay(replayed);
    EXPECT_EQ(saved(replayed), saved(market.campaigns));
}

TEST(Campaigns, SealsTouchesAndLeavesMoneyReadable) {
    Market market;
    market.touch({kNow, "m-1", "gold-minute"});
    market.sell(cap_sale("o1", kNow + seconds(10)));
    EXPECT_EQ(market.journal.draft(1).type, "market.touched");
    EXPECT_EQ(market.journal.draft(1).subject, kFan);
    EXPECT_EQ(market.journal.draft(2).type, "market.attributed");
    EXPECT_EQ(market.journal.draft(2).subject, kNoSubject);
    EXPECT_EQ(market.journal.draft(3).type, "market.booked");
    EXPECT_EQ(market.journal.draft(3).subject, kNoSubject);
}

TEST(Campaigns, KeepsTheLatestTouchesOnly) {
    Market market;
    for (int i = 0; i < 40; ++i) {
        market.touch({kNow + seconds(i), "m-" + std::to_string(i), "gold-minute"});
    }
    Sale sale = cap_sale("o1", kNow + seconds(100));
    sale.message = "m-0";
    market.sell(sale);
    EXPECT_EQ(market.campaign_of("o1"), "gold-minute|m-39");
}

TEST(Campaigns, FingerprintDependsOnKeyEditionAndOrder) {
    crypto::Digest key{};
    const std::string print = order_fingerprint(key, "owg2026", "A-1");
    EXPECT_EQ(print.size(), 32);
    EXPECT_TRUE(is_identifier(print));
    EXPECT_EQ(print, order_fingerprint(key, "owg2026", "A-1"));
    EXPECT_NE(print, order_fingerprint(key, "owg2026", "A-2"));
    EXPECT_NE(print, order_fingerprint(key, "og2028", "A-1"));
    key[0] = 1;
    EXPECT_NE(print, order_fingerprint(key, "owg2026", "A-1"));
}

TEST(Split, GivesTheOddCentToTheLargestRemainder) {
    EXPECT_EQ(split(100, {{"a", 3'333}, {"b", 3'333}, {"c", 3'334}}),
              (std::vector<std::int64_t>{33, 33, 34}));
    EXPECT_EQ(split(1, {{"a", 5'000}, {"b", 5'000}}), (std::vector<std::int64_t>{1, 0}));
    EXPECT_EQ(split(-1, {{"a", 5'000}, {"b", 5'000}}), (std::vector<std::int64_t>{-1, 0}));
}

// 1 to 8 shares that sum to 10,000 basis points.
std::vector<Share> arbitrary_shares() {
    std::vector<Share> shares;
    int rest = static_cast<int>(kAllBasisPoints);
    for (int i = 0; i < 7 && rest > 1; ++i) {
        const int points = *rc::gen::inRange(1, rest + 1);
        shares.push_back({"party-" + std::to_string(i), points});
        rest -= points;
    }
    if (rest > 0) shares.push_back({"party-last", rest});
    return shares;
}

TEST(SplitProperty, PartsSumExactlyAndStayWithinOneCent) {
    rc::check([] {
        const auto amount = *rc::gen::inRange<std::int64_t>(-kMaxAmountMinor, kMaxAmountMinor + 1);
        const auto shares = arbitrary_shares();
        const auto parts = split(amount, shares);
        RC_ASSERT(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == amount);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::int64_t exact = amount * shares[i].basis_points;
            RC_ASSERT(std::abs(parts[i] * kAllBasisPoints - exact) < kAllBasisPoints);
        }
    });
}

// A market with random touches and sales of three fans; `touches` gets the records of touches.
void play(Market& market, std::vector<std::size_t>& touches) {
    const int steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
        const SubjectId fan{static_cast<std::uint32_t>(*rc::gen::inRange(1, 4))};
        const Time time = kNow + seconds(*rc::gen::inRange(0, 4 * 86'400));
        const std::string message = "m-" + std::to_string(*rc::gen::inRange(0, 5));
        if (*rc::gen::inRange(0, 3) > 0) {
            const std::size_t before = market.journal.size();
            market.touch({time, message, "gold-minute"}, fan);
            if (market.journal.size() > before) touches.push_back(before);
        } else {
            Sale sale = cap_sale("o" + std::to_string(i), time);
            sale.subject = fan;
            sale.amount.minor = *rc::gen::inRange<std::int64_t>(0, 100'000);
            sale.message = message;
            market.sell(sale);
        }
    }
}

TEST(CampaignsProperty, ReplayDuplicationAndOrderGiveTheSameState) {
    rc::check([] {
        Market market;
        std::vector<std::size_t> touches;
        play(market, touches);
        RC_ASSERT(market.ledger.balanced());

        CampaignBook replayed;
        market.journal.replay(replayed);
        RC_ASSERT(saved(replayed) == saved(market.campaigns));

        CampaignBook shuffled;
        market.journal.replay(shuffled);
        for (auto i = touches.rbegin(); i != touches.rend(); ++i) {
            shuffled.apply(market.journal.record(*i));
        }
        market.journal.replay(shuffled);
        RC_ASSERT(saved(shuffled) == saved(market.campaigns));

        CampaignBook backwards;
        for (std::size_t i = market.journal.size(); i-- > 0;) {
            backwards.apply(market.journal.record(i));
        }
        RC_ASSERT(saved(backwards) == saved(market.campaigns));

        CampaignBook loaded;
        const std::string state = saved(market.campaigns);
        ByteReader in(state);
        RC_ASSERT(loaded.load(in).has_value());
        RC_ASSERT(saved(loaded) == state);
    });
}

TEST(CampaignsProperty, ErasureLeavesNoTraceInReplay) {
    rc::check([] {
        Market market;
        std::vector<std::size_t> touches;
        play(market, touches);
        const SubjectId gone{static_cast<std::uint32_t>(*rc::gen::inRange(1, 4))};
        market.commit(market.campaigns.forget(gone));
        market.journal.erase(gone);
        CampaignBook replayed;
        LedgerBook ledger;
        market.journal.replay(replayed);
        market.journal.replay(ledger);
        RC_ASSERT(saved(replayed) == saved(market.campaigns));
        RC_ASSERT(saved(ledger) == saved(market.ledger));
        RC_ASSERT(replayed.forget(gone)->empty());
    });
}

}  // namespace
}  // namespace altis::market
