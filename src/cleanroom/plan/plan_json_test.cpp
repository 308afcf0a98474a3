#include "cleanroom/plan/plan_json.h"

#include <gtest/gtest.h>

namespace altis::cleanroom {
namespace {

const Schema& ads() {
    static const Schema schema = *schema_from_json(*codec::parse_json(R"({
        "key": {"column": "email", "kind": "email"},
        "dimensions": [{"name": "channel", "values": ["tv", "web"]}, {"name": "city"}],
        "moments": [{"name": "seen_at"}]})"));
    return schema;
}

const Schema& airline() {
    static const Schema schema = *schema_from_json(*codec::parse_json(R"({
        "key": {"column": "email", "kind": "email"},
        "dimensions": [{"name": "tier", "values": ["gold", "silver"]}],
        "measures": [{"name": "spend", "low": "0", "high": "900.00"}],
        "moments": [{"name": "booked_at"}]})"));
    return schema;
}

Result<NamedPlan> read(std::string_view text) {
    const NamedSchema tables[] = {{"ads", &ads()}, {"airline", &airline()}};
    return plan_from_json(*codec::parse_json(text), tables);
}

constexpr std::string_view kEverything = R"json({
    "inputs": [{"of": "airline", "required": true, "rows_per_person": 3,
                "where": [{"column": "tier", "is": ["gold", "(other)"]}]},
               {"of": "ads", "rows_per_person": 20}],
    "groups": [{"name": "tier", "of": "airline", "column": "tier"},
               {"name": "seen", "of": "ads", "present": [{"column": "channel", "is": ["tv"]}]},
               {"name": "times", "of": "ads", "count_up_to": 4},
               {"name": "channel", "of": "ads", "column": "channel",
                "touch": {"at": "seen_at", "before": "airline", "before_at": "booked_at",
                          "within_days": 7}}],
    "sums": [{"name": "spend", "of": "airline", "column": "spend", "high": "500",
              "where": [{"column": "spend", "from": "1.50", "to": "900"},
                        {"column": "booked_at", "from": "2028-07-01T00:00:00Z",
                         "before": "2028-08-01T00:00:00Z"}]}],
    "groups_per_person": 2})json";

TEST(PlanJson, ReadsEveryMember) {
    const auto named = read(kEverything);
    ASSERT_TRUE(named) << named.error().message;
    EXPECT_EQ(named->tables, (std::vector<std::size_t>{1, 0}));
    const Plan& plan = named->plan;
    EXPECT_EQ(plan.inputs[0].filter[0].codes, (std::vector<std::uint16_t>{0, 2}));
    EXPECT_EQ(plan.inputs[1].rows_per_person, 20U);
    EXPECT_EQ(plan.labels[2].cap, 4);
    EXPECT_EQ(plan.labels[3].touch.window_us, 7 * 86'400'000'000);
    EXPECT_EQ(plan.sums[0].low, 0);
    EXPECT_EQ(plan.sums[0].high, 50'000);
    EXPECT_EQ(plan.sums[0].filter[0].low, 150);
    EXPECT_EQ(plan.groups_per_person, 2U);
    const Schema* const schemas[] = {&airline(), &ads()};
    EXPECT_EQ(cell_count(plan, schemas), 3U * 2 * 5 * 3);
    EXPECT_EQ(value_names(plan.labels[2], schemas).back(), "4 or more");
    EXPECT_EQ(value_names(plan.labels[3], schemas).back(), "(other)");
    const NamedSchema tables[] = {{"ads", &ads()}, {"airline", &airline()}};
    const std::vector<ColumnRead> read_columns = {
        {0, "channel"}, {0, "seen_at"}, {1, "booked_at"}, {1, "spend"}, {1, "tier"}};
    EXPECT_EQ(columns_read(*named, tables), read_columns);
}

std::string message(std::string_view text) {
    const auto named = read(text);
    return named ? "was read" : named.error().message;
}

// A plan over one table with a condition.
std::string one_table(const std::string& table, const std::string& where) {
    return R"({"inputs":[{"of":")" + table + R"(","required":true,"where":[)" + where + "]}]}";
}

TEST(PlanJson, NamesWhatIsWrong) {
    EXPECT_EQ(message(R"({"inputs":[{"of":"ads","required":true,"were":[]}]})"),
              "an input has no member 'were'");
    EXPECT_EQ(message(one_table("hotel", "")), "the room has no table 'hotel'");
    EXPECT_EQ(message(R"({"inputs":[{"of":"ads","required":true},{"of":"ads"}]})"),
              "the table 'ads' is an input twice");
    EXPECT_EQ(message(R"({"inputs":[{"of":"ads","required":true}],
                          "groups":[{"name":"t","of":"airline"}]})"),
              "'airline' is no input of this plan");
    EXPECT_EQ(message(one_table("ads", R"({"column":"channel","is":["radio"]})")),
              "the dimension 'channel' has no value 'radio'");
    EXPECT_EQ(message(R"({"inputs":[{"of":"ads"}]})"),
              "at least one input must be required: whose persons are counted?");
    EXPECT_EQ(message(one_table("airline", R"({"column":"spend","from":"0.001","to":"2"})")),
              "bounds of 'spend' have at most 2 decimals");
    EXPECT_EQ(message("[]"), "a plan must be an object");
}

// Whether somebody lives in a city must not be seen from what is refused.
TEST(PlanJson, TakesValuesThatAPrivateDimensionDoesNotHave) {
    const auto named = read(one_table("ads", R"({"column":"city","is":["Atlantis"]})"));
    ASSERT_TRUE(named);
    EXPECT_TRUE(named->plan.inputs[0].filter[0].codes.empty());
    const auto wide = read(R"({"inputs":[{"of":"ads","required":true},{"of":"airline"}],
        "groups":[{"name":"c","of":"ads","column":"city"},
                  {"name":"n","of":"ads","count_up_to":100},
                  {"name":"m","of":"airline","count_up_to":100}]})");
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error().reason, "rooms.too_many_cells");
}

}  // namespace
}  // namespace altis::cleanroom
