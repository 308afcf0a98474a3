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
    std::string kind;
    ErasureDone done;
    Refused refused;
    Erased erased;
    bool is_snapshot_new = false;  // none from before the erasure can be read
};
using Shared = std::shared_ptr<Erasure>;

std::string hex_of(std::span<const std::uint8_t> bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Last step: they are gone; say so in the journal and to whoever asked.
void complete(Turn& turn, const Shared& erasure) {
    const Json statement = erasure_statement(erasure->kind, erasure->erased, turn.now());
    turn.commit(std::vector<journal::Draft>{
        {std::string(kErasureCompleted), "", kNoSubject, statement.to_string()}});
    erasure->done(turn, statement);
}

void post_completion(const Shared& erasure) {
    erasure->services.core.post(
        TaskKind::kWrite, [erasure](Turn& turn) { complete(turn, erasure); },
        [erasure](const Error& error) { erasure->refused(error); });
}

// The second try, for a disk that was full at the first. Core thread.
void renew_snapshot_again(const Shared& erasure) {
    erasure->services.core.snapshot([erasure](const Result<void>& renewed) {
        if (!renewed) return erasure->refused(renewed.error());
        post_completion(erasure);
    });
}

// On the background thread: the slow part.
void clean_warehouse(const Shared& erasure) {
    Services& services = erasure->services;
    auto removed = services.projector.erase(erasure->erased.subjects);
    if (!removed) return erasure->refused(removed.error());
    auto left = services.projector.rows_about(erasure->erased.subjects);
    if (!left) return erasure->refused(left.error());
    erasure->erased.rows_left = *left;
    if (erasure->is_snapshot_new) return post_completion(erasure);
    services.core.post(
        TaskKind::kRead, [erasure](Turn&) { renew_snapshot_again(erasure); },
        [erasure](const Error& error) { erasure->refused(error); });
}

// Messages of the last hours are kept for clients that resume.
void clean_streams(const Erasure& erasure) {
    std::vector<std::uint64_t> numbers;
    numbers.reserve(erasure.erased.subjects.size());
    for (const SubjectId subject : erasure.erased.subjects)
        numbers.push_back(to_number(subject));
    erasure.services.streams.forget(numbers);
}

// After the record is durable: from here on nobody can read what the journal and the snapshots say
// about the persons. What fails here is done by the next start.
void destroy_keys(const Shared& erasure) {
    clean_streams(*erasure);
    for (const auto* subjects : {&erasure->erased.subjects, &erasure->erased.letters}) {
        const auto destroyed = erasure->services.core.vault().destroy_all(*subjects);
        if (!destroyed) return erasure->refused(destroyed.error());
    }
    erasure->services.core.snapshot([erasure](const Result<void>& renewed) {
        erasure->is_snapshot_new = renewed.has_value();  // if not, tried again before the receipt
        erasure->services.background.post([erasure] { clean_warehouse(erasure); });
    });
}

// Every book lets go of the persons. Gives the offset of the fans' own record, the first.
journal::Offset forget_in_books(Turn& turn, std::vector<journal::Draft> drafts,
                                const std::vector<SubjectId>& subjects) {
    const journal::Offset offset = turn.commit(std::move(drafts));
    for (const SubjectId subject : subjects) {
        const World& world = turn.world();
        static_cast<void>(turn.commit(world.rights.forget(subject)));
        static_cast<void>(turn.commit(world.campaigns.forget(subject)));
        static_cast<void>(turn.commit(world.messages.forget(subject)));
        static_cast<void>(turn.commit(world.preferences.forget(subject)));
        static_cast<void>(turn.commit(world.subscriptions.forget(subject)));
    }
    return offset;
}

Json receipt_of(const Json& statement, const crypto::Signer& signer) {
    return Json::object({{"statement", statement},
                         {"signature", hex_of(signer.sign(statement.to_string()))},
                         {"public_key", hex_of(signer.public_key())}});
}

}  // namespace

Json erasure_statement(std::string_view kind, const Erased& erased, Time now) {
    Json numbers = Json::array();
    for (const SubjectId subject : erased.subjects)
        numbers.push(to_number(subject));
    return Json::object({{"kind", kind},
                         {"time", format_rfc3339(now)},
                         {"subjects", numbers},
                         {"dead_letters", erased.letters.size()},
                         {"keys_destroyed", erased.subjects.size() + erased.letters.size()},
                         {"journal_offset", erased.decided_at},
                         {"warehouse_rows_left", erased.rows_left},
                         {"older_snapshots_readable", false}});
}

void forget_everywhere(Turn& turn, Services& services, fans::ForgetDecision decision,
                       std::string_view kind, ErasureDone done, Refused refused) {
    auto erasure = std::make_shared<Erasure>(
        Erasure{services, std::string(kind), std::move(done), std::move(refused), {}, false});
    Erased& erased = erasure->erased;
    erased.subjects = std::move(decision.subjects);
    erased.letters = std::move(decision.letters);
    erased.decided_at = forget_in_books(turn, std::move(decision.drafts), erased.subjects);
    // Needs no space in the journal, so it is not kept waiting for any.
    turn.then(
        TaskKind::kRead, [erasure](Turn&) { destroy_keys(erasure); },
        [erasure](const Error& error) { erasure->refused(error); });
}

Result<void> erase_fan(Call& call, Services& services, std::string_view user_id,
                       const server::Responder& respond) {
    return erase_fan(
        call, services, fans::user_fingerprint(services.secrets.ingest, user_id),
        [](const Json& receipt) { return server::json_response(200, receipt); }, respond);
}

Result<void> erase_fan(Call& call, Services& services, const crypto::Fingerprint& user,
                       const ReceiptAnswer& answer, const server::Responder& respond) {
    const SubjectId fan = call.turn.world().fans.find_fan(user);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    TRY(auto decision, call.turn.world().fans.decide_forget(user));
    forget_everywhere(
        call.turn, services, std::move(decision), "erasure",
        [&services, answer, respond](Turn& turn, const Json& statement) {
            respond_when_durable(turn, respond,
                                 answer(receipt_of(statement, services.core.signer())));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
    return {};
}

}  // namespace altis::service
