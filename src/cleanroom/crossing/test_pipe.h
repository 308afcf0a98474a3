// Two ends of a wire in memory, for tests: what one sends the other receives.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "cleanroom/crossing/frames.h"

namespace altis::cleanroom::crossing {

// One direction.
class TestStream {
  public:
    void put(std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        bytes_ += bytes;
        changed_.notify_all();
    }
    void end() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }
    std::size_t take(std::span<char> room) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || !bytes_.empty(); });
        const std::size_t size = std::min(room.size(), bytes_.size());
        std::memcpy(room.data(), bytes_.data(), size);
        bytes_.erase(0, size);
        return size;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string bytes_;
    bool ended_ = false;
};

class TestWire final : public Wire {
  public:
    TestWire(TestStream& in, TestStream& out) : in_(in), out_(out) {}
    ~TestWire() override { out_.end(); }

    Result<void> send(std::string_view bytes) override {
        sent += bytes;
        out_.put(bytes);
        return {};
    }
    Result<std::size_t> receive(std::span<char> room) override { return in_.take(room); }
    void stop_receiving() override { in_.end(); }

    std::string sent;  // all of it

  private:
    TestStream& in_;
    TestStream& out_;
};

}  // namespace altis::cleanroom::crossing
