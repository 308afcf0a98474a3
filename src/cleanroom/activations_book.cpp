#include "cleanroom/activations_book.h"

#include <algorithm>

#include "base/assert.h"
#include "cleanroom/canonical.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::string_view kAsked = "activations.asked";
constexpr std::string_view kApproved = "activations.approved";
constexpr std::string_view kReleased = "activations.released";

std::vector<journal::Draft> one_draft(std::string_view type, const std::string& room,
                                      const Json& payload) {
    return {{std::string(type), room, kNoSubject, payload.to_string()}};
}

const Owner* owner_named(const Room& room, std::string_view name) {
    const auto found = std::ranges::find(room.owners, name, &Owner::name);
    return found == room.owners.end() ? nullptr : &*found;
}

bool has_fans(const Owner& owner) {
    return owner.table.dataset == kFansDataset || owner.table.dataset.starts_with(kSegmentPrefix);
}

tl::unexpected<Error> overtaken(std::uint64_t number) {
    return fail(Code::kConflict, "rooms.activation_overtaken",
                "The policy of the room or the data set has changed since the activation list " +
                    std::to_string(number) + " was asked for; ask for a new one.");
}

Json to_json(const Activation& activation) {
    Json approvals = Json::array();
    for (const std::string& organisation : activation.approvals)
        approvals.push(organisation);
    return Json::object({{"activation", activation.number},
                         {"room", activation.room},
                         {"organisation", activation.organisation},
                         {"policy", activation.policy},
                         {"fans", activation.order.fans},
                         {"with", activation.order.with},
                         {"commitment", activation.commitment},
                         {"asked_at_us", activation.asked_at.us},
                         {"approvals", std::move(approvals)},
                         {"released", activation.released},
                         {"receipt", activation.receipt}});
}

Activation activation_from_json(const Json& json) {
    Activation activation;
    activation.number = static_cast<std::uint64_t>(json["activation"].as_int());
    activation.room = json["room"].as_string();
    activation.organisation = json["organisation"].as_string();
    activation.policy = json["policy"].as_string();
    activation.order = {std::string(json["fans"].as_string()),
                        std::string(json["with"].as_string())};
    activation.commitment = json["commitment"].as_string();
    activation.asked_at = {json["asked_at_us"].as_int()};
    for (const Json& organisation : json["approvals"].items())
        activation.approvals.emplace(organisation.as_string());
    activation.released = static_cast<std::uint64_t>(json["released"].as_int());
    activation.receipt = json["receipt"];
    return activation;
}

}  // namespace

Result<ActivationOrder> activation_order_from_json(const Json& json) {
    ActivationOrder order;
    TRY(order.fans, codec::require_string(json, "fans"));
    TRY(order.with, codec::require_string(json, "with"));
    return order;
}

Result<ActivationTables> activation_tables(const Room& room, const ActivationOrder& order) {
    if (!room.activation) {
        return fail(Code::kDenied, "rooms.activation_not_permitted",
                    "The policy of the room " + room.id +
                        " permits no activation lists; its owners can agree on one with "
                        "\"activation\": {\"purpose\", \"minimum\"}.");
    }
    const ActivationTables tables{owner_named(room, order.fans), owner_named(room, order.with)};
    if (tables.fans != nullptr && tables.with != nullptr && has_fans(*tables.fans) &&
        !has_fans(*tables.with) &&
        tables.fans->table.organisation != tables.with->table.organisation) {
        return tables;
    }
    return fail(Code::kInvalid, "rooms.activation_invalid",
                "\"fans\" must name a table of fans of the room " + room.id +
                    ", and \"with\" another owner's data set.");
}

std::vector<std::string> missing_approvals(const Room& room, const Activation& activation) {
    std::vector<std::string> missing;
    for (const std::string& name : {activation.order.fans, activation.order.with}) {
        const Owner* const owner = owner_named(room, name);
        if (owner == nullptr) continue;  // of an older policy: nothing can be approved any more
        const std::string& organisation = owner->table.organisation;
        if (organisation != activation.organisation && !activation.approvals.contains(organisation))
            missing.push_back(organisation);
    }
    return missing;
}

// ---- commands ----

journal::Decision ActivationsBook::ask(const RoomEntry& entry, std::string_view organisation,
                                       const ActivationOrder& order,
                                       std::string_view commitment) const {
    const Room& room = entry.room;
    TRY_VOID(activation_tables(room, order));
    if (std::ranges::find(room.receivers, organisation) == room.receivers.end()) {
        return fail(Code::kDenied, "rooms.not_a_receiver",
                    "Your organisation does not receive what the room " + room.id + " answers.");
    }
    if (find(entry, organisation, order, commitment) != nullptr)
        return std::vector<journal::Draft>{};
    const auto of_room = std::ranges::count_if(
        activations_, [&room](const auto& known) { return known.second.room == room.id; });
    if (static_cast<std::size_t>(of_room) >= kMaxActivations) {
        return fail(
            Code::kTooLarge, "rooms.too_many_activations",
            "The room " + room.id + " was asked for 10,000 activation lists; propose a new room.");
    }
    Activation activation;
    activation.number = activations_.empty() ? 1 : activations_.rbegin()->first + 1;
    activation.room = room.id;
    activation.organisation = organisation;
    activation.policy = entry.policy;
    activation.order = order;
    activation.commitment = commitment;
    return one_draft(kAsked, room.id, to_json(activation));
}

