#include "service/live_pages.h"

#include <algorithm>
#include <utility>

#include "results/feed/view.h"

namespace altis::service {
namespace {

using codec::Json;
using rights::FeedField;
using rights::FeedGrant;
using server::Request;
using server::Responder;
using server::Response;

// The browser asks again each time, others between may keep a page for a second.
constexpr std::string_view kPageCaching = "public, max-age=1, stale-while-revalidate=30";
// Pages may be shown in frames of others: they have no buttons that could be abused.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'";
constexpr std::string_view kJsonEnd = ".json";

// A medal table of some units only would be a wrong one.
bool shows_medals(const FeedGrant& grant) {
    return grant.fields.contains(FeedField::kMedals) && grant.units.contains("");
}

// Units that the grant covers, with or without results.
std::vector<Json> units_of(const World& world, const FeedGrant& grant) {
    const auto view = results::feed::view_of(grant);
    std::vector<Json> units;
    for (const results::UnitKey& key : world.results.units_of(grant.edition)) {
        if (!view.covers(key.edition, key.rsc)) continue;
        const results::Unit& unit = *world.results.find_unit(key);
        Json json = Json::object({{"unit", key.rsc}, {"name", unit.name}, {"venue", unit.venue}});
        if (unit.start) json.set("start", format_rfc3339(*unit.start));
        units.push_back(std::move(json));
    }
    return units;
}

Json medals_of(const World& world, const FeedGrant& grant, const std::string& name, Time now) {
    results::Moment moment;
    if (grant.delay_ms > 0) moment.known_at = now - milliseconds(grant.delay_ms);
    Json table = Json::object({{"edition", grant.edition}, {"name", name}});
    const Json told = results::to_json(world.awards.table(grant.edition, moment));
    for (const auto& [member, value] : told.members())
        table.set(member, value);
    return table;
}

}  // namespace

Response file_response(const StoredFile& file, const Request& request,
                       std::string_view cache_control) {
    const bool packed = server::accepts_gzip(request);
    const std::string& tag = packed ? file.packed_etag : file.etag;
    const std::string_view known = request.header("If-None-Match");
    const bool is_known = known == "*" || known.find(tag) != std::string_view::npos;
    Response response;
    response.status = is_known ? 304 : 200;
    response.headers = {{"ETag", tag},
                        {"Cache-Control", std::string(cache_control)},
                        {"Vary", "Accept-Encoding"},
                        {"Access-Control-Allow-Origin", "*"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"}};
    if (is_known) return response;
    response.content_type = file.type;
    response.body = packed ? file.packed : file.body;
    if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
    if (file.type.starts_with("text/html"))
        response.headers.emplace_back("Content-Security-Policy", kPolicy);
    return response;
}

LivePages::LivePages(Core& core, LiveFeed& feed, server::StreamHub& streams, platform::Clock& clock)
    : core_(core), feed_(feed), streams_(streams), clock_(clock) {}

void LivePages::open(const FeedGrant& grant, const std::string& edition_name) {
    results::live::Site site;
    site.edition = grant.edition;
    site.name = edition_name;
    site.has_medals = shows_medals(grant);
    site.has_proofs = grant.fields.contains(FeedField::kProof);
    site.style = live_asset_path("live.css");
    site.script = live_asset_path("live.js");
    const auto made = std::make_shared<LiveSite>(std::move(site), streams_);
    {
        const std::unique_lock lock(mutex_);
        open_.insert_or_assign(grant.edition, Open{grant, made});
    }
    feed_.watch(results::feed::view_of(grant), made);
}

void LivePages::close(std::string_view edition) {
    const std::unique_lock lock(mutex_);
    const auto found = open_.find(edition);
    if (found != open_.end()) open_.erase(found);
}

Result<LivePages::Open> LivePages::find(std::string_view edition) const {
    const Time now = clock_.now();
    const std::shared_lock lock(mutex_);
    const auto found = open_.find(edition);
    if (found != open_.end() && now < found->second.grant.until) return found->second;
    return fail(Code::kNotFound, "live.not_public",
                "nothing of this edition is shown to everybody; the owner of its results can grant "
                "that");
}

bool LivePages::has_proofs() const {
    const Time now = clock_.now();
    const std::shared_lock lock(mutex_);
    return std::ranges::any_of(open_, [now](const auto& entry) {
        const Open& open = entry.second;
        return open.site->site().has_proofs && now < open.grant.until;
    });
}

bool LivePages::refresh(const Open& open, const std::string& name,
                        const std::function<void()>& done) {
    const Time now = clock_.now();
    const bool medals = name == "medals" && open.site->site().has_medals;
    const bool schedule = name.empty() || name.starts_with("days/");
    const bool must_ask =
        (medals && open.site->must_ask_medals(now)) || (schedule && open.site->must_ask_units(now));
    if (!must_ask) return false;
    core_.post(
        TaskKind::kRead,
        [open, medals, done](Turn& turn) {
            auto table =
                medals ? medals_of(turn.world(), open.grant, open.site->site().name, turn.now())
                       : Json();
            auto units = medals ? std::vector<Json>() : units_of(turn.world(), open.grant);
            turn.after_durable([open, medals, done, table = std::move(table),
                                units = std::move(units)](const Result<void>& outcome) {
                if (outcome && medals) open.site->set_medals(table);
                if (outcome && !medals) open.site->set_units(units);
                done();
            });
        },
        [done](const Error&) { done(); });
    return true;
}

void LivePages::answer(const Request& request, const std::string& edition, const std::string& name,
                       const Responder& respond) {
    const auto open = find(edition);
    if (!open) return respond(server::problem(open.error()));
    const bool as_json = name.ends_with(kJsonEnd);
    const std::string page_name = as_json ? name.substr(0, name.size() - kJsonEnd.size()) : name;
    const auto held = std::make_shared<const Request>(request);
    const auto tell = [site = open->site, held, page_name, as_json, respond] {
        const auto page = site->page(page_name);
        if (!page) return respond(server::problem(page.error()));
        respond(file_response(as_json ? (*page)->json : (*page)->html, *held, kPageCaching));
    };
    if (!refresh(*open, page_name, tell)) tell();
}

Result<void> open_live_pages(Core& core, LivePages& pages) {
    return core.run(TaskKind::kRead, [&pages](Turn& turn) {
        for (const auto& [key, grant] : turn.world().feed_grants.all()) {
            if (!rights::is_public_grant(key)) continue;
            const rights::Edition* edition = turn.world().rights.edition(grant.edition);
            pages.open(grant, edition == nullptr ? grant.edition : edition->name);
        }
    });
}

}  // namespace altis::service
