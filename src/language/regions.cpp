#include "language/regions.h"

#include "language/icu_text.h"

namespace altis::language {

std::string region_name(std::string_view iso_code, std::string_view language) {
    const std::string code(iso_code);
    if (code.size() != 2) return {};
    icu::UnicodeString name;
    icu::Locale("", code.c_str()).getDisplayCountry(locale_of(language), name);
    auto out = to_utf8(name);
    return out == code ? std::string{} : out;
}

}  // namespace altis::language
