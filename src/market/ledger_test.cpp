#include "market/ledger.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "journal/rehearsal.h"
#include "market/statement.h"

namespace altis::market {
namespace {

using journal::Rehearsal;
using journal::saved;

const Time kStart = civil_date(2026, 2, 19);

Entry sale_entry(const std::string& id, std::int64_t gross_minor, std::int64_t share_minor) {
    return {"sale/rights-holder/" + id,
            kStart,
            "sale",
            id,
            "gold-minute",
            "m-1",
            "",
            {{"rights-holder/receivable", gross_minor, "USD", 0},
             {"rights-holder/merchandise", share_minor - gross_minor, "USD", 9'000},
             {"timing-sponsor/share", -share_minor, "USD", 1'000}}};
}

std::string reason_of(const journal::Decision& decision) {
    return decision ? "accepted" : decision.error().reason;
}

TEST(Ledger, BooksASaleToTheCent) {
    LedgerBook ledger;
    Rehearsal journal;
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    EXPECT_EQ(ledger.balances().at({"rights-holder/receivable", "USD"}), 3'500);
    EXPECT_EQ(ledger.balances().at({"rights-holder/merchandise", "USD"}), -3'150);
    EXPECT_EQ(ledger.balances().at({"timing-sponsor/share", "USD"}), -350);
    EXPECT_TRUE(ledger.balanced());
}

TEST(Ledger, RefusesWhatDoesNotSumToZeroPerCurrency) {
    LedgerBook ledger;
    Entry entry = sale_entry("o1", 3'500, 350);
    entry.postings[2].amount_minor += 1;
    EXPECT_EQ(reason_of(ledger.book(entry)), "market.unbalanced");
    entry.postings[2].amount_minor -= 1;
    entry.postings[2].currency = "EUR";
    EXPECT_EQ(reason_of(ledger.book(entry)), "market.unbalanced");
}

TEST(Ledger, RefusesMalformedEntries) {
    LedgerBook ledger;
    const auto refused = [&](auto change) {
        Entry entry = sale_entry("o1", 3'500, 350);
        change(entry);
        return reason_of(ledger.book(entry)) == "market.entry_invalid";
    };
    EXPECT_TRUE(refused([](Entry& e) { e.id.clear(); }));
    EXPECT_TRUE(refused([](Entry& e) { e.id = std::string(kMaxIdBytes + 1, 'x'); }));
    EXPECT_TRUE(refused([](Entry& e) { e.reason = "bought by a fan"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.order = "fan-1@example.org"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings.clear(); }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[0].account = "receivable"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[0].account = "a/b/c"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[0].currency = "usd"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[0].amount_minor = kMaxAmountMinor + 1; }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[1].share_basis_points = 10'001; }));
}

TEST(Ledger, BooksAnEntryOnce) {
    LedgerBook ledger;
    Rehearsal journal;
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    const auto again = ledger.book(sale_entry("o1", 3'500, 350));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->empty());
    EXPECT_EQ(reason_of(ledger.book(sale_entry("o1", 3'500, 351))), "market.conflict");
}

TEST(Ledger, ReversesOnce) {
    LedgerBook ledger;
    Rehearsal journal;
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    const Reversal reversal{"sale/rights-holder/o1", "refund/o1", kStart + days(1)};
    EXPECT_EQ(reason_of(ledger.reverse({"sale/rights-holder/o2", "refund/o2", kStart})),
              "market.entry_unknown");
    journal.commit(ledger.reverse(reversal), {&ledger});
    EXPECT_TRUE(ledger.is_reversed("sale/rights-holder/o1"));
    for (const auto& [key, amount_minor] : ledger.balances())
        EXPECT_EQ(amount_minor, 0);

    const auto again = ledger.reverse(reversal);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->empty());
    EXPECT_EQ(reason_of(ledger.reverse({"sale/rights-holder/o1", "refund/x", kStart})),
              "market.conflict");
    EXPECT_EQ(reason_of(ledger.reverse({"refund/o1", "refund/x", kStart})), "market.conflict");
}

TEST(Ledger, StatementGoesFromOpeningToClosing) {
    LedgerBook ledger;
    Rehearsal journal;
    Entry early = sale_entry("o0", 1'000, 100);
    early.time = kStart - days(1);
    journal.commit(ledger.book(early), {&ledger});
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    const Period period{kStart, kStart + days(28)};
    const auto sponsor = statement(ledger, "timing-sponsor", period);
    EXPECT_EQ(sponsor["currencies"].to_string(),
              R"([{"currency":"USD","opening_minor":100,"closing_minor":450,"lines":[)"
              R"({"time":"2026-02-19T00:00:00.000000Z","entry":"sale/rights-holder/o1",)"
              R"("reason":"sale","order":"o1","campaign":"gold-minute","message":"m-1",)"
              R"("gross_minor":3500,"share_basis_points":1000,"amount_minor":350,)"
              R"("balance_minor":450}],"accounts":[{"account":"timing-sponsor/share",)"
              R"("opening_minor":-100,"change_minor":-350,"closing_minor":-450}]}])");
    EXPECT_EQ(statement_text(sponsor),
              "Statement of timing-sponsor from 2026-02-19T00:00:00 to 2026-03-19T00:00:00 UTC\n"
              "\n"
              "Amounts in USD\n"
              "time                 order  reason           campaign     gross    share  amount  "
              "balance\n"
              "                            opening balance                                       "
              "   1.00\n"
              "2026-02-19T00:00:00  o1     sale             gold-minute  35.00  10.00 %    3.50  "
              "   4.50\n"
              "                            closing balance                                       "
              "   4.50\n");
}

TEST(Ledger, StatementsOfAllPartiesAddUpToTheSale) {
    LedgerBook ledger;
    Rehearsal journal;
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    const Period period{kStart, kStart + days(1)};
    std::int64_t earned = 0;
    std::int64_t booked = 0;
    for (const char* party : {"rights-holder", "timing-sponsor"}) {
        const auto block = statement(ledger, party, period)["currencies"].items()[0];
        earned += block["closing_minor"].as_int();
        for (const auto& account : block["accounts"].items()) {
            booked += account["closing_minor"].as_int();
        }
    }
    EXPECT_EQ(earned, 3'500);
    EXPECT_EQ(booked, 0);
    EXPECT_EQ(statement_text(statement(ledger, "airline", period)),
              "Statement of airline from 2026-02-19T00:00:00 to 2026-02-20T00:00:00 UTC\n"
              "No entries.\n");
}

TEST(Ledger, RefusesADamagedState) {
    LedgerBook ledger;
    Rehearsal journal;
    journal.commit(ledger.book(sale_entry("o1", 3'500, 350)), {&ledger});
    const std::string state = saved(ledger);
    for (std::size_t size = 0; size < state.size(); ++size) {
        LedgerBook other;
        ByteReader in(std::string_view(state).substr(0, size));
        EXPECT_FALSE(other.load(in)) << size;
    }
}

TEST(LedgerProperty, AnyOrderAndDuplicationGiveTheSameBalancedState) {
    rc::check([] {
        LedgerBook live;
        Rehearsal journal;
        const auto amounts = *rc::gen::container<std::vector<std::int64_t>>(
            rc::gen::inRange<std::int64_t>(0, 5'000));
        for (std::size_t i = 0; i < amounts.size(); ++i) {
            const std::string id = "o" + std::to_string(i);
            journal.commit(live.book(sale_entry(id, amounts[i], amounts[i] / 10)), {&live});
            if (!*rc::gen::arbitrary<bool>()) continue;
            journal.commit(
                live.reverse({"sale/rights-holder/" + id, "refund/" + id, kStart + days(1)}),
                {&live});
        }
        RC_ASSERT(live.balanced());

        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < journal.size(); ++i)
            order.insert(order.end(), 2, i);
        for (std::size_t i = order.size(); i > 1; --i) {
            std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
        }
        LedgerBook shuffled;
        for (const std::size_t i : order)
            shuffled.apply(journal.record(i));
        RC_ASSERT(saved(shuffled) == saved(live));

        LedgerBook loaded;
        const std::string state = saved(live);
        ByteReader in(state);
        RC_ASSERT(loaded.load(in).has_value());
        RC_ASSERT(saved(loaded) == state);
        RC_ASSERT(loaded.balances() == live.balances());
    });
}

}  // namespace
}  // namespace altis::market
