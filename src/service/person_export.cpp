#include "service/person_export.h"

#include <charconv>
#include <set>
#include <utility>

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

// Events as they were sent, everything else as it was written; as a text when it is no JSON.
Json content_of(const journal::Record& record) {
    const bool is_event = record.type == "fans.event" || record.type == "fans.conflict";
    const auto event = is_event ? fans::decode_event(record.payload) : Result<fans::FanEvent>();
    const std::string_view text = is_event && event ? event->head.raw : record.payload;
    const auto json = codec::parse_json(text);
    return json ? *json : Json(text);
}

Json record_json(const journal::Record& record) {
    return Json::object({{"offset", record.offset},
                         {"time", format_rfc3339(record.time)},
                         {"type", record.type},
                         {"edition", record.topic},
                         {"content", content_of(record)}});
}

// Reads all that is durable now. On the background thread.
Result<void> add_records(Job& job) {
    journal::Journal& journal = job.services.core.journal();
    const journal::Offset last = journal.durable();
    TRY(const auto reader, journal.read(job.after + 1));
    Json records = Json::array();
    journal::Record record;
    while (record.offset < last && records.items().size() < kMaxPersonRecords) {
        TRY(const bool found, reader->next(record));
        if (!found) break;
        if (is_about(record, job.subjects)) records.push(record_json(record));
    }
    if (record.offset < last) job.answer.set("continue_after", record.offset);
    job.answer.set("records", std::move(records));
    return {};
}

server::Response response(const Job& job) {
    if (job.format == Format::kJson) return server::json_response(200, job.answer);
    auto page = server::text_response(200, "text/html; charset=utf-8", person_page(job.answer));
    page.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; style-src 'unsafe-inline'");
    return page;
}

void finish(const Shared& job) {
    const auto read = add_records(*job);
    job->respond(read ? response(*job) : server::problem(read.error()));
}

}  // namespace

Json known_of(const World& world, fans::FanId fan, const rights::Caller& caller) {
    return Json::object({{"profile", world.fans.profile(fan)},
                         {"identity", world.fans.links(fan)},
                         {"consents", consents_json(world, fan, caller)},
                         {"segments", memberships_json(world.fans, fan)}});
}

Result<void> export_fan(Call& call, Services& services, const server::Responder& respond) {
    const auto job = std::make_shared<Job>(services, respond);
    TRY_VOID(read_query(call, *job));
    const std::string_view user_id = call.request.parameter("user_id");
    const auto fingerprint = fans::user_fingerprint(services.secrets.ingest, user_id);
    const fans::FanId fan = call.turn.world().fans.find_fan(fingerprint);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan", "there is no fan with this user id");
    }
    job->answer = known_of(call.turn.world(), fan, call.caller);
    job->answer.set("user_id", user_id).set("made_at", format_rfc3339(call.turn.now()));
    for (const SubjectId subject : call.turn.world().fans.subjects(fan))
        job->subjects.insert(subject);
    call.turn.after_durable([job](const Result<void>& outcome) {
        if (!outcome) return job->respond(server::problem(outcome.error()));
        job->services.background.post([job] { finish(job); });
    });
    return {};
}

}  // namespace altis::service
