// Counters, gauges and histograms that any thread updates without locks, written out as Prometheus
// text. Labels name routes, statuses and the like; never anything about a person.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace altis::server {

class Counter {
  public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
  public:
    void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
    void set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_ = 0;
};

// Durations in microseconds, in fixed buckets from 100 us to 30 s.
class Histogram {
  public:
    static constexpr std::array<std::int64_t, 14> kBoundsUs = {
        100,    250,     500,     1'000,   2'500,     5'000,     10'000,
        25'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000, 30'000'000};

    void observe_us(std::int64_t us);
    std::uint64_t count() const;
    std::int64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }
    // How many were at most kBoundsUs[i]; `i` one past the last bound counts all.
    std::uint64_t count_up_to(std::size_t i) const;

  private:
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets_{};
    std::atomic<std::int64_t> sum_us_ = 0;
};

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

// The metrics of one process. What it hands out lives as long as it does. Thread-safe.
class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Each finds or makes the metric of that name and labels. Takes a lock: keep the reference
    // where it is used often. Asserts that a name keeps its kind. Names follow Prometheus
    // ("altis_http_requests_total").
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});

    // Text exposition format 0.0.4, sorted by name and labels. Histograms in seconds.
    std::string to_text() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
