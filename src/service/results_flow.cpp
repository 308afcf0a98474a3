#include "service/results_flow.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
namespace formats = results::formats;

// A document on its way into the journal. Core thread only.
class Import : public std::enable_shared_from_this<Import> {
  public:
    Import(Services& services, std::shared_ptr<const rights::Caller> caller,
           formats::ResultList list, server::Responder respond)
        : services_(services),
          caller_(std::move(caller)),
          list_(std::move(list)),
          respond_(std::move(respond)) {}

    void step(Turn& turn) {
        const std::size_t end = std::min(list_.units.size(), next_ + kImportStepUnits);
        for (; next_ < end && !turn.is_full(); ++next_)
            take(turn, list_.units[next_]);
        if (next_ == list_.units.size()) {
            return respond_when_durable(turn, respond_, server::json_response(200, report()));
        }
        turn.then(
            TaskKind::kWrite, [self = shared_from_this()](Turn& later) { self->step(later); },
            [respond = respond_](const Error& error) { respond(server::problem(error)); });
    }

  private:
    void take(Turn& turn, const formats::UnitResult& result) {
        const auto taken = take_unit(turn, result);
        if (taken) {
            changed_ += *taken ? 1U : 0U;
            return;
        }
        // Its rows were counted as taken when the document was read.
        const std::size_t rows = result.publication.lines.size();
        list_.rows_refused += rows;
        if (list_.refused.size() < formats::kMaxImportRefusals) {
            list_.refused.push_back(
                {"unit " + result.unit.rsc, taken.error().reason, taken.error().message});
        }
    }

    // True when something changed. A unit that is known stays as its schedule says.
    Result<bool> take_unit(Turn& turn, const formats::UnitResult& result) {
        TRY_VOID(require_publisher(turn, *caller_, result.unit.edition));
        const auto& book = turn.world().results;
        if (book.find_unit(results::key_of(result.unit)) == nullptr) {
            TRY(auto drafts, book.register_unit(result.unit));
            TRY_VOID(turn.commit(journal::Decision(std::move(drafts))));
        }
        const results::OdfMessage message = formats::message_of(result.publication);
        TRY(const auto outcome, take_message(turn, services_, *caller_, message));
        if (outcome.doubts.empty()) return outcome.is_published();
        return fail(Code::kConflict, "results.held",
                    "a gate holds this unit for a person: " + outcome.doubts.front().detail);
    }

    Json report() const {
        Json refused = Json::array();
        for (const formats::Refusal& refusal : list_.refused) {
            refused.push(Json::object(
                {{"place", refusal.place}, {"code", refusal.code}, {"why", refusal.why}}));
        }
        Json warnings = Json::array();
        for (const results::Warning& warning : list_.warnings) {
            warnings.push(Json::object({{"code", warning.name}, {"detail", warning.detail}}));
        }
        return Json::object({{"name", list_.name},
                             {"units", static_cast<std::uint64_t>(list_.units.size())},
                             {"changed", static_cast<std::uint64_t>(changed_)},
                             {"rows", static_cast<std::uint64_t>(list_.rows)},
                             {"rows_refused", static_cast<std::uint64_t>(list_.rows_refused)},
                             {"refused", std::move(refused)},
                             {"warnings", std::move(warnings)}});
    }

    Services& services_;
    std::shared_ptr<const rights::Caller> caller_;
    formats::ResultList list_;
    server::Responder respond_;
    std::size_t next_ = 0;
    std::size_t changed_ = 0;
};

}  // namespace

namespace {

tl::unexpected<Error> refusal(const results::ScheduleRefusal& refused) {
    return fail(Code::kConflict, refused.code, refused.why);
}

// The units that the schedule takes go on to the results book, in one group with what it says.
Result<results::Admission> admit_schedule(const World& world, const results::OdfMessage& message,
                                          const results::Arrival& arrival) {
    TRY(auto reception, world.schedule.receive(message));
    if (!reception.refused.empty() && reception.refused.size() == message.units.size()) {
        return refusal(reception.refused.front());
    }
    results::OdfMessage taken = message;
    for (const results::ScheduleRefusal& refused : reception.refused) {
        std::erase_if(taken.units,
                      [&refused](const results::Unit& unit) { return unit.rsc == refused.unit; });
        reception.warnings.push_back({refused.code, refused.why + "; it was left out"});
    }
    TRY(auto admission, results::admit(gate_books(world), taken, arrival));
    std::ranges::move(reception.drafts, std::back_inserter(admission.drafts));
    std::ranges::move(reception.warnings, std::back_inserter(admission.warnings));
    return admission;
}

}  // namespace

Result<void> check_schedule(const World& world, const results::OdfMessage& message) {
    if (message.type == results::OdfType::kResult) return {};
    TRY(const auto reception, world.schedule.receive(message));
    if (!reception.refused.empty()) return refusal(reception.refused.front());
    if (reception.warnings.empty()) return {};
    const results::Warning& first = reception.warnings.front();
    return fail(Code::kConflict, first.name, first.detail + "; send it without mode=strict");
}

Result<AdmissionOutcome> take_message(Turn& turn, Services& services, const rights::Caller& caller,
                                      const results::OdfMessage& message) {
    if (message.type != results::OdfType::kResult) {
        TRY(auto scheduled, admit_schedule(turn.world(), message, {caller.key_id, turn.now()}));
        return carry_out(turn, services, std::move(scheduled));
    }
    TRY(auto admission,
        results::admit(gate_books(turn.world()), message, {caller.key_id, turn.now()}));
    return carry_out(turn, services, std::move(admission));
}

void import_results(Services& services, std::shared_ptr<const rights::Caller> caller,
                    results::formats::ResultList list, const server::Responder& respond) {
    // Whoever may not publish learns it at once, whatever the document holds.
    const std::string edition = list.units.empty() ? "" : list.units.front().unit.edition;
    auto import = std::make_shared<Import>(services, caller, std::move(list), respond);
    services.core.post(
        TaskKind::kWrite,
        [import, caller, edition, respond](Turn& turn) {
            const auto allowed =
                edition.empty() ? Result<void>{} : require_publisher(turn, *caller, edition);
            if (allowed) return import->step(turn);
            respond_when_durable(turn, respond, server::problem(allowed.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

}  // namespace altis::service
