// The promises of the shipped mechanisms, proven by enumeration: from the very thresholds that the
// samplers compare with, the whole distribution of what is published is computed as exact integers,
// for neighbouring tables, and held against e^epsilon and delta in both directions. Exponentials
// are enclosed between two rationals, and the one that makes the check harder is used.
#include <algorithm>
#include <cmath>
#include <gmpxx.h>
#include <gtest/gtest.h>
#include <map>
#include <vector>

#include "cleanroom/privacy/noise.h"
#include "cleanroom/privacy/partitions.h"

namespace altis::cleanroom {
namespace {

constexpr unsigned kDigits = 512;  // binary digits after the point of an enclosure

mpz_class exact(Wide value) {
    mpz_class result(static_cast<unsigned long>(value >> 64));
    return (result << 64) + static_cast<unsigned long>(value);
}

mpz_class exact(const Fraction& fraction) {
    mpz_class result;
    for (std::size_t i = fraction.words.size(); i-- > 0;)
        result = (result << 64) + fraction.words[i];
    return result;
}

// An enclosure of a positive number, in units of 2^-kDigits.
struct Enclosure {
    mpz_class low, high;
};

// e^(numerator / denominator): the terms of the series are positive, each cut by less than one.
Enclosure exp_of(const mpz_class& numerator, const mpz_class& denominator) {
    mpz_class term = mpz_class(1) << kDigits;
    mpz_class sum;
    unsigned long n = 0;
    while (term > 0) {
        sum += term;
        ++n;
        term = term * numerator / (denominator * n);
    }
    // What every term lacks goes on into the next ones: n cuts, each grown by e^x at most.
    const mpz_class lacking = (n + 2) * ((sum >> kDigits) + 2);
    return {sum, sum + lacking};
}

Enclosure inverse(const Enclosure& value) {
    const mpz_class one = mpz_class(1) << (2 * kDigits);
    return {one / value.high, one / value.low + 1};
}

// A distribution of integers; probabilities are numerators over 2^digits.
struct Distribution {
    std::int64_t first = 0;
    std::vector<mpz_class> mass;
    unsigned digits = 0;

