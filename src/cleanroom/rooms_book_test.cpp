#include "cleanroom/rooms_book.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cleanroom/canonical.h"
#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/rooms_fixture.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

TEST(RoomsBook, RunsWhenAllOwnersApproved) {
    Live live;
    live.commit(live.book.propose(room_of("la-flights"), "airline", kNow).value());
    EXPECT_EQ(live.state("la-flights"), RoomState::kProposed);
    EXPECT_EQ(live.refusal(question_of("la-flights")), "rooms.not_approved");
    EXPECT_NE(live.message(question_of("la-flights")).find("rights-holder, airline"),
              std::string::npos);
    live.commit(live.book.approve("la-flights", "airline", kNow).value());
    EXPECT_EQ(live.message(question_of("la-flights")).find("airline"), std::string::npos);
    live.commit(live.book.approve("la-flights", "rights-holder", kNow).value());
    EXPECT_EQ(live.state("la-flights"), RoomState::kRunning);
    EXPECT_EQ(live.state("la-flights", kUntil), RoomState::kExpired);
    EXPECT_EQ(live.refusal(question_of("la-flights")), "");
    EXPECT_TRUE(live.book.approve("la-flights", "airline", kNow).value().empty());
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(RoomsBook, RefusesWithStableReasons) {
    Live live;
    live.run("la-flights");
    EXPECT_EQ(live.refusal(question_of("other")), "rooms.unknown");
    EXPECT_EQ(live.refusal(question_of("la-flights"), kUntil), "rooms.expired");
    Question question = question_of("la-flights");
    question.organisation = "broadcaster";
    EXPECT_EQ(live.refusal(question), "rooms.not_a_receiver");
    question = question_of("la-flights");
    question.query_template = "select * from customers";
    EXPECT_EQ(live.refusal(question), "rooms.template_not_approved");
    question = question_of("la-flights", 0);
    EXPECT_EQ(live.refusal(question), "rooms.epsilon_out_of_range");
    question.epsilon = 400'000;
    question.parameters.set("segmnt", "tier");
    EXPECT_EQ(live.refusal(question), "rooms.parameter_unknown");
    question = question_of("la-flights");
    question.parameters.set("segment", 3);
    EXPECT_EQ(live.refusal(question), "rooms.parameter_invalid");
    question.parameters.set("segment", "area");
    EXPECT_EQ(live.refusal(question), "treasury.column_unknown");
    question = question_of("la-flights");
    question.parameters.set("acted", is_yes("delayed"));
    EXPECT_EQ(live.refusal(question), "rooms.column_not_permitted");
    EXPECT_NE(live.message(question).find("'delayed' of airline"), std::string::npos);
    EXPECT_EQ(live.book.approve("other", "airline", kNow).error().reason, "rooms.unknown");
    EXPECT_EQ(live.book.approve("la-flights", "broadcaster", kNow).error().reason,
              "rooms.not_an_owner");
    EXPECT_EQ(live.book.revoke("la-flights", "broadcaster").error().reason, "rooms.not_an_owner");
    live.commit(live.book.revoke("la-flights", "rights-holder").value());
    EXPECT_EQ(live.refusal(question_of("la-flights")), "rooms.revoked");
    EXPECT_EQ(live.book.approve("la-flights", "airline", kNow).error().reason, "rooms.revoked");
    EXPECT_TRUE(live.book.revoke("la-flights", "airline").value().empty());
    EXPECT_EQ(live.state("la-flights"), RoomState::kRevoked);
}

TEST(RoomsBook, TwoSegmentsOfTheSameFansPayOnce) {
    Live live;
    Room room = room_of("la-flights");
    room.owners[1] = {
        "right", {"rights-holder", "segment:travellers"}, 1'000'000, {"attended.judo"}};
    room.owners.push_back({"third", kCustomers, 1'000'000, {}});
    live.commit(live.book.propose(room, "airline", kNow).value());
    live.commit(live.book.approve("la-flights", "airline", kNow).value());
    live.commit(live.book.approve("la-flights", "rights-holder", kNow).value());
    Question question = question_of("la-flights");
    question.query_template = "overlap";
    question.parameters = Json();
    const RoomEntry& entry = **live.book.askable("la-flights", "airline", kNow);
    const Schema* const schemas[] = {&kFanSchema, &kFanSchema, &kCustomerSchema};
    const Prepared prepared = prepare(entry.room, question, schemas).value();
    EXPECT_EQ(charged_tables(entry.room, prepared), std::vector<Table>{kFans});
    live.commit(live.book.ask(entry, question, prepared, kData, kNow).value().drafts);
    EXPECT_EQ(live.book.ledger().loss(kFans).pure_epsilon, 400'000);
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(RoomsBook, RefusesBadProposals) {
    Live live;
    const auto reason = [&](const std::function<void(Room&)>& spoil) {
        Room room = room_of("la-flights");
        spoil(room);
        const auto decision = live.book.propose(room, "airline", kNow);
        return decision ? "" : decision.error().reason;
    };
    EXPECT_EQ(reason([](Room&) {}), "");
    EXPECT_EQ(reason([](Room& r) { r.id = "LA flights"; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.owners.pop_back(); }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.owners[0] = r.owners[1]; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.owners[0].budget = 0; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.receivers.clear(); }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.receivers = {"airline", "airline"}; }),
              "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.templates = {"join"}; }), "rooms.template_unknown");
    EXPECT_EQ(reason([](Room& r) { r.templates.clear(); }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.owners[1].name = "left"; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.owners[1].name = "centre"; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.askers.clear(); }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.max_epsilon = 30'000'000; }), "rooms.policy_invalid");
    EXPECT_EQ(reason([](Room& r) { r.purpose = "fun"; }), "rooms.purpose_unknown");
    EXPECT_EQ(reason([](Room& r) { r.minimum_group = 1; }), "rooms.minimum_too_low");
    EXPECT_EQ(reason([](Room& r) { r.until = kNow; }), "rooms.expired");
    EXPECT_EQ(live.book.propose(room_of("x"), "broadcaster", kNow).error().reason,
              "rooms.not_an_owner");
    live.run("la-flights");
    EXPECT_EQ(reason([](Room&) {}), "rooms.exists");
}

