// Grammars of questions: closed, one per language, kept as data files (grammar/*.txt).
//
//     skip = the a an of                    words that never change an answer
//     fill = is was                         the same, unless a question begins with them
//     gloss women = dames | feminin         what is read as the word (or words) before the sign; as
//                                           nothing at all when that is -
//     endings = a y e                       what a word loses before it is compared; and beginnings
//     context = race event                  words that may stand with words of the table's title
//     question:                             a rule; each line below is an alternative
//         how many <what> [were there] -> count($1)
//     what:
//         athlete | athletes -> all
//
// A body is made of words, <rules>, [what may be left out], (one | of several) and {in any order}.
// Behind the arrow stands the term that the alternative means: operations of term.h, literal
// numbers, and $1, $2 for the rules of the body in their order. Without an arrow it means what its
// only rule means, or nothing. Built in: <#cell> a name or text of the table, <#column> a header,
// <#thing> and <#things> a header of no amounts in the singular and the plural, <#number>,
// <#ordinal>, <#time>, <#context>.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "answers/term.h"
#include "base/result.h"

namespace altis::answers {

enum class Builtin : std::uint8_t {
    kCell,
    kColumn,
    kThing,
    kThings,
    kNumber,
    kOrdinal,
    kTime,
    kContext
};

// A part of a body. Parts stand in one vector and name each other by index.
struct Part {
    enum class Kind : std::uint8_t {
        kWord,
        kRule,
        kBuiltin,
        kSequence,
        kAnyOrder,
        kChoice,
        kOptional
    };
    Kind kind = Kind::kSequence;
    std::string word;
    std::size_t rule = 0;
    Builtin builtin = Builtin::kCell;
    std::vector<std::size_t> parts;
};

// A term with places for what the rules of a body mean.
struct Template {
    enum class Kind : std::uint8_t { kPlace, kNumber, kOperation };
    Kind kind = Kind::kPlace;
    std::size_t place = 0;  // from 0 on
    Decimal number;
    Op op = Op::kAll;
    std::vector<Template> arguments;
};

struct Alternative {
    std::size_t body = 0;
    std::optional<Template> meaning;
    std::size_t line = 0;  // of the file
};

struct Rule {
    std::string name;
    std::vector<Alternative> alternatives;
    std::optional<Sort> sort;  // nothing for rules that mean nothing
};

// Immutable after loading.
class Grammar {
  public:
    // Reads a grammar file. Fails with "answers.grammar_malformed", naming the line: syntax, an
    // unknown rule or operation, sorts that do not fit, no rule "question" that gives an answer, a
    // rule that begins with itself.
    static Result<Grammar> load(std::string_view text);

    const Rule& question() const { return rules_[question_]; }
    const Rule& rule(std::size_t index) const { return rules_[index]; }
    const Part& part(std::size_t index) const { return parts_[index]; }
    std::size_t question_index() const { return question_; }

    // A text as the words that grammar and table are compared by: glossed, and without those that
    // are skipped.
    std::vector<std::string> read(std::string_view text) const;

    bool is_skipped(const std::string& word) const { return skipped_.contains(word); }
    bool is_filling(const std::string& word) const { return filling_.contains(word); }
    bool is_context(const std::string& word) const { return context_.contains(word); }
    bool knows(const std::string& word) const { return words_.contains(word); }
    const std::set<std::string>& known_words() const { return words_; }

  private:
    friend class GrammarReader;
    Grammar() = default;

    std::vector<Rule> rules_;
    std::vector<Part> parts_;
    std::size_t question_ = 0;
    std::set<std::string> skipped_;
    std::set<std::string> filling_;
    std::set<std::string> context_;
    // The words of a text without their beginnings and endings.
    std::vector<std::string> stems_of(std::string_view text) const;

    std::vector<std::string> endings_;     // the longest first
    std::vector<std::string> beginnings_;  //
    std::map<std::string, std::vector<std::string>> glosses_;
    std::size_t longest_gloss_ = 0;
    std::set<std::string> words_;  // of all bodies and lists
};

}  // namespace altis::answers
