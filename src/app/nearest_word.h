// Which known word somebody meant who typed another.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace altis::app {

// The word of `known` with the fewest letters to insert, remove or replace, the first of several.
// Empty when none is near: more than half of the letters of `typed` would have to change.
std::string nearest_word(std::string_view typed, std::span<const std::string> known);

}  // namespace altis::app
