// Activation lists: persons who are in two tables of a room, one by one. A list is no aggregate:
// it has no noise and costs no budget, so it is asked for under rules of its own. The policy must
// permit activation with a purpose; each list needs a yes from the owners of both tables (who asks
// says it by asking); and the persons in it consented to the purpose.
//
// Journal records, with the topic "room":
//   activations.asked      a list was asked for, of the data as they are
//   activations.approved   by an owner of one of its tables
//   activations.released   a list left; holds its receipt and no person
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/rooms_book.h"
#include "journal/book.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxActivations = 10'000;  // of a room

// What is asked for, by the names of the room's tables.
struct ActivationOrder {
    std::string fans;  // a table of fans
    std::string with;  // the other owner's data set
    friend bool operator==(const ActivationOrder&, const ActivationOrder&) = default;
};

// {"fans", "with"}. Fails with "json.missing" or "json.wrong_type".
Result<ActivationOrder> activation_order_from_json(const codec::Json& json);

struct Activation {
    std::uint64_t number = 0;  // counted from 1 per installation
    std::string room;
    std::string organisation;  // who asked, and alone gets the list
    std::string policy;        // under which it was asked for, and may leave
    ActivationOrder order;
    std::string commitment;  // hex, to the other owner's data set; the list is of this version
    Time asked_at;
    std::set<std::string> approvals;
    std::uint64_t released = 0;  // how many times the list left
    codec::Json receipt;         // of the last time; null before
};

// The owners of its two tables who have not said yes.
std::vector<std::string> missing_approvals(const Room& room, const Activation& activation);

// The tables that an order names. Borrows from the room.
struct ActivationTables {
    const Owner* fans = nullptr;
    const Owner* with = nullptr;
};
// Fails with "rooms.activation_not_permitted", or "rooms.activation_invalid" unless `fans` is one
// of fans and `with` a data set of somebody else.
Result<ActivationTables> activation_tables(const Room& room, const ActivationOrder& order);

class ActivationsBook final : public journal::Book {
  public:
    // ---- commands ----

    // In a room that is `askable`. No draft when the same list waits or was approved already:
    // `find` has it. Fails like activation_tables, and with "rooms.not_a_receiver" or
    // "rooms.too_many_activations".
    journal::Decision ask(const RoomEntry& entry, std::string_view organisation,
                          const ActivationOrder& order, std::string_view commitment) const;

    // No draft when the owner approved it before. Fails with "rooms.activation_unknown",
    // "rooms.not_an_owner" (of one of its tables) or "rooms.activation_overtaken".
    journal::Decision approve(const RoomEntry& entry, std::uint64_t number,
                              std::string_view organisation) const;

    // What a list that left was. The receipt is a signed one.
    journal::Decision released(const Activation& activation, const codec::Json& receipt) const;

    // ---- questions ----

    // The activation, when this organisation may have its list: the room's policy is still the one
    // it was asked under, the other table still the version, and nobody's approval is missing.
    // Fails with "rooms.activation_unknown", "rooms.not_a_receiver", "rooms.activation_overtaken"
    // or "rooms.not_approved".
    Result<const Activation*> releasable(const RoomEntry& entry, std::uint64_t number,
                                         std::string_view organisation,
                                         std::string_view commitment) const;

    // Null when there is none. Valid until the next apply.
    const Activation* activation(std::string_view room, std::uint64_t number) const;
    const Activation* find(const RoomEntry& entry, std::string_view organisation,
                           const ActivationOrder& order, std::string_view commitment) const;
    const std::map<std::uint64_t, Activation>& activations() const { return activations_; }

    // ---- journal::Book ----
    std::string_view name() const override { return "activations"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    Result<const Activation*> known(const RoomEntry& entry, std::uint64_t number) const;

    std::map<std::uint64_t, Activation> activations_;
};

// What is signed about a list that leaves.
struct ActivationRelease {
    const Room& room;
    const Activation& activation;
    std::string fans_commitment;  // hex, to all fans of the room's table who consent to clean rooms
    std::string list;             // CSV
    std::size_t rows = 0;
    Time now;
};

// {"activation", "room", "organisation", "purpose", "edition", "rows", "list", "trust", "receipt"};
// `verify_answer` checks it.
codec::Json signed_list(const ActivationRelease& release, const crypto::Signer& signer);

}  // namespace altis::cleanroom
