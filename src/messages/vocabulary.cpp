#include "messages/vocabulary.h"

#include <algorithm>

#include "base/assert.h"
#include "language/words.h"

namespace altis::messages {

Result<Vocabulary> Vocabulary::parse(const EmbeddedFile& file) {
    Vocabulary vocabulary;
    std::string_view rest = file.bytes;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.empty() || line.front() == '#') continue;
        const auto colon = line.find(':');
        const std::string language(line.substr(0, colon));
        const auto words = colon == std::string_view::npos
                               ? std::vector<std::string>()
                               : language::words_of(line.substr(colon + 1), language);
        if (language.empty() || words.empty()) {
            return fail(Code::kInvalid, "messages.vocabulary_malformed",
                        std::string(file.name) + ":" + std::to_string(number) +
                            ": a line is a language, a colon and words");
        }
        vocabulary.words_[language].insert(words.begin(), words.end());
    }
    return vocabulary;
}

Result<Vocabulary> Vocabulary::standard() {
    const auto files = vocabulary_files();
    ALTIS_ASSERT(files.size() == 1);
    return parse(files.front());
}

bool Vocabulary::contains(std::string_view language, std::string_view folded_word) const {
    const auto found = words_.find(language);
    return found != words_.end() && found->second.contains(folded_word);
}

std::size_t Vocabulary::size(std::string_view language) const {
    const auto found = words_.find(language);
    return found == words_.end() ? 0 : found->second.size();
}

}  // namespace altis::messages
