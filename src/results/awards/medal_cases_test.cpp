// The real medal cases, each with its true answer: the register is filled from the history of the
// Games and from the medal feed of Paris 2024 as it was seen, faults included.
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "codec/csv.h"
#include "results/awards/awards_fixture.h"

namespace altis::results {
namespace {

using namespace fixture;

constexpr std::string_view kParis = "og2024";
constexpr std::string_view kFeed = "paris-medal-pages";

std::vector<std::map<std::string, std::string>> rows_of(const std::string& text) {
    std::vector<std::map<std::string, std::string>> rows;
    auto csv = codec::CsvReader::create(text);
    ALTIS_ASSERT(csv.has_value());
    std::vector<std::string> fields;
    while (true) {
        const auto more = csv->next(fields);
        ALTIS_ASSERT(more.has_value());
        if (!*more) return rows;
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < fields.size(); ++i)
            row[csv->columns()[i]] = fields[i];
    }
}

// Pages of the feed that a gate held: moment and first doubt.
using Held = std::map<std::string, std::string>;

// Both registers, filled once.
struct Evidence {
    Registry past;
    History history;
    Registry paris;
    Held held;
    std::size_t pages = 0;
    std::size_t open_at_end = 0;
    std::map<std::string, std::map<std::string, MedalCounts>> tables;  // stated, by moment

    static const Evidence* get() {
        static const std::unique_ptr<Evidence> evidence = load();
        return evidence.get();
    }

  private:
    static std::unique_ptr<Evidence> load() {
        const auto history = real_data("history/medallists_1896_2024_no2020.csv.gz");
        const auto feed = real_data("paris2024/medal_feed.csv.gz");
        const auto tables = real_data("paris2024/medal_table_history.csv");
        if (!history || !feed || !tables) return nullptr;
        auto evidence = std::make_unique<Evidence>();
        evidence->fill_past(*history);
        evidence->fill_paris(*feed);
        evidence->fill_tables(*tables);
        return evidence;
    }

    void fill_past(const std::string& csv) {
        auto read = read_history(csv, at("2025-06-30"));
        ALTIS_ASSERT(read.has_value());
        history = *std::move(read);
        for (const auto& [id, name] : history.editions)
            past.open_edition(id);
        for (const AwardList& list : history.lists) {
            const bool taken = past.take(past.awards.record(list, past.clock)) == 1;
            ALTIS_ASSERT(taken);
        }
        for (const Gap& gap : history.gaps)
            past.take(past.awards.note_gap(gap));
    }

    void fill_paris(const std::string& csv) {
        auto reader = FeedReader::create(csv, kParis, kFeed);
        ALTIS_ASSERT(reader.has_value());
        paris.open_edition(kParis);
        MedalSnapshot page;
        while (reader->next(page)) {
            ++pages;
            if (!paris.send(page)) {
                held[format_rfc3339(page.observed_at).substr(0, 19)] =
                    paris.doubts.empty() ? paris.refusal : paris.doubts.front().name;
            }
        }
        open_at_end = paris.held.items().size();
    }

