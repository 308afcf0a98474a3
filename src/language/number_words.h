// Numbers that are spelled in words ("one hundred forty-seven", "vierundsechzig", "마흔일곱"), as
// ICU's spell-out rules write them: cardinals and ordinals, in all genders and cases it knows.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace altis::language {

// The words of one language. Immutable.
class NumberWords {
  public:
    // Made when a language is first asked for, and kept. Any thread. Nothing is a number in a
    // language whose numbers have signs of their own (Chinese, Japanese: see `is_numeric`).
    static const NumberWords& of(std::string_view language);

    // True for a word of which numbers are made: "seven", "hundredth", "siebenundvierzig". `word`
    // is in plain letters (letters.h), without blanks and hyphens. Particles, prefixes and counters
    // that Arabic and Korean write in one with it may stand there. False for the articles, and for
    // what only joins numbers ("and").
    bool spells_number(std::u32string_view word) const;

    // True for a word that is the language's indefinite article and its word for one: "un",
    // "eine". It states a number only where a unit or a number stands beside it.
    bool is_article(std::u32string_view word) const { return articles_.contains(word); }

  private:
    using Words = std::set<std::u32string, std::less<>>;
    // What the words of one joined word make: a number needs one that is no article.
    enum class Made { kNothing, kJoiners, kNumber };

    explicit NumberWords(std::string_view language);

    void add(std::u32string_view text);
    Made made_of(std::u32string_view word) const;
    bool spells_arabic(std::u32string_view word) const;
    bool spells_korean(std::u32string_view word) const;
    bool spells_hindi(std::u32string_view word) const;

    std::string language_;
    Words words_;     // as they stand between blanks
    Words parts_;     // of joined words (German, Italian, Korean)
    Words articles_;  // see is_article
    Words joiners_;   // "and"
};

}  // namespace altis::language
