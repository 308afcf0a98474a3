// Reproducible random bits for tests (SplitMix64).
#pragma once

#include "cleanroom/noise.h"

namespace altis::cleanroom {

class SeededBits final : public RandomBits {
  public:
    explicit SeededBits(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next_u64() override {
        ++draws_;
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }
    bool chance(double probability) {
        return static_cast<double>(next_u64() >> 11) * 0x1p-53 < probability;
    }
    std::uint64_t draws() const { return draws_; }

  private:
    std::uint64_t state_;
    std::uint64_t draws_ = 0;
};

}  // namespace altis::cleanroom
