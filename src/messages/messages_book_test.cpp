#include "messages/messages_book.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "journal/rehearsal.h"
#include "messages/composer.h"
#include "messages/skaters.h"
#include "messages/story_choice.h"

namespace altis::messages {
namespace {

using journal::Rehearsal;
using journal::saved;

const crypto::Digest kKey{1, 2, 3};
const std::string kTrigger = std::string("results/") + kFreeSkate + "/2";

Plan plan_of(const std::string& competitor, const FactRecord& facts) {
    static const auto composer = Composer::load(*standard_catalogue());
    const auto texts =
        composer->compose({"skate_medal", "performance-motivation"}, facts, skater_names());
    EXPECT_TRUE(texts);
    return {kTrigger,  kFreeSkate,    competitor, "performance-motivation",
            "owg2026", "gold-minute", kTrigger,   2,
            *texts,    facts};
}

Plan sakamoto_plan() {
    return plan_of(kSakamoto, sakamoto());
}
Plan liu_plan() {
    return plan_of(kLiu, liu());
}

Recipient fan(std::uint32_t number, const std::string& language = "en") {
    return {SubjectId{number}, "fan-" + std::to_string(number), language, "owner"};
}

std::string reason_of(const journal::Decision& decision) {
    return decision ? "accepted" : decision.error().reason;
}

struct Post {
    MessagesBook book;
    Rehearsal journal;

