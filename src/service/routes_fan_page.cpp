// A fan's own page. The owner's application makes the link for a person whom it knows; whoever has
// the link needs no key, and may see and change what is the fan's own, nothing else. Forms need no
// further protection against other sites: only the page itself knows where they go.
#include <algorithm>

#include "server/target.h"
#include "service/access.h"
#include "service/erasure_flow.h"
#include "service/fan_page.h"
#include "service/page_link.h"
#include "service/person_export.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

constexpr std::size_t kMaxShownMessages = 100;
constexpr std::int64_t kDefaultLinkMinutes = 60;
constexpr std::int64_t kMaxLinkMinutes = rights::kMaxPageLinkLife.us / 60'000'000;
constexpr std::string_view kActor = "fan-page";  // who decides, in the journal

Response html(int status, std::string page) {
    Response response = server::text_response(status, "text/html; charset=utf-8", std::move(page));
    response.headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; form-action 'self'; "
                         "base-uri 'none'; frame-ancestors 'none'"},
                        {"Cache-Control", "no-store"},
                        {"Referrer-Policy", "no-referrer"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Frame-Options", "DENY"}};
    return response;
}

// One request of a person to the own page, on the core thread.
struct Visit {
    Call& call;
    Services& services;
    const PageLink& link;
    const FanPageWords& words;
    const Responder& respond;
};
using Action = Result<void> (*)(const Visit& visit);

// What a form, or else the query, says.
std::string value_in(const Request& request, std::string_view name) {
    const auto form = request.method == Method::kPost && request.body.size() <= kMaxFormBytes
                          ? server::parse_query(request.body)
                          : Result<server::Fields>(server::Fields());
    if (form) {
        for (const auto& [key, value] : *form)
            if (key == name) return value;
    }
    return std::string(request.query_value(name));
}

const FanPageWords& words_for(const Request& request) {
    return fan_page_words(value_in(request, "language"), request.header("Accept-Language"));
}

// A refusal as a page: this is read by people.
Response refusal(const Request& request, const Error& error) {
    Response response = server::problem(error);
    return html(response.status, closed_page(words_for(request)));
}

// The fan that the link names; fails when there is none, or none any more.
Result<fans::FanId> visitor(const Visit& visit) {
    const fans::FanId fan = visit.call.turn.world().fans.find_fan(visit.link.fan);
    TRY_VOID(require_fan_rights(visit.call, fan, rights::Purpose::kOperations));
    if (fan != kNoSubject) return fan;
    return fail(Code::kNotFound, "fans.unknown_fan", "nothing is held about this fan");
}

Result<void> show(const Visit& visit) {
    TRY(const fans::FanId fan, visitor(visit));
    const World& world = visit.call.turn.world();
    const auto subjects = world.fans.subjects(fan);
    FanPage page;
    page.token = visit.call.request.parameter("token");
    page.until = format_rfc3339(visit.link.until);
    page.edition = visit.link.edition;
    page.known = known_about(world, fan, visit.call.caller);
    page.messages = world.messages.received(subjects, kMaxShownMessages);
    page.preferences = world.preferences.of(subjects);
    page.is_saved = visit.call.request.query_value("saved") == "1";
    for (const PurposeWords& purpose : visit.words.purposes) {
        if (world.has_consent(fan, purpose.purpose, page.edition))
            page.allowed.push_back(purpose.purpose);
    }
    respond_when_durable(visit.call.turn, visit.respond, html(200, fan_page(visit.words, page)));
    return {};
}

// Keeps every choice of the form, then shows the page again.
Result<void> choose(const Visit& visit) {
    TRY(const fans::FanId fan, visitor(visit));
    Turn& turn = visit.call.turn;
    const World& world = turn.world();
    const auto subjects = world.fans.subjects(fan);
    const std::string& edition = visit.link.edition;
    TRY(const FanChoices choices,
        read_choices(visit.call.request.body, world.preferences.of(subjects), edition));
    for (const PurposeWords& purpose : visit.words.purposes) {
        const bool is_given =
            std::ranges::find(choices.allowed, purpose.purpose) != choices.allowed.end();
        if (is_given == world.has_consent(fan, purpose.purpose, edition)) continue;
        TRY_VOID(turn.commit(world.rights.set_consent(
            subjects.front(), {purpose.purpose, edition, turn.now(), is_given})));
    }
    TRY_VOID(
        turn.commit(world.preferences.set(world.preferences.home(subjects), choices.preferences)));
    visit.services.dispatcher.ask_again(turn, subjects);
    Response response = html(303, "");
    response.headers.emplace_back("Location",
                                  "/me/" + std::string(visit.call.request.parameter("token")) +
                                      "?saved=1&language=" + std::string(visit.words.code));
    respond_when_durable(turn, visit.respond, std::move(response));
    return {};
}

