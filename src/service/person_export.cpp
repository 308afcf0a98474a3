#include "service/person_export.h"

#include <charconv>
#include <set>
#include <utility>

#include "fans/evidence.h"
#include "fans/fan_event.h"
#include "rights/records.h"
#include "service/access.h"
#include "service/person_page.h"

namespace altis::service {
namespace {

using codec::Json;

enum class Format : std::uint8_t { kJson, kHtml };

// One export on its way to the background thread.
struct Job {
    Services& services;
    server::Responder respond;
    Format format = Format::kJson;
    journal::Offset after = 0;
    std::set<SubjectId> subjects;
    Json answer;

    Job(Services& used, server::Responder responder)
        : services(used), respond(std::move(responder)) {}
};
using Shared = std::shared_ptr<Job>;

Json memberships_json(const fans::FansBook& book, fans::FanId fan) {
    Json memberships = Json::array();
    for (const auto& [id, segment] : book.segments()) {
        const auto why = book.explain(fan, id);
        memberships.push(Json::object(
            {{"id", id}, {"member", book.in_segment(fan, id)}, {"why", why ? *why : Json()}}));
    }
    return memberships;
}

Json consents_json(const World& world, fans::FanId fan, const rights::Caller& caller) {
    Json consents = Json::array();
    for (const auto& [edition, unused] : world.rights.editions()) {
        const auto owner = world.rights.owner(rights::Category::kFanEngagement, edition);
        if (owner != caller.organisation) continue;
        for (std::size_t i = 0; i < rights::kPurposeNames.size(); ++i) {
            if (!world.has_consent(fan, static_cast<rights::Purpose>(i), edition)) continue;
            consents.push(
                Json::object({{"edition", edition}, {"purpose", rights::kPurposeNames[i]}}));
        }
    }
    return consents;
}

Result<void> read_query(const Call& call, Job& job) {
    const std::string_view format = call.request.query_value("format", "json");
    if (format != "json" && format != "html") {
        return fail(Code::kInvalid, "request.bad_format", "format must be json or html");
    }
    job.format = format == "html" ? Format::kHtml : Format::kJson;
    const std::string_view after = call.request.query_value("after", "0");
    const auto [end, problem] =
        std::from_chars(after.data(), after.data() + after.size(), job.after);
    if (problem == std::errc() && end == after.data() + after.size()) return {};
    return fail(Code::kInvalid, "request.bad_number", "after must be the offset of a record");
}

// Of this person: sealed under one of the subjects, or a decision about one of them.
bool is_about(const journal::Record& record, const std::set<SubjectId>& subjects) {
    if (record.erased) return false;
    if (record.subject != kNoSubject) return subjects.contains(record.subject);
    if (record.type != rights::records::kDecided) return false;
    const auto decided = codec::parse_json(record.payload);
    if (!decided || !decided->contains("subject")) return false;
    return subjects.contains(SubjectId{static_cast<std::uint32_t>((*decided)["subject"].as_int())});
}

// A text when it is no JSON.
Json json_or_text(std::string_view text) {
    const auto json = codec::parse_json(text);
    return json ? *json : Json(text);
}

// Events as they were sent, rejected ones with the reason; everything else as it was written.
Json content_of(const journal::Record& record) {
    if (record.type == "fans.rejected") {
        const auto letter = fans::read_letter(record);
        if (!letter) return Json();
        return Json::object({{"reason", letter->reason},
                             {"detail", letter->message},
                             {"event", json_or_text(letter->raw)}});
    }
    const bool is_event = record.type == "fans.event" || record.type == "fans.conflict";
    const auto event = is_event ? fans::decode_event(record.payload) : Result<fans::FanEvent>();
    return json_or_text(is_event && event ? event->head.raw : record.payload);
}

Json record_json(const journal::Record& record) {
    return Json::object({{"offset", record.offset},
                         {"time", format_rfc3339(record.time)},
                         {"type", record.type},
                         {"edition", record.topic},
                         {"content", content_of(record)}});
}

// Calls `take(record)` for the person's records behind `job.after` that are durable now, while it
// gives true. Gives the offset that was reached. On the background thread.
template <class Take>
Result<journal::Offset> for_each_record(const Job& job, journal::Offset last, const Take& take) {
    TRY(const auto reader, job.services.core.journal().read(job.after + 1));
    journal::Record record;
    while (record.offset < last) {
        TRY(const bool found, reader->next(record));
        if (!found) break;
        if (is_about(record, job.subjects) && !take(record)) break;
    }
    return record.offset;
}

Result<void> add_records(Job& job) {
    const journal::Offset last = job.services.core.journal().durable();
    Json records = Json::array();
    TRY(const journal::Offset reached,
        for_each_record(job, last, [&records](const journal::Record& record) {
            records.push(record_json(record));
            return records.items().size() < kMaxPersonRecords;
        }));
    if (reached < last) job.answer.set("continue_after", reached);
    job.answer.set("records", std::move(records));
    return {};
}

Result<void> add_evidence(Job& job) {
    const journal::Offset last = job.services.core.journal().durable();
    fans::Evidence evidence;
    TRY_VOID(for_each_record(job, last, [&evidence](const journal::Record& record) {
        evidence.add(record);
        return true;
    }));
    job.answer.set("made_by", evidence.to_json());
    job.answer.set("linked_by", evidence.statements());
    return {};
}

server::Response response(const Job& job) {
    if (job.format == Format::kJson) return server::json_response(200, job.answer);
    auto page = server::text_response(200, "text/html; charset=utf-8", person_page(job.answer));
    page.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; style-src 'unsafe-inline'");
    return page;
}

}  // namespace

Json known_about(const World& world, fans::FanId fan, const rights::Caller& caller) {
    return Json::object(
        {{"profile", world.fans.profile(fan)},
         {"identity", world.fans.links(fan)},
         {"scores", world.fans.explain_scores(fan)},
         {"consents", consents_json(world, fan, caller)},
         {"message_preferences", messages::to_json(world.preferences.of(world.fans.subjects(fan)))},
         {"segments", memberships_json(world.fans, fan)}});
}

namespace {

// What the books know of the fan, who the caller must have a right to.
Result<void> look_up(Call& call, Job& job, const crypto::Fingerprint& user) {
    const World& world = call.turn.world();
    const fans::FanId fan = world.fans.find_fan(user);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan", "there is no fan with this user id");
    }
    job.answer = known_about(world, fan, call.caller);
    for (const SubjectId subject : world.fans.subjects(fan))
        job.subjects.insert(subject);
    return {};
}

crypto::Fingerprint named_user(const Call& call, const Services& services) {
    return fans::user_fingerprint(services.secrets.ingest, call.request.parameter("user_id"));
}

// Reads the journal once the decision is durable, then answers.
using Read = Result<void> (*)(Job&);
void answer_after(Turn& turn, const Shared& job, Read read) {
    turn.after_durable([job, read](const Result<void>& outcome) {
        if (!outcome) return job->respond(server::problem(outcome.error()));
        job->services.background.post([job, read] {
            const auto done = read(*job);
            job->respond(done ? response(*job) : server::problem(done.error()));
        });
    });
}

}  // namespace

