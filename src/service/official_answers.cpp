#include "service/official_answers.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "answers/ask.h"
#include "answers/countries.h"
#include "answers/games.h"
#include "base/assert.h"

namespace altis::service {
namespace {

using answers::Origin;
using answers::Row;
using answers::Table;
using codec::Json;

std::string page_of(std::string_view edition, std::string_view unit) {
    return "/live/" + std::string(edition) + "/units/" + std::string(unit);
}

// What people call a unit: the names of its parts, and the unit's own.
std::string event_name(const World& world, const std::string& edition, std::string_view code,
                       const std::string& own_name) {
    std::string out = own_name;
    const auto rsc = results::Rsc::parse(code);
    if (!rsc) return out;
    const auto names = world.codes.names_of(edition, *rsc, "ENG");
    for (const auto* part : {&names.discipline, &names.event, &names.phase}) {
        if (!part->empty() && out.find(*part) == std::string::npos)
            out += (out.empty() ? "" : " ") + *part;
    }
    return out;
}

std::vector<std::string> other_names(const World& world, const std::string& code,
                                     const std::string& official) {
    std::vector<std::string> out;
    for (const auto& language : answers::languages()) {
        const auto name = world.names.aliases().name(code, language, official);
        if (name != official && std::find(out.begin(), out.end(), name) == out.end())
            out.emplace_back(name);
    }
    return out;
}

void add_unit(const World& world, const results::UnitKey& key, answers::OfficialData& data) {
    const auto* unit = world.results.find_unit(key);
    if (unit == nullptr || unit->medals == results::MedalUnit::kNone) return;
    auto facts = world.results.facts(key);
    std::stable_sort(facts.begin(), facts.end(), [](const auto& one, const auto& other) {
        const auto order = [](int rank) { return rank == 0 ? INT32_MAX : rank; };
        return order(one.rank) < order(other.rank);
    });
    const auto event = event_name(world, key.edition, key.rsc, unit->name);
    // Else the register says who holds which medal.
    const bool gives_medals = world.awards.source_of(key.edition) == results::kOdfSource;
    for (auto& fact : facts) {
        answers::Placing placing;
        placing.event = event;
        placing.also = other_names(world, fact.competitor, fact.name);
        placing.name = std::move(fact.name);
        placing.organisation = std::move(fact.organisation);
        placing.rank = fact.rank;
        placing.result = std::move(fact.result);
        if (gives_medals) placing.medal = std::move(fact.medal);
        placing.origin = {std::move(fact.fact_id), std::to_string(fact.version),
                          std::string(results::to_string(fact.status)),
                          page_of(key.edition, key.rsc)};
        data.placings.push_back(std::move(placing));
    }
}

// Medals of sources that know no units.
void add_register(const World& world, const std::string& edition, answers::OfficialData& data) {
    for (const auto* version : world.awards.lists(edition, {}, {})) {
        const auto& place = version->list.place;
        if (!place.unit.empty()) continue;
        for (const auto& award : version->list.awards) {
            if (!award.counts()) continue;
            answers::Placing placing;
            placing.event = place.discipline + ' ' + place.event;
            placing.name = award.name;
            placing.also = other_names(world, award.competitor, award.name);
            placing.organisation = award.organisation;
            placing.rank = static_cast<int>(award.medal) + 1;
            placing.medal = results::to_string(award.medal);
            placing.origin.record =
                "medals/" + edition + '/' + place.discipline + '/' + place.event;
            placing.origin.version = std::to_string(version->offset);
            placing.origin.status = version->list.is_official ? "OFFICIAL" : "UNOFFICIAL";
            data.placings.push_back(std::move(placing));
        }
    }
}

void add_schedule(const World& world, const std::string& edition, answers::OfficialData& data) {
    for (const auto* version : world.schedule.list(edition, {}, results::kEndOfTime)) {
        const auto& item = version->item;
        answers::Fixture fixture;
        fixture.event = event_name(world, edition, item.unit, item.name);
        fixture.start = item.start;
        fixture.venue = item.venue;
        fixture.page = page_of(edition, item.unit);
        fixture.origin = {"schedule/" + edition + '/' + item.unit, std::to_string(version->offset),
                          std::string(results::to_string(item.status)), fixture.page};
        data.fixtures.push_back(std::move(fixture));
    }
}

std::string_view reason_of(answers::Doubt doubt) {
    switch (doubt) {
        case answers::Doubt::kTooLong:
            return "answers.too_long";
        case answers::Doubt::kNoData:
            return "answers.no_data";
        case answers::Doubt::kManyReadings:
            return "answers.ambiguous";
        default:
            return "answers.not_understood";
    }
}

std::string_view message_of(answers::Doubt doubt) {
    switch (doubt) {
        case answers::Doubt::kTooLong:
            return "the question is too long; ask one thing at a time";
        case answers::Doubt::kNoData:
            return "the records do not say; ask for something that has a result or a time already";
        case answers::Doubt::kManyReadings:
            return "the question can mean different things; name the event, the person or the "
                   "country in full";
        default:
            return "not every word of the question is understood; ask about medals, results, "
                   "ranks, "
                   "times or places, with names as the results have them";
    }
}

constexpr std::size_t kMedals = 0;
constexpr std::size_t kPlacings = 1;
constexpr std::size_t kSchedule = 2;

// The rows that prove an answer: of a count in the medal table those who won the medals.
std::vector<const Row*> proof_of(const std::vector<Table>& tables, const answers::Answer& answer) {
    std::vector<const Row*> out;
    std::set<std::string> organisations;
    for (const auto row : answer.value.rows) {
        const auto& found = tables[answer.table].rows[row];
        if (answer.table == kMedals)
            organisations.insert(found.cells[0].text);
        else
            out.push_back(&found);
    }
    if (answer.table != kMedals) return out;
    for (const auto& row : tables[kPlacings].rows) {
        if (!row.cells[5].text.empty() && organisations.contains(row.cells[2].text))
            out.push_back(&row);
    }
    return out;
}

Json records_of(const std::vector<const Row*>& proof) {
    std::set<std::tuple<std::string, std::string, std::string>> records;
    for (const auto* row : proof) {
        if (!row->origin.record.empty())
            records.emplace(row->origin.record, row->origin.version, row->origin.status);
    }
    Json out = Json::array();
    for (const auto& [id, version, status] : records) {
        if (out.items().size() == kMaxCitedRecords) break;
        out.push(Json::object({{"id", id}, {"version", version}, {"status", status}}));
    }
    return out;
}

// The page that all rows share, or none.
std::string link_of(const std::vector<const Row*>& proof) {
    std::set<std::string> links;
    for (const auto* row : proof)
        links.insert(row->origin.link);
    return links.size() == 1 ? *links.begin() : std::string();
}

Json watch_of(const std::vector<Table>& tables, const std::string& link) {
    if (link.empty()) return {};
    Json out = Json::object({{"page", link}});
    for (const auto& row : tables[kSchedule].rows) {
        if (row.origin.link != link) continue;
        if (!row.cells[1].text.empty()) out.set("start", row.cells[1].text);
        if (!row.cells[2].text.empty()) out.set("venue", row.cells[2].text);
    }
    return out;
}

// As a person of the language reads it: countries by their names there.
std::string spoken(const Table& table, const answers::Value& value, std::string_view language) {
    if (value.kind != answers::Value::Kind::kTexts) return value.text();
    const bool countries =
        value.column && table.columns[*value.column].kind == answers::ColumnKind::kCountry;
    std::string out;
    for (const auto& text : value.texts)
        out +=
            (out.empty() ? "" : ", ") + (countries ? answers::country_name(text, language) : text);
    return out;
}

Json value_of(const answers::Value& value) {
    if (value.kind == answers::Value::Kind::kYesNo) return value.yes;
    if (value.kind != answers::Value::Kind::kTexts) return value.text();
    if (value.texts.size() == 1) return value.texts[0];
    Json out = Json::array();
    for (const auto& text : value.texts)
        out.push(text);
    return out;
}

// What was taken for misspelt, so that a person sees whom the answer is about.
Json corrections_of(const answers::Answer& answer) {
    Json out = Json::array();
    for (const auto& [written, read] : answer.corrected)
        out.push(Json::object({{"written", written}, {"read", read}}));
    return out;
}

}  // namespace

Result<answers::OfficialData> official_data(const World& world, const std::string& edition) {
    answers::OfficialData data;
    if (const auto* known = world.rights.edition(edition)) data.title = known->name;
    for (const auto& row : world.awards.table(edition, {}).rows)
        data.medals.push_back({row.organisation, row.medals, row.rank, {}});
    for (const auto& key : world.results.units_of(edition))
        add_unit(world, key, data);
    add_register(world, edition, data);
    add_schedule(world, edition, data);
    if (std::max(data.placings.size(), data.fixtures.size()) > answers::kMaxTableRows) {
        return fail(Code::kTooLarge, "answers.too_much_data",
                    "the edition has more results than questions can be asked about; ask for units "
                    "with GET /v1/results/units");
    }
    return data;
}

Result<std::vector<Asked::About>> asked_about(const World& world, const std::string& edition,
                                              std::span<const std::string> others,
                                              std::string_view question) {
    const auto title_of = [&world](const std::string& id) {
        const auto* known = world.rights.edition(id);
        return known == nullptr ? std::string() : known->name;
    };
    std::vector<answers::Games> games;
    for (const std::string& other : others)
        if (other != edition) games.push_back({other, title_of(other)});
    const auto named = answers::games_named(question, title_of(edition), games);
    std::vector<Asked::About> about;
    if (!named.is_by_year) {
        TRY(auto data, official_data(world, edition));
        about.push_back({edition, std::string(question), std::move(data)});
    }
    if (!named.id.empty()) {
        TRY(auto data, official_data(world, named.id));
        about.push_back({named.id, named.question, std::move(data)});
    }
    return about;
}

Json answer_question(Asked asked) {
    const auto* grammar = answers::grammar_of(asked.language);
    ALTIS_ASSERT(grammar != nullptr && !asked.about.empty());
    std::vector<Table> tables;
    answers::Answer answer;
    std::string edition;
    for (Asked::About& about : asked.about) {
        auto of_these = answers::official_tables(std::move(about.data));
        auto found = answers::ask(of_these, *grammar, asked.language, about.question);
        // Why there is no answer is said of the Games that were asked first.
        if (!edition.empty() && found.doubt != answers::Doubt::kNone) continue;
        edition = about.edition;
        tables = std::move(of_these);
        answer = std::move(found);
        if (answer.doubt == answers::Doubt::kNone) break;
    }
    if (answer.doubt != answers::Doubt::kNone) {
        return Json::object({{"known", false},
                             {"why", reason_of(answer.doubt)},
                             {"message", message_of(answer.doubt)}});
    }
    const auto proof = proof_of(tables, answer);
    const auto link = link_of(proof);
    Json out = Json::object({{"known", true},
                             {"edition", edition},
                             {"answer", spoken(tables[answer.table], answer.value, asked.language)},
                             {"value", value_of(answer.value)},
                             {"records", records_of(proof)}});
    out.set("link", link.empty() ? Json() : Json(link));
    out.set("watch", watch_of(tables, link));
    if (!answer.corrected.empty()) out.set("read_as", corrections_of(answer));
    return out;
}

}  // namespace altis::service
