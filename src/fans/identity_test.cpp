// One fan out of many identifiers: any order, and any link taken back.
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

std::string who(int user, int device) {
    std::string text;
    if (user > 0) text = R"("userId":"fan-)" + std::to_string(user) + "\"";
    if (user > 0 && device > 0) text += ",";
    if (device > 0) text += R"("anonymousId":"d-)" + std::to_string(device) + "\"";
    return text;
}

std::string minute(int number) {
    return "2026-02-19T20:" + std::to_string(10 + number) + ":00Z";
}

std::string seen(const std::string& id, const std::string& identity, int at, int dwell_ms) {
    return track(id, identity, "Content Viewed",
                 R"({"kind":"news","dwell_ms":)" + std::to_string(dwell_ms) + "}", minute(at));
}

std::int64_t dwell(const LiveBook& live, const std::string& user) {
    return live.book.value(live.fan(user), {Measure::kDwell, "news"});
}

void unlink(LiveBook& live, const std::string& user, const std::string& device) {
    auto decision =
        live.book.decide_unlink(user_fingerprint(test_keys(), user),
                                anonymous_fingerprint(test_keys(), device), "another person");
    ASSERT_TRUE(decision) << decision.error().message;
    live.commit(std::move(*decision));
}

TEST(Identity, AnEarlierEventThatComesLateTakesTheDevice) {
    LiveBook live;
    live.send_events(seen("m-1", who(0, 1), 1, 5));
    live.send_events(seen("m-2", who(1, 1), 9, 7));
    EXPECT_EQ(dwell(live, "fan-1"), 12);
    live.send_events(seen("m-3", who(2, 1), 4, 100));
    EXPECT_EQ(dwell(live, "fan-1"), 7);
    EXPECT_EQ(dwell(live, "fan-2"), 105);
    EXPECT_EQ(live.device("d-1"), live.fan("fan-2"));
    EXPECT_EQ(live.book.counts().fans, 2U);
}

TEST(Identity, ASharedDeviceDoesNotMakeOneFanOfAFamily) {
    LiveBook live;
    for (int person = 1; person <= 5; ++person) {
        live.send_events(seen("m-" + std::to_string(person), who(person, 1), person, person));
    }
    EXPECT_EQ(live.book.counts().fans, 5U);
    EXPECT_EQ(live.device("d-1"), live.fan("fan-1"));
}

TEST(Identity, TakingALinkBackGivesWhatWouldHaveBeen) {
    LiveBook live;
    live.define("reader", "dwell(news) >= 10");
    live.send_events(seen("m-1", who(0, 1), 1, 8) + "," + seen("m-2", who(1, 1), 2, 4));
    ASSERT_TRUE(live.book.in_segment(live.fan("fan-1"), "reader"));
    unlink(live, "fan-1", "d-1");
    EXPECT_EQ(dwell(live, "fan-1"), 4);
    EXPECT_EQ(live.book.value(live.device("d-1"), {Measure::kDwell, "news"}), 8);
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-1"), "reader"));
    EXPECT_EQ(live.book.counts().fans, 2U);
    // The same evidence does not bring it back.
    live.send_events(seen("m-3", who(1, 1), 0, 3));
    EXPECT_EQ(dwell(live, "fan-1"), 7);
    EXPECT_EQ(live.book.counts().fans, 2U);
    // Another person's does.
    live.send_events(seen("m-4", who(2, 1), 9, 1));
    EXPECT_EQ(dwell(live, "fan-2"), 9);
}

TEST(Identity, UnlinkNamesWhatIsWrong) {
    LiveBook live;
    live.send_events(seen("m-1", who(1, 1), 1, 8) + "," + seen("m-2", who(2, 0), 2, 4));
    const auto reason = [&](const std::string& user, const std::string& device,
                            std::string_view why) {
        const auto decision = live.book.decide_unlink(
            user_fingerprint(test_keys(), user), anonymous_fingerprint(test_keys(), device), why);
        return decision ? std::string("ok") : std::string(decision.error().reason);
    };
    EXPECT_EQ(reason("fan-9", "d-1", "why"), "fans.unknown_fan");
    EXPECT_EQ(reason("fan-2", "d-1", "why"), "fans.not_linked");
    EXPECT_EQ(reason("fan-1", "d-1", ""), "fans.reason_missing");
    EXPECT_EQ(reason("fan-1", "d-1", "why"), "ok");
}