    void fill_tables(const std::string& csv) {
        std::map<std::string, MedalCounts> table;
        for (auto& row : rows_of(csv)) {
            const auto number = [&](const char* column) {
                return static_cast<std::uint32_t>(std::stoul(row[column]));
            };
            table[row["code"]] = {number("gold"), number("silver"), number("bronze")};
            tables[row["observed_at"]] = table;
        }
    }
};

class MedalCases : public testing::Test {
  protected:
    void SetUp() override {
        if (Evidence::get() == nullptr) {
            GTEST_SKIP() << "no real results data beside the checkout (ALTIS_SHARED names it)";
        }
    }
    static const Evidence& evidence() { return *Evidence::get(); }
};

Moment known_at(std::string_view text) {
    return {kEndOfTime, at(text)};
}

std::string paris(std::string_view event, const Moment& moment = {}) {
    return text_of(Evidence::get()->paris.awards.lists(kParis, event, moment));
}
std::string past(std::string_view edition, std::string_view event) {
    return text_of(Evidence::get()->past.awards.lists(edition, event, {}));
}
std::string past_counts(std::string_view edition, std::string_view organisation) {
    return counts_text(Evidence::get()->past.awards.table(edition, {}), organisation);
}
MedalTable paris_table(const Moment& moment = {}) {
    return Evidence::get()->paris.awards.table(kParis, moment);
}

// What the award rule gives for ranks 1, 1, 3 and the like, as "G, G, B".
std::string by_ranks(const std::vector<int>& ranks) {
    std::vector<ResultLine> lines;
    for (const int rank : ranks)
        lines.push_back(team("T" + std::to_string(lines.size()), rank));
    std::string text;
    for (const MedalHolder& holder : award(MedalUnit::kAll, lines))
        text += (text.empty() ? "" : ", ") + std::string(1, to_string(holder.medal).front());
    return text;
}

std::string members_text(std::string_view event, std::size_t place, const Moment& moment = {}) {
    const auto lists = Evidence::get()->paris.awards.lists(kParis, event, moment);
    return lists.empty() || place >= lists[0]->list.awards.size()
               ? "nobody"
               : lists[0]->list.awards[place].members.at(0);
}

MedalCounts medals(const MedalTable& table, std::string_view organisation) {
    for (const MedalRow& row : table.rows) {
        if (row.organisation == organisation) return row.medals;
    }
    return {};
}

void held_for(const char* moment, const char* doubt) {
    const auto found = Evidence::get()->held.find(moment);
    ASSERT_NE(found, Evidence::get()->held.end()) << moment;
    EXPECT_EQ(found->second, doubt);
}

// ---- Paris --------------------------------------------------------------------------------------

void whole_table_ties_on_gold() {
    // The page of medallists showed the last gold at 15:35, ten minutes after the table did.
    for (const Moment& moment : {Moment{}, known_at("2024-08-11T15:36:00Z")}) {
        const MedalTable table = paris_table(moment);
        EXPECT_EQ(table.rows[0], (MedalRow{"USA", {40, 44, 42}, 1}));
        EXPECT_EQ(table.rows[1], (MedalRow{"CHN", {40, 27, 24}, 2}));
    }
}

void neutral_athletes_are_not_ranked() {
    const MedalTable table = paris_table();
    EXPECT_EQ(table.rows.size(), 91U);
    EXPECT_EQ(table.awarded, (MedalCounts{329, 330, 385}));
    EXPECT_EQ(table.unranked, (std::map<std::string, MedalCounts>{{"AIN", {1, 3, 1}}}));
    EXPECT_EQ(counts_text(table, "EOR"), "0-0-1");
    MedalCounts ranked{};
    for (const MedalRow& row : table.rows) {
        for (std::size_t i = 0; i < ranked.size(); ++i)
            ranked[i] += row.medals[i];
    }
    EXPECT_EQ(ranked, (MedalCounts{328, 327, 384}));
}

void athletes_are_not_medals() {
    std::size_t athletes = 0;
    std::size_t american = 0;
    for (const AwardVersion* version : Evidence::get()->paris.awards.lists(kParis, "", {})) {
        for (const Award& award : version->list.awards) {
            athletes += award.members.size();
            american += award.organisation == "USA" ? award.members.size() : 0;
        }
    }
    EXPECT_EQ(athletes, 2'271U);
    EXPECT_EQ(american, 318U);
}

void tie_for_silver() {
    EXPECT_EQ(paris("Men's 100m Breaststroke"), "G ITA, S GBR, S USA");
    EXPECT_EQ(by_ranks({1, 2, 2, 4}), "g, s, s");
}

void equal_time_is_no_tie() {
    const auto results = real_data("paris2024/results_to_2024-08-08.csv.gz");
    ASSERT_TRUE(results);
    std::vector<ResultLine> lines;
    for (auto& row : rows_of(*results)) {
        if (row["stage_code"] != "ATHM100M--------------FNL-000100--") continue;
        ResultLine line = team(row["participant_country_code"], 0, "", row["participant_code"]);
        line.rank = row["rank"].empty() ? 0 : std::stoi(row["rank"]);
        line.result = row["result"];
        line.competitor.name = row["participant_name"];
        lines.push_back(line);
    }
    const auto holders = award(MedalUnit::kAll, lines);
    ASSERT_EQ(holders.size(), 3U);
    EXPECT_EQ(holders[0].name, "LYLES Noah");
    EXPECT_EQ(holders[1].name, "THOMPSON Kishane");
    for (const ResultLine& line : lines) {
        if (line.rank == 1 || line.rank == 2) {
            EXPECT_EQ(line.result, "9.79");
        }
    }
}

void before_the_protest() {
    const Moment moment = known_at("2024-08-05T19:49:00Z");
    EXPECT_EQ(paris("Women's 5000m", moment), "G KEN, S NED, B ITA");
    EXPECT_EQ(members_text("Women's 5000m", 1, moment), "HASSAN Sifan");
    EXPECT_EQ(members_text("Women's 5000m", 2, moment), "BATTOCLETTI Nadia");
}

void after_the_protest() {
    EXPECT_EQ(paris("Women's 5000m", known_at("2024-08-05T22:09:00Z")), "G KEN, S KEN, B NED");
    EXPECT_EQ(members_text("Women's 5000m", 1), "KIPYEGON Faith");
    EXPECT_EQ(members_text("Women's 5000m", 2), "HASSAN Sifan");
    const Moment before = known_at("2024-08-05T22:08:50Z");
    const Moment after = known_at("2024-08-05T22:08:51Z");
    const auto changes = Evidence::get()->paris.awards.diff(kParis, before, after);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].place.event, "Women's 5000m");
    EXPECT_EQ(changes[0].because.size(), 1U);
    const auto was = paris_table(before);
    const auto is = paris_table(after);
    EXPECT_EQ(was.awarded, is.awarded);
    EXPECT_EQ(medals(was, "ITA")[2], medals(is, "ITA")[2] + 1);
    EXPECT_EQ(medals(was, "NED")[1], medals(is, "NED")[1] + 1);
    EXPECT_EQ(medals(was, "NED")[2] + 1, medals(is, "NED")[2]);
    EXPECT_EQ(medals(was, "KEN")[1] + 1, medals(is, "KEN")[1]);
}

