// The privacy ledger of a running server: under SIGKILL at random moments, and under questions that
// come at once. With ALTIS_ROWS=1 the figures are printed as rows of a benchmark;
// ALTIS_LEDGER_KILLS says how often the server is killed.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <thread>

#include "base/test_effort.h"
#include "cleanroom/privacy/budget.h"
#include "games_fixture.h"
#include "platform/random.h"

namespace altis::e2e {
namespace {

using cleanroom::MicroEpsilon;
using cleanroom::PrivacyLoss;
using codec::Json;

constexpr int kAskers = 4;
constexpr int kPeople = 400;
constexpr MicroEpsilon kBudget = 20'000'000;
constexpr int kPatience = 100;  // tries of a busy server

bool wants_rows() {
    return std::getenv("ALTIS_ROWS") != nullptr;
}

int kills_wanted() {
    const char* set = std::getenv("ALTIS_LEDGER_KILLS");
    return set != nullptr ? std::atoi(set) : test_effort(20, 4);
}

std::string as_row(std::string_view what, double value, std::string_view unit, bool met) {
    return Json::object({{"what", what},
                         {"value", value},
                         {"unit", unit},
                         {"peer", nullptr},
                         {"peer_value", nullptr},
                         {"ratio", nullptr},
                         {"bar", "0"},
                         {"met", met}})
        .to_string();
}

// A room of two data sets, in which the airline may ask.
class LedgerTest : public GamesTest {
  protected:
    void begin() override {
        Caller admin = server_->admin();
        const auto key = issue_key(admin, "la28-tables", "la28", {"treasury"});
        ASSERT_TRUE(key) << key.error().message;
        bring(*key, "members");
        bring(keys_.airline, "customers");
    }

    void bring(const std::string& key, const std::string& dataset) const {
        std::string csv = "email,booked\n";
        for (int i = 0; i < kPeople; ++i)
            csv += "person." + std::to_string(i) + "@example.org,1\n";
        Caller caller = server_->caller(key);
        ASSERT_TRUE(declare_customers(caller, dataset));
        const Reply taken =
            caller.send(server::Method::kPut, "/v1/treasury/" + dataset, "text/csv", csv);
        ASSERT_EQ(taken.status, 200) << taken.text;
    }

    void agree(const std::string& id, MicroEpsilon budget) const {
        const Json room = Json::object(
            {{"id", id},
             {"edition", kEdition},
             {"purpose", "clean_room"},
             {"templates", Json::array({"overlap"})},
             {"owners", Json::array({room_owner({"left", "la28", "members", {}, budget}),
                                     room_owner({"right", "airline", "customers", {}, budget})})},
             {"receivers", Json::array({"la28", "airline"})},
             {"minimum_group", 10},
             {"until", "2099-01-01T00:00:00Z"}});
        ASSERT_EQ(owner().post("/v1/rooms", room).status, 201);
        ASSERT_EQ(owner().post("/v1/rooms/" + id + "/approvals", Json::object()).status, 200);
        ASSERT_EQ(airline().post("/v1/rooms/" + id + "/approvals", Json::object()).status, 200);
    }

    static Reply ask(Caller& caller, const std::string& room, MicroEpsilon epsilon) {
        return caller.post("/v1/rooms/" + room + "/questions",
                           Json::object({{"template", "overlap"}, {"epsilon_micro", epsilon}}));
    }

    // The same, again while the server is busy.
    static Reply ask_patiently(Caller& caller, const std::string& room, MicroEpsilon epsilon) {
        Reply reply = ask(caller, room, epsilon);
        for (int i = 0; i < kPatience && reply.status == 429; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            reply = ask(caller, room, epsilon);
        }
        return reply;
    }

