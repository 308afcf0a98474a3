// Fuzzes results/scoring: a rule set is accepted or refused by name, and an accepted one judges any
// lines without harm.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "results/rules.h"
#include "results/scoring/panel.h"

namespace {

using namespace altis;
using namespace altis::results;

// Lines made of the words of the rules themselves, so that they meet.
std::vector<ResultLine> lines_for(const UnitRules& rules) {
    std::vector<ResultLine> lines;
    for (const char* result : {"1:00.05", "59.97", "", "9999999.999999999", "-7"}) {
        ResultLine line;
        line.rank = static_cast<int>(lines.size()) + 1;
        line.result = result;
        line.sort_order = 9 - line.rank;
        if (!rules.values.empty()) line.result_type = rules.values.front().type;
        if (!rules.marks.empty() && line.rank == 3) line.irm = rules.marks.front().spelling;
        const auto add = [&](const PartName& part, const char* value) {
            line.extended.push_back({part.type, part.code, "1", value, "XO", 0, false, 0, ""});
        };
        for (const SumRule& rule : rules.totals) {
            for (const PartName& part : rule.plus)
                add(part, "9999999.999999999");
            for (const PartName& part : rule.minus)
                add(part, "-9999999.999999999");
        }
        for (const RunningRule& rule : rules.running) {
            add(rule.parts, result);
            add(rule.sums, result);
        }
        if (rules.attempts) add(*rules.attempts, result);
        for (const TieBreak& rule : rules.tie_breaks)
            add(rule.part, "1.5");
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto sheet = read_sheet(text);
    if (sheet) static_cast<void>(score_panel({}, *sheet));
    const auto set = RuleSet::parse(text);
    if (!set) {
        ALTIS_ASSERT(set.error().reason.starts_with("results.rules_") ||
                     set.error().reason.starts_with("json."));
        return 0;
    }
    for (const char* code :
         {"FSKWSINGLES-----------FNL-000100--", "ATHMDT----------------QUAL000100--"}) {
        const UnitRules rules = set->for_unit(*Rsc::parse(code));
        const auto lines = lines_for(rules);
        static_cast<void>(verify_totals(rules, lines));
        const auto ranks = assign_ranks(standings_of(rules, lines));
        ALTIS_ASSERT(ranks.size() == lines.size());
        static_cast<void>(check_ranks(rules, lines));
        static_cast<void>(check_lines(rules, lines));
    }
    return 0;
}
