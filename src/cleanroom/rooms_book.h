// The rooms: who agreed with whom on which questions, what was paid for them, and what was
// answered.
//
// Life of a room: proposed -> running (all owners approved) -> expired or revoked. A change of
// policy is an event and needs all approvals again; answers keep the policy under which they were
// given.
//
// A question is paid for before anything is computed: `ask` gives the record rooms.charged; only
// when it is durable may the engine run; `answered` gives rooms.answered; only when that is durable
// may the answer leave. A process that stops in between has spent without answering, never the
// other way.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cleanroom/privacy/budget.h"
#include "cleanroom/question.h"
#include "cleanroom/receipt.h"
#include "journal/book.h"

namespace altis::cleanroom {

enum class RoomState : std::uint8_t { kProposed, kRunning, kExpired, kRevoked };
std::string_view to_string(RoomState state);

// A room with what happened to it.
struct RoomEntry {
    Room room;
    std::string policy;  // hash of the present policy
    std::string proposed_by;
    std::set<std::string> approvals;  // of the present policy
    std::string revoked_by;           // empty: not revoked
};

// A charge and, once it was computed, its answer.
struct ChargeEntry {
    Charge charge;
    std::string answer;  // JSON; empty until answered
};

// What to do for a question: hand out `stored` (free), or commit `drafts` and compute `charge`. A
// question that was charged and not answered, because the process ended or is at it, is not charged
// again: the drafts are empty.
struct Asked {
    std::optional<std::string> stored;
    std::vector<journal::Draft> drafts;
    Charge charge;
};

class RoomsBook final : public journal::Book {
  public:
    // ---- commands ----

    // By one of the owners. Fails like check_room, and with "rooms.exists",
    // "rooms.not_an_owner" or "rooms.expired" (`until` is not after `now`).
    journal::Decision propose(const Room& room, std::string_view organisation, Time now) const;

    // The same for another policy of a room that exists; takes every approval back.
    journal::Decision change_policy(const Room& room, std::string_view organisation,
                                    Time now) const;

    // No draft when the owner approved this policy before. Fails with "rooms.unknown",
    // "rooms.not_an_owner", "rooms.revoked" or "rooms.expired".
    journal::Decision approve(std::string_view room, std::string_view organisation, Time now) const;

    // By any owner, for good. No draft when it is revoked already.
    journal::Decision revoke(std::string_view room, std::string_view organisation) const;

    // A question that `prepare` found to be permitted, of a room that is `askable`. `commitments`:
    // hex, one per input of the plan. Fails with "rooms.budget_spent" (names the table and what is
    // left). The drafts must be applied before the next question is decided.
    Result<Asked> ask(const RoomEntry& entry, const Question& question, const Prepared& prepared,
                      const std::vector<std::string>& commitments, Time now) const;

    // The owner's ceiling on the whole life of a table, for all rooms; set once, it can be raised
    // and never lowered. Fails like PrivacyLedger::check_raise.
    journal::Decision raise_ceiling(const Table& table, const Ceiling& ceiling) const;

    // Keeps a computed answer, withheld or not. Fails with "rooms.charge_unknown" or
    // "rooms.already_answered".
    journal::Decision answered(std::uint64_t charge, const codec::Json& answer) const;

    // ---- questions ----

    // The room, when who asks may and the room is running. Strangers learn nothing of its state.
    // Valid until the next apply. Fails with "rooms.unknown", "rooms.not_a_receiver",
    // "rooms.revoked", "rooms.expired" or "rooms.not_approved" (names who is missing).
    Result<const RoomEntry*> askable(std::string_view room, std::string_view organisation,
                                     Time now) const;
    const RoomEntry* room(std::string_view id) const;  // null when unknown
    const std::map<std::string, RoomEntry, std::less<>>& rooms() const { return rooms_; }
    static RoomState state(const RoomEntry& entry, Time now);
    static std::vector<std::string> missing_approvals(const RoomEntry& entry);
    const PrivacyLedger& ledger() const { return ledger_; }
    const std::map<std::uint64_t, ChargeEntry>& charges() const { return charges_; }
    // Canonical JSON of a policy, present or past; empty when unknown.
    std::string_view policy(std::string_view hash) const;

    // ---- journal::Book ----
    std::string_view name() const override { return "rooms"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    Result<const RoomEntry*> owned(std::string_view room, std::string_view organisation) const;
    Charge charge_for(const RoomEntry& entry, const Question& question, const Prepared& prepared,
                      const std::vector<std::string>& commitments) const;
    void apply_policy(const codec::Json& payload);
    void apply_charged(const codec::Json& payload);
    void apply_answered(const codec::Json& payload);
    Result<void> load_policies(ByteReader& in);
    Result<void> load_charges(ByteReader& in);

    std::map<std::string, RoomEntry, std::less<>> rooms_;
    std::map<std::string, std::string, std::less<>> policies_;  // hash -> canonical JSON
    std::map<std::uint64_t, ChargeEntry> charges_;
    PrivacyLedger ledger_;
    // Canonical question -> its first charge; derived.
    std::map<std::string, std::uint64_t, std::less<>> asked_;
};

}  // namespace altis::cleanroom
