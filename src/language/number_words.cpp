#include "language/number_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <unicode/rbnf.h>
#include <vector>

#include "base/assert.h"
#include "language/icu_text.h"
#include "language/letters.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

// What ICU's rules do not tell: articles, joiners, and countries that count in other words.
struct Traits {
    std::string_view language;
    std::vector<std::u32string_view> articles;
    std::vector<std::u32string_view> joiners;
    std::vector<const char*> locales;
};

const Traits& traits_of(std::string_view language) {
    static const std::vector<Traits> kTraits = {
        {"en", {}, {U"and"}, {"en"}},
        {"fr", {U"un", U"une"}, {U"et"}, {"fr", "fr_BE", "fr_CH"}},
        {"es", {U"un", U"una"}, {U"y"}, {"es"}},
        {"pt", {U"um", U"uma"}, {U"e"}, {"pt", "pt_PT"}},
        {"de", {U"ein", U"eine", U"einen", U"einem", U"einer", U"eines"}, {U"und", U"mal"}, {"de"}},
        {"it", {U"un", U"una", U"uno"}, {}, {"it"}},
        {"ko", {}, {}, {"ko"}},
        {"ar", {}, {U"و"}, {"ar"}},
        {"ru", {}, {}, {"ru"}},
        {"hi", {}, {}, {"hi"}},
    };
    static const Traits kNone = {};
    const auto found = std::ranges::find(kTraits, language, &Traits::language);
    return found == kTraits.end() ? kNone : *found;
}

// Enough that every word of a number below a billion billions occurs in one of them.
std::vector<std::int64_t> samples() {
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i <= 100; ++i)
        numbers.push_back(i);
    for (std::int64_t i = 2; i <= 10; ++i)
        numbers.push_back(i * 100);
    numbers.insert(numbers.end(), {108, 180});  // where Italian shortens its hundred
    constexpr std::int64_t kMillion = 1'000'000;
    for (const std::int64_t power : {std::int64_t{1'000}, std::int64_t{100'000}, kMillion,
                                     10 * kMillion, 1'000 * kMillion, kMillion * kMillion}) {
        for (const std::int64_t count : {1, 2, 3, 5, 7, 11, 100})
            numbers.push_back(power * count);
    }
    return numbers;
}

std::u32string plain(std::u32string_view text) {
    std::u32string out;
    for (const char32_t code : text)
        if (const char32_t letter = plain_letter(code)) out.push_back(letter);
    return out;
}

constexpr char32_t kSoftHyphen = 0x00AD;

std::u32string codes_of(const UnicodeString& text) {
    std::u32string codes;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
        codes.push_back(static_cast<char32_t>(text.char32At(i)));
    return codes;
}

// Numbers as all rules of a place spell them.
std::vector<std::u32string> spellings(const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::RuleBasedNumberFormat rules(icu::URBNF_SPELLOUT, locale, status);
    ALTIS_ASSERT(U_SUCCESS(status));
    std::vector<std::u32string> texts;
    for (std::int32_t set = 0; set < rules.getNumberOfRuleSetNames(); ++set) {
        for (const std::int64_t number : samples()) {
            UnicodeString text;
            icu::FieldPosition nowhere;
            UErrorCode failed = U_ZERO_ERROR;
            rules.format(number, rules.getRuleSetName(set), text, nowhere, failed);
            if (U_SUCCESS(failed)) texts.push_back(codes_of(text));
        }
    }
    return texts;
}

bool is_blank(char32_t code) {
    return code == ' ' || code == '-' || code == 0x00A0;
}

}  // namespace

const NumberWords& NumberWords::of(std::string_view language) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<const NumberWords>, std::less<>> known;
    const std::lock_guard lock(mutex);
    auto found = known.find(language);
    if (found == known.end()) {
        found =
            known.emplace(language, std::unique_ptr<const NumberWords>(new NumberWords(language)))
                .first;
    }
    return *found->second;
}

NumberWords::NumberWords(std::string_view language) : language_(language) {
    const Traits& traits = traits_of(language);
    for (const auto article : traits.articles)
        articles_.insert(plain(article));
    for (const auto joiner : traits.joiners)
        joiners_.insert(plain(joiner));
    for (const char* locale : traits.locales) {
        for (const std::u32string& text : spellings(icu::Locale(locale)))
            add(text);
    }
}

