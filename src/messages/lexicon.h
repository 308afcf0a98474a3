// Words that state something by themselves, per language: medals, units, claims, comparisons, times
// and numbers in words. What a text says with one of them must be a fact.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded_file.h"
#include "base/result.h"

namespace altis::messages {

// Of kRelation (who beat whom, what is best or first), kTime and kNumber there are no facts.
enum class WordKind : std::uint8_t { kMedal, kUnit, kClaim, kRelation, kTime, kNumber };

struct LexiconWord {
    WordKind kind = WordKind::kRelation;
    std::u32string word;       // in plain letters (language/letters.h); a phrase has single blanks
    bool is_stem = false;      // stands for every word that begins so
    std::string meaning = {};  // text of a medal or claim fact, unit of a decimal fact
};

// The words of one language. Immutable after loading.
class Lexicon {
  public:
    // A word of a text and where it ends.
    struct Match {
        const LexiconWord* word = nullptr;  // null for none
        std::size_t end = 0;
    };

    // Lines as lexicon.txt describes them, by language. Fails with "messages.lexicon_malformed",
    // naming file and line.
    static Result<std::map<std::string, Lexicon, std::less<>>> parse(const EmbeddedFile& file);

    // What the program is delivered with, together with ICU's words of the calendar; without words
    // for an unknown language. Any thread.
    static const Lexicon& of(std::string_view language);

    explicit Lexicon(std::string_view language = {}) : language_(language) {}

    void add(LexiconWord word);

    // The longest word, or unit, that begins at `at` of a text in plain letters. In languages that
    // are written with blanks (all but ja, zh, ko and ar, where articles and particles are
    // attached) it stands between characters that are no letters; a unit may follow anything.
    Match word_at(std::u32string_view text, std::size_t at) const;
    Match unit_at(std::u32string_view text, std::size_t at) const;

    std::span<const LexiconWord> words() const { return words_; }

  private:
    bool stands_at(const LexiconWord& word, std::u32string_view text, std::size_t at) const;
    template <class Wanted>
    Match longest_at(std::u32string_view text, std::size_t at, const Wanted& is_wanted) const;

    std::string language_;
    std::vector<LexiconWord> words_;  // by their first letter, the longest first
};

bool is_written_with_blanks(std::string_view language);

// A text in plain letters; empty when it is not UTF-8.
std::u32string plain_text(std::string_view text);

// lexicon.txt
std::span<const EmbeddedFile> lexicon_files();

}  // namespace altis::messages