    explicit Post(const std::vector<Plan>& plans = {sakamoto_plan()}) {
        for (const Plan& plan : plans)
            commit(book.plan(plan));
    }
    void commit(const journal::Decision& decision) { journal.commit(decision, {&book}); }
    std::size_t send(const Plan& plan, const std::vector<Recipient>& recipients) {
        const auto drafts = book.send(plan_id(plan), recipients, kKey);
        commit(drafts);
        return drafts->size();
    }
};

std::string id_of(std::uint32_t number) {
    return message_id(kKey, kTrigger, SubjectId{number});
}

TEST(MessagesBook, SendsOnceToEachInTheirLanguage) {
    Post post;
    EXPECT_EQ(post.send(sakamoto_plan(), {fan(1), fan(2, "ja"), fan(3, "fr-CA"), fan(4, "xx")}), 4);
    EXPECT_EQ(post.send(sakamoto_plan(), {fan(2, "ja"), fan(5), fan(5, "fr")}), 1);
    EXPECT_EQ(post.book.sent(), 5);
    EXPECT_EQ(post.book.sent(plan_id(sakamoto_plan())), 5);
    EXPECT_EQ(post.book.sent_by_language(),
              (std::map<std::string, std::uint64_t>{{"en", 3}, {"fr", 1}, {"ja", 1}}));
    EXPECT_TRUE(post.book.has_received(kTrigger, SubjectId{5}));
    EXPECT_FALSE(post.book.has_received(kTrigger, SubjectId{6}));
    EXPECT_FALSE(post.book.has_received("results/other/1", SubjectId{5}));
}

TEST(MessagesBook, NobodyGetsTwoOfOnePublication) {
    Post post({sakamoto_plan(), liu_plan()});
    EXPECT_EQ(post.send(sakamoto_plan(), {fan(1)}), 1);
    EXPECT_EQ(post.send(liu_plan(), {fan(1), fan(2)}), 1);
    EXPECT_EQ(post.book.resolve(id_of(1))->plan, plan_id(sakamoto_plan()));
    EXPECT_EQ(post.book.resolve(id_of(2))->plan, plan_id(liu_plan()));
}

TEST(MessagesBook, GoesOnWhereACrashStoppedIt) {
    Post post;
    post.send(sakamoto_plan(), {fan(1), fan(2)});
    MessagesBook restarted;
    post.journal.replay(restarted);
    EXPECT_EQ(restarted.pending(), std::vector<std::string>{plan_id(sakamoto_plan())});
    const auto rest = restarted.send(plan_id(sakamoto_plan()), {fan(1), fan(2), fan(3)}, kKey);
    ASSERT_TRUE(rest);
    ASSERT_EQ(rest->size(), 1);
    EXPECT_EQ(rest->front().subject, SubjectId{3});
}

TEST(MessagesBook, FinishEndsAPlan) {
    Post post;
    post.commit(post.book.finish(plan_id(sakamoto_plan())));
    EXPECT_TRUE(post.book.pending().empty());
    EXPECT_TRUE(post.book.finish(plan_id(sakamoto_plan()))->empty());
    EXPECT_EQ(reason_of(post.book.send(plan_id(sakamoto_plan()), {fan(1)}, kKey)),
              "messages.finished");
    EXPECT_EQ(reason_of(post.book.finish("none")), "messages.plan_unknown");
    EXPECT_EQ(reason_of(post.book.send("none", {}, kKey)), "messages.plan_unknown");
}

TEST(MessagesBook, PlansOnceAndRefusesBadPlans) {
    Post post;
    EXPECT_TRUE(post.book.plan(sakamoto_plan())->empty());
    const auto with_change = [&](auto change) {
        Plan plan = sakamoto_plan();
        change(plan);
        return reason_of(post.book.plan(plan));
    };
    EXPECT_EQ(with_change([](Plan& p) { p.texts["en"] = "other"; }), "messages.conflict");
    EXPECT_EQ(with_change([](Plan& p) { p.trigger.clear(); }), "messages.plan_invalid");
    EXPECT_EQ(with_change([](Plan& p) { p.cohort = "a b"; }), "messages.plan_invalid");
    EXPECT_EQ(with_change([](Plan& p) { p.texts.erase("en"); }), "messages.plan_invalid");
    EXPECT_EQ(with_change([](Plan& p) { p.texts["ja"].clear(); }), "messages.plan_invalid");
    EXPECT_EQ(with_change([](Plan& p) { p.facts[1].text = "x"; }), "messages.fact_invalid");
    for (const std::string& title : {std::string(), std::string("a\nb"), std::string(201, 'a')}) {
        EXPECT_EQ(with_change([&](Plan& p) { p.titles["en"] = {title, {}}; }),
                  "messages.plan_invalid");
    }
    EXPECT_EQ(with_change([](Plan& p) { p.titles["xx"] = {"A title", {}}; }),
              "messages.plan_invalid");
}

TEST(MessagesBook, RefusesBadRecipients) {
    Post post;
    const auto send = [&](const std::vector<Recipient>& recipients) {
        return reason_of(post.book.send(plan_id(sakamoto_plan()), recipients, kKey));
    };
    EXPECT_EQ(send({fan(0)}), "messages.recipient_invalid");
    Recipient without_rule = fan(1);
    without_rule.rule.clear();
    EXPECT_EQ(send({without_rule}), "messages.recipient_invalid");
    EXPECT_EQ(send(std::vector<Recipient>(kMaxRecipients + 1, fan(1))),
              "messages.too_many_recipients");
}

TEST(MessagesBook, RemembersTheFirstOpening) {
    Post post;
    post.send(sakamoto_plan(), {fan(1)});
    post.commit(post.book.opened(id_of(1)));
    EXPECT_TRUE(post.book.opened(id_of(1))->empty());
    EXPECT_EQ(post.book.opened(), 1);
    EXPECT_EQ(reason_of(post.book.opened(id_of(2))), "messages.unknown");
    EXPECT_EQ(reason_of(post.book.opened("not an id")), "messages.unknown");
}

TEST(MessagesBook, ResolvesAndExplains) {
    Post post;
    post.send(sakamoto_plan(), {fan(7, "fr")});
    const auto resolved = post.book.resolve(id_of(7));
    ASSERT_TRUE(resolved);
    EXPECT_EQ(resolved->subject, SubjectId{7});
    EXPECT_EQ(resolved->trigger, kTrigger);
    EXPECT_EQ(resolved->campaign, "gold-minute");
    EXPECT_FALSE(post.book.resolve(id_of(8)));

    const auto why = post.book.explain(id_of(7));
    ASSERT_TRUE(why);
    EXPECT_EQ((*why)["text"].as_string(), sakamoto_plan().texts.at("fr"));
    EXPECT_EQ((*why)["cohort"].as_string(), "performance-motivation");
    EXPECT_EQ((*why)["followed"].as_string(), kSakamoto);
    EXPECT_EQ((*why)["rule"].as_string(), "owner");
    EXPECT_EQ((*why)["facts"].items()[1].to_string(),
              R"({"name":"score","kind":"decimal","text":"147.67","unit":"points","source":")" +
                  kTrigger + R"(","version":2,"status":"official"})");
    EXPECT_EQ(post.book.explain(id_of(8)).error().reason, "messages.unknown");
}

