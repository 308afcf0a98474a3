// Segments that follow the events equal what the warehouse's engine counts from all rows at once.
#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "base/test_effort.h"
#include "fans/fans_projection.h"
#include "fans/live_book.h"
#include "fans/rule_trees.h"
#include "warehouse/test_folder.h"

namespace altis::fans {
namespace {

// ---- the warehouse's answer --------------------------------------------------------------------

// What a redefinition of the scores changes.
struct Weights {
    int luge = 1;
    int intercept = 0;
};

std::string steps_json(const Weights& weights) {
    return R"({"form":"linear","terms":[{"measure":"views","of":"a","weight":250000,"cap":3},)"
           R"({"measure":"attended","of":["luge"],"cap":9,"weight":)" +
           std::to_string(250'000 * weights.luge) + "}]}";
}

std::string chance_json(const Weights& weights) {
    return R"({"form":"logistic","intercept":)" + std::to_string(1'000'000 * weights.intercept) +
           R"(,"terms":[{"measure":"orders","weight":500000},)"
           R"({"measure":"dwell","of":"b","weight":-1000000,"per":100},)"
           R"({"measure":"follows","of":"7","weight":2000000}]})";
}

// What the rows say, summed over the subjects of each fan.
class Recount {
  public:
    Recount(warehouse::Engine& engine, const FansBook& book, const Weights& weights)
        : engine_(engine), book_(book), weights_(weights) {}

    std::vector<FanId> everyone() {
        std::set<FanId> fans;
        warehouse::Plan plan = groups({});
        plan.aggregates = {{warehouse::Function::kCount, {}, "value"}};
        for (const auto& [fan, count] : sums(plan))
            fans.insert(fan);
        return {fans.begin(), fans.end()};
    }

    bool holds(const Tree& tree, FanId fan) {
        switch (tree.kind) {
            case Tree::Kind::kNot:
                return !holds(tree.children[0], fan);
            case Tree::Kind::kAnd:
                return holds(tree.children[0], fan) && holds(tree.children[1], fan);
            case Tree::Kind::kOr:
                return holds(tree.children[0], fan) || holds(tree.children[1], fan);
            case Tree::Kind::kText: {
                const bool same = text(tree.measure, fan) == tree.expected;
                return same == (tree.sign->text == "=");
            }
            case Tree::Kind::kNumbers:
                break;
        }
        return tree.sign->holds(sum(tree.left, fan), sum(tree.right, fan));
    }

  private:
    using Sums = std::map<FanId, std::int64_t>;
    using Texts = std::map<FanId, std::pair<std::int64_t, std::string>>;  // with the time of each

    static warehouse::Filter is(const char* column, std::string_view value) {
        return compare({column}, warehouse::Comparison::kEqual, std::string(value));
    }

    static warehouse::Plan groups(std::vector<warehouse::Filter> filters) {
        warehouse::Plan plan;
        plan.shape = warehouse::Shape::kGroups;
        plan.table = kFanEventsTable;
        plan.filter = warehouse::all_of(std::move(filters));
        plan.columns = {{{std::string(warehouse::kSubjectColumn)}}};
        return plan;
    }

    // Kind and narrower conditions of the rows that a counted feature is made of.
    static std::vector<warehouse::Filter> filters_of(const Feature& feature) {
        switch (feature.measure) {
            case Measure::kDwell:
            case Measure::kViews:
                return {is("kind", "viewed"), is("item", feature.first)};
            case Measure::kBought:
                if (feature.second.empty())
                    return {is("kind", "bought"), is("item", feature.first)};
                return {is("kind", "bought"), is("item", feature.first),
                        is("sport", feature.second)};
            case Measure::kSpent:
                return {is("kind", "bought"), is("item", feature.first),
                        is("currency", feature.second)};
            case Measure::kAttended:
                return {is("kind", "attended"), is("sport", feature.first)};
            case Measure::kOpened:
                return {is("kind", "opened")};
            default:
                return {is("kind", "ordered")};
        }
    }

    static warehouse::Aggregate aggregate_of(Measure measure) {
        if (measure == Measure::kDwell) return {warehouse::Function::kSum, {"dwell_ms"}, "value"};
        if (measure == Measure::kBought) return {warehouse::Function::kSum, {"quantity"}, "value"};
        if (measure == Measure::kSpent) {
            return {warehouse::Function::kSum, {"amount_minor"}, "value"};
        }
        return {warehouse::Function::kCount, {}, "value"};
    }

    warehouse::Rows run(const warehouse::Plan& plan) {
        auto rows = engine_.run(plan, seconds(20));
        ALTIS_ASSERT(rows.has_value());
        return std::move(*rows);
    }

    FanId fan_at(const warehouse::Rows& rows, std::size_t row) const {
        const std::int64_t number = rows.column(warehouse::kSubjectColumn).number(row);
        return book_.fan_of(SubjectId{static_cast<std::uint32_t>(number)});
    }

    Sums sums(const warehouse::Plan& plan) {
        const warehouse::Rows rows = run(plan);
        Sums result;
        for (std::size_t row = 0; row < rows.size(); ++row)
            result[fan_at(rows, row)] += rows.column("value").number(row);
        return result;
    }

    // The latest text of each fan; event times are all different.
    Texts latest(warehouse::Filter filter, std::string column) {
        warehouse::Plan plan;
        plan.table = kFanEventsTable;
        plan.filter = std::move(filter);
        plan.ordering = warehouse::Ordering::kAny;
        plan.columns = {{{std::string(warehouse::kSubjectColumn)}},
                        {{"event_time"}},
                        {{std::move(column)}, "value"}};
        const warehouse::Rows rows = run(plan);
        Texts result;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            std::pair<std::int64_t, std::string> next(rows.column("event_time").number(row),
                                                      rows.column("value").text(row));
            auto& best = result[fan_at(rows, row)];
            best = std::max(best, std::move(next));
        }
        return result;
    }

    Sums followers(std::string_view athlete) {
        Sums result;
        const warehouse::Filter either =
            warehouse::one_of({"kind"}, {std::string("followed"), std::string("unfollowed")});
        for (const auto& [fan, last] :
             latest(warehouse::all_of({either, is("athlete", athlete)}), "kind"))
            result[fan] = last.second == "followed" ? 1 : 0;
        return result;
    }

    // In doubles and by the library's exp; the steps of the values are far wider than its error.
    std::int64_t score(std::string_view id, FanId fan) {
        const auto capped = [&](const Feature& feature, std::int64_t cap) {
            return static_cast<double>(std::min(cap, value(feature, fan)));
        };
        if (id == kScoreIds[0]) {
            const double sum = 250'000 * (capped({Measure::kViews, "a"}, 3) +
                                          weights_.luge * capped({Measure::kAttended, "luge"}, 9));
            return static_cast<std::int64_t>(std::clamp(sum, 0.0, 1e6));
        }
        const double z = weights_.intercept + 0.5 * capped({Measure::kOrders}, INT64_MAX) -
                         capped({Measure::kDwell, "b"}, INT64_MAX) / 100 +
                         2 * capped({Measure::kFollows, "7"}, 1);
        return std::llround(1e6 / (1 + std::exp(-z)));
    }

