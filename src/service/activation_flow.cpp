#include "service/activation_flow.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "codec/text.h"
#include "service/access.h"
#include "service/export_rows.h"
#include "service/fans_table.h"
#include "service/treasuries.h"

namespace altis::service {
namespace {

using cleanroom::Activation;
using cleanroom::ActivationTables;
using codec::Json;

// The other owner's data set, which knows persons by what fans are known by.
Result<const cleanroom::Dataset*> dataset_of(const World& world, const cleanroom::Owner& owner) {
    const auto& [organisation, name] = owner.table;
    const auto* const dataset = world.treasury.dataset(organisation, name);
    if (dataset == nullptr) {
        return fail(Code::kNotFound, "rooms.dataset_unknown",
                    "'" + organisation + "' has not imported the data set '" + name + "'");
    }
    if (dataset->tagged) {
        return fail(Code::kConflict, "rooms.mixed_trust",
                    "'" + name +
                        "' was tagged for a blind broker, who can make no list of it; cross the "
                        "lists with `altis rooms cross` instead");
    }
    if (dataset->schema.key_kind == cleanroom::JoinKey::kEmail) return dataset;
    return fail(Code::kConflict, "rooms.keys_differ",
                "fans are known by their e-mail address; import '" + name + "' by it, too");
}

// A list on its way through its turns and the background thread. The room is a copy: its policy may
// be changed meanwhile.
struct Releasing {
    Services& services;
    server::Responder respond;
    cleanroom::Room room;
    Activation activation;
    SharedTable with;
    ExportSpec spec;
    std::string fans_commitment;
    std::vector<std::pair<cleanroom::Tag, ExportRow>> fans;  // who consent to the purpose
    std::vector<ExportRow> rows;                             // of them, who are in both
    std::string list;
    std::size_t forgotten = 0;  // subjects that were forgotten when the fans were gathered
};
using Shared = std::shared_ptr<Releasing>;

// Who is in the room's table of fans and consents to the list's purpose, too.
Result<void> gather_fans(const World& world, const cleanroom::Owner& owner, Releasing& releasing) {
    cleanroom::Owner bare = owner;
    bare.columns.clear();
    TRY(const cleanroom::Schema schema, fans_schema(bare));
    TRY(const auto table, fans_table(world, releasing.room, bare, schema));
    releasing.fans_commitment =
        published_commitment(releasing.services.secrets, owner.table.organisation,
                             codec::to_hex(crypto::as_text(cleanroom::commitment(table))));
    TRY(const fans::FanSet* const members, fans_of(world, bare));
    for (const SubjectId fan : members->members()) {
        const std::string_view tag = world.fans.email_tag(fan);
        if (tag.empty() ||
            !world.has_consent(fan, rights::Purpose::kCleanRoom, releasing.room.edition)) {
            continue;
        }
        const auto consent = world.rights.consent(world.fans.subjects(fan), releasing.spec.purpose,
                                                  releasing.room.edition);
        if (!consent || !consent->given) continue;
        releasing.fans.emplace_back(
            cleanroom::tag_from_bytes(tag.substr(0, sizeof(cleanroom::Tag))),
            ExportRow{fan, Change::kEntered, consent, std::string(world.fans.user_id(fan))});
    }
    releasing.forgotten = world.fans.forgotten_subjects().size();
    return {};
}

Error overtaken() {
    return fail(Code::kConflict, "rooms.activation_overtaken",
                "somebody was erased while the list was made; ask for it again")
        .value();
}

// The list is made; it leaves when the journal has its receipt.
void keep(Turn& turn, const Shared& releasing) {
    const World& world = turn.world();
    if (world.fans.forgotten_subjects().size() != releasing->forgotten)
        return releasing->respond(server::problem(overtaken()));
    const Json answer =
        cleanroom::signed_list({releasing->room, releasing->activation, releasing->fans_commitment,
                                std::move(releasing->list), releasing->rows.size(), turn.now()},
                               releasing->services.core.signer());
    const auto kept =
        turn.commit(world.activations.released(releasing->activation, answer["receipt"]));
    if (!kept) return releasing->respond(server::problem(kept.error()));
    respond_when_durable(turn, releasing->respond, server::json_response(200, answer));
}

Result<void> make_list(Releasing& releasing) {
    const auto& tags = releasing.with->tags;  // ascending
    for (auto& [tag, row] : std::exchange(releasing.fans, {})) {
        if (std::ranges::binary_search(tags, tag)) releasing.rows.push_back(std::move(row));
    }
    const auto minimum = static_cast<std::size_t>(releasing.room.activation->minimum);
    if (releasing.rows.size() < minimum) {
        return fail(Code::kDenied, "rooms.group_too_small",
                    "the list has fewer persons than the policy's minimum, or none");
    }
    if (releasing.rows.size() > kMaxActivationRows) {
        return fail(Code::kTooLarge, "rooms.activation_too_large",
                    "the list has more than 1,000,000 persons; choose a smaller segment");
    }
    TRY(releasing.list,
        write_export(releasing.spec, releasing.rows, releasing.services.secrets.exports));
    return {};
}

// Background thread.
void compute(const Shared& releasing) {
    if (const auto made = make_list(*releasing); !made)
        return releasing->respond(server::problem(made.error()));
    releasing->services.core.post(
        TaskKind::kWrite, [releasing](Turn& turn) { keep(turn, releasing); },
        [releasing](const Error& error) { releasing->respond(server::problem(error)); });
}

ExportSpec spec_of(const cleanroom::Room& room, const Activation& activation,
                   const cleanroom::Owner& fans) {
    ExportSpec spec;
    spec.organisation = activation.organisation;
    spec.edition = room.edition;
    spec.purpose = *rights::parse_purpose(room.activation->purpose);
    spec.reader = fans.table.organisation == activation.organisation ? ExportReader::kOwner
                                                                     : ExportReader::kOther;
    return spec;
}

}  // namespace

Result<const Activation*> ask_activation(Call& call, const Services& services,
                                         const std::string& room,
                                         const cleanroom::ActivationOrder& order) {
    const World& world = call.turn.world();
    const std::string& organisation = call.caller.organisation;
    TRY(const auto* const entry, world.rooms.askable(room, organisation, call.turn.now()));
    TRY(const ActivationTables tables, activation_tables(entry->room, order));
    TRY(const auto* const dataset, dataset_of(world, *tables.with));
    const std::string commitment = published_commitment(
        services.secrets, tables.with->table.organisation, dataset->commitment);
    TRY_VOID(call.turn.commit(world.activations.ask(*entry, organisation, order, commitment)));
    return world.activations.find(*entry, organisation, order, commitment);
}

Result<void> release_activation(Call& call, Services& services, const std::string& room,
                                std::uint64_t number, const server::Responder& respond) {
    const World& world = call.turn.world();
    const std::string& organisation = call.caller.organisation;
    TRY(const auto* const entry, world.rooms.askable(room, organisation, call.turn.now()));
    const Activation* const waiting = world.activations.activation(room, number);
    std::string commitment;
    ActivationTables tables;
    if (waiting != nullptr && waiting->policy == entry->policy) {
        TRY(tables, activation_tables(entry->room, waiting->order));
        TRY(const auto* const dataset, dataset_of(world, *tables.with));
        commitment = published_commitment(services.secrets, tables.with->table.organisation,
                                          dataset->commitment);
    }
    TRY(const Activation* const activation,
        world.activations.releasable(*entry, number, organisation, commitment));
    TRY_VOID(require_access_on_record(call,
                                      access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kCleanRoom, entry->room.edition),
                                      0));
    auto releasing = std::make_shared<Releasing>(Releasing{services,
                                                           services.later.padded(respond),
                                                           entry->room,
                                                           *activation,
                                                           {},
                                                           {},
                                                           {},
                                                           {},
                                                           {},
                                                           {},
                                                           0});
    releasing->spec = spec_of(entry->room, *activation, *tables.fans);
    TRY(releasing->with, services.treasuries.table(*world.treasury.dataset(
                             tables.with->table.organisation, tables.with->table.dataset)));
    TRY_VOID(gather_fans(world, *tables.fans, *releasing));
    services.background.post([releasing] { compute(releasing); });
    return {};
}

}  // namespace altis::service
