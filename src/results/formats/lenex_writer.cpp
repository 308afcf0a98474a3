// LENEX 3, writing.
#include <map>
#include <optional>

#include "codec/xml_writer.h"
#include "results/formats/lenex.h"
#include "results/formats/readers.h"
#include "results/formats/texts.h"
#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using codec::XmlWriter;

// One EVENT: the units of one event and phase.
struct MeetEvent {
    std::string id;
    std::string gender;
    std::string round;
    std::string distance;
    std::string relay = "1";
    std::string stroke;
    std::vector<const UnitResult*> heats;
};

// A result and the ids that it refers to.
struct Swim {
    const ResultLine* line = nullptr;
    std::string id;
    std::string event;
    std::string heat;
};

std::optional<MeetEvent> parse_event(const Rsc& rsc) {
    MeetEvent event;
    event.gender = rsc.gender() == 'M' ? "M" : rsc.gender() == 'W' ? "F" : "X";
    std::string_view code = rsc.event_code().substr(4);
    if (const std::size_t x = code.find('X'); x != std::string_view::npos) {
        event.relay = code.substr(0, x);
        code.remove_prefix(x + 1);
    }
    const std::size_t m = std::min(code.find('M'), code.size());
    event.distance = code.substr(0, m);
    const std::string_view style = code.substr(std::min(m + 1, code.size()));
    for (const Style& known : kStyles) {
        if (known.code == style) event.stroke = known.stroke;
    }
    if (style == "MD") event.stroke = "MEDLEY";
    for (const Round& known : kRounds) {
        if (known.phase == rsc.phase()) event.round = known.round;
    }
    if (event.round.empty()) event.round = "TIM";
    const std::string_view unit = rsc.unit();  // a swim-off "0001RR" is no heat with a number
    const bool swims = rsc.discipline() == "SWM" && !event.stroke.empty() &&
                       odf::parse_count(event.distance) && odf::parse_count(event.relay) &&
                       unit.size() == 6 && unit.ends_with("00") && odf::parse_count(unit);
    return swims ? std::optional(event) : std::nullopt;
}

class LenexWriter {
  public:
    explicit LenexWriter(std::string& out) : xml_(out) {}

    Result<void> write(const ResultList& list) {
        TRY_VOID(collect(list));
        xml_.declaration();
        xml_.open("LENEX").attribute("version", "3.0");
        xml_.open("CONSTRUCTOR").attribute("name", "Altis").attribute("version", "1");
        xml_.open("CONTACT").attribute("name", "Altis").attribute("email", "altis@example.org");
        xml_.end();
        xml_.end();
        xml_.open("MEETS");
        xml_.open("MEET").attribute("name", list.name).attribute("course", "LCM");
        write_sessions();
        write_clubs();
        for (int level = 0; level < 3; ++level)
            xml_.end();
        return {};
    }

  private:
    Result<void> collect(const ResultList& list) {
        std::map<std::string, std::size_t> known;
        std::size_t next_result = 0;
        for (const UnitResult& unit : list.units) {
            TRY(const Rsc rsc, Rsc::parse(unit.unit.rsc));
            const auto event = parse_event(rsc);
            if (!event) {
                return fail(
                    Code::kInvalid, "format.not_swimming",
                    "unit " + rsc.text() +
                        " is no numbered heat of swimming, which is all that LENEX can say; "
                        "export csv or ndjson");
            }
            const auto [at, fresh] = known.emplace(rsc.text().substr(0, 26), events_.size());
            if (fresh) {
                events_.push_back(*event);
                events_.back().id = std::to_string(events_.size());
            }
            MeetEvent& mine = events_[at->second];
            mine.heats.push_back(&unit);
            for (const ResultLine& line : unit.publication.lines) {
                clubs_[line.competitor.organisation].push_back(
                    {&line, std::to_string(++next_result), mine.id, heat_id(mine)});
            }
        }
        return {};
    }

    static std::string heat_id(const MeetEvent& event) {
        return event.id + "0" + std::to_string(event.heats.size());
    }

    void write_sessions() {
        std::string date;
        for (const MeetEvent& event : events_) {
            const std::string& day = event.heats.front()->publication.logical_date;
            if (date.empty() || day < date) date = day;
        }
        xml_.open("SESSIONS");
        xml_.open("SESSION").attribute("number", "1").attribute("date", date);
        xml_.open("EVENTS");
        for (const MeetEvent& event : events_)
            write_event(event);
        for (int level = 0; level < 3; ++level)
            xml_.end();
    }

