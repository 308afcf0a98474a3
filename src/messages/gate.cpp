#include "messages/gate.h"

#include <algorithm>
#include <optional>

#include "base/decimal.h"
#include "language/letters.h"
#include "language/numbers.h"
#include "messages/lexicon.h"
#include "messages/stated_words.h"

namespace altis::messages {
namespace {

using language::digit_value;

tl::unexpected<Error> refuse(const std::string& why) {
    return fail(Code::kDenied, "messages.gate_refused", "the gate refused a text: " + why);
}

struct Letter : language::Letter {
    bool is_taken = false;  // part of a name or link that was recognised
};

// What was read at a place: a number, a clock time, a word with a meaning, or the fact that the
// place spells out.
struct Found {
    Reading place;
    std::optional<Decimal> number = std::nullopt;
    std::string clock = {};  // as a fact of kind kClock has it
    std::string_view unit = {};
    std::string_view meaning = {};  // of a medal word or claim
};

// Reads one text. Each step takes away what it recognised.
class TextReader {
  public:
    TextReader(const Rendered& rendered, const FactRecord& facts, const AliasTable& aliases)
        : rendered_(rendered), facts_(facts), aliases_(aliases) {}

    Result<std::vector<Found>> read() {
        for (const auto& letter : language::letters_of(rendered_.text))
            letters_.push_back({letter, false});
        if (letters_.empty()) return refuse("it is empty, or not UTF-8");
        take_spelled(FactKind::kLink);
        take_spelled(FactKind::kName);
        TRY_VOID(read_numbers());
        TRY_VOID(read_words());
        std::ranges::sort(found_, {}, [](const Found& found) { return found.place.begin; });
        return std::move(found_);
    }

  private:
    // Takes names or links at all places where they stand; of two of which one contains the other,
    // the longer.
    void take_spelled(FactKind kind) {
        std::vector<std::pair<std::string, const Fact*>> spelled;
        for (const Fact& fact : facts_) {
            if (fact.kind != kind) continue;
            spelled.emplace_back(kind == FactKind::kName
                                     ? spoken_name(fact, rendered_.language, aliases_)
                                     : fact.text,
                                 &fact);
        }
        std::ranges::stable_sort(spelled, std::ranges::greater(),
                                 [](const auto& entry) { return entry.first.size(); });
        for (const auto& [text, fact] : spelled) {
            if (text.empty()) continue;
            for (auto at = rendered_.text.find(text); at != std::string::npos;
                 at = rendered_.text.find(text, at + text.size())) {
                take({at, at + text.size(), fact->name});
            }
        }
    }

    void take(Reading place) {
        const auto begin = std::ranges::lower_bound(letters_, place.begin, {}, &Letter::begin);
        const auto end = std::ranges::lower_bound(letters_, place.end, {}, &Letter::begin);
        if (std::any_of(begin, end, [](const Letter& letter) { return letter.is_taken; })) return;
        if (goes_on(begin) || goes_on(end)) return;
        std::for_each(begin, end, [](Letter& letter) { letter.is_taken = true; });
        found_.push_back({std::move(place)});
    }

    // Whether a word goes on over the place before `at`. In languages without blanks a name may
    // stand between letters, but not a Latin one between Latin letters.
    bool goes_on(std::vector<Letter>::const_iterator at) const {
        if (at == letters_.begin() || at == letters_.end()) return false;
        const char32_t before = std::prev(at)->code;
        if (!language::is_alphabetic_or_mark(before)) return false;
        if (!language::is_alphabetic_or_mark(at->code)) return false;
        const auto is_latin = [](char32_t code) { return code < 0x0250; };
        return is_written_with_blanks(rendered_.language) ||
               (is_latin(before) && is_latin(at->code));
    }

    Result<void> read_numbers() {
        for (std::size_t i = 0; i < letters_.size();) {
            if (is_digit(i)) {
                TRY(i, read_number(i));
            } else {
                if (!letters_[i].is_taken) TRY_VOID(check_plain(letters_[i].code));
                ++i;
            }
        }
        return {};
    }

    // What is neither taken nor a digit must be an ordinary character of the language.
    Result<void> check_plain(char32_t code) const {
        if (language::is_numeric(code)) {
            return refuse("it has a number that is not written in digits");
        }
        if (language::is_control(code)) return refuse("it has a control character");
        if (language::is_written_in(code, rendered_.language)) return {};
        return refuse("it has letters of another script");
    }

    bool is_digit(std::size_t i) const {
        return i < letters_.size() && !letters_[i].is_taken && digit_value(letters_[i].code) >= 0;
    }

