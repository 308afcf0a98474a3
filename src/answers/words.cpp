#include "answers/words.h"

#include <algorithm>
#include <array>

#include "codec/text.h"
#include "language/fold.h"
#include "language/letters.h"

namespace altis::answers {
namespace {

using language::Letter;

bool stands_alone(char32_t code) {
    if (code == 0x30FB) return false;  // the point between parts of a name in kana
    return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
           (code >= 0xAC00 && code <= 0xD7AF) || (code >= 0xF900 && code <= 0xFAFF);
}

bool is_digit(char32_t code) {
    return code >= '0' && code <= '9';
}

bool is_apostrophe(char32_t code) {
    return code == '\'' || code == 0x2019 || code == 0x2018 || code == '`' || code == 0xB4;
}

// Marks of Devanagari and others are letters of their words, though not alphanumeric.
bool is_letter(char32_t code) {
    return language::is_alphanumeric(code) || (code >= 0x0900 && code <= 0x0DFF);
}

// Articles and prepositions of French and Italian that lose their vowel.
bool is_elided(std::string_view word) {
    static constexpr std::array<std::string_view, 16> kElided = {
        "l",   "d",    "qu",   "n",    "s",     "j",  "c",   "dell",
        "all", "nell", "dall", "sull", "quell", "un", "com", "quant"};
    return std::find(kElided.begin(), kElided.end(), word) != kElided.end();
}

class Splitter {
  public:
    explicit Splitter(std::string_view folded) : letters_(language::letters_of(folded)) {}

    std::vector<std::string> split() {
        for (at_ = 0; at_ < letters_.size(); ++at_)
            step();
        close();
        return std::move(words_);
    }

  private:
    char32_t code(std::size_t index) const {
        return index < letters_.size() ? letters_[index].code : U' ';
    }

    void step() {
        const auto now = code(at_);
        if (now == '#' || stands_alone(now)) {
            close();
            add(now);
            close();
        } else if (is_letter(now)) {
            if (begins_unit(now)) close();
            add(now);
        } else if (is_apostrophe(now)) {
            apostrophe();
        } else if (!(holds_number_together(now) || holds_letters_together(now))) {
            close();
        }
    }

    bool holds_number_together(char32_t now) {
        const bool between = at_ > 0 && is_digit(code(at_ - 1)) && is_digit(code(at_ + 1));
        const bool leading = now == '.' && word_.empty() && is_digit(code(at_ + 1));
        if (!(between && (now == ':' || now == '.' || now == ',')) && !leading) return false;
        add(now);
        return true;
    }

    // The points of abbreviations: single letters between points.
    bool holds_letters_together(char32_t now) const {
        return now == '.' && !word_.empty() && !is_digit(code(at_ - 1)) &&
               (at_ < 2 || !is_letter(code(at_ - 2))) && is_letter(code(at_ + 1)) &&
               !is_letter(code(at_ + 2));
    }

    // "women's" is "women", "l'Italie" two words, "k'andelak'i" one.
    void apostrophe() {
        const bool possessive = code(at_ + 1) == 's' && !is_letter(code(at_ + 2));
        if (possessive || is_elided(word_)) close();
        if (possessive) ++at_;
    }

    // "100m" is "100 m"; "1st" and "4x100" stay.
    bool begins_unit(char32_t now) const {
        static constexpr std::array<std::string_view, 4> kUnits = {"m", "km", "kg", "cm"};
        if (word_.empty() || !is_digit(code(at_ - 1)) || is_digit(now)) return false;
        std::string unit;
        for (auto end = at_;
             is_letter(code(end)) && !is_digit(code(end)) && !stands_alone(code(end)); ++end)
            codec::append_utf8(unit, code(end));
        return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
    }

    void add(char32_t letter) { codec::append_utf8(word_, letter); }
    void close() {
        if (!word_.empty()) words_.push_back(std::move(word_));
        word_.clear();
    }

    std::vector<Letter> letters_;
    std::size_t at_ = 0;
    std::string word_;
    std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> words(std::string_view text) {
    return Splitter(language::fold(text)).split();
}

std::string joined(const std::vector<std::string>& words, std::size_t begin, std::size_t end) {
    std::string out;
    for (std::size_t index = begin; index < end; ++index) {
        if (index > begin) out += ' ';
        out += words[index];
    }
    return out;
}

std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t limit) {
    const auto a = language::letters_of(one);
    const auto b = language::letters_of(other);
    if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
    // Optimal string alignment, row by row (Damerau 1964, Wagner and Fischer 1974).
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1].code == b[j - 1].code ? 0 : 1;
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1].code == b[j - 2].code && a[i - 2].code == b[j - 1].code)
                now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(now);
    }
    return std::min(last[b.size()], limit + 1);
}

}  // namespace altis::answers
