// Reproducible random bits for tests (SplitMix64).
#pragma once

#include "cleanroom/privacy/random_bits.h"

namespace altis::cleanroom {

class SeededBits final : public RandomBits {
  public:
    explicit SeededBits(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint64_t> words) override {
        for (std::uint64_t& word : words)
            word = next();
    }
    bool chance(double probability) {
        return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
    }
    // Uniform enough for tests; bound > 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    std::uint64_t words_given() const { return words_given_; }

  private:
    std::uint64_t next() {
        ++words_given_;
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }

    std::uint64_t state_;
    std::uint64_t words_given_ = 0;
};

}  // namespace altis::cleanroom
