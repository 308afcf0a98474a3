#include "messages/stated_words.h"

#include <algorithm>

#include "language/letters.h"
#include "language/number_words.h"

namespace altis::messages {
namespace {

using language::NumberWords;

constexpr std::string_view kEnglish = "en";

tl::unexpected<Error> refuse(const std::string& why) {
    return fail(Code::kDenied, "messages.gate_refused", "the gate refused a text: " + why);
}

bool has_own_script(std::string_view language) {
    return !is_written_with_blanks(language) || language == "ru" || language == "hi";
}

bool is_letter(char32_t code) {
    return code != WordReader::kTaken && language::is_alphabetic_or_mark(code);
}

std::string why_refused(WordKind kind) {
    switch (kind) {
        case WordKind::kTime:
            return "it says when by a word, and no fact does";
        case WordKind::kNumber:
            return "it has a number that is not written in digits";
        default:
            return "it compares by a word, and no fact does";
    }
}

// The byte at which a character begins; behind the last one the size of the text.
std::size_t byte_at(const std::vector<std::size_t>& begins, std::size_t at, std::size_t size) {
    return at < begins.size() ? begins[at] : size;
}

}  // namespace

WordReader::WordReader(std::string_view language)
    : language_(language), has_own_script_(has_own_script(language)) {}

void WordReader::add(char32_t code, std::size_t begin) {
    const char32_t plain = language::plain_letter(code);
    if (plain == 0) return;
    text_.push_back(plain);
    begins_.push_back(begin);
    is_capital_.push_back(language::lower_case(code) != code);
}

bool WordReader::is_latin_at(std::size_t at) const {
    return text_[at] >= 'a' && text_[at] <= 'z';
}

std::string_view WordReader::language_at(std::size_t at) const {
    return has_own_script_ && is_latin_at(at) ? kEnglish : language_;
}

const Lexicon& WordReader::lexicon_at(std::size_t at) const {
    return Lexicon::of(language_at(at));
}

// Where Latin letters stand beside others a word ends with the script.
bool WordReader::begins_word(std::size_t at) const {
    if (!is_letter(text_[at])) return false;
    return at == 0 || !is_letter(text_[at - 1]) ||
           (has_own_script_ && is_latin_at(at) != is_latin_at(at - 1));
}

std::size_t WordReader::word_end(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < text_.size() && is_letter(text_[end]) && !begins_word(end))
        ++end;
    return end;
}

// Behind one blank or hyphen.
std::size_t WordReader::next_word(std::size_t at) const {
    const std::size_t end = word_end(at);
    const bool is_joined = end < text_.size() && (text_[end] == U' ' || text_[end] == U'-');
    return is_joined ? end + 1 : text_.size();
}

bool WordReader::spells_number(std::size_t at) const {
    const NumberWords& numbers = NumberWords::of(language_at(at));
    const auto word_at = [&](std::size_t begin) {
        return std::u32string_view(text_).substr(begin, word_end(begin) - begin);
    };
    if (numbers.spells_number(word_at(at))) return true;
    if (!numbers.is_article(word_at(at))) return false;
    const std::size_t next = next_word(at);
    if (next >= text_.size() || !is_letter(text_[next])) return false;
    return lexicon_at(next).unit_at(text_, next).word != nullptr ||
           numbers.spells_number(word_at(next));
}

bool WordReader::is_inside_sentence(std::size_t at) const {
    while (at > 0 && text_[at - 1] == U' ')
        --at;
    if (at == 0) return false;
    constexpr std::u32string_view kJoins = U",;'-/&";
    const char32_t before = text_[at - 1];
    return before == kTaken || is_letter(before) || language::digit_value(before) >= 0 ||
           kJoins.find(before) != std::u32string_view::npos;
}

bool WordReader::is_name(std::size_t at) const {
    return is_capital_[at] && language_ != "de" && is_inside_sentence(at);
}

Result<std::vector<StatedWord>> WordReader::read(std::size_t size) const {
    std::vector<StatedWord> words;
    for (std::size_t at = 0; at < text_.size();) {
        const auto found = lexicon_at(at).word_at(text_, at);
        if (found.word != nullptr) {
            if (found.word->meaning.empty()) return refuse(why_refused(found.word->kind));
            words.push_back({begins_[at], byte_at(begins_, found.end, size), found.word->meaning});
            at = found.end;
            continue;
        }
        const bool is_word = begins_word(at);
        if (is_word && spells_number(at)) return refuse(why_refused(WordKind::kNumber));
        if (is_word && is_name(at)) return refuse("it has a name that no fact gives");
        ++at;
    }
    return words;
}

}  // namespace altis::messages