    std::int64_t value(const Feature& feature, FanId fan) {
        if (feature.measure == Measure::kScore) return score(feature.first, fan);
        const auto [at, fresh] = values_.try_emplace(feature);
        if (fresh && feature.measure == Measure::kFollows) {
            at->second = followers(feature.first);
        } else if (fresh) {
            warehouse::Plan plan = groups(filters_of(feature));
            plan.aggregates = {aggregate_of(feature.measure)};
            at->second = sums(plan);
        }
        const auto found = at->second.find(fan);
        return found == at->second.end() ? 0 : found->second;
    }

    std::string_view text(Measure measure, FanId fan) {
        const auto [at, fresh] = texts_.try_emplace(measure);
        if (fresh) at->second = latest(is("kind", kind_name(measure)), "item");
        const auto found = at->second.find(fan);
        return found == at->second.end() ? std::string_view() : found->second.second;
    }

    static std::string_view kind_name(Measure measure) {
        return measure == Measure::kArea ? "area" : "language";
    }

    std::int64_t sum(const Side& side, FanId fan) {
        std::int64_t result = side.constant;
        for (const Part& part : side.parts)
            result += part.coefficient * value(part.feature, fan);
        return result;
    }

    warehouse::Engine& engine_;
    const FansBook& book_;
    Weights weights_;
    std::map<Feature, Sums> values_;
    std::map<Measure, Texts> texts_;
};

// ---- events ------------------------------------------------------------------------------------

constexpr std::uint32_t kUsers = 60;

// Random events, each with a time of its own and in no order of time.
class EventMaker {
  public:
    EventMaker(Random& random, std::uint32_t count) : random_(random) {
        for (std::uint32_t i = 0; i < count; ++i)
            seconds_.push_back(i * 50);
        std::ranges::shuffle(seconds_, random_);
    }

