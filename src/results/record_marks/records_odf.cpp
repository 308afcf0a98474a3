#include "results/record_marks/records_odf.h"

#include <algorithm>
#include <optional>

#include "codec/xml_writer.h"
#include "results/odf_lines.h"
#include "results/rules.h"

namespace altis::results {
namespace {

using codec::XmlElement;

constexpr std::size_t kDateCharacters = 10;

void warn(RecordList& list, std::string_view name, const RecordClass& of, std::string_view what) {
    list.warnings.push_back({std::string(name), "a record " + of.type + " of " + of.event + " " +
                                                    std::string(what) + " and was left out"});
}

std::string name_of(XmlElement description) {
    const std::string_view given = description.attribute("GivenName");
    const std::string_view family = description.attribute("FamilyName");
    if (given.empty() || family.empty()) return std::string(given) + std::string(family);
    return std::string(given) + " " + std::string(family);
}

Result<void> read_holder(XmlElement competitor, RecordMark& mark) {
    if (!competitor) return {};
    TRY(mark.competitor, read_odf_text(competitor, "Code"));
    TRY(mark.organisation, read_odf_text(competitor, "Organisation"));
    const auto athletes = competitor.child("Composition").children("Athlete");
    if (athletes.size() > kMaxRecordMembers) {
        return odf::too_large("a record's team", kMaxRecordMembers, "athletes");
    }
    for (const XmlElement athlete : athletes)
        mark.members.push_back(name_of(athlete.child("Description")));
    TRY(mark.name, read_odf_text(competitor.child("Description"), "TeamName"));
    if (mark.members.size() != 1) return {};
    mark.name = mark.members.front();
    mark.members.clear();
    return {};
}

std::string scope_of(const RecordMark& mark) {
    if (mark.of.type == "NR") return mark.organisation;
    return mark.of.type == "PB" || mark.of.type == "SB" ? mark.competitor : "";
}

// What is better by the rules that are built in.
std::optional<Better> direction_of(const RecordMark& mark) {
    const auto event = Rsc::parse(mark.of.event);
    const UnitRules rules = default_rules().for_unit(*event);
    const ValueRule* rule = rules.value(mark.result_type);
    return rule == nullptr ? std::nullopt : std::optional(rule->better);
}

Result<void> read_data(XmlElement data, const OdfHeader& header, RecordMark mark,
                       RecordList& list) {
    TRY(mark.result, require_odf_text(data, "Result"));
    TRY(mark.result_type, read_odf_text(data, "ResultType"));
    TRY(mark.unit, read_odf_text(data, "Unit"));
    TRY(mark.place, read_odf_text(data, "Place"));
    TRY_VOID(read_holder(data.child("Competitor"), mark));
    mark.edition = header.edition();
    mark.source = "odf";
    mark.document = header.type + "/" + header.document_code + "/" + std::to_string(header.version);
    mark.of.scope = scope_of(mark);
    const auto set_at = parse_rfc3339(data.attribute("Date"));
    const auto better = direction_of(mark);
    if (!set_at) {
        warn(list, "odf.record_date_malformed", mark.of, "has no valid Date");
    } else if (!parse_result_value(mark.result)) {
        warn(list, "odf.record_result_malformed", mark.of, "has no number or time as Result");
    } else if (!better) {
        warn(list, "odf.record_direction_unknown", mark.of, "has a ResultType without a rule");
    } else if (!mark.unit.empty() && !Rsc::parse(mark.unit)) {
        return odf::malformed("Unit", mark.unit, "of a RecordData is an RSC");
    } else {
        mark.set_at = *set_at;
        mark.better = *better;
        const bool here = !mark.unit.empty();
        list.claims.emplace_back(std::move(mark),
                                 here ? RecordStatus::kPending : RecordStatus::kRatified);
    }
    return {};
}

void write_holder(codec::XmlWriter& xml, const RecordMark& mark) {
    xml.open("Competitor")
        .optional("Code", mark.competitor)
        .attribute("Type", mark.members.empty() ? "A" : "T")
        .optional("Organisation", mark.organisation);
    if (!mark.members.empty()) {
        xml.open("Description").optional("TeamName", mark.name).end();
    }
    std::vector<std::string> names = mark.members;
    if (names.empty()) names.push_back(mark.name);
    xml.open("Composition");
    for (std::size_t i = 0; i < names.size(); ++i) {
        xml.open("Athlete").attribute("Order", std::to_string(i + 1));
        xml.open("Description").attribute("FamilyName", names[i]).end();
        xml.end();
    }
    xml.end();
    xml.end();
}

void write_data(codec::XmlWriter& xml, const RecordEntry& entry, bool current) {
    const RecordMark& mark = entry.mark;
    xml.open("RecordData")
        .attribute("Result", mark.result)
        .optional("ResultType", mark.result_type)
        .optional("Unit", mark.unit)
        .attribute("Date", format_rfc3339(mark.set_at).substr(0, kDateCharacters))
        .optional("Place", mark.place)
        .attribute("Current", current ? "Y" : "N");
    write_holder(xml, mark);
    xml.end();
}

void write_class(codec::XmlWriter& xml, const RecordMarksBook& book, const RecordClass& of,
                 const Moment& at) {
    const auto standing = book.standing(of, at);
    xml.open("RecordType").attribute("RecordType", of.type).optional("Scope", of.scope);
    for (const RecordEntry* entry : book.history(of, at)) {
        const RecordStatus status = *RecordMarksBook::status_at(*entry, at);
        if (status == RecordStatus::kAnnulled) continue;
        const bool current = std::ranges::find(standing, entry) != standing.end();
        write_data(xml, *entry, current);
    }
    xml.end();
}

}  // namespace

Result<RecordList> parse_records_odf(const OdfHeader& header, XmlElement body) {
    RecordList list;
    for (const XmlElement record : body.child("Competition").children("Record")) {
        TRY(const std::string event, require_odf_text(record, "Code"));
        if (!Rsc::parse(event)) return odf::malformed("Code", event, "of a Record is an RSC");
        for (const XmlElement type : record.children("RecordType")) {
            RecordMark mark;
            mark.of.event = event;
            TRY(mark.of.type, require_odf_text(type, "RecordType"));
            for (const XmlElement data : type.children("RecordData")) {
                TRY_VOID(read_data(data, header, mark, list));
                if (list.claims.size() > kMaxRecordsPerPost) {
                    return odf::too_large("the message", kMaxRecordsPerPost, "records");
                }
            }
        }
    }
    return list;
}

std::string write_records_odf(const RecordMarksBook& book, const OdfHeader& header,
                              const std::vector<RecordClass>& classes, const Moment& at) {
    std::string out;
    codec::XmlWriter xml(out);
    OdfHeader of_records = header;
    of_records.type = "DT_RECORD";
    open_odf_body(xml, of_records);
    xml.open("Competition");
    std::string_view event;
    for (const RecordClass& of : classes) {
        if (of.event != event) {
            if (!event.empty()) xml.end();
            event = of.event;
            xml.open("Record").attribute("Code", event);
        }
        write_class(xml, book, of, at);
    }
    if (!event.empty()) xml.end();
    xml.end();
    xml.end();
    return out;
}

}  // namespace altis::results
