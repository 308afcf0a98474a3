#include "service/ingest_flow.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/assert.h"

namespace altis::service {
namespace {

using fans::Signal;
using fans::SignalKind;

// Says what an event of the Games is to the fan now: {"scope", "state", "until"} as properties.
constexpr std::string_view kSpoilerEvent = "Spoiler State Set";

// Follows the signals of one accepted event into the books that they concern.
class Consequences {
  public:
    Consequences(Turn& turn, const fans::Source& source, const Secrets& secrets)
        : turn_(turn), source_(source), secrets_(secrets) {}

    void of_event(const fans::IncomingEvent& event, SubjectId subject) {
        if (source_.privacy == fans::PrivacyControl::kOptOut) {
            commit(turn_.world().rights.opt_out(subject, event.head.received_at));
        }
        if (event.head.name == kSpoilerEvent) spoiler(event, subject);
        for (const Signal& signal : event.signals) {
            if (signal.kind == SignalKind::kConsent) consent(event, signal, subject);
            if (signal.kind == SignalKind::kOpened) touch(event, signal.name, subject);
        }
        for (const Signal& signal : event.signals) {
            if (signal.kind == SignalKind::kOrdered) sale(event, signal, subject);
        }
    }

  private:
    void consent(const fans::IncomingEvent& event, const Signal& signal, SubjectId subject) {
        const World& world = turn_.world();
        const auto purpose = rights::parse_purpose(signal.name);
        const std::string_view edition =
            signal.reference.empty() ? event.edition : signal.reference;
        const bool given = signal.value != 0;
        if (!purpose || (given && !may_collect(event, edition))) return;
        commit(
            world.rights.set_consent(subject, {*purpose, edition, event.head.event_time, given}));
    }

    // One that cannot be read stays an event and changes nothing else.
    void spoiler(const fans::IncomingEvent& event, SubjectId subject) {
        const auto json = codec::parse_json(event.head.raw);
        if (!json) return;
        const auto wish = messages::wish_from_json((*json)["properties"]);
        if (!wish) return;
        const World& world = turn_.world();
        const auto subjects = world.fans.subjects(world.fans.fan_of(subject));
        commit(world.preferences.set_spoiler(world.preferences.home(subjects), *wish));
        // The clock of sending asks about them within a second.
        for (const std::string& plan : world.messages.holding(subjects)) {
            messages::Considered due;
            due.due = turn_.now();
            commit(world.messages.consider(plan, due));
        }
    }

    // Consent is given to whom the person deals with: in the edition of the key that brings it, or
    // in another one whose fan data the same organisation owns. Withdrawals are taken from anybody.
    bool may_collect(const fans::IncomingEvent& event, std::string_view edition) const {
        return edition == event.edition ||
               turn_.world().rights.owner(rights::Category::kFanEngagement, edition) ==
                   source_.organisation;
    }

    // A message of a campaign was opened, or led to a purchase, by the fan it was sent to.
    std::optional<messages::Resolved> touch(const fans::IncomingEvent& event,
                                            std::string_view message, SubjectId subject) {
        const World& world = turn_.world();
        auto resolved = world.messages.resolve(message);
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

IngestOutcome::Fate judge(Turn& turn, fans::IncomingEvent& event, Consequences& consequences) {
    auto decision = turn.world().fans.decide_event(event, turn.next_subject());
    if (decision.fate == fans::Fate::kDuplicate) return {event.index, "duplicate", 0, {}};
    const journal::Offset offset = turn.commit(std::move(decision.drafts));
    if (decision.fate == fans::Fate::kConflict) return {event.index, "conflict", offset, {}};
    consequences.of_event(event, decision.subject);
    return {event.index, "ok", offset, {}};
}

}  // namespace

void keep_receipts(IngestOutcome& outcome, const journal::Stored& stored) {
    const journal::Offset first = stored.last_offset + 1 - stored.hashes.size();
    for (auto* const list : {&outcome.fates, &outcome.letters}) {
        for (IngestOutcome::Fate& fate : *list) {
            const bool is_here = fate.offset >= first && fate.offset <= stored.last_offset;
            if (is_here) fate.hash = stored.hashes[fate.offset - first];
        }
    }
}

IngestState ingest(Turn& turn, const fans::Source& source, fans::Batch& batch,
                   const Secrets& secrets, IngestOutcome& outcome) {
    Consequences consequences(turn, source, secrets);
    while (outcome.events_done < batch.events.size()) {
        if (turn.is_full()) return IngestState::kMore;
        if (outcome.events_done % fans::kMaxPrefetched == 0) {
            const auto next =
                std::span<const fans::IncomingEvent>(batch.events).subspan(outcome.events_done);
            turn.world().fans.prefetch(next.first(std::min(next.size(), fans::kMaxPrefetched)));
        }
        const auto fate = judge(turn, batch.events[outcome.events_done++], consequences);
        outcome.accepted += fate.result == "ok" ? 1 : 0;
        outcome.duplicate += fate.result == "duplicate" ? 1 : 0;
        outcome.conflict += fate.result == "conflict" ? 1 : 0;
        outcome.fates.push_back(fate);
    }
    while (outcome.rejections_done < batch.rejections.size()) {
        if (turn.is_full()) return IngestState::kMore;
        const fans::Rejection& rejection = batch.rejections[outcome.rejections_done++];
        auto decision =
            turn.world().fans.decide_rejection(rejection, source.edition, turn.next_subject());
        const journal::Offset offset = turn.commit(std::move(decision.drafts));
        turn.destroy_keys(std::move(decision.letters));
        outcome.letters.push_back({rejection.index, "rejected", offset, {}});
    }
    return IngestState::kDone;
}

}  // namespace altis::service
