// For tests of this room: a core on a file system in memory, with the parties of a small Games.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "codec/text.h"
#include "fans/ingest.h"
#include "platform/faulty_file.h"
#include "results/results_fixture.h"
#include "service/core.h"
#include "service/dispatcher.h"
#include "service/ingest_flow.h"
#include "service/live_streams.h"

namespace altis::service::fixture {

constexpr std::uint64_t kSegmentBytes = 2U << 20;
constexpr std::string_view kGames = "owg2026";
constexpr std::string_view kCohort = "chart-readers";
inline const std::string kData = "/data";

// A machine whose parts outlive any core on it.
struct Bench {
    platform::FaultyFileSystem files;
    platform::SimulatedClock clock{results::fixture::now()};
    platform::SystemRandom random;

    Result<std::unique_ptr<Core>> try_open(std::uint64_t snapshot_every = 1'000'000) {
        CoreOptions options;
        options.directory = kData;
        options.journal_segment_bytes = kSegmentBytes;
        options.snapshot_every_records = snapshot_every;
        return Core::open({files, clock, random}, options);
    }

    std::unique_ptr<Core> open() {
        auto core = try_open();
        if (!core) std::fprintf(stderr, "%s\n", core.error().message.c_str());
        ALTIS_ASSERT(core.has_value());
        return std::move(*core);
    }

    // Ends a core as a power cut does: nothing that it does from here on reaches the disk.
    template <class Holder>
    void cut_power(Holder& holder, platform::CrashStyle style = platform::CrashStyle::kDropUnsynced,
                   std::uint64_t seed = 0) {
        files.stop_at_call(1);
        holder.reset();
        files.crash(style, seed);
    }

    // Removes all snapshots, so that the next opening replays from the beginning.
    void drop_snapshots() {
        const auto names = files.list(kData + "/snapshots");
        ALTIS_ASSERT(names.has_value());
        for (const std::string& name : *names)
            ALTIS_ASSERT(files.remove(kData + "/snapshots/" + name).has_value());
    }
};

inline crypto::Digest state_of(Core& core) {
    crypto::Digest hash{};
    ALTIS_ASSERT(core.run(TaskKind::kRead, [&](Turn&) { hash = core.state_hash(); }).has_value());
    return hash;
}

// Takes a snapshot and waits until it is durable.
inline Result<void> snapshot_of(Core& core) {
    auto answer = std::make_shared<std::promise<Result<void>>>();
    auto done = answer->get_future();
    TRY_VOID(core.run(TaskKind::kRead, [&core, answer](Turn&) {
        core.snapshot([answer](const Result<void>& outcome) { answer->set_value(outcome); });
    }));
    return done.get();
}

// Runs a command and gives its own error or that of the journal.
template <class Command>
Result<void> command(Core& core, Command run) {
    Result<void> own;
    const auto done = core.run(TaskKind::kWrite, [&](Turn& turn) { own = run(turn); });
    if (!done) return done;
    return own;
}

inline Result<void> commit(Turn& turn, journal::Decision decision) {
    TRY_VOID(turn.commit(std::move(decision)));
    return {};
}

inline Result<void> open_games(Core& core) {
    return command(core, [](Turn& turn) -> Result<void> {
        const auto& rights = turn.world().rights;
        for (const char* id : {"holder", "airline"}) {
            TRY_VOID(commit(
                turn, rights.register_organisation({id, id, "sponsor", turn.next_subject()})));
        }
        TRY_VOID(commit(turn, rights.open_edition({std::string(kGames), "Games"})));
        for (const auto category : {rights::Category::kFanEngagement, rights::Category::kResults})
            TRY_VOID(commit(turn, rights.assign_ownership("holder", category, kGames)));
        TRY_VOID(commit(turn, turn.world().fans.decide_segment(kCohort, fans::SegmentKind::kCohort,
                                                               "dwell(technical_chart) > 0")));
        market::Campaign campaign;
        campaign.id = "caps";
        campaign.edition = kGames;
        campaign.organisation = "holder";
        campaign.shares = {{"holder", 9'000}, {"airline", 1'000}};
        campaign.audience = kCohort;
        campaign.link = "https://app.example.org/unit";
        return commit(turn, turn.world().campaigns.open_campaign(campaign));
    });
}

// One event in the Segment format, from a short description.
inline std::string event(const std::string& id, const std::string& user, const std::string& name,
                         const std::string& properties) {
    return R"({"type":"track","messageId":")" + id + R"(","userId":")" + user + R"(","event":")" +
           name + R"(","properties":{)" + properties + "}}";
}

inline std::string batch_of(const std::vector<std::string>& events) {
    std::string body = R"({"batch":[)";
    for (const std::string& one : events)
        body += (body.back() == '[' ? "" : ",") + one;
    return body + "]}";
}

// Brings a batch in, in as many turns as it needs.
inline Result<IngestOutcome> bring(Core& core, const Secrets& secrets, const std::string& body,
                                   Time now) {
    const fans::Source source{"holder", kGames, "key-1", &secrets.ingest};
    TRY(auto batch, fans::parse_batch(body, source, now));
    IngestOutcome outcome;
    IngestState state = IngestState::kMore;
    while (state == IngestState::kMore) {
        TRY_VOID(core.run(TaskKind::kWrite, [&](Turn& turn) {
            state = ingest(turn, source, batch, secrets, outcome);
        }));
    }
    return outcome;
}

inline std::string consent(const std::string& id, const std::string& user, bool given) {
    return event(id, user, "Consent Updated",
                 std::string(R"("purpose":"messages","given":)") + (given ? "true" : "false"));
}

// A fan who reads charts, follows a skater and agreed to messages.
inline std::vector<std::string> fan_events(const std::string& user, const std::string& follows) {
    return {
        consent("c-" + user, user, true),
        event("v-" + user, user, "Content Viewed", R"("kind":"technical_chart","dwell_ms":1000)"),
        event("f-" + user, user, "Athlete Followed", R"("athlete":")" + follows + R"(")")};
}

// The women's free skate becomes known; then a version of it, planned and sent.
inline Result<void> schedule(Core& core) {
    return command(core, [](Turn& turn) {
        return commit(turn, turn.world().results.register_unit(
                                results::fixture::medal_unit(results::fixture::kFreeSkate)));
    });
}

inline Result<void> publish(Core& core, Dispatcher& dispatcher,
                            const results::OdfMessage& message) {
    return command(core, [&](Turn& turn) -> Result<void> {
        TRY_VOID(turn.commit(turn.world().results.receive(message, turn.now())));
        dispatcher.plan(turn, results::fixture::in_games(message.document_code));
        return {};
    });
}

// Waits until nothing is left to be sent.
inline bool all_sent(Core& core) {
    for (int i = 0; i < 2'000; ++i) {
        bool is_done = false;
        const auto asked = core.run(TaskKind::kRead, [&](Turn& turn) {
            is_done = turn.world().messages.pending().empty();
        });
        if (!asked || is_done) return asked.has_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

}  // namespace altis::service::fixture