    std::string event(std::size_t number) {
        const std::string id = "m-" + std::to_string(number);
        const std::string time = time_of(seconds_[number]);
        const std::uint32_t user = pick(random_, kUsers);
        const std::uint32_t choice = pick(random_, 12);
        if (choice == 0) return alias(id, user, time);
        if (choice <= 2) return identify(id, user, time);
        const std::string who = sender(user);
        if (choice <= 6) {
            return track(id, who, "Content Viewed",
                         "{\"kind\":" + quoted(choose(random_, kKinds)) +
                             ",\"dwell_ms\":" + std::to_string(100 * pick(random_, 5)) + "}",
                         time);
        }
        if (choice == 7) {
            return track(id, who, "Venue Entered",
                         "{\"sport\":" + quoted(choose(random_, kSports)) + "}", time);
        }
        if (choice == 8) return track(id, who, "Message Opened", R"({"message_id":"n"})", time);
        if (choice == 9) return track(id, who, "Order Completed", order(), time);
        const bool follows = pick(random_, 3) != 0;
        return track(id, who, follows ? "Athlete Followed" : "Athlete Unfollowed",
                     "{\"athlete\":" + std::string(choose(random_, kAthletes)) + "}", time);
    }

  private:
    static std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

    static std::string time_of(std::uint32_t second) {
        return format_rfc3339(Time{kReceived.us - 1'000'000 * std::int64_t{second}});
    }

    std::string device(std::uint32_t user) {
        return "d-" + std::to_string(user) + "-" + std::to_string(pick(random_, 3));
    }

    // A user, a device, or both; a few devices are used by two.
    std::string sender(std::uint32_t user) {
        const std::string named = R"("userId":"fan-)" + std::to_string(user) + "\"";
        const std::uint32_t owner = pick(random_, 20) == 0 ? pick(random_, kUsers) : user;
        const std::string seen = R"("anonymousId":")" + device(owner) + "\"";
        const std::uint32_t choice = pick(random_, 4);
        if (choice == 0) return named;
        return choice == 1 ? named + "," + seen : seen;
    }

    std::string identify(const std::string& id, std::uint32_t user, const std::string& time) {
        return R"({"type":"identify","messageId":")" + id + R"(","userId":"fan-)" +
               std::to_string(user) + R"(","anonymousId":")" + device(user) + R"(","timestamp":")" +
               time + R"(","traits":{"area":)" + quoted(choose(random_, kAreas)) +
               R"(,"language":)" + quoted(choose(random_, kLanguages)) + "}}";
    }

    std::string alias(const std::string& id, std::uint32_t user, const std::string& time) {
        const bool other = pick(random_, 4) == 0;
        const std::string previous =
            other ? "fan-" + std::to_string(pick(random_, kUsers)) : device(user);
        return R"({"type":"alias","messageId":")" + id + R"(","userId":"fan-)" +
               std::to_string(user) + R"(","previousId":")" + previous + R"(","timestamp":")" +
               time + "\"}";
    }

    std::string order() {
        constexpr std::array<std::string_view, 3> kDollars = {"12.50", "25", "37.5"};
        const std::string_view currency = choose(random_, kCurrencies);
        std::string products;
        for (std::uint32_t i = 0; i <= pick(random_, 2); ++i) {
            if (i > 0) products += ",";
            const std::string price =
                currency == "USD" ? std::string(choose(random_, kDollars)) : "1250";
            products +=
                "{\"category\":" + quoted(choose(random_, kCategories)) +
                (pick(random_, 3) == 0 ? "" : ",\"sport\":" + quoted(choose(random_, kSports))) +
                ",\"price\":" + price + ",\"quantity\":" + std::to_string(1 + pick(random_, 3)) +
                "}";
        }
        return "{\"currency\":" + quoted(currency) + ",\"products\":[" + products + "]}";
    }

    Random& random_;
    std::vector<std::uint32_t> seconds_;
};

// ---- both side by side -------------------------------------------------------------------------