// Each place of the text, the record that says it, and the record's hash; also after a restart.
TEST(MessagesBook, KeepsTheProofOfWhatItSent) {
    const auto composer = Composer::load(*standard_catalogue());
    Plan plan = sakamoto_plan();
    const std::string hash(64, 'a');
    for (Fact& fact : plan.facts)
        if (fact.name == "score") fact.hash = hash;
    const auto proved = composer->compose_proved({"skate_medal", "performance-motivation"},
                                                 plan.facts, skater_names());
    ASSERT_TRUE(proved);
    for (const auto& [language, text] : *proved)
        plan.readings[language] = text.readings;
    Post post({plan});
    post.send(plan, {fan(7, "fr")});
    MessagesBook restarted;
    post.journal.replay(restarted);
    for (const MessagesBook* book : {&post.book, &restarted}) {
        const auto why = book->explain(id_of(7));
        ASSERT_TRUE(why);
        const std::string text((*why)["text"].as_string());
        const auto& proof = (*why)["proof"].items();
        ASSERT_EQ(proof.size(), 5U);
        EXPECT_EQ(proof[1]["slot"].as_string(), "score");
        EXPECT_EQ(text.substr(static_cast<std::size_t>(proof[1]["begin"].as_int()),
                              static_cast<std::size_t>(proof[1]["end"].as_int() -
                                                       proof[1]["begin"].as_int())),
                  "147,67");
        EXPECT_EQ(proof[1]["record"].as_string(), kTrigger);
        EXPECT_EQ(proof[1]["version"].as_int(), 2);
        EXPECT_EQ(proof[1]["hash"].as_string(), hash);
        EXPECT_TRUE(proof[2]["hash"].is_null());
    }
    plan.facts[1].hash = "no hash";
    EXPECT_EQ(reason_of(post.book.plan(plan)), "messages.fact_invalid");
}

// A title states facts, too.
TEST(MessagesBook, KeepsTheTitleAndItsProof) {
    const auto composer = Composer::load(*standard_catalogue());
    Plan plan = sakamoto_plan();
    plan.titles = *composer->compose_titles({"skate_medal"}, plan.facts, skater_names());
    plan.titles.erase("de");
    Post post({plan});
    post.send(plan, {fan(7, "fr"), fan(8, "de")});
    MessagesBook restarted;
    post.journal.replay(restarted);
    for (const MessagesBook* book : {&post.book, &restarted}) {
        const auto why = book->explain(id_of(7));
        ASSERT_TRUE(why);
        EXPECT_EQ((*why)["title"].as_string(), "Kaori Sakamoto\u00a0: médaille d’argent");
        const auto& proof = (*why)["title_proof"].items();
        ASSERT_EQ(proof.size(), 2U);
        EXPECT_EQ(proof[0]["slot"].as_string(), "athlete");
        EXPECT_EQ(proof[1]["slot"].as_string(), "medal");
        EXPECT_EQ(proof[1]["record"].as_string(), kTrigger);
        EXPECT_EQ((*book->explain(id_of(8)))["title"].as_string(), "");
        EXPECT_EQ(title_of(*book->find_plan(plan_id(plan)), "ja"), "坂本花織選手: 銀メダル");
    }
    // Other words leave the title as it is.
    Plan other = liu_plan();
    other.titles = *composer->compose_titles({"skate_medal"}, other.facts, skater_names());
    post.commit(post.book.plan(other));
    other.texts["en"] = "Bravo!";
    EXPECT_EQ(reason_of(post.book.retell(other)), "accepted");
    other.titles["en"].text = "Gold!";
    EXPECT_EQ(reason_of(post.book.retell(other)), "messages.conflict");
}

