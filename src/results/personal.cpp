#include "results/personal.h"

#include <algorithm>
#include <initializer_list>

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

// Whether one of the words, which begin with b or r, is in it, in any case. In one pass without a
// copy: every fact that is published is searched.
bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char first = lower(text[at]);
        if (first != 'b' && first != 'r') continue;
        const std::string_view rest = text.substr(at);
        const auto begins = [rest](std::string_view word) { return begins_with(rest, word); };
        if (std::ranges::any_of(words, begins)) return true;
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
    return has_any(name, {"birth", "residence"}) ||
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
    if (!has_any(record, {"birth", "residence", "born"})) return std::string(record);
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
