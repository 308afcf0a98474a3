#include "answers/ask.h"

#include <algorithm>
#include <map>

#include "answers/grammar_files.h"
#include "answers/link.h"
#include "answers/parse.h"
#include "base/assert.h"

namespace altis::answers {

namespace {

using Grammars = std::map<std::string, Grammar, std::less<>>;

Grammars load_grammars() {
    Grammars out;
    std::string_view shared;
    for (const auto& file : grammar_files())
        if (file.name == "shared.txt") shared = file.bytes;
    for (const auto& file : grammar_files()) {
        if (file.name == "shared.txt") continue;
        std::string text(file.bytes);
        // English has rules of its own; the other languages are words for the shared ones.
        if (text.find("\nquestion:") == std::string::npos) text += shared;
        auto grammar = Grammar::load(text);
        ALTIS_ASSERT(grammar.has_value());
        out.emplace(file.name.substr(0, file.name.find('.')), std::move(*grammar));
    }
    return out;
}

const Grammars& grammars() {
    static const auto kGrammars = load_grammars();
    return kGrammars;
}

}  // namespace

const std::vector<std::string>& languages() {
    static const auto kLanguages = [] {
        std::vector<std::string> out;
        for (const auto& [language, grammar] : grammars())
            out.push_back(language);
        return out;
    }();
    return kLanguages;
}

const Grammar* grammar_of(std::string_view language) {
    const auto found = grammars().find(language);
    return found == grammars().end() ? nullptr : &found->second;
}

namespace {

// The readings that one table can carry out, added to what other tables said.
void ask_table(const Table& table, std::size_t index, const std::vector<TermPtr>& terms,
               Answer& answer) {
    if (answer.doubt == Doubt::kNoReading && !terms.empty()) answer.doubt = Doubt::kNoData;
    for (const auto& term : terms) {
        auto value = execute(table, *term);
        if (!value) continue;
        answer.terms.push_back(term->text());
        if (answer.doubt == Doubt::kNoData) {
            answer.value = std::move(*value);
            answer.table = index;
            answer.doubt = Doubt::kNone;
        } else if (answer.doubt == Doubt::kNone && value->text() != answer.value.text()) {
            answer.doubt = Doubt::kManyReadings;
        }
    }
}

}  // namespace

Answer ask(std::span<const Table> tables, const Grammar& grammar, std::string_view language,
           std::string_view question) {
    Answer answer;
    answer.doubt = Doubt::kTooLong;
    if (question.size() > kMaxQuestionBytes) return answer;
    std::vector<Linker> linkers;
    for (const auto& table : tables)
        linkers.emplace_back(table, grammar, language);
    const auto known = [&linkers](const std::string& word) {
        return std::any_of(linkers.begin(), linkers.end(),
                           [&word](const Linker& linker) { return linker.knows(word); });
    };
    answer.doubt = Doubt::kNoReading;
    for (std::size_t index = 0; index < tables.size(); ++index) {
        const auto& linker = linkers[index];
        const auto spelled = linker.read(question, known);
        const auto terms = readings(grammar, linker, spelled.words);
        if (!terms) {
            answer.doubt = Doubt::kTooLong;
            return answer;
        }
        ask_table(tables[index], index, *terms, answer);
        if (answer.doubt == Doubt::kNone && answer.table == index)
            answer.corrected = spelled.corrected;
    }
    return answer;
}

}  // namespace altis::answers
