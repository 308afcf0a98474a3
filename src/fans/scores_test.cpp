#include "fans/scores.h"

#include <cmath>
#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

using codec::Json;

constexpr std::string_view kFan = R"("userId":"fan-1")";
constexpr std::string_view kBuyer =
    R"({"form":"logistic","intercept":-2000000,"terms":[
        {"measure":"bought","of":["ticket","luge"],"weight":900000,"cap":3},
        {"measure":"dwell","of":"replay","weight":150000,"per":60000}]})";

Json json(std::string_view text) {
    auto parsed = codec::parse_json(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? std::move(*parsed) : Json();
}

void define(LiveBook& live, std::string_view id, std::string_view formula) {
    auto decision = live.book.decide_score(id, json(formula));
    ASSERT_TRUE(decision) << decision.error().message;
    live.commit(std::move(*decision));
}

std::string linear(int intercept, int weight) {
    return R"({"form":"linear","intercept":)" + std::to_string(intercept) +
           R"(,"terms":[{"measure":"orders","weight":)" + std::to_string(weight) + "}]}";
}

std::string order(std::string_view id) {
    return track(id, kFan, "Order Completed",
                 R"({"products":[{"category":"ticket","sport":"luge","price":8,"quantity":1}]})");
}

TEST(Score, TheLogisticFunctionIsExactToAPartPerMillion) {
    std::int64_t last = 0;
    for (std::int64_t z = -21'000'000; z <= 21'000'000; z += 997) {
        const double expected = 1e6 / (1 + std::exp(-static_cast<double>(z) / 1e6));
        const std::int64_t value = logistic_ppm(z);
        ASSERT_NEAR(static_cast<double>(value), expected, 1) << z;
        ASSERT_GE(value, last) << z;
        last = value;
    }
    EXPECT_EQ(logistic_ppm(0), 500'000);
}

TEST(Score, IsShownTermByTerm) {
    LiveBook live;
    define(live, "buyer", kBuyer);
    for (const std::string_view id : {"m-1", "m-2", "m-3", "m-4"})
        live.send_events(order(id));
    live.send_events(viewed("m-5", kFan, "replay", 90'000));
    const Json score = live.book.explain_scores(live.fan("fan-1")).items().at(0);
    const auto& terms = score["terms"].items();
    EXPECT_EQ(terms.at(0)["feature"].as_string(), "bought(ticket, luge)");
    EXPECT_EQ(terms.at(0)["value"].as_int(), 4);
    EXPECT_EQ(terms.at(0)["adds"].as_int(), 2'700'000) << "capped at 3";
    EXPECT_EQ(terms.at(1)["adds"].as_int(), 225'000) << "a minute and a half";
    EXPECT_EQ(score["value"].as_int(), logistic_ppm(925'000));
    EXPECT_EQ(live.book.profile(live.fan("fan-1"))["scores"]["buyer"].as_int(),
              score["value"].as_int());
}

TEST(Score, ALinearOneStaysWithinNothingAndCertain) {
    LiveBook live;
    live.send_events(order("m-1") + "," + order("m-2"));
    const auto value = [&] {
        return live.book.value(live.fan("fan-1"), {Measure::kScore, "s", {}});
    };
    define(live, "s", linear(100, 400'000));
    EXPECT_EQ(value(), 800'100);
    define(live, "s", linear(100, 900'000));
    EXPECT_EQ(value(), kCertainScore);
    define(live, "s", linear(100, -400'000));
    EXPECT_EQ(value(), 0);
}

TEST(Score, ANewVersionJudgesEveryFanAnew) {
    LiveBook live;
    define(live, "s", linear(0, 300'000));
    live.define("likely", "score(s) >= 500000");
    live.define("sure", "2 * score(s) > 1500000");
    live.send_events(order("m-1"));
    const auto members = [&](std::string_view id) {
        return live.book.segment(id)->members->size();
    };
    EXPECT_EQ(members("likely"), 0U);
    live.send_events(order("m-2"));
    EXPECT_EQ(members("likely"), 1U) << "a score follows the events";
    EXPECT_EQ(members("sure"), 0U);
    define(live, "s", linear(0, 450'000));
    EXPECT_EQ(members("sure"), 1U);
    EXPECT_EQ(live.book.scores().at("s").version, 2);
    EXPECT_TRUE(live.book.decide_score("s", json(linear(0, 450'000)))->empty());
    EXPECT_EQ(live.book.size_of("score(s) = 900000").value_or(7), 1U);
    EXPECT_EQ(bytes_of(live.book), replay(live.records));
}

// Who did nothing yet has a score as well.
TEST(Score, AFanWithoutAnyFeatureIsJudgedByTheIntercept) {
    LiveBook live;
    define(live, "s", linear(600'000, -100'000));
    live.define("likely", "score(s) >= 500000");
    live.send_events(R"({"type":"page","messageId":"m-1","userId":"fan-1"})");
    EXPECT_TRUE(live.book.in_segment(live.fan("fan-1"), "likely"));
    define(live, "s", linear(400'000, 0));
    live.send_events(R"({"type":"page","messageId":"m-2","userId":"fan-2"})");
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-1"), "likely"));
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-2"), "likely"));
}

TEST(Score, ComesBackWithASnapshot) {
    LiveBook live;
    define(live, "buyer", kBuyer);
    live.define("likely", "score(buyer) >= 300000");
    live.send_events(order("m-1") + "," + order("m-2"));
    const std::string saved = bytes_of(live.book);
    ByteReader in(saved);
    FansBook loaded;
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(bytes_of(loaded), saved);
    EXPECT_EQ(loaded.segment("likely")->members->size(), 1U);
    EXPECT_EQ(loaded.explain_scores(live.fan("fan-1")).to_string(),
              live.book.explain_scores(live.fan("fan-1")).to_string());
}

TEST(Score, ARuleNamesOnlyScoresThatAreThere) {
    LiveBook live;
    const auto reason = [&](std::string_view rule) {
        return live.book.decide_segment("x", SegmentKind::kSegment, rule).error().reason;
    };
    EXPECT_EQ(reason("orders() > 1 or 700000 <= score(buyer)"), "fans.unknown_score");
    EXPECT_EQ(live.book.size_of("score(buyer)").error().reason, "fans.unknown_score");
    define(live, "buyer", kBuyer);
    EXPECT_EQ(reason("score(buyer) > orders()"), "fans.rule_malformed") << "not of one unit";
    EXPECT_TRUE(live.book.size_of("score(buyer)"));
}

TEST(Score, NamesThePlaceOfAMistake) {
    const auto place = [](std::string_view formula) {
        const auto score = parse_score(json(formula));
        if (score) return std::string();
        EXPECT_EQ(score.error().reason, "fans.score_malformed");
        return score.error().message.substr(0, score.error().message.find(": "));
    };
    const auto term = [&](const std::string& text) {
        return place(R"({"form":"linear","terms":[{"measure":"orders","weight":1},)" + text + "]}");
    };
    EXPECT_EQ(place(R"({"form":"neural","terms":[{"measure":"orders","weight":1}]})"), "at /form");
    EXPECT_EQ(place(R"({"form":"linear","terms":[]})"), "at /terms");
    EXPECT_EQ(place(R"({"form":"linear","bias":1,"terms":[{"measure":"orders","weight":1}]})"),
              "at /");
    EXPECT_EQ(
        place(R"({"form":"linear","intercept":0.5,"terms":[{"measure":"orders","weight":1}]})"),
        "at /intercept");
    EXPECT_EQ(term(R"({"measure":"sold","weight":1})"), "at /terms/1/measure");
    EXPECT_EQ(term(R"({"measure":"dwell","weight":1})"), "at /terms/1/measure");
    EXPECT_EQ(term(R"({"measure":"score","of":"a","weight":1})"), "at /terms/1/measure");
    EXPECT_EQ(term(R"({"measure":"area","weight":1})"), "at /terms/1/measure");
    EXPECT_EQ(term(R"({"measure":"orders"})"), "at /terms/1");
    EXPECT_EQ(term(R"({"measure":"orders","weigth":1})"), "at /terms/1");
    EXPECT_EQ(term(R"({"measure":"orders","weight":1,"per":0})"), "at /terms/1/per");
    EXPECT_EQ(term(R"({"measure":"orders","weight":"1"})"), "at /terms/1/weight");
    EXPECT_EQ(term(R"({"measure":"views","of":[1],"weight":1})"), "at /terms/1/of");
    EXPECT_EQ(term(R"({"measure":"orders","weight":1})"), "");
}

TEST(Score, ThereIsALimit) {
    LiveBook live;
    for (std::size_t i = 0; i < kMaxScores; ++i)
        define(live, "s-" + std::to_string(i), linear(0, 1));
    EXPECT_EQ(live.book.decide_score("one-more", json(linear(0, 1))).error().reason,
              "fans.too_many_scores");
    EXPECT_EQ(live.book.decide_score("Big", json(linear(0, 1))).error().reason, "fans.score_id");
}

}  // namespace
}  // namespace altis::fans
