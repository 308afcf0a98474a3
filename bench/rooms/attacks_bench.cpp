// What attackers learn of one person from the answers of a room, beside what they learn from exact
// counts with small groups suppressed: `attacks_bench [TRIALS]` prints a row for each attack. The
// attackers, and why they are strong, stand in cleanroom/attacks/test_attacks.h.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cleanroom/attacks/test_attacks.h"
#include "cleanroom/latency.h"
#include "platform/random.h"
#include "report/row.h"
#include "servers/process_cost.h"

namespace altis::bench {
namespace {

using cleanroom::SeededBits;
using namespace cleanroom::attacks;

constexpr int kTrialsOfOthers = 200;

std::string unit_of(const Advantage& advantage) {
    char text[64];
    std::snprintf(text, sizeof text, "advantage +- %.4f", advantage.standard_error());
    return text;
}

void print_attack(const std::string& what, const Advantage& ours, const std::string& peer,
                  const Advantage& others) {
    print({what, ours.value(), unit_of(ours), peer, others.value()},
          {Bar::Of::kValue, Better::kLower, bound_of(kLifetime) + 3 * ours.standard_error()});
}

// ---- time ----

constexpr std::size_t kTimedPeople = 2'000;
constexpr std::size_t kTargetRows = 2'000;  // of the target, when she is there

// A left table in which the target has very many rows, or none.
cleanroom::TableData crowd(bool has_target) {
    cleanroom::TableBuilder left(left_schema());
    const std::array<std::uint16_t, 3> codes = {0, 0, 0};
    for (std::size_t i = 1; i < kTimedPeople; ++i)
        left.add(tag_of_person(i), {codes, {}, {}});
    for (std::size_t i = 0; has_target && i < kTargetRows; ++i)
        left.add(tag_of_person(0), {codes, {}, {}});
    return std::move(left).finish();
}

struct Timed {
    double seconds;
    bool has_target;
};

// How long questions take when one person is there and when she is not, in turns.
std::vector<Timed> time_questions(int trials, SeededBits& bits) {
    const auto right = right_of({true});
    const Town towns[] = {{crowd(false), right}, {crowd(true), right}};
    std::vector<Timed> times;
    for (int i = 0; i < trials; ++i) {
        const bool has_target = bits.chance(0.5);
        RoomEngine engine(towns[has_target ? 1 : 0], 1, bits);
        const auto question = engine.question(0, where(codec::Json::array()), kLifetime);
        const double start = now_s();
        engine.ask(question);
        times.push_back({now_s() - start, has_target});
    }
    return times;
}

// The limit that tells the two apart best is found in one half of the times and tried on the other.
Advantage tell_apart(const std::vector<Timed>& times) {
    const std::size_t half = times.size() / 2;
    const auto tried = [&](std::size_t from, std::size_t to, double limit) {
        Advantage advantage;
        for (std::size_t i = from; i < to; ++i)
            advantage.add(times[i].has_target, times[i].seconds > limit);
        return advantage;
    };
    double best = 0;
    double most = -1;
    for (std::size_t i = 0; i < half; ++i) {
        const double value = tried(0, half, times[i].seconds).value();
        if (value > most) {
            most = value;
            best = times[i].seconds;
        }
    }
    return tried(half, times.size(), best);
}

// When the answer leaves, which is all that anybody outside can see.
std::vector<Timed> as_they_leave(std::vector<Timed> times) {
    for (Timed& time : times) {
        const Duration took{static_cast<std::int64_t>(time.seconds * 1e6)};
        time.seconds = static_cast<double>(cleanroom::latency_class(took).us) / 1e6;
    }
    return times;
}

void run(int trials) {
    SeededBits bits(platform::SystemRandom().next_u64());
    for (const Attack& attack : kAttacks) {
        const Advantage ours = measure(attack, Against::kRoom, trials, bits);
        const Advantage others = measure(attack, Against::kThresholds, kTrialsOfOthers, bits);
        print_attack(std::string(attack.name), ours, "thresholds only", others);
    }
    const Advantage ours = measure(kCollusion, Against::kRoom, trials, bits);
    print_attack("collusion, by whom budgets are kept", ours, "a budget for each consumer",
                 measure(kCollusion, Against::kBudgetEach, std::min(trials, 2'000), bits));
    const std::vector<Timed> times = time_questions(std::min(trials, 1'000), bits);
    print_attack("time of an answer, in its class", tell_apart(as_they_leave(times)),
                 "as long as it takes", tell_apart(times));
}

}  // namespace
}  // namespace altis::bench

int main(int count, char** arguments) {
    constexpr int kTrials = 10'000;
    altis::bench::run(count > 1 ? std::atoi(arguments[1]) : kTrials);
}
