#include "cleanroom/sql/room_question.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <unordered_map>

#include "cleanroom/sql/jobs.h"

namespace altis::cleanroom::sql {
namespace {

using codec::Json;

const Schema& absent_schema() {
    static const Schema kAbsent;
    return kAbsent;
}

std::vector<NamedSchema> named_schemas(const Room& room, std::span<const Schema* const> schemas) {
    std::vector<NamedSchema> named;
    for (std::size_t i = 0; i < room.owners.size(); ++i)
        named.push_back(
            {room.owners[i].name, schemas[i] != nullptr ? schemas[i] : &absent_schema()});
    return named;
}

// Whether the tables of a statement are there; said before anything about their columns.
Result<void> require_tables(const Room& room, const Statement& statement,
                            std::span<const NamedSchema> named) {
    TRY(const Scope scope, Scope::make(statement, named));
    for (const ScopeTable& table : scope.tables()) {
        if (table.schema != &absent_schema()) continue;
        const Table& missing = room.owners[table.table].table;
        return fail(Code::kNotFound, "rooms.dataset_unknown",
                    "'" + missing.organisation + "' has not imported the data set '" +
                        missing.dataset + "'");
    }
    return {};
}

std::string column_name(std::size_t output) {
    return "column_" + std::to_string(output + 1);
}

// Labels, sums and figures by the places of the outputs, whatever the statement calls them.
std::unique_ptr<const QueryTemplate> name_outputs(const Question& question, Plan& plan) {
    auto query = std::make_unique<QueryTemplate>();
    query->id = kSqlTemplate;
    for (std::size_t i = 0; i < plan.sums.size(); ++i)
        plan.sums[i].name = "sum_" + std::to_string(i + 1);
    for (std::size_t i = 0; i < question.outputs.size(); ++i)
        if (question.outputs[i].kind == Output::Kind::kGroup) {
            plan.labels[question.outputs[i].index].name = column_name(i);
        }
    for (std::size_t i = 0; i < question.outputs.size(); ++i) {
        const Output& output = question.outputs[i];
        if (output.kind == Output::Kind::kGroup) continue;
        FigureSpec figure;
        figure.name = column_name(i);
        for (const Label& label : plan.labels)
            figure.by.push_back(label.name);
        if (output.kind != Output::Kind::kPersons) {
            const bool is_sum = output.kind == Output::Kind::kSum;
            figure.kind = is_sum ? FigureSpec::Kind::kSum : FigureSpec::Kind::kMean;
            figure.sum = plan.sums[output.index].name;
            if (!is_sum) figure.per = plan.sums[output.count].name;
        }
        query->figures.push_back(std::move(figure));
    }
    return query;
}

// ---- presentation ----

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// What a value is ordered by: shown ones before withheld and nameless ones, numbers by their size.
struct Rank {
    bool is_last = false;
    double number = 0;
    std::string_view text{};
};

Rank rank_of(const Json& value) {
    if (!value.is_string()) {
        return {value.contains("withheld"), value["value"].as_double(), {}};
    }
    const std::string_view text = value.as_string();
    const auto number = number_in(text);
    return {text == kOther || text == kUnnamed, static_cast<double>(number.value_or(0)),
            number ? std::string_view() : text};
}

bool is_before(const Json& a, const Json& b, bool is_descending) {
    const Rank first = rank_of(a);
    const Rank second = rank_of(b);
    if (first.is_last != second.is_last) return second.is_last;
    const auto key = [](const Rank& rank) { return std::pair(rank.number, rank.text); };
    return is_descending ? key(second) < key(first) : key(first) < key(second);
}

Json cell_of(const Json& figure) {
    if (figure.contains("withheld")) return Json::object({{"withheld", figure["withheld"]}});
    return Json::object(
        {{"value", figure["value"]}, {"low", figure["low"]}, {"high", figure["high"]}});
}

using Row = std::vector<Json>;

// One for each combination of groups, by the names that outputs have in a signed answer.
std::vector<Row> rows_of(const Json& answer, std::size_t columns) {
    std::unordered_map<std::string, std::size_t> groups;  // rows by what they are of
    std::vector<Row> rows;
    for (const Json& figure : answer["figures"].items()) {
        const auto [group, is_new] = groups.try_emplace(figure["by"].to_string(), rows.size());
        if (is_new) rows.emplace_back(columns);
        Row& row = rows[group->second];
        for (std::size_t i = 0; i < columns; ++i) {
            const std::string name = column_name(i);
            if (figure["by"].contains(name)) row[i] = figure["by"][name];
            if (figure["name"].as_string() == name) row[i] = cell_of(figure);
        }
    }
    return rows;
}

Json row_json(const Row& row) {
    Json json = Json::array();
    for (const Json& value : row)
        json.push(value);
    return json;
}

}  // namespace

Result<Asked> asked_from_json(const Json& json) {
    Asked asked;
    TRY(asked.statement, codec::require_string(json, "statement"));
    TRY(asked.epsilon, codec::require_int(json, "epsilon_micro"));
    TRY(asked.confidence, confidence_from(json));
    if (json.contains("bounds")) {
        TRY(const Json bounds, codec::require_object(json, "bounds"));
        TRY(asked.bounds, bounds_from_json(bounds));
    }
    TRY_VOID(check_text(asked.statement));
    return asked;
}

Result<void> require_sql(const Room& room) {
    if (room.permits_sql) return {};
    return fail(Code::kDenied, "rooms.sql_not_permitted",
                "The owners of the room " + room.id +
                    " permit its templates alone; they can agree on a policy with \"sql\": true.");
}

Result<PreparedSql> prepare_sql(const Room& room, const Statement& statement, const Asked& asked,
                                std::string_view trust, std::span<const Schema* const> schemas) {
    TRY_VOID(require_sql(room));
    TRY_VOID(require_epsilon(room, asked.epsilon));
    const std::vector<NamedSchema> named = named_schemas(room, schemas);
    TRY_VOID(require_tables(room, statement, named));
    PreparedSql sql;
    TRY(sql.question, make_question(statement, named, asked.bounds));
    TRY_VOID(require_permitted(room, sql.question.columns));
    sql.planned = planned_schemas(sql.question, named);
    Prepared& prepared = sql.prepared;
    prepared.plan = sql.question.plan;
    sql.query = name_outputs(sql.question, prepared.plan.plan);
    prepared.query = sql.query.get();
    for (const Schema& schema : sql.planned)
        prepared.schemas.push_back(&schema);
    TRY(prepared.noise,
        PlanNoise::make(prepared.plan.plan, prepared.schemas, asked.epsilon, room.minimum_group));
    prepared.epsilon = asked.epsilon;
    prepared.minimum_group = room.minimum_group;
    prepared.confidence = asked.confidence;
    prepared.canonical = canonical_terms(room, prepared, trust);
    prepared.canonical.set("question", to_json(sql.question, named));
    return sql;
}

Result<Json> answer_sql(const PreparedSql& sql, std::span<const TableData* const> tables,
                        RandomBits& bits, const Worker& worker) {
    const auto computed = compute_columns(sql.question, tables, worker);
    if (!computed) return sql_failed();
    return answer_figures(sql.prepared, computed->tables, bits);
}

Json table_of(const Question& question, const Json& answer) {
    std::vector<Row> rows = rows_of(answer, question.outputs.size());
    const auto& order = question.presentation.order;
    for (auto key = order.rbegin(); key != order.rend(); ++key) {
        std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
            return is_before(a[key->output], b[key->output], key->is_descending);
        });
    }
    Json columns = Json::array();
    for (const Output& output : question.outputs)
        columns.push(output.name);
    Json shown = Json::array();
    const auto first = static_cast<std::size_t>(question.presentation.offset);
    const auto most = static_cast<std::size_t>(question.presentation.limit);
    for (std::size_t at = first; at < rows.size() && at - first < most; ++at)
        shown.push(row_json(rows[at]));
    return Json::object({{"columns", std::move(columns)}, {"rows", std::move(shown)}});
}

Result<void> check_table(const Json& table, const Json& answer) {
    std::set<std::string> signed_rows;
    for (const Row& row : rows_of(answer, table["columns"].items().size()))
        signed_rows.insert(row_json(row).to_string());
    for (const Json& row : table["rows"].items()) {
        if (signed_rows.contains(row.to_string())) continue;
        return fail(Code::kCorrupt, "receipt.forged",
                    "The rows are not those of the signed answer beside them.");
    }
    return {};
}

}  // namespace altis::cleanroom::sql
