// Questions in plain language over official data.
#include "answers/ask.h"
#include "answers/parse.h"
#include "service/api.h"
#include "service/official_answers.h"

namespace altis::service {
namespace {

using server::Method;
using server::Responder;

struct Asked {
    std::string edition;
    std::string question;
    std::string language;
};

Result<Asked> asked_in(const Call& call) {
    const auto& request = call.request;
    Asked asked{std::string(call.caller.edition.empty() ? request.query_value("edition")
                                                        : std::string_view(call.caller.edition)),
                std::string(request.query_value("q")),
                std::string(request.query_value("language", "en"))};
    if (call.turn.world().rights.edition(asked.edition) == nullptr) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "there is no edition of this id; GET /v1/editions lists them");
    }
    if (asked.question.empty() || asked.question.size() > answers::kMaxQuestionBytes) {
        return fail(Code::kInvalid, "answers.question_malformed",
                    "q must be a question of 1 to 500 bytes");
    }
    if (answers::grammar_of(asked.language) == nullptr) {
        return fail(Code::kInvalid, "answers.unknown_language",
                    "language must be one of en, fr, es, pt, de, it, ja, zh, ko, ar, ru, hi");
    }
    return asked;
}

// The books are copied here; the question is read on another thread.
Result<void> answer(Call& call, Services& services, const Responder& respond) {
    TRY(const Asked asked, asked_in(call));
    TRY(auto data, official_data(call.turn.world(), asked.edition));
    auto held = std::make_shared<answers::OfficialData>(std::move(data));
    call.turn.after_durable([&services, held, asked, respond](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        services.background.post([held, asked, respond] {
            respond(server::json_response(
                200, answer_question(std::move(*held), asked.language, asked.question)));
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
