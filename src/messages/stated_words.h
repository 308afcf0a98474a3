// The words of a text that state something: medals and claims, which may be facts, and what can be
// none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/lexicon.h"

namespace altis::messages {

// A medal word or claim and its place, in bytes of the text.
struct StatedWord {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view meaning;
};

// Reads the words of one text in one language.
class WordReader {
  public:
    // Stands for a character that belongs to a name or link.
    static constexpr char32_t kTaken = 0xFFFF;

    // `language` outlives it.
    explicit WordReader(std::string_view language);

    // The next character of the text and the byte at which it begins.
    void add(char32_t code, std::size_t begin);

    // What the text states in words; `size` is that of the text in bytes. Words in Latin letters
    // are read as English where the language has a script of its own. Fails with
    // "messages.gate_refused" for a number in words, a comparison, a date, and a name (a capital
    // letter inside a sentence; not in German, where nouns have one). The word for one that is the
    // indefinite article, too, is a number only before a unit or another number.
    Result<std::vector<StatedWord>> read(std::size_t size) const;

  private:
    const Lexicon& lexicon_at(std::size_t at) const;
    std::string_view language_at(std::size_t at) const;
    bool is_latin_at(std::size_t at) const;
    bool begins_word(std::size_t at) const;
    std::size_t word_end(std::size_t at) const;
    std::size_t next_word(std::size_t at) const;
    bool spells_number(std::size_t at) const;
    bool is_inside_sentence(std::size_t at) const;
    bool is_name(std::size_t at) const;

    std::string_view language_;
    bool has_own_script_;
    std::u32string text_;              // in plain letters
    std::vector<std::size_t> begins_;  // byte of each
    std::vector<bool> is_capital_;
};

}  // namespace altis::messages
