// Who holds which medal, and the medal table. Pure functions over result lines.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/model.h"

namespace altis::results {

enum class Medal : std::uint8_t { kGold, kSilver, kBronze };
constexpr std::array<std::string_view, 3> kMedalNames = {"gold", "silver", "bronze"};
std::string_view to_string(Medal medal);

// One medal of one competitor; a team's medal is one medal.
struct MedalHolder {
    Medal medal = Medal::kGold;
    std::string competitor;
    std::string organisation;
    std::string name;  // to show
    friend bool operator==(const MedalHolder&, const MedalHolder&) = default;
};

// The medals that official lines give. The rank alone decides: ranks 1, 1, 3 are two golds and a
// bronze, 1, 2, 2 a gold and two silvers, 1, 2, 3, 3 two bronzes, 1, 3 a vacant silver. Who was
// disqualified or did not start gets none. In order of medal, then as in `lines`.
std::vector<MedalHolder> award(MedalUnit medals, const std::vector<ResultLine>& lines);

// Medals of one organisation: gold, silver, bronze.
using MedalCounts = std::array<std::uint32_t, 3>;

struct MedalRow {
    std::string organisation;
    MedalCounts medals{};
    std::uint32_t rank = 0;
    friend bool operator==(const MedalRow&, const MedalRow&) = default;
};

// True for organisations whose medals are awarded but give no row in a table (neutral athletes).
bool is_unranked(std::string_view organisation);

// The table by gold, then silver, then bronze. Equal counts share a rank and the next ranks are
// skipped (1, 2, 2, 4); inside a rank the codes are in alphabetical order. Leaves out who is
// unranked.
std::vector<MedalRow> rank_table(const std::map<std::string, MedalCounts>& medals);

}  // namespace altis::results