journal::Decision ActivationsBook::approve(const RoomEntry& entry, std::uint64_t number,
                                           std::string_view organisation) const {
    TRY(const Activation* const activation, known(entry, number));
    if (activation->policy != entry.policy) return overtaken(number);
    TRY(const ActivationTables tables, activation_tables(entry.room, activation->order));
    if (tables.fans->table.organisation != organisation &&
        tables.with->table.organisation != organisation) {
        return fail(Code::kDenied, "rooms.not_an_owner",
                    "Only the owners of the two tables approve the activation list " +
                        std::to_string(number) + ".");
    }
    if (activation->approvals.contains(std::string(organisation)) ||
        activation->organisation == organisation) {
        return std::vector<journal::Draft>{};
    }
    return one_draft(
        kApproved, entry.room.id,
        Json::object({{"activation", number}, {"organisation", std::string(organisation)}}));
}

journal::Decision ActivationsBook::released(const Activation& activation,
                                            const Json& receipt) const {
    return one_draft(kReleased, activation.room,
                     Json::object({{"activation", activation.number}, {"receipt", receipt}}));
}

// ---- questions ----

Result<const Activation*> ActivationsBook::known(const RoomEntry& entry,
                                                 std::uint64_t number) const {
    const Activation* const found = activation(entry.room.id, number);
    if (found != nullptr) return found;
    return fail(Code::kNotFound, "rooms.activation_unknown",
                "The room " + entry.room.id + " has no activation list of that number.");
}

Result<const Activation*> ActivationsBook::releasable(const RoomEntry& entry, std::uint64_t number,
                                                      std::string_view organisation,
                                                      std::string_view commitment) const {
    TRY(const Activation* const activation, known(entry, number));
    if (activation->organisation != organisation) {
        return fail(Code::kDenied, "rooms.not_a_receiver",
                    "An activation list is for the organisation that asked for it.");
    }
    if (activation->policy != entry.policy || activation->commitment != commitment)
        return overtaken(number);
    const auto missing = missing_approvals(entry.room, *activation);
    if (missing.empty()) return activation;
    std::string names;
    for (const std::string& name : missing)
        names += (names.empty() ? "" : ", ") + name;
    return fail(Code::kDenied, "rooms.not_approved",
                "The activation list " + std::to_string(number) + " still needs the approval of " +
                    names + ".");
}

const Activation* ActivationsBook::activation(std::string_view room, std::uint64_t number) const {
    const auto entry = activations_.find(number);
    return entry == activations_.end() || entry->second.room != room ? nullptr : &entry->second;
}

const Activation* ActivationsBook::find(const RoomEntry& entry, std::string_view organisation,
                                        const ActivationOrder& order,
                                        std::string_view commitment) const {
    const auto found = std::ranges::find_if(activations_, [&](const auto& known) {
        const Activation& one = known.second;
        return one.room == entry.room.id && one.organisation == organisation &&
               one.policy == entry.policy && one.order == order && one.commitment == commitment;
    });
    return found == activations_.end() ? nullptr : &found->second;
}

// ---- journal::Book ----

void ActivationsBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("activations.")) return;
    const auto payload = codec::parse_json(record.payload);
    ALTIS_ASSERT(payload.has_value());
    const auto number = static_cast<std::uint64_t>((*payload)["activation"].as_int());
    if (record.type == kAsked) {
        Activation activation = activation_from_json(*payload);
        activation.asked_at = record.time;
        activations_[number] = std::move(activation);
        return;
    }
    const auto entry = activations_.find(number);
    ALTIS_ASSERT(entry != activations_.end());
    if (record.type == kApproved) {
        entry->second.approvals.emplace((*payload)["organisation"].as_string());
    } else if (record.type == kReleased) {
        ++entry->second.released;
        entry->second.receipt = (*payload)["receipt"];
    }
}

void ActivationsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(activations_.size()));
    for (const auto& [number, activation] : activations_)
        out.put_text(to_json(activation).to_string());
}

Result<void> ActivationsBook::load(ByteReader& in) {
    *this = ActivationsBook();
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
        TRY(const Json json, codec::parse_json(in.get_text()));
        Activation activation = activation_from_json(json);
        const std::uint64_t number = activation.number;
        activations_[number] = std::move(activation);
    }
    if (in.ok()) return {};
    return fail(Code::kCorrupt, "rooms.snapshot_damaged",
                "The snapshot of the activation lists is damaged.");
}

// ---- what leaves ----

Json signed_list(const ActivationRelease& release, const crypto::Signer& signer) {
    const auto& [room, activation, fans_commitment, list, rows, now] = release;
    const Json answer = Json::object({{"activation", activation.number},
                                      {"room", room.id},
                                      {"organisation", activation.organisation},
                                      {"purpose", room.activation->purpose},
                                      {"edition", room.edition},
                                      {"rows", rows},
                                      {"list", list},
                                      {"trust", kTrust},
                                      {"policy", activation.policy}});
    const Json plan = Json::object({{"template", "activation_list"},
                                    {"fans", activation.order.fans},
                                    {"with", activation.order.with},
                                    {"purpose", room.activation->purpose},
                                    {"minimum", room.activation->minimum}});
    Json data = Json::array();
    Json approvals = Json::array();
    for (const Owner& owner : room.owners) {
        const bool is_fans = owner.name == activation.order.fans;
        if (!is_fans && owner.name != activation.order.with) continue;
        data.push(
            Json::object({{"organisation", owner.table.organisation},
                          {"dataset", owner.table.dataset},
                          {"commitment", is_fans ? fans_commitment : activation.commitment}}));
        approvals.push(owner.table.organisation);
    }
    return with_receipt(answer,
                        Json::object({{"activation", activation.number},
                                      {"room", room.id},
                                      {"organisation", activation.organisation},
                                      {"plan", plan},
                                      {"policy_hash", activation.policy},
                                      {"data", std::move(data)},
                                      {"approved_by", std::move(approvals)},
                                      {"rows", rows},
                                      {"trust", kTrust},
                                      {"time", format_rfc3339(now)}}),
                        signer);
}

}  // namespace altis::cleanroom
