#include "results/awards/gates.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace altis::results {
namespace {

// The best times ever run or swum, in milliseconds, by the event part of the RSC. From the public
// lists of World Athletics and World Aquatics; a time that beats one by a few per cent is a fault.
struct BestTime {
    std::string_view event;
    std::int64_t ms;
};
constexpr BestTime kBestTimes[] = {
    {"ATHM100M", 9'580},       {"ATHW100M", 10'490},      {"ATHM200M", 19'190},
    {"ATHW200M", 21'340},      {"ATHM400M", 43'030},      {"ATHW400M", 47'600},
    {"ATHM800M", 100'910},     {"ATHW800M", 113'280},     {"ATHM1500M", 206'000},
    {"ATHW1500M", 228'680},    {"ATHM5000M", 755'360},    {"ATHW5000M", 838'060},
    {"ATHM10000M", 1'571'000}, {"ATHW10000M", 1'734'140}, {"SWMM50MFR", 20'910},
    {"SWMW50MFR", 23'610},     {"SWMM100MFR", 46'400},    {"SWMW100MFR", 51'710},
};

constexpr std::int64_t kHundred = 100;

Warning doubt(std::string_view name, std::string detail) {
    return {"results.gate." + std::string(name), std::move(detail)};
}

bool is_over(std::size_t part, std::size_t whole, int percent) {
    return static_cast<std::int64_t>(part) * kHundred >
           static_cast<std::int64_t>(whole) * static_cast<std::int64_t>(percent);
}

std::string of(std::size_t part, std::size_t whole) {
    return std::to_string(part) + " of " + std::to_string(whole);
}

// "1:59:00.5", "9.79" in milliseconds; none when it is no time.
std::optional<std::int64_t> milliseconds_of(std::string_view text) {
    std::int64_t whole = 0;
    std::int64_t fraction = 0;
    std::int64_t scale = 1'000;
    std::int64_t field = 0;
    bool in_fraction = false;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 16) return std::nullopt;
    for (const char c : text) {
        if (c >= '0' && c <= '9' && in_fraction) {
            scale /= 10;
            fraction += (c - '0') * scale;
        } else if (c >= '0' && c <= '9') {
            field = field * 10 + (c - '0');
        } else if (c == ':' && !in_fraction) {
            whole = (whole + field) * 60;
            field = 0;
        } else if (c == '.' && !in_fraction) {
            in_fraction = true;
        } else {
            return std::nullopt;
        }
    }
    const std::int64_t ms = (whole + field) * 1'000 + fraction;
    return negative ? -ms : ms;
}

// ---- units --------------------------------------------------------------------------------------

using LinesByCode = std::map<std::string_view, const ResultLine*>;

LinesByCode by_code(const std::vector<ResultLine>& lines) {
    LinesByCode map;
    for (const ResultLine& line : lines)
        map.emplace(line.competitor.code, &line);
    return map;
}

std::int64_t best_ms(std::string_view rsc) {
    for (const BestTime& best : kBestTimes) {
        if (rsc.starts_with(best.event) && rsc.size() > best.event.size() &&
            rsc[best.event.size()] == '-') {
            return best.ms;
        }
    }
    return 0;
}

// Whether a line says how well somebody did. Faults and marks that stand in place of a result say
// what went wrong: in kayak cross the order of arrival is the rank, and only faults have a text.
bool is_measured(const ResultLine& line) {
    return !line.result.empty() && line.result_type != "FAULT" &&
           !line.result_type.starts_with("IRM");
}

// A place without any reason for it.
bool is_bare(const ResultLine& line) {
    return line.rank != 0 && line.result.empty() && line.irm.empty();
}

// Ranks without results, beside some that have one or had one before.
void doubt_bare_ranks(const LinesByCode& before, const std::vector<ResultLine>& lines,
                      const GateLimits& limits, std::vector<Warning>& doubts) {
    std::size_t ranked = 0;
    std::size_t bare = 0;
    bool is_unit_measured = false;
    for (const ResultLine& line : lines) {
        if (line.rank == 0) continue;
        ++ranked;
        bare += is_bare(line) ? 1U : 0U;
        const auto known = before.find(line.competitor.code);
        const bool was_measured = known != before.end() && is_measured(*known->second);
        is_unit_measured = is_unit_measured || is_measured(line) || was_measured;
    }
    if (is_unit_measured && is_over(bare, ranked, limits.blank_percent)) {
        doubts.push_back(
            doubt("rank_without_result", of(bare, ranked) + " ranked lines have no result"));
    }
}

void doubt_times(std::string_view rsc, const std::vector<ResultLine>& lines,
                 const GateLimits& limits, std::vector<Warning>& doubts) {
    const std::int64_t least_ms = best_ms(rsc) * (kHundred - limits.faster_percent) / kHundred;
    std::size_t impossible = 0;
    for (const ResultLine& line : lines) {
        const auto ms = line.result_type == "TIME" ? milliseconds_of(line.result)
                                                   : std::optional<std::int64_t>();
        if (ms && (*ms <= 0 || *ms < least_ms)) ++impossible;
    }
    if (impossible > 0) {
        doubts.push_back(doubt("impossible_time", of(impossible, lines.size()) +
                                                      " times are zero, negative or better than "
                                                      "anybody ever was by over " +
                                                      std::to_string(limits.faster_percent) +
                                                      " %"));
    }
}

}  // namespace

std::vector<Warning> doubt_lines(std::string_view rsc, const std::vector<ResultLine>& before,
                                 const std::vector<ResultLine>& after, const GateLimits& limits) {
    std::vector<Warning> doubts;
    doubt_times(rsc, after, limits, doubts);
    doubt_bare_ranks(by_code(before), after, limits, doubts);
    const LinesByCode now = by_code(after);
    std::size_t vanished = 0;
    std::size_t unnamed = 0;
    std::size_t ranked = 0;
    std::size_t jumped = 0;
    for (const ResultLine& line : before) {
        const auto found = now.find(line.competitor.code);
        if (found == now.end()) {
            ++vanished;
            continue;
        }
        const ResultLine& next = *found->second;
        if (display_name(next.competitor).empty() && !display_name(line.competitor).empty()) {
            ++unnamed;
        }
        if (line.rank == 0 || next.rank == 0) continue;
        ++ranked;
        if (std::abs(line.rank - next.rank) > limits.rank_jump) ++jumped;
    }
    const std::size_t all = before.size();
    if (unnamed > 0) {
        doubts.push_back(doubt("blank_names", of(unnamed, all) + " competitors lost their names"));
    }
    if (all < limits.few) return doubts;
    if (vanished == all) {
        doubts.push_back(doubt("other_competition", "none of the competitors was there before"));
    } else if (is_over(vanished, all, limits.vanished_percent)) {
        doubts.push_back(doubt("shrinking", of(vanished, all) + " competitors are gone"));
    }
    if (ranked >= limits.few && is_over(jumped, ranked, limits.jumped_percent)) {
        doubts.push_back(doubt("rank_jumps", of(jumped, ranked) + " competitors moved by over " +
                                                 std::to_string(limits.rank_jump) + " places"));
    }
    return doubts;
}

// ---- medal pages --------------------------------------------------------------------------------

namespace {

using Candidates = std::map<AwardPlace, std::vector<Award>>;

// What the rows of a page say, and how far they can be used.
struct Rows {
    Candidates events;
    std::size_t named = 0;
    std::size_t blank = 0;
    std::size_t incomplete = 0;  // no event or medal: nothing can be said by them
};

Award& award_of(std::vector<Award>& awards, Medal medal, const std::string& organisation) {
    for (Award& award : awards) {
        if (award.medal == medal && award.organisation == organisation) return award;
    }
    Award award;
    award.medal = medal;
    award.organisation = organisation;
    return awards.emplace_back(std::move(award));
}

Rows sort_rows(const MedalSnapshot& snapshot) {
    Rows rows;
    for (const MedalRowText& row : snapshot.rows) {
        const auto medal = parse_medal(row.medal);
        if (!medal || row.event.empty() || row.discipline.empty() || row.organisation.empty()) {
            ++rows.incomplete;
            continue;
        }
        auto& awards = rows.events[{snapshot.edition, row.discipline, row.event, ""}];
        Award& award = award_of(awards, *medal, row.organisation);
        ++(row.name.empty() ? rows.blank : rows.named);
        if (!row.name.empty()) award.members.push_back(row.name);
    }
    for (auto& [place, awards] : rows.events) {
        for (Award& award : awards)
            std::ranges::sort(award.members);
        std::ranges::sort(awards, {}, [](const Award& award) {
            return std::pair(award.medal, award.organisation);
        });
    }
    return rows;
}

bool lacks_members(const Award& award, const Award& known) {
    return award.members.size() < known.members.size() &&
           std::ranges::includes(known.members, award.members);
}

// Fills in what the page lost of medals that are known with the same holder.
void keep_names(std::vector<Award>& awards, const std::vector<Award>& known) {
    for (Award& award : awards) {
        for (const Award& before : known) {
            const bool same =
                before.medal == award.medal && before.organisation == award.organisation;
            if (same && lacks_members(award, before)) award.members = before.members;
        }
    }
}

std::size_t holders(const std::vector<Award>& awards) {
    return static_cast<std::size_t>(
        std::ranges::count_if(awards, [](const Award& award) { return award.counts(); }));
}

AwardList list_of(const MedalSnapshot& snapshot, AwardPlace place, std::vector<Award> awards) {
    AwardList list;
    list.place = std::move(place);
    list.awards = std::move(awards);
    list.valid_from = snapshot.observed_at;
    list.published_at = snapshot.observed_at;
    list.source = snapshot.source;
    return list;
}

// By how many medals a stated table contradicts the register's own.
void doubt_table(const AwardsBook& book, const MedalSnapshot& snapshot, const GateLimits& limits,
                 std::vector<Warning>& doubts) {
    if (snapshot.table.empty()) return;
    std::map<std::string, std::array<std::int64_t, 3>> differences;
    std::size_t all = 0;
    for (const MedalRow& row : book.table(snapshot.edition, {}).rows) {
        for (std::size_t i = 0; i < row.medals.size(); ++i) {
            differences[row.organisation][i] -= row.medals[i];
            all += row.medals[i];
        }
    }
    for (const auto& [organisation, medals] : snapshot.table) {
        if (is_unranked(organisation)) continue;
        for (std::size_t i = 0; i < medals.size(); ++i)
            differences[organisation][i] += medals[i];
    }
    std::size_t wrong = 0;
    for (const auto& [organisation, medals] : differences) {
        for (const std::int64_t difference : medals)
            wrong += static_cast<std::size_t>(std::abs(difference));
    }
    if (all > 0 && is_over(wrong, all, limits.table_percent)) {
        doubts.push_back(
            doubt("table_contradicts",
                  "the stated table differs from the register by " + of(wrong, all) + " medals"));
    }
}

bool is_of_edition(const MedalSnapshot& snapshot) {
    return snapshot.competition.empty() ||
           std::ranges::equal(snapshot.competition, snapshot.edition, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

// The lists of the register that the page lost entirely or in part, and those that it changes.
void compare(const AwardsBook& book, const MedalSnapshot& snapshot, Rows& rows,
             SnapshotReading& reading) {
    for (const AwardVersion* version : book.lists(snapshot.edition, {}, {})) {
        const AwardList& known = version->list;
        const auto found = rows.events.find(known.place);
        if (found == rows.events.end()) {
            if (holders(known.awards) > 0) {
                reading.vanished.push_back(list_of(snapshot, known.place, {}));
            }
            continue;
        }
        keep_names(found->second, known.awards);
        const bool changes = found->second != known.awards;
        const bool fewer = holders(found->second) < holders(known.awards);
        if (changes) {
            auto list = list_of(snapshot, known.place, std::move(found->second));
            (fewer ? reading.vanished : reading.changes).push_back(std::move(list));
            if (known.is_official && !fewer) {
                reading.doubts.push_back(
                    doubt("official_changed", known.place.discipline + "/" + known.place.event +
                                                  " is official and would change"));
            }
        }
        rows.events.erase(found);
    }
}

}  // namespace

SnapshotReading read_snapshot(const AwardsBook& book, const MedalSnapshot& snapshot,
                              const GateLimits& limits) {
    SnapshotReading reading;
    Rows rows = sort_rows(snapshot);
    const std::size_t known = book.lists(snapshot.edition, {}, {}).size();
    if (!is_of_edition(snapshot)) {
        reading.doubts.push_back(doubt("other_competition", "the page says to be of another one"));
    }
    doubt_table(book, snapshot, limits, reading.doubts);
    if (snapshot.rows.empty()) return reading;
    if (is_over(rows.blank, rows.blank + rows.named, limits.blank_percent)) {
        reading.doubts.push_back(
            doubt("blank_names", of(rows.blank, rows.blank + rows.named) + " rows have no name"));
    }
    compare(book, snapshot, rows, reading);
    const std::size_t strange = rows.events.size();
    if (known >= limits.few && reading.vanished.size() >= known && strange > 0) {
        reading.doubts.push_back(doubt("other_competition", "none of the known events is there"));
    } else if (known >= limits.few &&
               is_over(reading.vanished.size(), known, limits.vanished_percent)) {
        reading.doubts.push_back(
            doubt("shrinking", of(reading.vanished.size(), known) + " events lost medals"));
    } else if (!reading.vanished.empty()) {
        reading.warnings.push_back(
            {"results.events_kept",
             of(reading.vanished.size(), known) + " events lost medals on the page and were kept"});
    }
    for (auto& [place, awards] : rows.events)
        reading.changes.push_back(list_of(snapshot, place, std::move(awards)));
    if (rows.incomplete > 0) {
        reading.warnings.push_back(
            {"results.rows_incomplete", of(rows.incomplete, snapshot.rows.size()) +
                                            " rows name no event or medal and were left out"});
    }
    return reading;
}

}  // namespace altis::results
