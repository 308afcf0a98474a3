// The gate reads a rendered text back and lets it pass only when all it says is a given fact.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/aliases.h"
#include "messages/composer.h"
#include "messages/fact.h"
#include "messages/reading.h"

namespace altis::messages {

// Reads numbers and clock times (in any digit system, with the separators of the text's language),
// units behind numbers, medal words, claims, names and links out of the text, without looking at
// the template. What is read must be what the slots announce, one for one and in the same order:
// nothing more, nothing less, nothing swapped. Refused wherever they stand are numbers in any other
// writing (fractions, Roman, Chinese numerals, words), words that compare or say when (lexicon.h),
// capital letters inside a sentence that belong to no name given (stated_words.h), letters of
// scripts that the language is not written in, and control characters. Gives the places, in order.
// Fails with "messages.gate_refused" and what was wrong; the text itself is not repeated. Select
// slots of kind kText choose words and are not read.
Result<std::vector<Reading>> read_back(const Rendered& rendered, const FactRecord& facts,
                                       const AliasTable& aliases);

}  // namespace altis::messages
