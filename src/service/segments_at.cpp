#include "service/segments_at.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "service/access.h"
#include "service/past_fans.h"

namespace altis::service {
namespace {

using codec::Json;

// One question on its way to the background thread and back.
struct Question {
    Services& services;
    server::Responder respond;
    OneAtATime::Place place;
    Moment moment;
    std::string user_id;
    std::size_t forgotten = 0;  // subjects, when it was asked
    Json answer;

    Question(Services& used, server::Responder responder, OneAtATime::Place taken)
        : services(used), respond(std::move(responder)), place(std::move(taken)) {}
};
using Shared = std::shared_ptr<Question>;

Result<Moment> moment_of(const server::Request& request) {
    Moment moment;
    const std::string_view offset = request.query_value("offset");
    const std::string_view time = request.query_value("time");
    if (!offset.empty() && !time.empty()) {
        return fail(Code::kInvalid, "request.two_moments", "give offset or time, not both");
    }
    if (!time.empty()) {
        const auto parsed = parse_rfc3339(time);
        if (!parsed) {
            return fail(Code::kInvalid, "request.bad_time",
                        "time must be an RFC 3339 time such as 2026-02-19T21:04:05Z");
        }
        moment.time = *parsed;
    }
    if (offset.empty()) return moment;
    const char* const last = offset.data() + offset.size();
    const auto [end, problem] = std::from_chars(offset.data(), last, moment.offset);
    if (problem == std::errc() && end == last) return moment;
    return fail(Code::kInvalid, "request.bad_number", "offset must be the offset of a record");
}

tl::unexpected<Error> too_far_back() {
    return fail(Code::kTooLarge, "fans.too_far_back",
                "more than " + std::to_string(kMaxReplayedRecords) +
                    " records lead to this moment; ask `altis segments at` with the server "
                    "stopped, or over a copy of its data folder");
}

Result<void> watch(Core& core, const Past& past) {
    if (core.is_stopping()) {
        return fail(Code::kOverloaded, "core.stopping", "Altis is stopping; try again shortly");
    }
    return past.replayed < kMaxReplayedRecords ? Result<void>() : too_far_back();
}

// A snapshot that knows somebody who is forgotten by now is no beginning.
Result<std::unique_ptr<Past>> begin(Question& question) {
    Core& core = question.services.core;
    auto past = std::make_unique<Past>();
    if (!question.moment.time) {
        past->offset = core.load_snapshot(past->book, question.moment.offset);
        const bool knows_nobody_else = past->book.forgotten_subjects().size() == question.forgotten;
        if (past->offset == 0 || !knows_nobody_else) past = std::make_unique<Past>();
    }
    if (past->offset > 0) {
        TRY(const auto reader, core.journal().read(past->offset));
        journal::Record record;
        TRY_VOID(reader->next(record));
        past->time = record.time;
    }
    return past;
}

Result<Json> look_back(Question& question) {
    Core& core = question.services.core;
    question.moment.offset = std::min(question.moment.offset, core.journal().durable());
    TRY(const auto past, begin(question));
    const bool is_known_far = !question.moment.time && question.moment.offset > past->offset &&
                              question.moment.offset - past->offset > kMaxReplayedRecords;
    if (is_known_far) return too_far_back();
    TRY(const auto reader, core.journal().read(past->offset + 1));
    TRY_VOID(replay(
        *reader, question.moment, [&core](const Past& so_far) { return watch(core, so_far); },
        *past));
    return past_json(*past, question.services.secrets.ingest, question.user_id);
}

// A key that was destroyed while the journal was read made half a person of its owner.
void answer(Turn& turn, const Question& question) {
    if (turn.world().fans.forgotten_subjects().size() == question.forgotten) {
        return respond_when_durable(turn, question.respond,
                                    server::json_response(200, question.answer));
    }
    question.respond(server::problem({Code::kOverloaded, "fans.forgotten_meanwhile",
                                      "somebody was forgotten while this was counted; ask again"}));
}

void run(const Shared& question) {
    auto looked = look_back(*question);
    question->place.reset();  // before the answer: whoever waited for it may ask again
    if (!looked) return question->respond(server::problem(looked.error()));
    question->answer = std::move(*looked);
    question->services.core.post(
        TaskKind::kRead, [question](Turn& turn) { answer(turn, *question); },
        [question](const Error& error) { question->respond(server::problem(error)); });
}

Result<void> require_past(Call& call, const Services& services, std::string_view user_id) {
    TRY_VOID(require_fan_owner(call));
    if (user_id.empty()) return {};
    const auto fingerprint = fans::user_fingerprint(services.secrets.ingest, user_id);
    return require_fan_rights(call, call.turn.world().fans.find_fan(fingerprint),
                              rights::Purpose::kOperations);
}

}  // namespace

Result<void> segments_at(Call& call, Services& services, OneAtATime& looking_back,
                         const server::Responder& respond) {
    TRY(const Moment moment, moment_of(call.request));
    const std::string_view user_id = call.request.query_value("fan");
    TRY_VOID(require_past(call, services, user_id));
    auto place = looking_back.enter();
    if (!place) {
        return fail(Code::kOverloaded, "fans.looking_back",
                    "another question about the past is under way; ask again when it is answered");
    }
    const auto question = std::make_shared<Question>(services, respond, std::move(place));
    question->moment = moment;
    question->user_id = user_id;
    question->forgotten = call.turn.world().fans.forgotten_subjects().size();
    call.turn.after_durable([question](const Result<void>& outcome) {
        if (!outcome) return question->respond(server::problem(outcome.error()));
        question->services.background.post([question] { run(question); });
    });
    return {};
}

}  // namespace altis::service
