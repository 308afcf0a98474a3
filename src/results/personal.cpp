#include "results/personal.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::results {
namespace {

using codec::Json;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
    return out;
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
    const std::string text = lower(name);
    if (text.find("birth") != std::string::npos) return true;
    if (text.find("residence") != std::string::npos) return true;
    return std::string_view(text).substr(text.rfind('/') + 1).starts_with("born");
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
    const std::string text = lower(record);
    const bool may_say_it = text.find("birth") != std::string::npos ||
                            text.find("residence") != std::string::npos ||
                            text.find("born") != std::string::npos;
    if (!may_say_it) return std::string(record);
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
