#include "messages/lexicon.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "base/assert.h"
#include "language/date_words.h"
#include "language/letters.h"

namespace altis::messages {
namespace {

constexpr auto kKinds =
    std::to_array<std::string_view>({"medal", "unit", "claim", "relation", "time", "number"});

std::optional<WordKind> kind_of(std::string_view name) {
    const auto found = std::ranges::find(kKinds, name);
    if (found == kKinds.end()) return std::nullopt;
    return static_cast<WordKind>(found - kKinds.begin());
}

bool has_meaning(WordKind kind) {
    return kind == WordKind::kMedal || kind == WordKind::kUnit || kind == WordKind::kClaim;
}

// Up to the separator, which is taken away, too.
std::string_view next_part(std::string_view& rest, std::string_view separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + separator.size(), rest.size()));
    return part;
}

auto order_of(const LexiconWord& word) {
    return std::tuple(word.word.front(), SIZE_MAX - word.word.size());
}

// "en medal gold: gold*, golden"
bool read_line(std::string_view line, std::map<std::string, Lexicon, std::less<>>& lexicons) {
    std::string_view words = line;
    std::string_view head = next_part(words, ": ");
    const std::string language(next_part(head, " "));
    const auto kind = kind_of(next_part(head, " "));
    if (language.empty() || !kind || head.empty() == has_meaning(*kind)) return false;
    Lexicon& lexicon = lexicons.try_emplace(language, language).first->second;
    if (words.empty()) return false;
    while (!words.empty()) {
        std::string_view word = next_part(words, ", ");
        const bool is_stem = word.ends_with('*');
        word.remove_suffix(is_stem ? 1 : 0);
        std::u32string plain = plain_text(word);
        if (plain.empty()) return false;
        lexicon.add({*kind, std::move(plain), is_stem, std::string(head)});
    }
    return true;
}

bool is_letter(std::u32string_view text, std::size_t at) {
    return at < text.size() && language::is_alphabetic_or_mark(text[at]);
}

}  // namespace

Result<std::map<std::string, Lexicon, std::less<>>> Lexicon::parse(const EmbeddedFile& file) {
    std::map<std::string, Lexicon, std::less<>> lexicons;
    std::string_view rest = file.bytes;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = next_part(rest, "\n");
        if (line.empty() || line.front() == '#' || read_line(line, lexicons)) continue;
        return fail(Code::kInvalid, "messages.lexicon_malformed",
                    std::string(file.name) + ":" + std::to_string(number) +
                        ": a line is a language, a kind, a meaning where the kind has one, a colon "
                        "and words");
    }
    return lexicons;
}

const Lexicon& Lexicon::of(std::string_view language) {
    static const auto kLexicons = [] {
        ALTIS_ASSERT(lexicon_files().size() == 1);
        auto lexicons = parse(lexicon_files().front());
        ALTIS_ASSERT(lexicons);
        for (auto& [code, lexicon] : *lexicons)
            for (std::u32string& word : language::date_words(code))
                lexicon.add({WordKind::kTime, std::move(word)});
        return std::move(*lexicons);
    }();
    static const Lexicon kNone;
    const auto found = kLexicons.find(language);
    return found == kLexicons.end() ? kNone : found->second;
}

void Lexicon::add(LexiconWord word) {
    const auto at = std::ranges::upper_bound(words_, order_of(word), {}, order_of);
    words_.insert(at, std::move(word));
}

template <class Wanted>
Lexicon::Match Lexicon::longest_at(std::u32string_view text, std::size_t at,
                                   const Wanted& is_wanted) const {
    if (at >= text.size()) return {};
    const auto first = [](const LexiconWord& word) { return word.word.front(); };
    for (const LexiconWord& word : std::ranges::equal_range(words_, text[at], {}, first)) {
        if (!is_wanted(word) || !stands_at(word, text, at)) continue;
        std::size_t end = at + word.word.size();
        while (word.is_stem && is_written_with_blanks(language_) && is_letter(text, end))
            ++end;
        return {&word, end};
    }
    return {};
}

Lexicon::Match Lexicon::word_at(std::u32string_view text, std::size_t at) const {
    return longest_at(text, at,
                      [](const LexiconWord& word) { return word.kind != WordKind::kUnit; });
}

Lexicon::Match Lexicon::unit_at(std::u32string_view text, std::size_t at) const {
    return longest_at(text, at,
                      [](const LexiconWord& word) { return word.kind == WordKind::kUnit; });
}

bool Lexicon::stands_at(const LexiconWord& word, std::u32string_view text, std::size_t at) const {
    if (text.substr(at, word.word.size()) != word.word) return false;
    const bool has_blanks = is_written_with_blanks(language_);
    const bool is_unit = word.kind == WordKind::kUnit;
    const bool begins = is_unit || !has_blanks || at == 0 || !is_letter(text, at - 1);
    const bool may_go_on =
        word.is_stem || (is_unit ? !has_blanks && language_ != "ar" : !has_blanks);
    return begins && (may_go_on || !is_letter(text, at + word.word.size()));
}

bool is_written_with_blanks(std::string_view language) {
    return language != "ja" && language != "zh" && language != "ko" && language != "ar";
}

std::u32string plain_text(std::string_view text) {
    std::u32string plain;
    for (const auto& letter : language::letters_of(text))
        if (const char32_t code = language::plain_letter(letter.code)) plain.push_back(code);
    return plain;
}

}  // namespace altis::messages
