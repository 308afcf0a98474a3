#include "results/odf_writer.h"

#include <string_view>

#include "codec/text.h"

namespace altis::results {
namespace {

// One start tag at a time: open, attributes, then close or end_empty.
class TagWriter {
  public:
    explicit TagWriter(std::string& out) : out_(out) {}

    TagWriter& open(std::string_view name) {
        out_ += '<';
        out_ += name;
        return *this;
    }
    // Empty attributes are left out: in ODF they are absent.
    TagWriter& attribute(std::string_view name, std::string_view text) {
        if (text.empty()) return *this;
        out_ += ' ';
        out_ += name;
        out_ += "=\"";
        codec::append_markup(out_, text, codec::MarkupPlace::kAttribute);
        out_ += '"';
        return *this;
    }
    TagWriter& number(std::string_view name, std::int64_t number) {
        return number == 0 ? *this : attribute(name, std::to_string(number));
    }
    void close() { out_ += '>'; }
    void end_empty() { out_ += " />"; }
    void end(std::string_view name) {
        out_ += "</";
        out_ += name;
        out_ += '>';
    }

  private:
    std::string& out_;
};

std::string_view flag(const bool& set) {
    return set ? "Y" : "";
}

void write_extended(TagWriter& tags, const ResultLine& line) {
    if (line.extended.empty()) return;
    tags.open("ExtendedResults").close();
    for (const ExtendedValue& value : line.extended) {
        tags.open("ExtendedResult")
            .attribute("Type", value.type)
            .attribute("Code", value.code)
            .attribute("Pos", value.pos)
            .attribute("Value", value.value)
            .attribute("Value2", value.value2)
            .number("Rank", value.rank)
            .attribute("RankEqual", flag(value.rank_equal))
            .number("SortOrder", value.sort_order)
            .attribute("Diff", value.diff)
            .end_empty();
    }
    tags.end("ExtendedResults");
}

void write_member(TagWriter& tags, const Member& member, std::size_t order) {
    tags.open("Athlete")
        .attribute("Code", member.code)
        .number("Order", static_cast<std::int64_t>(order))
        .close();
    tags.open("Description")
        .attribute("GivenName", member.given_name)
        .attribute("FamilyName", member.family_name)
        .attribute("Organisation", member.organisation)
        .end_empty();
    tags.end("Athlete");
}

void write_competitor(TagWriter& tags, const Competitor& competitor) {
    const char type = static_cast<char>(competitor.type);
    tags.open("Competitor")
        .attribute("Code", competitor.code)
        .attribute("Type", std::string_view(&type, 1))
        .attribute("Organisation", competitor.organisation)
        .close();
    if (!competitor.name.empty()) {
        tags.open("Description").attribute("TeamName", competitor.name).end_empty();
    }
    if (!competitor.members.empty()) {
        tags.open("Composition").close();
        for (std::size_t i = 0; i < competitor.members.size(); ++i) {
            write_member(tags, competitor.members[i], i + 1);
        }
        tags.end("Composition");
    }
    tags.end("Competitor");
}

void write_result(TagWriter& tags, const ResultLine& line) {
    tags.open("Result")
        .number("Rank", line.rank)
        .attribute("RankEqual", flag(line.rank_equal))
        .attribute("Result", line.result)
        .attribute("IRM", line.irm)
        .attribute("ResultType", line.result_type)
        .number("SortOrder", line.sort_order)
        .attribute("Diff", line.diff)
        .number("StartOrder", line.start_order)
        .close();
    write_extended(tags, line);
    write_competitor(tags, line.competitor);
    tags.end("Result");
}

std::string_view medal_code(MedalUnit medals) {
    switch (medals) {
        case MedalUnit::kNone:
            return "0";
        case MedalUnit::kAll:
            return "1";
        case MedalUnit::kBronze:
            return "3";
    }
    return "0";
}

void write_unit(TagWriter& tags, const Unit& unit) {
    tags.open("Unit")
        .attribute("Code", unit.rsc)
        .attribute("StartDate", unit.start ? format_rfc3339(*unit.start) : "")
        .attribute("Medal", medal_code(unit.medals))
        .attribute("Venue", unit.venue)
        .close();
    if (!unit.name.empty()) {
        tags.open("ItemName")
            .attribute("Language", "ENG")
            .attribute("Value", unit.name)
            .end_empty();
    }
    tags.end("Unit");
}

void open_body(TagWriter& tags, const OdfMessage& message) {
    tags.open("OdfBody")
        .attribute("CompetitionCode", message.competition_code)
        .attribute("DocumentCode", message.document_code)
        .attribute("DocumentType", to_string(message.type))
        .attribute("DocumentSubtype", message.subtype)
        .attribute("Version", std::to_string(message.version))
        .attribute("ResultStatus", message.status ? to_string(*message.status) : "")
        .attribute("FeedFlag", std::string_view(&message.feed_flag, 1))
        .attribute("Date", message.date)
        .attribute("Time", message.time)
        .attribute("LogicalDate", message.logical_date)
        .attribute("Source", message.source)
        .close();
}

}  // namespace

std::string write_odf(const OdfMessage& message) {
    std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>)";
    TagWriter tags(out);
    open_body(tags, message);
    if (message.has_competition) {
        tags.open("Competition").close();
        for (const ResultLine& line : message.results)
            write_result(tags, line);
        for (const Unit& unit : message.units)
            write_unit(tags, unit);
        tags.end("Competition");
    }
    if (!message.note.empty()) tags.open("Note").attribute("Value", message.note).end_empty();
    tags.end("OdfBody");
    return out;
}

}  // namespace altis::results
