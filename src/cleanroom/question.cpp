#include "cleanroom/question.h"

#include <algorithm>
#include <set>

#include "cleanroom/loss_json.h"
#include "cleanroom/templates/figures.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::string_view k95Percent = "95";
constexpr std::string_view k99_9Percent = "99.9";

// The tables that a template may name, and which are there.
Result<std::vector<NamedSchema>> named_schemas(const Room& room,
                                               std::span<const Schema* const> schemas,
                                               const QueryTemplate& query) {
    static const Schema kAbsent;
    std::vector<NamedSchema> named;
    for (std::size_t i = 0; i < room.owners.size(); ++i) {
        const Owner& owner = room.owners[i];
        const bool is_asked = std::ranges::find(query.tables, owner.name) != query.tables.end();
        if (schemas[i] == nullptr && is_asked) {
            return fail(Code::kNotFound, "rooms.dataset_unknown",
                        "'" + owner.table.organisation + "' has not imported the data set '" +
                            owner.table.dataset + "'");
        }
        named.push_back({owner.name, schemas[i] != nullptr ? schemas[i] : &kAbsent});
    }
    return named;
}

// What is paid for naming groups, and from how many noisy persons on a group is named.
Json naming_json(const Prepared& prepared) {
    return Json::object({{"group", prepared.plan.plan.labels[prepared.noise.naming()->label].name},
                         {"epsilon_micro", prepared.noise.share()},
                         {"delta_atto", kNamingDelta},
                         {"groups_per_person", prepared.plan.plan.groups_per_person},
                         {"least_noisy_persons", prepared.noise.naming()->least}});
}

Json table_costs(const Room& room, const Prepared& prepared, const PrivacyLedger& ledger) {
    Json tables = Json::array();
    for (const std::size_t index : prepared.plan.tables) {
        const Owner& owner = room.owners[index];
        const Table table = protected_table(owner);
        const PrivacyLoss after = ledger.loss(table) + prepared.noise.loss();
        const bool fits = ledger.check(table, prepared.noise.loss(), {owner.budget}).has_value();
        tables.push(
            Json::object({{"as", owner.name},
                          {"organisation", table.organisation},
                          {"dataset", table.dataset},
                          {"lifetime_spent_micro_epsilon", ledger.spent(table)},
                          {"lifetime_after_micro_epsilon", epsilon_at(after, kLifetimeDelta)},
                          {"budget_micro_epsilon", owner.budget},
                          {"fits", fits}}));
    }
    return tables;
}

}  // namespace

Result<Confidence> confidence_from(const Json& json) {
    const std::string_view confidence = json["confidence_percent"].as_string(k95Percent);
    if (confidence == k95Percent) return Confidence::k95;
    if (confidence == k99_9Percent) return Confidence::k99_9;
    return fail(Code::kInvalid, "rooms.parameter_invalid",
                "confidence_percent must be \"95\" or \"99.9\"");
}

Result<Question> question_from_json(const Json& json) {
    Question question;
    TRY(question.query_template, codec::require_string(json, "template"));
    TRY(question.epsilon, codec::require_int(json, "epsilon_micro"));
    question.parameters = json["parameters"];
    TRY(question.confidence, confidence_from(json));
    return question;
}

Result<void> require_epsilon(const Room& room, MicroEpsilon epsilon) {
    if (epsilon <= room.max_epsilon) return {};
    return fail(Code::kInvalid, "rooms.epsilon_out_of_range",
                "The policy of the room " + room.id + " permits an epsilon of up to " +
                    format_epsilon(room.max_epsilon) + " a question.");
}

Result<void> require_permitted(const Room& room, std::span<const ColumnRead> columns) {
    for (const auto& [table, column] : columns) {
        const Owner& owner = room.owners[table];
        if (std::ranges::find(owner.columns, column) != owner.columns.end()) continue;
        return fail(Code::kDenied, "rooms.column_not_permitted",
                    "The policy of the room " + room.id + " does not permit the column '" + column +
                        "' of " + owner.table.organisation + ".");
    }
    return {};
}