    // Of the table that has spent least.
    MicroEpsilon spent(const std::string& room) const {
        Caller caller = owner();
        Json json = caller.get("/v1/rooms/" + room).json;
        for (int i = 0; i < kPatience && !json.contains("budgets"); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            json = caller.get("/v1/rooms/" + room).json;
        }
        EXPECT_TRUE(json.contains("budgets")) << json.to_string();
        MicroEpsilon least = cleanroom::kUnboundedEpsilon;
        for (const Json& budget : json["budgets"].items())
            least = std::min(least, budget["lifetime_spent_micro_epsilon"].as_int());
        return least;
    }
};

// What askers were told, and what that has cost at least.
class Told {
  public:
    void add(MicroEpsilon epsilon, std::string answer) {
        const std::lock_guard lock(mutex_);
        loss_ = loss_ + cleanroom::pure_loss(epsilon);
        answers_.emplace(epsilon, std::move(answer));
    }
    MicroEpsilon cost() const {
        const std::lock_guard lock(mutex_);
        return cleanroom::epsilon_at(loss_, cleanroom::kLifetimeDelta);
    }
    std::map<MicroEpsilon, std::string> answers() const {
        const std::lock_guard lock(mutex_);
        return answers_;
    }

  private:
    mutable std::mutex mutex_;
    PrivacyLoss loss_;
    std::map<MicroEpsilon, std::string> answers_;
};

// Whether this is what the engine says, and not the way there.
bool is_answer(const Reply& reply) {
    return reply.ok() || reply.code() == "rooms.group_too_small";
}

class LedgerKillTest : public LedgerTest {
  protected:
    // Asks one question after the other, each until it has an answer.
    void keep_asking(int asker) {
        Caller caller = airline();
        for (MicroEpsilon n = 0; !stopping_.load(); ++n) {
            const MicroEpsilon epsilon = 10'000 + n * kAskers + asker;
            Reply reply = ask(caller, "rehearsal", epsilon);
            while (!is_answer(reply)) {
                if (reply.status == 0) ++cut_off_;
                // 429: the server is busy and says when to come again.
                if (reply.status != 0 && reply.status != 429) {
                    ++refused_;
                    last_refusal_ = reply.status;
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                if (stopping_.load()) return;
                reply = ask(caller, "rehearsal", epsilon);
            }
            told_.add(epsilon, reply.text);
        }
    }

    // From a start to the next kill at most, in us: so long that some lives see answers, and some
    // end before.
    std::uint64_t longest_life() {
        const auto start = std::chrono::steady_clock::now();
        Caller caller = airline();
        constexpr MicroEpsilon kFirst = 9'999;
        const Reply reply = ask(caller, "rehearsal", kFirst);
        EXPECT_TRUE(is_answer(reply)) << reply.text;
        told_.add(kFirst, reply.text);
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - start;
        return 40'000 + static_cast<std::uint64_t>(2 * took.count());
    }

    // How many answers are not paid for; and one of them, asked again, must be the same.
    void check_after(std::uint64_t random) {
        const auto answers = told_.answers();
        const MicroEpsilon cost = told_.cost();
        if (spent("rehearsal") < cost) ++under_counted_;
        if (answers.empty()) return;
        const auto one =
            std::next(answers.begin(), static_cast<std::ptrdiff_t>(random % answers.size()));
        Caller caller = airline();
        EXPECT_EQ(ask_patiently(caller, "rehearsal", one->first).text, one->second);
    }

    void expect_the_same_again(const std::map<MicroEpsilon, std::string>& answers) const {
        std::atomic<int> different{0};
        std::vector<std::thread> threads;
        for (MicroEpsilon asker = 0; asker < kAskers; ++asker) {
            threads.emplace_back([&, asker] {
                Caller caller = airline();
                for (const auto& [epsilon, answer] : answers) {
                    if (epsilon % kAskers != asker) continue;
                    const Reply again = ask_patiently(caller, "rehearsal", epsilon);
                    if (again.text != answer) ++different;
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        EXPECT_EQ(different.load(), 0);
    }

    Told told_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> cut_off_{0};
    std::atomic<int> refused_{0};
    std::atomic<int> last_refusal_{0};
    int under_counted_ = 0;
};

TEST_F(LedgerKillTest, NeverUnderCountsAndAnswersTheSameAgainForFree) {
    agree("rehearsal", kBudget);
    const std::uint64_t longest = longest_life();
    std::vector<std::thread> threads;
    for (int asker = 0; asker < kAskers; ++asker)
        threads.emplace_back([this, asker] { keep_asking(asker); });
    platform::SystemRandom random;
    Result<void> restarted;
    const int kills = kills_wanted();
    for (int i = 0; i < kills && restarted; ++i) {
        std::this_thread::sleep_for(std::chrono::microseconds(random.next_u64() % longest));
        server_->kill();
        restarted = server_->start_again();
        if (restarted) check_after(random.next_u64());
    }
    stopping_.store(true);
    for (std::thread& thread : threads)
        thread.join();
    ASSERT_TRUE(restarted) << restarted.error().message;

    const MicroEpsilon before = spent("rehearsal");
    EXPECT_GE(before, told_.cost());
    const auto answers = told_.answers();
    expect_the_same_again(answers);
    EXPECT_EQ(spent("rehearsal"), before) << "what was answered is free";
    EXPECT_EQ(under_counted_, 0);
    EXPECT_EQ(refused_.load(), 0) << "with status " << last_refusal_.load();
    EXPECT_GE(static_cast<int>(answers.size()), kills / 2);
    EXPECT_GT(cut_off_.load(), 0) << "no kill met a question";
    std::printf("%d kills, %zu answers, %d requests without one\n", kills, answers.size(),
                cut_off_.load());
    if (wants_rows()) {
        const std::string what = "restarts of " + std::to_string(kills) +
                                 " kills whose ledger counts less than the " +
                                 std::to_string(answers.size()) + " answers cost";
        std::printf("%s\n", as_row(what, under_counted_, "restarts", under_counted_ == 0).c_str());
    }
}

// Both owners brought the same rows; who could see that would know everybody in the other's table.
TEST_F(LedgerTest, TheSameRowsOfTwoOwnersHaveDifferentCommitments) {
    agree("copies", kBudget);
    Caller caller = airline();
    const Reply answer = ask(caller, "copies", kBudget / 2);
    ASSERT_TRUE(answer.ok()) << answer.text;
    const Json data = answer.json["receipt"]["data"];
    ASSERT_EQ(data.items().size(), 2U);
    EXPECT_NE(data.items()[0]["commitment"], data.items()[1]["commitment"]);
    const Reply own = caller.get("/v1/treasury/customers");
    EXPECT_EQ(own.json["imported"]["commitment"], data.items()[1]["commitment"]);
}

// Different questions that all fit by themselves, asked at once: no more are answered than fit
// together.
TEST_F(LedgerTest, QuestionsAtOnceNeverOverspend) {
    constexpr MicroEpsilon kSmallBudget = 1'000'000;
    constexpr int kQuestionsEach = 6;
    agree("race", kSmallBudget);
    Told told;
    std::atomic<int> other{0};
    std::vector<std::thread> threads;
    for (int asker = 0; asker < kAskers; ++asker) {
        threads.emplace_back([&, asker] {
            Caller caller = asker % 2 == 0 ? airline() : owner();
            for (int n = 0; n < kQuestionsEach; ++n) {
                const MicroEpsilon epsilon = 120'000 + n * kAskers + asker;
                const Reply reply = ask_patiently(caller, "race", epsilon);
                if (is_answer(reply)) {
                    told.add(epsilon, reply.text);
                } else if (reply.code() != "rooms.budget_spent") {
                    ++other;
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(other.load(), 0);
    EXPECT_EQ(told.answers().size(), 8U) << "eight of 0.12 fit in 1";
    EXPECT_LE(told.cost(), spent("race"));
    EXPECT_LE(spent("race"), kSmallBudget);
    if (wants_rows()) {
        const double over = std::max<double>(0, static_cast<double>(told.cost() - kSmallBudget));
        std::printf("%s\n",
                    as_row("budget race: epsilon above the budget after 24 questions at once",
                           over / 1e6, "epsilon", over == 0)
                        .c_str());
    }
}

}  // namespace
}  // namespace altis::e2e
