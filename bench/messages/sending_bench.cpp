// Sending: `sending_bench FOLDER [FANS] [RECIPIENTS]` decides about so many fans, measures how long
// the first message takes to leave, and corrects a result that so many people were told.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <thread>
#include <vector>

#include "report/row.h"
#include "service/world_fixture.h"

namespace altis::bench {
namespace {

using namespace service;
using namespace service::fixture;
using results::ResultStatus;
using SteadyClock = std::chrono::steady_clock;

constexpr int kFirstMessages = 50;
constexpr std::size_t kBatch = 500;  // fans in one body
const std::string kFollowed = "1000001";

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

void require(const Result<void>& done) {
    if (done) return;
    std::fprintf(stderr, "sending_bench: %s\n", done.error().message.c_str());
    std::exit(1);
}

// A core on a real folder, by the machine's clock.
struct Rig {
    platform::FileSystem& files = platform::real_file_system();
    platform::SystemClock clock;
    platform::SystemRandom random;
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;

    explicit Rig(const std::string& folder) {
        CoreOptions options;
        options.directory = folder;
        options.snapshot_every_records = 1'000'000'000;
        auto opened = Core::open({files, clock, random}, options);
        if (!opened) require(tl::unexpected(opened.error()));
        core = std::move(*opened);
        secrets = read_secrets(core->vault()).value();
        dispatcher = std::move(*Dispatcher::create(streams, secrets));
        require(open_games(*core));
        require(schedule(*core));
    }
    ~Rig() { core->stop(); }

    // Of an audience every fan says a time zone, one in twenty refuses, and one in fifty has
    // wishes.
    enum class Fans : std::uint8_t { kPlain, kAudience };
    void bring_fans(std::size_t from, std::size_t to, const std::string& follows, Fans kind) {
        for (std::size_t i = from; i < to; i += kBatch) {
            std::vector<std::string> events;
            for (std::size_t fan = i; fan < std::min(to, i + kBatch); ++fan) {
                const std::string user = "fan-" + std::to_string(fan);
                for (std::string& one : fan_events(user, follows))
                    events.push_back(std::move(one));
                if (kind == Fans::kAudience) add_habits(events, user, fan);
            }
            const auto done = bring(*core, secrets, batch_of(events), clock.now());
            if (!done) require(tl::unexpected(done.error()));
        }
    }

    static void add_habits(std::vector<std::string>& events, const std::string& user,
                           std::size_t number) {
        constexpr const char* kZones[] = {
            "Asia/Tokyo",        "Europe/Rome",   "America/New_York",    "Asia/Kolkata",
            "America/Sao_Paulo", "Asia/Shanghai", "Australia/Sydney",    "Africa/Lagos",
            "Europe/London",     "Asia/Seoul",    "America/Los_Angeles", "Asia/Riyadh"};
        events.push_back(R"({"type":"identify","messageId":"z-)" + user + R"(","userId":")" + user +
                         R"(","traits":{"timezone":")" + kZones[number % std::size(kZones)] +
                         R"("}})");
        if (number % 20 == 0) events.push_back(consent("w-" + user, user, false));
        if (number % 50 == 1) {
            events.push_back(event("p-" + user, user, "Spoiler State Set",
                                   R"("scope":"owg2026/CUR","state":"no_results")"));
        }
    }

    std::uint64_t sent() {
        std::uint64_t count = 0;
        require(core->run(TaskKind::kRead,
                          [&count](Turn& turn) { count = turn.world().messages.sent(); }));
        return count;
    }
};

messages::Plan plan_about(const std::string& competitor) {
    messages::Plan plan;
    plan.unit = results::fixture::kFreeSkate;
    plan.trigger = "results/owg2026/" + plan.unit;
    plan.competitor = competitor;
    plan.cohort = kCohort;
    plan.edition = kGames;
    plan.campaign = "caps";
    plan.fact = plan.trigger + "/1";
    plan.version = 1;
    plan.texts = {{"en", "Silver."}};
    return plan;
}

// On so many threads, each with its own part of the audience. Gives how many may be told.
std::size_t decide(const World& world, const messages::Plan& plan,
                   const std::vector<SubjectId>& people, std::size_t threads, Time now) {
    std::vector<std::size_t> allowed(threads, 0);
    const auto part = [&](std::size_t number) {
        SendDesk desk;
        messages::Matter matter;
        matter.is_official = true;
        matter.planned = now;
        const std::string event = event_of(plan);
        matter.event = event;
        const std::size_t end = people.size() * (number + 1) / threads;
        for (std::size_t i = people.size() * number / threads; i < end; ++i) {
            const auto ruling = desk.ask(world, plan, matter, people[i], true, now);
            allowed[number] += ruling.reason == messages::Reason::kSend ? 1 : 0;
        }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < threads; ++i)
        others.emplace_back(part, i);
    part(0);
    for (std::thread& other : others)
        other.join();
    std::size_t sum = 0;
    for (const std::size_t one : allowed)
        sum += one;
    return sum;
}

