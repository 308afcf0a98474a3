// IOF XML 3.0, ResultList: classes, persons, teams, times in seconds and split times.
#include <array>

#include "codec/xml.h"
#include "codec/xml_writer.h"
#include "results/formats/readers.h"
#include "results/formats/texts.h"
#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using codec::XmlElement;
using codec::XmlWriter;

constexpr std::string_view kNamespace = "http://www.orienteering.org/datastandard/3.0";
constexpr std::string_view kDiscipline = "ORI";

// How a result can be no result: ours and theirs.
struct Mark {
    std::string_view irm;
    std::string_view status;
};
constexpr std::array kMarks = {Mark{"DNS", "DidNotStart"},  Mark{"DNF", "DidNotFinish"},
                               Mark{"DSQ", "Disqualified"}, Mark{"MP", "MissingPunch"},
                               Mark{"OT", "OverTime"},      Mark{"NC", "NotCompeting"},
                               Mark{"CAN", "Cancelled"},    Mark{"SW", "SportingWithdrawal"}};

std::string irm_of(std::string_view status) {
    for (const Mark& mark : kMarks) {
        if (mark.status == status) return std::string(mark.irm);
    }
    return status.empty() || status == "OK" ? "" : code_text(status, 8);
}

std::string_view status_of(const ResultLine& line) {
    for (const Mark& mark : kMarks) {
        if (mark.irm == line.irm) return mark.status;
    }
    return line.irm.empty() ? "OK" : "Disqualified";
}

// ---- reading ------------------------------------------------------------------------------------

std::string text_of(XmlElement element, std::string_view name) {
    return std::string(element.child(name).text());
}

Result<std::string> clock_text(XmlElement element, std::string_view name) {
    const std::string_view text = element.child(name).text();
    if (text.empty()) return std::string();
    if (auto clock = clock_of_seconds(text)) return *std::move(clock);
    return fail(Code::kInvalid, "iof.time_malformed",
                "a " + std::string(name) + " is no number of seconds such as 3723.5");
}

Result<void> read_result(XmlElement result, ResultLine& line) {
    line.irm = irm_of(result.child("Status").text());
    line.result_type = line.irm.empty() ? "TIME" : "IRM";
    TRY(line.result, clock_text(result, "Time"));
    TRY(const std::string behind, clock_text(result, "TimeBehind"));
    if (!behind.empty()) line.diff = "+" + behind;
    const std::string_view position = result.child("Position").text();
    line.rank = odf::parse_count(position).value_or(0);
    if (!position.empty() && line.rank == 0) {
        return fail(Code::kInvalid, "iof.position_malformed",
                    "a Position is no whole number from 1");
    }
    if (line.competitor.bib.empty()) line.competitor.bib = result.child("BibNumber").text();
    for (const XmlElement split : result.children("SplitTime")) {
        ExtendedValue value{"PROGRESS", "SPLIT", text_of(split, "ControlCode"), "", "", 0, false,
                            0,          ""};
        TRY(value.value, clock_text(split, "Time"));
        if (value.value.empty()) value.value2 = split.attribute("status");
        line.extended.push_back(std::move(value));
    }
    return {};
}

std::string organisation_of(XmlElement element) {
    const XmlElement organisation = element.child("Organisation");
    for (const std::string_view code :
         {organisation.child("Country").attribute("code"), organisation.child("ShortName").text(),
          organisation.child("Name").text()}) {
        if (!code.empty()) return std::string(code);
    }
    return {};
}

Member read_person(XmlElement person, std::string_view organisation) {
    Member member;
    member.code = text_of(person, "Id");
    member.given_name = text_of(person.child("Name"), "Given");
    member.family_name = text_of(person.child("Name"), "Family");
    member.organisation = organisation;
    member.gender = person.attribute("sex");
    member.birth_date = text_of(person, "BirthDate");
    return member;
}

Result<ResultLine> read_person_result(XmlElement element) {
    ResultLine line;
    Competitor& competitor = line.competitor;
    competitor.organisation = organisation_of(element);
    competitor.members.push_back(read_person(element.child("Person"), competitor.organisation));
    Member& member = competitor.members.front();
    if (member.code.empty()) {
        member.code = code_text(member.family_name + member.given_name, 30);
    }
    competitor.code = member.code;
    if (competitor.code.empty()) {
        return fail(Code::kInvalid, "iof.person_missing", "a PersonResult has no Id and no name");
    }
    TRY_VOID(read_result(element.child("Result"), line));
    return line;
}

