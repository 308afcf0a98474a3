#include "fans/typed_in.h"

#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

using matching::PersonField;

std::string identify(std::string_view message, std::string_view who, std::string_view time,
                     std::string_view traits) {
    return R"({"type":"identify","messageId":")" + std::string(message) + R"(",)" +
           std::string(who) + R"(,"timestamp":"2026-02-19T)" + std::string(time) +
           R"(:00Z","traits":)" + std::string(traits) + "}";
}

std::vector<TypedInPerson> people_of(const LiveBook& live,
                                     const std::set<SubjectId>& destroyed = {}) {
    TypedIn typed_in;
    for (const StoredRecord& stored : live.records)
        typed_in.add(as_record(stored, destroyed.contains(stored.draft.subject)));
    return typed_in.people();
}

TEST(TypedIn, ReadsTraitsInAnySpelling) {
    LiveBook live;
    live.send_events(
        identify("m-1", R"("userId":"fan-1")", "10:00",
                 R"({"firstName":"Ada","last_name":"Nagy","phone":"12 34","age":30,)"
                 R"("birthday":"1990-02-03T00:00:00Z","plan":"gold","address":)"
                 R"({"street":"12 Main Street","city":"Milano","postalCode":"201"}})"));
    live.send_events(viewed("m-2", R"("userId":"fan-1")", "replay", 1));
    const auto people = people_of(live);
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(people[0].subject, live.fan("fan-1"));
    EXPECT_TRUE(people[0].is_user);
    EXPECT_EQ(people[0].identifier_text, "fan-1");
    EXPECT_EQ(people[0].identifier, user_fingerprint(test_keys(), "fan-1"));
    const matching::PersonRecord& record = people[0].record;
    EXPECT_EQ(record[PersonField::kGivenName], "Ada");
    EXPECT_EQ(record[PersonField::kSurname], "Nagy");
    EXPECT_EQ(record[PersonField::kBirthDate], "1990-02-03");
    EXPECT_EQ(record[PersonField::kStreetNumber], "12");
    EXPECT_EQ(record[PersonField::kAddressLine1], "Main Street");
    EXPECT_EQ(record[PersonField::kSuburb], "Milano");
    EXPECT_EQ(record[PersonField::kPostcode], "201");
    EXPECT_EQ(record[PersonField::kPhone], "12 34");
}

TEST(TypedIn, TheLatestOfEachFieldCountsInAnyOrder) {
    LiveBook live;
    const std::string_view who = R"("anonymousId":"d-1")";
    live.send_events(identify("m-1", who, "12:00", R"({"lastName":"Nagy","city":"Roma"})"));
    live.send_events(identify("m-2", who, "11:00", R"({"lastName":"Kovacs","zip":"7"})"));
    const auto people = people_of(live);
    ASSERT_EQ(people.size(), 1U);
    EXPECT_FALSE(people[0].is_user);
    EXPECT_EQ(people[0].record[PersonField::kSurname], "Nagy");
    EXPECT_EQ(people[0].record[PersonField::kSuburb], "Roma");
    EXPECT_EQ(people[0].record[PersonField::kPostcode], "7");
}

TEST(TypedIn, LeavesOutWhoSaidTooLittleAndWhoIsErased) {
    LiveBook live;
    live.send_events(identify("m-1", R"("userId":"fan-1")", "10:00",
                              R"({"firstName":"Ada","lastName":"Nagy"})"));
    live.send_events(identify("m-2", R"("userId":"fan-2")", "10:00",
                              R"({"city":"Roma","zip":"7","phone":"1"})"));
    live.send_events(identify("m-3", R"("userId":"fan-3")", "10:00",
                              R"({"firstName":"Ada","zip":"7","phone":"1"})"));
    ASSERT_EQ(people_of(live).size(), 1U);
    EXPECT_TRUE(people_of(live, {live.fan("fan-3")}).empty());
}

// A match must not bring back by a third identifier what somebody took apart.
TEST(TypedIn, AMatchRespectsWhatWasCut) {
    LiveBook live;
    for (const std::string_view user : {"a", "b", "c"})
        live.send_events(viewed(user, R"("userId":")" + std::string(user) + '"', "replay", 1));
    const auto print = [](std::string_view user) { return user_fingerprint(test_keys(), user); };
    const auto link = [&](std::string_view one, std::string_view other) {
        live.commit(*live.book.decide_link(
            {print(one), print(other), LinkKind::kMatched, 990'000, kReceived, "alike"}));
    };
    EXPECT_EQ(live.book.judge_match(print("a"), print("b")), MatchFate::kNew);
    EXPECT_EQ(live.book.judge_match(print("a"), print("x")), MatchFate::kGone);
    link("a", "b");
    EXPECT_EQ(live.book.judge_match(print("b"), print("a")), MatchFate::kOneFan);
    live.commit(*live.book.decide_unlink(print("a"), print("b"), "brothers"));
    EXPECT_EQ(live.book.judge_match(print("b"), print("a")), MatchFate::kTakenBack);
    link("b", "c");
    EXPECT_EQ(live.book.judge_match(print("a"), print("c")), MatchFate::kTakenBack);
}

}  // namespace
}  // namespace altis::fans
