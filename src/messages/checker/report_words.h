// English of game reports: what single tokens mean.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace altis::messages {

// The whole number of digits or of a number word up to "twenty".
std::optional<std::int64_t> number_of(std::string_view token);

// The measure that a noun counts ("points" is "PTS"); empty for other words.
std::string_view measure_of(std::string_view token);

bool is_weekday(std::string_view token);

// Nicknames of the league's teams ("Hawks"), the second word of those that have two ("Blazers").
bool is_team_name(std::string_view token);

// Words by which a sentence looks ahead to another game.
bool looks_ahead(std::string_view token);

// The first and last quarter of the part of a game that two words name ("second half" is {3, 4});
// "halftime" ends the first half, whatever follows it. Nothing for other words.
std::optional<std::pair<int, int>> part_named(std::string_view word, std::string_view next);

// How many words of `name` (tokens between blanks) stand at token `at`; 0 when it does not.
std::size_t length_at(std::span<const std::string> tokens, std::size_t at, std::string_view name);

}  // namespace altis::messages
