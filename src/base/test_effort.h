// How long the repeating tests repeat.
#pragma once

#include <cstdlib>
#include <string_view>

namespace altis {

// For tests only: `all`, or `quick` under ALTIS_QUICK=1, where every step costs many times as much
// (sanitizers). `quick` must still reach every kind of case.
template <typename Number>
Number test_effort(Number all, Number quick) {
    const char* set = std::getenv("ALTIS_QUICK");
    return set != nullptr && std::string_view(set) == "1" ? quick : all;
}

}  // namespace altis
