#include "results/people/entrant.h"

#include <algorithm>
#include <array>

#include "results/json_members.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::array<std::string_view, 3> kKindNames = {"text", "number", "date"};
constexpr std::array<std::string_view, 4> kOfNames = {"participant", "team", "organisation",
                                                      "horse"};
constexpr std::string_view kTypes = "AOTG";

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(
        Code::kCorrupt, "results.record_malformed",
        "a record of participants has no valid " + std::string(what) + "; verify the journal");
}

DisciplineEntry entry_from(const Json& json) {
    DisciplineEntry entry;
    entry.discipline = text_of(json, "discipline");
    entry.federation_id = text_of(json, "federation_id");
    for (const Json& event : json["events"].items())
        entry.events.push_back({text_of(event, "event"), text_of(event, "bib")});
    entry.as_of = text_of(json, "as_of");
    entry.left = json["left"].as_bool();
    return entry;
}

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

std::string_view to_string(FieldKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(BiographyOf of) {
    return kOfNames[static_cast<std::size_t>(of)];
}

const DisciplineEntry* Entrant::in_discipline(std::string_view discipline) const {
    const auto found = std::ranges::find(disciplines, discipline, &DisciplineEntry::discipline);
    return found == disciplines.end() ? nullptr : &*found;
}

std::string display_name(const Entrant& entrant) {
    if (entrant.is_team()) return entrant.name;
    if (entrant.given_name.empty() || entrant.family_name.empty()) {
        return entrant.given_name + entrant.family_name;
    }
    return entrant.given_name + " " + entrant.family_name;
}

Json to_json(const EventEntry& entry) {
    Json json = Json::object({{"event", entry.event}});
    put_text(json, "bib", entry.bib);
    return json;
}

Json to_json(const BiographyField& field) {
    return Json::object(
        {{"name", field.name}, {"kind", to_string(field.kind)}, {"text", field.text}});
}

Json to_json(const DisciplineEntry& entry) {
    Json json = Json::object({{"discipline", entry.discipline}});
    put_text(json, "federation_id", entry.federation_id);
    put_items(json, "events", entry.events);
    put_text(json, "as_of", entry.as_of);
    if (entry.left) json.set("left", true);
    return json;
}

Json to_json(const Entrant& entrant) {
    Json json = Json::object({{"edition", entrant.edition},
                              {"code", entrant.code},
                              {"type", std::string(1, entrant.type)}});
    put_text(json, "status", entrant.status);
    put_text(json, "function", entrant.function);
    put_text(json, "given_name", entrant.given_name);
    put_text(json, "family_name", entrant.family_name);
    put_text(json, "name", entrant.name);
    put_text(json, "organisation", entrant.organisation);
    put_text(json, "gender", entrant.gender);
    put_text(json, "birth_date", entrant.birth_date);
    put_text(json, "birth_country", entrant.birth_country);
    put_text(json, "residence_country", entrant.residence_country);
    put_text(json, "nationality", entrant.nationality);
    put_texts(json, "members", entrant.members);
    put_items(json, "disciplines", entrant.disciplines);
    put_text(json, "as_of", entrant.as_of);
    return json;
}

Result<Entrant> entrant_from(const Json& json) {
    const std::string_view type = json["type"].as_string();
    if (type.size() != 1 || kTypes.find(type.front()) == std::string_view::npos) {
        return malformed("type");
    }
    Entrant entrant;
    entrant.edition = text_of(json, "edition");
    entrant.code = text_of(json, "code");
    if (entrant.code.empty()) return malformed("code");
    entrant.type = type.front();
    entrant.status = text_of(json, "status");
    entrant.function = text_of(json, "function");
    entrant.given_name = text_of(json, "given_name");
    entrant.family_name = text_of(json, "family_name");
    entrant.name = text_of(json, "name");
    entrant.organisation = text_of(json, "organisation");
    entrant.gender = text_of(json, "gender");
    entrant.birth_date = text_of(json, "birth_date");
    entrant.birth_country = text_of(json, "birth_country");
    entrant.residence_country = text_of(json, "residence_country");
    entrant.nationality = text_of(json, "nationality");
    entrant.members = texts_of(json, "members");
    for (const Json& entry : json["disciplines"].items())
        entrant.disciplines.push_back(entry_from(entry));
    entrant.as_of = text_of(json, "as_of");
    return entrant;
}

Json to_json(const Biography& biography) {
    Json json = Json::object({{"edition", biography.edition},
                              {"of", to_string(biography.of)},
                              {"code", biography.code},
                              {"language", biography.language},
                              {"version", biography.version},
                              {"written", biography.written},
                              {"source", biography.source}});
    put_items(json, "fields", biography.fields);
    if (biography.withdrawn) json.set("withdrawn", true);
    return json;
}

Result<Biography> biography_from(const Json& json) {
    Biography biography;
    const std::size_t of = index_of(kOfNames, json["of"].as_string());
    if (of == kOfNames.size()) return malformed("of");
    biography.of = static_cast<BiographyOf>(of);
    biography.edition = text_of(json, "edition");
    biography.code = text_of(json, "code");
    biography.language = text_of(json, "language");
    biography.version = json["version"].as_int();
    biography.written = text_of(json, "written");
    biography.source = text_of(json, "source");
    for (const Json& field : json["fields"].items()) {
        const std::size_t kind = index_of(kKindNames, field["kind"].as_string());
        if (kind == kKindNames.size()) return malformed("kind");
        biography.fields.push_back(
            {text_of(field, "name"), static_cast<FieldKind>(kind), text_of(field, "text")});
    }
    biography.withdrawn = json["withdrawn"].as_bool();
    return biography;
}

}  // namespace altis::results
