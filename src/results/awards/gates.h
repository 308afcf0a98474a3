// Gates against a broken or poisoned source: what arrives is compared with what was accepted last.
// Pure functions; each doubt is one named reason to hold something back until a person has looked.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/awards/awards_book.h"
#include "results/model.h"

namespace altis::results {

// From how much on a difference is a fault of the source. Percentages of what was accepted last.
struct GateLimits {
    int vanished_percent = 10;  // of events, or of the competitors of a unit, that are gone
    int blank_percent = 5;      // of rows without a name, where names were known
    int table_percent = 10;     // of medals by which a stated table contradicts the register
    int jumped_percent = 50;    // of competitors who move by over `rank_jump`
    int rank_jump = 10;         // places
    int faster_percent = 5;     // a time better than the best ever by so much
    std::size_t few = 4;        // smaller lists are not judged by percentages
};

// One row of a medal page: one name with one medal. A team has a row per member.
struct MedalRowText {
    std::string organisation;
    std::string name;
    std::string discipline;
    std::string event;
    std::string medal;  // "gold", "silver", "bronze", or empty
    friend auto operator<=>(const MedalRowText&, const MedalRowText&) = default;
};

constexpr std::size_t kMaxSnapshotRows = 20'000;  // of one medal page

// A medal page as a source showed it at a moment: all of it, or its table, or both.
struct MedalSnapshot {
    std::string edition;
    std::string competition;  // what the page says it is about; may be empty
    std::string source;
    Time observed_at;
    std::vector<MedalRowText> rows;
    std::map<std::string, MedalCounts> table;
};

// What a snapshot comes to.
struct SnapshotReading {
    std::vector<Warning> doubts;     // none: it may be published
    std::vector<AwardList> changes;  // lists that differ from the register
    // Events that the page lost. Without doubts they stay as they are: a withdrawal is a correction
    // that a person signs, never an absence.
    std::vector<AwardList> vanished;
    std::vector<Warning> warnings;
};

// Lists as the rows give them: one medal per event, medal and organisation; blank names and missing
// members are filled from the register. Doubts are "results.gate.shrinking",
// "results.gate.blank_names", "results.gate.other_competition", "results.gate.table_contradicts"
// and "results.gate.official_changed".
SnapshotReading read_snapshot(const AwardsBook& book, const MedalSnapshot& snapshot,
                              const GateLimits& limits = {});

// The doubts about a new version of a unit's lines after `before`: "results.gate.shrinking",
// "results.gate.blank_names", "results.gate.other_competition", "results.gate.impossible_time",
// "results.gate.rank_without_result", "results.gate.rank_jumps".
std::vector<Warning> doubt_lines(std::string_view rsc, const std::vector<ResultLine>& before,
                                 const std::vector<ResultLine>& after,
                                 const GateLimits& limits = {});

}  // namespace altis::results