    void write_event(const MeetEvent& event) {
        xml_.open("EVENT")
            .attribute("eventid", event.id)
            .attribute("number", event.id)
            .attribute("gender", event.gender)
            .attribute("round", event.round);
        xml_.open("SWIMSTYLE")
            .attribute("distance", event.distance)
            .attribute("relaycount", event.relay)
            .attribute("stroke", event.stroke);
        xml_.end();
        if (event.heats.size() == 1) write_ranking(event);
        xml_.open("HEATS");
        for (std::size_t heat = 1; heat <= event.heats.size(); ++heat) {
            const auto number =
                odf::parse_count(std::string_view(event.heats[heat - 1]->unit.rsc).substr(26, 4));
            xml_.open("HEAT")
                .attribute("heatid", event.id + "0" + std::to_string(heat))
                .attribute("number", std::to_string(number.value_or(1)));
            xml_.end();
        }
        xml_.end();
        xml_.end();
    }

    void write_ranking(const MeetEvent& event) {
        xml_.open("AGEGROUPS");
        xml_.open("AGEGROUP")
            .attribute("agegroupid", "1")
            .attribute("agemin", "-1")
            .attribute("agemax", "-1");
        xml_.open("RANKINGS");
        for (const auto& [club, swims] : clubs_) {
            for (const Swim& swim : swims) {
                if (swim.event != event.id || swim.line->rank == 0) continue;
                xml_.open("RANKING")
                    .attribute("place", std::to_string(swim.line->rank))
                    .attribute("resultid", swim.id);
                xml_.end();
            }
        }
        for (int level = 0; level < 3; ++level)
            xml_.end();
    }

    void write_clubs() {
        xml_.open("CLUBS");
        for (const auto& [organisation, swims] : clubs_) {
            xml_.open("CLUB")
                .attribute("name", organisation)
                .attribute("code", organisation)
                .attribute("nation", organisation)
                .attribute("type", "NATIONALTEAM");
            write_athletes(swims);
            write_relays(swims);
            xml_.end();
        }
        xml_.end();
    }

    // Every person once, with all results; members of relays have none of their own.
    void write_athletes(const std::vector<Swim>& swims) {
        std::map<std::string, std::pair<const Member*, std::vector<const Swim*>>> people;
        for (const Swim& swim : swims) {
            const Competitor& competitor = swim.line->competitor;
            for (const Member& member : competitor.members) {
                auto& person = people[member.code];
                person.first = &member;
                if (competitor.type == CompetitorType::kAthlete) person.second.push_back(&swim);
            }
        }
        xml_.open("ATHLETES");
        for (const auto& [code, person] : people) {
            const Member& member = *person.first;
            xml_.open("ATHLETE")
                .attribute("athleteid", code)
                .attribute("lastname", member.family_name)
                .attribute("firstname", member.given_name)
                .optional("gender", member.gender == "W" ? "F" : member.gender)
                .optional("birthdate", member.birth_date)
                .optional("nation", member.organisation)
                .optional("license", member.federation_id);
            xml_.open("RESULTS");
            for (const Swim* swim : person.second) {
                open_result(*swim);
                xml_.end();
            }
            xml_.end();
            xml_.end();
        }
        xml_.end();
    }

    void write_relays(const std::vector<Swim>& swims) {
        std::size_t number = 0;
        xml_.open("RELAYS");
        for (const Swim& swim : swims) {
            const Competitor& competitor = swim.line->competitor;
            if (competitor.type == CompetitorType::kAthlete) continue;
            xml_.open("RELAY")
                .attribute("number", std::to_string(++number))
                .attribute("name", competitor.name);
            xml_.open("RESULTS");
            open_result(swim);
            xml_.open("RELAYPOSITIONS");
            for (std::size_t leg = 1; leg <= competitor.members.size(); ++leg) {
                xml_.open("RELAYPOSITION")
                    .attribute("athleteid", competitor.members[leg - 1].code)
                    .attribute("number", std::to_string(leg));
                xml_.end();
            }
            for (int level = 0; level < 4; ++level)
                xml_.end();
        }
        xml_.end();
    }

    void open_result(const Swim& swim) {
        const ResultLine& line = *swim.line;
        std::string_view status = line.irm;
        if (!status.empty() && irm_of(status).empty()) status = "DSQ";
        xml_.open("RESULT")
            .attribute("resultid", swim.id)
            .attribute("eventid", swim.event)
            .attribute("heatid", swim.heat)
            .attribute("swimtime", line.result.empty() ? "NT" : long_time(line.result))
            .optional("status", status);
        if (line.start_order > 0) xml_.attribute("lane", std::to_string(line.start_order));
        for (const ExtendedValue& value : line.extended) {
            if (value.code == "REACT") xml_.optional("reactiontime", value.value);
        }
        xml_.open("SPLITS");
        for (const ExtendedValue& value : line.extended) {
            if (!is_split(value)) continue;
            xml_.open("SPLIT")
                .attribute("distance", value.pos)
                .attribute("swimtime", long_time(value.value));
            xml_.end();
        }
        xml_.end();
    }

    XmlWriter xml_;
    std::vector<MeetEvent> events_;
    std::map<std::string, std::vector<Swim>> clubs_;  // by organisation
};

}  // namespace

Result<std::string> write_lenex(const ResultList& list) {
    std::string out;
    TRY_VOID(LenexWriter(out).write(list));
    return out;
}

}  // namespace altis::results::formats
