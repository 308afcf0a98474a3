// What the results book answers.

#include "base/assert.h"
#include "results/results_book.h"

namespace altis::results {
namespace {

using codec::Json;

std::string key_of(const ExtendedValue& value) {
    return value.pos.empty() ? value.code : value.code + ":" + value.pos;
}

FactLine fact_of(const Publication& publication, const ResultLine& line) {
    FactLine fact;
    fact.unit = publication.unit;
    fact.edition = publication.edition;
    fact.competitor = line.competitor.code;
    fact.name = display_name(line.competitor);
    fact.organisation = line.competitor.organisation;
    fact.rank = line.rank;
    fact.result = line.result;
    fact.irm = line.irm;
    fact.qualification = line.qualification;
    for (const ExtendedValue& value : line.extended) {
        fact.extended.emplace(key_of(value), value.value);
    }
    fact.status = publication.status;
    fact.version = publication.version;
    fact.fact_id = fact_id(key_of(publication), publication.version);
    return fact;
}

void add_content(Json& json, const Publication& publication, Personal personal) {
    Json lines = Json::array();
    for (const ResultLine& line : publication.lines)
        lines.push(to_json(line, personal));
    Json warnings = Json::array();
    for (const Warning& warning : publication.warnings) {
        warnings.push(Json::object({{"name", warning.name}, {"detail", warning.detail}}));
    }
    json.set("lines", std::move(lines));
    json.set("warnings", std::move(warnings));
}

}  // namespace

const ResultsBook::UnitState* ResultsBook::find(const UnitKey& key) const {
    const auto found = units_.find(key);
    return found == units_.end() ? nullptr : &found->second;
}

const Unit* ResultsBook::find_unit(const UnitKey& key) const {
    const UnitState* state = find(key);
    return state == nullptr ? nullptr : &state->unit;
}

const Publication* ResultsBook::current(const UnitKey& key) const {
    const UnitState* state = find(key);
    return state == nullptr || !state->current ? nullptr : &*state->current;
}

std::optional<std::int64_t> ResultsBook::last_official(const UnitKey& key) const {
    const UnitState* state = find(key);
    if (state == nullptr || state->official.empty()) return std::nullopt;
    return *state->official.rbegin();
}

Json ResultsBook::head(const UnitState& state, const Version* version,
                       const Publication* publication) {
    Unit unit = state.unit;
    unit.extras.clear();
    Json json = to_json(unit);
    if (version == nullptr || publication == nullptr) return json;
    json.set("version", publication->version);
    json.set("status", to_string(publication->status));
    json.set("fact_id", fact_id(key_of(*publication), publication->version));
    json.set("offset", version->offset);
    json.set("known_at", format_rfc3339(version->known_at));
    if (!publication->note.empty()) json.set("note", publication->note);
    return json;
}

Json ResultsBook::head(const UnitState& state) {
    return head(state, current_version(state), state.current ? &*state.current : nullptr);
}

Json ResultsBook::unit(const UnitKey& key, std::int64_t version) const {
    const UnitState* state = find(key);
    if (state == nullptr) return {};
    const auto found = state->versions.find(version);
    if (found == state->versions.end()) return {};
    const auto publication = read_publication(found->second.payload);
    ALTIS_ASSERT(publication.has_value());
    Json json = head(*state, &found->second, &*publication);
    add_content(json, *publication, Personal::kHidden);
    return json;
}

Json ResultsBook::unit(const UnitKey& key, Personal personal) const {
    const UnitState* state = find(key);
    if (state == nullptr) return {};
    Json json = head(*state);
    if (!state->current) return json;
    add_content(json, *state->current, personal);
    Json holders = Json::array();
    for (const MedalHolder& holder : state->medals)
        holders.push(to_json(holder));
    json.set("medals", std::move(holders));
    return json;
}

Json ResultsBook::units(std::string_view edition) const {
    Json list = Json::array();
    for (auto at = units_.lower_bound({edition, {}}); at != units_.end(); ++at) {
        if (!edition.empty() && at->first.edition != edition) break;
        list.push(head(at->second));
    }
    return list;
}

Json ResultsBook::history(const UnitKey& key) const {
    const UnitState* state = find(key);
    if (state == nullptr) return {};
    Json list = Json::array();
    for (const auto& [number, version] : state->versions) {
        Json json = Json::object({{"version", number},
                                  {"status", to_string(version.status)},
                                  {"fact_id", fact_id(key, number)},
                                  {"offset", version.offset},
                                  {"known_at", format_rfc3339(version.known_at)},
                                  {"current", &version == current_version(*state)},
                                  {"withdrawn", version.withdrawn}});
        if (version.withdrawn) json.set("withdrawal_note", version.withdrawal_note);
        list.push(std::move(json));
    }
    return list;
}

std::optional<Publication> ResultsBook::publication(const UnitKey& key) const {
    const UnitState* state = find(key);
    return state == nullptr ? std::nullopt : state->current;
}

std::vector<UnitKey> ResultsBook::units_of(std::string_view edition) const {
    std::vector<UnitKey> units;
    for (auto at = units_.lower_bound({edition, {}}); at != units_.end(); ++at) {
        if (at->first.edition != edition) break;
        units.push_back(at->first);
    }
    return units;
}

std::vector<std::string> ResultsBook::editions_with(std::string_view rsc) const {
    std::vector<std::string> found;
    for (const std::string& edition : editions_) {
        if (units_.contains({edition, rsc})) found.push_back(edition);
    }
    return found;
}

std::vector<FactLine> ResultsBook::facts(const UnitKey& key) const {
    std::vector<FactLine> facts;
    const UnitState* state = find(key);
    if (state == nullptr || !state->current) return facts;
    for (const ResultLine& line : state->current->lines) {
        FactLine fact = fact_of(*state->current, line);
        fact.offset = current_version(*state)->offset;
        for (const MedalHolder& holder : state->medals) {
            if (holder.competitor == fact.competitor) fact.medal = to_string(holder.medal);
        }
        facts.push_back(std::move(fact));
    }
    return facts;
}

std::vector<MedalHolder> ResultsBook::medals(const UnitKey& key) const {
    const UnitState* state = find(key);
    return state == nullptr ? std::vector<MedalHolder>{} : state->medals;
}

Json to_json(const FactLine& fact) {
    Json extended = Json::object();
    for (const auto& [code, value] : fact.extended)
        extended.set(code, value);
    return Json::object({{"fact_id", fact.fact_id},
                         {"unit", fact.unit},
                         {"edition", fact.edition},
                         {"version", fact.version},
                         {"status", to_string(fact.status)},
                         {"offset", fact.offset},
                         {"competitor", fact.competitor},
                         {"name", fact.name},
                         {"organisation", fact.organisation},
                         {"rank", fact.rank},
                         {"result", fact.result},
                         {"irm", fact.irm},
                         {"medal", fact.medal},
                         {"extended", std::move(extended)}});
}

Json to_json(const MedalHolder& holder) {
    return Json::object({{"medal", to_string(holder.medal)},
                         {"competitor", holder.competitor},
                         {"organisation", holder.organisation},
                         {"name", holder.name}});
}

Json to_json(const MedalRow& row) {
    return Json::object({{"organisation", row.organisation},
                         {"rank", row.rank},
                         {"gold", row.medals[0]},
                         {"silver", row.medals[1]},
                         {"bronze", row.medals[2]},
                         {"total", row.medals[0] + row.medals[1] + row.medals[2]}});
}

}  // namespace altis::results
