#include "answers/ask.h"

#include <map>

#include "answers/grammar_files.h"
#include "answers/link.h"
#include "answers/parse.h"
#include "base/assert.h"

namespace altis::answers {

const Grammar* grammar_of(std::string_view language) {
    static const auto kGrammars = [] {
        std::map<std::string, Grammar, std::less<>> out;
        for (const auto& file : grammar_files()) {
            auto grammar = Grammar::load(file.bytes);
            ALTIS_ASSERT(grammar.has_value());
            out.emplace(file.name.substr(0, file.name.find('.')), std::move(*grammar));
        }
        return out;
    }();
    const auto found = kGrammars.find(language);
    return found == kGrammars.end() ? nullptr : &found->second;
}

Answer ask(const Table& table, const Grammar& grammar, std::string_view language,
           std::string_view question) {
    Answer answer;
    answer.doubt = Doubt::kTooLong;
    if (question.size() > kMaxQuestionBytes) return answer;
    const Linker linker(table, grammar, language);
    const auto terms = readings(grammar, linker, linker.read(question));
    if (!terms) return answer;
    answer.doubt = terms->empty() ? Doubt::kNoReading : Doubt::kNoData;
    for (const auto& term : *terms) {
        auto value = execute(table, *term);
        if (!value) continue;
        answer.terms.push_back(term->text());
        if (answer.doubt == Doubt::kNoData) {
            answer.value = std::move(*value);
            answer.doubt = Doubt::kNone;
        } else if (answer.doubt == Doubt::kNone && value->text() != answer.value.text()) {
            answer.doubt = Doubt::kManyReadings;
        }
    }
    return answer;
}

}  // namespace altis::answers
