// Lets data of persons end by their age, as their owners said: fans who did nothing for so many
// days are forgotten as if they had asked for it, and dead letters by the day they came.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "fans/retention.h"
#include "platform/clock.h"
#include "service/api.h"

namespace altis::service {

constexpr Duration kRetentionEvery = seconds(3'600);     // between two looks, by the clock
constexpr std::uint32_t kSubjectsPerLook = 50'000;       // that one turn looks at
constexpr std::size_t kSubjectsForgottenAtOnce = 4'000;  // of fans, in one turn
constexpr std::size_t kLettersForgottenPerTurn = 4'000;  // of dead letters

// What the rule book says about every edition.
fans::RetentionLimits retention_limits(const rights::RightsBook& book);

// Forgets what is too old, in turns of the core. A thread of its own looks at the clock each
// second; the looking itself is the core's, and is due every kRetentionEvery and after `look_soon`.
// What a stop interrupts is found again by the next look.
class Retention {
  public:
    // Both must outlive it, but the core may stop first.
    Retention(Services& services, platform::Clock& clock);
    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    // Any thread.
    void look_soon();

  private:
    struct Look;
    void loop();
    bool is_due();
    void begin();
    void end();

    Services& services_;
    platform::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    Time due_;
    bool looking_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace altis::service
