#include "messages/catalogue.h"

#include <array>

namespace altis::messages {
namespace {

constexpr std::array<std::string_view, 12> kLanguages = {"en", "fr", "es", "pt", "de", "it",
                                                         "ja", "zh", "ko", "ar", "ru", "hi"};

// Stories that are parts of others, which a model may write.
constexpr std::string_view kPhrase = "phrase_";

using Slots = std::vector<Slot>;

Slots operator+(Slots slots, const Slots& more) {
    slots.insert(slots.end(), more.begin(), more.end());
    return slots;
}

std::vector<Story> stories() {
    const Slots athlete = {{"athlete", FactKind::kName}};
    const Slots event = {{"event", FactKind::kName}};
    const Slots link = {{"link", FactKind::kLink}};
    const Slots rank = {{"rank", FactKind::kRank}};
    const Slots medal = {{"medal", FactKind::kMedal}};
    const Slots score = {{"score", FactKind::kDecimal}};
    const Slots skate = athlete + score + rank + link +
                        Slots{{"phase", FactKind::kText}, {"total", FactKind::kDecimal}};
    const Slots scored = {{"result", FactKind::kDecimal}, {"unit", FactKind::kText}};
    const Slots best = {{"best", FactKind::kClaim}};
    const Slots mark = {{"mark", FactKind::kClaim}};
    const Slots record = {{"record", FactKind::kClaim}};
    const Slots timed = {{"time", FactKind::kClock}};
    const Slots told = athlete + event + link;
    return {{"skate_medal", skate + medal},
            {"skate_rank", skate},
            {"skate_medal_best", skate + medal + best},
            {"skate_rank_best", skate + best},
            {"medal", told + medal},
            {"rank", told + rank},
            {"medal_record", told + medal + record},
            {"rank_record", told + rank + record},
            {"scored_medal", told + medal + scored},
            {"scored_rank", told + rank + scored},
            {"timed_medal", told + medal + timed},
            {"timed_rank", told + rank + timed},
            {"season_best", told + scored + best},
            {"corrected_rank", told + rank + Slots{{"old_rank", FactKind::kRank}}},
            {"corrected_score", told + rank + score + Slots{{"old_score", FactKind::kDecimal}}},
            {"withdrawn", told},
            {"decided", event + link},
            {"anniversary", told + medal + Slots{{"years", FactKind::kCount}}},
            {"months_ago", told + medal + Slots{{"months", FactKind::kCount}}},
            {"long_ago",
             told + medal + Slots{{"years", FactKind::kCount}, {"months", FactKind::kCount}}},
            {"qualified", told + mark},
            {"phrase_medal", medal},
            {"phrase_result", scored},
            {"phrase_score", score + Slots{{"phase", FactKind::kText}}},
            {"phrase_total", {{"total", FactKind::kDecimal}}}};
}

// Reads a file line by line; knows where it is.
class FileReader {
  public:
    FileReader(const EmbeddedFile& file, std::string_view language)
        : file_(file), language_(language) {}

    Result<std::vector<Template>> read() {
        std::vector<Template> templates;
        for (std::string_view line; next(line);) {
            if (line.empty() || line.front() == '#') continue;
            Template text;
            TRY(text.style, style_of(line));
            text.language = language_;
            text.place = place();
            if (!next(line) || line.empty() || line.front() == '[') {
                return malformed("a section's text stands on the line below its head");
            }
            text.pattern = line;
            templates.push_back(std::move(text));
        }
        return templates;
    }

  private:
    std::string place() const { return std::string(file_.name) + ":" + std::to_string(line_); }

    tl::unexpected<Error> malformed(const std::string& why) const {
        return fail(Code::kInvalid, "messages.template_file_malformed", place() + ": " + why);
    }

    bool next(std::string_view& line) {
        if (at_ >= file_.bytes.size()) return false;
        const auto end = std::min(file_.bytes.find('\n', at_), file_.bytes.size());
        line = file_.bytes.substr(at_, end - at_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        at_ = end + 1;
        ++line_;
        return true;
    }

    Result<Style> style_of(std::string_view line) const {
        if (line.front() != '[' || line.back() != ']') {
            return malformed("a section begins like [medal tone=celebration]");
        }
        line = line.substr(1, line.size() - 2);
        Style style;
        for (bool is_first = true; !line.empty(); is_first = false) {
            const auto end = std::min(line.find(' '), line.size());
            const std::string_view word = line.substr(0, end);
            line.remove_prefix(std::min(end + 1, line.size()));
            if (is_first) {
                style.story = word;
            } else {
                TRY_VOID(read_axis(word, style));
            }
        }
        if (style.story.empty()) return malformed("a section names its story first");
        return style;
    }

    Result<void> read_axis(std::string_view word, Style& style) const {
        const auto equals = word.find('=');
        const std::string_view axis = word.substr(0, equals);
        std::string* value = axis == "cohort"    ? &style.cohort
                             : axis == "tone"    ? &style.tone
                             : axis == "channel" ? &style.channel
                                                 : nullptr;
        if (value == nullptr || equals == std::string_view::npos || equals + 1 == word.size()) {
            return malformed("'" + std::string(word) +
                             "' is not cohort=, tone= or channel= with a value");
        }
        *value = word.substr(equals + 1);
        return {};
    }

    const EmbeddedFile& file_;
    std::string language_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
};

}  // namespace

std::string to_string(const Style& style) {
    return style.story + "/" + style.cohort + "/" + style.tone + "/" + style.channel;
}

std::span<const std::string_view> standard_languages() {
    return kLanguages;
}

Result<std::vector<Template>> read_templates(const EmbeddedFile& file, std::string_view language) {
    if (file.bytes.size() > kMaxTemplateFileBytes) {
        return fail(Code::kTooLarge, "messages.template_file_malformed",
                    std::string(file.name) + " is larger than a megabyte");
    }
    return FileReader(file, language).read();
}

Result<Catalogue> standard_catalogue() {
    Catalogue catalogue{{kLanguages.begin(), kLanguages.end()}, stories(), {}};
    for (Story& story : catalogue.stories)
        story.needs_title = !story.id.starts_with(kPhrase);
    for (const EmbeddedFile& file : template_files()) {
        const std::string_view language = file.name.substr(0, file.name.find('.'));
        TRY(auto templates, read_templates(file, language));
        for (Template& text : templates)
            catalogue.templates.push_back(std::move(text));
    }
    return catalogue;
}

}  // namespace altis::messages
