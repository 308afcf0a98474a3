#include "results/personal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/assert.h"

namespace altis::results {
namespace {

using codec::Json;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::ranges::equal(text.substr(0, word.size()), word, {}, lower);
}

// Every fact that is published is searched for these.
constexpr std::array<std::string_view, 3> kPersonalWords = {"birth", "residence", "born"};

bool begins_with_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](auto word) { return begins_with(text, word); });
}

#ifdef __SSE2__
// A bit for each of 16 places where one of the words may begin, by its first two letters in any
// case. Reads 17 bytes.
unsigned beginnings(const char* at) {
    const __m128i case_bit = _mm_set1_epi8(0x20);
    const auto load = [case_bit](const char* from) {
        return _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), case_bit);
    };
    const auto is = [](__m128i bytes, char letter) {
        return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(letter));
    };
    const __m128i first = load(at);
    const __m128i second = load(at + 1);
    const __m128i b = _mm_and_si128(is(first, 'b'), _mm_or_si128(is(second, 'i'), is(second, 'o')));
    const __m128i r = _mm_and_si128(is(first, 'r'), is(second, 'e'));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(b, r)));
}
#endif

// Whether one of the words, which are of kPersonalWords, is in it, in any case.
bool has_any(std::string_view text, std::span<const std::string_view> words) {
    std::size_t at = 0;
#ifdef __SSE2__
    constexpr std::size_t kStep = 16;
    for (; at + kStep < text.size(); at += kStep) {
        for (unsigned bits = beginnings(text.data() + at); bits != 0; bits &= bits - 1) {
            const auto place = at + static_cast<std::size_t>(std::countr_zero(bits));
            if (begins_with_any(text.substr(place), words)) return true;
        }
    }
#endif
    for (; at < text.size(); ++at) {
        if (begins_with_any(text.substr(at), words)) return true;
    }
    return false;
}

// An element of a document among extras: its name, its attributes, its text and what is in it.
bool is_personal_element(const Json& json) {
    const auto& items = json.items();
    return items.size() > 1 && items[0].is_string() && items[1].is_object() &&
           is_personal(items[0].as_string());
}

// The same with its place before it.
bool is_personal_placed(const Json& json) {
    const auto& items = json.items();
    return items.size() == 2 && items[0].is_number() && is_personal_element(items[1]);
}

// What our own to_json wrote can be read back.
template <class Read>
auto read_back(const Json& json, Read read) {
    auto value = read(without_personal(json));
    ALTIS_ASSERT(value.has_value());
    return *std::move(value);
}

}  // namespace

bool is_personal(std::string_view name) {
    return has_any(name, std::span(kPersonalWords).first(2)) ||
           begins_with(name.substr(name.rfind('/') + 1), "born");
}

Json without_personal(const Json& json) {
    if (json.is_array()) {
        Json items = Json::array();
        for (const Json& item : json.items()) {
            if (is_personal_element(item) || is_personal_placed(item)) continue;
            items.push(without_personal(item));
        }
        return items;
    }
    if (!json.is_object()) return json;
    codec::JsonObject members;
    members.reserve(json.members().size());
    for (const auto& [name, value] : json.members()) {
        if (!is_personal(name)) members.emplace_back(name, without_personal(value));
    }
    return members;
}

std::string without_personal_text(std::string_view record) {
    // Most records say nothing personal; those need not be parsed.
    if (!has_any(record, kPersonalWords)) return std::string(record);
    const auto json = codec::parse_json(record);
    ALTIS_ASSERT(json.has_value());
    Json left = without_personal(*json);
    return left == *json ? std::string(record) : left.to_string();
}

Unit without_personal(const Unit& unit) {
    return read_back(to_json(unit), unit_from);
}

Publication without_personal(const Publication& publication) {
    return read_back(to_json(publication), publication_from);
}

Entrant without_personal(const Entrant& entrant) {
    return read_back(to_json(entrant), entrant_from);
}

Biography without_personal(const Biography& biography, std::string_view birth_date) {
    Biography left = biography;
    std::erase_if(left.fields, [birth_date](const BiographyField& field) {
        return is_personal(field.name) ||
               (!birth_date.empty() && field.text.find(birth_date) != std::string::npos);
    });
    return left;
}

}  // namespace altis::results
