#include "results/people/people_odf.h"

#include <algorithm>
#include <array>
#include <set>

#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results {
namespace {

using codec::XmlElement;

constexpr std::array<std::string_view, 4> kListTypes = {
    "DT_PARTIC", "DT_PARTIC_UPDATE", "DT_PARTIC_TEAMS", "DT_PARTIC_TEAMS_UPDATE"};
constexpr std::array<std::string_view, 4> kBiographyTypes = {"DT_BIO_PAR", "DT_BIO_TEA",
                                                             "DT_BIO_NOC", "DT_BIO_HOR"};
constexpr std::array<std::string_view, 4> kBiographyElements = {
    "ParticipantBiography", "TeamBiography", "Organisation", "HorseBiography"};
constexpr std::size_t kDisciplineCharacters = 3;
constexpr std::string_view kMixed = "MIX";  // organisation of groups: MIX, MIX1, ...

void warn(EntrantList& list, std::string_view name, std::string detail) {
    list.warnings.push_back({std::string(name), std::move(detail)});
}

bool is_date(std::string_view text) {
    return text.size() == std::string_view("2000-01-31").size() && parse_rfc3339(text).has_value();
}

// The discipline that a code begins with. Anything but capitals and digits would be no code, and
// may be cut within a character.
Result<std::string> discipline_of(std::string_view attribute, std::string_view code) {
    const std::string_view discipline = code.substr(0, kDisciplineCharacters);
    const bool is_code = std::ranges::all_of(
        discipline, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    if (is_code && discipline.size() == kDisciplineCharacters) return std::string(discipline);
    return odf::malformed(attribute, code, "begins with a discipline of three of A-Z and 0-9");
}

// ---- lists --------------------------------------------------------------------------------------

Result<void> read_events(XmlElement element, const std::string& of, DisciplineEntry& entry,
                         EntrantList& list) {
    for (const XmlElement event : element.children("RegisteredEvent")) {
        TRY(const std::string code, require_odf_text(event, "Event"));
        if (!Rsc::parse(code)) {
            warn(list, "odf.event_malformed",
                 "event " + odf::quoted(code) + " of " + of + " is no RSC and was left out");
            continue;
        }
        if (entry.events.size() == kMaxEntryEvents) {
            return odf::too_large("the entry of " + of, kMaxEntryEvents, "events");
        }
        TRY(std::string bib, read_odf_text(event, "Bib"));
        entry.events.push_back({code, std::move(bib)});
    }
    return {};
}

Result<void> read_disciplines(XmlElement element, Entrant& entrant, EntrantList& list) {
    for (const XmlElement found : element.children("Discipline")) {
        TRY(const std::string code, require_odf_text(found, "Code"));
        DisciplineEntry entry;
        TRY(entry.discipline, discipline_of("Code", code));
        if (entrant.in_discipline(entry.discipline) != nullptr) continue;
        TRY(entry.federation_id, read_odf_text(found, "IFId"));
        TRY_VOID(read_events(found, entrant.code, entry, list));
        entry.as_of = list.header.written();
        entrant.disciplines.push_back(std::move(entry));
    }
    // Without any, the list's own discipline is meant.
    if (entrant.disciplines.empty()) {
        TRY(std::string own, discipline_of("DocumentCode", list.header.document_code));
        entrant.disciplines.push_back({std::move(own), "", {}, list.header.written(), false});
    }
    return {};
}

// Athletes have functions AA01 and others that begin with AA; a code alone says athlete.
char type_of_person(std::string_view function) {
    return function.empty() || function.starts_with("AA") || function == "ATH" ? 'A' : 'O';
}

Result<void> read_person(XmlElement element, Entrant& person, EntrantList& list) {
    TRY(person.status, read_odf_text(element, "Status"));
    TRY(person.function, read_odf_text(element, "MainFunctionId"));
    TRY(person.given_name, read_odf_text(element, "GivenName"));
    TRY(person.family_name, read_odf_text(element, "FamilyName"));
    TRY(person.name, read_odf_text(element, "PrintName"));
    TRY(person.gender, read_odf_text(element, "Gender"));
    TRY(person.birth_date, read_odf_text(element, "BirthDate"));
    TRY(person.birth_country, read_odf_text(element, "CountryofBirth"));
    TRY(person.residence_country, read_odf_text(element, "CountryofResidence"));
    TRY(person.nationality, read_odf_text(element, "Nationality"));
    person.type = type_of_person(person.function);
    if (person.given_name.empty() && person.family_name.empty()) {
        warn(list, "odf.name_blank", "participant " + person.code + " has no name");
    }
    if (!person.birth_date.empty() && !is_date(person.birth_date)) {
        warn(list, "odf.birth_date_malformed",
             "BirthDate of participant " + person.code + " is no date like 2000-01-31");
    }
    return {};
}

Result<void> read_team(XmlElement element, Entrant& team, EntrantList& list) {
    TRY(team.name, read_odf_text(element, "Name"));
    if (team.name.empty()) {
        TRY(team.name, read_odf_text(element, "TeamName"));
    }
    TRY(team.status, read_odf_text(element, "Status"));
    TRY(team.gender, read_odf_text(element, "Gender"));
    team.type = team.organisation.starts_with(kMixed) ? 'G' : 'T';
    if (team.name.empty()) warn(list, "odf.name_blank", "team " + team.code + " has no name");
    for (const XmlElement athlete : element.child("Composition").children("Athlete")) {
        if (team.members.size() == kMaxTeamMembers) {
            return odf::too_large("team " + team.code, kMaxTeamMembers, "athletes");
        }
        TRY(std::string code, require_odf_text(athlete, "Code"));
        team.members.push_back(std::move(code));
    }
    return {};
}

Result<void> read_entrants(XmlElement competition, EntrantList& list) {
    const auto elements = competition.children(list.of_teams ? "Team" : "Participant");
    if (elements.size() > kMaxEntrants) return odf::too_large("the list", kMaxEntrants, "entries");
    std::set<std::string> codes;
    for (const XmlElement element : elements) {
        Entrant entrant;
        TRY(entrant.code, require_odf_text(element, "Code"));
        if (!codes.insert(entrant.code).second) {
            warn(list, "odf.competitor_repeated",
                 entrant.code + " is listed twice; the first one counts");
            continue;
        }
        entrant.edition = list.header.edition();
        entrant.as_of = list.header.written();
        TRY(entrant.organisation, read_odf_text(element, "Organisation"));
        TRY_VOID(list.of_teams ? read_team(element, entrant, list)
                               : read_person(element, entrant, list));
        TRY_VOID(read_disciplines(element, entrant, list));
        list.entrants.push_back(std::move(entrant));
    }
    return {};
}

// ---- biographies --------------------------------------------------------------------------------

FieldKind kind_of(std::string_view text) {
    if (is_date(text)) return FieldKind::kDate;
    const bool digits =
        text.find_first_not_of("0123456789.") == std::string_view::npos && !text.empty();
    return digits && std::ranges::count(text, '.') <= 1 && text.front() != '.' && text.back() != '.'
               ? FieldKind::kNumber
               : FieldKind::kText;
}

Result<void> add_field(Biography& biography, std::string name, std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > kMaxBiographyBytes) return odf::too_large(name, kMaxBiographyBytes, "bytes");
    if (biography.fields.size() == kMaxBiographyFields) {
        return odf::too_large("the biography", kMaxBiographyFields, "fields");
    }
    biography.fields.push_back({std::move(name), kind_of(text), std::string(text)});
    return {};
}

// Whatever the element says, under its place: "GInterest/Family". Recursion is as deep as the
// document, at most kMaxOdfDepth.
Result<void> read_fields(XmlElement element, const std::string& place, Biography& biography) {
    for (const codec::XmlAttribute& a : element.attributes()) {
        const bool is_value = a.name == "Value";
        const std::string name(a.name);
        TRY_VOID(add_field(biography, is_value ? place : place + "/" + name, a.value));
    }
    TRY_VOID(add_field(biography, place, element.text()));
    for (auto child = element.first_child(); child; child = child.next_sibling())
        TRY_VOID(read_fields(child, place + "/" + std::string(child.name()), biography));
    return {};
}

Biography empty_biography(const OdfHeader& header, std::size_t type) {
    Biography biography;
    biography.edition = header.edition();
    biography.of = static_cast<BiographyOf>(type);
    biography.code = header.document_code;
    biography.language = header.language;
    biography.version = header.version;
    biography.written = header.written();
    biography.source = header.source;
    return biography;
}

}  // namespace

