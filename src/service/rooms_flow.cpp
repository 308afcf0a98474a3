#include "service/rooms_flow.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cleanroom/crossing/blind.h"
#include "cleanroom/receipt.h"
#include "codec/text.h"
#include "service/access.h"
#include "service/fans_table.h"

namespace altis::service {
namespace {

using codec::Json;

using SharedTable = std::shared_ptr<const cleanroom::TableData>;

// Rows with their attributes, each a yes or a no.
SharedTable table_of(const std::vector<std::string>& attributes, const cleanroom::Rows& rows) {
    cleanroom::Schema schema;
    schema.key_column = "email";
    for (const std::string& attribute : attributes) {
        schema.dimensions.push_back({attribute, cleanroom::Domain::kPublic, {"yes", "no"}});
    }
    cleanroom::TableBuilder builder(schema);
    std::vector<std::uint16_t> codes(attributes.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t i = 0; i < codes.size(); ++i)
            codes[i] = (rows.flags[row] >> i & 1) != 0 ? 0 : 1;
        builder.add(rows.tags[row], {codes, {}, {}});
    }
    return std::make_shared<const cleanroom::TableData>(std::move(builder).finish());
}

// The tables of a room, by owner. A schema lives in the table, or beside it while there is none.
struct RoomTables {
    std::vector<SharedTable> tables;  // null: fans, who are gathered when a plan reads them
    std::vector<std::unique_ptr<const cleanroom::Schema>> fans;
    std::vector<std::string> commitments;  // hex
    std::string trust{cleanroom::kTrust};