// Takes a spelled number apart. Soft hyphens show of what joined words consist.
void NumberWords::add(std::u32string_view text) {
    const auto take = [&](Words& into, std::u32string_view raw) {
        const std::u32string word = plain(raw);
        const bool is_word = std::ranges::all_of(word, is_alphabetic_or_mark);
        if (word.empty() || !is_word) return;
        if (!articles_.contains(word) && !joiners_.contains(word)) into.insert(word);
    };
    const auto take_word = [&](std::u32string word) {
        take(words_, word);
        for (std::size_t at = 0; at < word.size();) {
            const std::size_t end = std::min(word.find(kSoftHyphen, at), word.size());
            take(parts_, std::u32string_view(word).substr(at, end - at));
            at = end + 1;
        }
        take(parts_, word);
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto end = static_cast<std::size_t>(
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_blank) -
            text.begin());
        std::u32string word(text.substr(at, end - at));
        take_word(word);
        if (const auto sharp = word.find(U'ß'); sharp != std::u32string::npos)
            take_word(word.replace(sharp, 1, U"ss"));
        at = end + 1;
    }
}

bool NumberWords::spells_number(std::u32string_view word) const {
    if (word.empty()) return false;
    if (language_ == "ko") return spells_korean(word);
    if (words_.contains(word)) return true;
    if (language_ == "de" || language_ == "it") return made_of(word) == Made::kNumber;
    if (language_ == "ar") return spells_arabic(word);
    if (language_ == "hi") return spells_hindi(word);
    return false;
}

// Whether a word is wholly made of parts; from its end, so that each rest is looked at once.
NumberWords::Made NumberWords::made_of(std::u32string_view word) const {
    constexpr std::size_t kLongest = 64;
    if (word.empty() || word.size() > kLongest) return Made::kNothing;
    std::vector<Made> rest(word.size() + 1, Made::kNothing);
    rest[word.size()] = Made::kJoiners;
    for (std::size_t at = word.size(); at-- > 0;) {
        for (std::size_t end = at + 1; end <= word.size(); ++end) {
            if (rest[end] == Made::kNothing) continue;
            const auto part = word.substr(at, end - at);
            if (parts_.contains(part)) {
                rest[at] = Made::kNumber;
            } else if (articles_.contains(part) || joiners_.contains(part)) {
                rest[at] = std::max(rest[at], rest[end]);
            }
        }
    }
    return rest[0];
}

// Behind "and", "in", "by", "for", "like" and the article, which are written in one with the word.
bool NumberWords::spells_arabic(std::u32string_view word) const {
    constexpr std::u32string_view kPrefixes = U"وفبلك";
    constexpr std::u32string_view kArticle = U"ال";
    if (word.size() > 2 && kPrefixes.find(word.front()) != std::u32string_view::npos) {
        word.remove_prefix(1);
        if (words_.contains(word)) return true;
    }
    if (word.starts_with(kArticle)) return words_.contains(word.substr(kArticle.size()));
    return words_.contains(std::u32string(kArticle) + std::u32string(word));
}

// Ordinals in the cases that ICU's rules do not write.
bool NumberWords::spells_hindi(std::u32string_view word) const {
    constexpr std::array<std::u32string_view, 5> kEndings = {U"वां", U"वीं", U"वें", U"वे", U"ओं"};
    return std::ranges::any_of(kEndings, [&](std::u32string_view ending) {
        return word.ends_with(ending) &&
               words_.contains(word.substr(0, word.size() - ending.size()));
    });
}

// One syllable alone may be another word ("이" is "this"), except before a counter.
bool NumberWords::spells_korean(std::u32string_view word) const {
    constexpr auto kCounters = std::to_array<std::u32string_view>(
        {U"번째", U"째", U"점", U"위", U"등", U"개", U"명", U"번", U"회", U"년", U"월", U"초",
         U"분", U"골", U"승", U"패", U"미터", U"킬로그램"});
    constexpr auto kParticles =
        std::to_array<std::u32string_view>({U"이", U"가", U"은", U"는", U"을", U"를", U"의", U"에",
                                            U"로", U"으로", U"과", U"와", U"도", U"만"});
    const auto without = [&](std::u32string_view tail) {
        return word.ends_with(tail) ? word.substr(0, word.size() - tail.size())
                                    : std::u32string_view();
    };
    const auto is_number = [&](std::u32string_view text) { return made_of(text) == Made::kNumber; };
    constexpr std::u32string_view kAlone = U"한두세네첫둘셋넷열쉰삼사육칠팔구십백천";
    const bool may_be_alone =
        word.size() > 1 || kAlone.find(word.front()) != std::u32string_view::npos;
    if (may_be_alone && is_number(word)) return true;
    for (const auto tail : kCounters)
        if (is_number(without(tail))) return true;
    return std::ranges::any_of(kParticles, [&](std::u32string_view tail) {
        const auto rest = without(tail);
        return rest.size() > 1 && is_number(rest);
    });
}

}  // namespace altis::language
