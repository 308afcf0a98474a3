#include "service/later.h"

#include <memory>
#include <utility>

#include "cleanroom/latency.h"

namespace altis::service {

using std::chrono::microseconds;
using std::chrono::steady_clock;

Later::Later() : thread_([this] { loop(); }) {}

Later::~Later() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Later::at(SteadyTime time, std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.emplace(time, std::move(job));
    }
    wake_.notify_one();
}

server::Responder Later::padded(const server::Responder& respond) {
    const SteadyTime start = steady_clock::now();
    return server::Responder([this, start, respond](server::Response response) {
        const auto took =
            std::chrono::duration_cast<microseconds>(steady_clock::now() - start).count();
        const Duration end = cleanroom::latency_class({took});
        const auto held = std::make_shared<server::Response>(std::move(response));
        at(start + microseconds(end.us), [respond, held] { respond(std::move(*held)); });
    });
}

void Later::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !jobs_.empty()) {
        if (jobs_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto next = jobs_.begin();
        if (!stopping_ && steady_clock::now() < next->first) {
            const SteadyTime time = next->first;
            wake_.wait_until(lock, time);
            continue;
        }
        const std::function<void()> job = std::move(next->second);
        jobs_.erase(next);
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace altis::service
