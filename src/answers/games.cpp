#include "answers/games.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "answers/words.h"

namespace altis::answers {
namespace {

using Words = std::vector<std::string>;

// Beside a year they name the Games and ask for nothing.
constexpr std::array<std::string_view, 50> kWordsForGames = {
    "year",         "games",     "olympics",   "olympic",     "annee",
    "an",           "jeux",      "olympiques", "ano",         "año",
    "juegos",       "olimpicos", "jogos",      "jahr",        "jahre",
    "spiele",       "spielen",   "olympische", "olympischen", "olympia",
    "anno",         "giochi",    "olimpici",   "olimpiadi",   "年",
    "オリンピック", "五輪",      "大会",       "奥运会",      "奥运",
    "년",           "올림픽",    "대회",       "год",         "году",
    "года",         "олимпиаде", "олимпиады",  "олимпийских", "играх",
    "игр",          "عام",       "سنة",        "أولمبياد",    "الألعاب الأولمبية",
    "دورة",         "वर्ष",       "साल",        "ओलंपिक",       "खेलों"};

bool is_year(const std::string& word) {
    return word.size() == 4 &&
           (word.starts_with("18") || word.starts_with("19") || word.starts_with("20") ||
            word.starts_with("21")) &&
           std::ranges::all_of(word, [](char digit) { return digit >= '0' && digit <= '9'; });
}

// The year of a text; empty when there is none, or two.
std::string year_in(const Words& words) {
    std::string year;
    for (const auto& word : words) {
        if (!is_year(word) || word == year) continue;
        if (!year.empty()) return {};
        year = word;
    }
    return year;
}

// The words for Games in pieces, the longest first.
const std::vector<Words>& phrases() {
    static const std::vector<Words> kPhrases = [] {
        std::vector<Words> out;
        out.reserve(kWordsForGames.size());
        for (const auto text : kWordsForGames)
            out.push_back(words(text));
        std::ranges::stable_sort(
            out, [](const Words& one, const Words& other) { return one.size() > other.size(); });
        return out;
    }();
    return kPhrases;
}

std::size_t phrase_at(const Words& words, std::size_t at) {
    for (const Words& phrase : phrases()) {
        if (phrase.size() > words.size() - at) continue;
        if (std::equal(phrase.begin(), phrase.end(),
                       words.begin() + static_cast<std::ptrdiff_t>(at))) {
            return phrase.size();
        }
    }
    return 0;
}

std::string without_year(const Words& question, std::string_view year) {
    Words rest;
    for (std::size_t at = 0; at < question.size();) {
        const std::size_t cut = question[at] == year ? 1 : phrase_at(question, at);
        if (cut == 0) rest.push_back(question[at]);
        at += std::max<std::size_t>(cut, 1);
    }
    return joined(rest, 0, rest.size());
}

// A word that names the place of Games: no number, and none of the words for Games.
bool is_place(const Words& word) {
    return !is_year(word.front()) && phrase_at(word, 0) == 0;
}

std::size_t places_named(const Words& title, const std::set<std::string>& asked,
                         const std::set<std::string>& known) {
    return static_cast<std::size_t>(std::ranges::count_if(title, [&](const std::string& word) {
        return is_place({word}) && asked.contains(word) && !known.contains(word);
    }));
}

}  // namespace

NamedGames games_named(std::string_view question, std::string_view asked_of_title,
                       std::span<const Games> others) {
    const Words asked = words(question);
    const Words own = words(asked_of_title);
    const std::set<std::string> asked_words(asked.begin(), asked.end());
    const std::set<std::string> own_words(own.begin(), own.end());
    const std::string year = year_in(asked);
    NamedGames named;
    if (own_words.contains(year)) return named;
    std::size_t most = 0;
    for (const Games& games : others) {
        const Words title = words(games.title);
        if (!year.empty() && std::ranges::find(title, year) == title.end()) continue;
        // One for the year.
        const std::size_t named_by =
            places_named(title, asked_words, own_words) + (year.empty() ? 0U : 1U);
        if (named_by == 0 || named_by < most) continue;
        named.id = named_by == most ? std::string() : games.id;
        most = named_by;
    }
    if (named.id.empty()) return {};
    named.is_by_year = !year.empty();
    named.question = year.empty() ? std::string(question) : without_year(asked, year);
    return named;
}

}  // namespace altis::answers
