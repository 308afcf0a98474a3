// Writing DT_PARTIC and DT_PARTIC_TEAMS.
#include <algorithm>

#include "results/people/people_odf.h"
#include "results/rsc.h"

namespace altis::results {
namespace {

void write_disciplines(codec::XmlWriter& xml, const Entrant& entrant) {
    for (const DisciplineEntry& entry : entrant.disciplines) {
        xml.open("Discipline")
            .attribute("Code", discipline_code(entry.discipline))
            .optional("IFId", entry.federation_id);
        for (const EventEntry& event : entry.events) {
            xml.open("RegisteredEvent")
                .attribute("Event", event.event)
                .optional("Bib", event.bib)
                .end();
        }
        xml.end();
    }
}

void write_person(codec::XmlWriter& xml, const Entrant& person) {
    xml.open("Participant")
        .attribute("Code", person.code)
        .optional("Status", person.status)
        .optional("GivenName", person.given_name)
        .optional("FamilyName", person.family_name)
        .optional("PrintName", person.name)
        .optional("Gender", person.gender)
        .optional("Organisation", person.organisation)
        .optional("BirthDate", person.birth_date)
        .optional("CountryofBirth", person.birth_country)
        .optional("CountryofResidence", person.residence_country)
        .optional("Nationality", person.nationality)
        .optional("MainFunctionId", person.function);
    write_disciplines(xml, person);
    xml.end();
}

void write_team(codec::XmlWriter& xml, const Entrant& team) {
    xml.open("Team")
        .attribute("Code", team.code)
        .optional("Status", team.status)
        .optional("Organisation", team.organisation)
        .optional("Name", team.name)
        .optional("Gender", team.gender);
    if (!team.members.empty()) {
        xml.open("Composition");
        for (std::size_t i = 0; i < team.members.size(); ++i) {
            xml.open("Athlete")
                .attribute("Code", team.members[i])
                .attribute("Order", std::to_string(i + 1))
                .end();
        }
        xml.end();
    }
    write_disciplines(xml, team);
    xml.end();
}

}  // namespace

std::string discipline_code(std::string_view discipline) {
    std::string code(discipline);
    code.resize(std::max(code.size(), kRscCharacters), '-');
    return code;
}

std::string write_entrants_odf(const EntrantList& list) {
    std::string out;
    codec::XmlWriter xml(out);
    open_odf_body(xml, list.header);
    xml.open("Competition");
    for (const Entrant& entrant : list.entrants) {
        if (list.of_teams) {
            write_team(xml, entrant);
        } else {
            write_person(xml, entrant);
        }
    }
    xml.end();
    xml.end();
    return out;
}

}  // namespace altis::results