TEST(MessagesBook, MayBeToldInOtherWordsUntilSomebodyHasThem) {
    Post post;
    Plan other = sakamoto_plan();
    other.texts["en"] = "Bravo!";
    post.commit(post.book.retell(other));
    EXPECT_TRUE(post.book.retell(other)->empty());
    post.send(other, {fan(7)});
    EXPECT_EQ((*post.book.explain(id_of(7)))["text"].as_string(), "Bravo!");
    MessagesBook restarted;
    post.journal.replay(restarted);
    EXPECT_EQ(saved(restarted), saved(post.book));
    EXPECT_EQ(reason_of(post.book.retell(sakamoto_plan())), "messages.already_told");
    EXPECT_EQ(reason_of(post.book.retell(liu_plan())), "messages.plan_unknown");
    Post another;
    Plan changed = sakamoto_plan();
    changed.facts = liu();
    EXPECT_EQ(reason_of(another.book.retell(changed)), "messages.conflict");
    changed.texts.clear();
    EXPECT_EQ(reason_of(another.book.retell(changed)), "messages.plan_invalid");
}

TEST(MessagesBook, SealsWhatIsAboutAPerson) {
    Post post;
    post.send(sakamoto_plan(), {fan(7)});
    post.commit(post.book.opened(id_of(7)));
    EXPECT_EQ(post.journal.draft(0).subject, kNoSubject);
    EXPECT_EQ(post.journal.draft(1).type, "messages.sent");
    EXPECT_EQ(post.journal.draft(1).subject, SubjectId{7});
    EXPECT_EQ(post.journal.draft(2).type, "messages.opened");
    EXPECT_EQ(post.journal.draft(2).subject, SubjectId{7});
}

TEST(MessagesBook, MessageIdsNeedTheKey) {
    crypto::Digest other = kKey;
    other[31] = 1;
    EXPECT_NE(message_id(kKey, kTrigger, SubjectId{1}), message_id(other, kTrigger, SubjectId{1}));
    EXPECT_NE(message_id(kKey, kTrigger, SubjectId{1}), message_id(kKey, kTrigger, SubjectId{2}));
    EXPECT_EQ(message_id(kKey, kTrigger, SubjectId{1}).size(), 32);
}

TEST(MessagesBook, RefusesADamagedState) {
    Post post;
    post.send(sakamoto_plan(), {fan(1), fan(2, "ja")});
    const std::string state = saved(post.book);
    for (std::size_t size = 0; size < state.size(); ++size) {
        MessagesBook other;
        ByteReader in(std::string_view(state).substr(0, size));
        EXPECT_FALSE(other.load(in)) << size;
    }
}

TEST(StoryChoice, TakesTheBestRank) {
    const std::vector<Placing> followed = {{"5", 0}, {"4", 3}, {"3", 2}, {"2", 2}};
    EXPECT_EQ(best_placing(followed), 3U);
    EXPECT_EQ(best_placing(std::vector<Placing>{{"5", 0}, {"4", 0}}), 1U);
    EXPECT_EQ(best_placing({}), std::nullopt);
}

TEST(StoryChoiceProperty, DoesNotDependOnOrder) {
    rc::check([] {
        std::vector<Placing> followed;
        const int count = *rc::gen::inRange(1, 8);
        for (int i = 0; i < count; ++i) {
            followed.push_back({std::to_string(i), *rc::gen::inRange(0, 4)});
        }
        const std::string best = followed[*best_placing(followed)].competitor;
        std::reverse(followed.begin(), followed.end());
        RC_ASSERT(followed[*best_placing(followed)].competitor == best);
    });
}

