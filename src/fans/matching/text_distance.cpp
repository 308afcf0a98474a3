#include "fans/matching/text_distance.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/assert.h"
#include "fans/matching/normalise.h"

namespace altis::fans::matching {
namespace {

using Row = std::array<std::uint8_t, kMaxComparedBytes + 1>;

// What both ends share does not change the distance.
void strip_common_ends(std::string_view& left, std::string_view& right) {
    while (!left.empty() && !right.empty() && left.front() == right.front()) {
        left.remove_prefix(1);
        right.remove_prefix(1);
    }
    while (!left.empty() && !right.empty() && left.back() == right.back()) {
        left.remove_suffix(1);
        right.remove_suffix(1);
    }
}

struct Rows {
    Row before_last;
    Row last;
    Row current;
};

// Fills the row of left[i]; gives its least value. Cells further than `limit` from the diagonal are
// over the limit in any case, so only the band around it is looked at, with a sentinel at each end.
unsigned fill_row(Rows& rows, std::string_view left, std::string_view right, std::size_t i,
                  unsigned limit) {
    const std::size_t from = i > limit ? i - limit : 0;
    const std::size_t to = std::min(right.size(), i + limit + 1);
    rows.current[from] = static_cast<std::uint8_t>(from == 0 ? i + 1 : limit + 1);
    unsigned least = rows.current[from];
    for (std::size_t j = from; j < to; ++j) {
        unsigned best = rows.last[j] + (left[i] == right[j] ? 0U : 1U);
        best = std::min({best, rows.last[j + 1] + 1U, rows.current[j] + 1U});
        if (i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j])
            best = std::min(best, rows.before_last[j - 1] + 1U);
        rows.current[j + 1] = static_cast<std::uint8_t>(best);
        least = std::min(least, best);
    }
    if (to < right.size()) rows.current[to + 1] = static_cast<std::uint8_t>(limit + 1);
    return least;
}

using Flags = std::array<bool, kMaxComparedBytes>;

// Marks the bytes that have an equal partner within the window; gives their number.
unsigned mark_common(std::string_view left, std::string_view right, Flags& in_left,
                     Flags& in_right) {
    const std::size_t longest = std::max(left.size(), right.size());
    const std::size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    unsigned common = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const std::size_t from = i > window ? i - window : 0;
        const std::size_t to = std::min(right.size(), i + window + 1);
        for (std::size_t j = from; j < to; ++j) {
            if (in_right[j] || left[i] != right[j]) continue;
            in_left[i] = in_right[j] = true;
            ++common;
            break;
        }
    }
    return common;
}

unsigned count_out_of_order(std::string_view left, std::string_view right, const Flags& in_left,
                            const Flags& in_right) {
    unsigned out_of_order = 0;
    std::size_t j = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (!in_left[i]) continue;
        while (!in_right[j])
            ++j;
        if (left[i] != right[j]) ++out_of_order;
        ++j;
    }
    return out_of_order;
}

// Consonants that are mistaken for each other share a digit; 0 means "not written".
char sound_of(char letter) {
    static constexpr std::string_view kSounds = "01230120022455012623010202";
    return letter >= 'a' && letter <= 'z' ? kSounds[static_cast<std::size_t>(letter - 'a')]
                                          : letter;
}

// Beginnings that sound like one letter.
std::pair<char, std::size_t> first_sound(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, char>, 10> kBeginnings = {{
        {"ph", 'f'},
        {"kn", 'n'},
        {"gn", 'n'},
        {"wr", 'r'},
        {"ck", 'k'},
        {"ps", 's'},
        {"wh", 'w'},
        {"c", 'k'},
        {"q", 'k'},
        {"z", 's'},
    }};
    for (const auto& [beginning, sound] : kBeginnings) {
        if (word.starts_with(beginning)) return {sound, beginning.size()};
    }
    return {word.front(), 1};
}

}  // namespace

unsigned edit_distance(std::string_view left, std::string_view right, unsigned limit) {
    ALTIS_ASSERT(left.size() <= kMaxComparedBytes && right.size() <= kMaxComparedBytes);
    strip_common_ends(left, right);
    if (left.size() > right.size()) std::swap(left, right);
    if (right.size() - left.size() > limit) return limit + 1;
    if (left.empty()) return static_cast<unsigned>(right.size());
    Rows rows;
    for (std::size_t j = 0; j <= right.size(); ++j)
        rows.last[j] = static_cast<std::uint8_t>(j);
    rows.before_last = rows.last;
    unsigned least_of_last = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const unsigned least = fill_row(rows, left, right, i, limit);
        // A swap reaches back two rows, so both must be over the limit.
        if (std::min(least, least_of_last) > limit) return limit + 1;
        least_of_last = least;
        rows.before_last = rows.last;
        rows.last = rows.current;
    }
    return std::min<unsigned>(rows.last[right.size()], limit + 1);
}

Letters count_letters(std::string_view text) {
    ALTIS_ASSERT(text.size() <= kMaxComparedBytes);
    Letters letters{};
    for (char c : text)
        ++letters[static_cast<unsigned char>(c) % letters.size()];
    return letters;
}

unsigned least_edit_distance(const Letters& left, const Letters& right) {
    // A replacement changes two counts, an insertion or deletion one, a swap none.
    unsigned changes = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        changes +=
            static_cast<unsigned>(left[i] > right[i] ? left[i] - right[i] : right[i] - left[i]);
    return (changes + 1) / 2;
}

unsigned jaro_winkler_milli(std::string_view left, std::string_view right) {
    ALTIS_ASSERT(left.size() <= kMaxComparedBytes && right.size() <= kMaxComparedBytes);
    if (left.empty() || right.empty()) return left.size() == right.size() ? 1000 : 0;
    Flags in_left{};
    Flags in_right{};
    const std::uint64_t common = mark_common(left, right, in_left, in_right);
    if (common == 0) return 0;
    const std::uint64_t swaps = count_out_of_order(left, right, in_left, in_right) / 2;
    const std::uint64_t jaro = (1000 * common / left.size() + 1000 * common / right.size() +
                                1000 * (common - swaps) / common) /
                               3;
    std::size_t same = 0;
    while (same < 4 && same < std::min(left.size(), right.size()) && left[same] == right[same])
        ++same;
    return static_cast<unsigned>(jaro + same * (1000 - jaro) / 10);
}

std::string phonetic_key(std::string_view word) {
    if (word.empty()) return {};
    const auto [sound, length] = first_sound(word);
    std::string key(1, sound);
    char last = sound_of(sound);
    for (char letter : word.substr(length)) {
        const char code = letter == ' ' ? '0' : sound_of(letter);
        if (code != '0' && code != last) key += code;
        // "h" and "w" do not part equal sounds; vowels do.
        if (letter != 'h' && letter != 'w') last = code;
        if (key.size() == 6) break;
    }
    return key;
}

}  // namespace altis::fans::matching
