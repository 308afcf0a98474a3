// One publication, one message: which of several followed competitors a person is told about.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace altis::messages {

// A followed competitor's place in an official result; 0 = not ranked (DNS, DNF, DSQ).
struct Placing {
    std::string competitor;
    int rank = 0;
};

// Index of the best-ranked one; unranked ones come last, equal ranks go to the smaller competitor
// code, so that the order of the list makes no difference. Nothing for an empty list.
std::optional<std::size_t> best_placing(std::span<const Placing> followed);

}  // namespace altis::messages