void floor_before_the_court() {
    const Moment moment = known_at("2024-08-06");
    EXPECT_EQ(paris("Women's Floor Exercise", moment), "G BRA, S USA, B USA");
    EXPECT_EQ(members_text("Women's Floor Exercise", 2, moment), "CHILES Jordan");
}

void floor_after_the_court() {
    const Moment before = known_at("2024-08-11T12:49:03Z");
    const Moment after = known_at("2024-08-11T12:49:04Z");
    EXPECT_EQ(paris("Women's Floor Exercise", after), "G BRA, S USA, B ROU");
    EXPECT_EQ(members_text("Women's Floor Exercise", 2, after), "BARBOSU Ana");
    EXPECT_EQ(medals(paris_table(before), "USA")[2], 43U);
    EXPECT_EQ(medals(paris_table(after), "USA")[2], 42U);
}

// The federal court sends the case back: nobody else holds the medal, and it reads provisional.
void floor_on_hold() {
    Registry reg;
    reg.open_edition(kParis);
    AwardList list =
        Evidence::get()
            ->paris.awards.lists(kParis, "Women's Floor Exercise", known_at("2024-08-06"))
            .front()
            ->list;
    ASSERT_EQ(reg.take(reg.awards.record(list, reg.clock)), 1U);
    list = Evidence::get()->paris.awards.lists(kParis, "Women's Floor Exercise", {}).front()->list;
    list.is_official = true;
    ASSERT_EQ(reg.take(reg.awards.record(list, reg.clock)), 1U);
    list.awards[2].status = AwardStatus::kProvisional;
    list.valid_from = at("2026-01-29");
    list.published_at.reset();
    list.reason = "the federal court sends the case back to the court of arbitration";
    ASSERT_EQ(reg.take(reg.awards.propose(list, "first")), 1U);
    ASSERT_EQ(reg.take(reg.awards.approve(1, "second", "read the judgment")), 1U);
    const auto at_moment = [&](const Moment& moment) {
        return text_of(reg.awards.lists(kParis, "Women's Floor Exercise", moment));
    };
    EXPECT_EQ(at_moment({}), "G BRA, S USA, B ROU provisional");
    EXPECT_EQ(counts_text(reg.awards.table(kParis, {}), "ROU"), "0-0-1");
    EXPECT_EQ(at_moment(known_at("2024-08-12")), "G BRA, S USA, B ROU");
    EXPECT_EQ(at_moment(known_at("2024-08-06")), "G BRA, S USA, B USA");
    EXPECT_EQ(at_moment({at("2025-06-01"), kEndOfTime}), "G BRA, S USA, B ROU");
}

// Counts before, during and after; and nobody ever without a name.
void unharmed(const char* before, const char* during, const char* after) {
    EXPECT_EQ(paris_table(known_at(before)).awarded, paris_table(known_at(during)).awarded);
    EXPECT_EQ(to_json(paris_table(known_at(before))), to_json(paris_table(known_at(during))));
    const Moment moment = known_at(after);
    for (const AwardVersion* version : Evidence::get()->paris.awards.lists(kParis, "", moment)) {
        for (const Award& award : version->list.awards)
            EXPECT_FALSE(award.members.empty()) << version->list.place.event;
    }
}

