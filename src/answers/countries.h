// Countries and teams of the Games, by the ways people write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace altis::answers {

// Every form of the country that the words name, as words (words.h): its codes, its name in English
// and in the language, and what its people are called where a list tells (countries.txt). Empty
// when the words name no country. The words must be joined by single blanks.
const std::vector<std::string>& country_forms(const std::string& words, std::string_view language);

// The English name of a country of the Games by its code of three letters ("GER"); empty if
// unknown.
std::string_view country_of_code(std::string_view code);

}  // namespace altis::answers
