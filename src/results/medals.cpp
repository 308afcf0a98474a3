#include "results/medals.h"

#include <algorithm>

namespace altis::results {
namespace {

constexpr std::array<std::string_view, 4> kMarksWithoutMedal = {"DNS", "DSQ", "DQ", "DQB"};
constexpr std::array<std::string_view, 1> kUnrankedOrganisations = {"AIN"};
constexpr int kMedalRanks = 3;

bool may_hold(const ResultLine& line, MedalUnit medals) {
    const int last = medals == MedalUnit::kBronze ? 1 : kMedalRanks;
    return line.rank >= 1 && line.rank <= last &&
           std::find(kMarksWithoutMedal.begin(), kMarksWithoutMedal.end(), line.irm) ==
               kMarksWithoutMedal.end();
}

}  // namespace

std::string_view to_string(Medal medal) {
    return kMedalNames[static_cast<std::size_t>(medal)];
}

std::vector<MedalHolder> award(MedalUnit medals, const std::vector<ResultLine>& lines) {
    std::vector<MedalHolder> holders;
    if (medals == MedalUnit::kNone) return holders;
    for (const ResultLine& line : lines) {
        if (!may_hold(line, medals)) continue;
        const Medal medal =
            medals == MedalUnit::kBronze ? Medal::kBronze : static_cast<Medal>(line.rank - 1);
        holders.push_back({medal, line.competitor.code, line.competitor.organisation,
                           display_name(line.competitor)});
    }
    std::stable_sort(holders.begin(), holders.end(),
                     [](const auto& a, const auto& b) { return a.medal < b.medal; });
    return holders;
}

bool is_unranked(std::string_view organisation) {
    return std::find(kUnrankedOrganisations.begin(), kUnrankedOrganisations.end(), organisation) !=
           kUnrankedOrganisations.end();
}

std::vector<MedalRow> rank_table(const std::map<std::string, MedalCounts>& medals) {
    std::vector<MedalRow> rows;
    for (const auto& [organisation, counts] : medals) {
        if (counts != MedalCounts{} && !is_unranked(organisation)) {
            rows.push_back({organisation, counts, 0});
        }
    }
    // The map is in order of codes already, so a stable sort keeps that order inside a rank.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.medals > b.medals; });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool equal = i > 0 && rows[i].medals == rows[i - 1].medals;
        rows[i].rank = equal ? rows[i - 1].rank : static_cast<std::uint32_t>(i + 1);
    }
    return rows;
}

}  // namespace altis::results