Result<ResultLine> read_team_result(XmlElement element) {
    ResultLine line;
    Competitor& competitor = line.competitor;
    competitor.type = CompetitorType::kTeam;
    competitor.name = text_of(element, "Name");
    competitor.organisation = organisation_of(element);
    competitor.bib = text_of(element, "BibNumber");
    competitor.code = text_of(element, "EntryId");
    if (competitor.code.empty()) competitor.code = code_text(competitor.name, 30);
    if (competitor.code.empty()) {
        return fail(Code::kInvalid, "iof.team_missing", "a TeamResult has no EntryId and no Name");
    }
    XmlElement overall = element.child("Result");
    for (const XmlElement member : element.children("TeamMemberResult")) {
        competitor.members.push_back(read_person(member.child("Person"), competitor.organisation));
        const XmlElement found = member.child("Result").child("OverallResult");
        if (found) overall = found;
    }
    TRY_VOID(read_result(overall, line));
    return line;
}

// A Class that we wrote has the unit's own code as its Id.
Result<std::string> unit_code(XmlElement of_class, std::size_t number) {
    const std::string_view id = of_class.child("Id").text();
    if (const auto rsc = Rsc::parse(id)) return rsc->text();
    const std::string_view sex = of_class.attribute("sex");
    const char gender = sex == "M" ? 'M' : sex == "F" ? 'W' : 'X';
    std::string name = text_of(of_class, "ShortName");
    if (name.empty()) name = text_of(of_class, "Name");
    return build_rsc(kDiscipline, gender, name, "", "FNL", number);
}

Result<void> read_class(XmlElement element, std::size_t number, const ReadOptions& options,
                        ResultList& list) {
    const XmlElement of_class = element.child("Class");
    TRY(const std::string rsc, unit_code(of_class, 1));
    UnitResult made = new_unit(options, rsc);
    made.unit.name = text_of(of_class, "Name");
    const std::string place = "ClassResult " + std::to_string(number) + ", entry ";
    std::size_t entry = 0;
    for (auto child = element.first_child(); child; child = child.next_sibling()) {
        const bool team = child.name() == "TeamResult";
        if (!team && child.name() != "PersonResult") continue;
        auto line = team ? read_team_result(child) : read_person_result(child);
        ++entry;
        if (!line) {
            refuse(list, place + std::to_string(entry), line.error());
            continue;
        }
        ++list.rows;
        line->sort_order = static_cast<int>(entry);
        made.publication.lines.push_back(std::move(*line));
    }
    mark_ties(made.publication.lines);
    list.units.push_back(std::move(made));
    return {};
}

// ---- writing ------------------------------------------------------------------------------------

void write_person(XmlWriter& xml, const Member& member) {
    xml.open("Person");
    if (!member.gender.empty()) xml.attribute("sex", member.gender == "M" ? "M" : "F");
    xml.leaf("Id", member.code);
    xml.open("Name");
    xml.leaf("Family", member.family_name);
    xml.leaf("Given", member.given_name);
    xml.end();
    xml.leaf("BirthDate", member.birth_date);
    xml.end();
}

void write_organisation(XmlWriter& xml, std::string_view code) {
    if (code.empty()) return;
    xml.open("Organisation");
    xml.leaf("Name", code);
    xml.leaf("ShortName", code);
    xml.end();
}

Result<std::string> seconds_text(const std::string& clock) {
    if (clock.empty()) return std::string();
    const std::size_t sign = clock.starts_with('+') ? 1 : 0;
    if (auto seconds = seconds_of_clock(std::string_view(clock).substr(sign))) return *seconds;
    return fail(Code::kInvalid, "format.not_a_time",
                "a result is no time, which is all that IOF XML can say; export csv or ndjson");
}

