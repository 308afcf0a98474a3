// Groups whose names come from the data, from tables to figures.
#include "cleanroom/templates/noisy_cells.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "cleanroom/plan/plan_json.h"
#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/templates/figures.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr MicroEpsilon kEpsilon = 2'000'000;
constexpr std::int64_t kMinimum = 20;

// So many persons of a city each, the first half of whom came.
struct City {
    std::string name;
    std::size_t persons;
};

Schema schema_with(const std::vector<City>& cities) {
    Schema schema;
    schema.key_column = "email";
    schema.dimensions = {{"city", Domain::kPrivate, {}}, {"came", Domain::kPublic, {"yes", "no"}}};
    for (const City& city : cities)
        schema.dimensions[0].values.push_back(city.name);
    return schema;
}

TableData table_of(const std::vector<City>& cities) {
    TableBuilder builder(schema_with(cities));
    std::uint32_t person = 0;
    for (std::uint16_t city = 0; city < cities.size(); ++city) {
        for (std::size_t i = 0; i < cities[city].persons; ++i) {
            Tag tag{};
            ++person;
            for (std::size_t byte = 0; byte < 4; ++byte)
                tag[byte] = static_cast<std::uint8_t>(person >> (24 - 8 * byte));
            const std::uint16_t codes[] = {
                city, static_cast<std::uint16_t>(i < cities[city].persons / 2 ? 0 : 1)};
            builder.add(tag, {codes, {}, {}});
        }
    }
    return std::move(builder).finish();
}

Plan by_city_and_coming() {
    Plan plan;
    plan.inputs = {{1, {}, true}};
    plan.labels = {{"came", Label::Kind::kDimension, 0, 1, {}},
                   {"city", Label::Kind::kDimension, 0, 0, {}}};
    return plan;
}

struct Asked {
    TableData table;
    Plan plan = by_city_and_coming();
    std::vector<const Schema*> schemas = {&table.schema};
    PlanNoise noise;

    explicit Asked(const std::vector<City>& cities, MicroEpsilon epsilon = kEpsilon)
        : table(table_of(cities)),
          noise(PlanNoise::make(plan, schemas, epsilon, kMinimum).value()) {
        EXPECT_TRUE(check_plan(plan, schemas));
    }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;

    NoisyCells count(RandomBits& bits) const {
        const TableData* const tables[] = {&table};
        return count_noisily(plan, tables, noise, bits);
    }
};

using Names = std::vector<std::string>;

TEST(PrivateGroups, AreNamedWhenManyAreInThemAndElseCountedTogether) {
    const Asked asked({{"Alba", 1}, {"Bolzano", 400}, {"Cortina", 600}, {"Dobbiaco", 5}});
    SeededBits bits(1);
    for (int run = 0; run < 500; ++run) {
        const NoisyCells cells = asked.count(bits);
        ASSERT_EQ(cells.named, (Names{"Bolzano", "Cortina", std::string(kUnnamed)}));
        // came yes, no and (other), each by the three.
        ASSERT_EQ(cells.persons.size(), 9U);
        EXPECT_NEAR(static_cast<double>(cells.persons[0]), 200, 60);
        EXPECT_NEAR(static_cast<double>(cells.persons[4]), 300, 60);
        EXPECT_NEAR(static_cast<double>(cells.persons[5]), 4, 60) << "one of Alba, three more";
        EXPECT_NEAR(static_cast<double>(cells.persons[6]), 0, 60);
    }
}

// Whether somebody was left out shows in nothing but noisy numbers.
TEST(PrivateGroups, TheSharedGroupIsThereForNobodyToo) {
    const Asked asked({{"Bolzano", 400}});
    const Asked nobody({});
    SeededBits bits(2);
    EXPECT_EQ(asked.count(bits).named, (Names{"Bolzano", std::string(kUnnamed)}));
    EXPECT_EQ(nobody.count(bits).named, (Names{std::string(kUnnamed)}));
    EXPECT_EQ(asked.noise.mechanism(), nobody.noise.mechanism());
    EXPECT_EQ(asked.noise.loss(), nobody.noise.loss());
}

TEST(PrivateGroups, AValueThatReadsLikeTheSharedGroupIsInIt) {
    const Asked asked({{std::string(kUnnamed), 500}});
    SeededBits bits(3);
    const NoisyCells cells = asked.count(bits);
    EXPECT_EQ(cells.named, Names{std::string(kUnnamed)});
    EXPECT_NEAR(static_cast<double>(cells.persons[0]), 250, 60);
}

// What is enumerated by the proofs is what happens: one draw of the selection for each value, then
// one draw for each cell of those that were named.
TEST(PrivateGroups, DrawAsTheProofSays) {
    const Asked asked({{"Alba", 30}, {"Bolzano", 90}, {"Cortina", 110}, {"Dobbiaco", 150}},
                      1'500'000);
    const Naming& naming = *asked.noise.naming();
    EXPECT_EQ(naming.selection.noise().sensitivity(), 2);
    EXPECT_EQ(naming.selection.noise().epsilon(), 750'000);
    EXPECT_EQ(naming.least, naming.selection.threshold());
    bool has_named = false;
    bool has_hidden = false;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SeededBits bits(seed);
        SeededBits again(seed);
        const NoisyCells cells = asked.count(bits);
        const std::int64_t persons[] = {30, 90, 110, 150, 0};
        std::vector<std::size_t> named;
        std::int64_t hidden = 230 + 150;
        for (std::size_t city = 0; city < 5; ++city) {
            const std::int64_t noisy = persons[city] + naming.selection.noise().draw(again);
            if (persons[city] == 0 || noisy < naming.least) continue;
            named.push_back(city);
            hidden -= persons[city];
        }
        ASSERT_EQ(cells.named.size(), named.size() + 1);
        for (std::size_t came = 0; came < 3; ++came) {
            for (std::size_t place = 0; place <= named.size(); ++place) {
                const std::int64_t all = place < named.size() ? persons[named[place]] : hidden;
                const std::int64_t exact = came < 2 ? all / 2 : 0;
                ASSERT_EQ(cells.persons[came * (named.size() + 1) + place],
                          exact + asked.noise.persons().noise->draw(again));
            }
        }
        has_named = has_named || !named.empty();
        has_hidden = has_hidden || named.size() < 4;
    }
    EXPECT_TRUE(has_named && has_hidden);
}

