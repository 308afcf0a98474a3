// Rejected events as a person's rights reach them: whom they name, export, erasure, and limits.
#include <algorithm>
#include <gtest/gtest.h>

#include "fans/letter_names.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr std::string_view kFan1 = R"("userId":"fan-1")";
constexpr std::string_view kFan2 = R"("userId":"fan-2")";

bool names(std::string_view text, const crypto::Fingerprint& name) {
    return std::ranges::count(names_in(text, test_keys()), name) == 1;
}
bool names_user(std::string_view text, std::string_view user) {
    return names(text, user_fingerprint(test_keys(), user));
}
bool names_device(std::string_view text, std::string_view device) {
    return names(text, anonymous_fingerprint(test_keys(), device));
}
bool names_email(std::string_view text, std::string_view email) {
    return names(text, email_name(email_tag(test_keys().email, email)));
}

// An event that is refused for its dwell time.
std::string bad(std::string_view id, std::string_view who) {
    return viewed(id, who, "news", -1);
}

std::set<SubjectId> as_set(const std::vector<SubjectId>& subjects) {
    return {subjects.begin(), subjects.end()};
}

std::string reloaded(const FansBook& book) {
    const std::string bytes = bytes_of(book);
    ByteReader in(bytes);
    FansBook loaded;
    EXPECT_TRUE(loaded.load(in));
    return bytes_of(loaded);
}

TEST(LetterNames, AreFoundInTheWordsOfEveryDialect) {
    const std::string_view segment = R"({"userId":"u-1","anonymousId" : "d-1","previousId":17,)"
                                     R"("traits":{"email":" A@Example.org"}})";
    EXPECT_TRUE(names_user(segment, "u-1"));
    EXPECT_TRUE(names_device(segment, "d-1"));
    EXPECT_TRUE(names_user(segment, "17"));
    EXPECT_TRUE(names_email(segment, "a@example.org"));
    EXPECT_EQ(names_in(segment, test_keys()).size(), 7U);
    const std::string_view posthog =
        R"({"distinct_id":"u-2","properties":{"$device_id":"d-2","alias":"u-3"}})";
    EXPECT_TRUE(names_user(posthog, "u-2"));
    EXPECT_TRUE(names_device(posthog, "d-2"));
    EXPECT_TRUE(names_user(posthog, "u-3"));
    // cx is {"data":[{"schema":"client_session","data":{"userId":"d-4"}}]}
    const std::string_view snowplow =
        R"({"uid":"u-4","cx":"eyJkYXRhIjpbeyJzY2hlbWEiOiJjbGllbnRfc2Vzc2lvbiIs)"
        R"(ImRhdGEiOnsidXNlcklkIjoiZC00In19XX0",)"
        R"("ue_pr":"{\"data\":{\"email\":\"b@example.org\"}}"})";
    EXPECT_TRUE(names_user(snowplow, "u-4"));
    EXPECT_TRUE(names_device(snowplow, "d-4"));
    EXPECT_TRUE(names_email(snowplow, "b@example.org"));
}

TEST(LetterNames, AreFoundAroundWhatIsBroken) {
    EXPECT_TRUE(names_user(R"({"a":"\q","userId":"u-1)"
                           "\xff"
                           R"(","b":}, "anonymousId":"d-1")",
                           "u-1\xff"));
    EXPECT_TRUE(names_device(R"({"a":"\q", "anonymousId":"d-1\q")", "d-1\\q"));
    for (const std::string_view end : {"\"", "\"\\", "\"userId\":\"u", "\"userId\":\"u\\\""})
        EXPECT_TRUE(names_in(end, test_keys()).empty()) << end;
    EXPECT_TRUE(names_user(R"({"userId":"one","userId":"tw\u006f"})", "one"));
    EXPECT_TRUE(names_user(R"({"userId":"one","userId":"tw\u006f"})", "two"));
    EXPECT_TRUE(names_user(R"(["userId",{"user\u0049d":"u-1"}])", "u-1"));
    EXPECT_TRUE(names_in(R"("userId")", test_keys()).empty());
    EXPECT_TRUE(names_in("", test_keys()).empty());
}

TEST(LetterNames, AreNothingThatStandsElsewhere) {
    EXPECT_TRUE(
        names_in(R"({"kind":"u-1","userId":null,"dwell_ms":17,"userId":{"x":"y"}})", test_keys())
            .empty());
    EXPECT_TRUE(names_in(R"({"userId":")" + std::string(kMaxIdentifierBytes + 1, 'u') + R"("})",
                         test_keys())
                    .empty());
}

TEST(LetterNames, AreNoMoreThanTheLimit) {
    std::string text = "{";
    for (std::size_t i = 0; i < kMaxLetterNames; ++i)
        text += R"("userId":"u-)" + std::to_string(i) + "\",";
    EXPECT_EQ(names_in(text, test_keys()).size(), kMaxLetterNames);
}

