// What names a unit: its Games and its code. Codes repeat from Games to Games.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace altis::results {

struct UnitKey {
    UnitKey() = default;
    UnitKey(std::string_view of_edition, std::string_view code) : edition(of_edition), rsc(code) {}

    std::string edition;
    std::string rsc;

    friend auto operator<=>(const UnitKey&, const UnitKey&) = default;
};

// "owg2026/FSKWSINGLES-----------FNL-000100--": the topic of the unit's records, and how fact ids
// and messages name it.
std::string to_string(const UnitKey& key);

// The inverse. Both parts are empty when the text names no edition.
UnitKey unit_key_from(std::string_view text);

}  // namespace altis::results
