// One fan, and the cohorts and segments.
#include <algorithm>

#include "fans/rule_json.h"
#include "service/access.h"
#include "service/erasure_flow.h"
#include "service/match_run.h"
#include "service/person_export.h"
#include "service/segment_export.h"
#include "service/segments_at.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<Response> fan_stats(Call& call) {
    TRY_VOID(require_statistics(call));
    const fans::FanCounts counts = call.turn.world().fans.counts();
    return server::json_response(200, Json::object({{"fans", counts.fans},
                                                    {"subjects", counts.subjects},
                                                    {"events", counts.events},
                                                    {"conflicts", counts.conflicts},
                                                    {"rejected", counts.rejected},
                                                    {"forgotten", counts.forgotten_subjects}}));
}

// What a request says about a fan and another identifier:
// {"identifier": "...", "kind": "anonymous" | "user", "reason": "...", "confidence_ppm": 990000}
struct LinkRequest {
    crypto::Fingerprint fan;
    crypto::Fingerprint other;
    std::string reason;
    std::optional<std::int64_t> confidence_ppm;
};

Result<LinkRequest> link_request(Call& call, Services& services) {
    const fans::IngestKeys& keys = services.secrets.ingest;
    LinkRequest request;
    request.fan = fans::user_fingerprint(keys, call.request.parameter("user_id"));
    const SubjectId fan = call.turn.world().fans.find_fan(request.fan);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string identifier, codec::require_string(body, "identifier"));
    TRY(const std::string kind, codec::require_string(body, "kind"));
    TRY(request.reason, codec::require_string(body, "reason"));
    if (kind != "anonymous" && kind != "user") {
        return fail(Code::kInvalid, "fans.unknown_kind", "kind must be anonymous or user");
    }
    request.other = kind == "user" ? fans::user_fingerprint(keys, identifier)
                                   : fans::anonymous_fingerprint(keys, identifier);
    if (body.contains("confidence_ppm")) {
        request.confidence_ppm = body["confidence_ppm"].as_int(0);
    }
    return request;
}

Response links_response(Call& call, const LinkRequest& request) {
    const auto& book = call.turn.world().fans;
    return server::json_response(200, book.links(book.find_fan(request.fan)));
}

// With a confidence the two were matched, without one somebody knows.
Result<Response> link_fan(Call& call, Services& services) {
    TRY(const LinkRequest request, link_request(call, services));
    fans::Statement statement{request.fan,    request.other,   fans::LinkKind::kStated,
                              fans::kCertain, call.turn.now(), request.reason};
    if (request.confidence_ppm) {
        statement.kind = fans::LinkKind::kMatched;
        statement.confidence_ppm = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(*request.confidence_ppm, 0, UINT32_MAX));
    }
    TRY_VOID(call.turn.commit(call.turn.world().fans.decide_link(statement)));
    return links_response(call, request);
}

Result<Response> unlink_fan(Call& call, Services& services) {
    TRY(const LinkRequest request, link_request(call, services));
    TRY_VOID(call.turn.commit(
        call.turn.world().fans.decide_unlink(request.fan, request.other, request.reason)));
    return links_response(call, request);
}

// Sizes and rules are the owner's; others see them when it shares them.
Result<void> require_shared_segments(const Call& call) {
    return require_access(call, access_of(call, rights::Category::kFanEngagement,
                                          rights::Purpose::kSegmentSharing, edition_of(call)));
}

// `rule` as a text, or as JSON.
Result<std::string> rule_in(const Json& body) {
    if (body["rule"].is_object()) return fans::rule_text(body["rule"]);
    return codec::require_string(body, "rule");
}

Result<Response> define_segment(Call& call) {
    TRY_VOID(require_fan_owner(call));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string kind, codec::require_string(body, "kind"));
    TRY(const std::string rule, rule_in(body));
    if (kind != "cohort" && kind != "segment") {
        return fail(Code::kInvalid, "fans.unknown_kind", "kind must be cohort or segment");
    }
    const std::string id(call.request.parameter("id"));
    const auto& book = call.turn.world().fans;
    TRY_VOID(call.turn.commit(book.decide_segment(
        id, kind == "cohort" ? fans::SegmentKind::kCohort : fans::SegmentKind::kSegment, rule)));
    return server::json_response(200, fans::to_json(*book.segment(id)));
}

