#include "cleanroom/templates/figures.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "base/test_effort.h"
#include "cleanroom/plan/plan_json.h"
#include "cleanroom/privacy/test_bits.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

Json parse(std::string_view text) {
    auto json = codec::parse_json(text);
    EXPECT_TRUE(json.has_value()) << text;
    return json.value_or(Json());
}

Schema left_schema() {
    return *schema_from_json(parse(R"({"key":{"column":"email","kind":"email"},
        "dimensions":[{"name":"attended","values":["yes","no"]},
                      {"name":"tier","values":["gold","silver"]}]})"));
}

Schema right_schema() {
    return *schema_from_json(parse(R"({"key":{"column":"email","kind":"email"},
        "dimensions":[{"name":"booked","values":["yes","no"]}],
        "measures":[{"name":"spend","low":"0","high":"500.00"}]})"));
}

// A template over two tables, with counts that a test fills in.
struct Asked {
    Schema left = left_schema();
    Schema right = right_schema();
    std::vector<const Schema*> schemas;
    NamedPlan named;
    std::vector<FigureSpec> figures;
    Exact exact;

    explicit Asked(const QueryTemplate& query, std::string_view parameters = "{}")
        : figures(query.figures) {
        const auto filled = fill_parameters(query, parse(parameters));
        EXPECT_TRUE(filled) << filled.error().message;
        const NamedSchema tables[] = {{"left", &left}, {"right", &right}};
        auto read = plan_from_json(bind(query, *filled), tables);
        EXPECT_TRUE(read) << read.error().message;
        named = std::move(*read);
        for (const std::size_t table : named.tables)
            schemas.push_back(table == 0 ? &left : &right);
        EXPECT_TRUE(check_figures(figures, named.plan, schemas));
        const std::size_t cells = cell_count(named.plan, schemas);
        exact = {std::vector<std::int64_t>(cells),
                 std::vector(named.plan.sums.size(), std::vector<std::int64_t>(cells))};
    }

    Json answer(MicroEpsilon epsilon, RandomBits& bits, std::int64_t minimum = 10) const {
        const auto noise = PlanNoise::make(named.plan, schemas, epsilon, minimum);
        EXPECT_TRUE(noise) << noise.error().message;
        const NoisyCells noisy = add_noise(exact, *noise, bits);
        return figures_json(figures, {{named.plan, schemas, *noise}, noisy, minimum});
    }
};

// The first entry of that name, and with that value of its group.
Json entry(const Json& figures, std::string_view name, std::string_view group = {}) {
    for (const Json& figure : figures.items()) {
        if (figure["name"].as_string() != name) continue;
        if (group.empty() || figure["by"].members().front().second.as_string() == group) {
            return figure;
        }
    }
    ADD_FAILURE() << "no figure " << name;
    return {};
}

bool holds(const Json& figure, double truth) {
    const bool is_below = figure["high"].is_null() || truth <= figure["high"].as_double();
    return figure["low"].as_double() <= truth && is_below;
}

constexpr std::string_view kExposedAndActed = R"({
    "exposed":[{"column":"attended","is":["yes"]}],"acted":[{"column":"booked","is":["yes"]}],
    "segment":"tier"})";

// Cells of overlap_and_lift: segment x exposed x matched x acted.
void fill(Asked& asked, std::int64_t people, double overlap, double lift) {
    for (std::size_t segment = 0; segment < 2; ++segment) {
        for (std::size_t exposed = 0; exposed < 2; ++exposed) {
            const double group = static_cast<double>(people) / 4;
            const double rate = 0.03 * (exposed == 1 ? lift : 1);
            const std::size_t first = (segment * 2 + exposed) * 4;
            asked.exact.persons[first] = std::llround(group * (1 - overlap));
            asked.exact.persons[first + 2] = std::llround(group * overlap * (1 - rate));
            asked.exact.persons[first + 3] = std::llround(group * overlap * rate);
        }
    }
}

