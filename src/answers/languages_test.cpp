// The same question in twelve languages must get the same answer from the same records.
#include <cstdio>
#include <gtest/gtest.h>
#include <set>

#include "answers/ask.h"
#include "answers/official.h"
#include "answers/wordings.h"
#include "language/regions.h"

namespace altis::answers {
namespace {

const std::vector<Wording>& all_wordings(std::size_t file = 0) {
    static const std::vector kWordings = {wordings(0), wordings(1)};
    return kWordings[file];
}

// Results of Paris 2024.
OfficialData paris() {
    OfficialData data;
    data.title = "Olympic Games Paris 2024";
    const auto medals = [&](const char* code, std::array<std::uint32_t, 3> counts) {
        const auto rank = static_cast<std::uint32_t>(data.medals.size()) + 1;
        data.medals.push_back({code, counts, rank, {std::string("medals/") + code}});
    };
    medals("USA", {40, 44, 42});
    medals("CHN", {40, 27, 24});
    medals("JPN", {20, 12, 13});
    medals("AUS", {18, 19, 16});
    medals("FRA", {16, 26, 22});
    medals("NED", {15, 7, 12});
    medals("GBR", {14, 22, 29});
    medals("KOR", {13, 9, 10});
    medals("ITA", {12, 13, 15});
    medals("GER", {12, 13, 8});
    int rank = 0;
    const auto placing = [&](const char* event, const char* name, const char* code,
                             const char* result) {
        const bool is_new = data.placings.empty() || data.placings.back().event != event;
        rank = is_new ? 1 : rank + 1;
        static constexpr std::array<const char*, 3> kMedals = {"gold", "silver", "bronze"};
        Placing row;
        row.event = event;
        row.name = name;
        for (const auto& wording : all_wordings()) {
            for (std::size_t index = 0; index < wording.athletes.size(); ++index)
                if (all_wordings()[0].athletes[index] == name)
                    row.also.emplace_back(wording.athletes[index]);
        }
        row.organisation = code;
        row.rank = rank;
        row.result = result;
        row.medal = rank <= 3 ? kMedals[static_cast<std::size_t>(rank) - 1] : "";
        row.origin.record = std::string("results/") + event + '/' + name;
        data.placings.push_back(std::move(row));
    };
    placing("Men's 100m", "Noah Lyles", "USA", "9.79");
    placing("Men's 100m", "Kishane Thompson", "JAM", "9.79");
    placing("Men's 100m", "Fred Kerley", "USA", "9.81");
    placing("Men's 100m", "Akani Simbine", "RSA", "9.82");
    placing("Women's 100m", "Julien Alfred", "LCA", "10.72");
    placing("Women's 100m", "Sha’Carri Richardson", "USA", "10.87");
    placing("Women's 100m", "Melissa Jefferson", "USA", "10.92");
    placing("Men's Marathon", "Tamirat Tola", "ETH", "2:06:26");
    placing("Men's Marathon", "Bashir Abdi", "BEL", "2:06:47");
    placing("Men's Marathon", "Benson Kipruto", "KEN", "2:07:00");
    placing("Women's Marathon", "Sifan Hassan", "NED", "2:22:55");
    placing("Women's Marathon", "Tigst Assefa", "ETH", "2:22:58");
    placing("Women's Marathon", "Hellen Obiri", "KEN", "2:23:10");
    const auto fixture = [&](const char* event, const char* start, const char* venue) {
        data.fixtures.push_back({event,
                                 start,
                                 venue,
                                 std::string("/live/paris2024/") + event,
                                 {std::string("schedule/") + event}});
    };
    fixture("Men's 100m", "2024-08-04T21:50:00+02:00", "Stade de France");
    fixture("Women's 100m", "2024-08-03T21:20:00+02:00", "Stade de France");
    fixture("Men's Marathon", "2024-08-10T08:00:00+02:00", "Invalides");
    fixture("Women's Marathon", "2024-08-11T08:00:00+02:00", "Invalides");
    return data;
}

// Which things a question is filled with, and what it is about.
struct Filling {
    std::size_t question = 0;
    std::size_t medal = 0;
    const char* country = "FR";
    const char* other = "DE";
    std::size_t event = 0;
    std::size_t athlete = 0;
};

std::vector<Filling> fillings() {
    static constexpr std::array<const char*, 10> kCountries = {"US", "CN", "JP", "AU", "FR",
                                                               "NL", "GB", "KR", "IT", "DE"};
    static constexpr std::array<std::size_t, 6> kEventOfAthlete = {0, 0, 1, 1, 2, 3};
    std::vector<Filling> out;
    for (std::size_t index = 0; index < kCountries.size(); ++index) {
        const auto* other = kCountries[(index + 3) % kCountries.size()];
        for (std::size_t medal = 0; medal < 4; ++medal) {
            out.push_back({0, medal, kCountries[index]});
            if (index % 3 == 0) out.push_back({8, medal, kCountries[index], other});
            if (index % 3 == 0) out.push_back({9, medal, kCountries[index], other});
        }
    }
    // Not of golds: two countries won as many.
    for (std::size_t medal = 1; medal < 4; ++medal)
        out.push_back({7, medal});
    for (std::size_t event = 0; event < 4; ++event) {
        for (const std::size_t pattern : {1, 4, 5, 6})
            out.push_back({pattern, 0, "", "", event});
        for (const std::size_t medal : {4, 5})
            out.push_back({14, medal, "", "", event});
    }
    for (std::size_t athlete = 0; athlete < 6; ++athlete) {
        const auto event = kEventOfAthlete[athlete];
        for (const std::size_t pattern : {2, 3, 10, 13})
            out.push_back({pattern, 0, "", "", event, athlete});
    }
    for (const std::size_t athlete : {1, 3})
        out.push_back({11, 0, "", "", kEventOfAthlete[athlete], athlete});
    for (const std::size_t event : {0, 1})
        out.push_back({12, 0, "US", "", event});
    return out;
}

void fill(std::string& text, std::string_view place, std::string_view with) {
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place))
        text.replace(at, place.size(), with);
}

