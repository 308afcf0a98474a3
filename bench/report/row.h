// One figure of a benchmark, as design and README of this folder describe it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace altis::bench {

enum class Better : std::uint8_t { kHigher, kLower };

// What is measured, and beside whom. `peer_value` counts only where there is a `peer`.
struct Row {
    std::string what;
    double value = 0;
    std::string unit;
    std::string peer = {};
    double peer_value = 0;
};

// What a row must reach: its value, or its ratio to the peer.
struct Bar {
    enum class Of : std::uint8_t { kValue, kRatio } of = Of::kValue;
    Better better = Better::kHigher;
    double limit = 0;
};

// Writes the row as one line of JSON to standard output: {"what", "value", "unit", "peer",
// "peer_value", "ratio", "bar", "met"}. `ratio` is value over peer_value; what is absent is null.
void print(const Row& row);
void print(const Row& row, const Bar& bar);

// For a row that could not be measured: says why in place of the value.
void print_missing(const std::string& what, const std::string& why);

// The value below which `share` (0 to 1) of the values lie. Sorts them; 0 when there are none.
double quantile(std::vector<double>& values, double share);

}  // namespace altis::bench
