#include "platform/random.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <sys/random.h>

#include "base/assert.h"

namespace altis::platform {

namespace {

void fill_from_system(std::uint8_t* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t got = getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        ALTIS_ASSERT(got > 0);  // a machine without randomness must not make keys
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
}

// Bytes handed out are wiped, so that they live in the caller's memory alone.
class RandomBuffer {
  public:
    void take(std::span<std::uint8_t> out) {
        const std::lock_guard lock(mutex_);
        if (out.size() > bytes_.size() - used_) {
            fill_from_system(bytes_.data(), bytes_.size());
            used_ = 0;
        }
        std::memcpy(out.data(), bytes_.data() + used_, out.size());
        explicit_bzero(bytes_.data() + used_, out.size());
        used_ += out.size();
    }
    static constexpr std::size_t kLargestTake = 256;

  private:
    std::mutex mutex_;
    std::array<std::uint8_t, 4096> bytes_{};
    std::size_t used_ = sizeof(bytes_);
};

RandomBuffer& random_buffer() {
    static RandomBuffer buffer;
    return buffer;
}

}  // namespace

std::uint64_t Random::next_u64() {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
    fill(bytes);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    if (bytes.size() > RandomBuffer::kLargestTake) {
        fill_from_system(bytes.data(), bytes.size());
    } else {
        random_buffer().take(bytes);
    }
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const std::uint64_t value = next();
        const std::size_t size = std::min(bytes.size(), sizeof(value));
        std::memcpy(bytes.data(), &value, size);
        bytes = bytes.subspan(size);
    }
}

std::uint64_t SeededRandom::next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::uint64_t SeededRandom::below(std::uint64_t bound) {
    ALTIS_ASSERT(bound > 0);
    const std::uint64_t uneven = (0 - bound) % bound;  // values that would favour small results
    std::uint64_t value = next();
    while (value < uneven)
        value = next();
    return value % bound;
}

double SeededRandom::unit() {
    return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

}  // namespace altis::platform