std::string question_of(const Wording& wording, const Filling& filling) {
    std::string text(wording.questions[filling.question]);
    fill(text, "{M}", wording.medals[filling.medal]);
    fill(text, "{C}", language::region_name(filling.country, wording.language));
    fill(text, "{D}", language::region_name(filling.other, wording.language));
    fill(text, "{E}", wording.events[filling.event]);
    fill(text, "{A}", wording.athletes[filling.athlete]);
    return text;
}

std::set<std::string> records_of(const std::vector<Table>& tables, const Answer& answer) {
    std::set<std::string> out;
    for (const auto row : answer.value.rows)
        out.insert(tables[answer.table].rows[row].origin.record);
    return out;
}

struct Agreement {
    std::size_t asked = 0;
    std::size_t same = 0;
    std::size_t other = 0;  // answered, and with another answer
};

// Answers to one wording, compared with those to the first wording in English.
Agreement agreement(std::size_t file) {
    const auto tables = official_tables(paris());
    Agreement out;
    for (const auto& filling : fillings()) {
        const auto english = question_of(all_wordings()[0], filling);
        const auto expected = ask(tables, *grammar_of("en"), "en", english);
        EXPECT_EQ(expected.doubt, Doubt::kNone) << english;
        for (const auto& wording : all_wordings(file)) {
            const auto question = question_of(wording, filling);
            const auto answer =
                ask(tables, *grammar_of(wording.language), wording.language, question);
            const bool known = answer.doubt == Doubt::kNone;
            const bool same = known && answer.value.text() == expected.value.text() &&
                              records_of(tables, answer) == records_of(tables, expected);
            ++out.asked;
            out.same += same ? 1 : 0;
            out.other += known && !same ? 1 : 0;
            if (!same)
                std::printf("%s %s: %s\n", known ? "OTHER" : "none ", wording.language.c_str(),
                            question.c_str());
        }
    }
    std::printf("%zu questions in %zu languages: %zu of %zu answers the same (%.4f), %zu others\n",
                fillings().size(), all_wordings(file).size(), out.same, out.asked,
                static_cast<double>(out.same) / static_cast<double>(out.asked), out.other);
    return out;
}

TEST(Languages, TheSameQuestionGetsTheSameAnswer) {
    EXPECT_GE(fillings().size(), 100U);
    const auto found = agreement(0);
    EXPECT_GE(found.same * 100, found.asked * 98);
    EXPECT_EQ(found.other, 0U);
}

// The same in other words.
TEST(Languages, AnotherWordingGetsTheSameAnswerOrNone) {
    const auto found = agreement(1);
    EXPECT_GE(found.same * 100, found.asked * 98);
    EXPECT_EQ(found.other, 0U);
}

}  // namespace
}  // namespace altis::answers
