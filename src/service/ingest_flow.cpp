#include "service/ingest_flow.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/assert.h"

namespace altis::service {
namespace {

using fans::Signal;
using fans::SignalKind;

// Follows the signals of one accepted event into the books that they concern.
class Consequences {
  public:
    Consequences(Turn& turn, const fans::Source& source, const Secrets& secrets)
        : turn_(turn), source_(source), secrets_(secrets) {}

    void of_event(const fans::IncomingEvent& event, SubjectId subject) {
        for (const Signal& signal : event.signals) {
            if (signal.kind == SignalKind::kConsent) consent(event, signal, subject);
            if (signal.kind == SignalKind::kOpened) touch(event, signal.name, subject);
        }
        for (const Signal& signal : event.signals) {
            if (signal.kind == SignalKind::kOrdered) sale(event, signal, subject);
        }
    }

    // Two identifiers turned out to be one fan: their decisions become one.
    void of_link(SubjectId subject) {
        const World& world = turn_.world();
        const auto subjects = world.fans.subjects(world.fans.fan_of(subject));
        commit(world.rights.merge_consents(subjects));
    }

  private:
    void consent(const fans::IncomingEvent& event, const Signal& signal, SubjectId subject) {
        const World& world = turn_.world();
        const auto purpose = rights::parse_purpose(signal.name);
        const std::string_view edition =
            signal.reference.empty() ? event.edition : signal.reference;
        if (!purpose || world.rights.edition(edition) == nullptr) return;
        for (const SubjectId part : world.fans.subjects(world.fans.fan_of(subject))) {
            commit(world.rights.set_consent(part, *purpose, edition, signal.value != 0));
        }
    }

    // A message of a campaign was opened, or led to a purchase, by the fan it was sent to.
    std::optional<messages::Resolved> touch(const fans::IncomingEvent& event,
                                            std::string_view message, SubjectId subject) {
        const World& world = turn_.world();
        const auto resolved = world.messages.resolve(message);
        if (!resolved || world.fans.fan_of(resolved->subject) != world.fans.fan_of(subject)) {
            return std::nullopt;
        }
        commit(world.messages.opened(message));
        if (!resolved->campaign.empty()) {
            const market::Touch touched{std::min(event.head.event_time, turn_.now()),
                                        std::string(message), resolved->campaign};
            commit(turn_.world().campaigns.record_touch(resolved->subject, touched));
        }
        return resolved;
    }

    // Sales that no message led to stay in the fan's events; the ledger is about shared money.
    void sale(const fans::IncomingEvent& event, const Signal& order, SubjectId subject) {
        if (order.reference.empty()) return;
        const auto resolved = touch(event, order.reference, subject);
        if (!resolved) return;
        market::Sale sale;
        sale.order = market::order_fingerprint(secrets_.orders, event.edition, order.name);
        sale.seller = source_.organisation;
        sale.account = "merchandise";
        sale.edition = event.edition;
        sale.subject = resolved->subject;
        sale.amount = {order.value, std::string(order.currency)};
        sale.time = event.head.event_time;
        sale.message = order.reference;
        const World& world = turn_.world();
        commit(world.campaigns.attribute(sale, world.ledger));
    }

    // What a book refuses here was already judged as part of the event: the event stays, the
    // consequence is not drawn.
    void commit(journal::Decision decision) {
        if (decision && !decision->empty()) turn_.commit(std::move(*decision));
    }

    Turn& turn_;
    const fans::Source& source_;
    const Secrets& secrets_;
};

bool links_subjects(const std::vector<journal::Draft>& drafts) {
    return std::ranges::any_of(
        drafts, [](const journal::Draft& draft) { return draft.type == "fans.linked"; });
}

IngestOutcome::Fate judge(Turn& turn, const fans::IncomingEvent& event,
                          Consequences& consequences) {
    auto decision = turn.world().fans.decide_event(event, turn.next_subject());
    if (decision.fate == fans::Fate::kDuplicate) return {event.index, "duplicate", 0};
    const bool links = links_subjects(decision.drafts);
    const journal::Offset offset = turn.commit(std::move(decision.drafts));
    if (decision.fate == fans::Fate::kConflict) return {event.index, "conflict", offset};
    if (links) consequences.of_link(decision.subject);
    consequences.of_event(event, decision.subject);
    return {event.index, "ok", offset};
}

}  // namespace

IngestOutcome ingest(Turn& turn, const fans::Source& source, const fans::Batch& batch,
                     const Secrets& secrets) {
    IngestOutcome outcome;
    Consequences consequences(turn, source, secrets);
    for (const fans::IncomingEvent& event : batch.events) {
        const IngestOutcome::Fate fate = judge(turn, event, consequences);
        outcome.accepted += fate.result == "ok" ? 1 : 0;
        outcome.duplicate += fate.result == "duplicate" ? 1 : 0;
        outcome.conflict += fate.result == "conflict" ? 1 : 0;
        outcome.fates.push_back(fate);
    }
    const auto* owner = turn.world().rights.organisation(source.organisation);
    if (owner == nullptr) return outcome;
    for (const fans::Rejection& rejection : batch.rejections) {
        auto drafts =
            turn.world().fans.decide_rejection(rejection, source.edition, owner->treasury);
        if (drafts) turn.commit(std::move(*drafts));
    }
    return outcome;
}

}  // namespace altis::service