class SegmentsOracle : public testing::Test {
  protected:
    void SetUp() override {
        std::vector<std::unique_ptr<const warehouse::Projection>> list;
        list.push_back(make_fan_events_projection());
        list.push_back(make_fans_forgotten_projection());
        projections_ = std::move(*warehouse::Projections::make(std::move(list)));
        auto opened = folder_.open();
        ASSERT_TRUE(opened) << opened.error().message;
        engine_ = std::move(*opened);
        ASSERT_TRUE(engine_->create_tables(projections_.schema()));
    }

    void define(std::size_t count) {
        TreeMaker maker(random_);
        for (std::size_t i = 0; i < count; ++i) {
            trees_.push_back(maker.tree(4));
            live_.define(std::to_string(trees_.size() - 1), render(trees_.back()));
        }
    }

    void define_scores(const Weights& weights) {
        weights_ = weights;
        for (const auto& [id, json] : {std::pair(kScoreIds[0], steps_json(weights)),
                                       std::pair(kScoreIds[1], chance_json(weights))}) {
            auto decision = live_.book.decide_score(id, *codec::parse_json(json));
            ASSERT_TRUE(decision) << decision.error().message;
            live_.commit(std::move(*decision));
        }
    }

    // Every eighth is sent once more, later.
    void send(EventMaker& maker, std::size_t first, std::size_t last) {
        std::vector<std::string> again;
        for (std::size_t i = first; i < last; ++i) {
            const std::string event = maker.event(i);
            live_.send_events(event);
            if (pick(random_, 8) == 0) again.push_back(event);
            if (again.size() == 5) {
                for (const std::string& copy : again)
                    live_.send_events(copy);
                again.clear();
            }
        }
    }

    void feed_warehouse() {
        warehouse::Batch batch(projections_.schema(), engine_->committed_offset());
        for (std::size_t i = batch.after(); i < live_.records.size(); ++i)
            projections_.project(as_record(live_.records[i], false), batch);
        ASSERT_TRUE(engine_->commit(batch));
    }

    void expect_equal() {
        feed_warehouse();
        Recount recount(*engine_, live_.book, weights_);
        const std::vector<FanId> everyone = recount.everyone();
        EXPECT_EQ(live_.book.everyone().members(), everyone);
        const auto members = [&](const Tree& tree) {
            std::vector<FanId> result;
            std::ranges::copy_if(everyone, std::back_inserter(result),
                                 [&](FanId fan) { return recount.holds(tree, fan); });
            return result;
        };
        for (std::size_t i = 0; i < trees_.size(); ++i) {
            const std::vector<FanId> expected = members(trees_[i]);
            const std::string rule = render(trees_[i]);
            EXPECT_EQ(live_.book.segment(std::to_string(i))->members->members(), expected) << rule;
            EXPECT_EQ(live_.book.size_of(rule).value_or(UINT64_MAX), expected.size()) << rule;
            if (!expected.empty() && expected.size() < everyone.size()) ++telling_;
        }
        // Of these most comparisons are in no segment.
        for (std::size_t i = 0; i < trees_.size(); ++i) {
            const Tree tree = TreeMaker(random_).tree(3);
            const std::string rule = render(tree);
            EXPECT_EQ(live_.book.size_of(rule).value_or(UINT64_MAX), members(tree).size()) << rule;
        }
    }

    Random random_{20260206};
    LiveBook live_;
    std::vector<Tree> trees_;
    Weights weights_;
    std::size_t telling_ = 0;  // comparisons with some fans inside and some outside

  private:
    warehouse::TestFolder folder_;
    warehouse::Projections projections_;
    std::unique_ptr<warehouse::Engine> engine_;
};

TEST_F(SegmentsOracle, LiveMembersAreThoseOfAFullRecount) {
    const std::uint32_t events = test_effort(900U, 400U);
    const std::size_t rules = test_effort(80U, 20U);
    EventMaker maker(random_, events);
    define_scores({1, 0});
    define(rules);
    send(maker, 0, events / 2);
    define(rules);
    expect_equal();
    define_scores({-2, 1});
    expect_equal();
    send(maker, events / 2, events * 3 / 4);
    define(rules);
    send(maker, events * 3 / 4, events);
    expect_equal();
    EXPECT_GE(live_.book.everyone().size(), 40U);
    EXPECT_GT(std::ranges::count(live_.fates, Fate::kDuplicate), 20);
    EXPECT_GT(telling_, trees_.size());
    live_.forget("fan-1");
    live_.forget("fan-2");
    expect_equal();
}

}  // namespace
}  // namespace altis::fans
