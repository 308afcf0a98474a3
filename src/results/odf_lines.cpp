#include "results/odf_lines.h"

#include <algorithm>
#include <map>
#include <set>

#include "results/rsc.h"

namespace altis::results::odf {
namespace {

using codec::XmlElement;

constexpr std::size_t kQuotedBytes = 40;
constexpr std::size_t kMaxCountDigits = 9;
constexpr std::size_t kMaxExtendedValues = 2000;  // of one result line
constexpr std::size_t kMaxMembers = 200;          // of one competitor

void warn(OdfMessage& message, std::string_view name, std::string detail) {
    message.warnings.push_back({std::string(name), std::move(detail)});
}

// Copies an optional attribute; "odf.too_large" when it is.
Result<void> read_text(Reading& element, std::string_view attribute, std::string& out) {
    const std::string_view text = element.get(attribute);
    if (text.size() > kMaxOdfTextBytes) return too_large(attribute, kMaxOdfTextBytes, "bytes");
    out = text;
    return {};
}

// An optional rank: absent gives 0, anything but a whole number from 1 is refused, for ranks decide
// medals.
Result<int> read_rank(Reading& element, std::string_view of) {
    const std::string_view text = element.get("Rank");
    if (text.empty()) return 0;
    const auto rank = parse_count(text);
    if (!rank || *rank == 0) {
        return malformed("Rank", text, "of " + std::string(of) + " is a whole number from 1");
    }
    return *rank;
}

// An order that cannot be read is left out; a SortOrder of 0 is named.
int read_order(Reading& element, std::string_view attribute, std::string_view of,
               OdfMessage& message) {
    const std::string_view text = element.get(attribute);
    if (text.empty()) return 0;
    const bool sorts = attribute == "SortOrder";
    const auto order = parse_count(text);
    if (!order) {
        warn(message, sorts ? "odf.sort_order_malformed" : "odf.start_order_malformed",
             std::string(attribute) + " " + quoted(text) + " of " + std::string(of) +
                 " was left out");
    } else if (*order == 0 && sorts) {
        warn(message, "odf.sort_order_zero", "SortOrder of " + std::string(of) + " is 0");
    }
    return order.value_or(0);
}

void warn_of_ifrank(std::string_view of, OdfMessage& message) {
    warn(message, "odf.ifrank_dash", "IFRANK of " + std::string(of) + " is '-'");
}

// An IFRANK of "-" says that there is none; it is not kept.
void check_ifrank(const Reading& element, std::string_view of, OdfMessage& message) {
    if (element.peek("IFRANK") == "-") warn_of_ifrank(of, message);
}

void check_entries(XmlElement element, std::string_view of, OdfMessage& message) {
    for (auto child = element.first_child(); child; child = child.next_sibling()) {
        if (child.name() != "EventUnitEntry") continue;
        const bool dashed = child.attribute("Code") == "IFRANK" && child.attribute("Value") == "-";
        if (dashed || child.attribute("IFRANK") == "-") warn_of_ifrank(of, message);
    }
}

Result<void> read_description(XmlElement element, const std::string& path, Member& member,
                              ResultLine& line, OdfMessage& message) {
    if (!element) return {};
    Reading description(element);
    TRY_VOID(read_text(description, "GivenName", member.given_name));
    TRY_VOID(read_text(description, "FamilyName", member.family_name));
    TRY_VOID(read_text(description, "Organisation", member.organisation));
    TRY_VOID(read_text(description, "Gender", member.gender));
    TRY_VOID(read_text(description, "BirthDate", member.birth_date));
    TRY_VOID(read_text(description, "IFId", member.federation_id));
    check_ifrank(description, member.code, message);
    if (description.has_rest()) description.keep_rest(line.extras, path + "/Description");
    return {};
}

// `order` counts from 1.
Result<Member> read_member(XmlElement element, std::size_t order, ResultLine& line,
                           OdfMessage& message) {
    const std::string place = std::to_string(order);
    const std::string path = "Competitor/Composition/Athlete:" + place;
    Reading athlete(element);
    Member member;
    TRY(member.code, require(athlete, "Code"));
    athlete.ignore("Order", place);
    TRY_VOID(read_description(athlete.child("Description"), path, member, line, message));
    if (member.given_name.empty() && member.family_name.empty()) {
        warn(message, "odf.name_blank", "athlete " + member.code + " has no name");
    }
    check_ifrank(athlete, member.code, message);
    check_entries(element, member.code, message);
    if (athlete.has_rest()) athlete.keep_rest(line.extras, path);
    return member;
}

Result<CompetitorType> read_competitor_type(Reading& element) {
    TRY(const std::string_view text, require(element, "Type"));
    if (text != "A" && text != "T" && text != "G") {
        return malformed("Type", text, "of a Competitor is A, T or G");
    }
    return static_cast<CompetitorType>(text.front());
}

Result<void> read_members(XmlElement element, ResultLine& line, OdfMessage& message) {
    if (!element) return {};
    Reading composition(element);
    auto& members = line.competitor.members;
    const auto athletes = composition.children("Athlete");
    members.reserve(std::min(athletes.size(), kMaxMembers));
    line.extras.reserve(athletes.size() + 2);
    for (const XmlElement athlete : athletes) {
        if (members.size() == kMaxMembers) {
            return too_large("Composition of " + line.competitor.code, kMaxMembers, "athletes");
        }
        TRY(Member member, read_member(athlete, members.size() + 1, line, message));
        members.push_back(std::move(member));
    }
    if (composition.has_rest()) composition.keep_rest(line.extras, "Competitor/Composition");
    return {};
}

Result<void> read_team(XmlElement element, ResultLine& line) {
    if (!element) return {};
    Reading description(element);
    TRY_VOID(read_text(description, "TeamName", line.competitor.name));
    if (description.has_rest()) description.keep_rest(line.extras, "Competitor/Description");
    return {};
}

Result<void> read_competitor(XmlElement found, ResultLine& line, OdfMessage& message) {
    Reading element(found);
    Competitor& competitor = line.competitor;
    TRY(competitor.code, require(element, "Code"));
    TRY(competitor.type, read_competitor_type(element));
    TRY_VOID(read_text(element, "Organisation", competitor.organisation));
    TRY_VOID(read_text(element, "Bib", competitor.bib));
    TRY_VOID(read_team(element.child("Description"), line));
    TRY_VOID(read_members(element.child("Composition"), line, message));
    if (competitor.type != CompetitorType::kAthlete && competitor.name.empty()) {
        warn(message, "odf.name_blank", "team " + competitor.code + " has no name");
    }
    check_ifrank(element, competitor.code, message);
    check_entries(found, competitor.code, message);
    if (element.has_rest()) element.keep_rest(line.extras, "Competitor");
    return {};
}

// `order` counts from 1.
Result<void> read_extended_value(XmlElement found, std::size_t order, ResultLine& line,
                                 OdfMessage& message) {
    const std::string& of = line.competitor.code;
    Reading element(found);
    ExtendedValue& value = line.extended.emplace_back();
    TRY(value.type, require(element, "Type"));
    TRY(value.code, require(element, "Code"));
    TRY_VOID(read_text(element, "Pos", value.pos));
    TRY_VOID(read_text(element, "Value", value.value));
    TRY_VOID(read_text(element, "Value2", value.value2));
    TRY_VOID(read_text(element, "Diff", value.diff));
    TRY(value.rank, read_rank(element, of));
    value.rank_equal = element.get("RankEqual") == "Y";
    value.sort_order = read_order(element, "SortOrder", of, message);
    if (value.code == "IFRANK" && value.value == "-") {
        warn_of_ifrank(of, message);
        value.value.clear();
    }
    check_ifrank(element, of, message);
    if (element.has_rest()) {
        element.keep_rest(line.extras, "ExtendedResults/ExtendedResult:" + std::to_string(order));
    }
    return {};
}

Result<void> read_extended(XmlElement found, ResultLine& line, OdfMessage& message) {
    if (!found) return {};
    Reading extended(found);
    const auto values = extended.children("ExtendedResult");
    if (values.size() > kMaxExtendedValues) {
        return too_large("ExtendedResults of " + line.competitor.code, kMaxExtendedValues,
                         "values");
    }
    line.extended.reserve(values.size());
    for (const XmlElement value : values) {
        TRY_VOID(read_extended_value(value, line.extended.size() + 1, line, message));
    }
    if (values.empty()) {
        warn(message, "odf.extended_results_empty",
             "ExtendedResults of " + line.competitor.code + " holds nothing");
    }
    if (extended.has_rest()) extended.keep_rest(line.extras, "ExtendedResults");
    return {};
}

Result<void> read_line(XmlElement found, ResultLine& line, OdfMessage& message) {
    Reading element(found);
    const XmlElement competitor = element.child("Competitor");
    if (!competitor) {
        return fail(Code::kInvalid, "odf.attribute_missing",
                    "a Result has no Competitor; ODF names one in every result");
    }
    TRY_VOID(read_competitor(competitor, line, message));
    const std::string& code = line.competitor.code;
    TRY(line.rank, read_rank(element, code));
    line.rank_equal = element.get("RankEqual") == "Y";
    line.sort_order = read_order(element, "SortOrder", code, message);
    line.start_order = read_order(element, "StartOrder", code, message);
    TRY_VOID(read_text(element, "Result", line.result));
    TRY_VOID(read_text(element, "ResultType", line.result_type));
    TRY_VOID(read_text(element, "IRM", line.irm));
    TRY_VOID(read_text(element, "Diff", line.diff));
    TRY_VOID(read_text(element, "QualificationMark", line.qualification));
    TRY_VOID(read_text(element, "WLT", line.outcome));
    check_ifrank(element, code, message);
    TRY_VOID(read_extended(element.child("ExtendedResults"), line, message));
    if (element.has_rest()) element.keep_rest(line.extras, "");
    return {};
}

// Rank 14 held by two without RankEqual is a tie all the same; the flag is put right.
void repair_ties(OdfMessage& message) {
    std::map<int, int> holders;
    for (const ResultLine& line : message.results)
        ++holders[line.rank];
    for (ResultLine& line : message.results) {
        const bool shared = line.rank > 0 && holders[line.rank] > 1;
        const std::string place =
            "rank " + std::to_string(line.rank) + " of " + line.competitor.code;
        if (shared && !line.rank_equal) {
            warn(message, "odf.rank_equal_missing", place + " is shared without RankEqual");
        } else if (!shared && line.rank_equal) {
            warn(message, "odf.rank_equal_alone", place + " has RankEqual but nobody shares it");
        }
        line.rank_equal = shared || line.rank_equal;
    }
}

void find_repeats(OdfMessage& message) {
    std::set<int> orders;
    std::set<std::string_view> codes;
    for (const ResultLine& line : message.results) {
        const std::string& code = line.competitor.code;
        if (line.sort_order > 0 && !orders.insert(line.sort_order).second) {
            warn(message, "odf.sort_order_repeated",
                 "SortOrder " + std::to_string(line.sort_order) + " of " + code + " repeats");
        }
        if (!codes.insert(code).second) {
            warn(message, "odf.competitor_repeated", "competitor " + code + " has two results");
        }
    }
}

// A "0" says the same as no Medal at all; it stays unread, so it is written back.
Result<MedalUnit> read_medals(Reading& element) {
    const std::string_view text = element.peek("Medal");
    if (text.empty() || text == "0") return MedalUnit::kNone;
    element.ignore("Medal", text);
    if (text == "1") return MedalUnit::kAll;
    if (text == "3") return MedalUnit::kBronze;
    return malformed("Medal", text, "of a Unit is 0, 1 (gold) or 3 (bronze)");
}

// The text is kept when it has an offset: the model has one instant.
Result<void> read_start(Reading& element, Unit& unit) {
    const std::string_view text = element.peek("StartDate");
    if (text.empty()) return {};
    const auto start = parse_rfc3339(text);
    if (!start) return malformed("StartDate", text, "is a time like 2026-02-19T19:00:00+01:00");
    unit.start = *start;
    element.ignore("StartDate", format_rfc3339(*start));
    return {};
}

Result<void> read_item_name(XmlElement found, Unit& unit) {
    if (!found) return {};
    Reading name(found);
    TRY_VOID(read_text(name, "Value", unit.name));
    if (!unit.name.empty()) name.ignore("Language", "ENG");
    if (name.has_rest()) name.keep_rest(unit.extras, "ItemName");
    return {};
}

Result<Unit> read_unit(XmlElement found, const OdfMessage& message) {
    Reading element(found);
    Unit unit;
    TRY(unit.rsc, require(element, "Code"));
    TRY_VOID(Rsc::parse(unit.rsc));
    TRY_VOID(read_text(element, "Venue", unit.venue));
    TRY_VOID(read_item_name(element.child("ItemName"), unit));
    TRY_VOID(read_start(element, unit));
    TRY(unit.medals, read_medals(element));
    unit.as_of = message.date + " " + message.time;
    if (element.has_rest()) element.keep_rest(unit.extras, "");
    return unit;
}

}  // namespace

std::string quoted(std::string_view text) {
    std::size_t size = std::min(text.size(), kQuotedBytes);
    // Never cut within a character of UTF-8.
    while (size > 0 && size < text.size() && (text[size] & 0xC0) == 0x80)
        --size;
    return "'" + std::string(text.substr(0, size)) + "'";
}

tl::unexpected<Error> missing(std::string_view attribute) {
    return fail(Code::kInvalid, "odf.attribute_missing",
                "the attribute " + std::string(attribute) +
                    " is absent or empty; ODF demands it, ask the sender to fill it");
}

tl::unexpected<Error> malformed(std::string_view attribute, std::string_view text,
                                std::string_view rule) {
    return fail(Code::kInvalid, "odf.attribute_malformed",
                "the attribute " + std::string(attribute) + " " + std::string(rule) + ", not " +
                    quoted(text));
}

tl::unexpected<Error> too_large(std::string_view what, std::size_t limit, std::string_view unit) {
    return fail(Code::kTooLarge, "odf.too_large",
                std::string(what) + " is over the limit of " + std::to_string(limit) + " " +
                    std::string(unit) + "; split the message or correct it");
}

Result<std::string_view> require(Reading& element, std::string_view attribute) {
    const std::string_view text = element.get(attribute);
    if (text.empty()) return missing(attribute);
    if (text.size() > kMaxOdfTextBytes) return too_large(attribute, kMaxOdfTextBytes, "bytes");
    return text;
}

std::optional<int> parse_count(std::string_view text) {
    if (text.empty() || text.size() > kMaxCountDigits) return std::nullopt;
    int count = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        count = count * 10 + (c - '0');
    }
    return count;
}

Result<void> read_results(Reading& competition, OdfMessage& message) {
    const auto elements = competition.children("Result");
    if (elements.size() > kMaxOdfLines) return too_large("the message", kMaxOdfLines, "results");
    message.results.reserve(elements.size());
    for (const XmlElement element : elements)
        TRY_VOID(read_line(element, message.results.emplace_back(), message));
    repair_ties(message);
    find_repeats(message);
    return {};
}

Result<void> read_units(Reading& competition, OdfMessage& message) {
    const auto elements = competition.children("Unit");
    if (elements.size() > kMaxOdfLines) return too_large("the message", kMaxOdfLines, "units");
    message.units.reserve(elements.size());
    for (const XmlElement element : elements) {
        TRY(Unit unit, read_unit(element, message));
        message.units.push_back(std::move(unit));
    }
    return {};
}

}  // namespace altis::results::odf
