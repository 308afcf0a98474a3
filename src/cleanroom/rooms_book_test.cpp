#include "cleanroom/rooms_book.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cleanroom/canonical.h"
#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/test_records.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

const Table kFans{"rights-holder", "segment:high-value-volleyball-la"};
const Table kCustomers{"airline", "customers"};
constexpr Time kNow{1'000'000};
constexpr Time kUntil{9'000'000};
const std::vector<std::string> kData = {"aa", "bb"};
const crypto::Signer& signer() {
    static const crypto::Signer kSigner(crypto::Digest{5});
    return kSigner;
}

Room room_of(std::string id, MicroEpsilon budget = 1'000'000) {
    return {std::move(id),      {{kFans, budget}, {kCustomers, budget}},
            "overlap_and_lift", "owg2026",
            "clean_room",       50,
            {"airline"},        kUntil};
}

Question question_of(std::string room, MicroEpsilon epsilon = 400'000) {
    return {std::move(room), "airline", "overlap_and_lift",
            Json::object({{"attended", "volleyball"}}), epsilon};
}

struct Live : Replayed<RoomsBook> {
    void run(const std::string& id, MicroEpsilon budget = 1'000'000) {
        commit(book.propose(room_of(id, budget), "airline", kNow).value());
        commit(book.approve(id, "rights-holder", kNow).value());
        commit(book.approve(id, "airline", kNow).value());
    }
    std::string refusal(const Question& question, Time at = kNow) const {
        const auto asked = book.ask(question, kData, at);
        return asked ? "" : asked.error().reason;
    }
    std::string message(const Question& question) const {
        return book.ask(question, kData, kNow).error().message;
    }
    std::uint64_t pay(const Question& question) {
        const Asked asked = book.ask(question, kData, kNow).value();
        commit(asked.drafts);
        return asked.charge.number;
    }
    RoomState state(const std::string& id, Time at = kNow) const {
        return RoomsBook::state(*book.room(id), at);
    }
};

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
    question.parameters = Json::object({{"attnded", "volleyball"}});
    EXPECT_EQ(live.refusal(question), "rooms.parameter_unknown");
    question.parameters = Json::object({{"interval", "narrow"}});
    EXPECT_EQ(live.refusal(question), "rooms.parameter_invalid");
    question.parameters = Json::object({{"attended", 3}});
    EXPECT_EQ(live.refusal(question), "rooms.parameter_invalid");
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

