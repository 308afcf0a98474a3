// Chapters 1 to 3: the parties, the fans, the segments.
#include <fmt/format.h>

#include "app/demo/ingest.h"
#include "app/demo/stage.h"
#include "codec/compress.h"
#include "platform/clock.h"

namespace altis::app::demo {
namespace {

using codec::Json;

struct Party {
    std::string_view id;
    std::string_view name;
    std::string_view kind;
};

constexpr Party kParties[] = {
    {kRightsHolder, "LA28", "rights_holder"},      {"airline", "Airline", "sponsor"},
    {"timing", "Timing sponsor", "sponsor"},       {"payment", "Payment sponsor", "sponsor"},
    {"broadcaster", "Broadcaster", "broadcaster"},
};

Result<void> register_parties(Client& admin) {
    for (const Party& party : kParties) {
        TRY_VOID(admin.post(
            "/v1/organisations",
            Json::object({{"id", party.id}, {"name", party.name}, {"kind", party.kind}})));
    }
    TRY_VOID(admin.post("/v1/editions",
                        Json::object({{"id", kEdition}, {"name", "Milano Cortina 2026"}})));
    TRY_VOID(
        admin.post("/v1/editions", Json::object({{"id", "og2028"}, {"name", "Los Angeles 2028"}})));
    return {};
}

Result<void> share_out_ownership(Client& admin) {
    constexpr std::string_view kOwned[] = {"fan_engagement", "commerce", "results", "biometric",
                                           "athlete_health"};
    for (const std::string_view category : kOwned) {
        TRY_VOID(admin.post("/v1/ownerships", Json::object({{"organisation", kRightsHolder},
                                                            {"category", category},
                                                            {"edition", kEdition}})));
    }
    TRY_VOID(admin.post("/v1/ownerships", Json::object({{"organisation", "broadcaster"},
                                                        {"category", "broadcast"},
                                                        {"edition", kEdition}})));
    return {};
}

Result<std::string> issue_key(Client& admin, std::string_view id, std::string_view organisation,
                              Json scopes) {
    TRY(const Json answer, admin.post("/v1/keys", Json::object({{"id", id},
                                                                {"organisation", organisation},
                                                                {"edition", kEdition},
                                                                {"scopes", std::move(scopes)}})));
    return codec::require_string(answer, "secret");
}

Result<void> define_segments(Client& holder) {
    TRY_VOID(
        holder.put("/v1/segments/" + std::string(kCohort),
                   Json::object({{"kind", "cohort"},
                                 {"rule",
                                  "dwell(technical_chart) >= 4 * dwell(emotional_highlight) and "
                                  "dwell(technical_chart) > 0"}})));
    TRY_VOID(holder.put("/v1/segments/" + std::string(kSegment),
                        Json::object({{"kind", "segment"},
                                      {"rule",
                                       "bought(ticket, volleyball) >= 1 and spent(merchandise) >= "
                                       "50.00 and area = \"los-angeles\""}})));
    return {};
}

Result<bool> is_allowed(Client& holder, std::string_view organisation, std::string_view category,
                        std::string_view purpose) {
    TRY(const Json answer,
        holder.post("/v1/decisions", Json::object({{"organisation", organisation},
                                                   {"category", category},
                                                   {"purpose", purpose},
                                                   {"edition", kEdition}})));
    return answer["allowed"].as_bool();
}

// Sends requests that are refused whole, and gives how many were refused as they should be.
int send_broken_requests(Client& ingest) {
    const auto refused = [&ingest](std::string_view body, std::string_view reason) {
        const auto answer =
            ingest.send(server::Method::kPost, "/v1/batch", "application/json", body);
        return !answer && answer.error().reason == reason ? 1 : 0;
    };
    std::string broken_gzip = codec::gzip("{\"batch\":[]}");
    broken_gzip.resize(broken_gzip.size() / 2);
    return refused("{\"batch\":[", "json.malformed") + refused(broken_gzip, "gzip.malformed");
}

void print_ingest(Report& report, const IngestTotals& totals, double rate) {
    report.say(fmt::format("{} events in answered requests, {:.0f} a second, {} requests repeated",
                           totals.sent, rate, totals.retries));
    report.set("events_sent", totals.sent);
    report.set("events_duplicate", totals.duplicate);
    report.set("events_rejected", totals.rejected);
    report.set("ingest_events_per_s", static_cast<std::int64_t>(rate));
}

}  // namespace

Result<void> found_the_games(Stage& stage) {
    stage.report.chapter("1. The parties, the editions, and who owns what");
    Client admin = stage.client();
    TRY_VOID(register_parties(admin));
    TRY_VOID(share_out_ownership(admin));
    TRY(stage.holder_key,
        issue_key(admin, "la28", kRightsHolder,
                  Json::array({"read", "rights", "fans", "segments", "rooms", "results",
                               "results:write", "messages", "market"})));
    TRY(stage.ingest_key, issue_key(admin, "app", kRightsHolder, Json::array({"ingest"})));
    TRY(stage.airline_key,
        issue_key(admin, "airline", "airline", Json::array({"rooms", "treasury", "market"})));
    TRY(stage.timing_key, issue_key(admin, "timing", "timing", Json::array({"market"})));
    const Json deciding = Json::array({"results", "results:write", "results:correct"});
    TRY(stage.results_key, issue_key(admin, "results", kRightsHolder, deciding));
    TRY(stage.jury_key, issue_key(admin, "jury", kRightsHolder, deciding));
    Client holder = stage.holder();
    TRY_VOID(define_segments(holder));
    TRY(const bool owner, is_allowed(holder, kRightsHolder, "fan_engagement", "analytics"));
    TRY(const bool stranger, is_allowed(holder, "airline", "fan_engagement", "analytics"));
    TRY(const bool locked, is_allowed(holder, kRightsHolder, "biometric", "analytics"));
    for (const Party& party : kParties) {
        stage.report.say(fmt::format("  {:<12} {}", party.id, party.name));
    }
    stage.report.say(
        "editions owg2026 and og2028; in owg2026 LA28 owns fan engagement, commerce, "
        "results, biometric and");
    stage.report.say(
        "athlete health data, the broadcaster owns broadcast data; nobody else owns "
        "anything");
    stage.report.expect("the owner may use its fan data", owner);
    stage.report.expect("the airline may not", !stranger);
    stage.report.expect("biometric data is locked, also for its owner", !locked);
    return {};
}

Result<void> let_the_fans_in(Stage& stage) {
    Report& report = stage.report;
    report.chapter("2. The fans: events in gzip batches, some late, doubled or broken");
    platform::SystemClock clock;
    const EventFeed feed(stage.population, clock.now() - seconds(3'600));
    stage.population.count(stage.truth);
    feed.count(stage.truth);

    Endpoint endpoint = stage.server->endpoint();
    endpoint.key = stage.ingest_key;
    Client ingest(endpoint);
    report.expect("broken JSON and broken gzip are refused with their names",
                  send_broken_requests(ingest) == 2);

    IngestPlan plan;
    plan.kill_at = feed.batches() / 2;
    plan.kill = [&stage] { return stage.server->kill_and_restart(); };
    plan.on_progress = [&report](std::uint32_t done, std::uint32_t all) {
        report.progress("batches", done, all);
    };
    std::int64_t recovery_ms = 0;
    TRY(const IngestTotals totals, send_all(feed, endpoint, plan, recovery_ms));
    const double rate =
        static_cast<double>(totals.sent) * 1e6 / static_cast<double>(totals.wall_us);
    print_ingest(report, totals, rate);
    report.say(
        fmt::format("killed with SIGKILL in the middle; answered again after {} ms", recovery_ms));

    Client holder = stage.holder();
    TRY(const Json stats, holder.get("/v1/fans/stats"));
    const auto events = static_cast<std::uint64_t>(stats["events"].as_int());
    const auto fans = static_cast<std::uint64_t>(stats["fans"].as_int());
    report.compare("fans", fans, stage.population.size());
    report.compare("events kept, each once", events, stage.truth.unique_events);
    report.compare("events refused by name", totals.rejected, stage.truth.malformed_events);
    report.set("fans", fans);
    report.set("events_accepted", events);
    report.set("recovery_ms", recovery_ms);
    report.set("killed_and_recovered",
               events == stage.truth.unique_events && fans == stage.population.size());
    return {};
}

Result<void> look_at_segments(Stage& stage) {
    Report& report = stage.report;
    report.chapter("3. Cohorts and segments, live since the last event");
    Client holder = stage.holder();
    TRY(const Json cohort, holder.get("/v1/segments/" + std::string(kCohort)));
    TRY(const Json segment, holder.get("/v1/segments/" + std::string(kSegment)));
    const auto cohort_size = static_cast<std::uint64_t>(cohort["size"].as_int());
    const auto segment_size = static_cast<std::uint64_t>(segment["size"].as_int());
    report.compare(kCohort, cohort_size, stage.truth.cohort_performance);
    report.compare(kSegment, segment_size, stage.truth.segment_high_value);
    report.set("cohort_performance", cohort_size);
    report.set("segment_high_value", segment_size);
    return {};
}

}  // namespace altis::app::demo