TEST(PrivateGroups, CostAShareOfEpsilonAndADelta) {
    const Asked asked({{"Bolzano", 400}});
    EXPECT_EQ(asked.noise.loss().pure_epsilon, kEpsilon);
    EXPECT_GE(asked.noise.loss().delta, kNamingDelta);
    EXPECT_LT(asked.noise.loss().delta, kNamingDelta + 10);
    EXPECT_NE(asked.noise.mechanism().find("naming discrete_laplace(sensitivity=2, "
                                           "epsilon=1.000000, delta_atto=1000000, least="),
              std::string::npos);
    const auto strict = PlanNoise::make(asked.plan, asked.schemas, kEpsilon, 5'000);
    EXPECT_EQ(strict->naming()->least, 5'000) << "a room's minimum group holds for names, too";
}

// Who can be in three groups weighs three times as much in what is named.
TEST(PrivateGroups, ArePaidForByAllGroupsOfAPerson) {
    const Asked asked({{"Bolzano", 400}});
    Plan plan = asked.plan;
    plan.inputs[0].rows_per_person = 3;
    plan.groups_per_person = 3;
    const auto noise = PlanNoise::make(plan, asked.schemas, kEpsilon, kMinimum);
    const auto three = PartitionSelection::make(3, noise->share(), kNamingDelta);
    EXPECT_EQ(noise->naming()->least, three->threshold());
    EXPECT_GT(noise->naming()->least, asked.noise.naming()->least);
    EXPECT_NE(noise->mechanism().find("naming discrete_laplace(sensitivity=6, "), std::string::npos)
        << noise->mechanism();
}

// A computed dimension can have more values than there is room for; then the largest stay, and no
// question fails for what is in the data.
TEST(PrivateGroups, BeyondTheBoundTheLargestAreNamed) {
    std::vector<City> cities;
    for (int i = 0; i < 1'200; ++i)
        cities.push_back({"c" + std::to_string(1'000 + i), i < 20 ? 150U : 60U});
    Asked asked(cities, kMaxEpsilon);
    asked.plan.labels[0] = {"often", Label::Kind::kFrequency, 0, 0, {}, 64};
    ASSERT_TRUE(check_plan(asked.plan, asked.schemas));
    const std::size_t most = most_named(asked.plan, asked.schemas);
    EXPECT_EQ(most, kMaxCells / 65 - 1);
    asked.noise = PlanNoise::make(asked.plan, asked.schemas, kMaxEpsilon, kMinimum).value();
    SeededBits bits(5);
    const NoisyCells cells = asked.count(bits);
    ASSERT_EQ(cells.named.size(), most + 1);
    EXPECT_EQ(cells.persons.size(), cell_count(asked.plan, asked.schemas));
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(std::ranges::count(cells.named, "c" + std::to_string(1'000 + i)), 1);
    asked.plan.labels[0].cap = 65;
    EXPECT_EQ(check_plan(asked.plan, asked.schemas).error().reason, "rooms.too_many_cells");
}

TEST(PrivateGroups, FiguresCountEverybody) {
    const Asked asked({{"Alba", 1}, {"Bolzano", 4'000}, {"Cortina", 6'000}, {"Dobbiaco", 40}});
    const FigureSpec people{"people", FigureSpec::Kind::kCount, {}, {}, {}, "", {}};
    const FigureSpec by_city{"by_city", FigureSpec::Kind::kCount, {}, {}, {}, "", {"city"}};
    const FigureSpec came{"came",  FigureSpec::Kind::kShare, {{"came", {"yes"}}}, {}, {}, "",
                          {"city"}};
    const FigureSpec part{"part", FigureSpec::Kind::kDistribution, {}, {}, {}, "", {"city"}};
    const FigureSpec figures[] = {people, by_city, came, part};
    ASSERT_TRUE(check_figures(figures, asked.plan, asked.schemas));
    const FigureShape shape{asked.plan, asked.schemas, asked.noise};
    SeededBits bits(4);
    const NoisyCells cells = asked.count(bits);
    const Json answer = figures_json(figures, {shape, cells, kMinimum});
    ASSERT_EQ(answer.items().size(), 1U + 3 * 3);
    EXPECT_NEAR(answer.items()[0]["value"].as_double(), 10'041, 60);
    EXPECT_EQ(answer.items()[1]["by"]["city"].as_string(), "Bolzano");
    EXPECT_EQ(answer.items()[3]["by"]["city"].as_string(), kUnnamed);
    EXPECT_NEAR(answer.items()[5]["value"].as_double(), 0.5, 0.01);
    EXPECT_NEAR(answer.items()[8]["value"].as_double(), 0.5975, 0.005);

    const Json expected = expected_intervals(figures, shape);
    EXPECT_TRUE(expected.items()[0]["plus_minus"].is_null());
    EXPECT_EQ(expected.items()[1]["cells"].as_int(), 3);
    const Asked other({{"Zell", 7}});
    EXPECT_EQ(expected_intervals(figures, {other.plan, other.schemas, other.noise}).to_string(),
              expected.to_string());
}

}  // namespace
}  // namespace altis::cleanroom
