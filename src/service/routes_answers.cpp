// Questions in plain language over official data.
#include "answers/ask.h"
#include "answers/parse.h"
#include "service/api.h"
#include "service/official_answers.h"

namespace altis::service {
namespace {

using server::Method;
using server::Responder;

// A key of one edition asks of no other one.
std::vector<std::string> other_editions(const Call& call) {
    std::vector<std::string> ids;
    if (!call.caller.edition.empty()) return ids;
    for (const auto& [id, edition] : call.turn.world().rights.editions())
        ids.push_back(id);
    return ids;
}

Result<Asked> asked_in(const Call& call) {
    const auto& request = call.request;
    const std::string edition(call.caller.edition.empty() ? request.query_value("edition")
                                                          : std::string_view(call.caller.edition));
    const std::string question(request.query_value("q"));
    const std::string language(request.query_value("language", "en"));
    if (call.turn.world().rights.edition(edition) == nullptr) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "there is no edition of this id; GET /v1/editions lists them");
    }
    if (question.empty() || question.size() > answers::kMaxQuestionBytes) {
        return fail(Code::kInvalid, "answers.question_malformed",
                    "q must be a question of 1 to 500 bytes");
    }
    if (answers::grammar_of(language) == nullptr) {
        return fail(Code::kInvalid, "answers.unknown_language",
                    "language must be one of en, fr, es, pt, de, it, ja, zh, ko, ar, ru, hi");
    }
    TRY(auto about, asked_about(call.turn.world(), edition, other_editions(call), question));
    return Asked{std::move(about), language};
}

// The books are copied here; the question is read on another thread.
Result<void> answer(Call& call, Services& services, const Responder& respond) {
    TRY(auto asked, asked_in(call));
    auto held = std::make_shared<Asked>(std::move(asked));
    call.turn.after_durable([&services, held, respond](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        services.background.post([held, respond] {
            respond(server::json_response(200, answer_question(std::move(*held))));
        });
    });
    return {};
}

}  // namespace

void add_answers_routes(server::Router& router, Services& services) {
    add_async_route(router, services, Method::kGet, "/v1/answers", "results",
                    [&services](Call& call, const Responder& respond) {
                        return answer(call, services, respond);
                    });
}

}  // namespace altis::service
