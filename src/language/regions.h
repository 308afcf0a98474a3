// Names of countries in human languages.
#pragma once

#include <string>
#include <string_view>

namespace altis::language {

// What a language calls the country of an ISO 3166 code of two letters: "Deutschland" for "DE" in
// "de". Empty for a code that is no such code, or that CLDR has no name for.
std::string region_name(std::string_view iso_code, std::string_view language);

}  // namespace altis::language
