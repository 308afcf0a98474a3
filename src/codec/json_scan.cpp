#include "codec/json_scan.h"

#include <bit>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/assert.h"
#include "codec/json.h"
#include "codec/text.h"

namespace altis::codec {
namespace {

constexpr std::uint64_t repeat(std::uint8_t byte) {
    return 0x0101010101010101ULL * byte;
}

// Marks the high bit of each zero byte; exact up to and including the lowest one.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
    return (word - repeat(0x01)) & ~word & repeat(0x80);
}

// Marks bytes that end the plain part of a string: quote, backslash, control characters.
constexpr std::uint64_t special_bytes(std::uint64_t word) {
    const std::uint64_t control = (word - repeat(0x20)) & ~word & repeat(0x80);
    return zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat('\\')) | control;
}

bool is_special(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

#ifdef __SSE2__
// The same of 16 bytes, a bit each. Bytes are compared as unsigned numbers: the least of one and
// 0x1F is itself where it is a control character.
unsigned special_bits(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i all = _mm_or_si128(control, _mm_or_si128(quote, backslash));
    return static_cast<unsigned>(_mm_movemask_epi8(all));
}
#endif

// First special byte at or behind `at`, or `end`.
const char* find_special(const char* at, const char* end) {
#ifdef __SSE2__
    while (end - at >= 16) {
        const unsigned marks = special_bits(at);
        if (marks != 0) return at + std::countr_zero(marks);
        at += 16;
    }
#endif
    while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t marks = special_bytes(word);
        if (marks != 0) return at + std::countr_zero(marks) / 8;
        at += 8;
    }
    while (at != end && !is_special(*at))
        ++at;
    return at;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

ScanKind kind_of(char first) {
    switch (first) {
        case '{':
            return ScanKind::kObject;
        case '[':
            return ScanKind::kArray;
        case '"':
            return ScanKind::kString;
        case 't':
            return ScanKind::kTrue;
        case 'f':
            return ScanKind::kFalse;
        case 'n':
            return ScanKind::kNull;
        default:
            return ScanKind::kNumber;
    }
}

char short_escape(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;
    }
}

// Takes the escapes out of a string that the scanner has checked.
class Unescaper {
  public:
    Unescaper(std::string_view text, std::string& out) : rest_(text), out_(out) {}

    bool run() {
        while (!rest_.empty()) {
            const std::size_t plain = std::min(rest_.find('\\'), rest_.size());
            out_.append(rest_.substr(0, plain));
            rest_.remove_prefix(plain);
            if (!rest_.empty() && !escape()) return false;
        }
        return true;
    }

  private:
    bool escape() {
        const char letter = rest_[1];
        rest_.remove_prefix(2);
        if (letter == 'u') return code_point();
        out_.push_back(short_escape(letter));
        return true;
    }

    bool code_point() {
        std::uint32_t point = four_digits();
        if (point >= 0xDC00 && point < 0xE000) return false;
        if (point >= 0xD800 && point < 0xDC00) {
            if (rest_.size() < 6 || rest_[0] != '\\' || rest_[1] != 'u') return false;
            rest_.remove_prefix(2);
            const std::uint32_t low = four_digits();
            if (low < 0xDC00 || low >= 0xE000) return false;
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(out_, point);
        return true;
    }

    std::uint32_t four_digits() {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            value = value * 16 + static_cast<std::uint32_t>(hex_digit(rest_[0]));
            rest_.remove_prefix(1);
        }
        return value;
    }

    std::string_view rest_;
    std::string& out_;
};

// Most keys are none of them, and the first letter tells.
std::size_t index_of(std::string_view key, std::span<const std::string_view> keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i].size() != key.size()) continue;
        if (key.empty() || (keys[i].front() == key.front() && keys[i] == key)) return i;
    }
    return keys.size();
}

}  // namespace

JsonScanner::JsonScanner(std::string_view text)
    : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

bool JsonScanner::fault() {
    ok_ = false;
    return false;
}

bool JsonScanner::open(char bracket) {
    skip_space();
    if (!ok_ || at_ == end_ || *at_ != bracket) return fault();
    ++at_;
    first_ = true;
    return true;
}

// Steps over the comma before the next part; false behind the closing bracket.
bool JsonScanner::separate(char bracket) {
    if (!ok_) return false;
    skip_space();
    if (at_ == end_) return fault();
    if (*at_ == bracket) {
        ++at_;
        first_ = false;
        return false;
    }
    if (first_) {
        first_ = false;
        return true;
    }
    if (*at_ != ',') return fault();
    ++at_;
    skip_space();
    return true;
}

bool JsonScanner::next_member(std::string_view& key) {
    if (!separate('}')) return false;
    const char* const start = at_ + 1;
    if (at_ == end_ || *at_ != '"' || !skip_string()) return fault();
    key = {start, static_cast<std::size_t>(at_ - start - 1)};
    return skip_colon() || fault();
}

bool JsonScanner::next_item() {
    return separate(']');
}

ScanKind JsonScanner::peek() {
    skip_space();
    return at_ == end_ ? ScanKind::kAbsent : kind_of(*at_);
}

bool JsonScanner::read(ScanValue& value) {
    if (!ok_) return false;
    skip_space();
    const char* const start = at_;
    if (!skip_value(0)) return fault();
    value = {kind_of(*start), {start, static_cast<std::size_t>(at_ - start)}};
    return true;
}

