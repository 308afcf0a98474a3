#include "messages/gate.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/decimal.h"

namespace altis::messages {
namespace {

tl::unexpected<Error> refuse(const std::string& why) {
    return fail(Code::kDenied, "messages.gate_refused", "the gate refused a text: " + why);
}

// A character and the byte at which it begins.
struct Letter {
    UChar32 code = 0;
    std::size_t begin = 0;
    bool is_taken = false;  // part of a name or link that was recognised
};

// What was read at a place: a number, a medal, or the fact that the place spells out.
struct Found {
    Reading place;
    std::optional<Decimal> number;
    std::string medal;
};

struct MedalWord {
    std::string_view language;
    std::u32string_view word;
    std::string_view medal;
    bool is_whole_word;
};

constexpr std::array<MedalWord, 9> kMedalWords = {{{"en", U"gold", "gold", true},
                                                   {"en", U"silver", "silver", true},
                                                   {"en", U"bronze", "bronze", true},
                                                   {"fr", U"or", "gold", true},
                                                   {"fr", U"argent", "silver", true},
                                                   {"fr", U"bronze", "bronze", true},
                                                   {"ja", U"金メダル", "gold", false},
                                                   {"ja", U"銀メダル", "silver", false},
                                                   {"ja", U"銅メダル", "bronze", false}}};

bool is_group_blank(UChar32 c) {
    return c == 0x00A0 || c == 0x202F;
}

// The character as '.', ',' or ' ' when it can stand within a number; 0 otherwise.
char separator(UChar32 c) {
    if (c == '.' || c == 0xFF0E || c == 0x066B) return '.';
    if (c == ',' || c == 0xFF0C || c == 0x066C) return ',';
    if (is_group_blank(c)) return ' ';
    return c == '\'' || c == 0x2019 || c == '_' ? '?' : '\0';
}

char decimal_separator(std::string_view language) {
    return language == "fr" ? ',' : '.';
}

char group_separator(std::string_view language) {
    return language == "fr" ? ' ' : ',';
}

// True when the groups before the decimal separator are 1 to 3 digits, then 3 each.
bool has_regular_groups(std::string_view whole, char group) {
    auto end = whole.rfind(group);
    if (end == std::string_view::npos) return true;
    while (end != std::string_view::npos) {
        if (whole.size() - end != 4) return false;
        whole = whole.substr(0, end);
        end = whole.rfind(group);
    }
    return !whole.empty() && whole.size() <= 3;
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The value of digits and normalised separators, as a reader of the language understands them:
// other separators, irregular groups and leading zeros make no number.
std::optional<Decimal> parse_number(std::string_view text, std::string_view language) {
    const std::string_view sign = text.substr(0, text.starts_with('-') ? 1 : 0);
    const std::string_view magnitude = text.substr(sign.size());
    const auto point = magnitude.find(decimal_separator(language));
    std::string whole(magnitude.substr(0, point));
    if (!has_regular_groups(whole, group_separator(language))) return std::nullopt;
    std::erase(whole, group_separator(language));
    if (!is_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    std::string plain = std::string(sign) + whole;
    if (point != std::string_view::npos) {
        const std::string_view fraction = magnitude.substr(point + 1);
        if (!is_digits(fraction)) return std::nullopt;
        plain += "." + std::string(fraction);
    }
    const auto value = Decimal::parse(plain);
    return value ? std::optional(*value) : std::nullopt;
}

// What the linter dislikes here is in ICU's macro.
// NOLINTBEGIN(readability-function-size, bugprone-inc-dec-in-conditions)

// The code point at `i`, which then stands behind it; negative where the bytes are not UTF-8.
UChar32 next_code(const std::uint8_t* bytes, std::int32_t& i, std::int32_t size) {
    UChar32 code = 0;
    U8_NEXT(bytes, i, size, code);
    return code;
}

// NOLINTEND(readability-function-size, bugprone-inc-dec-in-conditions)

// Reads one text. Each step takes away what it recognised.
class TextReader {
  public:
    TextReader(const Rendered& rendered, const FactRecord& facts, const AliasTable& aliases)
        : rendered_(rendered), facts_(facts), aliases_(aliases) {}

    Result<std::vector<Found>> read() {
        TRY_VOID(decode());
        take_spelled(FactKind::kLink);
        take_spelled(FactKind::kName);
        TRY_VOID(read_numbers());
        read_medals();
        std::sort(found_.begin(), found_.end(),
                  [](const Found& a, const Found& b) { return a.place.begin < b.place.begin; });
        return std::move(found_);
    }

  private:
    Result<void> decode() {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(rendered_.text.data());
        const auto size = static_cast<std::int32_t>(rendered_.text.size());
        for (std::int32_t i = 0; i < size;) {
            const auto begin = static_cast<std::size_t>(i);
            const UChar32 code = next_code(bytes, i, size);
            if (code < 0) return refuse("it is not UTF-8");
            letters_.push_back({code, begin, false});
        }
        return {};
    }

    // Takes names or links at all places where they stand.
    void take_spelled(FactKind kind) {
        for (const Fact& fact : facts_) {
            if (fact.kind != kind) continue;
            const std::string spelled = kind == FactKind::kName
                                            ? spoken_name(fact, rendered_.language, aliases_)
                                            : fact.text;
            if (spelled.empty()) continue;
            for (auto at = rendered_.text.find(spelled); at != std::string::npos;
                 at = rendered_.text.find(spelled, at + spelled.size())) {
                take({at, at + spelled.size(), fact.name});
            }
        }
    }

    void take(Reading place) {
        for (Letter& letter : letters_) {
            if (letter.begin < place.begin || letter.begin >= place.end) continue;
            if (letter.is_taken) return;
            letter.is_taken = true;
        }
        found_.push_back({std::move(place), std::nullopt, ""});
    }

    Result<void> read_numbers() {
        for (std::size_t i = 0; i < letters_.size();) {
            const Letter& letter = letters_[i];
            if (!letter.is_taken && u_charDigitValue(letter.code) >= 0) {
                TRY(i, read_number(i));
            } else {
                if (!letter.is_taken) TRY_VOID(check_plain(letter.code));
                ++i;
            }
        }
        return {};
    }

    // What is neither taken nor a digit must be an ordinary character.
    static Result<void> check_plain(UChar32 code) {
        if (u_getNumericValue(code) != U_NO_NUMERIC_VALUE) {
            return refuse("it has a number that is not written in digits");
        }
        if (u_charType(code) == U_CONTROL_CHAR || u_charType(code) == U_FORMAT_CHAR) {
            return refuse("it has a control character");
        }
        return {};
    }

    bool is_digit(std::size_t i) const {
        return i < letters_.size() && !letters_[i].is_taken &&
               u_charDigitValue(letters_[i].code) >= 0;
    }

    // Reads the number that begins at letter `i`; gives the letter behind it.
    Result<std::size_t> read_number(std::size_t i) {
        const std::size_t begin = i;
        const UChar32 zero = letters_[i].code - u_charDigitValue(letters_[i].code);
        std::string digits = is_negative(i) ? "-" : "";
        while (i < letters_.size() && !letters_[i].is_taken) {
            const UChar32 code = letters_[i].code;
            const std::int32_t digit = u_charDigitValue(code);
            const char mark = separator(code);
            if (digit >= 0 && code - digit != zero) return refuse("a number mixes digit systems");
            if (digit < 0 && (mark == '\0' || !is_digit(i + 1))) break;
            digits.push_back(digit >= 0 ? static_cast<char>('0' + digit) : mark);
            ++i;
        }
        const auto value = parse_number(digits, rendered_.language);
        if (!value) return refuse("a number is not written as its language does");
        found_.push_back({{letters_[begin].begin, begin_of(i), ""}, value, ""});
        return i;
    }

    bool is_negative(std::size_t i) const {
        if (i == 0 || (letters_[i - 1].code != '-' && letters_[i - 1].code != 0x2212)) return false;
        return i == 1 || !u_isalnum(letters_[i - 2].code);
    }

    std::size_t begin_of(std::size_t i) const {
        return i < letters_.size() ? letters_[i].begin : rendered_.text.size();
    }

    void read_medals() {
        for (std::size_t i = 0; i < letters_.size(); ++i) {
            for (const MedalWord& word : kMedalWords) {
                if (word.language != rendered_.language || !stands_at(word, i)) continue;
                found_.push_back({{letters_[i].begin, begin_of(i + word.word.size()), ""},
                                  std::nullopt,
                                  std::string(word.medal)});
            }
        }
    }

    bool stands_at(const MedalWord& word, std::size_t i) const {
        const std::size_t end = i + word.word.size();
        if (end > letters_.size()) return false;
        for (std::size_t k = i; k < end; ++k) {
            const auto wanted = static_cast<UChar32>(word.word[k - i]);
            if (letters_[k].is_taken || u_tolower(letters_[k].code) != wanted) return false;
        }
        if (!word.is_whole_word) return true;
        const bool begins = i == 0 || !u_isalpha(letters_[i - 1].code);
        return begins && (end == letters_.size() || !u_isalpha(letters_[end].code));
    }

    const Rendered& rendered_;
    const FactRecord& facts_;
    const AliasTable& aliases_;
    std::vector<Letter> letters_;
    std::vector<Found> found_;
};

// True when what was read states the fact, to the last digit.
bool states(const Found& found, const Fact& fact) {
    switch (fact.kind) {
        case FactKind::kDecimal:
        case FactKind::kCount:
        case FactKind::kRank: {
            const auto value = Decimal::parse(fact.text);
            return found.number && value && found.number->digits() == value->digits() &&
                   found.number->scale() == value->scale();
        }
        case FactKind::kMedal:
            return found.medal == fact.text;
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
