#include "results/awards/history_import.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "codec/csv.h"

namespace altis::results {
namespace {

constexpr int kFirstSummer = 1896;
constexpr int kFirstWinter = 1924;
constexpr int kLastSharedYear = 1992;  // winter and summer Games; from 1994 on in turns
constexpr int kYearsBetween = 4;
constexpr int kCancelled[] = {1916, 1940, 1944};

tl::unexpected<Error> malformed(std::string_view reason, std::size_t line, std::string_view what) {
    return fail(Code::kInvalid, reason,
                "line " + std::to_string(line) + " has no valid " + std::string(what) +
                    "; correct it and import the file again");
}

std::string edition_id(bool winter, int year) {
    return (winter ? "owg" : "og") + std::to_string(year);
}

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// The columns of the file, by what they mean.
struct Columns {
    std::size_t season, year, medal, organisation, athletes, games, sport, gender, event;

    static Result<Columns> find(const codec::CsvReader& csv) {
        Columns columns{};
        TRY(columns.season, csv.column("season"));
        TRY(columns.year, csv.column("year"));
        TRY(columns.medal, csv.column("medal"));
        TRY(columns.organisation, csv.column("country_code"));
        TRY(columns.athletes, csv.column("athletes"));
        TRY(columns.games, csv.column("games"));
        TRY(columns.sport, csv.column("sport"));
        TRY(columns.gender, csv.column("event_gender"));
        TRY(columns.event, csv.column("event_name"));
        return columns;
    }
};

std::vector<std::string> split_names(std::string_view text) {
    constexpr std::string_view kBetween = ", ";
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(kBetween), text.size());
        if (end > 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + kBetween.size(), text.size()));
    }
    return names;
}

Award award_of(Medal medal, const std::string& organisation, std::string_view athletes) {
    Award award;
    award.medal = medal;
    award.organisation = organisation;
    award.members = split_names(athletes);
    if (award.members.size() == 1) award.name = award.members.front();
    if (award.members.size() == 1) award.members.clear();
    return award;
}

// Adds the medals that nobody holds: two golds leave no silver, three medals no bronze.
std::size_t add_vacant(std::vector<Award>& awards) {
    std::array<std::size_t, 3> held{};
    for (const Award& award : awards)
        ++held[static_cast<std::size_t>(award.medal)];
    std::size_t vacant = 0;
    const auto add = [&](Medal medal) {
        Award award;
        award.medal = medal;
        award.status = AwardStatus::kVacant;
        awards.push_back(std::move(award));
        ++held[static_cast<std::size_t>(medal)];
        ++vacant;
    };
    if (held[0] == 0) add(Medal::kGold);
    if (held[0] == 1 && held[1] == 0) add(Medal::kSilver);
    if (held[0] + held[1] <= 2 && held[2] == 0) add(Medal::kBronze);
    return vacant;
}

// Games that took place and of which the file has no row.
std::vector<Gap> find_gaps(const std::set<std::string>& present, int last_year) {
    std::vector<Gap> gaps;
    const auto expect = [&](bool winter, int year) {
        if (std::ranges::find(kCancelled, year) != std::end(kCancelled)) return;
        const std::string id = edition_id(winter, year);
        if (present.contains(id)) return;
        gaps.push_back({id, std::string(kHistorySource),
                        "the source has no row of the Games of " + std::to_string(year)});
    };
    for (int year = kFirstSummer; year <= last_year; year += kYearsBetween)
        expect(false, year);
    for (int year = kFirstWinter; year <= last_year;) {
        expect(true, year);
        year += year == kLastSharedYear ? 2 : kYearsBetween;
    }
    return gaps;
}

struct Collected {
    std::map<AwardPlace, std::vector<Award>> events;
    std::map<AwardPlace, int> years;
    int last_year = 0;
};