Result<void> leave(const Visit& visit) {
    TRY_VOID(visitor(visit));
    if (value_in(visit.call.request, "sure") != "yes") return show(visit);
    return erase_fan(
        visit.call, visit.services, visit.link.fan,
        [words = &visit.words](const Json& receipt) {
            return html(200, farewell_page(*words, receipt));
        },
        visit.respond);
}

Result<void> take_along(const Visit& visit) {
    return export_fan(visit.call, visit.services, visit.link.fan, visit.respond);
}

// By the application, before its time.
bool was_ended(const World& world, const PageLink& link) {
    const fans::FanId fan = world.fans.find_fan(link.fan);
    return fan != kNoSubject && world.page_links.has_ended(world.fans.subjects(fan), link.made);
}

Error ended_link() {
    return {Code::kDenied, "page.link_ended",
            "this link was ended; ask for a new one in the application"};
}

// Opens the link and does what was asked, as the owner of the edition's fan data for its fan.
void visit_page(Services& services, const Request& request, const Responder& respond, Turn& turn,
                Action action) {
    const auto link =
        open_page_token(services.secrets.fan_pages, request.parameter("token"), turn.now());
    if (!link) return respond(refusal(request, link.error()));
    if (was_ended(turn.world(), *link)) return respond(refusal(request, ended_link()));
    const std::string_view owner =
        turn.world().rights.owner(rights::Category::kFanEngagement, link->edition);
    const rights::Caller caller{std::string(kActor), std::string(owner), link->edition, {}};
    Call call{turn, caller, request};
    const auto done = action({call, services, *link, words_for(request), respond});
    if (!done) respond_when_durable(turn, respond, refusal(request, done.error()));
}

server::Handler page(Services& services, Action action) {
    return [&services, action](Request&& request, const Responder& respond) {
        const auto held = std::make_shared<Request>(std::move(request));
        services.core.post(
            TaskKind::kWrite,
            [&services, held, respond, action](Turn& turn) {
                visit_page(services, *held, respond, turn, action);
            },
            [respond](const Error& error) { respond(server::problem(error)); });
    };
}

// ---- for the application that the person uses: it knows who that is -----------------------------

crypto::Fingerprint named_fan(const Call& call, const Services& services) {
    return fans::user_fingerprint(services.secrets.ingest, call.request.parameter("user_id"));
}

Result<fans::FanId> require_fan(Call& call, const crypto::Fingerprint& user) {
    const fans::FanId fan = call.turn.world().fans.find_fan(user);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    if (fan != kNoSubject) return fan;
    return fail(Code::kNotFound, "fans.unknown_fan", "there is no fan with this user id");
}

Result<Response> make_link(Call& call, Services& services) {
    const Time now = call.turn.now();
    PageLink link{named_fan(call, services), edition_of(call), now, {}};
    TRY(const Json body, json_body(call.request));
    const std::int64_t minutes = body["minutes"].as_int(kDefaultLinkMinutes);
    if (minutes < 1 || minutes > kMaxLinkMinutes) {
        return fail(Code::kInvalid, "page.bad_minutes",
                    "a link holds for 1 to " + std::to_string(kMaxLinkMinutes) + " minutes");
    }
    TRY_VOID(require_fan(call, link.fan));
    link.until = now + seconds(minutes * 60);
    return server::json_response(
        201, Json::object({{"path", "/me/" + page_token(services.secrets.fan_pages, link)},
                           {"until", format_rfc3339(link.until)}}));
}

Result<Response> end_links(Call& call, Services& services) {
    TRY(const fans::FanId fan, require_fan(call, named_fan(call, services)));
    const World& world = call.turn.world();
    TRY_VOID(call.turn.commit(world.page_links.end(world.fans.subjects(fan).front())));
    return server::json_response(
        200, Json::object({{"links_ended_at", format_rfc3339(call.turn.now())}}));
}

}  // namespace

void add_fan_page_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kPost, "/v1/fans/{user_id}/page-link", "fans",
              [&services](Call& call) { return make_link(call, services); });
    add_route(router, services, Method::kDelete, "/v1/fans/{user_id}/page-link", "fans",
              [&services](Call& call) { return end_links(call, services); });
    router.add(Method::kGet, "/me/{token}", page(services, show));
    router.add(Method::kGet, "/me/{token}/data", page(services, take_along));
    router.add(Method::kPost, "/me/{token}/choices", page(services, choose));
    router.add(Method::kPost, "/me/{token}/erasure", page(services, leave));
}

}  // namespace altis::service
