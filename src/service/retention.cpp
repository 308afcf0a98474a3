#include "service/retention.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "service/erasure_flow.h"

namespace altis::service {
namespace {

constexpr auto kTick = std::chrono::seconds(1);  // how often the clock is read

std::optional<Duration> as_duration(std::optional<std::uint16_t> stated) {
    if (!stated) return std::nullopt;
    return days(*stated);
}

bool has_limit_for_fans(const fans::RetentionLimits& limits) {
    return std::ranges::any_of(limits,
                               [](const auto& entry) { return entry.second.fans.has_value(); });
}

}  // namespace

fans::RetentionLimits retention_limits(const rights::RightsBook& book) {
    using rights::Retained;
    fans::RetentionLimits limits;
    for (const auto& [edition, unused] : book.editions()) {
        limits[edition] = {as_duration(book.retention_days(Retained::kFanEngagement, edition)),
                           as_duration(book.retention_days(Retained::kDeadLetters, edition))};
    }
    return limits;
}

// One look at everything: letters first, then the fans, some subjects in each turn. Core thread.
struct Retention::Look : std::enable_shared_from_this<Retention::Look> {
    explicit Look(Retention& owner) : retention(owner) {}
    ~Look() { retention.end(); }

    // Goes on in a turn of its own. On a full disk it ends; the next look comes.
    void go_on(Turn& turn) {
        turn.then(
            TaskKind::kWrite, [self = shared_from_this()](Turn& next) { self->step(next); },
            [self = shared_from_this()](const Error&) {});
    }

    void step(Turn& turn) {
        if (turn.is_stopping()) return;
        const auto limits = retention_limits(turn.world().rights);
        if (forget_letters(turn, limits) || !has_limit_for_fans(limits)) return;
        const auto& book = turn.world().fans;
        if (next_subject >= book.end_of_subjects()) return;
        const auto fans = first_of(
            book, book.inactive_fans(limits, turn.now(), {next_subject, kSubjectsPerLook}));
        if (fans.empty()) {
            next_subject += kSubjectsPerLook;
            return go_on(turn);
        }
        next_subject = to_number(*fans.rbegin()) + 1;
        forget_fans(turn, fans);
    }

    // As many as one turn forgets.
    static std::set<fans::FanId> first_of(const fans::FansBook& book,
                                          const std::vector<fans::FanId>& fans) {
        std::set<fans::FanId> first;
        std::size_t subjects = 0;
        for (const fans::FanId fan : fans) {
            if (subjects >= kSubjectsForgottenAtOnce) break;
            subjects += book.subjects(fan).size();
            first.insert(fan);
        }
        return first;
    }

    bool forget_letters(Turn& turn, const fans::RetentionLimits& limits) {
        const auto& book = turn.world().fans;
        auto letters = book.old_letters(limits, turn.now(), kLettersForgottenPerTurn);
        if (letters.empty()) return false;
        auto decision = book.decide_forget_letters(std::move(letters));
        turn.commit(std::move(decision.drafts));
        turn.destroy_keys(std::move(decision.letters));
        go_on(turn);
        return true;
    }

    void forget_fans(Turn& turn, const std::set<fans::FanId>& fans) {
        forget_everywhere(
            turn, retention.services_, turn.world().fans.decide_forget_fans(fans), "retention",
            [self = shared_from_this()](Turn& next, const codec::Json&) { self->go_on(next); },
            [self = shared_from_this()](const Error&) {});
    }

    Retention& retention;
    std::uint32_t next_subject = 1;
};

Retention::Retention(Services& services, platform::Clock& clock)
    : services_(services), clock_(clock), thread_([this] { loop(); }) {}

Retention::~Retention() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Retention::look_soon() {
    {
        const std::lock_guard lock(mutex_);
        due_ = {};
    }
    wake_.notify_all();
}

void Retention::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (is_due()) {
            looking_ = true;
            lock.unlock();
            begin();
            lock.lock();
        }
        wake_.wait_for(lock, kTick);
    }
}

// Under the lock.
bool Retention::is_due() {
    const Time now = clock_.now();
    // A clock that was set back does not put it off.
    const bool is_early = now < due_ && due_ <= now + kRetentionEvery;
    if (looking_ || is_early) return false;
    due_ = now + kRetentionEvery;
    return true;
}

void Retention::begin() {
    const auto look = std::make_shared<Look>(*this);
    services_.core.post(
        TaskKind::kWrite, [look](Turn& turn) { look->step(turn); }, [look](const Error&) {});
}

void Retention::end() {
    const std::lock_guard lock(mutex_);
    looking_ = false;
}

}  // namespace altis::service
