#include "cleanroom/activations_book.h"

#include <gtest/gtest.h>

#include "cleanroom/rooms_fixture.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

const ActivationOrder kOrder{"left", "right"};

// A room whose policy permits lists, or none.
RoomEntry room_entry(bool permits = true, std::int64_t minimum = 100) {
    RoomEntry entry;
    entry.room = room_of("flights");
    if (permits) entry.room.activation = ActivationTerms{"messages", minimum};
    entry.policy = policy_hash(entry.room);
    return entry;
}

struct Lists : Replayed<ActivationsBook> {
    std::string refused(const RoomEntry& entry, const std::string& organisation,
                        const ActivationOrder& order = kOrder) const {
        const auto asked = book.ask(entry, organisation, order, "cc");
        return asked ? "" : asked.error().reason;
    }
    std::string withheld(const RoomEntry& entry, const std::string& organisation,
                         const std::string& commitment = "cc") const {
        const auto list = book.releasable(entry, 1, organisation, commitment);
        return list ? "" : list.error().reason;
    }
};

TEST(ActivationsBook, TheOwnerOfTheOtherTableMustSayYes) {
    const RoomEntry entry = room_entry();
    Lists live;
    live.commit(live.book.ask(entry, "airline", kOrder, "cc").value());
    EXPECT_TRUE(live.book.ask(entry, "airline", kOrder, "cc").value().empty()) << "asked already";
    EXPECT_EQ(missing_approvals(entry.room, *live.book.activation("flights", 1)),
              std::vector<std::string>{"rights-holder"});
    EXPECT_EQ(live.withheld(entry, "airline"), "rooms.not_approved");
    EXPECT_TRUE(live.book.approve(entry, 1, "airline").value().empty()) << "by asking";
    EXPECT_EQ(live.withheld(entry, "airline"), "rooms.not_approved");
    EXPECT_EQ(live.book.approve(entry, 1, "stranger").error().reason, "rooms.not_an_owner");
    live.commit(live.book.approve(entry, 1, "rights-holder").value());
    EXPECT_TRUE(live.book.approve(entry, 1, "rights-holder").value().empty());
    EXPECT_EQ(live.withheld(entry, "airline"), "");
    EXPECT_EQ(live.withheld(entry, "rights-holder"), "rooms.not_a_receiver");
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
    EXPECT_TRUE(is_every_cut_refused(live.book));
}

TEST(ActivationsBook, AnApprovalIsForThisPolicyAndThisData) {
    const RoomEntry entry = room_entry();
    Lists live;
    live.commit(live.book.ask(entry, "airline", kOrder, "cc").value());
    const RoomEntry changed = room_entry(true, 200);
    EXPECT_EQ(live.book.approve(changed, 1, "rights-holder").error().reason,
              "rooms.activation_overtaken");
    live.commit(live.book.approve(entry, 1, "rights-holder").value());
    EXPECT_EQ(live.withheld(changed, "airline"), "rooms.activation_overtaken");
    EXPECT_EQ(live.withheld(entry, "airline", "dd"), "rooms.activation_overtaken");
    EXPECT_EQ(live.book.releasable(entry, 2, "airline", "cc").error().reason,
              "rooms.activation_unknown");
    EXPECT_FALSE(live.book.ask(entry, "airline", kOrder, "dd").value().empty()) << "a new list";
}

TEST(ActivationsBook, AsksOnlyWhatThePolicyPermits) {
    Lists live;
    EXPECT_EQ(live.refused(room_entry(false), "airline"), "rooms.activation_not_permitted");
    EXPECT_EQ(live.refused(room_entry(), "rights-holder"), "rooms.not_a_receiver");
    for (const ActivationOrder& order :
         {ActivationOrder{"right", "left"}, ActivationOrder{"left", "left"},
          ActivationOrder{"left", "nobody"}, ActivationOrder{"", ""}}) {
        EXPECT_EQ(live.refused(room_entry(), "airline", order), "rooms.activation_invalid");
    }
    Room room = room_entry().room;
    EXPECT_TRUE(check_room(room));
    EXPECT_EQ(policy_hash(*room_from_json(to_json(room))), policy_hash(room));
    room.activation->minimum = 99;
    EXPECT_EQ(check_room(room).error().reason, "rooms.minimum_too_low");
    room.activation = ActivationTerms{"fun", 100};
    EXPECT_EQ(check_room(room).error().reason, "rooms.purpose_unknown");
}

TEST(ActivationsBook, AListIsSignedWithWhatItIsMadeOf) {
    const RoomEntry entry = room_entry();
    Lists live;
    live.commit(live.book.ask(entry, "airline", kOrder, "cc").value());
    live.commit(live.book.approve(entry, 1, "rights-holder").value());
    const Activation& activation = *live.book.activation("flights", 1);
    Json list = signed_list({entry.room, activation, "ff", "fan\na\n", 1, kNow}, signer());
    EXPECT_TRUE(verify_answer(list, signer().public_key()));
    EXPECT_EQ(list["receipt"]["data"].items()[0]["commitment"].as_string(), "ff");
    EXPECT_EQ(list["receipt"]["data"].items()[1]["commitment"].as_string(), "cc");
    EXPECT_EQ(list["receipt"]["policy_hash"].as_string(), entry.policy);
    live.commit(live.book.released(activation, list["receipt"]).value());
    EXPECT_EQ(live.book.activation("flights", 1)->released, 1U);
    EXPECT_EQ(live.book.activation("flights", 1)->receipt, list["receipt"]);
    EXPECT_EQ(live.records.back().draft.payload.find("fan\\n"), std::string::npos);
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
    list.set("list", "fan\nb\n");
    EXPECT_EQ(verify_answer(list, signer().public_key()).error().reason, "receipt.forged");
}

}  // namespace
}  // namespace altis::cleanroom
