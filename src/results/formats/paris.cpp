// The published result tables of Paris 2024: one row a competitor, 25 columns.
#include <map>

#include "codec/csv.h"
#include "results/formats/readers.h"
#include "results/formats/texts.h"
#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

// Ranks are written "1.0".
Result<int> read_rank(std::string_view text) {
    if (text.empty()) return 0;
    if (text.ends_with(".0")) text.remove_suffix(2);
    const auto rank = odf::parse_count(text);
    if (rank && *rank > 0) return *rank;
    return fail(Code::kInvalid, "paris.rank_malformed", "the rank is no whole number from 1");
}

Competitor read_competitor(const codec::CsvTable& row) {
    Competitor competitor;
    competitor.code = row["participant_code"];
    competitor.organisation = row["participant_country_code"];
    competitor.bib = row["bib"];
    if (row["participant_type"] == "Person") {
        auto [given, family] = split_capital_name(row["participant_name"]);
        Member member{competitor.code, std::move(given), std::move(family),
                      competitor.organisation};
        member.gender = row["gender"] == "M" || row["gender"] == "W" ? row["gender"] : "";
        competitor.members.push_back(std::move(member));
    } else {
        competitor.type = CompetitorType::kTeam;
        competitor.name = row["participant_name"];
    }
    return competitor;
}

Result<ResultLine> read_line(const codec::CsvTable& row) {
    ResultLine line;
    line.competitor = read_competitor(row);
    if (line.competitor.code.empty()) {
        return fail(Code::kInvalid, "paris.competitor_missing", "the row has no participant_code");
    }
    TRY(line.rank, read_rank(row["rank"]));
    line.result = row["result"];
    line.result_type = row["result_type"];
    line.irm = row["result_IRM"];
    line.outcome = row["result_WLT"];
    line.diff = row["result_diff"];
    line.qualification = row["qualification_mark"];
    line.start_order = odf::parse_count(row["start_order"]).value_or(0);
    return line;
}

UnitResult unit_of(const codec::CsvTable& row, const Rsc& rsc, const ReadOptions& options) {
    ReadOptions dated = options;
    const auto start = parse_rfc3339(row["date"]);
    if (start) dated.date = row["date"].substr(0, row["date"].find('T'));
    UnitResult made = new_unit(dated, rsc.text());
    if (start) made.unit.start = *start;
    made.unit.name = row["event_stage"];
    made.unit.venue = row["venue"];
    return made;
}

}  // namespace

bool is_paris_table(std::string_view text) {
    const std::string_view head = text.substr(0, text.find('\n'));
    return head.find("stage_code") != std::string_view::npos &&
           head.find("participant_code") != std::string_view::npos;
}

Result<ResultList> read_paris(std::string_view text, const ReadOptions& options) {
    TRY(auto row,
        codec::CsvTable::create(text, {"stage_code", "participant_code", "rank", "result"}));
    ResultList list;
    std::map<std::string, std::size_t, std::less<>> units;
    for (;;) {
        const auto more = row.next();
        const std::string place = "line " + std::to_string(row.line());
        if (!more) {
            refuse(list, place, more.error());
            continue;
        }
        if (!*more) break;
        auto rsc = repair_rsc(row["stage_code"], list.warnings);
        auto line = read_line(row);
        if (!rsc || !line) {
            refuse(list, place, rsc ? line.error() : rsc.error());
            continue;
        }
        ++list.rows;
        const auto [at, fresh] = units.emplace(rsc->text(), list.units.size());
        if (fresh) list.units.push_back(unit_of(row, *rsc, options));
        list.units[at->second].publication.lines.push_back(std::move(*line));
    }
    for (UnitResult& unit : list.units)
        mark_ties(unit.publication.lines);
    return list;
}

}  // namespace altis::results::formats