    // True for what joins digits to one number: any separator of any language, and colons of times.
    static bool is_separator(char32_t code) {
        constexpr std::u32string_view kSeparators =
            U".,:'_\u00A0\u202F\u066B\u066C\u2019\uFF0C\uFF0E";
        return kSeparators.find(code) != std::u32string_view::npos;
    }

    // Reads the number that begins at letter `i`; gives the letter behind it.
    Result<std::size_t> read_number(std::size_t i) {
        const std::size_t begin = i;
        while (is_digit(i) || (i < letters_.size() && !letters_[i].is_taken &&
                               is_separator(letters_[i].code) && is_digit(i + 1))) {
            ++i;
        }
        const std::string sign = is_negative(begin) ? "-" : "";
        const std::string_view written =
            std::string_view(rendered_.text)
                .substr(letters_[begin].begin, begin_of(i) - letters_[begin].begin);
        Found found{{letters_[begin].begin, begin_of(i), ""}};
        if (written.find(':') == std::string_view::npos) {
            found.number = language::parse_decimal(sign + std::string(written), rendered_.language);
        } else if (sign.empty()) {
            found.clock = language::parse_clock(written, rendered_.language).value_or("");
        }
        if (!found.number && found.clock.empty()) {
            return refuse("a number is not written as its language does");
        }
        found.unit = unit_at(i);
        found_.push_back(std::move(found));
        return i;
    }

    bool is_negative(std::size_t i) const {
        if (i == 0 || (letters_[i - 1].code != '-' && letters_[i - 1].code != 0x2212)) return false;
        return i == 1 || !language::is_alphanumeric(letters_[i - 2].code);
    }

    std::size_t begin_of(std::size_t i) const {
        return i < letters_.size() ? letters_[i].begin : rendered_.text.size();
    }

    // The unit that stands behind a number, with or without a blank between; empty when none does.
    std::string_view unit_at(std::size_t i) const {
        std::u32string behind;
        constexpr std::size_t kLongestUnit = 24;
        for (; i < letters_.size() && behind.size() < kLongestUnit; ++i) {
            if (letters_[i].is_taken) break;
            const char32_t code = language::plain_letter(letters_[i].code);
            if (code != 0 && !(code == U' ' && behind.empty())) behind.push_back(code);
        }
        const auto found = Lexicon::of(rendered_.language).unit_at(behind, 0);
        return found.word == nullptr ? std::string_view() : found.word->meaning;
    }

    Result<void> read_words() {
        WordReader reader(rendered_.language);
        for (const Letter& letter : letters_)
            reader.add(letter.is_taken ? WordReader::kTaken : letter.code, letter.begin);
        TRY(const auto words, reader.read(rendered_.text.size()));
        for (const StatedWord& word : words)
            found_.push_back({.place = {word.begin, word.end, ""}, .meaning = word.meaning});
        return {};
    }

    const Rendered& rendered_;
    const FactRecord& facts_;
    const AliasTable& aliases_;
    std::vector<Letter> letters_;
    std::vector<Found> found_;
};

// True when what was read states the fact, to the last digit, and in its unit where it says one.
bool states(const Found& found, const Fact& fact) {
    switch (fact.kind) {
        case FactKind::kDecimal:
        case FactKind::kCount:
        case FactKind::kRank: {
            const auto value = Decimal::parse(fact.text);
            return found.number && value && found.number->digits() == value->digits() &&
                   found.number->scale() == value->scale() &&
                   (found.unit.empty() || found.unit == fact.unit);
        }
        case FactKind::kClock:
            return found.clock == fact.text;
        case FactKind::kMedal:
        case FactKind::kClaim:
            return !found.meaning.empty() && found.meaning == fact.text;
        default:
            return found.place.fact == fact.name;
    }
}

}  // namespace

Result<std::vector<Reading>> read_back(const Rendered& rendered, const FactRecord& facts,
                                       const AliasTable& aliases) {
    TextReader reader(rendered, facts, aliases);
    TRY(const auto found, reader.read());
    std::vector<Reading> readings;
    std::size_t next = 0;
    for (const std::string& slot : rendered.slots) {
        const Fact* fact = find_fact(facts, slot);
        if (fact == nullptr) return refuse("the fact '" + slot + "' was not given");
        if (fact->kind == FactKind::kText) continue;
        if (next == found.size() || !states(found[next], *fact)) {
            return refuse("the fact '" + slot +
                          "' is not stated, not exactly, or not in its place");
        }
        readings.push_back(found[next++].place);
        readings.back().fact = slot;
    }
    if (next == found.size()) return readings;
    return refuse("it states more than the facts given");
}

}  // namespace altis::messages
