#include "cleanroom/templates/query_template.h"

#include <gtest/gtest.h>

#include "cleanroom/plan/plan_json.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

Json parse(std::string_view text) {
    auto json = codec::parse_json(text);
    EXPECT_TRUE(json.has_value()) << text;
    return json.value_or(Json());
}

// A table on the left and one on the right with every kind of column.
const Schema& schema() {
    static const Schema made = *schema_from_json(parse(R"({
        "key": {"column": "email", "kind": "email"},
        "dimensions": [{"name": "tier", "values": ["gold", "silver"]},
                       {"name": "booked", "values": ["yes", "no"]}],
        "measures": [{"name": "spend", "low": "0", "high": "900.00"}],
        "moments": [{"name": "at"}]})"));
    return made;
}

Result<NamedPlan> plan_of(const QueryTemplate& query, const Json& parameters) {
    const auto filled = fill_parameters(query, parameters);
    if (!filled) return tl::unexpected(filled.error());
    const NamedSchema tables[] = {{"left", &schema()}, {"right", &schema()}};
    return plan_from_json(bind(query, *filled), tables);
}

// Parameters that every template of Altis can be asked with.
Json parameters_for(const QueryTemplate& query) {
    const Json booked = parse(R"([{"column":"booked","is":["yes"]}])");
    Json given = Json::object();
    for (const Parameter& parameter : query.parameters) {
        if (!parameter.fallback.is_null()) continue;
        if (parameter.kind == Parameter::Kind::kConditions) {
            given.set(parameter.name, booked);
        } else {
            const bool is_moment = parameter.name.ends_with("_at");
            given.set(parameter.name, is_moment                    ? "at"
                                      : parameter.name == "amount" ? "spend"
                                                                   : "tier");
        }
    }
    return given;
}

TEST(QueryTemplate, ThoseOfAltisGivePlansAndReadAgain) {
    EXPECT_EQ(builtin_templates().size(), 8U);
    for (const QueryTemplate& query : builtin_templates()) {
        const auto named = plan_of(query, parameters_for(query));
        ASSERT_TRUE(named) << query.id << ": " << named.error().message;
        const auto again = template_from_json(query.json);
        ASSERT_TRUE(again) << query.id;
        EXPECT_EQ(again->figures.size(), query.figures.size());
        EXPECT_EQ(builtin_template(query.id), &query);
    }
    EXPECT_EQ(builtin_template("everything"), nullptr);
}

TEST(QueryTemplate, FillsParametersTheSameWayTwice) {
    const QueryTemplate& query = *builtin_template("reach_and_frequency");
    const auto filled = fill_parameters(query, parse(R"({"up_to":3})"));
    ASSERT_TRUE(filled);
    EXPECT_EQ((*filled)["rows"].as_int(), 100);
    EXPECT_EQ(*fill_parameters(query, *filled), *filled);
    const auto named = plan_of(query, *filled);
    ASSERT_TRUE(named);
    EXPECT_EQ(named->plan.labels[0].cap, 3);
    EXPECT_EQ(named->plan.inputs[0].rows_per_person, 100U);
}

TEST(QueryTemplate, NamesParametersThatDoNotFit) {
    const QueryTemplate& query = *builtin_template("reach_and_frequency");
    const auto reason = [&](std::string_view text) {
        return fill_parameters(query, parse(text)).error().reason;
    };
    EXPECT_EQ(reason(R"({"up_to":0})"), "rooms.parameter_invalid");
    EXPECT_EQ(reason(R"({"up_to":"3"})"), "rooms.parameter_invalid");
    EXPECT_EQ(reason(R"({"upto":3})"), "rooms.parameter_unknown");
    EXPECT_EQ(reason(R"([])"), "rooms.parameter_invalid");
    EXPECT_EQ(fill_parameters(*builtin_template("lift"), Json()).error().message,
              "the template lift needs the parameter exposed");
}

// What an owner writes.
std::string written(const std::string& plan, const std::string& figures) {
    return R"({"id":"mine","version":1,"title":"Mine","tables":["left"],
        "parameters":[{"name":"tier","kind":"column","default":"tier"}],"plan":)" +
           plan + R"(,"figures":)" + figures + "}";
}

TEST(QueryTemplate, NamesWhatAnOwnerWroteWrongly) {
    const std::string plan = R"({"inputs":[{"of":"left","required":true}],
        "groups":[{"name":"tier","of":"left","column":"$tier"}]})";
    const auto message = [](const std::string& text) {
        const auto query = template_from_json(parse(text));
        return query ? "was read" : query.error().message;
    };
    EXPECT_EQ(message(written(plan, R"([{"name":"n","kind":"count","by":["tier"]}])")), "was read");
    EXPECT_EQ(message(written(plan, R"([{"name":"n","kind":"count","by":["area"]}])")),
              "the figure 'n' is by the group 'area', which the plan does not have");
    EXPECT_EQ(message(written(plan, R"([{"name":"n","kind":"median"}])")),
              "the kind of a figure must be one of count, share, distribution, lift, sum, mean, "
              "score, average");
    EXPECT_EQ(message(written(plan, R"([{"name":"n","kind":"sum","sum":"spend"}])")),
              "the figure 'n' names the sum 'spend', which the plan does not have");
    EXPECT_EQ(message(written(plan, R"([{"name":"n","kind":"lift"}])")),
              "the lift 'n' needs \"exposed\"");
    EXPECT_EQ(message(written(R"({"inputs":[{"of":"$who"}]})", R"([{"name":"n","kind":"count"}])")),
              "the plan uses '$who', which is no parameter");
}

// A parameter is put in as a value: it cannot bring members of its own into the plan.
TEST(QueryTemplate, PutsParametersInAsValues) {
    const auto query =
        *template_from_json(parse(written(R"({"inputs":[{"of":"left","required":true}],
                          "groups":[{"name":"tier","of":"left","column":"$tier"}]})",
                                          R"([{"name":"n","kind":"count"}])")));
    const auto named = plan_of(query, parse(R"({"tier":"tier\",\"touch\":{}"})"));
    ASSERT_FALSE(named);
    EXPECT_EQ(named.error().reason, "treasury.column_unknown");
    EXPECT_EQ(plan_of(query, parse(R"({"tier":{"of":"left"}})")).error().reason,
              "rooms.parameter_invalid");
}

}  // namespace
}  // namespace altis::cleanroom
