#include "results/feed/patch.h"

#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "results/feed/feed_fixture.h"

namespace altis::results::feed {
namespace {

using codec::Json;
using fixture::pick;
using fixture::Random;

Json parsed(std::string_view text) {
    return codec::parse_json(text).value();
}

// Any value: objects, arrays of anything, texts with what pointers escape.
Json random_value(Random& random, int depth) {
    const int kind = pick(random, depth > 0 ? 7 : 4);
    if (kind == 0) return {};
    if (kind == 1) return pick(random, 5);
    if (kind == 2) return pick(random, 2) == 0;
    if (kind == 3) return "t" + std::to_string(pick(random, 9));
    if (kind == 4) {
        Json object = Json::object();
        for (int i = pick(random, 6); i > 0; --i) {
            object.set(
                std::string(1, "ab/~0é\""[pick(random, 5)]) + std::to_string(pick(random, 4)),
                random_value(random, depth - 1));
        }
        return object;
    }
    Json array = Json::array();
    for (int i = pick(random, 8); i > 0; --i)
        array.push(kind == 5 ? Json("t" + std::to_string(pick(random, 12)))
                             : random_value(random, depth - 1));
    return array;
}

TEST(Patch, DoesWhatTurnsOneValueIntoAnother) {
    Random random(1);
    for (int i = 0; i < test_effort(30'000, 1'000); ++i) {
        const Json from = in_canonical_order(random_value(random, 4));
        const Json to = in_canonical_order(random_value(random, 4));
        const Json patch = diff(from, to);
        const auto changed = apply(patch, from);
        ASSERT_TRUE(changed) << changed.error().message << from.to_string() << patch.to_string();
        ASSERT_EQ(changed->to_string(), to.to_string()) << from.to_string() << patch.to_string();
        ASSERT_EQ(patch.items().empty(), from == to);
    }
}

TEST(Patch, DoesSoForUnitsAndTheirHash) {
    Random random(2);
    const rights::FeedFields all = {rights::FeedField::kResults,    rights::FeedField::kSplits,
                                    rights::FeedField::kStartList,  rights::FeedField::kMembers,
                                    rights::FeedField::kBiographic, rights::FeedField::kMedals};
    for (int i = 0; i < test_effort(3'000, 200); ++i) {
        const auto& unit = fixture::kUnits[0];
        const Json from = document_of(fixture::random_result(random, unit, 1), all);
        const Json to = document_of(fixture::random_result(random, unit, 2), all);
        const auto changed = apply(diff(from, to), from);
        ASSERT_TRUE(changed);
        ASSERT_EQ(hash_of(changed->to_string()), hash_of(to.to_string()));
    }
}

TEST(Patch, ACompetitorWhoPassesOthersCostsTwoOperations) {
    const Json from = parsed(R"({"order":["a","b","c","d","e","f"]})");
    EXPECT_EQ(diff(from, parsed(R"({"order":["e","a","b","c","d","f"]})")).to_string(),
              R"([{"op":"replace","path":"","value":{"order":["e","a","b","c","d","f"]}}])")
        << "a short document is shorter than its operations";
    Json long_from = from;
    long_from.set("padding", std::string(200, 'x'));
    Json long_to = parsed(R"({"order":["e","a","b","c","d","f"]})");
    long_to.set("padding", std::string(200, 'x'));
    EXPECT_EQ(diff(long_from, long_to).to_string(),
              R"([{"op":"remove","path":"/order/4"},{"op":"add","path":"/order/0","value":"e"}])");
}

TEST(Patch, OneLineMoreIsOneLineOfDifference) {
    Json from = parsed(R"({"lines":{"a":{"rank":1},"c":{"rank":2}},"order":["a","c"],"z":"zzz"})");
    from.set("padding", std::string(200, 'x'));
    Json to = in_canonical_order(from);
    const auto changed = apply(parsed(R"([{"op":"add","path":"/lines/b","value":{"rank":3}},
                                          {"op":"add","path":"/order/-","value":"b"}])"),
                               to);
    ASSERT_TRUE(changed);
    EXPECT_EQ(diff(in_canonical_order(from), *changed).to_string(),
              R"([{"op":"add","path":"/lines/b","value":{"rank":3}},)"
              R"({"op":"add","path":"/order/2","value":"b"}])");
}

TEST(Patch, NamesWhatCannotBeDone) {
    const auto reason = [](std::string_view patch) {
        const auto done = apply(parsed(patch), parsed(R"({"a":[1,2],"b":{"c":3}})"));
        return done ? done->to_string() : done.error().reason;
    };
    EXPECT_EQ(reason(R"([])"), R"({"a":[1,2],"b":{"c":3}})");
    EXPECT_EQ(reason(R"({})"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"move","from":"/a","path":"/b"}])"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"add","path":"/a"}])"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"remove"}])"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"a"}])"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"/~2"}])"), "patch.malformed");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"/x"}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"/a/2"}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"/a/01"}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"remove","path":"/a/-"}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"replace","path":"/b/d","value":1}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"replace","path":"/b/c/d","value":1}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"add","path":"/a/3","value":1}])"), "patch.no_such_place");
    EXPECT_EQ(reason(R"([{"op":"add","path":"/a/-","value":4}])"), R"({"a":[1,2,4],"b":{"c":3}})");
}

}  // namespace
}  // namespace altis::results::feed
