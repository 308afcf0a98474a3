#include "language/words.h"

#include <map>
#include <memory>
#include <unicode/brkiter.h>

#include "base/assert.h"
#include "language/fold.h"
#include "language/icu_text.h"
#include "language/letters.h"

namespace altis::language {

namespace {

// Making one takes longer than using it; each thread keeps its own, for it has a state.
icu::BreakIterator& word_breaks(std::string_view language) {
    thread_local std::map<std::string, std::unique_ptr<icu::BreakIterator>, std::less<>> known;
    const auto found = known.find(language);
    if (found != known.end()) return *found->second;
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createWordInstance(locale_of(language), status));
    ALTIS_ASSERT(U_SUCCESS(status));
    return *known.emplace(language, std::move(made)).first->second;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text, std::string_view language) {
    std::vector<std::string> words;
    if (letters_of(text).empty()) return words;
    icu::BreakIterator& breaks = word_breaks(language);
    const icu::UnicodeString source = from_utf8(text);
    breaks.setText(source);
    std::int32_t begin = breaks.first();
    for (std::int32_t end = breaks.next(); end != icu::BreakIterator::DONE;
         begin = end, end = breaks.next()) {
        if (breaks.getRuleStatus() == UBRK_WORD_NONE) continue;
        words.push_back(fold(to_utf8(source.tempSubStringBetween(begin, end))));
    }
    return words;
}

}  // namespace altis::language
