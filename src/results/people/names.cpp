#include "results/people/names.h"

#include <algorithm>
#include <cstddef>

namespace altis::results {
namespace {

using Words = std::vector<std::string>;

constexpr std::uint32_t kFirstFolded = 0xC0;
// Base letters of U+00C0 to U+017F, in their order; ' ' where one letter is not enough.
constexpr std::string_view kFolded =
    "aaaaaa ceeeeiiiidnooooo  uuuuy  aaaaaa ceeeeiiiidnooooo  uuuuy y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkklllllll"
    "lllnnnnnnnnnoooooo  rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kFolded.size() == 0x180 - kFirstFolded);

std::string_view letters_of(std::uint32_t code) {
    switch (code) {
        case 0xC6:
        case 0xE6:
            return "ae";
        case 0x152:
        case 0x153:
            return "oe";
        case 0xD8:
        case 0xF8:
            return "o";
        case 0xDE:
        case 0xFE:
            return "th";
        case 0xDF:
            return "ss";
        case 0x132:
        case 0x133:
            return "ij";
        default:
            return {};
    }
}

// Appends one character; false when it parts words.
bool append_folded(std::string& word, std::string_view character) {
    const char first = character.front();
    if (character.size() == 1) {
        if (first == '\'' || first == '.' || first == '`') return true;
        if (first >= 'A' && first <= 'Z') word += static_cast<char>(first - 'A' + 'a');
        if ((first >= 'a' && first <= 'z') || (first >= '0' && first <= '9')) word += first;
        return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') ||
               (first >= '0' && first <= '9');
    }
    if (character == "\u2019") return true;  // an apostrophe
    if (character.size() != 2) {
        word += character;
        return true;
    }
    const std::uint32_t code = (static_cast<std::uint32_t>(first) & 0x1F) << 6 |
                               (static_cast<std::uint32_t>(character[1]) & 0x3F);
    const std::string_view letters = letters_of(code);
    if (!letters.empty()) {
        word += letters;
    } else if (code >= kFirstFolded && code < kFirstFolded + kFolded.size()) {
        if (kFolded[code - kFirstFolded] == ' ') return false;
        word += kFolded[code - kFirstFolded];
    } else {
        word += character;
    }
    return true;
}

// Of the character of UTF-8 that begins here; 1 for a stray byte.
std::size_t character_bytes(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::min(size, text.size() - at);
}

// True when the words differ by one letter that is missing, too many, or another.
bool one_letter_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t at = 0;
    while (at < a.size() && a[at] == b[at])
        ++at;
    const std::string_view rest_of_a = a.substr(std::min(a.size(), at + (a.size() == b.size())));
    return rest_of_a == b.substr(std::min(b.size(), at + 1));
}

bool near_words(std::string_view a, std::string_view b) {
    constexpr std::size_t kLongEnough = 4;  // below, one letter makes another name
    if (a == b) return true;
    if (a.size() == 1 || b.size() == 1) return a.front() == b.front();
    return std::min(a.size(), b.size()) >= kLongEnough && one_letter_apart(a, b);
}

// Every word of the shorter list has a partner of its own in the longer one.
template <class Alike>
bool pairs_up(const Words& fewer, Words more, Alike alike) {
    for (const std::string& word : fewer) {
        const auto partner = std::ranges::find_if(
            more, [&](const std::string& other) { return alike(word, other); });
        if (partner == more.end()) return false;
        more.erase(partner);
    }
    return true;
}

std::string joined_from(const Words& words, std::size_t first) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += words[(first + i) % words.size()];
    return text;
}

bool joined_alike(const Words& a, const Words& b) {
    const std::string text = joined_from(a, 0);
    for (std::size_t first = 0; first < b.size(); ++first) {
        if (joined_from(b, first) == text) return true;
    }
    return false;
}

Likeness compare_words(const Words& a, const Words& b) {
    if (a.empty() || b.empty()) return Likeness::kUnlike;
    if (a == b) return Likeness::kSame;
    const auto equal = [](const std::string& x, const std::string& y) { return x == y; };
    if (a.size() == b.size() && pairs_up(a, b, equal)) return Likeness::kReordered;
    if (joined_alike(a, b) || joined_alike(b, a)) return Likeness::kReordered;
    const Words& fewer = a.size() <= b.size() ? a : b;
    const Words& more = a.size() <= b.size() ? b : a;
    const bool one_same = std::ranges::any_of(fewer, [&more](const std::string& word) {
        return word.size() > 1 && std::ranges::find(more, word) != more.end();
    });
    if (a.size() == b.size() && one_same && pairs_up(fewer, more, near_words)) {
        return Likeness::kNear;
    }
    if (fewer.size() >= 2 && fewer.size() < more.size() && pairs_up(fewer, more, equal)) {
        return Likeness::kPart;
    }
    return Likeness::kUnlike;
}

}  // namespace

std::string_view to_string(Likeness likeness) {
    return kLikenessNames[static_cast<std::size_t>(likeness)];
}

std::vector<std::string> name_words(std::string_view name) {
    Words words;
    std::string word;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t size = character_bytes(name, at);
        if (!append_folded(word, name.substr(at, size)) && !word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
        at += size;
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

Likeness compare_names(std::string_view a, std::string_view b) {
    return compare_words(name_words(a), name_words(b));
}

}  // namespace altis::results
