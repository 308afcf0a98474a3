// Dead letters: which there are, what one says, and putting its event right.
#include <charconv>
#include <utility>

#include "base/assert.h"
#include "service/access.h"
#include "service/ingest_flow.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

constexpr std::size_t kMaxListedLetters = 1'000;  // dead letters in one answer

Result<std::uint64_t> number_in(std::string_view text, std::string_view name) {
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem == std::errc() && end == text.data() + text.size()) return number;
    return fail(Code::kInvalid, "request.bad_number",
                std::string(name) + " must be a whole number from 0 on");
}

Result<std::uint64_t> query_number(const Call& call, std::string_view name,
                                   std::uint64_t otherwise) {
    const std::string_view text = call.request.query_value(name);
    return text.empty() ? otherwise : number_in(text, name);
}

Json letter_json(const fans::DeadLetter& letter) {
    return Json::object(
        {{"offset", letter.offset}, {"reason", letter.reason}, {"repaired", letter.is_repaired}});
}

// Oldest first, from behind `after` on; with `reason` only those.
Result<Response> list_letters(Call& call) {
    TRY_VOID(require_fan_owner(call));
    TRY(const std::uint64_t after, query_number(call, "after", 0));
    TRY(const std::uint64_t count, query_number(call, "count", kMaxListedLetters));
    const std::string_view reason = call.request.query_value("reason");
    const std::string edition = edition_of(call);
    Json items = Json::array();
    for (const fans::DeadLetter& letter : call.turn.world().fans.dead_letters()) {
        if (items.items().size() == std::min<std::uint64_t>(count, kMaxListedLetters)) break;
        if (letter.edition != edition || letter.offset <= after) continue;
        if (reason.empty() || letter.reason == reason) items.push(letter_json(letter));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

// A dead letter on its way from the journal's files to whoever asked.
struct Job {
    Job(Services& used, server::Responder responder)
        : services(used), respond(std::move(responder)) {}

    Services& services;
    server::Responder respond;
    journal::Offset letter = 0;
    std::string organisation;
    std::string edition;  // whose letters these are
    std::string event;    // the repaired one

    // Once the letter is read.
    fans::Origin origin;
    std::string key_id;  // what origin.key_id points to
    std::string body;    // what the batch points into
    fans::Batch batch;
    IngestOutcome outcome;
};
using Shared = std::shared_ptr<Job>;

Result<Shared> job_of(const Call& call, Services& services, const server::Responder& respond) {
    TRY(const journal::Offset letter, number_in(call.request.parameter("offset"), "offset"));
    auto job = std::make_shared<Job>(services, respond);
    job->letter = letter;
    job->organisation = call.caller.organisation;
    job->edition = edition_of(call);
    return job;
}

void refuse(const Shared& job, const Error& error) {
    job->respond(server::problem(error));
}

tl::unexpected<Error> no_letter(const Job& job) {
    return fail(Code::kNotFound, "fans.no_dead_letter",
                "record " + std::to_string(job.letter) + " is no dead letter of edition '" +
                    job.edition + "'; GET /v1/deadletters lists them");
}

// Reads the record of the letter and hands it on. On the background thread.
template <class Use>
Result<void> with_letter(const Shared& job, const Use& use) {
    journal::Journal& journal = job->services.core.journal();
    if (job->letter == 0 || job->letter > journal.durable()) return no_letter(*job);
    TRY(const auto reader, journal.read(job->letter));
    journal::Record record;
    TRY(const bool found, reader->next(record));
    if (!found || record.offset != job->letter) return no_letter(*job);
    TRY(const fans::LetterText text, fans::read_letter(record));
    if (record.topic != job->edition) return no_letter(*job);
    return use(record, text);
}

Result<void> show_letter(const Shared& job) {
    return with_letter(job, [&](const journal::Record& record, const fans::LetterText& text) {
        job->respond(server::json_response(200, Json::object({{"offset", record.offset},
                                                              {"time", format_rfc3339(record.time)},
                                                              {"edition", record.topic},
                                                              {"reason", text.reason},
                                                              {"detail", text.message},
                                                              {"message_id", text.message_id},
                                                              {"event", text.raw}})));
        return Result<void>();
    });
}

// The event counts, and the letter is closed, in one group.
Result<void> commit_repair(Turn& turn, Job& job) {
    TRY(auto closing, turn.world().fans.decide_repaired(job.letter, job.batch.events.front()));
    const fans::Source source{job.organisation, job.edition, job.key_id,
                              &job.services.secrets.ingest};
    const IngestState state = ingest(turn, source, job.batch, job.services.secrets, job.outcome);
    ALTIS_ASSERT(state == IngestState::kDone);
    turn.commit(std::move(closing));
    respond_when_durable(
        turn, job.respond,
        server::json_response(200,
                              Json::object({{"offset", job.letter},
                                            {"repaired", true},
                                            {"event_offset", job.outcome.fates.front().offset}})));
    return {};
}

// Judges the repaired event as it would have been judged when the letter came.
Result<void> parse_repair(Job& job) {
    TRY(job.body, fans::repaired_batch(job.event, job.origin));
    const fans::Source source{job.organisation, job.edition, job.key_id,
                              &job.services.secrets.ingest};
    TRY(job.batch, fans::parse_batch(job.body, source, job.origin.received_at));
    if (!job.batch.rejections.empty()) {
        const fans::Rejection& why = job.batch.rejections.front();
        return fail(Code::kInvalid, why.reason, why.message);
    }
    return {};
}

Result<void> repair_letter(const Shared& job) {
    return with_letter(
        job, [&](const journal::Record&, const fans::LetterText& text) -> Result<void> {
            job->key_id = text.origin.key_id;
            job->origin = text.origin;
            job->origin.key_id = job->key_id;
            TRY_VOID(parse_repair(*job));
            job->services.core.post(
                TaskKind::kWrite,
                [job](Turn& turn) {
                    const auto done = commit_repair(turn, *job);
                    if (!done)
                        respond_when_durable(turn, job->respond, server::problem(done.error()));
                },
                [job](const Error& error) { refuse(job, error); });
            return {};
        });
}

// Reading files is not for the core thread.
using Step = Result<void> (*)(const Shared&);
void post(const Shared& job, Step step) {
    job->services.background.post([job, step] {
        const auto done = step(job);
        if (!done) refuse(job, done.error());
    });
}

// A dead letter shows what somebody sent about a person: the decision is kept.
Result<void> show(Call& call, Services& services, const server::Responder& respond) {
    TRY_VOID(require_fan_owner(call));
    TRY_VOID(require_access_on_record(call,
                                      access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kOperations, edition_of(call)),
                                      1));
    TRY(const Shared job, job_of(call, services, respond));
    call.turn.after_durable([job](const Result<void>& outcome) {
        if (!outcome) return refuse(job, outcome.error());
        post(job, show_letter);
    });
    return {};
}

Result<void> repair(Call& call, Services& services, const server::Responder& respond) {
    TRY_VOID(require_fan_owner(call));
    TRY(const Shared job, job_of(call, services, respond));
    job->event = call.request.body;
    post(job, repair_letter);
    return {};
}

}  // namespace

void add_dead_letter_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/deadletters", "fans", list_letters);
    add_async_writing_get(router, services, "/v1/deadletters/{offset}", "fans",
                          [&services](Call& call, const server::Responder& respond) {
                              return show(call, services, respond);
                          });
    add_async_route(router, services, Method::kPost, "/v1/deadletters/{offset}/repair", "fans",
                    [&services](Call& call, const server::Responder& respond) {
                        return repair(call, services, respond);
                    });
}

}  // namespace altis::service