TEST(Figures, SayWhatTheCountsSay) {
    Asked asked(*builtin_template("overlap_and_lift"), kExposedAndActed);
    fill(asked, 400'000, 0.32, 2.3);
    SeededBits bits(1);
    const Json figures = asked.answer(5'000'000, bits);
    EXPECT_NEAR(entry(figures, "people", "gold")["value"].as_double(), 200'000, 20);
    EXPECT_NEAR(entry(figures, "overlap")["value"].as_double(), 0.32, 0.001);
    EXPECT_NEAR(entry(figures, "overlap_by_segment", "silver")["value"].as_double(), 0.32, 0.001);
    EXPECT_NEAR(entry(figures, "lift")["value"].as_double(), 2.3, 0.05);
    EXPECT_EQ(entry(figures, "lift_by_segment", "(other)")["withheld"].as_string(),
              "group_too_small");
}

TEST(Figures, SumsAndMeansHaveTheUnitsOfTheMeasure) {
    const QueryTemplate query = *template_from_json(parse(R"({"id":"spend","version":1,
        "title":"Spend by tier","tables":["left","right"],
        "plan":{"inputs":[{"of":"left","required":true},{"of":"right","required":true}],
                "groups":[{"name":"tier","of":"left","column":"tier"}],
                "sums":[{"name":"spend","of":"right","column":"spend"}]},
        "figures":[{"name":"spend","kind":"sum","sum":"spend","by":["tier"]},
                   {"name":"mean","kind":"mean","sum":"spend","by":["tier"]},
                   {"name":"part","kind":"distribution","by":["tier"]}]})"));
    Asked asked(query);
    asked.exact.persons = {30'000, 10'000, 0};
    asked.exact.sums[0] = {30'000 * 12'345, 10'000 * 200, 0};
    SeededBits bits(2);
    const Json figures = asked.answer(4'000'000, bits);
    EXPECT_NEAR(entry(figures, "mean", "gold")["value"].as_double(), 123.45, 0.1);
    EXPECT_TRUE(holds(entry(figures, "spend", "gold"), 30'000 * 123.45));
    EXPECT_TRUE(holds(entry(figures, "mean", "silver"), 2));
    EXPECT_NEAR(entry(figures, "part", "gold")["value"].as_double(), 0.75, 0.001);
    EXPECT_EQ(entry(figures, "spend", "(other)")["withheld"].as_string(), "group_too_small");
}

TEST(Figures, RefuseValuesThatAreNotThereOrArePrivate) {
    Asked asked(*builtin_template("overlap_and_lift"), kExposedAndActed);
    std::vector<FigureSpec> figures = asked.figures;
    figures[1].where["matched"] = {"perhaps"};
    EXPECT_EQ(check_figures(figures, asked.named.plan, asked.schemas).error().message,
              "the group 'matched' has no value 'perhaps'");
    asked.left.dimensions[1].domain = Domain::kPrivate;
    EXPECT_TRUE(check_figures(asked.figures, asked.named.plan, asked.schemas));
    figures = asked.figures;
    figures[1].where["segment"] = {"gold"};
    EXPECT_EQ(check_figures(figures, asked.named.plan, asked.schemas).error().reason,
              "rooms.figure_invalid");
}

// Cells: group gold, silver, (other) x matched no, yes.
TEST(Figures, ScoresSayHowMuchAGroupResemblesThoseWhomBothKnow) {
    Asked asked(*builtin_template("lookalike"), R"({"column":"tier"})");
    asked.exact.persons = {20'000, 10'000, 90'000, 10'000, 0, 0};
    SeededBits bits(8);
    const Json figures = asked.answer(4'000'000, bits);
    // A third of gold, a tenth of silver.
    EXPECT_NEAR(entry(figures, "score", "gold")["value"].as_double(), 10.0 / 3, 0.02);
    EXPECT_NEAR(entry(figures, "score", "silver")["value"].as_double(), 0.3, 0.01);
    EXPECT_TRUE(holds(entry(figures, "score", "gold"), 10.0 / 3));
    EXPECT_NEAR(entry(figures, "rate", "gold")["value"].as_double(), 1.0 / 3, 0.001);
    EXPECT_TRUE(holds(entry(figures, "audience", "silver"), 90'000));
    EXPECT_EQ(entry(figures, "score", "(other)")["withheld"].as_string(), "group_too_small");
}

TEST(Figures, FrequenciesHaveReachAndAverage) {
    Asked asked(*builtin_template("reach_and_frequency"), R"({"up_to":3})");
    asked.exact.persons = {40'000, 30'000, 20'000, 10'000};
    SeededBits bits(9);
    const Json figures = asked.answer(4'000'000, bits);
    EXPECT_TRUE(holds(entry(figures, "reached"), 60'000));
    EXPECT_NEAR(entry(figures, "reach")["value"].as_double(), 0.6, 0.001);
    EXPECT_NEAR(entry(figures, "average_frequency")["value"].as_double(), 100.0 / 60, 0.001);
    EXPECT_TRUE(holds(entry(figures, "average_frequency"), 100.0 / 60));
    EXPECT_TRUE(holds(entry(figures, "by_frequency", "3 or more"), 10'000));
    std::vector<FigureSpec> wrong = asked.figures;
    wrong[1].where["frequency"] = {"4 or more"};
    EXPECT_FALSE(check_figures(wrong, asked.named.plan, asked.schemas));
}

// Noise is drawn for each cell by itself, whatever was counted there.
TEST(NoisyCells, EveryCellHasNoiseOfItsOwn) {
    Plan plan;
    plan.inputs = {{1, {}, true}};
    constexpr std::size_t kCells = 400;
    const auto noise = PlanNoise::make(plan, {}, 100'000, 10);
    ASSERT_TRUE(noise) << noise.error().message;
    SeededBits bits(11);
    for (const std::int64_t count : {0, 1'000}) {
        const NoisyCells noisy = add_noise({std::vector(kCells, count), {}}, *noise, bits);
        double sum = 0;
        double squares = 0;
        for (const std::int64_t cell : noisy.persons) {
            const auto drawn = static_cast<double>(cell - count);
            sum += drawn;
            squares += drawn * drawn;
        }
        const double variance = noise->persons().noise->spread().variance;
        EXPECT_NEAR(squares / kCells, variance, variance / 2);
        EXPECT_LT(std::abs(sum) / kCells, 4 * std::sqrt(variance / kCells));
    }
}

TEST(Figures, ASumWithWideBoundsIsCountedInSteps) {
    Plan plan;
    plan.inputs = {{1, {}, true}};
    plan.sums = {{"spend", 0, 0, {}, -kMaxMeasureBound, kMaxMeasureBound}};
    const auto noise = PlanNoise::make(plan, {}, 1'000'000, 10);
    ASSERT_TRUE(noise) << noise.error().message;
    EXPECT_GT(noise->sum(0).step, 1);
    // The change of one person, and a step more in each cell that changes.
    EXPECT_GE((noise->sum(0).sensitivity - 2) * noise->sum(0).step, 2 * kMaxMeasureBound);
    EXPECT_EQ(noise->persons().step, 1);
    EXPECT_LE(noise->loss().pure_epsilon, 1'000'000);
}

// Persons and each sum have a share of epsilon, and all shares are paid.
TEST(Figures, EverySumIsPaidFor) {
    Plan plan;
    plan.inputs = {{1, {}, true}};
    const Sum spend{"spend", 0, 0, {}, 0, 1'000};
    for (const std::size_t sums : {0, 1, 3}) {
        plan.sums.assign(sums, spend);
        const auto noise = PlanNoise::make(plan, {}, 1'000'000, 10);
        ASSERT_TRUE(noise) << noise.error().message;
        EXPECT_EQ(noise->share(), 1'000'000 / static_cast<MicroEpsilon>(1 + sums));
        EXPECT_EQ(noise->loss().pure_epsilon, noise->share() * static_cast<MicroEpsilon>(1 + sums));
    }
}

// Campaigns of many shapes, the story's 32 % and 2.3x among them.
TEST(Figures, IntervalsCoverTheTruthAsOftenAsTheySay) {
    SeededBits bits(20280714);
    std::mt19937 random(7);
    const int campaigns = test_effort(20'000, 2'000);
    int overlap_covered = 0;
    int lift_covered = 0;
    for (int i = 0; i < campaigns; ++i) {
        Asked asked(*builtin_template("overlap_and_lift"), kExposedAndActed);
        const bool is_story = i % 4 == 0;
        const double overlap = is_story ? 0.32 : 0.1 + 0.1 * static_cast<double>(random() % 8);
        const double lift = is_story ? 2.3 : 0.5 + 0.25 * static_cast<double>(random() % 12);
        fill(asked, 100'000 + static_cast<std::int64_t>(random() % 900'000), overlap, lift);
        const Exact& exact = asked.exact;
        const auto matched = [&](std::size_t cell) { return (cell / 2) % 2 == 1; };
        double people = 0;
        double both = 0;
        double acted[2] = {};
        double all[2] = {};
        for (std::size_t cell = 0; cell < exact.persons.size(); ++cell) {
            const auto count = static_cast<double>(exact.persons[cell]);
            people += count;
            if (!matched(cell)) continue;
            both += count;
            all[cell / 4 % 2] += count;
            if (cell % 2 == 1) acted[cell / 4 % 2] += count;
        }
        const Json figures = asked.answer(200'000, bits);
        overlap_covered += holds(entry(figures, "overlap"), both / people) ? 1 : 0;
        lift_covered +=
            holds(entry(figures, "lift"), acted[1] / all[1] / (acted[0] / all[0])) ? 1 : 0;
    }
    const double slack = campaigns >= 20'000 ? 0.005 : 0.015;
    EXPECT_NEAR(overlap_covered, 0.95 * campaigns, slack * campaigns);
    EXPECT_NEAR(lift_covered, 0.95 * campaigns, slack * campaigns);
}

}  // namespace
}  // namespace altis::cleanroom
