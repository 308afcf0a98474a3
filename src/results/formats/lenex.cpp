// LENEX 3, reading: swimming meets. Events of a meet are event and round; heats are our units.
#include "results/formats/lenex.h"

#include <algorithm>
#include <map>

#include "codec/xml.h"
#include "codec/zip.h"
#include "results/formats/readers.h"
#include "results/formats/texts.h"
#include "results/odf_lines.h"
#include "results/rsc.h"
#include "results/rules.h"

namespace altis::results::formats {
namespace {

using codec::XmlElement;

constexpr std::string_view kDiscipline = "SWM";

// One EVENT of the meet.
struct MeetEvent {
    std::string code;  // "100MFR"
    char gender = 'X';
    std::string phase;
    std::string date;
    std::map<std::string, std::size_t> heats;  // number by heatid
    std::map<std::string, int> places;         // by resultid, where the document ranks
};

class LenexReader {
  public:
    explicit LenexReader(const ReadOptions& options) : options_(options) {}

    Result<ResultList> read(XmlElement meet) {
        list_.name = meet.attribute("name");
        for (const XmlElement session : meet.child("SESSIONS").children("SESSION"))
            read_session(session);
        for (const XmlElement club : meet.child("CLUBS").children("CLUB"))
            read_club(club);
        for (auto& [rsc, index] : units_)
            rank(list_.units[index].publication.lines);
        return std::move(list_);
    }

  private:
    void read_session(XmlElement session) {
        for (const XmlElement element : session.child("EVENTS").children("EVENT")) {
            MeetEvent event;
            const XmlElement style = element.child("SWIMSTYLE");
            const std::string relay(style.attribute("relaycount"));
            const std::string distance(style.attribute("distance"));
            const std::string stroke(style_code(style.attribute("stroke"), relay));
            event.code =
                (relay.empty() || relay == "1" ? "" : relay + "X") + distance + "M" + stroke;
            const std::string_view gender = element.attribute("gender");
            event.gender = gender == "M" ? 'M' : gender == "F" ? 'W' : 'X';
            event.phase = phase_of(element.attribute("round"));
            event.date = session.attribute("date");
            read_heats(element, event);
            events_[std::string(element.attribute("eventid"))] = std::move(event);
        }
    }

    static void read_heats(XmlElement element, MeetEvent& event) {
        for (const XmlElement heat : element.child("HEATS").children("HEAT")) {
            const auto number = odf::parse_count(heat.attribute("number"));
            event.heats[std::string(heat.attribute("heatid"))] =
                static_cast<std::size_t>(number.value_or(1));
        }
        for (const XmlElement group : element.child("AGEGROUPS").children("AGEGROUP")) {
            for (const XmlElement ranking : group.child("RANKINGS").children("RANKING")) {
                event.places[std::string(ranking.attribute("resultid"))] =
                    odf::parse_count(ranking.attribute("place")).value_or(0);
            }
        }
    }

    void read_club(XmlElement club) {
        std::string organisation(club.attribute("nation"));
        if (organisation.empty()) organisation = club.attribute("code");
        for (const XmlElement athlete : club.child("ATHLETES").children("ATHLETE")) {
            Competitor competitor;
            Member member = read_athlete(athlete, organisation);
            competitor.code = member.code;
            competitor.organisation = organisation;
            athletes_[std::string(athlete.attribute("athleteid"))] = member;
            competitor.members.push_back(std::move(member));
            read_results(athlete, competitor);
        }
        for (const XmlElement relay : club.child("RELAYS").children("RELAY"))
            read_relay(relay, club, organisation);
    }

    static Member read_athlete(XmlElement athlete, const std::string& organisation) {
        Member member;
        member.code = athlete.attribute("athleteid");
        member.given_name = athlete.attribute("firstname");
        member.family_name = athlete.attribute("lastname");
        member.organisation = athlete.attribute("nation");
        if (member.organisation.empty()) member.organisation = organisation;
        member.gender = athlete.attribute("gender");
        member.birth_date = athlete.attribute("birthdate");
        member.federation_id = athlete.attribute("license");
        return member;
    }

    void read_relay(XmlElement relay, XmlElement club, const std::string& organisation) {
        Competitor competitor;
        competitor.type = CompetitorType::kTeam;
        competitor.organisation = organisation;
        competitor.name = relay.attribute("name");
        if (competitor.name.empty()) competitor.name = club.attribute("name");
        competitor.code = organisation + "-" + std::string(relay.attribute("gender")) +
                          std::string(relay.attribute("number"));
        for (const XmlElement result : relay.child("RESULTS").children("RESULT")) {
            competitor.members.clear();
            for (const XmlElement at : result.child("RELAYPOSITIONS").children("RELAYPOSITION")) {
                const auto known = athletes_.find(std::string(at.attribute("athleteid")));
                if (known != athletes_.end()) competitor.members.push_back(known->second);
            }
            take(result, competitor);
        }
    }

    void read_results(XmlElement athlete, const Competitor& competitor) {
        for (const XmlElement result : athlete.child("RESULTS").children("RESULT"))
            take(result, competitor);
    }

    void take(XmlElement result, const Competitor& competitor) {
        const auto taken = read_result(result, competitor);
        if (taken) {
            ++list_.rows;
        } else {
            refuse(list_, "RESULT " + std::string(result.attribute("resultid").substr(0, 20)),
                   taken.error());
        }
    }

