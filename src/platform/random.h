// Where randomness comes from: the operating system, or a seed (tests, demo data).
#pragma once

#include <cstdint>
#include <span>

namespace altis::platform {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;  // may be called from any thread
    std::uint64_t next_u64();
};

// getrandom(2), buffered; fit for keys.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override;
};

// SplitMix64 from a seed: reproducible, never for keys in production. One thread only.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;
    std::uint64_t next();                      // 64 random bits
    std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound), bound > 0
    double unit();                             // uniform in [0, 1)
    bool chance(double probability) { return unit() < probability; }

  private:
    std::uint64_t state_;
};

}  // namespace altis::platform
