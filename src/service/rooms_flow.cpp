#include "service/rooms_flow.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cleanroom/crossing/blind.h"
#include "cleanroom/receipt.h"
#include "codec/text.h"
#include "service/access.h"
#include "service/fans_table.h"
#include "service/treasuries.h"

namespace altis::service {
namespace {

using codec::Json;

// What is known of a room's tables before a row of theirs is looked at, by owner.
struct RoomTables {
    std::vector<SharedTable> stored;  // as their files have them; null: fans, or nothing imported
    std::vector<std::shared_ptr<const cleanroom::Schema>> schemas;  // null: nothing imported yet
    std::vector<std::string> commitments;  // hex; of fans when they are gathered
    std::vector<std::optional<cleanroom::crossing::TaggedMark>> marks;

    std::vector<const cleanroom::Schema*> schema_list() const {
        std::vector<const cleanroom::Schema*> list;
        for (const auto& schema : schemas)
            list.push_back(schema.get());
        return list;
    }
    bool is_tagged() const {
        return std::ranges::any_of(marks, [](const auto& mark) { return mark.has_value(); });
    }
    std::string_view trust() const {
        return is_tagged() ? cleanroom::crossing::kBlindTrust : cleanroom::kTrust;
    }
};

// Owners who tag do so both, with one study key.
Result<void> check_tagged(const RoomTables& found) {
    using cleanroom::crossing::StudySide;
    const auto& left = found.marks[0];
    const auto& right = found.marks[1];
    if (found.marks.size() == 2 && left && right && left->side == StudySide::kLeft &&
        right->side == StudySide::kRight && left->study_key_id == right->study_key_id) {
        return {};
    }
    return fail(Code::kConflict, "rooms.mixed_trust",
                "Both owners must bring tables tagged with one study key, the first of the "
                "room as left and the second as right; or neither may.");
}

// Tags of addresses never meet tags of phone numbers.
Result<void> check_keys(const cleanroom::Room& room, const RoomTables& found) {
    const cleanroom::Schema* first = nullptr;
    for (std::size_t i = 0; i < room.owners.size(); ++i) {
        const cleanroom::Schema* schema = found.schemas[i].get();
        if (schema == nullptr) continue;
        if (first == nullptr) first = schema;
        if (schema->key_kind == first->key_kind) continue;
        return fail(Code::kConflict, "rooms.keys_differ",
                    "The tables of the room " + room.id +
                        " know persons by different identifiers (e-mail address, phone number or "
                        "tag), so nobody would be in both; import them by the same one.");
    }
    return {};
}

Result<void> add_dataset(const cleanroom::Dataset& dataset, const Treasuries& treasuries,
                         RoomTables& found) {
    TRY(const SharedTable table, treasuries.table(dataset));
    // The values of private dimensions stand in the table's schema alone.
    found.schemas.back() = dataset.tagged
                               ? std::make_shared<const cleanroom::Schema>(dataset.schema)
                               : std::shared_ptr<const cleanroom::Schema>(table, &table->schema);
    found.stored.back() = table;
    found.commitments.back() = dataset.commitment;
    found.marks.back() = dataset.tagged;
    return {};
}

Result<RoomTables> tables_of(const World& world, const Treasuries& treasuries,
                             const cleanroom::Room& room) {
    RoomTables found;
    for (const cleanroom::Owner& owner : room.owners) {
        found.stored.emplace_back();
        found.schemas.emplace_back();
        found.commitments.emplace_back();
        found.marks.emplace_back();
        if (is_fans_table(owner)) {
            TRY(cleanroom::Schema fans, fans_schema(owner));
            found.schemas.back() = std::make_shared<const cleanroom::Schema>(std::move(fans));
            continue;
        }
        const auto* dataset = world.treasury.dataset(owner.table.organisation, owner.table.dataset);
        if (dataset != nullptr) TRY_VOID(add_dataset(*dataset, treasuries, found));
    }
    if (found.is_tagged()) TRY_VOID(check_tagged(found));
    TRY_VOID(check_keys(room, found));
    return found;
}

// A question on its way through its turns and the background thread. The room is a copy: its policy
// may be changed meanwhile.
struct Asking {
    Services& services;
    server::Responder respond;
    std::shared_ptr<QuestionForm> form;
    cleanroom::Room room;
    RoomTables known;
    cleanroom::Prepared prepared;
    std::vector<SharedTable> tables;  // by owner; null until its rows are gathered
    cleanroom::Charge charge;
    crypto::StreamSeed seed;
};
using Shared = std::shared_ptr<Asking>;

std::string commitment_of(const cleanroom::TableData& table) {
    return codec::to_hex(crypto::as_text(cleanroom::commitment(table)));
}

// Fans are gathered before the question is decided, because what is committed to is who they are.
Result<void> gather_fans(const World& world, Asking& asking) {
    for (const std::size_t index : asking.prepared.plan.tables) {
        if (!is_fans_table(asking.room.owners[index])) continue;
        TRY(cleanroom::TableData table, fans_table(world, asking.room, asking.room.owners[index],
                                                   *asking.known.schemas[index]));
        asking.known.commitments[index] = commitment_of(table);
        asking.tables[index] = std::make_shared<const cleanroom::TableData>(std::move(table));
    }
    return {};
}

// Background thread: the rows of data sets, once they have to be counted.
void gather_datasets(Asking& asking) {
    const RoomTables& known = asking.known;
    if (known.is_tagged()) {
        auto opened = cleanroom::crossing::open_matched(*known.stored[0], *known.schemas[0],
                                                        *known.stored[1], *known.schemas[1]);
        asking.tables = {std::make_shared<const cleanroom::TableData>(std::move(opened.left)),
                         std::make_shared<const cleanroom::TableData>(std::move(opened.right))};
        return;
    }
    for (const std::size_t index : asking.prepared.plan.tables) {
        if (known.stored[index] != nullptr) asking.tables[index] = known.stored[index];
    }
}

std::vector<std::string> commitments_of(const Asking& asking) {
    std::vector<std::string> commitments;
    for (const std::size_t index : asking.prepared.plan.tables) {
        commitments.push_back(published_commitment(asking.services.secrets,
                                                   asking.room.owners[index].table.organisation,
                                                   asking.known.commitments[index]));
    }
    return commitments;
}

std::uint64_t rows_of(const Asking& asking) {
    std::uint64_t rows = 0;
    for (const std::size_t index : asking.prepared.plan.tables) {
        const SharedTable& stored = asking.known.stored[index];
        rows += (stored != nullptr ? stored : asking.tables[index])->rows();
    }
    return rows;
}

void answer_from(Turn& turn, const Asking& asking, std::string_view stored) {
    const auto released = cleanroom::released(stored);
    respond_when_durable(turn, asking.respond,
                         released ? server::json_response(200, asking.form->shown(*released))
                                  : server::problem(released.error()));
}

// The same question may have been asked twice at once: one charge pays for one answer.
bool answer_if_stored(Turn& turn, const Asking& asking) {
    const auto& charged = turn.world().rooms.charges().at(asking.charge.number);
    if (charged.answer.empty()) return false;
    answer_from(turn, asking, charged.answer);
    return true;
}

void keep(Turn& turn, const Shared& asking, const Json& figures) {
    if (answer_if_stored(turn, *asking)) return;
    const Json answer = cleanroom::signed_answer(figures, asking->charge, turn.now(),
                                                 asking->services.core.signer());
    const auto kept = turn.commit(turn.world().rooms.answered(asking->charge.number, answer));
    if (!kept) return asking->respond(server::problem(kept.error()));
    answer_from(turn, *asking, answer.to_string());
}

// On the form's thread: the whole engine.
void compute(const Shared& asking) {
    gather_datasets(*asking);
    std::vector<const cleanroom::TableData*> tables;
    for (const SharedTable& table : asking->tables)
        tables.push_back(table.get());
    cleanroom::AnswerBits bits(asking->seed);
    auto figures = asking->form->figures(asking->prepared, tables, bits);
    if (!figures) return asking->respond(server::problem(figures.error()));
    asking->services.core.post(
        TaskKind::kWrite,
        [asking, figures = std::move(*figures)](Turn& turn) { keep(turn, asking, figures); },
        [asking](const Error& error) { asking->respond(server::problem(error)); });
}

// The charge is durable.
void begin(Turn& turn, const Shared& asking) {
    if (answer_if_stored(turn, *asking)) return;
    asking->services.core.random().fill(asking->seed);
    asking->form->run([asking] { compute(asking); });
}

bool is_never(const cleanroom::Schema* schema, const std::string& column) {
    return schema != nullptr && std::ranges::find(schema->never, column) != schema->never.end();
}

// From the first look at rows to the charge, or to an answer that is there already.
Result<void> charge(Call& call, const cleanroom::RoomEntry& entry, const Shared& asking) {
    const World& world = call.turn.world();
    TRY_VOID(gather_fans(world, *asking));
    // What is asked stands in `prepared`; the book needs who asks.
    cleanroom::Question asker;
    asker.room = entry.room.id;
    asker.organisation = call.caller.organisation;
    TRY(auto asked,
        world.rooms.ask(entry, asker, asking->prepared, commitments_of(*asking), call.turn.now()));
    TRY_VOID(require_access_on_record(call,
                                      access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kCleanRoom, asking->room.edition),
                                      rows_of(*asking)));
    if (asked.stored) {
        answer_from(call.turn, *asking, *asked.stored);
        return {};
    }
    asking->charge = asked.charge;
    call.turn.commit(std::move(asked.drafts));
    call.turn.then(
        TaskKind::kWrite, [asking](Turn& turn) { begin(turn, asking); },
        [asking](const Error& error) { asking->respond(server::problem(error)); });
    return {};
}

// Explains one question and charges it to a ledger of what would be.
Result<Json> explain_one(Call& call, const Services& services, const std::string& room_id,
                         QuestionForm& form, cleanroom::PrivacyLedger& ledger) {
    const World& world = call.turn.world();
    TRY(const auto* entry, world.rooms.askable(room_id, call.caller.organisation, call.turn.now()));
    const cleanroom::Room& room = entry->room;
    TRY(const RoomTables tables, tables_of(world, services.treasuries, room));
    TRY(const cleanroom::Prepared prepared,
        form.prepare(room, tables.trust(), tables.schema_list()));
    Json explained = cleanroom::explain(room, prepared, ledger);
    const bool fits = std::ranges::all_of(
        explained["tables"].items(), [](const Json& table) { return table["fits"].as_bool(); });
    explained.set("fits", fits);
    if (!fits) return explained;
    for (const cleanroom::Table& table : cleanroom::charged_tables(room, prepared))
        ledger.charge(table, prepared.noise.loss());
    return explained;
}

// A question by a template.
class TemplateForm final : public QuestionForm {
  public:
    TemplateForm(cleanroom::Question question, Background* background)
        : question_(std::move(question)), background_(background) {}