void names_blank_at_night() {
    held_for("2024-08-06T04:11:39", "results.gate.blank_names");
    unharmed("2024-08-06T04:11:38Z", "2024-08-06T04:30:00Z", "2024-08-06T04:47:22Z");
}

void names_blank_in_the_morning() {
    held_for("2024-08-08T05:59:11", "results.gate.blank_names");
    unharmed("2024-08-08T05:59:10Z", "2024-08-08T06:05:00Z", "2024-08-08T06:11:48Z");
}

void rows_missing_five_times() {
    for (const char* moment : {"2024-08-19T15:39:03", "2024-08-20T14:30:29", "2024-08-20T15:56:40",
                               "2024-08-23T09:38:09", "2024-08-23T14:31:40"}) {
        held_for(moment, "results.gate.shrinking");
        unharmed("2024-08-12", (std::string(moment) + "Z").c_str(), "2024-08-24");
    }
    EXPECT_EQ(Evidence::get()->held.size(), 7U);  // and nothing else was
    EXPECT_EQ(Evidence::get()->open_at_end, 0U);  // the next good page took the place of each
}

void the_other_table() {
    Registry reg;
    Evidence::get()->paris.replay(reg);
    const auto stated = [&](const char* moment) {
        MedalSnapshot page;
        page.edition = kParis;
        page.source = kFeed;
        page.observed_at = at(moment);
        page.table = Evidence::get()->tables.at(moment);
        return page;
    };
    EXPECT_FALSE(reg.send(stated("2024-09-04T21:00:48Z")));
    ASSERT_EQ(reg.doubts.size(), 1U);
    EXPECT_EQ(reg.doubts[0].name, "results.gate.table_contradicts");
    EXPECT_EQ(counts_text(reg.awards.table(kParis, {}), "USA"), "40-44-42");
    EXPECT_EQ(reg.held.items().size(), 1U);
    EXPECT_TRUE(reg.send(stated("2024-09-04T21:12:35Z")));
    EXPECT_TRUE(reg.held.items().empty());
    MedalSnapshot named = stated("2024-09-04T21:12:35Z");
    named.competition = "PG2024";
    EXPECT_FALSE(reg.send(named));
    EXPECT_EQ(reg.doubts[0].name, "results.gate.other_competition");
}

// ---- other Games --------------------------------------------------------------------------------

// Beijing's team skating: no ceremony was held, so nothing counts before the ruling.
void medals_pending() {
    Registry reg;
    reg.open_edition("owg2022");
    AwardList list;
    list.place = {"owg2022", "Figure skating", "Mixed team", ""};
    list.awards = {medal_of(Medal::kGold, "ROC", "", AwardStatus::kPending),
                   medal_of(Medal::kSilver, "USA", "", AwardStatus::kPending),
                   medal_of(Medal::kBronze, "JPN", "", AwardStatus::kPending)};
    list.valid_from = at("2022-02-07");
    list.published_at = at("2022-02-07");
    list.is_official = true;
    list.source = "protocol";
    ASSERT_EQ(reg.take(reg.awards.record(list, reg.clock)), 1U);
    EXPECT_TRUE(reg.awards.table("owg2022", {}).rows.empty());
    list.awards = {medal_of(Medal::kGold, "USA", ""), medal_of(Medal::kSilver, "JPN", ""),
                   medal_of(Medal::kBronze, "ROC", "")};
    list.published_at.reset();
    list.valid_from = at("2024-08-02");
    list.reason = "one member's points are removed; the placings of the others stay";
    ASSERT_EQ(reg.take(reg.awards.propose(list, "first")), 1U);
    ASSERT_EQ(reg.take(reg.awards.approve(1, "second", "read the award")), 1U);
    EXPECT_EQ(text_of(reg.awards.lists("owg2022", "Mixed team", {})), "G USA, S JPN, B ROC");
    EXPECT_EQ(text_of(reg.awards.lists("owg2022", "Mixed team", {at("2022-02-20"), kEndOfTime})),
              "G ROC pending, S USA pending, B JPN pending");
}

// The published rank decides: Canada's 53 points stay fourth though the rank above is nearly equal.
void removal_is_no_ranking() {
    EXPECT_EQ(past("owg2022", "Figure skating/Mixed team"), "G USA, S JPN, B OAR");
    std::vector<ResultLine> lines = {team("USA", 1), team("JPN", 2), team("ROC", 3),
                                     team("CAN", 4)};
    const auto holders = award(MedalUnit::kAll, lines);
    ASSERT_EQ(holders.size(), 3U);
    EXPECT_EQ(holders[2].organisation, "ROC");
}

