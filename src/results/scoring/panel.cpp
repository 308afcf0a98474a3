#include "results/scoring/panel.h"

#include <algorithm>

namespace altis::results {
namespace {

using codec::Json;

constexpr int kMaxInputScale = 4;  // so that products stay exact

tl::unexpected<Error> malformed(std::string why) {
    return fail(Code::kInvalid, "results.panel_malformed", "the score sheet " + std::move(why));
}

Result<void> check_range(Decimal value) {
    const Decimal end(kMaxPanelPoints, 0);
    if (value.scale() <= kMaxInputScale && value < end && Decimal() - value < end) return {};
    return malformed("has a number of 10000 or more, or with over 4 digits behind the point");
}

Result<Decimal> number_of(const Json& json, std::string_view key) {
    const auto value = Decimal::parse(json[key].as_string());
    if (!value) return malformed("needs " + std::string(key) + " as a text like \"7.25\"");
    return *value;
}

}  // namespace

Result<Decimal> panel_mean(const PanelRule& rule, std::vector<Decimal> scores) {
    if (scores.size() > kMaxPanelScores) {
        return malformed("has over " + std::to_string(kMaxPanelScores) + " judges");
    }
    for (const Decimal score : scores)
        TRY_VOID(check_range(score));
    std::erase(scores, Decimal());
    const auto drop = static_cast<std::size_t>(rule.drop);
    if (scores.size() <= 2 * drop) {
        return malformed("leaves no score when the highest and lowest are left out");
    }
    std::ranges::sort(scores);
    Decimal sum;
    for (std::size_t i = drop; i + drop < scores.size(); ++i)
        sum = sum + scores[i];
    return divide(sum, static_cast<std::int64_t>(scores.size() - 2 * drop), rule.digits,
                  rule.rounding);
}

Result<PanelScore> score_panel(const PanelRule& rule, const ScoreSheet& sheet) {
    if (std::max(sheet.elements.size(), sheet.components.size()) > kMaxPanelItems) {
        return malformed("has over " + std::to_string(kMaxPanelItems) + " elements or components");
    }
    TRY_VOID(check_range(sheet.deductions));
    if (sheet.deductions < Decimal())
        return malformed("has negative deductions; give them as 1.00");
    PanelScore score;
    for (const PanelElement& element : sheet.elements) {
        TRY_VOID(check_range(element.base));
        TRY_VOID(check_range(element.grade));
        score.element_scores.push_back(element.base + element.grade);
        score.elements = score.elements + score.element_scores.back();
    }
    for (const Component& component : sheet.components) {
        TRY_VOID(check_range(component.factor));
        TRY(const Decimal mean, panel_mean(rule, component.scores));
        score.component_scores.push_back(mean);
        const Decimal product = (mean * component.factor).round(rule.digits, rule.rounding);
        score.components = score.components + product;
    }
    score.total = score.elements + score.components - sheet.deductions;
    return score;
}

Result<ScoreSheet> read_sheet(std::string_view json) {
    if (json.size() > kMaxSheetBytes) return malformed("is over 1 MiB");
    TRY(const Json document, codec::parse_json(json));
    ScoreSheet sheet;
    TRY(sheet.deductions, number_of(document, "deductions"));
    for (const Json& item : document["elements"].items()) {
        PanelElement element;
        TRY(element.base, number_of(item, "base"));
        TRY(element.grade, number_of(item, "grade"));
        sheet.elements.push_back(element);
    }
    for (const Json& item : document["components"].items()) {
        Component component;
        TRY(component.factor, number_of(item, "factor"));
        for (const Json& text : item["scores"].items()) {
            const auto score = Decimal::parse(text.as_string());
            if (!score) return malformed("needs scores as texts like \"7.25\"");
            component.scores.push_back(*score);
        }
        sheet.components.push_back(std::move(component));
    }
    return sheet;
}

Json to_json(const PanelScore& score) {
    const auto list = [](const std::vector<Decimal>& numbers) {
        Json json = Json::array();
        for (const Decimal number : numbers)
            json.push(number.to_string());
        return json;
    };
    return Json::object({{"element_scores", list(score.element_scores)},
                         {"component_scores", list(score.component_scores)},
                         {"elements", score.elements.to_string()},
                         {"components", score.components.to_string()},
                         {"total", score.total.to_string()}});
}

}  // namespace altis::results
