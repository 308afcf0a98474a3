// The whole way of a question, thousands of times: how often the intervals of its figures contain
// what is true of the rows.
#include <array>
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "base/test_effort.h"
#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/question.h"
#include "cleanroom/templates/figures.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr int kCampaigns = 100;
constexpr std::int64_t kMostSpend = 50'000;  // cents

// A campaign: who saw it, whom the sponsor knows, and who of them acted.
struct Campaign {
    std::size_t people = 30'000;
    double overlap = 0.32;
    double lift = 2.3;
    MicroEpsilon epsilon = 400'000;
};

Campaign any_campaign(std::mt19937& random) {
    constexpr std::array<MicroEpsilon, 4> kEpsilons = {200'000, 400'000, 800'000, 2'000'000};
    return {10'000 + random() % 30'000, 0.2 + 0.1 * static_cast<double>(random() % 7),
            0.5 + 0.25 * static_cast<double>(random() % 11),
            kEpsilons[random() % kEpsilons.size()]};
}

Schema schema_of(std::string dimension) {
    Schema schema;
    schema.key_column = "email";
    schema.dimensions = {{std::move(dimension), Domain::kPublic, {"yes", "no"}}};
    return schema;
}

// The tables of a campaign, and the figures that an exact count would give.
struct Rows {
    TableData left;
    TableData right;
    std::map<std::string, double, std::less<>> truth;
};

Rows make_rows(const Campaign& campaign, std::mt19937& random) {
    const auto chance = [&](double share) {
        return std::uniform_real_distribution<double>()(random) < share;
    };
    Schema customers = schema_of("acted");
    customers.measures = {{"spend", 2, 0, kMostSpend}};
    TableBuilder left(schema_of("exposed"));
    TableBuilder right(customers);
    double known = 0;
    double spent = 0;
    double exposed_of[2] = {};
    double acted_of[2] = {};
    for (std::size_t i = 0; i < campaign.people; ++i) {
        Tag tag{};
        for (std::size_t byte = 0; byte < 4; ++byte)
            tag[byte] = static_cast<std::uint8_t>(i >> (8 * (3 - byte)));
        const std::array<std::uint16_t, 1> exposed = {
            static_cast<std::uint16_t>(chance(0.4) ? 0 : 1)};
        left.add(tag, {exposed, {}, {}});
        if (!chance(campaign.overlap)) continue;
        const double rate = 0.15 * (exposed[0] == 0 ? campaign.lift : 1);
        const std::array<std::uint16_t, 1> acted = {
            static_cast<std::uint16_t>(chance(rate) ? 0 : 1)};
        const std::array<std::int64_t, 1> spend = {static_cast<std::int64_t>(random() % 40'000)};
        right.add(tag, {acted, spend, {}});
        known += 1;
        spent += static_cast<double>(spend[0]) / 100;
        exposed_of[exposed[0]] += 1;
        acted_of[exposed[0]] += acted[0] == 0 ? 1 : 0;
    }
    const auto people = static_cast<double>(campaign.people);
    return {std::move(left).finish(),
            std::move(right).finish(),
            {{"known", known},
             {"overlap", known / people},
             {"exposed_part", exposed_of[0] / known},
             {"lift", acted_of[0] / exposed_of[0] / (acted_of[1] / exposed_of[1])},
             {"spend", spent},
             {"mean_spend", spent / known}}};
}

constexpr std::string_view kTemplate = R"({"id":"campaign","version":1,"title":"A campaign",
    "tables":["left","right"],
    "plan":{"inputs":[{"of":"left","required":true},{"of":"right"}],
            "groups":[{"name":"exposed","of":"left","present":[{"column":"exposed","is":["yes"]}]},
                      {"name":"matched","of":"right"},
                      {"name":"acted","of":"right","present":[{"column":"acted","is":["yes"]}]}],
            "sums":[{"name":"spend","of":"right","column":"spend"}]},
    "figures":[{"name":"known","kind":"count","where":{"matched":["yes"]}},
               {"name":"overlap","kind":"share","where":{"matched":["yes"]}},
               {"name":"exposed_part","kind":"share","where":{"exposed":["yes"]},
                "among":{"matched":["yes"]}},
               {"name":"lift","kind":"lift","where":{"acted":["yes"]},
                "exposed":{"exposed":["yes"]},"among":{"matched":["yes"]}},
               {"name":"spend","kind":"sum","sum":"spend","where":{"matched":["yes"]}},
               {"name":"mean_spend","kind":"mean","sum":"spend","where":{"matched":["yes"]}}]})";

Room campaign_room() {
    Room room;
    room.id = "campaigns";
    room.owners = {{"left", {"rights-holder", "fans"}, kMaxEpsilon, {"exposed"}},
                   {"right", {"airline", "customers"}, kMaxEpsilon, {"acted", "spend"}}};
    room.own_templates = {template_from_json(codec::parse_json(kTemplate).value()).value()};
    room.edition = "owg2026";
    room.purpose = "clean_room";
    room.minimum_group = 50;
    return room;
}

bool holds(const Json& figure, double truth) {
    // What is compared are decimals of nine digits after the point.
    constexpr double kHalfDigit = 5e-10;
    const bool is_below =
        figure["high"].is_null() || truth <= figure["high"].as_double() + kHalfDigit;
    return figure["low"].as_double() - kHalfDigit <= truth && is_below;
}

// Of every figure, how often its interval held; of withheld ones, nothing.
struct Coverage {
    int answers = 0;
    std::map<std::string, int, std::less<>> held;
    int withheld = 0;

    void add(const Json& figures, const Rows& rows) {
        ++answers;
        for (const Json& figure : figures.items()) {
            const std::string name(figure["name"].as_string());
            if (figure.contains("withheld")) {
                ++withheld;
            } else {
                held[name] += holds(figure, rows.truth.at(name)) ? 1 : 0;
            }
        }
    }
};

// Asks one campaign so many times. Rows are counted once: that noise and figures are then made of
// the counts as the engine does is compared with the engine itself.
void ask(const Campaign& campaign, const Rows& rows, int times, SeededBits& bits,
         Coverage& coverage) {
    const Room room = campaign_room();
    const Schema* const schemas[] = {&rows.left.schema, &rows.right.schema};
    const TableData* const tables[] = {&rows.left, &rows.right};
    const Question question{"campaigns", "airline", "campaign", {}, campaign.epsilon};
    const auto prepared = prepare(room, question, schemas);
    ASSERT_TRUE(prepared) << prepared.error().message;
    const Plan& plan = prepared->plan.plan;
    const Exact exact = count(plan, tables);
    const auto figures = [&](RandomBits& random) {
        const NoisyCells noisy = add_noise(exact, prepared->noise, random);
        return figures_json(
            prepared->query->figures,
            {{plan, prepared->schemas, prepared->noise}, noisy, prepared->minimum_group});
    };
    SeededBits first(campaign.people);
    SeededBits again(campaign.people);
    EXPECT_EQ(answer_figures(*prepared, tables, first).to_string(), figures(again).to_string());
    for (int i = 0; i < times; ++i)
        coverage.add(figures(bits), rows);
}

// The first is the one of the story: 32 % are known, and those who saw it act 2.3 times as often.
TEST(Campaigns, IntervalsOfTenThousandCoverTheTruthAsOftenAsTheySay) {
    std::mt19937 random(2028);
    SeededBits bits(20280714);
    Coverage coverage;
    const int times = test_effort(100, 10);
    for (int i = 0; i < kCampaigns; ++i) {
        const Campaign campaign = i == 0 ? Campaign{} : any_campaign(random);
        const Rows rows = make_rows(campaign, random);
        ask(campaign, rows, times, bits, coverage);
    }
    EXPECT_EQ(coverage.withheld, 0);
    EXPECT_EQ(coverage.held.size(), 6U);
    const double slack = times < 100 ? 2 : 0.5;
    for (const auto& [name, held] : coverage.held) {
        const double percent = 100.0 * held / coverage.answers;
        std::printf("%-12s %.2f %% of %d\n", name.c_str(), percent, coverage.answers);
        EXPECT_NEAR(percent, 95, slack) << name;
    }
}

}  // namespace
}  // namespace altis::cleanroom