// Random sends, opens and forgets of five persons; `independent` gets records of sends.
void play(Post& post, std::vector<std::size_t>& independent) {
    const Plan plans[] = {sakamoto_plan(), liu_plan()};
    const int steps = *rc::gen::inRange(0, 30);
    for (int i = 0; i < steps; ++i) {
        const auto number = static_cast<std::uint32_t>(*rc::gen::inRange(1, 6));
        const int what = *rc::gen::inRange(0, 4);
        if (what < 2) {
            const auto language = *rc::gen::element<std::string>("en", "ja", "fr");
            const std::size_t before = post.journal.size();
            const std::size_t sent = post.send(plans[what], {fan(number, language)});
            if (sent > 0) independent.push_back(before);
        } else if (what == 2 && post.book.resolve(id_of(number))) {
            post.commit(post.book.opened(id_of(number)));
        }
    }
}

TEST(MessagesBookProperty, ReplayOrderDuplicationAndLoadGiveTheSameState) {
    rc::check([] {
        Post post({sakamoto_plan(), liu_plan()});
        std::vector<std::size_t> sends;
        play(post, sends);
        const std::string live = saved(post.book);

        MessagesBook replayed;
        post.journal.replay(replayed);
        RC_ASSERT(saved(replayed) == live);
        post.journal.replay(replayed);
        RC_ASSERT(saved(replayed) == live);
        RC_ASSERT(replayed.sent_by_language() == post.book.sent_by_language());
        RC_ASSERT(replayed.opened() == post.book.opened());

        MessagesBook reordered;
        reordered.apply(post.journal.record(1));
        reordered.apply(post.journal.record(0));
        for (auto i = sends.rbegin(); i != sends.rend(); ++i) {
            reordered.apply(post.journal.record(*i));
        }
        for (std::size_t i = post.journal.size(); i-- > 0;) {
            reordered.apply(post.journal.record(i));
        }
        RC_ASSERT(saved(reordered) == live);

        MessagesBook loaded;
        ByteReader in(live);
        RC_ASSERT(loaded.load(in).has_value());
        RC_ASSERT(saved(loaded) == live);
        RC_ASSERT(loaded.sent_by_language() == post.book.sent_by_language());
        RC_ASSERT(loaded.opened() == post.book.opened());
    });
}

TEST(MessagesBookProperty, ErasureLeavesNoTrace) {
    rc::check([] {
        Post post({sakamoto_plan(), liu_plan()});
        std::vector<std::size_t> sends;
        play(post, sends);
        const SubjectId gone{static_cast<std::uint32_t>(*rc::gen::inRange(1, 6))};
        post.commit(post.book.forget(gone));
        RC_ASSERT(!post.book.has_received(kTrigger, gone));
        RC_ASSERT(!post.book.resolve(id_of(to_number(gone))));
        RC_ASSERT(post.book.forget(gone)->empty());

        post.journal.erase(gone);
        MessagesBook replayed;
        post.journal.replay(replayed);
        RC_ASSERT(saved(replayed) == saved(post.book));
        RC_ASSERT(replayed.sent_by_language() == post.book.sent_by_language());
        RC_ASSERT(replayed.opened() == post.book.opened());
    });
}

TEST(MessagesBook, KnowsWhatWasSaidOfAFact) {
    Post post({sakamoto_plan(), liu_plan()});
    post.send(sakamoto_plan(), {fan(1), fan(2)});
    post.send(liu_plan(), {fan(3)});
    const std::string told = plan_id(sakamoto_plan());
    EXPECT_EQ(post.book.plans_stating(kTrigger),
              (std::vector<std::string>{plan_id(liu_plan()), told}));
    EXPECT_TRUE(post.book.plans_stating(std::string("results/") + kFreeSkate + "/1").empty());
    auto ids = std::vector<std::string>{id_of(1), id_of(2)};
    std::ranges::sort(ids);
    EXPECT_EQ(post.book.messages_of(told, 10), ids);
    EXPECT_EQ(post.book.messages_of(told, 1), std::vector<std::string>{ids.front()});
    EXPECT_TRUE(post.book.messages_of("another", 10).empty());

    post.commit(post.book.forget(SubjectId{1}));
    EXPECT_EQ(post.book.messages_of(told, 10), std::vector<std::string>{id_of(2)});
    const std::string state = saved(post.book);
    MessagesBook loaded;
    ByteReader in(state);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.messages_of(told, 10), std::vector<std::string>{id_of(2)});
    EXPECT_EQ(loaded.plans_stating(kTrigger).size(), 2U);
}

