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

Result<void> require_permitted(const Room& room, const NamedPlan& plan,
                               const std::vector<NamedSchema>& schemas) {
    for (const auto& [table, column] : columns_read(plan, schemas)) {
        const Owner& owner = room.owners[table];
        if (std::ranges::find(owner.columns, column) != owner.columns.end()) continue;
        return fail(Code::kDenied, "rooms.column_not_permitted",
                    "The policy of the room " + room.id + " does not permit the column '" + column +
                        "' of " + owner.table.organisation + ".");
    }
    return {};
}

Json figures_of(const QueryTemplate& query) {
    return query.json["figures"];
}

// A canonical form knows tables by who brought them, too: renaming them makes no new question.
Json canonical_form(const Room& room, const Prepared& prepared, const Json& bound) {
    Json tables = Json::array();
    for (const std::size_t index : prepared.plan.tables) {
        const Owner& owner = room.owners[index];
        tables.push(Json::object({{"as", owner.name},
                                  {"organisation", owner.table.organisation},
                                  {"dataset", owner.table.dataset}}));
    }
    const bool is_wide = prepared.confidence == Confidence::k99_9;
    return Json::object({{"template", prepared.query->id},
                         {"version", prepared.query->version},
                         {"tables", std::move(tables)},
                         {"plan", bound},
                         {"figures", figures_of(*prepared.query)},
                         {"epsilon_micro", prepared.epsilon},
                         {"minimum_group", prepared.minimum_group},
                         {"confidence_percent", is_wide ? k99_9Percent : k95Percent},
                         {"mechanism", prepared.noise.mechanism()}});
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

Result<Question> question_from_json(const Json& json) {
    Question question;
    TRY(question.query_template, codec::require_string(json, "template"));
    TRY(question.epsilon, codec::require_int(json, "epsilon_micro"));
    question.parameters = json["parameters"];
    const std::string_view confidence = json["confidence_percent"].as_string(k95Percent);
    if (confidence != k95Percent && confidence != k99_9Percent) {
        return fail(Code::kInvalid, "rooms.parameter_invalid",
                    "confidence_percent must be \"95\" or \"99.9\"");
    }
    question.confidence = confidence == k95Percent ? Confidence::k95 : Confidence::k99_9;
    return question;
}

Result<Prepared> prepare(const Room& room, const Question& question,
                         std::span<const Schema* const> schemas) {
    Prepared prepared;
    prepared.query = room.query_template(question.query_template);
    if (prepared.query == nullptr) {
        return fail(Code::kDenied, "rooms.template_not_approved",
                    "The owners of the room " + room.id + " approved no such template.");
    }
    if (question.epsilon > room.max_epsilon) {
        return fail(Code::kInvalid, "rooms.epsilon_out_of_range",
                    "The policy of the room " + room.id + " permits an epsilon of up to " +
                        format_epsilon(room.max_epsilon) + " a question.");
    }
    TRY(const std::vector<NamedSchema> named, named_schemas(room, schemas, *prepared.query));
    TRY(const Json filled, fill_parameters(*prepared.query, question.parameters));
    const Json bound = bind(*prepared.query, filled);
    TRY(prepared.plan, plan_from_json(bound, named));
    for (const std::size_t table : prepared.plan.tables)
        prepared.schemas.push_back(named[table].schema);
    TRY_VOID(require_permitted(room, prepared.plan, named));
    TRY_VOID(check_figures(prepared.query->figures, prepared.plan.plan, prepared.schemas));
    const std::size_t cells = cell_count(prepared.plan.plan, prepared.schemas);
    TRY(prepared.noise, PlanNoise::make(prepared.plan.plan, cells, question.epsilon));
    prepared.epsilon = question.epsilon;
    prepared.minimum_group = room.minimum_group;
    prepared.confidence = question.confidence;
    prepared.canonical = canonical_form(room, prepared, bound);
    prepared.canonical.set("trust", question.trust);
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
    const NoisyCells noisy = add_noise(count(plan, tables), prepared.noise, bits);
    return figures_json(prepared.query->figures,
                        {{plan, prepared.schemas, prepared.noise, prepared.confidence},
                         noisy,
                         prepared.minimum_group});
}

Json explain(const Room& room, const Prepared& prepared, const PrivacyLedger& ledger) {
    return Json::object({{"room", room.id},
                         {"template", prepared.query->id},
                         {"epsilon_micro", prepared.epsilon},
                         {"loss", to_json(prepared.noise.loss())},
                         {"mechanism", prepared.noise.mechanism()},
                         {"tables", table_costs(room, prepared, ledger)},
                         {"intervals", expected_intervals(prepared.query->figures,
                                                          {prepared.plan.plan, prepared.schemas,
                                                           prepared.noise, prepared.confidence})}});
}

}  // namespace altis::cleanroom