    mpz_class at(std::int64_t value) const {
        const std::int64_t index = value - first;
        const bool inside = index >= 0 && index < static_cast<std::int64_t>(mass.size());
        return inside ? mass[static_cast<std::size_t>(index)] : mpz_class(0);
    }
    std::int64_t last() const { return first + static_cast<std::int64_t>(mass.size()) - 1; }
};

// Every digit adds its place, takes it away, or neither.
Distribution enumerate(const LaplaceNoise& noise) {
    Distribution result{0, {1}, 0};
    const mpz_class whole = mpz_class(1) << 128;
    for (std::size_t digit = 0; digit < noise.digits().size(); ++digit) {
        const std::size_t place = std::size_t{1} << digit;
        const mpz_class one = exact(noise.digits()[digit]);
        const mpz_class zero = whole - one;
        const mpz_class apart = one * zero;
        const mpz_class same = one * one + zero * zero;
        Distribution next{result.first - static_cast<std::int64_t>(place),
                          std::vector<mpz_class>(result.mass.size() + 2 * place),
                          result.digits + 256};
        for (std::size_t i = 0; i < result.mass.size(); ++i) {
            next.mass[i] += result.mass[i] * apart;
            next.mass[i + place] += result.mass[i] * same;
            next.mass[i + 2 * place] += result.mass[i] * apart;
        }
        result = std::move(next);
    }
    return result;
}

// Both signs of every magnitude that the table of P(|z| > j) gives; one digit for the sign.
Distribution enumerate(std::span<const Threshold> tails) {
    const auto size = static_cast<std::int64_t>(tails.size());
    Distribution result{-size, std::vector<mpz_class>(2 * tails.size() + 1), 129};
    mpz_class above = mpz_class(1) << 128;
    for (std::int64_t z = 0; z <= size; ++z) {
        const mpz_class beyond = z < size ? exact(tails[static_cast<std::size_t>(z)]) : 0;
        const mpz_class mass = above - beyond;
        result.mass[static_cast<std::size_t>(size + z)] += mass;
        result.mass[static_cast<std::size_t>(size - z)] += mass;
        above = beyond;
    }
    return result;
}

Distribution enumerate(const GaussianNoise& noise) {
    const Distribution fine = enumerate(noise.fine());
    if (noise.coarse().empty()) return fine;
    const Distribution coarse = enumerate(noise.coarse());
    const std::int64_t first = fine.first + noise.factor() * coarse.first;
    Distribution result{first, std::vector<mpz_class>(static_cast<std::size_t>(1 - 2 * first)),
                        fine.digits + coarse.digits};
    for (std::int64_t z = coarse.first; z <= coarse.last(); ++z) {
        for (std::int64_t y = fine.first; y <= fine.last(); ++y) {
            const std::int64_t value = y + noise.factor() * z;
            result.mass[static_cast<std::size_t>(value - first)] += fine.at(y) * coarse.at(z);
        }
    }
    return result;
}

mpz_class sum_of(const Distribution& distribution) {
    mpz_class sum;
    for (const mpz_class& mass : distribution.mass)
        sum += mass;
    return sum;
}

// The least delta for which `there` is at most factor times `here` and delta: exact up to the
// factor's enclosure, over 2^(digits + kDigits). A table's count is `shift` higher here.
mpz_class excess(const Distribution& noise, std::int64_t shift, const mpz_class& factor) {
    mpz_class sum;
    const std::int64_t reach = std::abs(shift);
    for (std::int64_t value = noise.first - reach; value <= noise.last() + reach; ++value) {
        const mpz_class over = (noise.at(value) << kDigits) - factor * noise.at(value - shift);
        if (over > 0) sum += over;
    }
    return sum;
}

// ---- building blocks ----

struct Exponent {
    std::uint64_t numerator, denominator;
};

TEST(Fraction, ExponentialsAreRoundedDownByLessThanPromised) {
    for (const Exponent& x : std::vector<Exponent>{{1, 1},
                                                   {20, 1},
                                                   {32, 1},
                                                   {1, 3},
                                                   {1'000, 1'000'000'000'000'000},
                                                   {123'457, 2'000'000},
                                                   {999'999'999'999, 31'250'000'000}}) {
        const Enclosure truth = inverse(exp_of(mpz_class(x.numerator), mpz_class(x.denominator)));
        const mpz_class computed = exact(exp_of_minus(x.numerator, x.denominator)) << 256;
        EXPECT_LE(computed, truth.low) << x.numerator;
        EXPECT_LT(truth.high - computed, mpz_class(1) << (kDigits - 230)) << x.numerator;
    }
}

TEST(Fraction, RatiosAndQuotientsAreRoundedDown) {
    EXPECT_EQ(exact(ratio(1, 3)), (mpz_class(1) << 256) / 3);
    EXPECT_EQ(exact(ratio(7, 9, 13)), (mpz_class(7) << 243) / 9);
    EXPECT_EQ(exact(quotient(ratio(1, 7), ratio(1, 3))),
              (exact(ratio(1, 7)) << 128) / exact(ratio(1, 3)));
    const Fraction nearly_one = Fraction{} - power_of_half(256);
    EXPECT_EQ(exact(quotient(nearly_one - power_of_half(128), nearly_one)),
              ((exact(nearly_one) - (mpz_class(1) << 128)) << 128) / exact(nearly_one));
    EXPECT_EQ(exact(nearly_one * nearly_one), (exact(nearly_one) * exact(nearly_one)) >> 256);
    EXPECT_EQ(exact(nearly_one / 1'000'003), exact(nearly_one) / 1'000'003);
}

// ---- discrete Laplace ----

struct LaplaceCase {
    std::int64_t sensitivity;
    MicroEpsilon epsilon;
};

const std::vector<LaplaceCase> kLaplaceGrid = {
    {1, 20'000'000}, {1, 3'000'000},  {1, 1'000'000}, {1, 693'147},    {1, 100'000},
    {1, 20'000},     {2, 20'000'000}, {2, 1'000'000}, {2, 250'000},    {2, 100'000},
    {3, 700'000},    {5, 12'345'678}, {7, 1'000'001}, {16, 1'000'000}, {50, 2'000'000}};

LaplaceNoise laplace(const LaplaceCase& c) {
    return LaplaceNoise::make(c.sensitivity, c.epsilon).value();
}

// e^(epsilon * changed / sensitivity)
Enclosure allowed_factor(const LaplaceCase& c, std::int64_t changed) {
    return exp_of(mpz_class(c.epsilon) * changed,
                  mpz_class(c.sensitivity) * mpz_class(kMicroEpsilonPerEpsilon));
}

// Every threshold for the whole range of parameters, also those too wide to enumerate.
TEST(LaplaceProof, ThresholdsAreRoundedDownByLessThanTwo) {
    std::vector<LaplaceCase> cases = kLaplaceGrid;
    cases.push_back({1, kMinEpsilon});
    cases.push_back({2, 1'234});
    cases.push_back({kMaxSensitivity, kMaxEpsilon});
    cases.push_back({kMaxSensitivity, kMinEpsilon});
    for (const LaplaceCase& c : cases) {
        const LaplaceNoise noise = laplace(c);
        mpz_class place = 1;
        for (const Threshold threshold : noise.digits()) {
            const Enclosure power = exp_of(mpz_class(c.epsilon) * place,
                                           mpz_class(c.sensitivity) * kMicroEpsilonPerEpsilon);
            // p = 1 / (1 + e^(rate * place))
            const mpz_class one = mpz_class(1) << kDigits;
            const Enclosure p = inverse({one + power.low, one + power.high});
            const mpz_class computed = exact(threshold) << (kDigits - 128);
            ASSERT_LE(computed, p.low) << c.sensitivity << " " << c.epsilon;
            ASSERT_LT(p.high - computed, mpz_class(2) << (kDigits - 128));
            place *= 2;
        }
        // Where the digits stop, less than 2 * 2^-128 is left.
        const Enclosure left = inverse(exp_of(mpz_class(c.epsilon) * place,
                                              mpz_class(c.sensitivity) * kMicroEpsilonPerEpsilon));
        EXPECT_LT(left.high, mpz_class(2) << (kDigits - 128));
    }
}

TEST(LaplaceProof, LiesWithinItsDistanceOfTheDefinition) {
    for (const LaplaceCase& c : kLaplaceGrid) {
        const LaplaceNoise noise = laplace(c);
        const Distribution real = enumerate(noise);
        ASSERT_EQ(sum_of(real), mpz_class(1) << real.digits);
        const mpz_class one = mpz_class(1) << kDigits;
        const Enclosure q = inverse(allowed_factor(c, 1));
        // From (1 - q) / (1 + q) on, times q from one value to the next, over 2^(2 * kDigits).
        mpz_class ideal = ((one - q.low) << (2 * kDigits)) / (one + q.low);
        mpz_class apart;
        mpz_class covered;
        for (std::int64_t z = 0; z <= real.last(); ++z) {
            mpz_class mass = real.at(z);
            mass <<= 2 * kDigits;
            mass >>= real.digits;
            ASSERT_EQ(real.at(z), real.at(-z));
            apart += (z == 0 ? 1 : 2) * abs(mass - ideal);
            covered += (z == 0 ? 1 : 2) * ideal;
            ideal = (ideal * q.low) >> kDigits;
        }
        apart += (one << kDigits) - covered;  // what never comes
        EXPECT_LE(apart, mpz_class(2 * noise.distance()) << (2 * kDigits - 128)) << c.epsilon;
    }
}

// One count changes by all that one person can cause, or by less.
TEST(LaplaceProof, NeighboursStayWithinEpsilonAndDelta) {
    for (const LaplaceCase& c : kLaplaceGrid) {
        const LaplaceNoise noise = laplace(c);
        const Distribution real = enumerate(noise);
        for (std::int64_t changed = 1; changed <= c.sensitivity; changed += changed < 7 ? 1 : 13) {
            const mpz_class factor = allowed_factor(c, changed).low;
            const mpz_class delta = ((mpz_class(1) << kDigits) + factor) * noise.distance()
                                    << (real.digits - 128);
            EXPECT_LE(excess(real, changed, factor), delta) << c.epsilon << " " << changed;
            EXPECT_LE(excess(real, -changed, factor), delta) << c.epsilon << " " << changed;
        }
    }
}

// Every single ratio, where a value is likelier than 2^-64: within e^epsilon up to what thresholds
// were cut by, and not below it for want of trying: the noise is no larger than needed.
TEST(LaplaceProof, EveryRatioIsThatOfEpsilon) {
    for (const LaplaceCase& c : kLaplaceGrid) {
        const Distribution real = enumerate(laplace(c));
        const Enclosure factor = allowed_factor(c, c.sensitivity);
        const mpz_class rare = mpz_class(1) << (real.digits - 64);
        int compared = 0;
        for (std::int64_t z = 0; real.at(z + c.sensitivity) > rare; ++z) {
            // P(z) / P(z + sensitivity), over 2^kDigits
            const mpz_class ratio = (real.at(z) << kDigits) / real.at(z + c.sensitivity);
            ASSERT_LE(ratio, factor.high + (factor.high >> 55)) << c.epsilon << " " << z;
            ASSERT_GE(ratio, factor.low - (factor.low >> 55)) << c.epsilon << " " << z;
            ++compared;
        }
        EXPECT_GE(compared, 1) << c.epsilon;
    }
}

// The template `overlap_and_lift`: one person leaves a cell and enters another, so two of the noisy
// counts change by one each under noise for sensitivity 2. All pairs of outcomes.
TEST(LaplaceProof, OnePersonMovingBetweenTwoCellsStaysWithinEpsilon) {
    const LaplaceCase c{2, 1'400'000};
    const LaplaceNoise noise = laplace(c);
    const Distribution real = enumerate(noise);
    const mpz_class factor = allowed_factor(c, 2).low;
    mpz_class over;
    for (std::int64_t a = real.first - 1; a <= real.last() + 1; ++a) {
        for (std::int64_t b = real.first - 1; b <= real.last() + 1; ++b) {
            const mpz_class here = real.at(a) * real.at(b);
            const mpz_class there = real.at(a + 1) * real.at(b - 1);
            const mpz_class difference = (here << kDigits) - factor * there;
            if (difference > 0) over += difference;
        }
    }
    const PrivacyLoss loss = noise.loss(2);
    EXPECT_EQ(loss.pure_epsilon, c.epsilon);
    const mpz_class delta =
        (mpz_class(loss.delta) << (2 * real.digits + kDigits)) / mpz_class(kAttoDeltaPerDelta);
    EXPECT_LE(over, delta);
}

// ---- from thresholds to draws ----

// Gives the words that it was made of.
class ChosenBits final : public RandomBits {
  public:
    void add(Wide value) {
        words_.push_back(static_cast<std::uint64_t>(value));
        words_.push_back(static_cast<std::uint64_t>(value >> 64));
    }
    void add_word(std::uint64_t word) { words_.push_back(word); }
    void fill(std::span<std::uint64_t> words) override {
        for (std::uint64_t& word : words)
            word = words_.at(next_++);
    }

  private:
    std::vector<std::uint64_t> words_;
    std::size_t next_ = 0;
};

// A digit of either geometric number is one just below its threshold and zero at it, and weighs
// what its place says: nothing else decides what is drawn.
TEST(LaplaceProof, ADrawIsWhatIsEnumerated) {
    for (const LaplaceCase& c :
         std::vector<LaplaceCase>{{1, 20'000'000}, {2, 100'000}, {1, 1'000}}) {
        const LaplaceNoise noise = laplace(c);
        const std::span<const Threshold> digits = noise.digits();
        for (std::size_t one = 0; one < digits.size(); ++one) {
            for (const bool positive : {true, false}) {
                ChosenBits bits;
                for (std::size_t digit = 0; digit < digits.size(); ++digit) {
                    const Wide below = digit == one ? 1 : 0;
                    bits.add(digits[digit] - (positive ? below : 0));
                    bits.add(digits[digit] - (positive ? 0 : below));
                }
                const std::int64_t value = std::int64_t{1} << one;
                ASSERT_EQ(noise.draw(bits), positive ? value : -value);
            }
        }
    }
}

// ---- discrete Gaussian ----

struct GaussianCase {
    std::int64_t squared_sensitivity;
    Rho rho;
};

// Deviations from 1/8 to 64 with one table, and above with two.
const std::vector<GaussianCase> kGaussianGrid = {
    {1, 64'000'000'000'000}, {1, 1'000'000'000'000}, {2, 1'000'000'000'000}, {1, 123'456'789'012},
    {2, 20'000'000'000},     {8, 16'000'000'000},    {16, 3'906'250'000},    {1, 240'000'000},
    {2, 200'000'000},        {9, 400'000'000},       {2, 20'000'000}};

GaussianNoise gaussian(const GaussianCase& c) {
    return GaussianNoise::make(c.squared_sensitivity, c.rho).value();
}

// The magnitude is the number of thresholds above what was drawn, and a bit of its own is the sign.
TEST(GaussianProof, ADrawIsWhatIsEnumerated) {
    for (const GaussianCase& c : kGaussianGrid) {
        const GaussianNoise noise = gaussian(c);
        const std::int64_t factor = noise.factor();
        const auto draw = [&](Wide fine, std::uint64_t fine_sign, Wide coarse, std::uint64_t sign) {
            ChosenBits bits;
            bits.add(fine);
            bits.add_word(fine_sign);
            bits.add(coarse);
            bits.add_word(sign);
            return noise.draw(bits);
        };
        const auto above = [](std::span<const Threshold> table, Wide drawn) {
            return std::count_if(table.begin(), table.end(),
                                 [&](Threshold threshold) { return threshold > drawn; });
        };
        const Wide most = ~Wide{0};  // above every threshold: 0
        for (const Threshold at : noise.fine()) {
            ASSERT_EQ(draw(at, 6, most, 0), above(noise.fine(), at));
            ASSERT_EQ(draw(at - 1, 7, most, 1), -above(noise.fine(), at - 1));
        }
        for (const Threshold at : noise.coarse()) {
            ASSERT_EQ(draw(most, 0, at, 1), -factor * above(noise.coarse(), at));
            ASSERT_EQ(draw(noise.fine()[0] - 1, 0, at - 1, 0),
                      1 + factor * above(noise.coarse(), at - 1));
        }
    }
}

TEST(GaussianProof, LiesWithinItsDistanceOfTheDefinition) {
    for (const GaussianCase& c : kGaussianGrid) {
        const GaussianNoise noise = gaussian(c);
        const Distribution real = enumerate(noise);
        ASSERT_EQ(sum_of(real), mpz_class(1) << real.digits);
        // exp(-z^2 * rho / squared_sensitivity), rho in its units
        const Enclosure base = inverse(exp_of(
            mpz_class(c.rho), mpz_class(c.squared_sensitivity) * mpz_class(kRhoUnitsPerRho)));
        const mpz_class square = (base.low * base.low) >> kDigits;
        std::vector<mpz_class> weights;
        mpz_class step = base.low;
        mpz_class all;
        for (mpz_class weight = mpz_class(1) << kDigits; weight > 0;) {
            weights.push_back(weight);
            all += weights.size() == 1 ? weight : 2 * weight;
            weight = (weight * step) >> kDigits;
            step = (step * square) >> kDigits;
        }
        mpz_class apart;
        for (std::int64_t z = 0; z < static_cast<std::int64_t>(weights.size()) || z <= real.last();
             ++z) {
            const mpz_class mass = real.at(z) << kDigits >> real.digits;
            const auto index = static_cast<std::size_t>(z);
            const mpz_class ideal =
                index < weights.size() ? (weights[index] << kDigits) / all : mpz_class(0);
            apart += (z == 0 ? 1 : 2) * abs(mass - ideal);
        }
        EXPECT_LE(apart, mpz_class(2 * noise.distance()) << (kDigits - 128))
            << c.squared_sensitivity << " " << c.rho;
    }
}

// What the ledger would say of one such answer, at several deltas, against the exact distribution
// of one count that changes by as much as one person can.
TEST(GaussianProof, NeighboursStayWithinWhatTheLedgerSays) {
    for (const GaussianCase& c : kGaussianGrid) {
        const auto changed =
            static_cast<std::int64_t>(std::sqrt(static_cast<double>(c.squared_sensitivity)));
        const GaussianNoise noise = gaussian(c);
        const Distribution real = enumerate(noise);
        for (const AttoDelta delta :
             {AttoDelta{1'000}, AttoDelta{1'000'000'000}, AttoDelta{1'000'000'000'000}}) {
            const MicroEpsilon epsilon = epsilon_at(noise.loss(1), delta);
            if (epsilon == kUnboundedEpsilon) continue;
            const mpz_class factor =
                exp_of(mpz_class(epsilon), mpz_class(kMicroEpsilonPerEpsilon)).low;
            const mpz_class bound =
                (mpz_class(delta) << (real.digits + kDigits)) / mpz_class(kAttoDeltaPerDelta);
            EXPECT_LE(excess(real, changed, factor), bound) << c.rho << " " << delta;
            EXPECT_LE(excess(real, -changed, factor), bound) << c.rho << " " << delta;
        }
    }
}

// Half of the noise would be found out by the same test.
TEST(GaussianProof, TooLittleNoiseIsNoticed) {
    const Distribution real = enumerate(gaussian({1, 4 * 20'000'000'000}));
    const AttoDelta delta = 1'000'000'000;
    const MicroEpsilon epsilon = epsilon_at(gaussian_loss(20'000'000'000, 1), delta);
    const mpz_class factor = exp_of(mpz_class(epsilon), mpz_class(kMicroEpsilonPerEpsilon)).low;
    const mpz_class bound =
        (mpz_class(delta) << (real.digits + kDigits)) / mpz_class(kAttoDeltaPerDelta);
    EXPECT_GT(excess(real, 1, factor), bound);
}

// ---- naming of groups ----

struct NamingCase {
    std::int64_t groups_per_person;
    MicroEpsilon epsilon;
    AttoDelta delta;
};

TEST(PartitionProof, AGroupOfOnePersonIsNamedAsRarelyAsPromised) {
    for (const NamingCase& c : std::vector<NamingCase>{{1, 1'000'000, 1'000'000'000},
                                                       {1, 100'000, 1'000'000'000'000},
                                                       {3, 1'000'000, 1'000'000'000},
                                                       {5, 4'000'000, 1},
                                                       {2, 20'000'000, 500'000'000'000}}) {
        const auto naming =
            PartitionSelection::make(c.groups_per_person, c.epsilon, c.delta).value();
        const Distribution real = enumerate(naming.noise());
        // m * P(1 + noise >= t), over 2^digits
        const auto named = [&](std::int64_t threshold) {
            mpz_class sum;
            for (std::int64_t z = threshold - 1; z <= real.last(); ++z)
                sum += real.at(z);
            return mpz_class(sum * c.groups_per_person);
        };
        const auto share = [&](AttoDelta delta) {
            return mpz_class((mpz_class(delta) << real.digits) / mpz_class(kAttoDeltaPerDelta));
        };
        const AttoDelta imperfection = naming.noise().loss(kMaxDrawsPerAnswer).delta;
        EXPECT_EQ(naming.loss().delta, c.delta + imperfection);
        EXPECT_LE(named(naming.threshold()), share(naming.loss().delta)) << c.epsilon;
        // One lower would break the promise: the threshold is not larger than needed.
        EXPECT_GT(named(naming.threshold() - 1), share(c.delta)) << c.epsilon;
    }
}

// The whole outcome of one group: withheld, or named with its noisy count; for every number of
// persons that may be in it, one more or less.
TEST(PartitionProof, OnePersonInAGroupStaysWithinTheirShareOfEpsilon) {
    const NamingCase c{2, 4'000'000, 1'000'000'000};
    const auto naming = PartitionSelection::make(c.groups_per_person, c.epsilon, c.delta).value();
    const Distribution real = enumerate(naming.noise());
    const LaplaceCase per_group{2 * c.groups_per_person, c.epsilon};
    const mpz_class factor = allowed_factor(per_group, 1).low;
    const std::int64_t t = naming.threshold();
    const auto withheld = [&](std::int64_t persons) {
        if (persons == 0) return mpz_class(mpz_class(1) << real.digits);
        mpz_class sum;
        for (std::int64_t z = real.first; z < t - persons; ++z)
            sum += real.at(z);
        return sum;
    };
    const auto over = [&](std::int64_t here, std::int64_t there) {
        mpz_class sum;
        const auto add = [&](const mpz_class& a, const mpz_class& b) {
            const mpz_class difference = (a << kDigits) - factor * b;
            if (difference > 0) sum += difference;
        };
        add(withheld(here), withheld(there));
        for (std::int64_t value = t; value <= real.last() + std::max(here, there); ++value) {
            add(here == 0 ? mpz_class(0) : real.at(value - here),
                there == 0 ? mpz_class(0) : real.at(value - there));
        }
        return sum;
    };
    const mpz_class per_atto =
        (mpz_class(1) << (real.digits + kDigits)) / mpz_class(kAttoDeltaPerDelta);
    for (std::int64_t persons = 0; persons <= 2 * t; ++persons) {
        // Only between nobody and one person the promise may fail, and then within this group's
        // part of delta.
        const mpz_class bound =
            persons == 0 ? per_atto * (c.delta / c.groups_per_person + 1) : per_atto;
        ASSERT_LE(over(persons + 1, persons), bound) << persons;
        ASSERT_LE(over(persons, persons + 1), bound) << persons;
    }
}

// A whole answer about one group out of the data: it is named and has a count of its own, or is
// counted with the others, each with noise of its own (templates/noisy_cells.h). For any number of
// persons in it, one more or less: what the two halves of epsilon allow together, and delta.
TEST(PartitionProof, NamingAndCountingTogetherStayWithinTheWholeEpsilon) {
    const MicroEpsilon half = 6'000'000;
    const auto naming = PartitionSelection::make(1, half, 1'000'000).value();
    const Distribution named = enumerate(naming.noise());
    const Distribution real = enumerate(laplace({2, half}));
    // One person of the two whom a replacement changes.
    const mpz_class factor = allowed_factor({2, 2 * half}, 1).low;
    const auto is_named = [&](std::int64_t persons) {
        mpz_class sum;
        for (std::int64_t z = naming.threshold() - persons; persons > 0 && z <= named.last(); ++z)
            sum += named.at(z);
        return sum;
    };
    const auto over = [&](std::int64_t here, std::int64_t there) {
        mpz_class sum;
        const mpz_class whole = mpz_class(1) << named.digits;
        const std::int64_t far = std::max(here, there);
        const auto add = [&](const mpz_class& chance, const mpz_class& other) {
            for (std::int64_t value = real.first; value <= real.last() + far; ++value) {
                const mpz_class difference = ((chance * real.at(value - here)) << kDigits) -
                                             factor * other * real.at(value - there);
                if (difference > 0) sum += difference;
            }
        };
        add(is_named(here), is_named(there));
        add(whole - is_named(here), whole - is_named(there));
        return sum;
    };
    const mpz_class per_atto =
        (mpz_class(1) << (named.digits + real.digits + kDigits)) / mpz_class(kAttoDeltaPerDelta);
    for (std::int64_t persons = 0; persons <= 2 * naming.threshold(); ++persons) {
        const mpz_class bound = per_atto * (persons == 0 ? 1'000'001 : 1);
        ASSERT_LE(over(persons + 1, persons), bound) << persons;
        ASSERT_LE(over(persons, persons + 1), bound) << persons;
    }
}

}  // namespace
}  // namespace altis::cleanroom