Result<Response> define_score(Call& call) {
    TRY_VOID(require_fan_owner(call));
    TRY(const Json body, json_body(call.request));
    const std::string id(call.request.parameter("id"));
    const auto& book = call.turn.world().fans;
    TRY_VOID(call.turn.commit(book.decide_score(id, body)));
    return server::json_response(200, fans::to_json(book.scores().at(id)));
}

// For the owner alone: a formula tells what somebody trained on.
Result<Response> list_scores(Call& call) {
    TRY_VOID(require_fan_owner(call));
    Json items = Json::array();
    for (const auto& [id, score] : call.turn.world().fans.scores())
        items.push(fans::to_json(score));
    return server::json_response(200, Json::object({{"items", items}}));
}

Result<Response> get_segment(Call& call) {
    TRY_VOID(require_shared_segments(call));
    const auto* segment = call.turn.world().fans.segment(call.request.parameter("id"));
    if (segment != nullptr) return server::json_response(200, fans::to_json(*segment));
    return fail(Code::kNotFound, "fans.unknown_segment",
                "there is no cohort or segment of this id; GET /v1/segments lists them");
}

// For the owner alone: whoever may ask freely can tell persons apart by differences.
Result<Response> segment_size(Call& call) {
    TRY_VOID(require_fan_owner(call));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string rule, rule_in(body));
    const auto& book = call.turn.world().fans;
    TRY(const std::uint64_t size, book.size_of(rule));
    return server::json_response(
        200, Json::object({{"rule", rule}, {"size", size}, {"fans", book.everyone().size()}}));
}

Result<Response> list_segments(Call& call) {
    TRY_VOID(require_shared_segments(call));
    Json items = Json::array();
    for (const auto& [id, segment] : call.turn.world().fans.segments()) {
        items.push(fans::to_json(segment));
    }
    return server::json_response(200, Json::object({{"items", items}}));
}

}  // namespace

void add_fans_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/fans/stats", "fans", fan_stats);
    // Reading a person's data writes the decision that allowed it.
    add_async_writing_get(router, services, "/v1/fans/{user_id}", "fans",
                          [&services](Call& call, const server::Responder& respond) {
                              return explain_fan(call, services, respond);
                          });
    add_async_writing_get(router, services, "/v1/fans/{user_id}/export", "fans",
                          [&services](Call& call, const server::Responder& respond) {
                              return export_fan(call, services, respond);
                          });
    add_route(router, services, Method::kPost, "/v1/fans/{user_id}/link", "fans",
              [&services](Call& call) { return link_fan(call, services); });
    add_route(router, services, Method::kPost, "/v1/fans/{user_id}/unlink", "fans",
              [&services](Call& call) { return unlink_fan(call, services); });
    const auto matching = std::make_shared<OneAtATime>();
    add_async_route(router, services, Method::kPost, "/v1/fans/match-runs", "fans",
                    [&services, matching](Call& call, const server::Responder& respond) {
                        return run_matching(call, services, *matching, respond);
                    });
    add_async_route(router, services, Method::kDelete, "/v1/fans/{user_id}", "fans",
                    [&services](Call& call, const server::Responder& respond) {
                        return erase_fan(call, services, call.request.parameter("user_id"),
                                         respond);
                    });
    add_route(router, services, Method::kGet, "/v1/segments", "segments", list_segments);
    add_route(router, services, Method::kGet, "/v1/segments/{id}", "segments", get_segment);
    add_async_writing_get(router, services, "/v1/segments/{id}/export", "segments",
                          [&services](Call& call, const server::Responder& respond) {
                              return export_segment(call, services, respond);
                          });
    add_route(router, services, Method::kPost, "/v1/segment-sizes", "segments", segment_size);
    const auto looking_back = std::make_shared<OneAtATime>();
    add_async_writing_get(router, services, "/v1/segments-at", "segments",
                          [&services, looking_back](Call& call, const server::Responder& respond) {
                              return segments_at(call, services, *looking_back, respond);
                          });
    add_route(router, services, Method::kPut, "/v1/segments/{id}", "segments", define_segment);
    add_route(router, services, Method::kGet, "/v1/scores", "segments", list_scores);
    add_route(router, services, Method::kPut, "/v1/scores/{id}", "segments", define_score);
}

}  // namespace altis::service
