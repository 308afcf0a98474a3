#include "cleanroom/privacy/fraction.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

constexpr std::size_t kWords = 4;
constexpr unsigned kHalvings = 10;         // of the exponent, before the series
constexpr std::uint64_t kSlackUlps = 256;  // more than what the terms of the series were cut by

std::uint64_t low(Wide value) {
    return static_cast<std::uint64_t>(value);
}
std::uint64_t high(Wide value) {
    return static_cast<std::uint64_t>(value >> 64);
}

Fraction smallest(std::uint64_t ulps) {
    Fraction result;
    result.words[0] = ulps;
    return result;
}

// Doubles the value modulo 1; true when it was one half or more.
bool shift_left(Fraction& value) {
    std::uint64_t carry = 0;
    for (std::uint64_t& word : value.words) {
        const std::uint64_t next = word >> 63;
        word = word << 1 | carry;
        carry = next;
    }
    return carry != 0;
}

}  // namespace

Fraction operator*(const Fraction& a, const Fraction& b) {
    std::array<std::uint64_t, 2 * kWords> product{};
    for (std::size_t i = 0; i < kWords; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < kWords; ++j) {
            const Wide sum = static_cast<Wide>(a.words[i]) * b.words[j] + product[i + j] + carry;
            product[i + j] = low(sum);
            carry = high(sum);
        }
        product[i + kWords] = carry;
    }
    Fraction result;
    std::copy_n(product.begin() + kWords, kWords, result.words.begin());
    return result;
}

Fraction operator+(const Fraction& a, const Fraction& b) {
    Fraction result;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
        const Wide sum = static_cast<Wide>(a.words[i]) + b.words[i] + carry;
        result.words[i] = low(sum);
        carry = high(sum);
    }
    return result;
}

Fraction operator-(const Fraction& a, const Fraction& b) {
    Fraction result;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
        const Wide difference = static_cast<Wide>(a.words[i]) - b.words[i] - borrow;
        result.words[i] = low(difference);
        borrow = high(difference) & 1;
    }
    return result;
}

bool operator<(const Fraction& a, const Fraction& b) {
    return std::lexicographical_compare(a.words.rbegin(), a.words.rend(), b.words.rbegin(),
                                        b.words.rend());
}

Fraction power_of_half(unsigned power) {
    ALTIS_ASSERT(power >= 1 && power <= 64 * kWords);
    const unsigned bit = 64 * kWords - power;
    Fraction result;
    result.words[bit / 64] = std::uint64_t{1} << bit % 64;
    return result;
}

Fraction operator/(const Fraction& a, std::uint64_t divisor) {
    ALTIS_ASSERT(divisor > 0);
    Fraction result;
    Wide rest = 0;
    for (std::size_t i = kWords; i-- > 0;) {
        const Wide dividend = rest << 64 | a.words[i];
        result.words[i] = low(dividend / divisor);
        rest = dividend % divisor;
    }
    return result;
}

Fraction ratio(std::uint64_t numerator, std::uint64_t denominator, unsigned halvings) {
    ALTIS_ASSERT(halvings < 64);
    // Long division of numerator * 2^(256 - halvings); what exceeds 256 digits is its first rest.
    const Wide shifted = static_cast<Wide>(numerator) << (64 - halvings);
    Wide rest = high(shifted);
    ALTIS_ASSERT(rest < denominator);
    std::uint64_t next = low(shifted);
    Fraction result;
    for (std::size_t i = kWords; i-- > 0; next = 0) {
        const Wide dividend = rest << 64 | next;
        result.words[i] = low(dividend / denominator);
        rest = dividend % denominator;
    }
    return result;
}

// The alternating series of exp(-z) for z = x / 2^kHalvings < 1/32, squared kHalvings times. z was
// rounded up and each of the fewer than 40 terms is cut by less than 3 ulps, so that taking
// kSlackUlps off gives a lower bound; squaring and rounding down keep it one.
Fraction exp_of_minus(std::uint64_t numerator, std::uint64_t denominator) {
    ALTIS_ASSERT(numerator > 0 && denominator > 0);
    ALTIS_ASSERT(numerator <= static_cast<Wide>(kMaxExponent) * denominator);
    const Fraction z = ratio(numerator, denominator, kHalvings) + smallest(1);
    Fraction sum;  // 1, modulo 1
    Fraction term = z;
    for (std::uint64_t n = 1; term != Fraction{}; ++n) {
        sum = n % 2 == 1 ? sum - term : sum + term;
        term = term * z / (n + 1);
    }
    Fraction power = sum - smallest(kSlackUlps);
    for (unsigned i = 0; i < kHalvings; ++i)
        power = power * power;
    return power;
}

Threshold quotient(const Fraction& part, const Fraction& whole) {
    ALTIS_ASSERT(part < whole);
    Threshold result = 0;
    Fraction rest = part;
    for (int digit = 0; digit < 128; ++digit) {
        const bool above_one = shift_left(rest);
        const bool set = above_one || !(rest < whole);
        if (set) rest = rest - whole;
        result = result << 1 | (set ? 1 : 0);
    }
    return result;
}

}  // namespace altis::cleanroom
