// The built-in rules on the ranked units of Paris 2024: what they warn about is in the data.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "codec/csv.h"
#include "results/rules.h"
#include "results/scoring/real_data.h"

namespace altis::results {
namespace {

struct Columns {
    std::size_t unit, rank, result, type, irm, competitor;
};

Result<Columns> columns_of(const codec::CsvReader& reader) {
    Columns columns{};
    TRY(columns.unit, reader.column("stage_code"));
    TRY(columns.rank, reader.column("rank"));
    TRY(columns.result, reader.column("result"));
    TRY(columns.type, reader.column("result_type"));
    TRY(columns.irm, reader.column("result_IRM"));
    TRY(columns.competitor, reader.column("participant_code"));
    return columns;
}

using Units = std::map<std::string, std::vector<ResultLine>>;

Result<Units> read_units(const std::string& csv) {
    Units units;
    TRY(codec::CsvReader reader, codec::CsvReader::create(csv));
    TRY(const Columns columns, columns_of(reader));
    std::vector<std::string> fields;
    for (;;) {
        TRY(const bool more, reader.next(fields));
        if (!more) return units;
        ResultLine line;
        line.competitor.code = fields[columns.competitor];
        const std::string& rank = fields[columns.rank];  // written as "5.0"
        line.rank = rank.empty() ? 0 : std::stoi(rank);
        line.result = fields[columns.result];
        line.result_type = fields[columns.type];
        line.irm = fields[columns.irm];
        units[fields[columns.unit]].push_back(std::move(line));
    }
}

TEST(Paris2024, FollowsTheBuiltInRules) {
    const auto csv = real::read("paris2024/results_to_2024-08-08.csv.gz");
    if (!csv) GTEST_SKIP() << "paris2024 not found; set ALTIS_SHARED";
    const auto units = read_units(*csv);
    ASSERT_TRUE(units) << units.error().message;
    EXPECT_EQ(units->size(), 3'846U);
    std::size_t ranked = 0;
    std::map<std::string, int> warnings;  // by name and discipline
    for (const auto& [code, lines] : *units) {
        const auto rsc = Rsc::parse(code);
        if (!rsc) continue;
        const bool has_ranks =
            std::ranges::any_of(lines, [](const ResultLine& line) { return line.rank > 0; });
        ranked += has_ranks ? 1 : 0;
        const UnitRules rules = default_rules().for_unit(*rsc);
        EXPECT_TRUE(verify_totals(rules, lines)) << code;
        for (const auto check : {check_ranks, check_lines}) {
            for (const Warning& warning : check(rules, lines)) {
                ++warnings[warning.name + " " + std::string(rsc->discipline())];
            }
        }
    }
    EXPECT_EQ(ranked, 1'203U);  // and one whose code has 38 characters
    // Runs with missed gates are listed last with their times, a team that gave up with its faults.
    const std::map<std::string, int> expected = {{"results.rank_order CSL", 3},
                                                 {"results.rank_order EQU", 1}};
    EXPECT_EQ(warnings, expected);
}

}  // namespace
}  // namespace altis::results