void two_bronzes_by_rule() {
    EXPECT_EQ(by_ranks({1, 2, 3, 3, 5, 5}), "g, s, b, b");
    EXPECT_EQ(past("og2016", "Men's - 49kg (light-flyweight)"), "G UZB, S COL, B CUB, B USA");
}

void tokyo_high_jump() {
    EXPECT_EQ(by_ranks({1, 1, 3}), "g, g, b");
    // The history has no row of these Games: said, not hidden.
    EXPECT_TRUE(Evidence::get()->past.awards.gaps().contains(
        {"og2020", "history", "the source has no row of the Games of 2020"}));
}

std::function<void()> event_in(const char* edition, const char* event, const char* holders) {
    return [=] { EXPECT_EQ(past(edition, event), holders) << edition; };
}
std::function<void()> event_in_paris(const char* event, const char* holders) {
    return [=] { EXPECT_EQ(paris(event), holders); };
}
std::function<void()> tables_in(const char* edition,
                                std::map<std::string, std::string> organisations) {
    return [=] {
        for (const auto& [organisation, counts] : organisations)
            EXPECT_EQ(past_counts(edition, organisation), counts) << edition << organisation;
    };
}

// Tested where they belong: M36 in odf_test (ties in a production message), M37 with the scoring
// rules (ties in figure skating).
const std::set<std::string>& tested_elsewhere() {
    static const std::set<std::string> ids = {"M36", "M37"};
    return ids;
}

const std::map<std::string, std::function<void()>>& cases() {
    static const std::map<std::string, std::function<void()>> all = {
        {"M01", whole_table_ties_on_gold},
        {"M02", neutral_athletes_are_not_ranked},
        {"M03", athletes_are_not_medals},
        {"M04", tie_for_silver},
        {"M05", event_in_paris("Women's High Jump", "G UKR, S AUS, B AUS, B UKR")},
        {"M06", event_in_paris("Women's Kayak Double 500m", "G NZL, S HUN, B GER, B HUN")},
        {"M07", event_in_paris("Men's Horizontal Bar", "G JPN, S COL, B CHN, B TPE")},
        {"M08", equal_time_is_no_tie},
        {"M09", before_the_protest},
        {"M10", after_the_protest},
        {"M11", floor_before_the_court},
        {"M12", floor_after_the_court},
        {"M13", floor_on_hold},
        {"M14", names_blank_at_night},
        {"M15", names_blank_in_the_morning},
        {"M16", rows_missing_five_times},
        {"M17", the_other_table},
        {"M18", event_in("og2016", "Swimming/Women's 100m freestyle", "G CAN, G USA, B SWE")},
        {"M19", event_in("og2016", "Men's 100m butterfly", "G SGP, S HUN, S RSA, S USA")},
        {"M20", event_in("owg2018", "Men's two-man", "G CAN, G GER, B LAT")},
        {"M21", event_in("owg2018", "Men's four-man", "G GER, S GER, S KOR")},
        {"M22", event_in("owg2014", "Women's downhill", "G SLO, G SUI, B SUI")},
        {"M23", tokyo_high_jump},
        {"M24", event_in("og2012", "Men's high jump", "G USA, S CAN, S GBR, S QAT")},
        {"M25",
         event_in("og2012", "Wrestling Freestyle/Men's 96 - 120kg", "G IRI, G RUS, B KAZ, B USA")},
        {"M26", event_in("og2012", "Women's 1500m", "G BRN, S vacant, B ETH")},
        {"M27", event_in("og2000", "Athletics/Women's 100m", "G vacant, S GRE, S JAM, B JAM")},
        {"M28", event_in("og2000", "Men's individual time trial", "G RUS, S GER, B vacant")},
        {"M29", event_in("og2016", "Men's 69 - 77kg (middleweight)", "G vacant, S CHN, B EGY")},
        {"M30", event_in("owg2014", "Men's 4x7.5km relay", "G vacant, S GER, B AUT")},
        {"M31", medals_pending},
        {"M32", removal_is_no_ranking},
        {"M33",
         tables_in("owg2022",
                   {{"USA", "9-9-7"}, {"JPN", "3-7-8"}, {"OAR", "5-12-15"}, {"CAN", "4-8-14"}})},
        {"M34",
         tables_in("og2008", {{"CHN", "48-22-30"}, {"USA", "36-39-37"}, {"RUS", "24-13-23"}})},
        {"M35", two_bronzes_by_rule},
    };
    return all;
}

