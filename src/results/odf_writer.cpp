#include "results/odf_writer.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "codec/xml_writer.h"

namespace altis::results {
namespace {

// Writes the model's elements and puts the extras back where they stood among them.
class TagWriter {
  public:
    explicit TagWriter(std::string& out) : xml_(out) {}

    // An element with a list of extras of its own, whose paths begin here.
    TagWriter& open_owner(std::string_view name, const Extras& extras) {
        begin_child();
        return push(name, "", extras);
    }
    // An element within the owner; `order` counts from 1 where the name repeats.
    TagWriter& open(std::string_view name, std::size_t order = 0) {
        begin_child();
        std::string path = open_.back().path;
        if (!path.empty()) path += '/';
        path += name;
        if (order > 0) path += ':' + std::to_string(order);
        return push(name, std::move(path), *open_.back().extras);
    }
    // Empty attributes are left out: in ODF they are absent. What the document said itself
    // replaces what the model would say.
    TagWriter& attribute(std::string_view name, std::string_view text) {
        if (!has_extra(name)) xml_.optional(name, text);
        return *this;
    }
    TagWriter& number(std::string_view name, std::int64_t number) {
        return number == 0 ? *this : attribute(name, std::to_string(number));
    }
    void end() {
        finish_start();
        write_elements(SIZE_MAX);
        xml_.end();
        open_.pop_back();
    }

  private:
    struct Open {
        const Extras* extras = nullptr;
        std::string path;
        const Extra* extra = nullptr;  // of this element, if any
        bool started = false;          // all attributes are written
        std::size_t children = 0;      // of the model, so far
        std::size_t next_element = 0;  // of the extra
    };

    TagWriter& push(std::string_view name, std::string path, const Extras& extras) {
        xml_.open(name);
        Open open;
        open.extras = &extras;
        const auto found = std::find_if(extras.begin(), extras.end(),
                                        [&path](const Extra& e) { return e.path == path; });
        if (found != extras.end()) open.extra = &*found;
        open.path = std::move(path);
        open_.push_back(std::move(open));
        return *this;
    }
    bool has_extra(std::string_view name) const {
        const Extra* extra = open_.back().extra;
        if (extra == nullptr) return false;
        return std::any_of(extra->attributes.begin(), extra->attributes.end(),
                           [name](const Attribute& attribute) { return attribute.name == name; });
    }
    void begin_child() {
        if (open_.empty()) return;
        finish_start();
        write_elements(open_.back().children++);
    }
    void finish_start() {
        Open& open = open_.back();
        if (open.extra == nullptr || open.started) return;
        open.started = true;
        for (const Attribute& attribute : open.extra->attributes)
            xml_.attribute(attribute.name, attribute.value);
    }
    void write_elements(std::size_t up_to_place) {
        Open& open = open_.back();
        if (open.extra == nullptr) return;
        const auto& elements = open.extra->elements;
        for (; open.next_element < elements.size(); ++open.next_element) {
            if (elements[open.next_element].place > up_to_place) return;
            write_element(elements[open.next_element].element);
        }
    }
    void write_element(const Element& element) {
        xml_.open(element.name);
        for (const Attribute& attribute : element.attributes)
            xml_.attribute(attribute.name, attribute.value);
        xml_.text(element.text);
        for (const Element& child : element.children)
            write_element(child);
        xml_.end();
    }

