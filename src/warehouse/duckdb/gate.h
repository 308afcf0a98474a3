// Lets many queries through, and nobody while the file under them is exchanged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace altis::warehouse::duckdb {

class Gate {
  public:
    // At most `limit` are inside at once.
    explicit Gate(std::size_t limit) : limit_(limit) {}

    // A stay inside; empty when the deadline came first.
    class Pass {
      public:
        Pass() = default;
        explicit Pass(Gate* gate) : gate_(gate) {}
        Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }
        explicit operator bool() const { return gate_ != nullptr; }

      private:
        Gate* gate_ = nullptr;
    };

    Pass enter(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        const auto free = [&] { return !shut_ && inside_ < limit_; };
        if (!changed_.wait_until(lock, deadline, free)) return Pass();
        ++inside_;
        return Pass(this);
    }

    // Lets nobody in any more and waits until all are out. For one thread at a time.
    void shut() {
        std::unique_lock lock(mutex_);
        shut_ = true;
        changed_.wait(lock, [&] { return inside_ == 0; });
    }

    void open() {
        const std::lock_guard lock(mutex_);
        shut_ = false;
        changed_.notify_all();
    }

  private:
    void leave() {
        const std::lock_guard lock(mutex_);
        --inside_;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t limit_;
    std::size_t inside_ = 0;
    bool shut_ = false;
};

// Keeps a gate shut as long as it lives.
class Shut {
  public:
    explicit Shut(Gate& gate) : gate_(gate) { gate_.shut(); }
    ~Shut() { gate_.open(); }
    Shut(const Shut&) = delete;
    Shut& operator=(const Shut&) = delete;

  private:
    Gate& gate_;
};

}  // namespace altis::warehouse::duckdb
