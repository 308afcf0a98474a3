#include "fans/exports_book.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <set>

#include "codec/json.h"

namespace altis::fans {
namespace {

using codec::Json;

const ExportLine kLine{"la28", "owg2026", "viewers", rights::Purpose::kMessages, {}};

FanSet set_of(const std::set<std::uint32_t>& numbers) {
    FanSet set;
    for (const std::uint32_t number : numbers)
        set.add(SubjectId{number});
    return set;
}

std::set<std::uint32_t> numbers_of(const FanSet& set) {
    std::set<std::uint32_t> numbers;
    for (const SubjectId fan : set.members())
        numbers.insert(to_number(fan));
    return numbers;
}

// A book with a journal of its own.
struct Played {
    ExportsBook book;
    journal::Offset last = 0;

    void apply(const journal::Draft& draft) {
        journal::Record record;
        record.offset = ++last;
        record.type = draft.type;
        record.topic = draft.topic;
        record.subject = draft.subject;
        record.payload = draft.payload;
        book.apply(record);
    }
    std::string commit(const journal::Decision& decision) {
        if (!decision) return decision.error().reason;
        for (const journal::Draft& draft : *decision)
            apply(draft);
        return "ok";
    }
    std::string offer(const std::set<std::uint32_t>& fans, const ExportLine& line = kLine) {
        const ExportOffer made{line, "csv", true, fans.size(), set_of(fans)};
        return commit(book.decide_offer(made, book.state(line).changed_at, SubjectId{1}));
    }
    std::string received() { return commit(book.decide_received("la28", last)); }
    void forget(std::uint32_t fan) {
        Json numbers = Json::array();
        numbers.push(fan);
        apply(
            {"fans.forgotten", "", kNoSubject, Json::object({{"subjects", numbers}}).to_string()});
    }
    std::set<std::uint32_t> surely() const { return numbers_of(book.state(kLine).surely); }
    std::set<std::uint32_t> maybe() const { return numbers_of(book.state(kLine).maybe); }
    std::uint64_t erased() const { return book.state(kLine).erased; }
};

using Numbers = std::set<std::uint32_t>;

TEST(ExportsBook, WhatWasReceivedIsHeld) {
    Played played;
    EXPECT_EQ(played.offer({1, 2, 3}), "ok");
    EXPECT_EQ(played.surely(), Numbers());
    EXPECT_EQ(played.maybe(), (Numbers{1, 2, 3}));
    EXPECT_EQ(played.received(), "ok");
    EXPECT_EQ(played.surely(), (Numbers{1, 2, 3}));
    EXPECT_EQ(played.offer({2, 3, 4}), "ok");
    EXPECT_EQ(played.surely(), (Numbers{2, 3}));
    EXPECT_EQ(played.maybe(), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(played.received(), "ok");
    EXPECT_EQ(played.surely(), (Numbers{2, 3, 4}));
    EXPECT_EQ(played.maybe(), (Numbers{2, 3, 4}));
    EXPECT_EQ(played.received(), "exports.unknown_export");
}

TEST(ExportsBook, AnotherOfferTakesThePlaceOfAnUnconfirmedOne) {
    Played played;
    EXPECT_EQ(played.offer({1, 2}), "ok");
    const journal::Offset first = played.last;
    EXPECT_EQ(played.offer({2, 3}), "ok");
    EXPECT_EQ(played.commit(played.book.decide_received("la28", first)), "exports.unknown_export");
    EXPECT_EQ(played.commit(played.book.decide_received("airline", played.last)),
              "exports.unknown_export");
    EXPECT_EQ(played.commit(played.book.decide_offer({kLine, "csv", true, 0, {}}, first, {})),
              "exports.overtaken");
    EXPECT_EQ(played.received(), "ok");
    EXPECT_EQ(played.surely(), (Numbers{2, 3}));
}

TEST(ExportsBook, TheErasedAreCountedUntilThatWasTold) {
    Played played;
    played.offer({1, 2, 3});
    played.received();
    played.forget(2);
    EXPECT_EQ(played.surely(), (Numbers{1, 3}));
    EXPECT_EQ(played.erased(), 1U);
    played.forget(77);  // never exported
    EXPECT_EQ(played.erased(), 1U);
    played.offer({1, 3, 4});
    played.forget(4);
    EXPECT_EQ(played.erased(), 2U) << "the receiver may hold fan 4, or know nothing of this offer";
    const journal::Offset offer = 5;
    EXPECT_EQ(played.commit(played.book.decide_received("la28", offer)), "ok");
    EXPECT_EQ(played.erased(), 1U) << "fan 2 was told, fan 4 not yet";
    EXPECT_EQ(played.surely(), (Numbers{1, 3}));
}

TEST(ExportsBook, DeliveriesAndWebhooksAreKept) {
    Played played;
    const std::string url = "https://receiver.example.org/";
    EXPECT_EQ(played.commit(played.book.decide_webhook("la28", url, "salt", SubjectId{1})), "ok");
    EXPECT_EQ(*played.book.webhook_salt("la28", url), "salt");
    EXPECT_EQ(played.book.webhook_salt("airline", url), nullptr);
    ExportLine line = kLine;
    line.url = url;
    EXPECT_EQ(played.offer({1, 2}, line), "ok");
    const journal::Offset delivery = played.last;
    EXPECT_EQ(played.commit(played.book.decide_received("la28", delivery)),
              "exports.unknown_export")
        << "nobody but the sender knows";
    EXPECT_EQ(played.book.deliveries().at(delivery).state, DeliveryState::kSending);
    EXPECT_EQ(played.commit(played.book.decide_finished(delivery, DeliveryState::kFailed, "{}")),
              "ok");
    EXPECT_EQ(played.book.deliveries().at(delivery).state, DeliveryState::kFailed);
    EXPECT_EQ(numbers_of(played.book.state(line).surely), Numbers());
    EXPECT_EQ(numbers_of(played.book.state(line).maybe), (Numbers{1, 2}));
    EXPECT_EQ(played.offer({2}, line), "ok");
    EXPECT_EQ(
        played.commit(played.book.decide_finished(played.last, DeliveryState::kDelivered, "{}")),
        "ok");
    EXPECT_EQ(numbers_of(played.book.state(line).maybe), (Numbers{2}));
    EXPECT_EQ(played.commit(played.book.decide_webhook_removed("la28", url, SubjectId{1})), "ok");
    EXPECT_EQ(played.book.webhook_salt("la28", url), nullptr);
    EXPECT_EQ(played.commit(played.book.decide_webhook_removed("la28", url, SubjectId{1})),
              "exports.unknown_webhook");
}

TEST(ExportsBook, OldDeliveriesAreForgotten) {
    Played played;
    ExportLine line = kLine;
    line.url = "https://receiver.example.org/";
    for (std::size_t i = 0; i <= kMaxKeptDeliveries; ++i)
        played.offer({}, line);
    EXPECT_EQ(played.book.deliveries().size(), kMaxKeptDeliveries);
    EXPECT_EQ(played.book.deliveries().begin()->first, 2U);
}

// A receiver that reads some exports whole, some in part, some not at all, and confirms some of
// those it has read whole: after the next one that it reads, it holds exactly what it should.
TEST(ExportsBook, AReceiverThatMissesExportsIsRightAgainAfterTheNext) {
    EXPECT_TRUE(rc::check([] {
        Played played;
        Numbers held;
        Numbers erased;
        for (int round = 0; round < 30; ++round) {
            Numbers now;
            for (std::uint32_t fan = 1; fan <= 12; ++fan) {
                if (!erased.contains(fan) && *rc::gen::arbitrary<bool>()) now.insert(fan);
            }
            const ExportState& state = played.book.state(kLine);
            const Numbers entered = numbers_of(set_of(now) - state.surely);
            const Numbers left = numbers_of(state.maybe - set_of(now));
            played.offer(now);
            const journal::Offset offer = played.last;
            const int fate = *rc::gen::inRange(0, 4);
            for (const std::uint32_t fan : entered)
                if (fate >= 2 || (fate == 1 && *rc::gen::arbitrary<bool>())) held.insert(fan);
            for (const std::uint32_t fan : left)
                if (fate >= 2 || (fate == 1 && *rc::gen::arbitrary<bool>())) held.erase(fan);
            if (fate >= 2) RC_ASSERT(held == now);
            if (fate == 3) {
                RC_ASSERT(played.commit(played.book.decide_received("la28", offer)) == "ok");
                RC_ASSERT(played.erased() == 0U);
            }
            if (*rc::gen::inRange(0, 5) == 0) {
                const auto fan = *rc::gen::inRange<std::uint32_t>(1, 13);
                const bool counts = played.maybe().contains(fan);
                const std::uint64_t before = played.erased();
                RC_ASSERT(!held.contains(fan) || counts);
                played.forget(fan);
                RC_ASSERT(played.erased() == before + (counts ? 1 : 0));
                held.erase(fan);  // told by the count; the receiver takes a full export
                erased.insert(fan);
            }
        }
    }));
}

TEST(ExportsBook, ASnapshotHoldsAllOfIt) {
    Played played;
    played.commit(played.book.decide_webhook("la28", "https://r.example/", "salt", SubjectId{1}));
    Numbers many;
    for (std::uint32_t i = 0; i < 200'000; i += 1 + i % 3)
        many.insert(i);
    played.offer(many);
    played.received();
    played.forget(6);
    ExportLine line = kLine;
    line.url = "https://r.example/";
    played.offer({1, 5}, line);
    ByteWriter out;
    played.book.save(out);
    ExportsBook loaded;
    ByteReader in(out.bytes());
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(journal::state_hash(loaded), journal::state_hash(played.book));
    Played again{};
    ByteReader second(out.bytes());
    ASSERT_TRUE(again.book.load(second));
    again.last = played.last;
    again.offer({7});
    played.offer({7});
    EXPECT_EQ(journal::state_hash(again.book), journal::state_hash(played.book));
    for (const std::size_t size : {std::size_t{0}, out.size() / 2, out.size() - 1}) {
        ByteReader cut(std::string_view(out.bytes()).substr(0, size));
        EXPECT_FALSE(loaded.load(cut)) << size;
    }
}

}  // namespace
}  // namespace altis::fans
