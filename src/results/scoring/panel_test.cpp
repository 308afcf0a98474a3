#include "results/scoring/panel.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

#include "codec/csv.h"
#include "results/rules.h"
#include "results/scoring/real_data.h"

namespace altis::results {
namespace {

Decimal decimal(std::string_view text) {
    return *Decimal::parse(text);
}

std::vector<Decimal> decimals(std::initializer_list<const char*> texts) {
    std::vector<Decimal> numbers;
    for (const char* text : texts)
        numbers.push_back(decimal(text));
    return numbers;
}

UnitRules skating(std::string_view phase) {
    return default_rules().for_unit(
        *Rsc::parse("FSKWSINGLES-----------" + std::string(phase) + "000100--"));
}

TEST(PanelMean, LeavesOutTheExtremesAndAbsentJudges) {
    EXPECT_EQ(panel_mean({}, decimals({"7.00", "7.25", "7.50", "9.00", "1.00"})), decimal("7.25"));
    EXPECT_EQ(panel_mean({}, decimals({"7.00", "7.25", "7.50", "9.00", "1.00", "0.0"})),
              decimal("7.25"));
    EXPECT_EQ(panel_mean({}, decimals({"1", "7.25", "7.00", "9"}))->to_string(), "7.13");
    EXPECT_EQ(panel_mean({}, decimals({"0.0", "7.25", "7.00"})).error().reason,
              "results.panel_malformed");
    EXPECT_FALSE(panel_mean({}, {}));
    EXPECT_FALSE(panel_mean({}, decimals({"10000", "1", "1"})));
    EXPECT_FALSE(panel_mean({}, std::vector(kMaxPanelScores + 1, decimal("1"))));
}

TEST(Panel, RoundsEachProduct) {
    ScoreSheet sheet;
    sheet.elements = {{decimal("5.6"), decimal("0.77")}, {decimal("3.1"), decimal("-1.50")}};
    sheet.components = {{decimals({"7.54", "7.54", "7.54"}), decimal("1.2")},
                        {decimals({"7.04", "7.04", "7.04"}), decimal("1.2")}};
    sheet.deductions = decimal("1.00");
    const auto score = score_panel({}, sheet);
    ASSERT_TRUE(score);
    EXPECT_EQ(score->elements.to_string(), "7.97");
    EXPECT_EQ(score->components.to_string(), "17.50");  // 9.048 and 8.448: 9.05 + 8.45
    EXPECT_EQ(score->total.to_string(), "24.47");
    sheet.deductions = decimal("-1.00");
    EXPECT_FALSE(score_panel({}, sheet));
}

TEST(ScoreSheet, ReadsTextsAndNamesWhatIsMissing) {
    const auto sheet = read_sheet(
        R"({"elements":[{"base":"5.6","grade":"0.77"}],"deductions":"0.00",
            "components":[{"factor":"1.2","scores":["7.5","7.5","7.5"]}]})");
    ASSERT_TRUE(sheet) << sheet.error().message;
    EXPECT_EQ(to_json(*score_panel({}, *sheet))["total"].as_string(), "15.37");
    for (const char* text :
         {"{}", R"({"deductions":1})", R"({"deductions":"0","elements":[{"base":"1"}]})",
          R"({"deductions":"0","components":[{"factor":"1","scores":[7.5]}]})"}) {
        EXPECT_EQ(read_sheet(text).error().reason, "results.panel_malformed") << text;
    }
    EXPECT_EQ(read_sheet("{").error().reason, "json.malformed");
}

RC_GTEST_PROP(PanelMean, StaysBetweenTheScoresAndIgnoresTheirOrder, ()) {
    auto quarters = *rc::gen::container<std::vector<int>>(9, rc::gen::inRange(1, 41));
    std::vector<Decimal> scores;
    for (const int quarter : quarters)
        scores.emplace_back(quarter * 25, 2);
    const Decimal mean = *panel_mean({}, scores);
    std::ranges::reverse(scores);
    RC_ASSERT(*panel_mean({}, scores) == mean);
    scores.emplace_back();  // an absent judge
    RC_ASSERT(*panel_mean({}, scores) == mean);
    scores.pop_back();
    std::ranges::sort(scores);
    RC_ASSERT(mean >= scores[1] && mean <= scores[7]);
    // One judge alone, however far out, moves nothing beyond the second most extreme score.
    scores.back() = Decimal(9'999, 0);
    RC_ASSERT(*panel_mean({}, scores) == mean);
}

// ---- real performances --------------------------------------------------------------------------

using Row = std::map<std::string, std::string>;

std::vector<Row> read_rows(const std::string& csv) {
    std::vector<Row> rows;
    auto reader = codec::CsvReader::create(csv);
    std::vector<std::string> fields;
    while (reader && reader->next(fields).value_or(false)) {
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < fields.size(); ++i)
            row[reader->columns()[i]] = fields[i];
    }
    return rows;
}

class Skating : public testing::Test {
  protected:
    void SetUp() override {
        const auto performances = real::read("skating/performances.csv");
        const auto aspects = real::read("skating/judged_aspects.csv");
        const auto scores = real::read("skating/judge_scores.csv");
        if (!performances || !aspects || !scores) {
            GTEST_SKIP() << "skating not found; set ALTIS_SHARED";
        }
        performances_ = read_rows(*performances);
        for (const Row& row : read_rows(*scores))
            scores_[row.at("aspect_id")].push_back(decimal(row.at("score")));
        for (Row& row : read_rows(*aspects))
            aspects_[row["performance_id"]].push_back(row);
    }

