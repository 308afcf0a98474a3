#include "cleanroom/rooms_book.h"

#include <algorithm>

#include "base/assert.h"
#include "cleanroom/canonical.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

journal::Draft draft(std::string_view type, std::string_view room, const Json& payload) {
    return {std::string(type), std::string(room), kNoSubject, payload.to_string()};
}

bool is_owner(const Room& room, std::string_view organisation) {
    return std::any_of(room.owners.begin(), room.owners.end(), [&](const Owner& owner) {
        return owner.table.organisation == organisation;
    });
}

tl::unexpected<Error> not_an_owner(std::string_view room) {
    return fail(Code::kDenied, "rooms.not_an_owner",
                "Only an owner of data in the room " + std::string(room) + " may do this.");
}

tl::unexpected<Error> revoked(const RoomEntry& entry) {
    return fail(Code::kDenied, "rooms.revoked",
                "The room " + entry.room.id + " was revoked by " + entry.revoked_by +
                    "; propose a new one.");
}

tl::unexpected<Error> expired(const Room& room) {
    return fail(Code::kDenied, "rooms.expired",
                "The room " + room.id + " ended at " + format_rfc3339(room.until) +
                    "; its owners can agree on a policy with a later end.");
}

tl::unexpected<Error> not_approved(const RoomEntry& entry) {
    std::string names;
    for (const std::string& name : RoomsBook::missing_approvals(entry)) {
        names += (names.empty() ? "" : ", ") + name;
    }
    return fail(Code::kDenied, "rooms.not_approved",
                "The room " + entry.room.id + " still needs the approval of " + names + ".");
}

Result<void> check_proposal(const Room& room, std::string_view organisation, Time now) {
    TRY_VOID(check_room(room));
    if (!is_owner(room, organisation)) return not_an_owner(room.id);
    if (room.until <= now) return expired(room);
    return {};
}

Json policy_payload(const Room& room, std::string_view organisation) {
    return Json::object({{"policy", to_json(room)}, {"by", organisation}});
}

// Who asks and when is left out: whoever asks the same gets the same.
std::string question_hash(const Charge& charge) {
    Json commitments = Json::array();
    for (const std::string& commitment : charge.commitments)
        commitments.push(commitment);
    return canonical_hash(Json::object({{"room", charge.room},
                                        {"policy", charge.policy},
                                        {"plan", charge.plan},
                                        {"data", std::move(commitments)}}));
}

tl::unexpected<Error> damaged() {
    return fail(Code::kCorrupt, "rooms.snapshot_damaged", "The snapshot of the rooms is damaged.");
}

void save_room(const RoomEntry& entry, ByteWriter& out) {
    out.put_text(to_json(entry.room).to_string());
    out.put_text(entry.proposed_by);
    out.put(static_cast<std::uint32_t>(entry.approvals.size()));
    for (const std::string& organisation : entry.approvals)
        out.put_text(organisation);
    out.put_text(entry.revoked_by);
}

Result<RoomEntry> load_room(ByteReader& in) {
    TRY(const Json json, codec::parse_json(in.get_text()));
    RoomEntry entry;
    TRY(entry.room, room_from_json(json));
    entry.policy = policy_hash(entry.room);
    entry.proposed_by = in.get_text();
    const auto approvals = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < approvals && in.ok(); ++i)
        entry.approvals.emplace(in.get_text());
    entry.revoked_by = in.get_text();
    if (!in.ok()) return damaged();
    return entry;
}

}  // namespace

std::string_view to_string(RoomState state) {
    switch (state) {
        case RoomState::kProposed:
            return "proposed";
        case RoomState::kRunning:
            return "running";
        case RoomState::kExpired:
            return "expired";
        case RoomState::kRevoked:
            return "revoked";
    }
    return "";
}

// ---- commands ----

journal::Decision RoomsBook::propose(const Room& proposal, std::string_view organisation,
                                     Time now) const {
    TRY_VOID(check_proposal(proposal, organisation, now));
    if (rooms_.contains(proposal.id)) {
        return fail(Code::kConflict, "rooms.exists",
                    "There is a room " + proposal.id + " already; choose another id.");
    }
    return std::vector{
        draft("rooms.proposed", proposal.id, policy_payload(proposal, organisation))};
}

journal::Decision RoomsBook::change_policy(const Room& policy, std::string_view organisation,
                                           Time now) const {
    TRY(const RoomEntry* entry, owned(policy.id, organisation));
    if (!entry->revoked_by.empty()) return revoked(*entry);
    TRY_VOID(check_proposal(policy, organisation, now));
    if (policy_hash(policy) == entry->policy) return std::vector<journal::Draft>{};
    return std::vector{
        draft("rooms.policy_changed", policy.id, policy_payload(policy, organisation))};
}

