#include "service/later.h"

#include <atomic>
#include <gtest/gtest.h>
#include <vector>

#include "cleanroom/latency.h"

namespace altis::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(Later, RunsEverythingInTheOrderOfItsTime) {
    std::vector<int> ran;
    {
        Later later;
        const auto now = steady_clock::now();
        later.at(now + milliseconds(30), [&ran] { ran.push_back(2); });
        later.at(now + milliseconds(10), [&ran] { ran.push_back(1); });
        later.at(now + std::chrono::hours(1), [&ran] { ran.push_back(3); });
        std::this_thread::sleep_for(milliseconds(60));
    }
    EXPECT_EQ(ran, (std::vector<int>{1, 2, 3})) << "what is left runs when it ends";
}

// How long an answer takes that was ready after so long.
std::chrono::microseconds time_of(Later& later, milliseconds work) {
    std::atomic<bool> is_answered = false;
    const server::Responder respond(
        [&is_answered](const server::Response&) { is_answered = true; });
    const auto start = steady_clock::now();
    const server::Responder padded = later.padded(respond);
    std::this_thread::sleep_for(work);
    padded(server::empty_response());
    while (!is_answered)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
}

TEST(Later, AnswersLeaveAtTheEndOfTheirClass) {
    Later later;
    const std::chrono::microseconds first(cleanroom::kLatencyClasses[0].us);
    const std::chrono::microseconds second(cleanroom::kLatencyClasses[1].us);
    for (const milliseconds work : {milliseconds(0), milliseconds(20)}) {
        EXPECT_GE(time_of(later, work), first);
        EXPECT_LT(time_of(later, work), second);
    }
    EXPECT_GE(time_of(later, milliseconds(110)), second) << "late for the first, so in the second";
}

TEST(Later, ClassesAreFewAndEverythingHasOne) {
    using cleanroom::latency_class;
    EXPECT_EQ(latency_class({0}), altis::milliseconds(100));
    EXPECT_EQ(latency_class(altis::milliseconds(100)), altis::milliseconds(100));
    EXPECT_EQ(latency_class({100'001}), altis::milliseconds(400));
    EXPECT_EQ(latency_class(seconds(20)), altis::milliseconds(25'600));
    EXPECT_EQ(latency_class(seconds(30)), altis::milliseconds(51'200));
}

}  // namespace
}  // namespace altis::service