// A canonical form knows tables by who brought them, too: renaming them makes no new question.
Json canonical_terms(const Room& room, const Prepared& prepared, std::string_view trust) {
    Json tables = Json::array();
    for (const std::size_t index : prepared.plan.tables) {
        const Owner& owner = room.owners[index];
        tables.push(Json::object({{"as", owner.name},
                                  {"organisation", owner.table.organisation},
                                  {"dataset", owner.table.dataset}}));
    }
    const bool is_wide = prepared.confidence == Confidence::k99_9;
    Json terms = Json::object({{"template", prepared.query->id},
                               {"version", prepared.query->version},
                               {"tables", std::move(tables)},
                               {"epsilon_micro", prepared.epsilon},
                               {"minimum_group", prepared.minimum_group},
                               {"confidence_percent", is_wide ? k99_9Percent : k95Percent},
                               {"mechanism", prepared.noise.mechanism()},
                               {"trust", trust}});
    if (prepared.noise.naming()) terms.set("naming", naming_json(prepared));
    return terms;
}

Result<Prepared> prepare(const Room& room, const Question& question,
                         std::span<const Schema* const> schemas) {
    Prepared prepared;
    prepared.query = room.query_template(question.query_template);
    if (prepared.query == nullptr) {
        return fail(Code::kDenied, "rooms.template_not_approved",
                    "The owners of the room " + room.id + " approved no such template.");
    }
    TRY_VOID(require_epsilon(room, question.epsilon));
    TRY(const std::vector<NamedSchema> named, named_schemas(room, schemas, *prepared.query));
    TRY(const Json filled, fill_parameters(*prepared.query, question.parameters));
    const Json bound = bind(*prepared.query, filled);
    TRY(prepared.plan, plan_from_json(bound, named));
    for (const std::size_t table : prepared.plan.tables)
        prepared.schemas.push_back(named[table].schema);
    TRY_VOID(require_permitted(room, columns_read(prepared.plan, named)));
    TRY_VOID(check_figures(prepared.query->figures, prepared.plan.plan, prepared.schemas));
    TRY(prepared.noise, PlanNoise::make(prepared.plan.plan, prepared.schemas, question.epsilon,
                                        room.minimum_group));
    prepared.epsilon = question.epsilon;
    prepared.minimum_group = room.minimum_group;
    prepared.confidence = question.confidence;
    prepared.canonical = canonical_terms(room, prepared, question.trust);
    prepared.canonical.set("plan", bound);
    prepared.canonical.set("figures", prepared.query->json["figures"]);
    return prepared;
}

std::vector<Table> charged_tables(const Room& room, const Prepared& prepared) {
    std::set<Table> tables;
    for (const std::size_t index : prepared.plan.tables)
        tables.insert(protected_table(room.owners[index]));
    return {tables.begin(), tables.end()};
}

Json answer_figures(const Prepared& prepared, Tables tables, RandomBits& bits) {
    const Plan& plan = prepared.plan.plan;
    const NoisyCells noisy = count_noisily(plan, tables, prepared.noise, bits);
    std::vector<const Schema*> schemas;
    for (const TableData* const table : tables)
        schemas.push_back(&table->schema);
    return figures_json(
        prepared.query->figures,
        {{plan, schemas, prepared.noise, prepared.confidence}, noisy, prepared.minimum_group});
}

Json explain(const Room& room, const Prepared& prepared, const PrivacyLedger& ledger) {
    Json explained =
        Json::object({{"room", room.id},
                      {"template", prepared.query->id},
                      {"epsilon_micro", prepared.epsilon},
                      {"loss", to_json(prepared.noise.loss())},
                      {"mechanism", prepared.noise.mechanism()},
                      {"tables", table_costs(room, prepared, ledger)},
                      {"intervals", expected_intervals(prepared.query->figures,
                                                       {prepared.plan.plan, prepared.schemas,
                                                        prepared.noise, prepared.confidence})}});
    if (prepared.noise.naming()) {
        explained.set("naming", naming_json(prepared));
        explained.set("note", kUnnamedNote);
    }
    return explained;
}

}  // namespace altis::cleanroom