TEST(Identity, WhatSomebodyStatesHoldsUntilItIsTakenBack) {
    LiveBook live;
    live.send_events(seen("m-1", who(1, 0), 1, 8) + "," + seen("m-2", who(2, 0), 2, 4));
    const auto state = [&](std::uint32_t confidence_ppm) {
        return live.book.decide_link({user_fingerprint(test_keys(), "fan-1"),
                                      user_fingerprint(test_keys(), "fan-2"), LinkKind::kMatched,
                                      confidence_ppm, kReceived, "surname and birth date agree"});
    };
    EXPECT_EQ(state(0).error().reason, "fans.bad_confidence");
    live.commit(state(998'000).value());
    EXPECT_EQ(dwell(live, "fan-1"), 12);
    EXPECT_TRUE(state(998'000)->empty());
    const codec::Json links = live.book.links(live.fan("fan-2"))["links"];
    EXPECT_EQ(links.items()[0]["kind"].as_string(), "matched");
    EXPECT_EQ(links.items()[0]["confidence_ppm"].as_int(), 998'000);
    auto decision = live.book.decide_unlink(user_fingerprint(test_keys(), "fan-2"),
                                            user_fingerprint(test_keys(), "fan-1"), "twins");
    live.commit(std::move(decision).value());
    EXPECT_EQ(dwell(live, "fan-1"), 8);
    EXPECT_EQ(dwell(live, "fan-2"), 4);
    EXPECT_EQ(replay(live.records), bytes_of(live.book));
}

TEST(Identity, LinksTellWhyAndWhichHold) {
    LiveBook live;
    live.send_events(seen("m-1", who(1, 1), 1, 8) + "," + seen("m-2", who(2, 1), 2, 4));
    const codec::Json links = live.book.links(live.fan("fan-1"))["links"];
    ASSERT_EQ(links.items().size(), 2U);
    EXPECT_TRUE(links.items()[0]["holds"].as_bool());
    EXPECT_FALSE(links.items()[1]["holds"].as_bool(true));
    EXPECT_EQ(links.items()[0]["kind"].as_string(), "device");
}

// ---- properties ---------------------------------------------------------------------------------

std::vector<std::string> random_events() {
    std::vector<std::string> events;
    const int count = *rc::gen::inRange(1, 40);
    for (int i = 0; i < count; ++i) {
        const std::string id = "m-" + std::to_string(i);
        const int user = *rc::gen::inRange(0, 5);
        const int device = *rc::gen::inRange(user == 0 ? 1 : 0, 5);
        const int at = *rc::gen::inRange(0, 6);
        if (user > 0 && *rc::gen::inRange(0, 8) == 0) {
            events.push_back(R"({"type":"alias","messageId":")" + id + "\"," + who(user, 0) +
                             R"(,"timestamp":")" + minute(at) + R"(","previousId":")" +
                             *rc::gen::element<std::string>("d-1", "d-2", "fan-1", "fan-3") +
                             "\"}");
        } else {
            events.push_back(seen(id, who(user, device), at, i + 1));
        }
    }
    return events;
}

// What can be asked about each identifier, without the numbers of fans.
std::map<std::string, std::string> answers(const LiveBook& live) {
    std::map<std::string, std::string> result;
    const auto note = [&](const std::string& name, FanId fan) {
        if (fan == kNoSubject) return;
        result[name] = std::string(live.book.user_id(fan)) + " " +
                       std::to_string(live.book.value(fan, {Measure::kDwell, "news"})) +
                       (live.book.in_segment(fan, "reader") ? " in" : " out");
    };
    for (int i = 1; i < 6; ++i) {
        note("fan-" + std::to_string(i), live.fan("fan-" + std::to_string(i)));
        note("d-" + std::to_string(i), live.device("d-" + std::to_string(i)));
    }
    return result;
}

RC_GTEST_PROP(IdentityProperty, AnyOrderOfEventsAndCopiesGivesTheSameFans, ()) {
    std::vector<std::string> events = random_events();
    LiveBook one;
    LiveBook other;
    one.define("reader", "dwell(news) >= 20");
    other.define("reader", "dwell(news) >= 20");
    for (const std::string& event : events)
        one.send_events(event);
    for (std::size_t i = events.size(); i > 1; --i)
        std::swap(events[i - 1], events[*rc::gen::inRange<std::size_t>(0, i)]);
    for (const std::string& event : events) {
        other.send_events(event);
        if (*rc::gen::inRange(0, 3) == 0) {
            other.send_events(events[*rc::gen::inRange<std::size_t>(0, events.size())]);
        }
    }
    RC_ASSERT(answers(one) == answers(other));
    RC_ASSERT(one.book.content_hash() == other.book.content_hash());
}

// Taking links back equals a history in which nobody ever stated them.
RC_GTEST_PROP(IdentityProperty, UnlinkEqualsReplayWithoutTheLink, ()) {
    const std::vector<std::string> events = random_events();
    const std::string user = "fan-" + std::to_string(*rc::gen::inRange(1, 5));
    const std::string device = "d-" + std::to_string(*rc::gen::inRange(1, 5));
    LiveBook live;
    live.define("reader", "dwell(news) >= 20");
    for (const std::string& event : events)
        live.send_events(event);
    auto decision = live.book.decide_unlink(user_fingerprint(test_keys(), user),
                                            anonymous_fingerprint(test_keys(), device), "wrong");
    if (!decision) return;
    live.commit(std::move(*decision));

    const auto from = codec::parse_json(live.records.back().draft.payload).value();
    LiveBook without;
    for (const StoredRecord& stored : live.records) {
        const auto payload = stored.draft.type == "fans.linked"
                                 ? codec::parse_json(stored.draft.payload).value()
                                 : codec::Json();
        const std::pair ends(payload["from"].as_int(), payload["to"].as_int());
        const bool is_the_link = ends == std::pair(from["from"].as_int(), from["to"].as_int()) ||
                                 ends == std::pair(from["to"].as_int(), from["from"].as_int());
        if (!is_the_link && stored.draft.type != "fans.unlinked") {
            without.book.apply(as_record(stored, false));
        }
    }
    auto expected = answers(without);
    auto found = answers(live);
    // The record of a link is also what first names its device.
    if (!expected.contains(device)) found.erase(device);
    RC_ASSERT(found == expected);
}

RC_GTEST_PROP(IdentityProperty, SnapshotsKeepEveryLink, ()) {
    LiveBook live;
    for (const std::string& event : random_events())
        live.send_events(event);
    const std::string bytes = bytes_of(live.book);
    FansBook copy;
    ByteReader in(bytes);
    RC_ASSERT(copy.load(in).has_value());
    RC_ASSERT(bytes_of(copy) == bytes);
    RC_ASSERT(copy.content_hash() == live.book.content_hash());
}

}  // namespace
}  // namespace altis::fans
