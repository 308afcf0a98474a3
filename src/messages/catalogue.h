// The catalogue of reviewed templates: the words around the facts, per story, cohort, tone, channel
// and language. They stand in files, one for each language (templates/).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded_file.h"
#include "base/result.h"
#include "messages/fact.h"

namespace altis::messages {

// The cohort of everybody who is in no other one, and what is meant where a section of a file names
// no tone or channel.
constexpr std::string_view kEveryone = "everyone";
constexpr std::string_view kPlainTone = "plain";
constexpr std::string_view kAnyChannel = "any";
// The channel of titles: the subject of a mail, the head of a notification.
constexpr std::string_view kTitleChannel = "title";

constexpr std::size_t kMaxTemplateFileBytes = 1'000'000;  // of one language

// A place that a fact of the same name fills.
struct Slot {
    std::string name;
    FactKind kind;
};

// A kind of event to tell, and the slots that its templates may use.
struct Story {
    std::string id;  // "skate_medal", "corrected_rank"
    std::vector<Slot> slots;
    bool needs_title = false;  // told by itself, so everybody's plain title must be there
};

// Which text of a language: everything but the language.
struct Style {
    std::string story;
    std::string cohort = std::string(kEveryone);
    std::string tone = std::string(kPlainTone);
    std::string channel = std::string(kAnyChannel);
    friend auto operator<=>(const Style&, const Style&) = default;
};

// "skate_medal/everyone/plain/any"
std::string to_string(const Style& style);

// One reviewed text, a pattern of language::MessagePattern. Decimals, clocks, names and links stand
// as {slot}; ranks and counts as {slot} or in plural or selectordinal; texts, medals and claims in
// select, whose branches hold words only. Digits belong to facts, never to the words. A title has
// no link.
struct Template {
    Style style;
    std::string language;
    std::string pattern;
    std::string place = {};  // "en.txt:14", for messages to people; may be empty
    std::string name() const { return to_string(style) + "/" + language; }
};

struct Catalogue {
    std::vector<std::string> languages;  // every style must have all of them
    std::vector<Story> stories;
    std::vector<Template> templates;
};

// The twelve languages of standard_catalogue(), by their codes.
std::span<const std::string_view> standard_languages();

// Reads a file of one language. Sections begin with a line "[story cohort=... tone=...
// channel=...]", of which all but the story may be left out; the next line is the pattern. Empty
// lines, and lines that begin with '#', are skipped. Fails with "messages.template_file_malformed",
// naming file and line.
Result<std::vector<Template>> read_templates(const EmbeddedFile& file, std::string_view language);

// What the program is delivered with. Fails like read_templates.
Result<Catalogue> standard_catalogue();

// templates/*.txt
std::span<const EmbeddedFile> template_files();

}  // namespace altis::messages