bool is_entrant_list(std::string_view document_type) {
    return std::ranges::find(kListTypes, document_type) != kListTypes.end();
}

bool is_biography(std::string_view document_type) {
    return std::ranges::find(kBiographyTypes, document_type) != kBiographyTypes.end();
}

Result<EntrantList> parse_entrants_odf(std::string_view xml, OdfMode mode) {
    TRY(const codec::XmlDocument document, parse_odf_xml(xml));
    EntrantList list;
    TRY(list.header, read_odf_header(document.root()));
    list.of_teams = list.header.type.find("TEAMS") != std::string::npos;
    list.is_update = list.header.type.ends_with("_UPDATE");
    TRY_VOID(discipline_of("DocumentCode", list.header.document_code));
    const XmlElement competition = document.root().child("Competition");
    if (!competition) {
        return fail(
            Code::kInvalid, "odf.competition_missing",
            list.header.type + " has no Competition; send the whole list, or changes as an update");
    }
    TRY_VOID(read_entrants(competition, list));
    if (mode == OdfMode::kStrict && !list.warnings.empty()) {
        return fail(
            Code::kInvalid, list.warnings.front().name,
            list.warnings.front().detail + "; correct the message, or send it without mode=strict");
    }
    return list;
}

Result<std::vector<Biography>> parse_biography_odf(const OdfHeader& header, XmlElement body) {
    const auto type = static_cast<std::size_t>(std::ranges::find(kBiographyTypes, header.type) -
                                               kBiographyTypes.begin());
    std::vector<Biography> biographies;
    if (!header.has_competition) {
        biographies.push_back(empty_biography(header, type));
        biographies.back().withdrawn = true;
        return biographies;
    }
    const XmlElement element = body.child("Competition").child(kBiographyElements[type]);
    if (!element) {
        return fail(Code::kInvalid, "odf.attribute_missing",
                    header.type + " has no element " + std::string(kBiographyElements[type]) +
                        "; ODF demands it, ask the sender to fill it");
    }
    for (const XmlElement language : element.children("Language")) {
        Biography biography = empty_biography(header, type);
        TRY(const std::string code, read_odf_text(element, "Code"));
        if (!code.empty()) biography.code = code;
        TRY(const std::string name, read_odf_text(language, "Language"));
        if (!name.empty()) biography.language = name;
        for (auto section = language.first_child(); section; section = section.next_sibling())
            TRY_VOID(read_fields(section, std::string(section.name()), biography));
        biographies.push_back(std::move(biography));
    }
    if (biographies.empty()) return odf::missing("Language");
    return biographies;
}

}  // namespace altis::results