Result<void> JsonScanner::finish() {
    skip_space();
    if (ok_ && at_ == end_) return {};
    if (too_deep_) {
        return fail(Code::kInvalid, "json.too_deep",
                    "the JSON text is nested deeper than " + std::to_string(kMaxJsonDepth) +
                        " levels; flatten it");
    }
    return fail(Code::kInvalid, "json.malformed",
                "not JSON: unexpected text at byte " + std::to_string(at_ - begin_) +
                    "; send one complete JSON document");
}

bool JsonScanner::skip_value(int depth) {
    skip_space();
    if (at_ == end_) return false;
    if (depth == kMaxJsonDepth) {
        too_deep_ = true;
        return false;
    }
    switch (*at_) {
        case '{':
            return skip_members(depth + 1);
        case '[':
            return skip_items(depth + 1);
        case '"':
            return skip_string();
        case 't':
            return skip_word("true");
        case 'f':
            return skip_word("false");
        case 'n':
            return skip_word("null");
        default:
            return skip_number();
    }
}

bool JsonScanner::skip_colon() {
    skip_space();
    if (at_ == end_ || *at_ != ':') return false;
    ++at_;
    return true;
}

bool JsonScanner::skip_members(int depth) {
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == '}') {
        ++at_;
        return true;
    }
    while (true) {
        skip_space();
        if (at_ == end_ || *at_ != '"' || !skip_string() || !skip_colon()) return false;
        if (!skip_value(depth)) return false;
        skip_space();
        if (at_ == end_ || (*at_ != ',' && *at_ != '}')) return false;
        if (*at_++ == '}') return true;
    }
}

bool JsonScanner::skip_items(int depth) {
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == ']') {
        ++at_;
        return true;
    }
    while (true) {
        if (!skip_value(depth)) return false;
        skip_space();
        if (at_ == end_ || (*at_ != ',' && *at_ != ']')) return false;
        if (*at_++ == ']') return true;
    }
}

// From the opening quote to behind the closing one.
bool JsonScanner::skip_string() {
    ++at_;
    while (true) {
        at_ = find_special(at_, end_);
        if (at_ == end_) return false;
        if (*at_ == '"') {
            ++at_;
            return true;
        }
        if (*at_ != '\\' || !skip_escape()) return false;
    }
}

bool JsonScanner::skip_escape() {
    if (end_ - at_ < 2) return false;
    const char letter = at_[1];
    at_ += 2;
    if (letter != 'u') return letter != '\0' && std::strchr("\"\\/bfnrt", letter) != nullptr;
    for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_ || hex_digit(*at_) < 0) return false;
    }
    return true;
}

bool JsonScanner::skip_digits() {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_))
        ++at_;
    return at_ != start;
}

bool JsonScanner::skip_number() {
    if (*at_ == '-') ++at_;
    const bool zero = at_ != end_ && *at_ == '0';
    const char* const start = at_;
    if (!skip_digits() || (zero && at_ - start > 1)) return false;
    if (at_ != end_ && *at_ == '.') {
        ++at_;
        if (!skip_digits()) return false;
    }
    if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) return true;
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    return skip_digits();
}

bool JsonScanner::skip_word(std::string_view word) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, word.size()) !=
        word) {
        return false;
    }
    at_ += word.size();
    return true;
}

namespace {

// A key as it is meant: without its escapes.
std::string_view key_of(std::string_view written, std::string& decoded) {
    if (written.find('\\') == std::string_view::npos) return written;
    const std::string_view quoted(written.data() - 1, written.size() + 2);
    return string_of({ScanKind::kString, quoted}, decoded).value_or("");
}

}  // namespace

bool JsonScanner::read_object(std::span<const std::string_view> keys, std::span<ScanValue> values,
                              ScanValue& whole, std::optional<std::size_t>& repeated) {
    ALTIS_ASSERT(keys.size() == values.size());
    skip_space();
    const char* const start = at_;
    std::string_view key;
    std::string decoded;
    open_object();
    while (next_member(key)) {
        const std::size_t index = index_of(key_of(key, decoded), keys);
        skip_space();
        const char* const begin = at_;
        if (!skip_value(1)) return fault();
        if (index == keys.size()) continue;
        if (values[index].kind != ScanKind::kAbsent) repeated = index;
        values[index] = {kind_of(*begin), {begin, static_cast<std::size_t>(at_ - begin)}};
    }
    whole = {ScanKind::kObject, {start, static_cast<std::size_t>(at_ - start)}};
    return ok_;
}

Result<void> pick_members(std::string_view object, std::span<const std::string_view> keys,
                          std::span<ScanValue> values) {
    JsonScanner scanner(object);
    ScanValue whole;
    std::optional<std::size_t> repeated;
    scanner.read_object(keys, values, whole, repeated);
    if (repeated) {
        return fail(Code::kInvalid, "json.duplicate_key",
                    "the JSON key '" + std::string(keys[*repeated]) +
                        "' stands twice in one object; send it once");
    }
    return scanner.finish();
}

std::optional<std::string_view> string_of(const ScanValue& value, std::string& decoded) {
    ALTIS_ASSERT(value.is_string() && value.text.size() >= 2);
    const std::string_view inside = value.text.substr(1, value.text.size() - 2);
    if (inside.find('\\') == std::string_view::npos) return inside;
    decoded.clear();
    if (!Unescaper(inside, decoded).run()) return std::nullopt;
    return std::string_view(decoded);
}

}  // namespace altis::codec