journal::Decision RoomsBook::approve(std::string_view room, std::string_view organisation,
                                     Time now) const {
    TRY(const RoomEntry* entry, owned(room, organisation));
    if (!entry->revoked_by.empty()) return revoked(*entry);
    if (entry->room.until <= now) return expired(entry->room);
    if (entry->approvals.contains(std::string(organisation))) return std::vector<journal::Draft>{};
    return std::vector{draft(
        "rooms.approved", room,
        Json::object({{"room", room}, {"organisation", organisation}, {"policy", entry->policy}}))};
}

journal::Decision RoomsBook::revoke(std::string_view room, std::string_view organisation) const {
    TRY(const RoomEntry* entry, owned(room, organisation));
    if (!entry->revoked_by.empty()) return std::vector<journal::Draft>{};
    return std::vector{draft("rooms.revoked", room,
                             Json::object({{"room", room}, {"organisation", organisation}}))};
}

Result<Asked> RoomsBook::ask(const RoomEntry& entry, const Question& question,
                             const Prepared& prepared, const std::vector<std::string>& commitments,
                             Time now) const {
    Asked asked;
    asked.charge = charge_for(entry, question, prepared, commitments);
    const auto known = asked_.find(asked.charge.question);
    if (known != asked_.end()) {
        const ChargeEntry& first = charges_.at(known->second);
        asked.charge = first.charge;
        if (!first.answer.empty()) asked.stored = first.answer;
        return asked;
    }
    for (const std::size_t table : prepared.plan.tables) {
        const Owner& owner = entry.room.owners[table];
        TRY_VOID(ledger_.check(protected_table(owner), asked.charge.loss, {owner.budget}));
    }
    asked.charge.time = now;
    asked.drafts.push_back(draft("rooms.charged", entry.room.id, to_json(asked.charge)));
    return asked;
}

journal::Decision RoomsBook::raise_ceiling(const Table& table, const Ceiling& ceiling) const {
    TRY_VOID(ledger_.check_raise(table, ceiling));
    return std::vector{draft("rooms.ceiling_raised", table.organisation,
                             Json::object({{"organisation", table.organisation},
                                           {"dataset", table.dataset},
                                           {"epsilon_micro", ceiling.epsilon},
                                           {"delta_atto", ceiling.delta}}))};
}

journal::Decision RoomsBook::answered(std::uint64_t charge, const Json& answer) const {
    const auto entry = charges_.find(charge);
    if (entry == charges_.end()) {
        return fail(Code::kNotFound, "rooms.charge_unknown",
                    "There is no charge " + std::to_string(charge) + " to answer.");
    }
    if (!entry->second.answer.empty()) {
        return fail(Code::kConflict, "rooms.already_answered",
                    "The charge " + std::to_string(charge) + " has an answer already.");
    }
    return std::vector{draft("rooms.answered", entry->second.charge.room,
                             Json::object({{"charge", charge}, {"answer", answer}}))};
}

Result<const RoomEntry*> RoomsBook::owned(std::string_view id,
                                          std::string_view organisation) const {
    const RoomEntry* entry = room(id);
    if (entry == nullptr) {
        return fail(Code::kNotFound, "rooms.unknown", "There is no room of that id.");
    }
    if (!is_owner(entry->room, organisation)) return not_an_owner(id);
    return entry;
}

Result<const RoomEntry*> RoomsBook::askable(std::string_view id, std::string_view organisation,
                                            Time now) const {
    const RoomEntry* entry = room(id);
    if (entry == nullptr) {
        return fail(Code::kNotFound, "rooms.unknown", "There is no room of that id.");
    }
    const std::vector<std::string>& askers = entry->room.askers;
    if (std::find(askers.begin(), askers.end(), organisation) == askers.end()) {
        return fail(
            Code::kDenied, "rooms.not_a_receiver",
            "Your organisation is not one that may ask in the room " + entry->room.id + ".");
    }
    if (!entry->revoked_by.empty()) return revoked(*entry);
    if (entry->room.until <= now) return expired(entry->room);
    if (!missing_approvals(*entry).empty()) return not_approved(*entry);
    return entry;
}

Charge RoomsBook::charge_for(const RoomEntry& entry, const Question& question,
                             const Prepared& prepared,
                             const std::vector<std::string>& commitments) const {
    ALTIS_ASSERT(commitments.size() == prepared.plan.tables.size());
    Charge charge;
    charge.number = charges_.empty() ? 1 : charges_.rbegin()->first + 1;
    charge.room = entry.room.id;
    charge.organisation = question.organisation;
    charge.policy = entry.policy;
    charge.plan = prepared.canonical;
    for (const std::size_t table : prepared.plan.tables)
        charge.tables.push_back(protected_table(entry.room.owners[table]));
    charge.commitments = commitments;
    charge.epsilon = prepared.epsilon;
    charge.loss = prepared.noise.loss();
    charge.question = question_hash(charge);
    return charge;
}

// ---- questions ----

const RoomEntry* RoomsBook::room(std::string_view id) const {
    const auto entry = rooms_.find(id);
    return entry == rooms_.end() ? nullptr : &entry->second;
}

RoomState RoomsBook::state(const RoomEntry& entry, Time now) {
    if (!entry.revoked_by.empty()) return RoomState::kRevoked;
    if (entry.room.until <= now) return RoomState::kExpired;
    return missing_approvals(entry).empty() ? RoomState::kRunning : RoomState::kProposed;
}

