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
Result<void> read_text(XmlElement element, std::string_view attribute, std::string& out) {
    const std::string_view text = element.attribute(attribute);
    if (text.size() > kMaxOdfTextBytes) return too_large(attribute, kMaxOdfTextBytes, "bytes");
    out = text;
    return {};
}

// An optional rank: absent gives 0, anything but a whole number from 1 is refused, for ranks decide
// medals.
Result<int> read_rank(XmlElement element, std::string_view of) {
    const std::string_view text = element.attribute("Rank");
    if (text.empty()) return 0;
    const auto rank = parse_count(text);
    if (!rank || *rank == 0) {
        return malformed("Rank", text, "of " + std::string(of) + " is a whole number from 1");
    }
    return *rank;
}

int read_sort_order(XmlElement element, std::string_view of, OdfMessage& message) {
    const std::string_view text = element.attribute("SortOrder");
    if (text.empty()) return 0;
    const auto order = parse_count(text);
    if (!order) {
        warn(message, "odf.sort_order_malformed",
             "SortOrder " + quoted(text) + " of " + std::string(of) + " was left out");
    } else if (*order == 0) {
        warn(message, "odf.sort_order_zero", "SortOrder of " + std::string(of) + " is 0");
    }
    return order.value_or(0);
}

void drop_dashed_ifrank(XmlElement element, std::string_view of, OdfMessage& message) {
    const bool dashed =
        element.attribute("IFRANK") == "-" ||
        (element.attribute("Code") == "IFRANK" && element.attribute("Value") == "-");
    if (dashed) warn(message, "odf.ifrank_dash", "IFRANK of " + std::string(of) + " is '-'");
}

Result<Member> read_member(XmlElement athlete, OdfMessage& message) {
    Member member;
    TRY(member.code, require(athlete, "Code"));
    const XmlElement description = athlete.child("Description");
    if (description) {
        TRY_VOID(read_text(description, "GivenName", member.given_name));
        TRY_VOID(read_text(description, "FamilyName", member.family_name));
        TRY_VOID(read_text(description, "Organisation", member.organisation));
        drop_dashed_ifrank(description, member.code, message);
    }
    if (member.given_name.empty() && member.family_name.empty()) {
        warn(message, "odf.name_blank", "athlete " + member.code + " has no name");
    }
    drop_dashed_ifrank(athlete, member.code, message);
    for (const XmlElement entry : athlete.children("EventUnitEntry")) {
        drop_dashed_ifrank(entry, member.code, message);
    }
    return member;
}

Result<CompetitorType> read_competitor_type(XmlElement element) {
    TRY(const std::string_view text, require(element, "Type"));
    if (text != "A" && text != "T" && text != "G") {
        return malformed("Type", text, "of a Competitor is A, T or G");
    }
    return static_cast<CompetitorType>(text.front());
}

Result<void> read_members(XmlElement composition, Competitor& competitor, OdfMessage& message) {
    for (const XmlElement athlete : composition.children("Athlete")) {
        if (competitor.members.size() == kMaxMembers) {
            return too_large("Composition of " + competitor.code, kMaxMembers, "athletes");
        }
        TRY(Member member, read_member(athlete, message));
        competitor.members.push_back(std::move(member));
    }
    return {};
}

Result<Competitor> read_competitor(XmlElement element, OdfMessage& message) {
    Competitor competitor;
    TRY(competitor.code, require(element, "Code"));
    TRY(competitor.type, read_competitor_type(element));
    TRY_VOID(read_text(element, "Organisation", competitor.organisation));
    if (const XmlElement description = element.child("Description")) {
        TRY_VOID(read_text(description, "TeamName", competitor.name));
    }
    if (const XmlElement composition = element.child("Composition")) {
        TRY_VOID(read_members(composition, competitor, message));
    }
    if (competitor.type != CompetitorType::kAthlete && competitor.name.empty()) {
        warn(message, "odf.name_blank", "team " + competitor.code + " has no name");
    }
    drop_dashed_ifrank(element, competitor.code, message);
    for (const XmlElement entry : element.children("EventUnitEntry")) {
        drop_dashed_ifrank(entry, competitor.code, message);
    }
    return competitor;
}

