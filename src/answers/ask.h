// A question in plain language about a table: one provable answer, or why there is none.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answers/execute.h"
#include "answers/grammar.h"
#include "answers/table.h"

namespace altis::answers {

// Why a question is not answered.
enum class Doubt : std::uint8_t {
    kNone,
    kTooLong,      // over kMaxQuestionBytes or a limit of the parser
    kNoReading,    // some word is not explained
    kNoData,       // understood, but the table cannot say
    kManyReadings  // two readings that say different things
};

struct Answer {
    Doubt doubt = Doubt::kNone;
    Value value;            // when there is no doubt
    std::size_t table = 0;  // that it was found in
    std::map<std::string, std::string>
        corrected;                   // words taken for misspelt, and how they were read
    std::vector<std::string> terms;  // the readings that can be carried out, for explaining
};

// The languages that have a grammar, by their codes.
const std::vector<std::string>& languages();

// The grammar of a language (en, fr, ...); nullptr when there is none. Loaded once; thread-safe.
const Grammar* grammar_of(std::string_view language);

// Answers only when all words are explained and all readings that the tables can carry out agree.
// Each table by itself must explain all words.
Answer ask(std::span<const Table> tables, const Grammar& grammar, std::string_view language,
           std::string_view question);

}  // namespace altis::answers