std::vector<std::string> RoomsBook::missing_approvals(const RoomEntry& entry) {
    std::vector<std::string> missing;
    for (const Owner& owner : entry.room.owners) {
        const std::string& organisation = owner.table.organisation;
        if (!entry.approvals.contains(organisation)) missing.push_back(organisation);
    }
    return missing;
}

std::string_view RoomsBook::policy(std::string_view hash) const {
    const auto entry = policies_.find(hash);
    return entry == policies_.end() ? std::string_view{} : entry->second;
}

// ---- journal::Book ----

void RoomsBook::apply(const journal::Record& record) {
    if (!record.type.starts_with("rooms.") || record.erased) return;
    const auto parsed = codec::parse_json(record.payload);
    ALTIS_ASSERT(parsed.has_value());
    const Json& payload = *parsed;
    if (record.type == "rooms.proposed" || record.type == "rooms.policy_changed") {
        apply_policy(payload);
    } else if (record.type == "rooms.approved") {
        RoomEntry& entry = rooms_.find(payload["room"].as_string())->second;
        // An approval of a policy that was changed meanwhile does not count for the new one.
        if (payload["policy"].as_string() == entry.policy) {
            entry.approvals.emplace(payload["organisation"].as_string());
        }
    } else if (record.type == "rooms.revoked") {
        RoomEntry& entry = rooms_.find(payload["room"].as_string())->second;
        if (entry.revoked_by.empty()) entry.revoked_by = payload["organisation"].as_string();
    } else if (record.type == "rooms.charged") {
        apply_charged(payload);
    } else if (record.type == "rooms.answered") {
        apply_answered(payload);
    } else if (record.type == "rooms.ceiling_raised") {
        ledger_.raise({std::string(payload["organisation"].as_string()),
                       std::string(payload["dataset"].as_string())},
                      {payload["epsilon_micro"].as_int(), payload["delta_atto"].as_int()});
    }
}

void RoomsBook::apply_policy(const Json& payload) {
    const Result<Room> room = room_from_json(payload["policy"]);
    ALTIS_ASSERT(room.has_value());
    RoomEntry& entry = rooms_[room->id];
    if (entry.proposed_by.empty()) entry.proposed_by = payload["by"].as_string();
    entry.room = *room;
    entry.policy = policy_hash(*room);
    entry.approvals.clear();
    policies_[entry.policy] = canonical_json(to_json(*room));
}

void RoomsBook::apply_charged(const Json& payload) {
    Charge charge = charge_from_json(payload);
    // Before all else, and whatever else is known of this charge: what was spent is spent.
    // Two inputs of the same fans are one table.
    const std::set<Table> tables(charge.tables.begin(), charge.tables.end());
    for (const Table& table : tables)
        ledger_.charge(table, charge.loss);
    const std::uint64_t number = charge.number;
    asked_.emplace(charge.question, number);
    charges_.emplace(number, ChargeEntry{std::move(charge), ""});
}

void RoomsBook::apply_answered(const Json& payload) {
    const auto number = static_cast<std::uint64_t>(payload["charge"].as_int());
    const auto entry = charges_.find(number);
    ALTIS_ASSERT(entry != charges_.end());
    if (!entry->second.answer.empty()) return;
    entry->second.answer = payload["answer"].to_string();
}

void RoomsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(policies_.size()));
    for (const auto& [hash, policy] : policies_)
        out.put_text(policy);
    out.put(static_cast<std::uint32_t>(rooms_.size()));
    for (const auto& [id, entry] : rooms_)
        save_room(entry, out);
    out.put(static_cast<std::uint64_t>(charges_.size()));
    for (const auto& [number, entry] : charges_) {
        out.put_text(to_json(entry.charge).to_string());
        out.put_text(entry.answer);
    }
    ledger_.save(out);
}

Result<void> RoomsBook::load(ByteReader& in) {
    *this = RoomsBook();
    TRY_VOID(load_policies(in));
    const auto rooms = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < rooms; ++i) {
        TRY(RoomEntry entry, load_room(in));
        rooms_[entry.room.id] = std::move(entry);
    }
    TRY_VOID(load_charges(in));
    return ledger_.load(in);
}

Result<void> RoomsBook::load_policies(ByteReader& in) {
    const auto policies = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < policies; ++i) {
        const std::string_view policy = in.get_text();
        TRY(const Json json, codec::parse_json(policy));
        policies_[canonical_hash(json)] = policy;
    }
    return {};
}

Result<void> RoomsBook::load_charges(ByteReader& in) {
    const auto charges = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < charges; ++i) {
        TRY(const Json json, codec::parse_json(in.get_text()));
        Charge charge = charge_from_json(json);
        const std::uint64_t number = charge.number;
        asked_.emplace(charge.question, number);
        charges_[number] = {std::move(charge), std::string(in.get_text())};
    }
    return {};
}

}  // namespace altis::cleanroom
