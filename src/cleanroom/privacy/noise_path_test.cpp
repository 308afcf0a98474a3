// The samplers are constant-time by construction; here the processor itself says so. With its trap
// flag set it stops after every instruction, and the handler hashes where. Two draws of different
// outcome must have gone through exactly the same instructions.
#include <array>
#include <gtest/gtest.h>
#include <set>

#include "cleanroom/privacy/noise.h"
#include "cleanroom/privacy/test_bits.h"

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ALTIS_CAN_STEP 1
#include <csignal>
#include <ucontext.h>
#endif

namespace altis::cleanroom {
namespace {

#ifdef ALTIS_CAN_STEP

struct Path {
    std::uint64_t hash = 0;
    std::uint64_t instructions = 0;
    friend auto operator<=>(const Path&, const Path&) = default;
};
Path g_path;

void on_step(int, siginfo_t*, void* context) {
    const auto at = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
    g_path.hash = (g_path.hash ^ static_cast<std::uint64_t>(at)) * 0x9E3779B97F4A7C15U;
    ++g_path.instructions;
}

// The stack may hold nothing below its pointer that the flags' push would destroy.
[[gnu::noinline]] void set_trap_flag(bool on) {
    if (on) {
        asm volatile("sub $128, %%rsp\n pushfq\n orq $0x100, (%%rsp)\n popfq\n add $128, %%rsp" ::
                         : "memory", "cc");
    } else {
        asm volatile("sub $128, %%rsp\n pushfq\n andq $~0x100, (%%rsp)\n popfq\n add $128, %%rsp" ::
                         : "memory", "cc");
    }
}

// Random words that were made before, so that nothing but the draw is on the path.
class ReadyBits final : public RandomBits {
  public:
    explicit ReadyBits(std::uint64_t seed) { SeededBits(seed).fill(words_); }
    void fill(std::span<std::uint64_t> words) override {
        for (std::size_t i = 0; i < words.size(); ++i)
            words[i] = words_[i];
    }

  private:
    std::array<std::uint64_t, 256> words_{};
};

struct Stepped {
    Path path;
    std::int64_t value;
};

Stepped step_through(const Noise& noise, std::uint64_t seed) {
    ReadyBits bits(seed);
    struct sigaction action{}, before{};
    action.sa_sigaction = on_step;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTRAP, &action, &before);
    g_path = {};
    set_trap_flag(true);
    const std::int64_t value = noise.draw(bits);
    set_trap_flag(false);
    sigaction(SIGTRAP, &before, nullptr);
    return {g_path, value};
}

void expect_one_path(const Noise& noise, std::size_t least_values) {
    std::set<Path> paths;
    std::set<std::int64_t> values;
    step_through(noise, 1);  // resolves what is resolved at the first call
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
        const Stepped stepped = step_through(noise, seed);
        paths.insert(stepped.path);
        values.insert(stepped.value);
    }
    EXPECT_EQ(paths.size(), 1U);
    EXPECT_GT(paths.begin()->instructions, 50U);
    EXPECT_GE(values.size(), least_values);
}

TEST(NoisePath, IsTheSameForEveryLaplaceDraw) {
    expect_one_path(*LaplaceNoise::make(2, 100'000), 8);
    expect_one_path(*LaplaceNoise::make(1, kMaxEpsilon), 1);
    expect_one_path(*LaplaceNoise::make(kMaxSensitivity, kMinEpsilon), 16);
}

TEST(NoisePath, IsTheSameForEveryGaussianDraw) {
    expect_one_path(*GaussianNoise::make(1, 1'000'000'000'000), 3);
    expect_one_path(*GaussianNoise::make(1, 2'000'000'000), 8);
    expect_one_path(*GaussianNoise::make(2, 20'000'000), 12);
}

// The test would notice: a sampler that counts until it fails goes other ways.
class LoopingNoise final : public Noise {
  public:
    std::int64_t draw(RandomBits& bits) const override {
        std::uint64_t word = bits.next_u64();
        std::int64_t value = 0;
        while (word % 2 == 1) {
            word /= 2;
            ++value;
        }
        return value;
    }
    PrivacyLoss loss(std::uint64_t) const override { return {}; }
    Spread spread() const override { return {}; }
    std::uint64_t distance() const override { return 0; }
};

TEST(NoisePath, OfALoopUntilFailureIsNoticed) {
    std::set<Path> paths;
    for (std::uint64_t seed = 1; seed <= 40; ++seed)
        paths.insert(step_through(LoopingNoise(), seed).path);
    EXPECT_GT(paths.size(), 2U);
}

#else

TEST(NoisePath, IsTheSameForEveryDraw) {
    GTEST_SKIP() << "stepping needs an x86-64 processor and no sanitizer";
}

#endif

}  // namespace
}  // namespace altis::cleanroom
