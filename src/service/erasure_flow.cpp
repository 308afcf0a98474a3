#include "service/erasure_flow.h"

#include <memory>
#include <utility>

#include "codec/text.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;

constexpr std::string_view kErasureCompleted = "fans.erasure_completed";

// One erasure on its way through its steps.
struct Erasure {
    Services& services;
    server::Responder respond;
    std::vector<SubjectId> subjects;
    std::vector<SubjectId> letters;
    journal::Offset decided_at = 0;
    std::uint64_t rows_left = 0;
    bool is_snapshot_new = false;  // none from before the erasure can be read
};
using Shared = std::shared_ptr<Erasure>;

void refuse(const Shared& erasure, const Error& error) {
    erasure->respond(server::problem(error));
}

Json statement_of(const Erasure& erasure, Time now) {
    Json numbers = Json::array();
    for (const SubjectId subject : erasure.subjects)
        numbers.push(to_number(subject));
    return Json::object({{"kind", "erasure"},
                         {"time", format_rfc3339(now)},
                         {"subjects", numbers},
                         {"dead_letters", erasure.letters.size()},
                         {"keys_destroyed", erasure.subjects.size() + erasure.letters.size()},
                         {"journal_offset", erasure.decided_at},
                         {"warehouse_rows_left", erasure.rows_left},
                         {"older_snapshots_readable", false}});
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Last step: the person is gone; say so in the journal and to the caller.
void complete(Turn& turn, const Shared& erasure) {
    const Core& core = erasure->services.core;
    const Json statement = statement_of(*erasure, turn.now());
    turn.commit(std::vector<journal::Draft>{
        {std::string(kErasureCompleted), "", kNoSubject, statement.to_string()}});
    const auto signature = core.signer().sign(statement.to_string());
    respond_when_durable(
        turn, erasure->respond,
        server::json_response(200,
                              Json::object({{"statement", statement},
                                            {"signature", hex_of(signature)},
                                            {"public_key", hex_of(core.signer().public_key())}})));
}

void post_completion(const Shared& erasure) {
    erasure->services.core.post(
        TaskKind::kWrite, [erasure](Turn& turn) { complete(turn, erasure); },
        [erasure](const Error& error) { refuse(erasure, error); });
}

// The second try, for a disk that was full at the first. Core thread.
void renew_snapshot_again(const Shared& erasure) {
    erasure->services.core.snapshot([erasure](const Result<void>& renewed) {
        if (!renewed) return refuse(erasure, renewed.error());
        post_completion(erasure);
    });
}

// On the background thread: the slow part.
void clean_warehouse(const Shared& erasure) {
    Services& services = erasure->services;
    auto removed = services.projector.erase(erasure->subjects);
    if (!removed) return refuse(erasure, removed.error());
    auto left = services.projector.rows_about(erasure->subjects);
    if (!left) return refuse(erasure, left.error());
    erasure->rows_left = *left;
    if (erasure->is_snapshot_new) return post_completion(erasure);
    services.core.post(
        TaskKind::kRead, [erasure](Turn&) { renew_snapshot_again(erasure); },
        [erasure](const Error& error) { refuse(erasure, error); });
}

// Messages of the last hours are kept for clients that resume.
void clean_streams(const Erasure& erasure) {
    std::vector<std::uint64_t> numbers;
    numbers.reserve(erasure.subjects.size());
    for (const SubjectId subject : erasure.subjects)
        numbers.push_back(to_number(subject));
    erasure.services.streams.forget(numbers);
}

// After the record is durable: from here on nobody can read what the journal and the snapshots say
// about the person. What fails here is done by the next start.
void destroy_keys(const Shared& erasure) {
    clean_streams(*erasure);
    for (const auto* subjects : {&erasure->subjects, &erasure->letters}) {
        const auto destroyed = erasure->services.core.vault().destroy_all(*subjects);
        if (!destroyed) return refuse(erasure, destroyed.error());
    }
    erasure->services.core.snapshot([erasure](const Result<void>& renewed) {
        erasure->is_snapshot_new = renewed.has_value();  // if not, tried again before the receipt
        erasure->services.background.post([erasure] { clean_warehouse(erasure); });
    });
}

// Every book lets go of the person. Gives the offset of the fans' own record, the first.
journal::Offset forget_everywhere(Turn& turn, std::vector<journal::Draft> drafts,
                                  const std::vector<SubjectId>& subjects) {
    const journal::Offset offset = turn.commit(std::move(drafts));
    for (const SubjectId subject : subjects) {
        const World& world = turn.world();
        static_cast<void>(turn.commit(world.rights.forget(subject)));
        static_cast<void>(turn.commit(world.campaigns.forget(subject)));
        static_cast<void>(turn.commit(world.messages.forget(subject)));
    }
    return offset;
}

}  // namespace

Result<void> erase_fan(Call& call, Services& services, std::string_view user_id,
                       const server::Responder& respond) {
    const auto fingerprint = fans::user_fingerprint(services.secrets.ingest, user_id);
    const SubjectId fan = call.turn.world().fans.find_fan(fingerprint);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    TRY(auto decision, call.turn.world().fans.decide_forget(fingerprint));
    auto erasure = std::make_shared<Erasure>(
        Erasure{services, respond, std::move(decision.subjects), std::move(decision.letters)});
    erasure->decided_at =
        forget_everywhere(call.turn, std::move(decision.drafts), erasure->subjects);
    // Needs no space in the journal, so it is not kept waiting for any.
    call.turn.then(
        TaskKind::kRead, [erasure](Turn&) { destroy_keys(erasure); },
        [erasure](const Error& error) { refuse(erasure, error); });
    return {};
}

}  // namespace altis::service