Result<ExtendedValue> read_extended_value(XmlElement element, std::string_view of,
                                          OdfMessage& message) {
    ExtendedValue value;
    TRY(value.type, require(element, "Type"));
    TRY(value.code, require(element, "Code"));
    TRY_VOID(read_text(element, "Pos", value.pos));
    TRY_VOID(read_text(element, "Value", value.value));
    TRY_VOID(read_text(element, "Value2", value.value2));
    TRY_VOID(read_text(element, "Diff", value.diff));
    TRY(value.rank, read_rank(element, of));
    value.rank_equal = element.attribute("RankEqual") == "Y";
    value.sort_order = read_sort_order(element, of, message);
    if (value.code == "IFRANK" && value.value == "-") {
        drop_dashed_ifrank(element, of, message);
        value.value.clear();
    }
    return value;
}

Result<void> read_extended(XmlElement result, ResultLine& line, OdfMessage& message) {
    const XmlElement extended = result.child("ExtendedResults");
    if (!extended) return {};
    for (const XmlElement element : extended.children("ExtendedResult")) {
        if (line.extended.size() == kMaxExtendedValues) {
            return too_large("ExtendedResults of " + line.competitor.code, kMaxExtendedValues,
                             "values");
        }
        TRY(ExtendedValue value, read_extended_value(element, line.competitor.code, message));
        line.extended.push_back(std::move(value));
    }
    if (line.extended.empty()) {
        warn(message, "odf.extended_results_empty",
             "ExtendedResults of " + line.competitor.code + " holds nothing");
    }
    return {};
}

Result<ResultLine> read_line(XmlElement element, OdfMessage& message) {
    const XmlElement competitor = element.child("Competitor");
    if (!competitor) {
        return fail(Code::kInvalid, "odf.attribute_missing",
                    "a Result has no Competitor; ODF names one in every result");
    }
    ResultLine line;
    TRY(line.competitor, read_competitor(competitor, message));
    const std::string& code = line.competitor.code;
    TRY(line.rank, read_rank(element, code));
    line.rank_equal = element.attribute("RankEqual") == "Y";
    line.sort_order = read_sort_order(element, code, message);
    line.start_order = parse_count(element.attribute("StartOrder")).value_or(0);
    TRY_VOID(read_text(element, "Result", line.result));
    TRY_VOID(read_text(element, "ResultType", line.result_type));
    TRY_VOID(read_text(element, "IRM", line.irm));
    TRY_VOID(read_text(element, "Diff", line.diff));
    drop_dashed_ifrank(element, code, message);
    TRY_VOID(read_extended(element, line, message));
    return line;
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

Result<MedalUnit> read_medals(XmlElement element) {
    const std::string_view text = element.attribute("Medal");
    if (text.empty() || text == "0") return MedalUnit::kNone;
    if (text == "1") return MedalUnit::kAll;
    if (text == "3") return MedalUnit::kBronze;
    return malformed("Medal", text, "of a Unit is 0, 1 (gold) or 3 (bronze)");
}

Result<void> read_start(XmlElement element, Unit& unit) {
    const std::string_view text = element.attribute("StartDate");
    if (text.empty()) return {};
    const auto start = parse_rfc3339(text);
    if (!start) return malformed("StartDate", text, "is a time like 2026-02-19T19:00:00+01:00");
    unit.start = *start;
    return {};
}

Result<Unit> read_unit(XmlElement element, const OdfMessage& message) {
    Unit unit;
    TRY(unit.rsc, require(element, "Code"));
    TRY_VOID(Rsc::parse(unit.rsc));
    TRY_VOID(read_text(element, "Venue", unit.venue));
    if (const XmlElement name = element.child("ItemName")) {
        TRY_VOID(read_text(name, "Value", unit.name));
    }
    TRY_VOID(read_start(element, unit));
    TRY(unit.medals, read_medals(element));
    unit.as_of = message.date + " " + message.time;
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

Result<std::string_view> require(XmlElement element, std::string_view attribute) {
    const std::string_view text = element.attribute(attribute);
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

Result<void> read_results(XmlElement competition, OdfMessage& message) {
    for (const XmlElement element : competition.children("Result")) {
        if (message.results.size() == kMaxOdfLines) {
            return too_large("the message", kMaxOdfLines, "results");
        }
        TRY(ResultLine line, read_line(element, message));
        message.results.push_back(std::move(line));
    }
    repair_ties(message);
    find_repeats(message);
    return {};
}

Result<void> read_units(XmlElement competition, OdfMessage& message) {
    for (const XmlElement element : competition.children("Unit")) {
        if (message.units.size() == kMaxOdfLines) {
            return too_large("the message", kMaxOdfLines, "units");
        }
        TRY(Unit unit, read_unit(element, message));
        message.units.push_back(std::move(unit));
    }
    return {};
}

}  // namespace altis::results::odf
