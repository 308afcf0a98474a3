// The composer turns facts into text by reviewed templates, the same facts always into the same
// text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/aliases.h"
#include "messages/catalogue.h"
#include "messages/fact.h"

namespace altis::messages {

constexpr std::size_t kMaxTextBytes = 2'000;  // of one rendered message

// What to tell, to whom, in which language.
struct Telling {
    std::string story;
    std::string cohort;  // one without templates of its own is told as kEveryone
    std::string language;
};

// A rendered text and the slots that were filled, in order of appearance.
struct Rendered {
    std::string text;
    std::string language;
    std::vector<std::string> slots;
};

// Thread-safe after loading; holds only reviewed patterns.
class Composer {
  public:
    // Fails, always naming the template, with "messages.template_malformed" (no MessageFormat),
    // "messages.template_unknown_slot", "messages.template_wrong_slot" (a slot used against its
    // kind), "messages.template_missing_language", "messages.template_duplicate" or
    // "messages.template_unknown_story".
    static Result<Composer> load(Catalogue catalogue);

    // Renders one text; not yet gated. Fails with "messages.template_unknown",
    // "messages.fact_invalid", "messages.fact_missing", "messages.fact_not_official" or
    // "messages.text_too_long".
    Result<Rendered> render(const Telling& telling, const FactRecord& facts,
                            const AliasTable& aliases) const;

    // All languages of the catalogue, each rendered and read back by the gate. One refusal refuses
    // all: what is wrong in one language is not to be sent in another.
    Result<std::map<std::string, std::string>> compose(std::string_view story,
                                                       std::string_view cohort,
                                                       const FactRecord& facts,
                                                       const AliasTable& aliases) const;

    const std::vector<std::string>& languages() const { return languages_; }

  private:
    struct Pattern {
        std::string text;
        std::vector<Slot> slots;  // in order of appearance
    };
    using Patterns = std::map<std::string, Pattern, std::less<>>;  // by Template::name()

    Result<void> add(const Template& text, const std::vector<Story>& stories);
    const Pattern* find(const Telling& telling) const;

    std::vector<std::string> languages_;
    Patterns patterns_;
};

// A decimal in a language's own form, from its exact text: "1234.50" is "1,234.50" in English.
// Never passes through binary floating point. The text must be well-formed (asserted).
std::string format_decimal(std::string_view text, std::string_view language);

// A name fit to stand in running text: control and direction marks removed, blanks made single, and
// isolated (U+2068, U+2069) when it runs against the language's direction. Empty when nothing is
// left.
std::string presentable_name(std::string_view name, std::string_view language);

// How a name fact is written in a language: its alias, made presentable.
std::string spoken_name(const Fact& fact, std::string_view language, const AliasTable& aliases);

}  // namespace altis::messages