void measure_decisions(Rig& rig, std::size_t fans) {
    require(rig.core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto people = turn.world().fans.segment(kCohort)->members->members();
        for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
            const auto start = SteadyClock::now();
            const std::size_t allowed =
                decide(turn.world(), plan_about(kFollowed), people, threads, turn.now());
            const double seconds = seconds_since(start) * 1e6 / static_cast<double>(fans);
            const std::string what = "a million fans decided, " + std::to_string(threads) +
                                     (threads == 1 ? " thread (" : " threads (") +
                                     std::to_string(people.size()) + " asked about, " +
                                     std::to_string(allowed) + " may be told)";
            if (threads == 1) {
                print({what, seconds, "s"});
            } else {
                print({what, seconds, "s"}, {Bar::Of::kValue, Better::kLower, 1.0});
            }
        }
    }));
}

// From the command that brings an official result until its first message is on the stream, while
// the whole audience stands behind it. The rest is stopped by a protest.
void measure_first_messages(Rig& rig, std::size_t fans) {
    std::vector<double> waits_ms;
    for (int i = 0; i < kFirstMessages; ++i) {
        char code[40];
        std::snprintf(code, sizeof code, "FSKWSINGLES-----------FNL-%06d--", i + 200);
        require(command(*rig.core, [&](Turn& turn) {
            return commit(turn,
                          turn.world().results.register_unit(results::fixture::medal_unit(code)));
        }));
        auto message = results::fixture::free_skate(1, ResultStatus::kOfficial);
        message.document_code = code;
        const std::string stream = message_stream(kGames);
        const std::uint64_t before = rig.streams.last_id(stream);
        const auto start = SteadyClock::now();
        require(publish(*rig.core, *rig.dispatcher, message));
        while (rig.streams.last_id(stream) == before && seconds_since(start) < 10)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        waits_ms.push_back(seconds_since(start) * 1e3);
        message.version = 2;
        message.status = ResultStatus::kProtested;
        message.note = "Protest";
        require(publish(*rig.core, *rig.dispatcher, message));
        if (!all_sent(*rig.core)) require(fail(Code::kUnavailable, "bench", "not all sent"));
    }
    print({"result to first message out, p99 of " + std::to_string(kFirstMessages) + ", " +
               std::to_string(fans) + " fans behind it",
           quantile(waits_ms, 0.99), "ms"},
          {Bar::Of::kValue, Better::kLower, 50});
    print({"the same, median", quantile(waits_ms, 0.5), "ms"});
}

void wait_until_sent(Rig& rig) {
    for (int i = 0; i < 600 && !all_sent(*rig.core); ++i) {
    }
}

void measure_correction(Rig& rig, std::size_t recipients) {
    require(publish(*rig.core, *rig.dispatcher,
                    results::fixture::free_skate(1, ResultStatus::kOfficial)));
    wait_until_sent(rig);
    const std::uint64_t told = rig.sent();
    auto message = results::fixture::free_skate(2, ResultStatus::kOfficial);
    message.note = "Corrected";
    for (auto& value : message.results[1].extended) {
        if (value.code == "FREE") value.value = "146.67";
    }
    message.results[1].result = "223.90";
    const auto start = SteadyClock::now();
    require(publish(*rig.core, *rig.dispatcher, message));
    wait_until_sent(rig);
    const double seconds = seconds_since(start);
    const std::uint64_t corrected = rig.sent() - told;
    print({"correction to " + std::to_string(recipients) + " recipients, until the last is out",
           seconds, "s"},
          {Bar::Of::kValue, Better::kLower, 5});
    print({"recipients of the old fact reached or replaced",
           100.0 * static_cast<double>(corrected) / static_cast<double>(recipients), "%"},
          {Bar::Of::kValue, Better::kHigher, 100});
    print({"others touched",
           static_cast<double>(corrected > recipients ? corrected - recipients : 0), "fans"},
          {Bar::Of::kValue, Better::kLower, 0});
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    using namespace altis::bench;
    if (argc < 2) return std::fprintf(stderr, "usage: sending_bench FOLDER [FANS] [TOLD]\n"), 2;
    const std::size_t fans = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const std::size_t told = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 100'000;
    const std::string folder = argv[1];
    {
        // A tenth as many follow somebody whose score stays.
        Rig rig(folder + "/correction");
        rig.bring_fans(0, told, "1000002", Rig::Fans::kPlain);
        rig.bring_fans(told, told + told / 10, "1000003", Rig::Fans::kPlain);
        measure_correction(rig, told);
    }
    Rig rig(folder + "/audience");
    rig.bring_fans(0, fans, kFollowed, Rig::Fans::kAudience);
    measure_decisions(rig, fans);
    measure_first_messages(rig, fans);
    return 0;
}
