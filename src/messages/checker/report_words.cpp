#include "messages/checker/report_words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace altis::messages {
namespace {

constexpr std::array<std::string_view, 21> kNumbers = {
    "zero",     "one",     "two",     "three",     "four",     "five",     "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};

using Meaning = std::pair<std::string_view, std::string_view>;
constexpr std::array<Meaning, 16> kMeasures = {{{"points", "PTS"},
                                                {"point", "PTS"},
                                                {"rebounds", "REB"},
                                                {"rebound", "REB"},
                                                {"boards", "REB"},
                                                {"assists", "AST"},
                                                {"assist", "AST"},
                                                {"dimes", "AST"},
                                                {"steals", "STL"},
                                                {"steal", "STL"},
                                                {"blocks", "BLK"},
                                                {"block", "BLK"},
                                                {"turnovers", "TO"},
                                                {"turnover", "TO"},
                                                {"minutes", "MIN"},
                                                {"minute", "MIN"}}};

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

constexpr std::array<std::string_view, 31> kTeams = {
    "Hawks",   "Celtics", "Nets",         "Hornets",  "Bulls",   "Cavaliers", "Cavs",   "Mavericks",
    "Nuggets", "Pistons", "Warriors",     "Rockets",  "Pacers",  "Clippers",  "Lakers", "Grizzlies",
    "Heat",    "Bucks",   "Timberwolves", "Pelicans", "Knicks",  "Thunder",   "Magic",  "76ers",
    "Suns",    "Blazers", "Kings",        "Spurs",    "Raptors", "Jazz",      "Wizards"};

constexpr std::array<std::string_view, 14> kAhead = {
    "will",   "next",    "head",     "heads", "await", "travel", "travels",
    "return", "returns", "upcoming", "visit", "Next",  "begin",  "play"};

struct Part {
    std::string_view word;
    int first;  // quarter
    int last;
};
constexpr std::array<Part, 5> kQuarters = {
    {{"first", 1, 1}, {"second", 2, 2}, {"third", 3, 3}, {"fourth", 4, 4}, {"final", 4, 4}}};
constexpr std::array<Part, 2> kHalves = {{{"first", 1, 2}, {"second", 3, 4}}};

std::optional<std::pair<int, int>> part_of(std::span<const Part> parts, std::string_view word) {
    for (const Part& part : parts)
        if (part.word == word) return std::pair(part.first, part.last);
    return std::nullopt;
}

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view token) {
    return std::find(words.begin(), words.end(), token) != words.end();
}

}  // namespace

std::optional<std::int64_t> number_of(std::string_view token) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (!token.empty() && error == std::errc() && end == token.data() + token.size()) return value;
    std::string lower(token);
    if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z')
        lower[0] = static_cast<char>(lower[0] + 32);
    const auto found = std::find(kNumbers.begin(), kNumbers.end(), lower);
    if (found == kNumbers.end()) return std::nullopt;
    return found - kNumbers.begin();
}

std::string_view measure_of(std::string_view token) {
    const auto found = std::find_if(kMeasures.begin(), kMeasures.end(),
                                    [&](const Meaning& m) { return m.first == token; });
    return found == kMeasures.end() ? std::string_view() : found->second;
}

bool is_weekday(std::string_view token) {
    return holds(kWeekdays, token);
}

bool is_team_name(std::string_view token) {
    return holds(kTeams, token);
}

bool looks_ahead(std::string_view token) {
    return holds(kAhead, token);
}

std::optional<std::pair<int, int>> part_named(std::string_view word, std::string_view next) {
    if (word == "halftime") return std::pair(1, 2);
    if (next == "quarter" || next == "period") return part_of(kQuarters, word);
    if (next == "half") return part_of(kHalves, word);
    return std::nullopt;
}

std::size_t length_at(std::span<const std::string> tokens, std::size_t at, std::string_view name) {
    std::size_t count = 0;
    while (!name.empty()) {
        const auto blank = name.find(' ');
        if (at + count >= tokens.size() || tokens[at + count] != name.substr(0, blank)) return 0;
        ++count;
        name = blank == std::string_view::npos ? std::string_view() : name.substr(blank + 1);
    }
    return count;
}

}  // namespace altis::messages
