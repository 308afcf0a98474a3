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

// What a language calls a country of the Games, by its code of three letters ("GER"): by CLDR, else
// in English; the code itself when it is unknown.
std::string country_name(std::string_view code, std::string_view language);

}  // namespace altis::answers