TEST(RoomsBook, OneLedgerPerTableAcrossAllRooms) {
    Live live;
    live.run("la-flights");
    live.run("la-flights-2");
    live.pay(question_of("la-flights", 400'000));
    live.pay(question_of("la-flights-2", 500'000));
    EXPECT_EQ(live.book.ledger().spent(kCustomers), 900'000);
    EXPECT_EQ(live.book.ledger().spent(kFans), 900'000);
    EXPECT_EQ(live.refusal(question_of("la-flights", 100'001)), "rooms.budget_spent");
    EXPECT_NE(live.message(question_of("la-flights", 100'001)).find("0.100000"), std::string::npos);
    EXPECT_NE(live.message(question_of("la-flights", 100'001)).find("fans"), std::string::npos);
    EXPECT_EQ(live.refusal(question_of("la-flights", 100'000)), "");
    // A later room with a higher ceiling does not forget what was spent.
    live.run("la-flights-3", 1'200'000);
    EXPECT_EQ(live.refusal(question_of("la-flights-3", 300'001)), "rooms.budget_spent");
    EXPECT_EQ(live.refusal(question_of("la-flights-3", 300'000)), "");
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(RoomsBook, TheSameQuestionIsFree) {
    Live live;
    live.run("la-flights");
    const std::uint64_t charge = live.pay(question_of("la-flights", 900'000));
    live.commit(live.book.answered(charge, Json::object({{"overlap", 1}})).value());
    // Differently written, by defaults and order, and asked when the budget is spent.
    Question again = question_of("la-flights", 900'000);
    again.parameters = Json::object({{"acted", is_yes("booked")},
                                     {"left_where", Json::array()},
                                     {"exposed", is_yes("attended.volleyball")},
                                     {"segment", "tier"}});
    const Asked asked = live.ask(again).value();
    ASSERT_TRUE(asked.stored);
    EXPECT_EQ(*asked.stored, R"({"overlap":1})");
    EXPECT_TRUE(asked.drafts.empty());
    EXPECT_EQ(asked.charge.number, charge);
    // Other data, other parameters or another epsilon are other questions.
    EXPECT_EQ(live.ask(again, {"aa", "cc"}).error().reason, "rooms.budget_spent");
    again.parameters.set("exposed", is_yes("attended.judo"));
    EXPECT_EQ(live.refusal(again), "rooms.budget_spent");
    EXPECT_EQ(live.refusal(question_of("la-flights", 800'000)), "rooms.budget_spent");
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(RoomsBook, AnswersOnceAndOnlyWhatWasCharged) {
    Live live;
    live.run("la-flights");
    EXPECT_EQ(live.book.answered(1, Json::object()).error().reason, "rooms.charge_unknown");
    const std::uint64_t first = live.pay(question_of("la-flights"));
    // Asked again before it is answered: the same charge, paid once.
    EXPECT_EQ(live.pay(question_of("la-flights")), first);
    EXPECT_EQ(live.book.ledger().spent(kCustomers), 400'000);
    live.commit(live.book.answered(first, Json::object({{"overlap", 1}})).value());
    EXPECT_EQ(live.book.answered(first, Json::object()).error().reason, "rooms.already_answered");
    // What was given out stays the answer, also after a restart.
    EXPECT_EQ(*live.ask(question_of("la-flights"))->stored, R"({"overlap":1})");
    Live loaded;
    const std::string bytes = bytes_of(live.book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.book.load(in));
    EXPECT_EQ(*loaded.ask(question_of("la-flights"))->stored, R"({"overlap":1})");
    // A charge that a crash left unanswered is known after a restart, too.
    Live interrupted;
    Live other;
    other.run("la-flights");
    const std::uint64_t charge = other.pay(question_of("la-flights"));
    const std::string state = bytes_of(other.book);
    ByteReader saved(state);
    ASSERT_TRUE(interrupted.book.load(saved));
    const Asked again = interrupted.ask(question_of("la-flights")).value();
    EXPECT_EQ(again.charge.number, charge);
    EXPECT_FALSE(again.stored);
    EXPECT_TRUE(again.drafts.empty());
}

// What may be lost for the whole life of a table can be raised by a visible event, never lowered.
TEST(RoomsBook, AnOwnersCeilingHoldsInEveryRoomAndIsOnlyRaised) {
    Live live;
    live.run("la-flights");
    live.commit(live.book.raise_ceiling(kCustomers, {300'000}).value());
    EXPECT_EQ(live.refusal(question_of("la-flights")), "rooms.budget_spent");
    EXPECT_EQ(live.book.raise_ceiling(kCustomers, {200'000}).error().reason,
              "rooms.ceiling_not_raised");
    live.commit(live.book.raise_ceiling(kCustomers, {500'000}).value());
    EXPECT_EQ(live.refusal(question_of("la-flights")), "");
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

TEST(RoomsBook, AChangedPolicyNeedsApprovalAndLeavesOldAnswersAlone) {
    Live live;
    live.run("la-flights");
    const std::uint64_t charge = live.pay(question_of("la-flights"));
    live.commit(live.book.answered(charge, Json::object({{"overlap", 1}})).value());
    const std::string old_policy = live.book.room("la-flights")->policy;

    Room changed = room_of("la-flights");
    changed.until = Time{8'000'000};  // changes the policy, and nothing of the plan
    EXPECT_EQ(live.book.change_policy(changed, "broadcaster", kNow).error().reason,
              "rooms.not_an_owner");
    // An approval of the old policy that arrives after the change does not count.
    Live late;
    late.commit(late.book.propose(room_of("la-flights"), "airline", kNow).value());
    const auto stale = late.book.approve("la-flights", "airline", kNow).value();
    live.commit(live.book.change_policy(changed, "airline", kNow).value());
    live.commit(stale);
    EXPECT_EQ(RoomsBook::missing_approvals(*live.book.room("la-flights")).size(), 2U);
    EXPECT_EQ(live.state("la-flights"), RoomState::kProposed);
    EXPECT_EQ(live.refusal(question_of("la-flights")), "rooms.not_approved");
    live.commit(live.book.approve("la-flights", "airline", kNow).value());
    live.commit(live.book.approve("la-flights", "rights-holder", kNow).value());
    EXPECT_FALSE(live.ask(question_of("la-flights"))->stored);
    EXPECT_EQ(live.book.charges().at(charge).charge.policy, old_policy);
    EXPECT_EQ(live.book.policy(old_policy), canonical_json(to_json(room_of("la-flights"))));
    EXPECT_TRUE(live.book.change_policy(changed, "airline", kNow).value().empty());
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

// Wherever the process stops, what the journal holds never has fewer charges than answers.
TEST(RoomsBook, StoppingAnywhereNeverUnderCounts) {
    Live live;
    live.run("la-flights", kMaxLifetimeEpsilon);
    MicroEpsilon released = 0;
    std::vector<MicroEpsilon> released_after;  // per record
    const auto note = [&] { released_after.resize(live.records.size(), released); };
    note();
    for (int i = 0; i < 20; ++i) {
        const std::uint64_t charge = live.pay(question_of("la-flights", 100'000 + i));
        note();
        if (i % 3 == 0) continue;  // stopped between charging and answering
        live.commit(live.book.answered(charge, Json::object({{"overlap", i}})).value());
        released += 100'000 + i;
        note();
    }
    RoomsBook replayed;
    for (std::size_t i = 0; i < live.records.size(); ++i) {
        live.records[i].apply_to(replayed);
        EXPECT_GE(replayed.ledger().loss(kCustomers).pure_epsilon, released_after[i]);
        EXPECT_GE(replayed.ledger().loss(kFans).pure_epsilon, released_after[i]);
    }
    EXPECT_GT(replayed.ledger().loss(kFans).pure_epsilon, released);
}

RC_GTEST_PROP(RoomsBook, ApprovalsOfRoomsCommuteAndRepeat, ()) {
    const std::vector<std::string> ids = {"a", "b", "c"};
    std::vector<journal::Draft> approvals;
    Replayed<RoomsBook> first;
    for (const std::string& id : ids) {
        first.commit(first.book.propose(room_of(id), "airline", kNow).value());
    }
    Replayed<RoomsBook> second = first;
    for (const std::string& id : ids) {
        for (const char* owner : {"airline", "rights-holder"}) {
            if (*rc::gen::inRange(0, 4) == 0) continue;
            approvals.push_back(first.book.approve(id, owner, kNow).value()[0]);
        }
    }
    first.commit(approvals);
    for (std::size_t i = approvals.size(); i > 1; --i) {
        std::swap(approvals[i - 1], approvals[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    second.commit(approvals);
    if (!approvals.empty()) second.commit({approvals[0]});  // twice
    RC_ASSERT(bytes_of(first.book) == bytes_of(second.book));
}

RC_GTEST_PROP(RoomsBook, ReplayEqualsLive, ()) {
    Live live;
    const auto commit = [&](const journal::Decision& decision) {
        if (decision) live.commit(*decision);
    };
    const int steps = *rc::gen::inRange(5, 60);
    for (int i = 0; i < steps; ++i) {
        const auto id = *rc::gen::element<std::string>("a", "b");
        const auto owner = *rc::gen::element<std::string>("airline", "rights-holder");
        const int command = *rc::gen::inRange(0, 12);
        if (command == 0) {
            commit(live.book.propose(room_of(id), owner, kNow));
        } else if (command == 1) {
            Room changed = room_of(id);
            changed.minimum_group = *rc::gen::inRange(50, 52);
            commit(live.book.change_policy(changed, owner, kNow));
        } else if (command == 2 && *rc::gen::inRange(0, 4) == 0) {
            commit(live.book.revoke(id, owner));
        } else if (command < 7) {
            commit(live.book.approve(id, owner, kNow));
        } else if (command < 10) {
            const auto asked = live.ask(question_of(id, 1'000 * *rc::gen::inRange(1, 300)));
            if (asked) live.commit(asked->drafts);
        } else {
            commit(live.book.answered(*rc::gen::inRange<std::uint64_t>(0, 10),
                                      Json::object({{"overlap", i}})));
        }
    }
    RC_ASSERT(is_same_after_replay_and_reload(live));
    for (const auto& [table, entry] : live.book.ledger().entries())
        RC_ASSERT(live.book.ledger().spent(table) <= 1'000'000);
}

TEST(RoomsBook, RefusesDamagedSnapshots) {
    Live live;
    live.run("la-flights");
    const std::uint64_t charge = live.pay(question_of("la-flights"));
    live.commit(live.book.answered(charge, Json::object({{"overlap", 1}})).value());
    EXPECT_TRUE(is_every_cut_refused(live.book));
}

// ---- the whole flow ----

// The planted campaign: 32 % of 100 * `scale` fans are customers, and those who attended book twice
// as often.
struct Planted {
    TableData fans;
    TableData customers;
};

Planted plant(int scale) {
    SeededBits bits(42);
    TableBuilder fans(kFanSchema);
    TableBuilder customers(kCustomerSchema);
    const auto add = [&](int people, bool customer, bool attended, bool booked) {
        for (int i = 0; i < people; ++i) {
            Tag tag;
            for (std::uint8_t& byte : tag)
                byte = static_cast<std::uint8_t>(bits.next_u64());
            const std::uint16_t of_fan[] = {static_cast<std::uint16_t>(attended ? 0 : 1), 1, 0};
            const std::uint16_t of_customer[] = {static_cast<std::uint16_t>(booked ? 0 : 1), 1};
            fans.add(tag, {of_fan, {}, {}});
            if (customer) customers.add(tag, {of_customer, {}, {}});
        }
    };
    add(68 * scale, false, false, false);
    add(14 * scale, true, false, false);
    add(12 * scale, true, true, false);
    add(2 * scale, true, false, true);
    add(4 * scale, true, true, true);
    return {std::move(fans).finish(), std::move(customers).finish()};
}

Json ask_all_the_way(Live& live, const Planted& planted, const Question& question,
                     RandomBits& bits) {
    const auto hex = [](const TableData& table) { return std::to_string(commitment(table)[0]); };
    const RoomEntry& entry = **live.book.askable(question.room, question.organisation, kNow);
    const Prepared prepared = prepare(entry.room, question, kSchemas).value();
    const Asked asked = live.ask(question, {hex(planted.fans), hex(planted.customers)}).value();
    if (asked.stored) return codec::parse_json(*asked.stored).value();
    live.commit(asked.drafts);
    const TableData* const tables[] = {&planted.fans, &planted.customers};
    Json answer =
        signed_answer(answer_figures(prepared, tables, bits), asked.charge, kNow, signer());
    live.commit(live.book.answered(asked.charge.number, answer).value());
    return answer;
}

// The first figure of that name.
Json figure(const Json& answer, std::string_view name) {
    for (const Json& one : answer["figures"].items())
        if (one["name"].as_string() == name) return one;
    return {};
}

TEST(Flow, AnswersWithIntervalsCostAndAReceiptThatVerifies) {
    Live live;
    live.run("la-flights");
    SeededBits bits(20260219);
    const Planted planted = plant(100);
    const Json answer = ask_all_the_way(live, planted, question_of("la-flights"), bits);
    EXPECT_LE(figure(answer, "overlap")["low"].as_double(), 0.32);
    EXPECT_GE(figure(answer, "overlap")["high"].as_double(), 0.32);
    EXPECT_LE(figure(answer, "lift")["low"].as_double(), 2.0);
    EXPECT_GE(figure(answer, "lift")["high"].as_double(), 2.0);
    EXPECT_NEAR(figure(answer, "people")["value"].as_double(), 10'000, 200);
    EXPECT_EQ(answer["epsilon"].as_string(), "0.400000");
    EXPECT_EQ(answer["trust"].as_string(), kTrust);
    EXPECT_EQ(answer["loss"]["pure_epsilon_micro"].as_int(), 400'000);

    // The answer still verifies after a journey as text, and is free the second time.
    const std::uint64_t draws = bits.words_given();
    const Json again = ask_all_the_way(live, planted, question_of("la-flights"), bits);
    EXPECT_EQ(again, codec::parse_json(answer.to_string()).value());
    EXPECT_EQ(bits.words_given(), draws);
    EXPECT_TRUE(verify_answer(again, signer().public_key()));
    EXPECT_TRUE(released(answer.to_string()));
    EXPECT_EQ(answer["receipt"]["policy_hash"].as_string(), live.book.room("la-flights")->policy);
}

TEST(Flow, TooSmallAGroupIsRefusedButKept) {
    Live live;
    live.run("la-flights");
    Question question = question_of("la-flights");
    question.query_template = "overlap";
    question.parameters = Json();
    TableBuilder fans(kFanSchema);
    TableBuilder customers(kCustomerSchema);
    const Planted nobody{std::move(fans).finish(), std::move(customers).finish()};
    SeededBits bits(1);
    const Json answer = ask_all_the_way(live, nobody, question, bits);
    EXPECT_EQ(released(answer.to_string()).error().reason, "rooms.group_too_small");
    EXPECT_EQ(answer["withheld"].as_int(), 3);
    for (const Json& one : answer["figures"].items()) {
        EXPECT_FALSE(one.contains("value"));
        EXPECT_EQ(one["withheld"].as_string(), "group_too_small");
    }
    EXPECT_EQ(live.book.ledger().loss(kFans).pure_epsilon, 400'000);
    EXPECT_TRUE(verify_answer(answer, signer().public_key()));
}

TEST(Receipt, AnyChangeIsFound) {
    Live live;
    live.run("la-flights");
    SeededBits bits(3);
    const Json answer = ask_all_the_way(live, plant(100), question_of("la-flights"), bits);
    const crypto::PublicKey& key = signer().public_key();
    for (const auto& [name, value] : answer["receipt"].members()) {
        Json receipt = answer["receipt"];
        receipt.set(name, value.is_string() && name != "signature"
                              ? Json(std::string(value.as_string()) + "x")
                              : Json(std::string(128, '0')));
        EXPECT_FALSE(verify_receipt(receipt, key)) << name;
    }
    Json receipt = answer["receipt"];
    receipt.set("note", "more");
    EXPECT_EQ(verify_receipt(receipt, key).error().reason, "receipt.forged");
    for (const char* figure : {"figures", "loss", "epsilon", "withheld", "trust"}) {
        Json changed = answer;
        changed.set(figure, 1);
        EXPECT_EQ(verify_answer(changed, key).error().reason, "receipt.forged") << figure;
    }
    EXPECT_EQ(verify_answer(answer, crypto::PublicKey{}).error().reason, "receipt.forged");
    EXPECT_EQ(verify_receipt(Json(), key).error().reason, "receipt.malformed");
    EXPECT_EQ(verify_receipt(Json::object({{"version", 1}}), key).error().reason,
              "receipt.malformed");
}

TEST(Canonical, SortsMembersAtEveryDepth) {
    const Json json = codec::parse_json(R"({"b":[{"d":1,"c":2}],"a":null})").value();
    EXPECT_EQ(canonical_json(json), R"({"a":null,"b":[{"c":2,"d":1}]})");
}

}  // namespace
}  // namespace altis::cleanroom