    Result<void> read_result(XmlElement result, const Competitor& competitor) {
        const auto event = events_.find(std::string(result.attribute("eventid")));
        if (event == events_.end()) {
            return fail(Code::kInvalid, "lenex.unknown_event",
                        "a RESULT names an eventid that no EVENT has");
        }
        if (competitor.code.empty()) {
            return fail(Code::kInvalid, "lenex.athlete_missing", "an ATHLETE has no athleteid");
        }
        const auto heat = event->second.heats.find(std::string(result.attribute("heatid")));
        const bool single = event->second.heats.size() < 2;
        if (heat == event->second.heats.end() && !single) {
            return fail(Code::kInvalid, "lenex.unknown_heat",
                        "a RESULT of an EVENT with several HEATs names none of them");
        }
        const std::size_t number = heat == event->second.heats.end() ? 1 : heat->second;
        ResultLine line = line_of(result, competitor);
        // Orders equal ranks; `rank` takes it away again.
        line.sort_order = odf::parse_count(result.attribute("resultid")).value_or(0);
        const auto place = event->second.places.find(std::string(result.attribute("resultid")));
        if (single && place != event->second.places.end()) line.rank = place->second;
        TRY(std::vector<ResultLine> * lines, lines_of(event->second, number));
        lines->push_back(std::move(line));
        return {};
    }

    static ResultLine line_of(XmlElement result, const Competitor& competitor) {
        ResultLine line;
        line.competitor = competitor;
        line.irm = irm_of(result.attribute("status"));
        const std::string_view time = result.attribute("swimtime");
        if (!time.empty() && time != "NT") line.result = short_time(time);
        line.result_type = line.irm.empty() ? "TIME" : "IRM";
        line.start_order = odf::parse_count(result.attribute("lane")).value_or(0);
        const std::string reaction(result.attribute("reactiontime"));
        if (!reaction.empty()) {
            line.extended.push_back({"ER", "REACT", "", reaction, "", 0, false, 0, ""});
        }
        for (const XmlElement split : result.child("SPLITS").children("SPLIT")) {
            line.extended.push_back({"PROGRESS", "SPLIT", std::string(split.attribute("distance")),
                                     short_time(split.attribute("swimtime")), "", 0, false, 0, ""});
        }
        return line;
    }

    Result<std::vector<ResultLine>*> lines_of(const MeetEvent& event, std::size_t number) {
        TRY(const std::string rsc,
            build_rsc(kDiscipline, event.gender, event.code, "", event.phase, number));
        const auto [at, fresh] = units_.emplace(rsc, list_.units.size());
        if (fresh) {
            ReadOptions dated = options_;
            if (!event.date.empty()) dated.date = event.date;
            list_.units.push_back(new_unit(dated, rsc));
        }
        return &list_.units[at->second].publication.lines;
    }

    // Heats are ranked by time where the document ranks the whole event or nothing.
    static void rank(std::vector<ResultLine>& lines) {
        const bool ranked =
            std::any_of(lines.begin(), lines.end(), [](const auto& l) { return l.rank > 0; });
        if (!ranked) rank_by_time(lines);
        const auto key = [](const ResultLine& line) {
            return std::pair(line.rank == 0 ? INT32_MAX : line.rank, line.sort_order);
        };
        std::stable_sort(lines.begin(), lines.end(),
                         [&key](const auto& a, const auto& b) { return key(a) < key(b); });
        for (ResultLine& line : lines)
            line.sort_order = 0;
        mark_ties(lines);
    }

    static void rank_by_time(std::vector<ResultLine>& lines) {
        for (ResultLine& line : lines) {
            const auto mine = parse_result_value(line.result);
            if (!mine || !line.irm.empty()) continue;
            line.rank = 1;
            for (const ResultLine& other : lines) {
                const auto theirs = parse_result_value(other.result);
                if (theirs && other.irm.empty() && *theirs < *mine) ++line.rank;
            }
        }
    }

    const ReadOptions& options_;
    ResultList list_;
    std::map<std::string, MeetEvent> events_;   // by eventid
    std::map<std::string, Member> athletes_;    // by athleteid
    std::map<std::string, std::size_t> units_;  // index in the list, by RSC
};

}  // namespace

std::string irm_of(std::string_view status) {
    if (status == "WDR" || status == "SICK") return "WDR";
    return status == "DSQ" || status == "DNS" || status == "DNF" ? std::string(status) : "";
}

std::string_view style_code(std::string_view stroke, std::string_view relay) {
    if (stroke == "MEDLEY" && !relay.empty() && relay != "1") return "MD";
    for (const Style& style : kStyles) {
        if (style.stroke == stroke) return style.code;
    }
    return stroke.substr(0, 2);
}

std::string_view phase_of(std::string_view round) {
    for (const Round& known : kRounds) {
        if (known.round == round) return known.phase;
    }
    return "FNL";  // a timed final
}

namespace {

Result<ResultList> read_lef(std::string_view text, const ReadOptions& options) {
    TRY(const codec::XmlDocument document,
        codec::XmlDocument::parse(text,
                                  {.max_bytes = kMaxImportBytes, .max_depth = kMaxImportDepth}));
    const XmlElement meet = document.root().child("MEETS").child("MEET");
    if (document.root().name() != "LENEX" || !meet) {
        return fail(Code::kInvalid, "format.not_this",
                    "the document is no LENEX with a MEET; send a results file of a meet");
    }
    return LenexReader(options).read(meet);
}

}  // namespace

Result<ResultList> read_lenex(std::string_view text, const ReadOptions& options) {
    if (codec::looks_like_zip(text)) {  // a .lxf, which holds one .lef
        TRY(const std::string unzipped, codec::unzip_one(text, kMaxImportBytes));
        return read_lef(unzipped, options);
    }
    return read_lef(text, options);
}

}  // namespace altis::results::formats