TEST(Question, TakesTheParametersOfAPlanAgain) {
    for (const Json& asked : {Json::object(), Json::object({{"attended", "volleyball"}})}) {
        const auto parameters = normalise_parameters(asked);
        ASSERT_TRUE(parameters) << parameters.error().message;
        const auto again = normalise_parameters(*parameters);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, *parameters);
    }
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
    EXPECT_EQ(reason([](Room& r) { r.query_template = "join"; }), "rooms.template_unknown");
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
    EXPECT_NE(live.message(question_of("la-flights", 100'001)).find("segment:high-value"),
              std::string::npos);
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
    again.parameters =
        Json::object({{"interval", "finite_population"}, {"attended", "volleyball"}});
    const Asked asked = live.book.ask(again, kData, kNow).value();
    ASSERT_TRUE(asked.stored);
    EXPECT_EQ(*asked.stored, R"({"overlap":1})");
    EXPECT_TRUE(asked.drafts.empty());
    EXPECT_EQ(asked.charge.number, charge);
    // Other data, other parameters or another epsilon are other questions.
    EXPECT_EQ(live.book.ask(again, {"aa", "cc"}, kNow).error().reason, "rooms.budget_spent");
    again.parameters.set("attended", "judo");
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
    EXPECT_EQ(*live.book.ask(question_of("la-flights"), kData, kNow)->stored, R"({"overlap":1})");
    RoomsBook loaded;
    const std::string bytes = bytes_of(live.book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(*loaded.ask(question_of("la-flights"), kData, kNow)->stored, R"({"overlap":1})");
    // A charge that a crash left unanswered is known after a restart, too.
    RoomsBook interrupted;
    Live other;
    other.run("la-flights");
    const std::uint64_t charge = other.pay(question_of("la-flights"));
    const std::string state = bytes_of(other.book);
    ByteReader saved(state);
    ASSERT_TRUE(interrupted.load(saved));
    const Asked again = interrupted.ask(question_of("la-flights"), kData, kNow).value();
    EXPECT_EQ(again.charge.number, charge);
    EXPECT_FALSE(again.stored);
    EXPECT_TRUE(again.drafts.empty());
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
    EXPECT_FALSE(live.book.ask(question_of("la-flights"), kData, kNow)->stored);
    EXPECT_EQ(live.book.charges().at(charge).charge.policy, old_policy);
    EXPECT_EQ(live.book.policy(old_policy), canonical_json(to_json(room_of("la-flights"))));
    EXPECT_TRUE(live.book.change_policy(changed, "airline", kNow).value().empty());
    EXPECT_TRUE(is_same_after_replay_and_reload(live));
}

// Wherever the process stops, what the journal holds never has fewer charges than answers.
TEST(RoomsBook, StoppingAnywhereNeverUnderCounts) {
    Live live;
    live.run("la-flights", 100'000'000);
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
        EXPECT_GE(replayed.ledger().spent(kCustomers), released_after[i]);
        EXPECT_GE(replayed.ledger().spent(kFans), released_after[i]);
    }
    EXPECT_GT(replayed.ledger().spent(kFans), released);
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
            const auto asked =
                live.book.ask(question_of(id, 1'000 * *rc::gen::inRange(1, 300)), kData, kNow);
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

// The planted campaign: 32 % of 10,000 fans are customers, and who attended books 2.3 times as
// often.
struct Planted {
    Rows fans;
    Rows customers;
};

Planted plant(int scale) {
    SeededBits bits(42);
    Planted planted;
    const auto add = [&](int people, bool customer, std::uint8_t attended, std::uint8_t booked) {
        for (int i = 0; i < people; ++i) {
            Tag tag;
            for (std::uint8_t& byte : tag)
                byte = static_cast<std::uint8_t>(bits.next_u64());
            planted.fans.add(tag, attended);
            if (customer) planted.customers.add(tag, booked);
        }
    };
    add(68 * scale, false, 0, 0);
    add(14 * scale, true, 0, 0);
    add(12 * scale, true, 1, 0);
    add(2 * scale, true, 0, 1);
    add(4 * scale, true, 1, 1);
    return planted;
}

Json ask_all_the_way(Live& live, const Planted& planted, const Question& question,
                     RandomBits& bits) {
    const auto hex = [](const Rows& rows) {
        return std::to_string(commitment(canonical_union(rows.view()).view())[0]);
    };
    const Asked asked =
        live.book.ask(question, {hex(planted.fans), hex(planted.customers)}, kNow).value();
    if (asked.stored) return codec::parse_json(*asked.stored).value();
    live.commit(asked.drafts);
    const OverlapInput input{planted.fans.view(), planted.customers.view()};
    Json answer = answer_question(asked.charge, input, bits, kNow, signer());
    live.commit(live.book.answered(asked.charge.number, answer).value());
    return answer;
}

TEST(Flow, AnswersWithIntervalsCostAndAReceiptThatVerifies) {
    Live live;
    live.run("la-flights");
    SeededBits bits(20260219);
    const Planted planted = plant(100);
    const Json answer = ask_all_the_way(live, planted, question_of("la-flights"), bits);
    EXPECT_LE(answer["overlap"]["low"].as_double(), 0.32);
    EXPECT_GE(answer["overlap"]["high"].as_double(), 0.32);
    EXPECT_LE(answer["lift"]["low"].as_double(), 2.0);
    EXPECT_GE(answer["lift"]["high"].as_double(), 2.0);
    EXPECT_NEAR(answer["counts"]["left"]["value"].as_double(), 10'000, 200);
    EXPECT_EQ(answer["epsilon"].as_string(), "0.400000");
    EXPECT_EQ(answer["trust"].as_string(), kTrust);
    EXPECT_EQ(answer["withheld"].items().size(), 0U);

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
    SeededBits bits(1);
    const Json answer = ask_all_the_way(live, plant(1), question_of("la-flights"), bits);
    EXPECT_EQ(released(answer.to_string()).error().reason, "rooms.group_too_small");
    EXPECT_TRUE(answer["overlap"].is_null());
    EXPECT_TRUE(answer["lift"].is_null());
    EXPECT_TRUE(answer["counts"].members().empty());
    EXPECT_EQ(answer["withheld"].items().size(), 2U);
    EXPECT_EQ(live.book.ledger().spent(kFans), 400'000);
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
    for (const char* figure : {"overlap", "lift", "counts", "epsilon", "withheld", "trust"}) {
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
