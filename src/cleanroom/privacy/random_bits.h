// Where the noise of answers takes its random bits from.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/key_stream.h"

namespace altis::cleanroom {

// Source of independent, uniform random bits; the caller decides where they come from. What it
// gives for noise must be unpredictable, and must never be used twice.
class RandomBits {
  public:
    virtual ~RandomBits() = default;
    virtual void fill(std::span<std::uint64_t> words) = 0;

    std::uint64_t next_u64() {
        std::uint64_t word = 0;
        fill({&word, 1});
        return word;
    }
};

// The bits of one answer: a key stream under a seed that the caller takes from the operating
// system, afresh for every answer. One thread at a time.
class AnswerBits final : public RandomBits {
  public:
    explicit AnswerBits(const crypto::StreamSeed& seed) : stream_(seed) {}
    void fill(std::span<std::uint64_t> words) override {
        stream_.fill({reinterpret_cast<std::uint8_t*>(words.data()), words.size_bytes()});
    }

  private:
    crypto::KeyStream stream_;
};

}  // namespace altis::cleanroom
