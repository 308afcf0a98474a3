// The composer turns facts into text by reviewed templates, the same facts always into the same
// text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "language/message_pattern.h"
#include "messages/aliases.h"
#include "messages/catalogue.h"
#include "messages/fact.h"
#include "messages/reading.h"

namespace altis::messages {

constexpr std::size_t kMaxTextBytes = 2'000;  // of one rendered message

// What to tell, to whom, how, and in which language.
struct Telling {
    Style style;
    std::string language;
};

// A rendered text and the slots that were filled, in order of appearance.
struct Rendered {
    std::string text;
    std::string language;
    std::vector<std::string> slots;
};

// A pattern whose places are all slots of a story, each used as its kind allows.
struct StoryPattern {
    std::string text;
    language::MessagePattern pattern;
    std::vector<Slot> slots;  // in order of appearance
};

// `name` is for messages to people. Fails with "messages.template_malformed" (no MessageFormat),
// "messages.template_unknown_slot" or "messages.template_wrong_slot" (a slot used against its
// kind).
Result<StoryPattern> story_pattern(std::string_view text, std::string_view language,
                                   const Story& story, const std::string& name);

// Thread-safe after loading; holds only reviewed patterns.
class Composer {
  public:
    // Fails like story_pattern, always naming the template, its file and line, and with
    // "messages.template_missing_language", "messages.template_missing_title",
    // "messages.template_duplicate", "messages.template_states_number" (digits among the words) or
    // "messages.template_unknown_story".
    static Result<Composer> load(Catalogue catalogue);

    // Renders one text; not yet gated. A style without templates of its own is told in the nearest
    // that has some: first any channel, then the plain tone, then the cohort kEveryone. Fails with
    // "messages.template_unknown", "messages.fact_invalid", "messages.fact_missing",
    // "messages.fact_not_official" or "messages.text_too_long".
    Result<Rendered> render(const Telling& telling, const FactRecord& facts,
                            const AliasTable& aliases) const;

    // The same for a pattern that is not of the catalogue.
    static Result<Rendered> render(const StoryPattern& pattern, std::string_view language,
                                   const FactRecord& facts, const AliasTable& aliases);

    // All languages of the catalogue, each rendered and read back by the gate. One refusal refuses
    // all: what is wrong in one language is not to be sent in another.
    Result<std::map<std::string, ProvedText>> compose_proved(const Style& style,
                                                             const FactRecord& facts,
                                                             const AliasTable& aliases) const;
    // The titles of these texts, proved like them. A title over kMaxTitleBytes (a long name) is
    // left out, never cut; a story without titles has none.
    Result<std::map<std::string, ProvedText>> compose_titles(const Style& style,
                                                             const FactRecord& facts,
                                                             const AliasTable& aliases) const;
    // The texts alone.
    Result<std::map<std::string, std::string>> compose(const Style& style, const FactRecord& facts,
                                                       const AliasTable& aliases) const;

    // All templates of a language.
    std::vector<std::pair<Style, const StoryPattern*>> templates(std::string_view language) const;

    // The template that tells it; null when there is none. Valid as long as the composer. A title
    // (kTitleChannel) is found among titles alone.
    const StoryPattern* find(const Telling& telling) const;

    const std::vector<std::string>& languages() const { return languages_; }
    const std::vector<Story>& stories() const { return stories_; }
    const Story* story(std::string_view id) const;  // null when unknown

  private:
    using Key = std::pair<std::string, Style>;  // language, style

    Result<void> add(const Template& text);
    Result<void> check_languages() const;
    Result<void> check_titles(const std::vector<Template>& templates) const;

    std::vector<std::string> languages_;
    std::vector<Story> stories_;
    std::map<Key, StoryPattern> patterns_;
};

// How a name fact is written in a language: its alias, made presentable.
std::string spoken_name(const Fact& fact, std::string_view language, const AliasTable& aliases);

}  // namespace altis::messages