TEST(Letters, AreForgottenWithTheFanAlsoWhenTheyCameFirst) {
    LiveBook live;
    live.send_events(bad("b-1", kFan1) + "," + bad("b-2", kFan2));
    ASSERT_EQ(live.book.counts().rejected, 2U);
    live.send_events(viewed("m-1", kFan1, "news", 1) + "," + viewed("m-2", kFan2, "news", 1));
    live.send_events(bad("b-3", kFan1));
    const auto of_fan_1 = live.book.letters_naming({live.fan("fan-1")});
    ASSERT_EQ(of_fan_1.size(), 2U);
    EXPECT_EQ(reloaded(live.book), bytes_of(live.book));
    const std::set<SubjectId> gone = as_set(live.forget("fan-1"));
    EXPECT_EQ(gone.size(), 3U);
    EXPECT_TRUE(gone.contains(of_fan_1[0]) && gone.contains(of_fan_1[1]));
    EXPECT_EQ(live.book.counts().rejected, 1U);
    EXPECT_EQ(live.book.counts().forgotten_subjects, 1U);
    EXPECT_EQ(live.book.forgotten_letters().members(), of_fan_1);
    EXPECT_EQ(bytes_of(live.book), replay(live.records, gone));
    EXPECT_EQ(reloaded(live.book), bytes_of(live.book));
    EXPECT_EQ(live.repair(1, viewed("b-1", kFan1, "news", 1)).error().reason,
              "fans.no_dead_letter");
}

TEST(Letters, OfSeveralFansGoWithTheFirst) {
    LiveBook live;
    live.send_events(viewed("m-1", kFan1, "news", 1) + "," + viewed("m-2", kFan2, "news", 1));
    live.send_events(R"({"type":"alias","messageId":"a","userId":"fan-1","previousId":"fan-2",)"
                     R"("timestamp":"yesterday"})");
    EXPECT_EQ(live.book.letters_naming({live.fan("fan-1")}).size(), 1U);
    EXPECT_EQ(live.book.letters_naming({live.fan("fan-2")}).size(), 1U);
    const std::set<SubjectId> gone = as_set(live.forget("fan-2"));
    EXPECT_TRUE(live.book.letters_naming({live.fan("fan-1")}).empty());
    EXPECT_EQ(bytes_of(live.book), replay(live.records, gone));
}

TEST(Letters, AreTheFansByDeviceAndByEmail) {
    LiveBook live;
    live.send_events(R"({"type":"identify","messageId":"i","userId":"fan-1","anonymousId":"d-1",)"
                     R"("traits":{"email":"one@example.org"}})");
    live.send_events(bad("b-1", R"("anonymousId":"d-1")") + "," +
                     R"({"type":"identify","traits":{"email":"ONE@example.org"}})" + "," +
                     R"({"type":"identify","traits":{"email":"two@example.org"}})");
    ASSERT_EQ(live.book.counts().rejected, 3U);
    EXPECT_EQ(live.book.letters_naming({live.fan("fan-1")}).size(), 2U);
}

TEST(Letters, AreTheFansWhoseEventTheyBecame) {
    LiveBook live;
    live.send_events(R"({"type":"track","messageId":"m","event":"Noted"})");
    const journal::Offset letter = live.book.dead_letters().front().offset;
    ASSERT_TRUE(live.repair(letter, track("m", kFan1, "Noted", "{}")));
    EXPECT_EQ(live.records.back().draft.type, "fans.repaired");
    EXPECT_EQ(live.records.back().draft.subject, live.book.dead_letters().front().subject);
    EXPECT_EQ(replay(live.records), bytes_of(live.book));
    const std::set<SubjectId> gone = as_set(live.forget("fan-1"));
    EXPECT_EQ(gone.size(), 2U);
    EXPECT_EQ(bytes_of(live.book), replay(live.records, gone));
}

// As the version before wrote it.
std::string second_version(const Rejection& rejection) {
    ByteWriter out;
    out.put(std::uint8_t{2}, kReceived.us, std::uint8_t{0}, std::int64_t{0});
    for (const std::string_view text :
         {std::string_view("key-1"), std::string_view("event.bad"), std::string_view("Why."),
          std::string_view("m-1"), rejection.raw})
        out.put_text(text);
    return out.take();
}

TEST(Letters, OfTheVersionBeforeStayUnderTheTreasury) {
    LiveBook live;
    const std::string raw = bad("b-1", kFan1);
    live.commit({{"fans.rejected", "owg2026", LiveBook::kTreasury,
                  second_version({0, "m-1", "event.bad", "Why.", raw})}});
    live.send_events(viewed("m-1", kFan1, "news", 1));
    const auto text = read_letter(as_record(live.records.front(), false));
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->raw, raw);
    EXPECT_TRUE(live.book.letters_naming({live.fan("fan-1")}).empty());
    ASSERT_TRUE(live.repair(1, viewed("m-2", kFan1, "news", 1)));
    EXPECT_EQ(live.records.back().draft.subject, kNoSubject);
    EXPECT_EQ(live.forget("fan-1").size(), 1U);
    EXPECT_EQ(live.book.dead_letters().front().subject, LiveBook::kTreasury);
}

TEST(Letters, BeyondTheLimitTheOldestAreForgotten) {
    LiveBook live;
    const Rejection rejection{0, "m", "event.unknown", "Why.", "{}"};
    for (std::size_t i = 0; i < kMaxLetterTies; ++i) {
        auto decision = live.book.decide_rejection(rejection, "owg2026", SubjectId{live.next});
        ASSERT_TRUE(decision.letters.empty());
        live.commit(std::move(decision.drafts));
    }
    const SubjectId first = live.records.front().draft.subject;
    auto last = live.book.decide_rejection(rejection, "owg2026", SubjectId{live.next});
    ASSERT_EQ(last.letters.size(), kLettersForgottenAtOnce);
    EXPECT_EQ(last.letters.front(), first);
    live.commit(std::move(last.drafts));
    EXPECT_EQ(live.book.counts().rejected, kMaxLetterTies + 1 - kLettersForgottenAtOnce);
    EXPECT_EQ(bytes_of(live.book), replay(live.records, as_set(last.letters)));
}

}  // namespace
}  // namespace altis::fans
