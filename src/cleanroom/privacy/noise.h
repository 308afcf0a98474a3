// Noise for published integers. A distribution is prepared once for its parameters and then drawn
// from with integers only, in constant time: every draw takes the same number of random words, runs
// the same instructions and touches the same addresses, whatever comes out.
//
// What a draw follows is not exactly the distribution of the textbook: probabilities are thresholds
// of 128 binary digits, and values of a probability below 2^-128 never come. `distance` bounds the
// total variation between the two, and `loss` charges it as a delta.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "cleanroom/privacy/fraction.h"
#include "cleanroom/privacy/loss.h"
#include "cleanroom/privacy/random_bits.h"

namespace altis::cleanroom {

constexpr std::int64_t kMaxSensitivity = 1'000'000'000;  // sum of changes that one person can cause
constexpr std::int64_t kMaxSquaredSensitivity =
    1'048'576;                                         // for Gaussian noise; make steps coarser
constexpr std::int64_t kMaxGaussianDeviation = 1'024;  // of the noise; make steps coarser

// What intervals need to know of a distribution around 0; never used for drawing.
struct Spread {
    double variance = 0;
    double kurtosis = 0;  // in excess of the normal one
};

class Noise {
  public:
    virtual ~Noise() = default;

    // One draw; |value| < 2^48.
    virtual std::int64_t draw(RandomBits& bits) const = 0;

    // What an answer costs that adds one draw each to `draws` counts, which one person changes by
    // no more than the sensitivity that the noise was made for. Asserts kMaxDrawsPerAnswer.
    virtual PrivacyLoss loss(std::uint64_t draws) const = 0;

    virtual Spread spread() const = 0;

    // Bound on the total variation between one draw and the ideal distribution, times 2^128.
    virtual std::uint64_t distance() const = 0;
};

// The discrete Laplace distribution,
//   P(z) = (1 - q) / (1 + q) * q^|z|,  q = exp(-epsilon / sensitivity),
// as the difference of two geometric numbers. The binary digits of a geometric number are
// independent, and digit i is one with probability q^(2^i) / (1 + q^(2^i)); so each digit is one
// comparison with its threshold, which is rounded down by less than 2 * 2^-128. Digits stop where
// q^(2^i) is below 2^-128.
class LaplaceNoise final : public Noise {
  public:
    // `sensitivity` is the greatest sum of absolute changes, over all counts of the answer, that
    // one person can cause. Fails with "rooms.epsilon_out_of_range" (kMinEpsilon to kMaxEpsilon) or
    // "rooms.sensitivity_out_of_range" (1 to kMaxSensitivity).
    static Result<LaplaceNoise> make(std::int64_t sensitivity, MicroEpsilon epsilon);

    std::int64_t draw(RandomBits& bits) const override;
    PrivacyLoss loss(std::uint64_t draws) const override;
    Spread spread() const override;
    std::uint64_t distance() const override;

    std::int64_t sensitivity() const { return sensitivity_; }
    MicroEpsilon epsilon() const { return epsilon_; }
    // One per binary digit; what draw compares with, and what the proof enumerates.
    std::span<const Threshold> digits() const { return digits_; }
    // q^(2^i) for every digit, rounded down by less than 2^-190.
    std::span<const Fraction> powers() const { return powers_; }

  private:
    LaplaceNoise(std::int64_t sensitivity, MicroEpsilon epsilon);

    std::int64_t sensitivity_;
    MicroEpsilon epsilon_;
    std::vector<Threshold> digits_;
    std::vector<Fraction> powers_;
};

// The discrete Gaussian distribution, P(z) proportional to exp(-z^2 / (2 * deviation^2)), with
// deviation^2 = squared sensitivity / (2 * rho): the answer is rho-zCDP (Canonne, Kamath and
// Steinke 2020). A magnitude is the number of thresholds P(|z| > j) that a uniform number lies
// below; all are compared with. Above a deviation of kMaxTableDeviation the noise is
//   z = fine + factor * coarse,  two such draws,
// whose variances add up. With a fine deviation of kFineDeviation and factor <= 16 this differs
// from the Gaussian of that variance by less than one part in 2^170 (Micciancio and Walter 2017).
class GaussianNoise final : public Noise {
  public:
    static constexpr std::int64_t kMaxTableDeviation = 64;
    static constexpr std::int64_t kFineDeviation = 40;

    // `squared_sensitivity` is the greatest sum of squared changes, over all counts of the answer,
    // that one person can cause. Fails with "rooms.sensitivity_out_of_range" (1 to
    // kMaxSquaredSensitivity) or "rooms.rho_out_of_range" (the deviation must be 1/8 to
    // kMaxGaussianDeviation).
    static Result<GaussianNoise> make(std::int64_t squared_sensitivity, Rho rho);

    std::int64_t draw(RandomBits& bits) const override;
    PrivacyLoss loss(std::uint64_t draws) const override;
    Spread spread() const override;
    std::uint64_t distance() const override;

    // P(|z| > j) for j = 0, 1, ...; `coarse` is empty when one table is enough.
    std::span<const Threshold> fine() const { return fine_; }
    std::span<const Threshold> coarse() const { return coarse_; }
    std::int64_t factor() const { return factor_; }
    double deviation() const;

  private:
    GaussianNoise(std::int64_t squared_sensitivity, Rho rho);

    std::int64_t squared_sensitivity_;
    Rho rho_;
    std::vector<Threshold> fine_;
    std::vector<Threshold> coarse_;
    std::int64_t factor_ = 0;
};

// value + noise, at the end of the range when it would leave it.
std::int64_t add_saturated(std::int64_t value, std::int64_t noise);

}  // namespace altis::cleanroom
