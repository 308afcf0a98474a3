#include "messages/composer.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/numberformatter.h>
#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include "base/assert.h"
#include "base/decimal.h"
#include "messages/gate.h"

namespace altis::messages {
namespace {

using icu::UnicodeString;

std::string to_utf8(const UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

UnicodeString from_utf8(std::string_view text) {
    return UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

icu::Locale locale_of(std::string_view language) {
    return icu::Locale(std::string(language).c_str());
}

bool fits(FactKind kind, UMessagePatternArgType use) {
    switch (kind) {
        case FactKind::kDecimal:
        case FactKind::kName:
        case FactKind::kLink:
            return use == UMSGPAT_ARG_TYPE_NONE;
        case FactKind::kCount:
        case FactKind::kRank:
            return use == UMSGPAT_ARG_TYPE_NONE || use == UMSGPAT_ARG_TYPE_PLURAL ||
                   use == UMSGPAT_ARG_TYPE_SELECTORDINAL;
        case FactKind::kText:
        case FactKind::kMedal:
            return use == UMSGPAT_ARG_TYPE_SELECT;
    }
    return false;
}

const Story* find_story(const std::vector<Story>& stories, std::string_view id) {
    const auto found = std::find_if(stories.begin(), stories.end(),
                                    [&](const Story& story) { return story.id == id; });
    return found == stories.end() ? nullptr : &*found;
}

const Slot* find_slot(const Story& story, std::string_view name) {
    const auto found = std::find_if(story.slots.begin(), story.slots.end(),
                                    [&](const Slot& slot) { return slot.name == name; });
    return found == story.slots.end() ? nullptr : &*found;
}

// The slots of a pattern in order of appearance, checked against the story.
Result<std::vector<Slot>> slots_of(const Template& text, const Story& story) {
    UErrorCode status = U_ZERO_ERROR;
    const UnicodeString source = from_utf8(text.pattern);
    const icu::MessagePattern pattern(source, nullptr, status);
    if (U_FAILURE(status)) {
        return fail(
            Code::kInvalid, "messages.template_malformed",
            "template '" + text.name() + "' is no MessageFormat pattern: " + u_errorName(status));
    }
    std::vector<Slot> slots;
    int depth = 0;
    UMessagePatternArgType use = UMSGPAT_ARG_TYPE_NONE;
    for (std::int32_t i = 0; i < pattern.countParts(); ++i) {
        const auto part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_START) {
            ++depth;
            use = part.getArgType();
        } else if (part.getType() == UMSGPAT_PART_TYPE_ARG_LIMIT) {
            --depth;
        } else if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME ||
                   part.getType() == UMSGPAT_PART_TYPE_ARG_NUMBER) {
            const std::string name = to_utf8(pattern.getSubstring(part));
            const Slot* slot = find_slot(story, name);
            if (slot == nullptr) {
                return fail(Code::kInvalid, "messages.template_unknown_slot",
                            "template '" + text.name() + "' uses the slot '" + name +
                                "', which its story does not have");
            }
            if (depth != 1 || !fits(slot->kind, use)) {
                return fail(Code::kInvalid, "messages.template_wrong_slot",
                            "template '" + text.name() + "' uses the slot '" + name +
                                "' within another or against its kind");
            }
            slots.push_back(*slot);
        }
    }
    return slots;
}

std::int64_t whole_number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The value that fills a slot. Whole numbers go in as integers, for plural and ordinal rules.
icu::Formattable value_of(const Fact& fact, std::string_view language, const AliasTable& aliases) {
    switch (fact.kind) {
        case FactKind::kDecimal:
            return {from_utf8(format_decimal(fact.text, language))};
        case FactKind::kCount:
        case FactKind::kRank:
            return {whole_number(fact.text)};
        case FactKind::kName:
            return {from_utf8(spoken_name(fact, language, aliases))};
        default:
            return {from_utf8(fact.text)};
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

bool is_direction_mark(UChar32 c) {
    const auto direction = u_charDirection(c);
    const bool is_control =
        direction == U_LEFT_TO_RIGHT_EMBEDDING || direction == U_LEFT_TO_RIGHT_OVERRIDE ||
        direction == U_RIGHT_TO_LEFT_EMBEDDING || direction == U_RIGHT_TO_LEFT_OVERRIDE ||
        direction == U_POP_DIRECTIONAL_FORMAT || direction == U_FIRST_STRONG_ISOLATE ||
        direction == U_LEFT_TO_RIGHT_ISOLATE || direction == U_RIGHT_TO_LEFT_ISOLATE ||
        direction == U_POP_DIRECTIONAL_ISOLATE;
    return is_control || c == 0x200E || c == 0x200F || c == 0x061C;
}

bool runs_against(UChar32 c, bool is_right_to_left) {
    const auto direction = u_charDirection(c);
    if (is_right_to_left) return direction == U_LEFT_TO_RIGHT;
    return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
}

bool is_covered(const std::set<std::string>& names, const Template& text,
                std::string_view language) {
    return names.contains(Template{text.story, text.cohort, std::string(language), ""}.name());
}

}  // namespace

std::string format_decimal(std::string_view text, std::string_view language) {
    const auto value = Decimal::parse(text);
    ALTIS_ASSERT(value);
    UErrorCode status = U_ZERO_ERROR;
    const auto formatted =
        icu::number::NumberFormatter::withLocale(locale_of(language))
            .precision(icu::number::Precision::fixedFraction(value->scale()))
            .formatDecimal({text.data(), static_cast<std::int32_t>(text.size())}, status)
            .toString(status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return to_utf8(formatted);
}

std::string presentable_name(std::string_view name, std::string_view language) {
    const UnicodeString source = from_utf8(name);
    const bool is_right_to_left = uloc_isRightToLeft(std::string(language).c_str()) != 0;
    UnicodeString out;
    bool must_isolate = false;
    for (std::int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1)) {
        const UChar32 c = source.char32At(i);
        if (is_direction_mark(c)) continue;
        if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
            if (!out.isEmpty() && !out.endsWith(u" ", 1)) out.append(u' ');
            continue;
        }
        must_isolate = must_isolate || runs_against(c, is_right_to_left);
        out.append(c);
    }
    out.trim();
    if (must_isolate) out.insert(0, UChar32{0x2068}).append(UChar32{0x2069});
    return to_utf8(out);
}

std::string spoken_name(const Fact& fact, std::string_view language, const AliasTable& aliases) {
    return presentable_name(aliases.name(fact.key, language, fact.text), language);
}

Result<void> Composer::add(const Template& text, const std::vector<Story>& stories) {
    const Story* story = find_story(stories, text.story);
    if (story == nullptr) {
        return fail(Code::kInvalid, "messages.template_unknown_story",
                    "template '" + text.name() + "' tells a story that the catalogue has not");
    }
    TRY(auto slots, slots_of(text, *story));
    const bool is_new = patterns_.try_emplace(text.name(), text.pattern, std::move(slots)).second;
    if (is_new) return {};
    return fail(Code::kInvalid, "messages.template_duplicate",
                "template '" + text.name() + "' stands twice in the catalogue");
}

Result<Composer> Composer::load(Catalogue catalogue) {
    Composer composer;
    std::set<std::string> names;
    for (const Template& text : catalogue.templates) {
        TRY_VOID(composer.add(text, catalogue.stories));
        names.insert(text.name());
    }
    for (const Template& text : catalogue.templates) {
        for (const std::string& language : catalogue.languages) {
            if (is_covered(names, text, language)) continue;
            return fail(Code::kInvalid, "messages.template_missing_language",
                        "template '" + text.story + "/" + text.cohort +
                            "' is missing in language '" + language + "'");
        }
    }
    composer.languages_ = std::move(catalogue.languages);
    return composer;
}

const Composer::Pattern* Composer::find(const Telling& telling) const {
    for (const std::string& cohort : {telling.cohort, std::string(kEveryone)}) {
        const auto found =
            patterns_.find(Template{telling.story, cohort, telling.language, ""}.name());
        if (found != patterns_.end()) return &found->second;
    }
    return nullptr;
}

Result<Rendered> Composer::render(const Telling& telling, const FactRecord& facts,
                                  const AliasTable& aliases) const {
    const Pattern* pattern = find(telling);
    if (pattern == nullptr) {
        return fail(Code::kNotFound, "messages.template_unknown",
                    "there is no template for story '" + telling.story + "' in language '" +
                        telling.language + "'");
    }
    TRY_VOID(check_facts(facts));
    Rendered rendered{"", telling.language, {}};
    std::vector<UnicodeString> names;
    std::vector<icu::Formattable> values;
    for (const Slot& slot : pattern->slots) {
        TRY_VOID(check_slot(slot, facts, telling.language, aliases));
        rendered.slots.push_back(slot.name);
        names.push_back(from_utf8(slot.name));
        values.push_back(value_of(*find_fact(facts, slot.name), telling.language, aliases));
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::MessageFormat format(from_utf8(pattern->text), locale_of(telling.language), status);
    UnicodeString out;
    format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), out,
                  status);
    ALTIS_ASSERT(U_SUCCESS(status));
    out.toUTF8String(rendered.text);
    if (rendered.text.size() <= kMaxTextBytes) return rendered;
    return fail(Code::kTooLarge, "messages.text_too_long",
                "a message of story '" + telling.story + "' is over 2000 bytes");
}

Result<std::map<std::string, std::string>> Composer::compose(std::string_view story,
                                                             std::string_view cohort,
                                                             const FactRecord& facts,
                                                             const AliasTable& aliases) const {
    std::map<std::string, std::string> texts;
    for (const std::string& language : languages_) {
        TRY(auto rendered,
            render({std::string(story), std::string(cohort), language}, facts, aliases));
        TRY_VOID(read_back(rendered, facts, aliases));
        texts.emplace(language, std::move(rendered.text));
    }
    return texts;
}

}  // namespace altis::messages