    // The sheet of a performance, and what the panel's protocol says of each line, in this order.
    ScoreSheet sheet_of(const Row& performance, std::vector<Decimal>& elements,
                        std::vector<Decimal>& components) const {
        ScoreSheet sheet;
        sheet.deductions = decimal(performance.at("total_deductions"));
        for (const Row& aspect : aspects_.at(performance.at("performance_id"))) {
            const Decimal published = decimal(aspect.at("scores_of_panel"));
            if (aspect.at("section") == "elements") {
                sheet.elements.push_back(
                    {decimal(aspect.at("base_value")), decimal(aspect.at("goe"))});
                elements.push_back(published);
            } else {
                sheet.components.push_back(
                    {scores_.at(aspect.at("aspect_id")), decimal(aspect.at("factor"))});
                components.push_back(published);
            }
        }
        return sheet;
    }

    std::vector<Row> performances_;
    std::map<std::string, std::vector<Row>> aspects_;  // by performance
    std::map<std::string, std::vector<Decimal>> scores_;
};

TEST_F(Skating, EveryElementComponentAndTotalComesOutAgain) {
    std::size_t elements = 0;
    std::size_t components = 0;
    std::size_t totals = 0;
    std::size_t wrong_when_rounded_once = 0;
    const PanelRule rule = skating("FNL-").panel;
    for (const Row& performance : performances_) {
        std::vector<Decimal> published_elements;
        std::vector<Decimal> published_components;
        const ScoreSheet sheet = sheet_of(performance, published_elements, published_components);
        const auto score = score_panel(rule, sheet);
        ASSERT_TRUE(score) << score.error().message;
        EXPECT_EQ(score->element_scores, published_elements);
        EXPECT_EQ(score->component_scores, published_components);
        EXPECT_EQ(score->elements, decimal(performance.at("total_element_score")));
        EXPECT_EQ(score->components, decimal(performance.at("total_component_score")));
        EXPECT_EQ(score->total, decimal(performance.at("total_segment_score")));
        elements += published_elements.size();
        components += published_components.size();
        ++totals;
        Decimal late;
        for (std::size_t i = 0; i < sheet.components.size(); ++i) {
            const Decimal mean = *panel_mean({1, 4, Rounding::kHalfUp}, sheet.components[i].scores);
            late = late + mean * sheet.components[i].factor;
        }
        wrong_when_rounded_once += late.round(2, Rounding::kHalfUp) == score->components ? 0 : 1;
    }
    EXPECT_EQ(totals, 235U);
    EXPECT_EQ(elements, 1'964U);
    EXPECT_EQ(components, 1'175U);
    EXPECT_GT(wrong_when_rounded_once, 100U);  // why the order of rounding is part of the rule
}

ResultLine line_of(const Row& performance) {
    ResultLine line;
    line.competitor.code = performance.at("performance_id");
    line.rank = std::stoi(performance.at("rank"));
    line.result = performance.at("total_segment_score");
    line.result_type = "POINTS";
    for (const auto& [code, column] : {std::pair{"ELEMENTS", "total_element_score"},
                                       std::pair{"COMPONENTS", "total_component_score"},
                                       std::pair{"DEDUCTIONS", "total_deductions"}}) {
        line.extended.push_back({"ER", code, "", performance.at(column), "", 0, false, 0, ""});
    }
    return line;
}

TEST_F(Skating, RanksAreThoseOfTheTotalsAndTheirTieBreaks) {
    std::map<std::string, std::vector<ResultLine>> segments;
    for (const Row& row : performances_)
        segments[row.at("competition") + "/" + row.at("program")].push_back(line_of(row));
    std::size_t ties = 0;
    for (const auto& [name, lines] : segments) {
        const bool is_short = name.find("SHORT") != std::string::npos;
        const UnitRules rules = skating(is_short ? "QUAL" : "FNL-");
        EXPECT_TRUE(verify_totals(rules, lines)) << name;
        EXPECT_TRUE(check_ranks(rules, lines).empty()) << name;
        const auto standings = standings_of(rules, lines);
        // Case M37: equal totals, told apart by the score that the rule names.
        std::set<Decimal> totals;
        for (const Standing& standing : standings)
            ties += totals.insert(standing.front()).second ? 0 : 1;
        std::vector<int> published;
        for (const ResultLine& line : lines)
            published.push_back(line.rank);
        EXPECT_EQ(assign_ranks(standings), published) << name;
    }
    EXPECT_EQ(segments.size(), 10U);
    EXPECT_EQ(ties, 2U);
}

TEST(SkatingTies, FreeSkatingGoesByComponents) {
    const auto line = [](const char* elements, const char* components, int rank) {
        ResultLine made = line_of({{"performance_id", elements},
                                   {"rank", std::to_string(rank)},
                                   {"total_segment_score", "120.00"},
                                   {"total_element_score", elements},
                                   {"total_component_score", components},
                                   {"total_deductions", "0.00"}});
        return made;
    };
    const std::vector lines = {line("70.00", "50.00", 1), line("60.00", "60.00", 2)};
    EXPECT_EQ(assign_ranks(standings_of(skating("QUAL"), lines)), (std::vector{1, 2}));
    EXPECT_EQ(assign_ranks(standings_of(skating("FNL-"), lines)), (std::vector{2, 1}));
}

}  // namespace
}  // namespace altis::results
