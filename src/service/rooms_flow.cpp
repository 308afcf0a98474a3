#include "service/rooms_flow.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cleanroom/treasury/field_values.h"
#include "codec/text.h"
#include "service/access.h"

namespace altis::service {
namespace {

using cleanroom::OverlapInput;
using cleanroom::Rows;
using codec::Json;

constexpr std::string_view kSegmentPrefix = "segment:";
constexpr std::uint8_t kAttendedBit = 1;
constexpr std::uint8_t kBookedBit = 1;

// Noise comes from the machine's own randomness.
class MachineBits final : public cleanroom::RandomBits {
  public:
    explicit MachineBits(platform::Random& random) : random_(random) {}
    std::uint64_t next_u64() override { return random_.next_u64(); }

  private:
    platform::Random& random_;
};

// A question on its way through its turns.
struct Asking {
    Services& services;
    server::Responder respond;
    RoomSide left;
    RoomSide right;
    cleanroom::Charge charge;
};
using Shared = std::shared_ptr<Asking>;

cleanroom::Tag tag_of(std::string_view email_tag) {
    cleanroom::Tag tag{};
    std::copy_n(email_tag.begin(), tag.size(), tag.begin());
    return tag;
}

// The fans of a segment who consented to clean rooms and are known by an address. Everybody else is
// not in the room.
Result<RoomSide> segment_side(const World& world, std::string_view id, const cleanroom::Room& room,
                              std::string_view attended) {
    const auto* segment = world.fans.segment(id);
    if (segment == nullptr) {
        return fail(Code::kNotFound, "rooms.dataset_unknown",
                    "the segment '" + std::string(id) + "' of the room is not defined");
    }
    const fans::Feature feature{fans::Measure::kAttended, attended};
    Rows rows;
    for (const SubjectId fan : segment->members.members()) {
        const std::string_view tag = world.fans.email_tag(fan);
        if (tag.empty() || !world.has_consent(fan, rights::Purpose::kCleanRoom, room.edition)) {
            continue;
        }
        const bool was_there = world.fans.value(fan, feature) > 0;
        rows.add(tag_of(tag), was_there ? kAttendedBit : 0);
    }
    RoomSide side{cleanroom::canonical_union(rows.view()), kAttendedBit, {}};
    side.commitment = codec::to_hex(crypto::as_text(cleanroom::commitment(side.rows.view())));
    return side;
}

// Which codes of a dimension say yes.
std::vector<bool> yes_codes(const cleanroom::Dimension& dimension) {
    std::vector<bool> is_yes(dimension.codes());
    for (std::size_t i = 0; i < dimension.values.size(); ++i)
        is_yes[i] = cleanroom::parse_yes_or_no(dimension.values[i]).value_or(false);
    return is_yes;
}

Result<RoomSide> dataset_side(const World& world, const Treasuries& treasuries,
                              const cleanroom::Table& place) {
    const auto* dataset = world.treasury.dataset(place.organisation, place.dataset);
    if (dataset == nullptr) {
        return fail(
            Code::kNotFound, "rooms.dataset_unknown",
            "'" + place.organisation + "' has not imported the data set '" + place.dataset + "'");
    }
    TRY(const SharedTable table, treasuries.table(*dataset));
    TRY(const std::size_t booked, table->schema.dimension("booked"));
    const std::vector<bool> is_yes = yes_codes(table->schema.dimensions[booked]);
    Rows rows;
    for (std::size_t i = 0; i < table->rows(); ++i)
        rows.add(table->tags[i], is_yes[table->codes[booked][i]] ? kBookedBit : 0);
    return RoomSide{cleanroom::canonical_union(rows.view()), kBookedBit, dataset->commitment};
}

void answer_from(Turn& turn, const server::Responder& respond, std::string_view stored) {
    const auto released = cleanroom::released(stored);
    respond_when_durable(
        turn, respond,
        released ? server::json_response(200, *released) : server::problem(released.error()));
}

// The charge is durable: compute, keep the answer, hand it out.
void compute(Turn& turn, const Shared& asking) {
    // The same question may have been asked twice at once: one charge pays for one answer.
    const auto& charged = turn.world().rooms.charges().at(asking->charge.number);
    if (!charged.answer.empty()) return answer_from(turn, asking->respond, charged.answer);
    Core& core = asking->services.core;
    MachineBits bits(core.random());
    const OverlapInput input{asking->left.rows.view(), asking->right.rows.view(), asking->left.bits,
                             asking->right.bits};
    const Json answer =
        cleanroom::answer_question(asking->charge, input, bits, turn.now(), core.signer());
    const auto kept = turn.commit(turn.world().rooms.answered(asking->charge.number, answer));
    if (!kept) return asking->respond(server::problem(kept.error()));
    answer_from(turn, asking->respond, answer.to_string());
}

}  // namespace

Result<RoomSide> room_side(const World& world, const Treasuries& treasuries,
                           const cleanroom::Room& room, std::size_t index,
                           std::string_view attended) {
    const cleanroom::Table& table = room.owners[index].table;
    if (!table.dataset.starts_with(kSegmentPrefix)) return dataset_side(world, treasuries, table);
    const auto owner = world.rights.owner(rights::Category::kFanEngagement, room.edition);
    if (owner != table.organisation) {
        return fail(Code::kDenied, "rooms.not_an_owner",
                    "'" + table.organisation + "' does not own the fans of " + room.edition);
    }
    return segment_side(world, table.dataset.substr(kSegmentPrefix.size()), room, attended);
}

Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond) {
    const World& world = call.turn.world();
    // A question that the room refuses anyway must not depend on the data.
    TRY(const auto* entry, world.rooms.askable(question, call.turn.now()));
    auto asking = std::make_shared<Asking>(Asking{services, respond, {}, {}, {}});
    const std::string_view attended = question.parameters["attended"].as_string();
    TRY(asking->left, room_side(world, services.treasuries, entry->room, 0, attended));
    TRY(asking->right, room_side(world, services.treasuries, entry->room, 1, attended));
    const std::vector<std::string> commitments = {asking->left.commitment,
                                                  asking->right.commitment};
    TRY(auto asked, world.rooms.ask(question, commitments, call.turn.now()));
    TRY_VOID(require_access_on_record(call,
                                      access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kCleanRoom, entry->room.edition),
                                      asking->left.rows.size() + asking->right.rows.size()));
    if (asked.stored) {
        answer_from(call.turn, respond, *asked.stored);
        return {};
    }
    asking->charge = asked.charge;
    call.turn.commit(std::move(asked.drafts));
    call.turn.then(
        TaskKind::kWrite, [asking](Turn& turn) { compute(turn, asking); },
        [respond](const Error& error) { respond(server::problem(error)); });
    return {};
}

namespace {

// Named by policy and receiver, so that a changed policy needs a new grant.
std::string grant_id(const cleanroom::Room& room, const std::string& policy,
                     const std::string& receiver) {
    std::string name = room.id;
    name.append("\n").append(policy).append("\n").append(receiver);
    return "room-" + codec::to_hex(crypto::as_text(crypto::sha256(name))).substr(0, 32);
}

}  // namespace

std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner) {
    std::vector<rights::Grant> grants;
    if (world.rights.owner(rights::Category::kFanEngagement, room.edition) != owner) return grants;
    const std::string policy = cleanroom::policy_hash(room);
    for (const std::string& receiver : room.receivers) {
        if (receiver == owner) continue;
        rights::Grant grant;
        grant.id = grant_id(room, policy, receiver);
        grant.owner = owner;
        grant.grantee = receiver;
        grant.category = rights::Category::kFanEngagement;
        grant.purpose = rights::Purpose::kCleanRoom;
        grant.edition = room.edition;
        grant.until = room.until;
        grant.policy = "Clean room '" + room.id + "' under policy " + policy;
        grants.push_back(std::move(grant));
    }
    return grants;
}

}  // namespace altis::service
