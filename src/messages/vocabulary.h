// The closed vocabulary of what a language model may write around the facts.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/embedded_file.h"
#include "base/result.h"

namespace altis::messages {

// Folded words (language/fold.h) by language. Immutable after loading.
class Vocabulary {
  public:
    // Lines "en: word word ..."; empty ones and those that begin with '#' are skipped. Fails with
    // "messages.vocabulary_malformed", naming file and line.
    static Result<Vocabulary> parse(const EmbeddedFile& file);

    // What the program is delivered with (vocabulary.txt). Fails like parse.
    static Result<Vocabulary> standard();

    bool contains(std::string_view language, std::string_view folded_word) const;
    std::size_t size(std::string_view language) const;

  private:
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> words_;
};

// vocabulary.txt
std::span<const EmbeddedFile> vocabulary_files();

}  // namespace altis::messages
