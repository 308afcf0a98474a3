#include "results/unit_key.h"

namespace altis::results {

std::string to_string(const UnitKey& key) {
    return key.edition + "/" + key.rsc;
}

UnitKey unit_key_from(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    return {text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace altis::results