    std::vector<const cleanroom::Schema*> schemas() const {
        std::vector<const cleanroom::Schema*> list;
        for (std::size_t i = 0; i < tables.size(); ++i) {
            list.push_back(fans[i]                ? fans[i].get()
                           : tables[i] != nullptr ? &tables[i]->schema
                                                  : nullptr);
        }
        return list;
    }
};

// The mark of a data set that came tagged stands behind its attributes.
std::optional<cleanroom::crossing::TaggedMark> mark_of(const cleanroom::Dataset* dataset) {
    if (dataset == nullptr || dataset->attributes.empty()) return std::nullopt;
    return cleanroom::crossing::read_mark(dataset->attributes.back());
}

using Datasets = std::vector<const cleanroom::Dataset*>;  // by owner; null: fans, or none yet

// Both owners tagged their tables with one study key: opens what both know.
Result<void> open_tagged(const Datasets& datasets, RoomTables& found) {
    using cleanroom::crossing::StudySide;
    const auto left = mark_of(datasets[0]);
    const auto right = mark_of(datasets[1]);
    if (datasets.size() != 2 || !left || !right || left->side != StudySide::kLeft ||
        right->side != StudySide::kRight || left->study_key_id != right->study_key_id) {
        return fail(Code::kConflict, "rooms.mixed_trust",
                    "Both owners must bring tables tagged with one study key, the first of the "
                    "room as left and the second as right; or neither may.");
    }
    const auto opened =
        cleanroom::crossing::open_matched(datasets[0]->rows.view(), datasets[1]->rows.view());
    const auto without_mark = [](std::vector<std::string> attributes) {
        attributes.pop_back();
        return attributes;
    };
    found.tables[0] = table_of(without_mark(datasets[0]->attributes), opened.left);
    found.tables[1] = table_of(without_mark(datasets[1]->attributes), opened.right);
    found.trust = cleanroom::crossing::kBlindTrust;
    return {};
}

Result<RoomTables> tables_of(const World& world, const cleanroom::Room& room) {
    RoomTables found;
    Datasets datasets;
    for (const cleanroom::Owner& owner : room.owners) {
        std::unique_ptr<const cleanroom::Schema> fans;
        const cleanroom::Dataset* dataset = nullptr;
        if (is_fans_table(owner)) {
            TRY(cleanroom::Schema schema, fans_schema(owner));
            fans = std::make_unique<const cleanroom::Schema>(std::move(schema));
        } else {
            dataset = world.treasury.dataset(owner.table.organisation, owner.table.dataset);
        }
        found.commitments.push_back(dataset != nullptr ? dataset->commitment : std::string());
        found.fans.push_back(std::move(fans));
        datasets.push_back(dataset);
    }
    found.tables.resize(datasets.size());
    if (std::ranges::any_of(datasets, [](const auto* one) { return mark_of(one).has_value(); })) {
        TRY_VOID(open_tagged(datasets, found));
        return found;
    }
    for (std::size_t i = 0; i < datasets.size(); ++i) {
        if (datasets[i] != nullptr) {
            found.tables[i] = table_of(datasets[i]->attributes, datasets[i]->rows);
        }
    }
    return found;
}

// A question on its way through its turns and the background thread. The room is a copy: its policy
// may be changed meanwhile.
struct Asking {
    Services& services;
    server::Responder respond;
    cleanroom::Room room;
    RoomTables tables;
    cleanroom::Prepared prepared;
    cleanroom::Charge charge;
    crypto::StreamSeed seed;
};
using Shared = std::shared_ptr<Asking>;

std::string commitment_of(const cleanroom::TableData& table) {
    return codec::to_hex(crypto::as_text(cleanroom::commitment(table)));
}

// Gathers the fans that the plan reads.
Result<void> gather_fans(const World& world, Asking& asking) {
    for (const std::size_t index : asking.prepared.plan.tables) {
        if (!asking.tables.fans[index]) continue;
        TRY(cleanroom::TableData table,
            fans_table(world, asking.room, asking.room.owners[index], *asking.tables.fans[index]));
        asking.tables.commitments[index] = commitment_of(table);
        asking.tables.tables[index] =
            std::make_shared<const cleanroom::TableData>(std::move(table));
    }
    return {};
}

std::vector<std::string> commitments_of(const Asking& asking) {
    std::vector<std::string> commitments;
    for (const std::size_t index : asking.prepared.plan.tables)
        commitments.push_back(asking.tables.commitments[index]);
    return commitments;
}

std::uint64_t rows_of(const Asking& asking) {
    std::uint64_t rows = 0;
    for (const std::size_t index : asking.prepared.plan.tables)
        rows += asking.tables.tables[index]->rows();
    return rows;
}

void answer_from(Turn& turn, const server::Responder& respond, std::string_view stored) {
    const auto released = cleanroom::released(stored);
    respond_when_durable(
        turn, respond,
        released ? server::json_response(200, *released) : server::problem(released.error()));
}

// The same question may have been asked twice at once: one charge pays for one answer.
bool answer_if_stored(Turn& turn, const Asking& asking) {
    const auto& charged = turn.world().rooms.charges().at(asking.charge.number);
    if (charged.answer.empty()) return false;
    answer_from(turn, asking.respond, charged.answer);
    return true;
}

void keep(Turn& turn, const Shared& asking, const Json& figures) {
    if (answer_if_stored(turn, *asking)) return;
    const Json answer = cleanroom::signed_answer(figures, asking->charge, turn.now(),
                                                 asking->services.core.signer());
    const auto kept = turn.commit(turn.world().rooms.answered(asking->charge.number, answer));
    if (!kept) return asking->respond(server::problem(kept.error()));
    answer_from(turn, asking->respond, answer.to_string());
}

// Background thread: the whole engine.
void compute(const Shared& asking) {
    std::vector<const cleanroom::TableData*> tables;
    for (const std::size_t index : asking->prepared.plan.tables)
        tables.push_back(asking->tables.tables[index].get());
    cleanroom::AnswerBits bits(asking->seed);
    Json figures = cleanroom::answer_figures(asking->prepared, tables, bits);
    asking->services.core.post(
        TaskKind::kWrite,
        [asking, figures = std::move(figures)](Turn& turn) { keep(turn, asking, figures); },
        [asking](const Error& error) { asking->respond(server::problem(error)); });
}

// The charge is durable.
void begin(Turn& turn, const Shared& asking) {
    if (answer_if_stored(turn, *asking)) return;
    asking->services.core.random().fill(asking->seed);
    asking->services.background.post([asking] { compute(asking); });
}

}  // namespace

Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond) {
    const World& world = call.turn.world();
    const Time now = call.turn.now();
    TRY(const auto* entry, world.rooms.askable(question.room, question.organisation, now));
    auto asking = std::make_shared<Asking>(Asking{services, respond, entry->room, {}, {}, {}, {}});
    TRY(asking->tables, tables_of(world, asking->room));
    // What the room refuses anyway must not depend on rows.
    cleanroom::Question judged = question;
    judged.trust = asking->tables.trust;
    TRY(asking->prepared, prepare(asking->room, judged, asking->tables.schemas()));
    TRY_VOID(gather_fans(world, *asking));
    TRY(auto asked,
        world.rooms.ask(*entry, judged, asking->prepared, commitments_of(*asking), now));
    TRY_VOID(require_access_on_record(call,
                                      access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kCleanRoom, asking->room.edition),
                                      rows_of(*asking)));
    if (asked.stored) {
        answer_from(call.turn, respond, *asked.stored);
        return {};
    }
    asking->charge = asked.charge;
    call.turn.commit(std::move(asked.drafts));
    call.turn.then(
        TaskKind::kWrite, [asking](Turn& turn) { begin(turn, asking); },
        [respond](const Error& error) { respond(server::problem(error)); });
    return {};
}

Result<Json> explain_questions(Call& call, const std::vector<cleanroom::Question>& questions) {
    const World& world = call.turn.world();
    cleanroom::PrivacyLedger ledger = world.rooms.ledger();
    Json list = Json::array();
    for (const cleanroom::Question& question : questions) {
        TRY(const auto* entry,
            world.rooms.askable(question.room, question.organisation, call.turn.now()));
        const cleanroom::Room& room = entry->room;
        TRY(const RoomTables tables, tables_of(world, room));
        TRY(const cleanroom::Prepared prepared, prepare(room, question, tables.schemas()));
        Json explained = cleanroom::explain(room, prepared, ledger);
        const bool fits = std::ranges::all_of(
            explained["tables"].items(), [](const Json& table) { return table["fits"].as_bool(); });
        explained.set("fits", fits);
        list.push(std::move(explained));
        if (!fits) continue;
        for (const std::size_t table : prepared.plan.tables)
            ledger.charge(cleanroom::protected_table(room.owners[table]), prepared.noise.loss());
    }
    return Json::object({{"items", std::move(list)}});
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