// ---- reasons, held people and corrections ------------------------------------------------------

Considered because(Reason reason, std::vector<std::uint32_t> numbers, Time due = kNever) {
    Considered considered;
    for (const std::uint32_t number : numbers)
        considered.reasons[reason].push_back(SubjectId{number});
    considered.due = due;
    return considered;
}

TEST(MessagesBook, KeepsAReasonPerPersonAndTheLastOneCounts) {
    Post post;
    const std::string id = plan_id(sakamoto_plan());
    post.commit(post.book.consider(id, because(Reason::kQuietHours, {1, 2, 70'000}, Time{50})));
    post.commit(post.book.consider(id, because(Reason::kNoConsent, {3}, Time{50})));
    EXPECT_TRUE(post.book.due(Time{100}).empty());  // not finished yet
    post.commit(post.book.finish(id));
    EXPECT_TRUE(post.book.due(Time{49}).empty());
    EXPECT_EQ(post.book.due(Time{50}), std::vector{id});
    EXPECT_EQ(post.book.next_due(), Time{50});
    EXPECT_EQ(post.book.held(id), (std::vector{SubjectId{1}, SubjectId{2}, SubjectId{70'000}}));
    EXPECT_EQ(post.send(sakamoto_plan(), {fan(1)}), 1);
    post.commit(post.book.consider(id, because(Reason::kTooLate, {2})));
    EXPECT_EQ(post.book.reasons(id),
              (std::map<Reason, std::uint64_t>{
                  {Reason::kNoConsent, 1}, {Reason::kQuietHours, 1}, {Reason::kTooLate, 1}}));
    const auto letter = [&](std::uint32_t number) {
        return std::string(
            post.book.letter(kTrigger, std::vector{SubjectId{number}})["reason"].as_string());
    };
    EXPECT_EQ(letter(1), "send");
    EXPECT_EQ(letter(2), "too_late");
    EXPECT_EQ(letter(3), "no_consent");
    EXPECT_EQ(letter(4), "not_relevant");
    EXPECT_EQ(letter(70'000), "quiet_hours");

    MessagesBook replayed;
    post.journal.replay(replayed);
    EXPECT_EQ(saved(replayed), saved(post.book));
    MessagesBook loaded;
    const std::string bytes = saved(post.book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    EXPECT_EQ(loaded.next_due(), post.book.next_due());

    post.commit(post.book.supersede(id));
    EXPECT_EQ(post.book.next_due(), kNever);
    EXPECT_EQ(reason_of(post.book.send(id, {fan(70'000)}, kKey)), "messages.finished");
    EXPECT_TRUE(post.book.supersede(id)->empty());
}

TEST(MessagesBook, ReasonsGoWithThePerson) {
    Post post;
    const std::string id = plan_id(sakamoto_plan());
    post.commit(post.book.consider(id, because(Reason::kShielded, {1}, Time{50})));
    post.commit(post.book.forget(SubjectId{1}));
    EXPECT_TRUE(post.book.reasons(id).empty());
    EXPECT_EQ(post.book.next_due(), kNever);
    EXPECT_TRUE(post.book.forget(SubjectId{1})->empty());
}

TEST(MessagesBook, WhoWasToldOtherwiseIsMisinformedOnce) {
    Post post;
    post.send(sakamoto_plan(), {fan(1), fan(2), fan(3)});
    post.commit(post.book.opened(id_of(2)));
    Plan same = sakamoto_plan();
    same.version = 3;
    EXPECT_TRUE(post.book.misinformed(same).empty());

    Plan changed = same;
    changed.kind = Kind::kCorrection;
    for (Fact& fact : changed.facts) {
        if (fact.name == "score") fact.text = "148.67";
    }
    const auto people = post.book.misinformed(changed);
    ASSERT_EQ(people.size(), 3U);
    EXPECT_FALSE(people[0].has_seen);
    EXPECT_TRUE(people[1].has_seen);
    post.commit(post.book.plan(changed));
    EXPECT_EQ(post.send(changed, {fan(1), fan(2)}), 2);
    EXPECT_EQ(post.send(changed, {fan(1)}), 0);
    const auto left = post.book.misinformed(changed);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].subject, SubjectId{3});
    // The new one has an id of its own and the topic of the old one, which it replaces.
    const std::string correction = message_id(kKey, changed, SubjectId{1});
    EXPECT_NE(correction, id_of(1));
    EXPECT_EQ(post.book.resolve(correction)->topic, id_of(1));
    EXPECT_EQ(post.book.resolve(id_of(1))->topic, id_of(1));

    MessagesBook loaded;
    const std::string bytes = saved(post.book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    post.commit(post.book.forget(SubjectId{1}));
    EXPECT_FALSE(post.book.resolve(correction));
}

TEST(MessagesBook, TellsHowTheNewestPlansGoAndWhatAPersonGot) {
    Post post({sakamoto_plan(), liu_plan()});
    EXPECT_EQ(post.send(liu_plan(), {fan(1), fan(2, "ja")}), 2);
    Considered considered;
    considered.reasons[Reason::kNoConsent] = {SubjectId{3}};
    post.commit(post.book.consider(plan_id(liu_plan()), considered));
    post.commit(post.book.finish(plan_id(liu_plan())));
    const auto plans = post.book.newest_plans("owg2026", 10, "ja");
    ASSERT_EQ(plans.items().size(), 2U);
    const auto told = std::ranges::find_if(plans.items(), [](const codec::Json& plan) {
        return plan["competitor"].as_string() == kLiu;
    });
    ASSERT_NE(told, plans.items().end());
    EXPECT_EQ((*told)["state"].as_string(), "told");
    EXPECT_EQ((*told)["sent"].as_int(), 2);
    EXPECT_EQ((*told)["unsent"]["no_consent"].as_int(), 1);
    EXPECT_EQ((*told)["text"].as_string(), liu_plan().texts.at("ja"));
    EXPECT_EQ(post.book.newest_plans("owg2026", 1, "xx").items().size(), 1U);
    EXPECT_TRUE(post.book.newest_plans("og2028", 10, "en").items().empty());

    const std::vector<SubjectId> both = {SubjectId{1}, SubjectId{9}};
    const auto got = post.book.received(both, 10);
    ASSERT_EQ(got.items().size(), 1U);
    EXPECT_EQ(got.items().front()["text"].as_string(), liu_plan().texts.at("en"));
    EXPECT_TRUE(post.book.received(both, 0).items().empty());
}

TEST(MessagesBook, TheFirstOutcomeOfAChannelCounts) {
    Post post;
    post.send(sakamoto_plan(), {fan(1), fan(2)});
    EXPECT_EQ(post.book.unsettled(10).size(), 2U);
    post.commit(post.book.handed(id_of(1)));
    EXPECT_TRUE(post.book.handed(id_of(1))->empty());
    EXPECT_EQ(post.book.resolve(id_of(1))->handling, Handling::kHanded);
    post.commit(post.book.settled(id_of(1), Handling::kFailed));
    EXPECT_TRUE(post.book.settled(id_of(1), Handling::kDelivered)->empty());
    EXPECT_EQ(post.book.unsettled(10), std::vector{id_of(2)});
    EXPECT_EQ(reason_of(post.book.handed("00")), "messages.unknown");
    MessagesBook replayed;
    post.journal.replay(replayed);
    EXPECT_EQ(saved(replayed), saved(post.book));
}

}  // namespace
}  // namespace altis::messages