    Result<cleanroom::Prepared> prepare(
        const cleanroom::Room& room, std::string_view trust,
        std::span<const cleanroom::Schema* const> schemas) override {
        question_.trust = trust;
        return cleanroom::prepare(room, question_, schemas);
    }
    void run(std::function<void()> job) override { background_->post(std::move(job)); }
    Result<Json> figures(const cleanroom::Prepared& prepared, cleanroom::Tables tables,
                         cleanroom::RandomBits& bits) const override {
        std::vector<const cleanroom::TableData*> inputs;
        for (const std::size_t index : prepared.plan.tables)
            inputs.push_back(tables[index]);
        return cleanroom::answer_figures(prepared, inputs, bits);
    }

  private:
    cleanroom::Question question_;
    Background* background_;
};

}  // namespace

Result<void> check_columns(const World& world, const cleanroom::Room& room) {
    for (const cleanroom::Owner& owner : room.owners) {
        const auto& [organisation, name] = owner.table;
        const auto* imported = world.treasury.dataset(organisation, name);
        for (const std::string& column : owner.columns) {
            if (!is_never(world.treasury.declared(organisation, name), column) &&
                !is_never(imported == nullptr ? nullptr : &imported->schema, column)) {
                continue;
            }
            return fail(Code::kDenied, "rooms.column_never",
                        "'" + organisation + "' declared the column '" + column + "' of '" + name +
                            "' as one that no room may permit; leave it out of the policy");
        }
    }
    return {};
}

