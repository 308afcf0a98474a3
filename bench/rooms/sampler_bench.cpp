// What a draw of noise costs, randomness included, and whether its time tells anything of what was
// drawn: `sampler_bench [DRAWS]`. The latter as dudect does it (Reparaz, Balasch and Verbauwhede
// 2017): Welch's t-test between the times of two classes of draws, also with the slowest times,
// which interrupts cause, cut off at several places; the largest |t| counts.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>
#include <x86intrin.h>

#include "cleanroom/privacy/noise.h"
#include "platform/random.h"
#include "report/row.h"

namespace altis::bench {
namespace {

using cleanroom::AnswerBits;
using cleanroom::GaussianNoise;
using cleanroom::LaplaceNoise;
using cleanroom::Noise;

constexpr std::size_t kWords = 256;
using Words = std::array<std::uint64_t, kWords>;

AnswerBits fresh_bits() {
    crypto::StreamSeed seed;
    platform::SystemRandom().fill(seed);
    return AnswerBits(seed);
}

// Words that were made before the clock ran.
class ReadyBits final : public cleanroom::RandomBits {
  public:
    void fill(std::span<std::uint64_t> words) override {
        std::copy_n(words_.begin(), words.size(), words.begin());
    }
    Words& words() { return words_; }

  private:
    Words words_{};
};

struct Timed {
    double cycles;
    bool second_class;
};

double welch_t(const std::vector<Timed>& times, double limit) {
    std::array<double, 2> count{}, sum{}, squares{};
    for (const Timed& time : times) {
        if (time.cycles > limit) continue;
        const std::size_t of = time.second_class ? 1 : 0;
        ++count[of];
        sum[of] += time.cycles;
        squares[of] += time.cycles * time.cycles;
    }
    if (count[0] < 2 || count[1] < 2) return 0;
    double error = 0;
    for (const std::size_t of : {0, 1}) {
        const double mean = sum[of] / count[of];
        error += (squares[of] / count[of] - mean * mean) / (count[of] - 1);
    }
    return error > 0 ? (sum[0] / count[0] - sum[1] / count[1]) / std::sqrt(error) : 0;
}

double largest_t(const std::vector<Timed>& times) {
    std::vector<double> sorted;
    for (const Timed& time : times)
        sorted.push_back(time.cycles);
    double largest = 0;
    for (const double share : {0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        largest = std::max(largest, std::abs(welch_t(times, quantile(sorted, share))));
    }
    return largest;
}

struct Drawn {
    double cycles;
    std::int64_t value;
};

Drawn timed_draw(const Noise& noise, ReadyBits& bits) {
    unsigned core = 0;
    _mm_lfence();
    const std::uint64_t start = __rdtsc();
    _mm_lfence();
    const std::int64_t value = noise.draw(bits);
    const std::uint64_t end = __rdtscp(&core);
    _mm_lfence();
    return {static_cast<double>(end - start), value};
}

// Draws from the same words over and over against draws from fresh ones; and, among the fresh
// ones, small noise against large.
void print_timing(const std::string& what, const Noise& noise, std::size_t draws) {
    AnswerBits source = fresh_bits();
    ReadyBits bits;
    Words fixed;
    source.fill(fixed);
    const double typical = std::sqrt(noise.spread().variance) * 0.6;
    std::vector<Timed> by_words;
    std::vector<Timed> by_value;
    for (std::size_t i = 0; i < draws; ++i) {
        Words fresh;
        source.fill(fresh);
        const std::uint64_t take_fixed = 0 - (source.next_u64() & 1);
        for (std::size_t word = 0; word < kWords; ++word) {
            bits.words()[word] = (fixed[word] & take_fixed) | (fresh[word] & ~take_fixed);
        }
        const Drawn drawn = timed_draw(noise, bits);
        by_words.push_back({drawn.cycles, take_fixed != 0});
        if (take_fixed == 0) {
            const double size = std::abs(static_cast<double>(drawn.value));
            by_value.push_back({drawn.cycles, size > typical});
        }
    }
    const Bar bar{Bar::Of::kValue, Better::kLower, 4.5};
    print({what + ": fixed against fresh words", largest_t(by_words), "|t|"}, bar);
    print({what + ": small against large noise", largest_t(by_value), "|t|"}, bar);
}

void print_cost(const std::string& what, const Noise& noise, std::size_t draws) {
    AnswerBits bits = fresh_bits();
    double best_us = 1e9;
    std::int64_t sum = 0;
    for (int round = 0; round < 5; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < draws / 5; ++i)
            sum += noise.draw(bits);
        const std::chrono::duration<double, std::micro> spent =
            std::chrono::steady_clock::now() - start;
        best_us = std::min(best_us, spent.count() / static_cast<double>(draws / 5));
    }
    if (sum == INT64_MAX) std::abort();  // keeps the draws
    print({what, best_us, "us a draw"}, {Bar::Of::kValue, Better::kLower, 1.2});
}

int run(std::size_t draws) {
    const std::pair<std::string, std::shared_ptr<const Noise>> noises[] = {
        {"Laplace, sensitivity 2, epsilon 0.1",
         std::make_shared<LaplaceNoise>(*LaplaceNoise::make(2, 100'000))},
        {"Laplace, sensitivity 10^9, epsilon 0.001 (widest)",
         std::make_shared<LaplaceNoise>(
             *LaplaceNoise::make(cleanroom::kMaxSensitivity, cleanroom::kMinEpsilon))},
        {"Gaussian, deviation 7",
         std::make_shared<GaussianNoise>(*GaussianNoise::make(1, 20'000'000'000))},
        {"Gaussian, deviation 64 (widest table)",
         std::make_shared<GaussianNoise>(*GaussianNoise::make(1, 244'140'625))},
        {"Gaussian, deviation 1,024 (two tables)",
         std::make_shared<GaussianNoise>(*GaussianNoise::make(1, 953'675))}};
    for (const auto& [what, noise] : noises)
        print_cost(what, *noise, draws);
    for (const auto& [what, noise] : noises)
        print_timing(what, *noise, draws);
    return 0;
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    const long draws = argc > 1 ? std::atol(argv[1]) : 1'000'000;
    return altis::bench::run(static_cast<std::size_t>(std::max(1'000L, draws)));
}