Result<void> write_times(XmlWriter& xml, const ResultLine& line) {
    TRY(const std::string time, seconds_text(line.result));
    TRY(const std::string behind, seconds_text(line.diff));
    xml.leaf("Time", time);
    xml.leaf("TimeBehind", behind);
    if (line.rank > 0) xml.leaf("Position", std::to_string(line.rank));
    xml.leaf("Status", status_of(line));
    return {};
}

Result<void> write_splits(XmlWriter& xml, const ResultLine& line) {
    for (const ExtendedValue& value : line.extended) {
        if (!is_split(value)) continue;
        TRY(const std::string time, seconds_text(value.value));
        xml.open("SplitTime").optional("status", time.empty() ? value.value2 : "");
        xml.leaf("ControlCode", value.pos);
        xml.leaf("Time", time);
        xml.end();
    }
    return {};
}

Result<void> write_person_result(XmlWriter& xml, const ResultLine& line) {
    xml.open("PersonResult");
    write_person(xml, line.competitor.members.empty()
                          ? Member{line.competitor.code, "", line.competitor.name, ""}
                          : line.competitor.members.front());
    write_organisation(xml, line.competitor.organisation);
    xml.open("Result");
    xml.leaf("BibNumber", line.competitor.bib);
    TRY_VOID(write_times(xml, line));
    TRY_VOID(write_splits(xml, line));
    xml.end();
    xml.end();
    return {};
}

Result<void> write_team_result(XmlWriter& xml, const ResultLine& line) {
    xml.open("TeamResult");
    xml.leaf("EntryId", line.competitor.code);
    xml.leaf("Name", line.competitor.name);
    write_organisation(xml, line.competitor.organisation);
    xml.leaf("BibNumber", line.competitor.bib);
    for (std::size_t leg = 1; leg <= line.competitor.members.size(); ++leg) {
        xml.open("TeamMemberResult");
        write_person(xml, line.competitor.members[leg - 1]);
        xml.open("Result");
        xml.leaf("Leg", std::to_string(leg));
        xml.open("OverallResult");
        TRY_VOID(write_times(xml, line));
        xml.end();
        xml.end();
        xml.end();
    }
    xml.end();
    return {};
}

Result<void> write_class(XmlWriter& xml, const UnitResult& result) {
    TRY(const Rsc rsc, Rsc::parse(result.unit.rsc));
    xml.open("ClassResult");
    xml.open("Class");
    if (rsc.gender() == 'M' || rsc.gender() == 'W') {
        xml.attribute("sex", rsc.gender() == 'M' ? "M" : "F");
    }
    xml.leaf("Id", rsc.text());
    xml.leaf("Name", result.unit.name.empty() ? rsc.event_code() : result.unit.name);
    xml.end();
    for (const ResultLine& line : result.publication.lines) {
        if (line.competitor.type == CompetitorType::kAthlete) {
            TRY_VOID(write_person_result(xml, line));
        } else {
            TRY_VOID(write_team_result(xml, line));
        }
    }
    xml.end();
    return {};
}

}  // namespace

Result<ResultList> read_iof(std::string_view text, const ReadOptions& options) {
    TRY(const codec::XmlDocument document,
        codec::XmlDocument::parse(text,
                                  {.max_bytes = kMaxImportBytes, .max_depth = kMaxImportDepth}));
    const XmlElement root = document.root();
    if (root.name() != "ResultList") {
        return fail(Code::kInvalid, "format.not_this",
                    "the root element is not ResultList, with which IOF XML results begin");
    }
    ResultList list;
    list.name = text_of(root.child("Event"), "Name");
    std::size_t number = 0;
    for (const XmlElement element : root.children("ClassResult")) {
        ++number;
        const auto read = read_class(element, number, options, list);
        if (!read) refuse(list, "ClassResult " + std::to_string(number), read.error());
    }
    return list;
}

Result<std::string> write_iof(const ResultList& list) {
    std::string out;
    XmlWriter xml(out);
    xml.declaration();
    xml.open("ResultList")
        .attribute("xmlns", kNamespace)
        .attribute("iofVersion", "3.0")
        .attribute("status", "Complete")
        .attribute("creator", "Altis");
    xml.open("Event");
    xml.leaf("Name", list.name);
    xml.end();
    for (const UnitResult& result : list.units)
        TRY_VOID(write_class(xml, result));
    xml.end();
    return out;
}

}  // namespace altis::results::formats
