#include "cleanroom/privacy/loss.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "cleanroom/privacy/fraction.h"

namespace altis::cleanroom {
namespace {

constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();
constexpr Rho kRhoUnitsPerMicroEpsilon = 2'000'000;
constexpr unsigned kLogDigits = 24;  // binary digits after the point of a logarithm

std::int64_t saturated(Wide value) {
    return static_cast<std::int64_t>(std::min<Wide>(value, kFull));
}

std::int64_t add(std::int64_t a, std::int64_t b) {
    return saturated(static_cast<Wide>(a) + static_cast<Wide>(b));
}

Wide divide_up(Wide value, Wide divisor) {
    return value / divisor + (value % divisor != 0 ? 1 : 0);
}

// ln(10^18 / delta) in units of 2^-kLogDigits, rounded up; 1 <= delta <= 10^18. The binary
// logarithm of the mantissa comes digit by digit from squaring; each cut is made upwards.
std::uint64_t log_of_inverse(AttoDelta delta) {
    // As a mantissa of [1, 2) with 63 digits after the point, times 2^whole.
    Wide ratio = divide_up(static_cast<Wide>(kAttoDeltaPerDelta) << 63, static_cast<Wide>(delta));
    std::uint64_t log2 = 0;
    while (ratio >= static_cast<Wide>(1) << 64) {
        ratio = divide_up(ratio, 2);
        log2 += std::uint64_t{1} << kLogDigits;
    }
    for (unsigned digit = kLogDigits; digit-- > 0;) {
        // Both factors are at most 2^64 - 1, so that their product fits.
        ratio = divide_up(ratio * ratio, static_cast<Wide>(1) << 63);
        if (ratio >= static_cast<Wide>(1) << 64) {
            ratio = divide_up(ratio, 2);
            log2 |= std::uint64_t{1} << digit;
        }
    }
    constexpr std::uint64_t kLn2 = 2'977'044'472;  // ln 2 * 2^32, rounded up
    // One more digit for what is left of the mantissa.
    return static_cast<std::uint64_t>(
        divide_up(static_cast<Wide>(log2 + 1) * kLn2, static_cast<Wide>(1) << 32));
}

// The square root, rounded up; value < 2^126.
std::uint64_t root_up(Wide value) {
    std::uint64_t root = 0;
    for (int bit = 62; bit >= 0; --bit) {
        const std::uint64_t larger = root | std::uint64_t{1} << bit;
        if (static_cast<Wide>(larger) * larger <= value) root = larger;
    }
    return static_cast<Wide>(root) * root < value ? root + 1 : root;
}

// rho + 2 * sqrt(rho * ln(1 / delta)). In millionths of an epsilon the second part is
// sqrt(2 * units * ln(1 / delta)), because a unit is 0.5 * 10^-12.
MicroEpsilon view(Rho rho, AttoDelta delta) {
    if (rho == 0) return 0;
    if (delta <= 0) return kUnboundedEpsilon;
    const std::uint64_t log = log_of_inverse(std::min(delta, kAttoDeltaPerDelta));
    const Wide square =
        divide_up(static_cast<Wide>(rho) * 2 * log, static_cast<Wide>(1) << kLogDigits);
    const Wide linear = divide_up(static_cast<Wide>(rho), kRhoUnitsPerMicroEpsilon);
    return saturated(linear + root_up(square));
}

}  // namespace

Rho rho_of_pure(MicroEpsilon epsilon) {
    ALTIS_ASSERT(epsilon >= 0);
    const Wide e = static_cast<Wide>(epsilon);
    return saturated(std::min(e * e, e * kRhoUnitsPerMicroEpsilon));
}

PrivacyLoss pure_loss(MicroEpsilon epsilon, AttoDelta delta) {
    ALTIS_ASSERT(epsilon >= 0 && delta >= 0);
    return {epsilon, rho_of_pure(epsilon), 0, delta};
}

PrivacyLoss gaussian_loss(Rho rho, AttoDelta delta) {
    ALTIS_ASSERT(rho >= 0 && delta >= 0);
    return {0, 0, rho, delta};
}

PrivacyLoss operator+(const PrivacyLoss& a, const PrivacyLoss& b) {
    return {add(a.pure_epsilon, b.pure_epsilon), add(a.pure_rho, b.pure_rho),
            add(a.gaussian_rho, b.gaussian_rho), add(a.delta, b.delta)};
}

MicroEpsilon epsilon_at(const PrivacyLoss& loss, AttoDelta delta) {
    if (delta < loss.delta) return kUnboundedEpsilon;
    const AttoDelta room = delta - loss.delta;
    const MicroEpsilon summed = add(loss.pure_epsilon, view(loss.gaussian_rho, room));
    const MicroEpsilon concentrated = view(add(loss.pure_rho, loss.gaussian_rho), room);
    const MicroEpsilon bound = std::min(summed, concentrated);
    return bound > kMaxLifetimeEpsilon ? kUnboundedEpsilon : bound;
}

AttoDelta delta_of_draws(std::uint64_t draws, std::uint64_t distance) {
    ALTIS_ASSERT(draws <= kMaxDrawsPerAnswer && distance < std::uint64_t{1} << 32);
    // (1 + e^30) * 10^18 / 2^32, rounded up: e^30 is less than 10,686,474,581,525.
    constexpr Wide kFactor =
        ((static_cast<Wide>(10'686'474'581'525) + 1) * kAttoDeltaPerDelta >> 32) + 1;
    // Below 2^48 * 2^72, so it fits.
    const Wide product = static_cast<Wide>(draws) * distance * kFactor;
    return saturated(divide_up(product, static_cast<Wide>(1) << 96));
}

}  // namespace altis::cleanroom