Result<void> ask_room(Call& call, Services& services, const std::string& room,
                      std::shared_ptr<QuestionForm> form, const server::Responder& respond) {
    const World& world = call.turn.world();
    TRY(const auto* entry, world.rooms.askable(room, call.caller.organisation, call.turn.now()));
    auto asking = std::make_shared<Asking>(
        Asking{services, respond, std::move(form), entry->room, {}, {}, {}, {}, {}});
    TRY_VOID(check_columns(world, asking->room));
    TRY(asking->known, tables_of(world, services.treasuries, asking->room));
    asking->tables.resize(asking->room.owners.size());
    // What the room refuses anyway must not depend on rows.
    TRY(asking->prepared,
        asking->form->prepare(asking->room, asking->known.trust(), asking->known.schema_list()));
    asking->respond = services.later.padded(respond);
    const auto charged = charge(call, *entry, asking);
    if (!charged) {
        respond_when_durable(call.turn, asking->respond, server::problem(charged.error()));
    }
    return {};
}

Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond) {
    auto form = std::make_shared<TemplateForm>(question, &services.background);
    return ask_room(call, services, question.room, std::move(form), respond);
}

Result<Json> explain_question(Call& call, const Services& services, const std::string& room,
                              QuestionForm& form) {
    cleanroom::PrivacyLedger ledger = call.turn.world().rooms.ledger();
    return explain_one(call, services, room, form, ledger);
}

Result<Json> explain_questions(Call& call, const Services& services,
                               const std::vector<cleanroom::Question>& questions) {
    cleanroom::PrivacyLedger ledger = call.turn.world().rooms.ledger();
    Json list = Json::array();
    for (const cleanroom::Question& question : questions) {
        TemplateForm form(question, nullptr);
        TRY(Json explained, explain_one(call, services, question.room, form, ledger));
        list.push(std::move(explained));
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
