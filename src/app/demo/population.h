// The demo's made-up fans. Everything about fan number i is a pure function of the seed and i, so
// the truth that the story must reproduce is known before the first event is sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace altis::app::demo {

// Codes of the three skaters of the story, as they stand in its ODF message.
inline constexpr std::string_view kLiu = "1000001";
inline constexpr std::string_view kSakamoto = "1000002";
inline constexpr std::string_view kNakai = "1000003";

// What one fan is like and will do.
struct FanPlan {
    std::uint32_t number = 0;
    std::string_view language;
    std::string_view area;
    bool consents_messages = false;
    bool consents_clean_room = false;
    std::int64_t technical_ms = 0;
    std::int64_t emotional_ms = 0;
    std::int64_t replay_ms = 0;
    bool volleyball_ticket = false;
    bool attended_volleyball = false;
    std::int64_t merchandise_cents = 0;
    std::vector<std::string_view> follows;

    bool is_performance_motivated() const {
        return technical_ms > 0 && technical_ms >= 4 * emotional_ms;
    }
    bool is_high_value() const {
        return volleyball_ticket && merchandise_cents >= 5'000 && area == "los-angeles";
    }
    std::string user_id() const { return "fan-" + std::to_string(number); }
    std::string email() const { return "fan-" + std::to_string(number) + "@example.org"; }
};

// What the server must find out, counted while the plans are made.
struct Truth {
    std::uint64_t unique_events = 0;
    std::uint64_t duplicate_events = 0;
    std::uint64_t malformed_events = 0;
    std::uint64_t cohort_performance = 0;
    std::uint64_t segment_high_value = 0;
    std::uint64_t room_base = 0;       // high value and consenting to clean rooms
    std::uint64_t room_customers = 0;  // of these, customers of the airline
    std::uint64_t attended = 0;        // of the customers, those who attended volleyball
    std::uint64_t attended_booked = 0;
    std::uint64_t absent = 0;
    std::uint64_t absent_booked = 0;
    // Consenting, performance-motivated, and following at least one of the three skaters.
    std::uint64_t messages = 0;

    double overlap_share() const;
    double lift() const;
};

class Population {
  public:
    Population(std::uint32_t fans, std::uint64_t seed) : fans_(fans), seed_(seed) {}

    std::uint32_t size() const { return fans_; }
    FanPlan fan(std::uint32_t number) const;

    // The airline's customer file (email, booked): 32 % of the room's base, and as many strangers
    // and other fans around them; adds the planted figures to `truth`.
    std::string airline_csv(Truth& truth) const;

    // Counts everything but the airline's figures.
    void count(Truth& truth) const;

  private:
    std::uint32_t fans_;
    std::uint64_t seed_;
};

constexpr std::uint32_t kFansPerBatch = 4;

// The events as HTTP bodies. Batch number b carries the events of fans 4b to 4b+3, except that
// every 50th fan's views come late (in the batches at the end), every 40th event is sent twice, and
// some malformed events are mixed in. Thread-safe.
class EventFeed {
  public:
    EventFeed(const Population& population, Time start);

    std::uint32_t batches() const { return main_batches_ + late_batches_; }

    // One Segment batch as JSON text; `events` is set to how many events it holds.
    std::string batch(std::uint32_t number, std::uint32_t& events) const;

    // Counts what `batch` sends into the truth.
    void count(Truth& truth) const;

  private:
    const Population& population_;
    Time start_;
    std::uint32_t main_batches_;
    std::uint32_t late_batches_;
};

}  // namespace altis::app::demo
