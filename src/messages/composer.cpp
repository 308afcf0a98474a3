#include "messages/composer.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "language/letters.h"
#include "language/numbers.h"
#include "messages/gate.h"

namespace altis::messages {
namespace {

using language::Argument;
using language::ArgumentUse;
using language::ArgumentValue;
using language::MessagePattern;

bool fits(FactKind kind, ArgumentUse use) {
    switch (kind) {
        case FactKind::kDecimal:
        case FactKind::kName:
        case FactKind::kLink:
        case FactKind::kClock:
            return use == ArgumentUse::kText;
        case FactKind::kCount:
        case FactKind::kRank:
            return use != ArgumentUse::kSelect;
        case FactKind::kText:
        case FactKind::kMedal:
        case FactKind::kClaim:
            return use == ArgumentUse::kSelect;
    }
    return false;
}

std::int64_t whole_number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The value that fills a slot. Whole numbers go in as such, too, for plural and ordinal rules.
ArgumentValue value_of(const Fact& fact, std::string_view language, const AliasTable& aliases) {
    switch (fact.kind) {
        case FactKind::kDecimal:
            return {language::format_decimal(fact.text, language)};
        case FactKind::kClock:
            return {language::format_clock(fact.text, language)};
        case FactKind::kCount:
        case FactKind::kRank:
            return {language::format_decimal(fact.text, language), whole_number(fact.text)};
        case FactKind::kName:
            return {spoken_name(fact, language, aliases)};
        default:
            return {fact.text};
    }
}

Result<void> check_slot(const Slot& slot, const FactRecord& facts, std::string_view language,
                        const AliasTable& aliases) {
    const Fact* fact = find_fact(facts, slot.name);
    if (fact == nullptr || fact->kind != slot.kind) {
        return fail(Code::kInvalid, "messages.fact_missing",
                    "the template needs the fact '" + slot.name + "' as a " +
                        std::string(to_string(slot.kind)));
    }
    if (fact->status == FactStatus::kProvisional) {
        return fail(Code::kDenied, "messages.fact_not_official",
                    "the fact '" + slot.name + "' is provisional; wait for the official result");
    }
    if (fact->kind == FactKind::kName && spoken_name(*fact, language, aliases).empty()) {
        return fail(Code::kInvalid, "messages.fact_invalid",
                    "nothing is left of the name '" + slot.name + "' without control characters");
    }
    return {};
}

// "template 'medal/everyone/plain/any/en' (en.txt:14)"
std::string described(const Template& text) {
    const std::string name = "template '" + text.name() + "'";
    return text.place.empty() ? name : name + " (" + text.place + ")";
}

bool states_numbers(const MessagePattern& pattern) {
    return std::ranges::any_of(pattern.literals(), [](const std::string& literal) {
        return std::ranges::any_of(language::letters_of(literal), [](const auto& letter) {
            return language::is_numeric(letter.code);
        });
    });
}

bool has_link(const StoryPattern& pattern) {
    return std::ranges::find(pattern.slots, FactKind::kLink, &Slot::kind) != pattern.slots.end();
}

// The channels in which a template is looked for, the nearest first. No text stands in for a title.
std::vector<std::string> channels_for(const std::string& channel) {
    if (channel == kTitleChannel) return {channel};
    return {channel, std::string(kAnyChannel)};
}

}  // namespace

std::string spoken_name(const Fact& fact, std::string_view language, const AliasTable& aliases) {
    return language::presentable_name(aliases.name(fact.key, language, fact.text), language);
}

Result<StoryPattern> story_pattern(std::string_view text, std::string_view language,
                                   const Story& story, const std::string& name) {
    auto parsed = MessagePattern::parse(text, language);
    if (!parsed) {
        return fail(Code::kInvalid, "messages.template_malformed",
                    name + " is malformed: " + parsed.error().message);
    }
    StoryPattern made{std::string(text), std::move(*parsed), {}};
    for (const Argument& argument : made.pattern.arguments()) {
        const auto slot = std::ranges::find(story.slots, argument.name, &Slot::name);
        if (slot == story.slots.end()) {
            return fail(
                Code::kInvalid, "messages.template_unknown_slot",
                name + " uses the slot '" + argument.name + "', which its story does not have");
        }
        if (!fits(slot->kind, argument.use)) {
            return fail(Code::kInvalid, "messages.template_wrong_slot",
                        name + " uses the slot '" + argument.name + "' against its kind");
        }
        made.slots.push_back(*slot);
    }
    return made;
}

const Story* Composer::story(std::string_view id) const {
    const auto found = std::ranges::find(stories_, id, &Story::id);
    return found == stories_.end() ? nullptr : &*found;
}

Result<void> Composer::add(const Template& text) {
    const Story* const its_story = story(text.style.story);
    if (its_story == nullptr) {
        return fail(Code::kInvalid, "messages.template_unknown_story",
                    described(text) + " tells a story that the catalogue has not");
    }
    TRY(auto pattern, story_pattern(text.pattern, text.language, *its_story, described(text)));
    if (states_numbers(pattern.pattern)) {
        return fail(Code::kInvalid, "messages.template_states_number",
                    described(text) + " has digits or numerals among its words; numbers are slots");
    }
    if (text.style.channel == kTitleChannel && has_link(pattern)) {
        return fail(Code::kInvalid, "messages.template_wrong_slot",
                    described(text) + " is a title and has a link; leave the link to the text");
    }
    if (patterns_.try_emplace({text.language, text.style}, std::move(pattern)).second) return {};
    return fail(Code::kInvalid, "messages.template_duplicate",
                described(text) + " stands twice in the catalogue");
}

// Of each story that is told by itself; the first of its texts is named.
Result<void> Composer::check_titles(const std::vector<Template>& templates) const {
    for (const Template& text : templates) {
        if (!story(text.style.story)->needs_title) continue;
        Style title{text.style.story};
        title.channel = kTitleChannel;
        if (patterns_.contains({text.language, title})) continue;
        return fail(Code::kInvalid, "messages.template_missing_title",
                    described(text) + " has no title; add a section [" + text.style.story +
                        " channel=" + std::string(kTitleChannel) + "]");
    }
    return {};
}

Result<void> Composer::check_languages() const {
    for (const auto& [key, pattern] : patterns_) {
        for (const std::string& language : languages_) {
            if (patterns_.contains({language, key.second})) continue;
            return fail(Code::kInvalid, "messages.template_missing_language",
                        "template '" + to_string(key.second) + "' is missing in language '" +
                            language + "'");
        }
    }
    return {};
}

Result<Composer> Composer::load(Catalogue catalogue) {
    Composer composer;
    composer.languages_ = std::move(catalogue.languages);
    composer.stories_ = std::move(catalogue.stories);
    for (const Template& text : catalogue.templates)
        TRY_VOID(composer.add(text));
    TRY_VOID(composer.check_titles(catalogue.templates));
    TRY_VOID(composer.check_languages());
    return composer;
}

std::vector<std::pair<Style, const StoryPattern*>> Composer::templates(
    std::string_view language) const {
    std::vector<std::pair<Style, const StoryPattern*>> found;
    for (const auto& [key, pattern] : patterns_)
        if (key.first == language) found.emplace_back(key.second, &pattern);
    return found;
}

const StoryPattern* Composer::find(const Telling& telling) const {
    const Style& style = telling.style;
    for (const std::string& cohort : {style.cohort, std::string(kEveryone)}) {
        for (const std::string& tone : {style.tone, std::string(kPlainTone)}) {
            for (const std::string& channel : channels_for(style.channel)) {
                const auto found =
                    patterns_.find({telling.language, {style.story, cohort, tone, channel}});
                if (found != patterns_.end()) return &found->second;
            }
        }
    }
    return nullptr;
}

Result<Rendered> Composer::render(const Telling& telling, const FactRecord& facts,
                                  const AliasTable& aliases) const {
    const StoryPattern* const pattern = find(telling);
    if (pattern != nullptr) return render(*pattern, telling.language, facts, aliases);
    return fail(Code::kNotFound, "messages.template_unknown",
                "there is no template for story '" + telling.style.story + "' in language '" +
                    telling.language + "'");
}

Result<Rendered> Composer::render(const StoryPattern& pattern, std::string_view language,
                                  const FactRecord& facts, const AliasTable& aliases) {
    TRY_VOID(check_facts(facts));
    Rendered rendered{"", std::string(language), {}};
    std::vector<ArgumentValue> values;
    for (const Slot& slot : pattern.slots) {
        TRY_VOID(check_slot(slot, facts, language, aliases));
        rendered.slots.push_back(slot.name);
        values.push_back(value_of(*find_fact(facts, slot.name), language, aliases));
    }
    rendered.text = pattern.pattern.format(values);
    if (rendered.text.size() <= kMaxTextBytes) return rendered;
    return fail(Code::kTooLarge, "messages.text_too_long", "a message is over 2000 bytes");
}

Result<std::map<std::string, ProvedText>> Composer::compose_proved(
    const Style& style, const FactRecord& facts, const AliasTable& aliases) const {
    std::map<std::string, ProvedText> texts;
    for (const std::string& language : languages_) {
        TRY(auto rendered, render({style, language}, facts, aliases));
        TRY(auto readings, read_back(rendered, facts, aliases));
        texts[language] = {std::move(rendered.text), std::move(readings)};
    }
    return texts;
}

Result<std::map<std::string, ProvedText>> Composer::compose_titles(
    const Style& style, const FactRecord& facts, const AliasTable& aliases) const {
    std::map<std::string, ProvedText> titles;
    Style title = style;
    title.channel = kTitleChannel;
    for (const std::string& language : languages_) {
        const StoryPattern* const pattern = find({title, language});
        if (pattern == nullptr) continue;
        TRY(auto rendered, render(*pattern, language, facts, aliases));
        TRY(auto readings, read_back(rendered, facts, aliases));
        if (rendered.text.size() > kMaxTitleBytes) continue;
        titles[language] = {std::move(rendered.text), std::move(readings)};
    }
    return titles;
}

Result<std::map<std::string, std::string>> Composer::compose(const Style& style,
                                                             const FactRecord& facts,
                                                             const AliasTable& aliases) const {
    TRY(auto proved, compose_proved(style, facts, aliases));
    std::map<std::string, std::string> texts;
    for (auto& [language, text] : proved)
        texts.emplace(language, std::move(text.text));
    return texts;
}

}  // namespace altis::messages
