// Checks an English game report that somebody else wrote against the box score of the game: what it
// states and the table does not prove is found. No model; only rules of the language and of the
// game (basketball).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace altis::messages {

constexpr std::size_t kMaxReportTokens = 5'000;

// A team or a player. Values by measure: "PTS", "REB", "AST", "STL", "BLK", "TO", "MIN", "FGM",
// "FGA", "FG3M", "FG3A", "FTM", "FTA"; of a team also "WINS", "LOSSES", "Q1" to "Q4", "FG_PCT",
// "FG3_PCT", "FT_PCT". A measure that a player lacks is 0.
struct Contender {
    std::vector<std::string>
        names;             // each of tokens with single blanks between; the full one first
    std::size_t team = 0;  // 0 home, 1 visitors
    bool is_team = false;
    bool is_starter = false;
    std::map<std::string, std::int64_t, std::less<>> values;
};

struct BoxScore {
    std::vector<Contender> contenders;  // the first two are the teams, home first
    std::string weekday;                // "Friday"
};

enum class FindingKind : std::uint8_t { kNumber, kName, kWord };

// Tokens first to last of the report, and why they are doubted.
struct Finding {
    std::size_t first = 0;
    std::size_t last = 0;
    FindingKind kind = FindingKind::kNumber;
    std::string_view why;  // "contradicted", "unproven"
};

// `tokens` as words and signs stand in running text ("18", "-", "point"); those beyond
// kMaxReportTokens are not read. Findings are in order of the text and do not overlap.
std::vector<Finding> check_report(std::span<const std::string> tokens, const BoxScore& game);

}  // namespace altis::messages