TEST_F(MedalCases, EachHasItsTrueAnswer) {
    const auto text = real_data("cases/medal_cases.csv");
    ASSERT_TRUE(text);
    std::size_t tested = 0;
    for (auto& row : rows_of(*text)) {
        const std::string& id = row["id"];
        if (tested_elsewhere().contains(id)) continue;
        SCOPED_TRACE(id + ": " + row["expected"]);
        const auto found = cases().find(id);
        ASSERT_NE(found, cases().end());
        found->second();
        ++tested;
    }
    EXPECT_EQ(tested + tested_elsewhere().size(), 37U);
    EXPECT_EQ(tested, cases().size());
}

TEST_F(MedalCases, TheFeedEndsInTheFinalFile) {
    const auto text = real_data("paris2024/medals_final.csv");
    ASSERT_TRUE(text);
    using Row = std::array<std::string, 5>;
    std::multiset<Row> wanted;
    for (auto& row : rows_of(*text)) {
        wanted.insert({row["code"], row["name"], row["discipline"], row["event"], row["color"]});
    }
    std::multiset<Row> found;
    for (const AwardVersion* version : evidence().paris.awards.lists(kParis, "", {})) {
        for (const Award& award : version->list.awards) {
            const std::string color(1, static_cast<char>(to_string(award.medal)[0] - 'a' + 'A'));
            for (const std::string& member : award.members) {
                found.insert({award.organisation, member, version->list.place.discipline,
                              version->list.place.event, color});
            }
        }
    }
    EXPECT_EQ(found.size(), 2'271U);
    EXPECT_TRUE(found == wanted);
    EXPECT_EQ(evidence().pages, 267U);
}

TEST_F(MedalCases, TheFinalTableIsThePublishedOne) {
    const auto text = real_data("paris2024/medal_table_final.csv");
    ASSERT_TRUE(text);
    const MedalTable table = paris_table();
    auto rows = rows_of(*text);
    ASSERT_EQ(rows.size(), table.rows.size());
    for (auto& row : rows) {
        EXPECT_EQ(counts_text(table, row["code"]),
                  row["gold"] + "-" + row["silver"] + "-" + row["bronze"]);
    }
}

TEST_F(MedalCases, TheHistoryMeetsItsOracles) {
    const History& history = evidence().history;
    EXPECT_EQ(history.rows, 20'247U);
    // Four of these rows name no medal: events of 1908, 1920, 1928 and 1932 that gave none.
    EXPECT_EQ(history.medals, 20'243U);
    EXPECT_EQ(history.events_without, 4U);
    std::size_t names = 0;
    std::size_t counted = 0;
    std::size_t vacant_events = 0;
    std::size_t shared_golds = 0;
    for (const auto& [id, name] : history.editions) {
        for (const AwardVersion* version : evidence().past.awards.lists(id, "", {})) {
            std::size_t golds = 0;
            bool is_vacant = false;
            for (const Award& award : version->list.awards) {
                counted += award.counts() ? 1 : 0;
                names += award.name.empty() ? award.members.size() : 1;
                golds += award.counts() && award.medal == Medal::kGold ? 1 : 0;
                is_vacant = is_vacant || award.status == AwardStatus::kVacant;
            }
            vacant_events += is_vacant ? 1 : 0;
            const bool is_recent = version->list.valid_from > civil_date(kFirstVacancyYear, 1, 1);
            shared_golds += golds > 1 && is_recent ? 1 : 0;
        }
    }
    EXPECT_EQ(counted, 20'243U);
    EXPECT_EQ(vacant_events, 11U);
    EXPECT_EQ(shared_golds, 21U);
    // Of 39,178 fields between commas; 427 rows name nobody, one has a comma too many.
    EXPECT_EQ(names, 38'750U);
    ASSERT_EQ(history.gaps.size(), 1U);
    EXPECT_EQ(history.gaps[0].edition, "og2020");
    std::printf("gap: %s: %s\n", history.gaps[0].edition.c_str(), history.gaps[0].what.c_str());
}

TEST_F(MedalCases, ReplayEqualsLive) {
    Registry again;
    evidence().paris.replay(again);
    EXPECT_EQ(saved(again.awards), saved(evidence().paris.awards));
    EXPECT_EQ(saved(again.held), saved(evidence().paris.held));
}

}  // namespace
}  // namespace altis::results