    codec::XmlWriter xml_;
    std::vector<Open> open_;
};

std::string_view flag(const bool& set) {
    return set ? "Y" : "";
}

void write_extended(TagWriter& tags, const ResultLine& line) {
    if (line.extended.empty() && !mentions(line.extras, "ExtendedResults")) return;
    tags.open("ExtendedResults");
    for (std::size_t i = 0; i < line.extended.size(); ++i) {
        const ExtendedValue& value = line.extended[i];
        tags.open("ExtendedResult", i + 1)
            .attribute("Type", value.type)
            .attribute("Code", value.code)
            .attribute("Pos", value.pos)
            .attribute("Value", value.value)
            .attribute("Value2", value.value2)
            .number("Rank", value.rank)
            .attribute("RankEqual", flag(value.rank_equal))
            .number("SortOrder", value.sort_order)
            .attribute("Diff", value.diff)
            .end();
    }
    tags.end();
}

bool has_description(const Member& member) {
    return !member.given_name.empty() || !member.family_name.empty() ||
           !member.organisation.empty() || !member.gender.empty() || !member.birth_date.empty() ||
           !member.federation_id.empty();
}

// `order` counts from 1.
void write_member(TagWriter& tags, const ResultLine& line, std::size_t order) {
    const Member& member = line.competitor.members[order - 1];
    const std::string path =
        "Competitor/Composition/Athlete:" + std::to_string(order) + "/Description";
    tags.open("Athlete", order)
        .attribute("Code", member.code)
        .number("Order", static_cast<std::int64_t>(order));
    if (has_description(member) || mentions(line.extras, path)) {
        tags.open("Description")
            .attribute("GivenName", member.given_name)
            .attribute("FamilyName", member.family_name)
            .attribute("Gender", member.gender)
            .attribute("Organisation", member.organisation)
            .attribute("BirthDate", member.birth_date)
            .attribute("IFId", member.federation_id)
            .end();
    }
    tags.end();
}

void write_competitor(TagWriter& tags, const ResultLine& line) {
    const Competitor& competitor = line.competitor;
    const char type = static_cast<char>(competitor.type);
    tags.open("Competitor")
        .attribute("Code", competitor.code)
        .attribute("Type", std::string_view(&type, 1))
        .attribute("Organisation", competitor.organisation)
        .attribute("Bib", competitor.bib);
    if (!competitor.name.empty() || mentions(line.extras, "Competitor/Description")) {
        tags.open("Description").attribute("TeamName", competitor.name).end();
    }
    if (!competitor.members.empty() || mentions(line.extras, "Competitor/Composition")) {
        tags.open("Composition");
        for (std::size_t order = 1; order <= competitor.members.size(); ++order)
            write_member(tags, line, order);
        tags.end();
    }
    tags.end();
}

void write_result(TagWriter& tags, const ResultLine& line) {
    tags.open_owner("Result", line.extras)
        .number("Rank", line.rank)
        .attribute("RankEqual", flag(line.rank_equal))
        .attribute("Result", line.result)
        .attribute("IRM", line.irm)
        .attribute("ResultType", line.result_type)
        .attribute("QualificationMark", line.qualification)
        .attribute("WLT", line.outcome)
        .number("SortOrder", line.sort_order)
        .attribute("Diff", line.diff)
        .number("StartOrder", line.start_order);
    write_extended(tags, line);
    write_competitor(tags, line);
    tags.end();
}

std::string_view medal_code(MedalUnit medals) {
    switch (medals) {
        case MedalUnit::kNone:
            return "";
        case MedalUnit::kAll:
            return "1";
        case MedalUnit::kBronze:
            return "3";
    }
    return "";
}

void write_unit(TagWriter& tags, const Unit& unit) {
    tags.open_owner("Unit", unit.extras)
        .attribute("Code", unit.rsc)
        .attribute("StartDate", unit.start ? format_rfc3339(*unit.start) : "")
        .attribute("Medal", medal_code(unit.medals))
        .attribute("Venue", unit.venue);
    if (!unit.name.empty() || mentions(unit.extras, "ItemName")) {
        tags.open("ItemName")
            .attribute("Language", unit.name.empty() ? "" : "ENG")
            .attribute("Value", unit.name)
            .end();
    }
    tags.end();
}

void open_body(TagWriter& tags, const OdfMessage& message) {
    tags.open_owner("OdfBody", message.extras)
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
        .attribute("Source", message.source);
}

// Some senders write the note as text, or inside Competition: then it stands among the extras.
bool is_note_among(const Extras& extras, const std::string& note) {
    const auto says_it = [&note](const PlacedElement& placed) {
        const Element& element = placed.element;
        const auto& attributes = element.attributes;
        return element.name == "Note" &&
               (element.text == note ||
                std::any_of(attributes.begin(), attributes.end(),
                            [&note](const Attribute& a) { return a.value == note; }));
    };
    return std::any_of(extras.begin(), extras.end(), [&says_it](const Extra& extra) {
        return std::any_of(extra.elements.begin(), extra.elements.end(), says_it);
    });
}

}  // namespace

std::string write_odf(const OdfMessage& message) {
    std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>)";
    TagWriter tags(out);
    open_body(tags, message);
    if (message.has_competition) {
        tags.open("Competition");
        for (const ResultLine& line : message.results)
            write_result(tags, line);
        for (const Unit& unit : message.units)
            write_unit(tags, unit);
        tags.end();
    }
    if (!message.note.empty() && !is_note_among(message.extras, message.note)) {
        tags.open("Note").attribute("Value", message.note).end();
    }
    tags.end();
    return out;
}

}  // namespace altis::results
