// For how long data of persons are kept: what the owner says, and what that would forget now.
#include <charconv>
#include <memory>
#include <utility>

#include "service/access.h"
#include "service/retention.h"

namespace altis::service {
namespace {

using codec::Json;
using rights::Retained;
using server::Method;
using server::Response;

// 1 to kMaxRetentionDays; null takes back what was said.
Result<std::uint16_t> days_in(const Json& value) {
    if (value.is_null()) return std::uint16_t{0};
    const std::int64_t days = value.as_int(-1);
    if (days >= 1 && days <= rights::kMaxRetentionDays) return static_cast<std::uint16_t>(days);
    return fail(Code::kInvalid, "retention.bad_days",
                "days must be a whole number from 1 to " +
                    std::to_string(rights::kMaxRetentionDays) + ", or null for the default");
}

Json retained_json(const rights::RightsBook& book, Retained what, std::string_view edition) {
    const auto days = book.retention_days(what, edition);
    return Json::object({{"category", rights::kRetainedNames[static_cast<std::size_t>(what)]},
                         {"days", days ? Json(*days) : Json()},
                         {"stated", book.stated_days(what, edition).has_value()}});
}

Result<Response> list_retention(Call& call) {
    TRY_VOID(require_fan_owner(call));
    const std::string edition = edition_of(call);
    Json items = Json::array();
    for (const Retained what : {Retained::kFanEngagement, Retained::kDeadLetters})
        items.push(retained_json(call.turn.world().rights, what, edition));
    return server::json_response(200,
                                 Json::object({{"edition", edition}, {"items", std::move(items)}}));
}

Result<Response> set_retention(Call& call, Retention& retention) {
    TRY_VOID(require_fan_owner(call));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string category, codec::require_string(body, "category"));
    if (!body.contains("days")) {
        return fail(Code::kInvalid, "retention.bad_days", "the body has no member 'days'");
    }
    const std::string edition = edition_of(call);
    rights::RetentionChange change{call.caller.organisation, edition, {}, 0};
    TRY(change.what, rights::parse_retained(category));
    TRY(change.days, days_in(body["days"]));
    const auto& book = call.turn.world().rights;
    TRY_VOID(call.turn.commit(book.set_retention(change)));
    call.turn.after_durable([&retention](const Result<void>&) { retention.look_soon(); });
    return server::json_response(200, retained_json(book, change.what, edition));
}

// A look that changes nothing, some subjects in each turn.
struct Preview : std::enable_shared_from_this<Preview> {
    explicit Preview(server::Responder responder) : respond(std::move(responder)) {}

    server::Responder respond;
    std::string edition;
    fans::RetentionLimits limits;
    std::uint64_t fans = 0;
    std::uint64_t letters = 0;
    std::uint32_t next_subject = 1;

    void step(Turn& turn) {
        const auto& book = turn.world().fans;
        if (next_subject >= book.end_of_subjects()) return finish(turn);
        for (const fans::FanId fan :
             book.inactive_fans(limits, turn.now(), {next_subject, kSubjectsPerLook}))
            fans += book.is_active_in(fan, edition) ? 1 : 0;
        next_subject += kSubjectsPerLook;
        turn.then(
            TaskKind::kRead, [self = shared_from_this()](Turn& next) { self->step(next); },
            [self = shared_from_this()](const Error& error) {
                self->respond(server::problem(error));
            });
    }

    void finish(Turn& turn) {
        const fans::RetentionLimits own = {{edition, limits[edition]}};
        letters = turn.world().fans.old_letters(own, turn.now(), fans::kMaxLetterTies).size();
        respond_when_durable(
            turn, respond,
            server::json_response(
                200,
                Json::object({{"edition", edition}, {"fans", fans}, {"dead_letters", letters}})));
    }
};

// `category` and `days` instead of what is in force for that one.
Result<void> assume(const Call& call, fans::RetentionLimit& limit) {
    const std::string_view category = call.request.query_value("category");
    if (category.empty()) return {};
    TRY(const Retained what, rights::parse_retained(category));
    const std::string_view text = call.request.query_value("days");
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = problem == std::errc() && end == text.data() + text.size();
    TRY(const std::uint16_t stated, days_in(is_number ? Json(number) : Json(-1)));
    (what == Retained::kFanEngagement ? limit.fans : limit.letters) = days(stated);
    return {};
}

Result<void> preview(Call& call, const server::Responder& respond) {
    TRY_VOID(require_fan_owner(call));
    const auto job = std::make_shared<Preview>(respond);
    job->edition = edition_of(call);
    job->limits = retention_limits(call.turn.world().rights);
    TRY_VOID(assume(call, job->limits[job->edition]));
    job->step(call.turn);
    return {};
}

}  // namespace

void add_retention_routes(server::Router& router, Services& services, Retention& retention) {
    add_route(router, services, Method::kGet, "/v1/retention", "rights", list_retention);
    add_route(router, services, Method::kPut, "/v1/retention", "rights",
              [&retention](Call& call) { return set_retention(call, retention); });
    add_async_route(
        router, services, Method::kGet, "/v1/retention/preview", "rights",
        [](Call& call, const server::Responder& respond) { return preview(call, respond); });
}

}  // namespace altis::service
