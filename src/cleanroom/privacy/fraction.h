// Numbers of [0, 1) with 256 binary digits after the point, for the thresholds of samplers: integer
// arithmetic alone, every rounding in a stated direction, the same result on every machine.
#pragma once

#include <array>
#include <cstdint>

namespace altis::cleanroom {

__extension__ typedef unsigned __int128 Wide;

// A probability in units of 2^-128: a draw of 128 uniform bits lies below it that often.
using Threshold = Wide;

struct Fraction {
    std::array<std::uint64_t, 4> words{};  // least significant first
    friend bool operator==(const Fraction&, const Fraction&) = default;
};

// The product, rounded down.
Fraction operator*(const Fraction& a, const Fraction& b);

// Sum and difference modulo 1: exact when the result is in [0, 1).
Fraction operator+(const Fraction& a, const Fraction& b);
Fraction operator-(const Fraction& a, const Fraction& b);

bool operator<(const Fraction& a, const Fraction& b);

// 2^-power, 1 <= power <= 256.
Fraction power_of_half(unsigned power);

// a / divisor, rounded down; divisor > 0.
Fraction operator/(const Fraction& a, std::uint64_t divisor);

// numerator / denominator / 2^halvings, rounded down. Asserts halvings <= 63 and a result below 1.
Fraction ratio(std::uint64_t numerator, std::uint64_t denominator, unsigned halvings = 0);

constexpr std::uint64_t kMaxExponent = 32;

// exp(-numerator / denominator), rounded down, and less than 2^-230 below the exact value. Asserts
// 0 < numerator / denominator <= kMaxExponent.
Fraction exp_of_minus(std::uint64_t numerator, std::uint64_t denominator);

// part / whole in units of 2^-128, rounded down. Asserts part < whole.
Threshold quotient(const Fraction& part, const Fraction& whole);

}  // namespace altis::cleanroom
