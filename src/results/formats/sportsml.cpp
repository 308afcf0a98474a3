// SportsML 3 within a NewsML-G2 item: tournament, its parts (phases), sports events (units).
#include <map>

#include "codec/xml_writer.h"
#include "results/formats/readers.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using codec::XmlWriter;

std::string key_of(std::string_view code) {
    return "vend:" + std::string(code);
}

std::string_view units_of(std::string_view result_type) {
    if (result_type == "TIME") return "spscoreunits:time-absolute";
    if (result_type == "DISTANCE") return "spscoreunits:distance";
    return result_type == "POINTS" ? "spscoreunits:points" : "";
}

std::string_view outcome_of(std::string_view outcome) {
    if (outcome == "W") return "speventoutcome:win";
    if (outcome == "L") return "speventoutcome:loss";
    return outcome == "T" ? "speventoutcome:tie" : "";
}

void write_name(XmlWriter& xml, std::string_view name) {
    if (name.empty()) return;
    xml.open("name").attribute("role", "nrol:full").text(name);
    xml.end();
}

void write_stats(XmlWriter& xml, std::string_view element, const ResultLine& line) {
    xml.open(element)
        .optional("score", line.result)
        .optional("score-units", line.result.empty() ? "" : units_of(line.result_type))
        .optional("score-deficit", line.diff)
        .optional("event-outcome", outcome_of(line.outcome))
        .optional("result-effect", line.qualification.empty() ? "" : "spresulteffect:qualification")
        .optional("result-status", line.irm.empty() ? "" : key_of(line.irm));
    if (line.rank > 0) {
        xml.open("rank").attribute("value", std::to_string(line.rank));
        if (line.rank_equal) xml.attribute("tied", "true");
        xml.end();
    }
    for (const ExtendedValue& value : line.extended) {
        xml.open("stat")
            .attribute("stat-type", key_of(value.code))
            .optional("temporal-unit-value", value.pos)
            .optional("value", value.value);
        xml.end();
    }
    xml.end();
}

void write_member(XmlWriter& xml, const Member& member, const Competitor& competitor) {
    xml.open("player");
    xml.open("player-metadata")
        .attribute("key", key_of(member.code))
        .optional("nationality",
                  member.organisation.empty() ? competitor.organisation : member.organisation)
        .optional("uniform-number", competitor.members.size() == 1 ? competitor.bib : "")
        .optional("date-of-birth", member.birth_date);
    write_name(xml, display_name(Competitor{"", CompetitorType::kAthlete, "", "", {member}}));
    xml.end();
}

void write_athlete(XmlWriter& xml, const ResultLine& line) {
    const Competitor& competitor = line.competitor;
    const Member member = competitor.members.empty() ? Member{competitor.code, "", competitor.name,
                                                              competitor.organisation}
                                                     : competitor.members.front();
    write_member(xml, member, competitor);
    write_stats(xml, "player-stats", line);
    xml.end();
}

void write_team(XmlWriter& xml, const ResultLine& line) {
    const Competitor& competitor = line.competitor;
    xml.open("team");
    xml.open("team-metadata")
        .attribute("key", key_of(competitor.code))
        .optional("nationality", competitor.organisation);
    write_name(xml, competitor.name);
    xml.end();
    write_stats(xml, "team-stats", line);
    for (const Member& member : competitor.members) {
        write_member(xml, member, competitor);
        xml.end();
    }
    xml.end();
}

void write_unit(XmlWriter& xml, const UnitResult& result) {
    xml.open("sports-event");
    xml.open("event-metadata")
        .attribute("key", key_of(result.unit.rsc))
        .optional("start-date-time", result.unit.start ? format_rfc3339(*result.unit.start) : "")
        .attribute("event-status", key_of(to_string(result.publication.status)));
    write_name(xml, result.unit.name);
    xml.end();
    for (const ResultLine& line : result.publication.lines) {
        if (line.competitor.type == CompetitorType::kAthlete) {
            write_athlete(xml, line);
        } else {
            write_team(xml, line);
        }
    }
    xml.end();
}

// Units by event, then by phase; views into the list.
using Phases = std::map<std::string, std::vector<const UnitResult*>, std::less<>>;
std::map<std::string, Phases> by_event(const ResultList& list) {
    std::map<std::string, Phases> events;
    for (const UnitResult& result : list.units) {
        const std::string_view rsc = result.unit.rsc;
        events[std::string(rsc.substr(0, 22))][std::string(rsc.substr(22, 4))].push_back(&result);
    }
    return events;
}

void write_event(XmlWriter& xml, const std::string& event, const Phases& phases) {
    xml.open("tournament");
    xml.open("tournament-metadata").attribute("key", key_of(event));
    xml.end();
    for (const auto& [phase, units] : phases) {
        xml.open("tournament-part");
        xml.open("tournament-part-metadata")
            .attribute("key", key_of(event + phase))
            .attribute("type", "sptournamentphase:round");
        xml.end();
        for (const UnitResult* unit : units)
            write_unit(xml, *unit);
        xml.end();
    }
    xml.end();
}

void write_head(XmlWriter& xml, const ResultList& list) {
    xml.open("itemMeta");
    xml.open("itemClass").attribute("qcode", "ninat:text");
    xml.end();
    if (!list.units.empty())
        xml.leaf("versionCreated", list.units.front().publication.logical_date);
    xml.open("pubStatus").attribute("qcode", "stat:usable");
    xml.end();
    xml.end();
    xml.open("contentMeta");
    xml.leaf("headline", list.name);
    xml.end();
}

}  // namespace

std::string write_sportsml(const ResultList& list) {
    std::string out;
    XmlWriter xml(out);
    xml.declaration();
    xml.open("newsItem")
        .attribute("xmlns", "http://iptc.org/std/nar/2006-10-01/")
        .attribute("standard", "NewsML-G2")
        .attribute("standardversion", "2.22")
        .attribute("conformance", "power")
        .attribute("xml:lang", "en");
    write_head(xml, list);
    xml.open("contentSet");
    xml.open("inlineXML").attribute("contenttype", "application/sportsml+xml");
    xml.open("sports-content");
    for (const auto& [event, phases] : by_event(list))
        write_event(xml, event, phases);
    for (int level = 0; level < 4; ++level)
        xml.end();
    return out;
}

}  // namespace altis::results::formats
