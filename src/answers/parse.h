// All readings of a question by a grammar.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "answers/grammar.h"
#include "answers/link.h"
#include "answers/term.h"

namespace altis::answers {

constexpr std::size_t kMaxQuestionBytes = 500;
constexpr std::size_t kMaxQuestionWords = 60;
// Work for one question: meanings of parts at places. A question that needs more is not answered.
constexpr std::size_t kMaxParseSteps = 400'000;

// The different terms that all words together may mean; empty when the grammar has no reading.
// Nothing when the question is over a limit.
std::optional<std::vector<TermPtr>> readings(const Grammar& grammar, const Linker& linker,
                                             const std::vector<std::string>& words);

}  // namespace altis::answers