Result<void> explain_fan(Call& call, Services& services, const server::Responder& respond) {
    const auto job = std::make_shared<Job>(services, respond);
    TRY_VOID(look_up(call, *job, named_user(call, services)));
    if (call.request.query_value("events") == "1") {
        answer_after(call.turn, job, add_evidence);
    } else {
        respond_when_durable(call.turn, respond, response(*job));
    }
    return {};
}

Result<void> export_fan(Call& call, Services& services, const server::Responder& respond) {
    return export_fan(call, services, named_user(call, services), respond);
}

Result<void> export_fan(Call& call, Services& services, const crypto::Fingerprint& user,
                        const server::Responder& respond) {
    const auto job = std::make_shared<Job>(services, respond);
    TRY_VOID(read_query(call, *job));
    TRY_VOID(look_up(call, *job, user));
    const auto& fans = call.turn.world().fans;
    for (const SubjectId letter : fans.letters_naming({fans.fan_of(*job->subjects.begin())}))
        job->subjects.insert(letter);
    const std::string_view user_id = call.request.parameter("user_id");
    if (!user_id.empty()) job->answer.set("user_id", user_id);
    job->answer.set("made_at", format_rfc3339(call.turn.now()));
    answer_after(call.turn, job, add_records);
    return {};
}

}  // namespace altis::service