Result<void> take_row(const std::vector<std::string>& row, const Columns& columns, std::size_t line,
                      Collected& collected, History& history) {
    int year = 0;
    const std::string& text = row[columns.year];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), year);
    const bool winter = row[columns.season] == "Winter";
    if (parsed.ec != std::errc() || year < kFirstSummer || year > 9'998 ||
        (!winter && row[columns.season] != "Summer")) {
        return malformed("results.history_malformed", line, "season and year");
    }
    const AwardPlace place{edition_id(winter, year), row[columns.sport],
                           row[columns.gender] + " " + row[columns.event], ""};
    history.editions.emplace(place.edition, row[columns.games]);
    auto& awards = collected.events[place];
    collected.years[place] = year;
    collected.last_year = std::max(collected.last_year, year);
    ++history.rows;
    if (row[columns.medal].empty()) return {};
    const auto medal = parse_medal(lower(row[columns.medal]));
    if (!medal || row[columns.organisation].empty()) {
        return malformed("results.history_malformed", line, "medal and country_code");
    }
    awards.push_back(award_of(*medal, row[columns.organisation], row[columns.athletes]));
    ++history.medals;
    return {};
}

}  // namespace

Result<History> read_history(std::string_view text, std::optional<Time> published_at) {
    TRY(auto csv, codec::CsvReader::create(text));
    TRY(const Columns columns, Columns::find(csv));
    History history;
    Collected collected;
    std::vector<std::string> row;
    while (true) {
        TRY(const bool more, csv.next(row));
        if (!more) break;
        TRY_VOID(take_row(row, columns, csv.line(), collected, history));
    }
    std::set<std::string> present;
    for (auto& [place, awards] : collected.events) {
        const int year = collected.years[place];
        present.insert(place.edition);
        if (awards.empty()) ++history.events_without;
        if (!awards.empty() && year >= kFirstVacancyYear) history.vacant += add_vacant(awards);
        std::ranges::stable_sort(awards, {}, &Award::medal);
        AwardList list;
        list.place = place;
        list.awards = std::move(awards);
        list.is_official = true;
        list.valid_from = civil_date(year + 1, 1, 1);
        list.published_at = published_at;
        list.source = kHistorySource;
        history.lists.push_back(std::move(list));
    }
    history.gaps = find_gaps(present, collected.last_year);
    return history;
}

Result<FeedReader> FeedReader::create(std::string_view text, std::string_view edition,
                                      std::string_view source) {
    FeedReader reader;
    reader.edition_ = edition;
    reader.source_ = source;
    TRY(auto csv, codec::CsvReader::create(text));
    std::array<std::size_t, 7> columns{};
    constexpr std::array<std::string_view, 7> kNames = {"observed_at", "op",    "code", "name",
                                                        "discipline",  "event", "color"};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        TRY(columns[i], csv.column(kNames[i]));
    }
    std::vector<std::string> row;
    while (true) {
        TRY(const bool more, csv.next(row));
        if (!more) break;
        const auto at = parse_rfc3339(row[columns[0]]);
        const std::string& op = row[columns[1]];
        const std::string& color = row[columns[6]];
        if (!at || (op != "+" && op != "-") ||
            (!reader.changes_.empty() && *at < reader.changes_.back().at)) {
            return malformed("results.feed_malformed", csv.line(), "observed_at and op, in order");
        }
        const std::string_view medal = color == "G"   ? "gold"
                                       : color == "S" ? "silver"
                                       : color == "B" ? "bronze"
                                                      : "";
        if (reader.changes_.empty() || reader.changes_.back().at != *at) ++reader.moments_;
        reader.changes_.push_back({*at,
                                   op == "+",
                                   {row[columns[2]], row[columns[3]], row[columns[4]],
                                    row[columns[5]], std::string(medal)}});
    }
    return reader;
}

bool FeedReader::next(MedalSnapshot& page) {
    if (next_ == changes_.size()) return false;
    const Time at = changes_[next_].at;
    for (; next_ < changes_.size() && changes_[next_].at == at; ++next_) {
        const Change& change = changes_[next_];
        if (change.adds) {
            rows_.insert(change.row);
        } else {
            rows_.erase(change.row);
        }
    }
    page = {edition_, "", source_, at, {rows_.begin(), rows_.end()}, {}};
    return true;
}

}  // namespace altis::results
