// Members of JSON objects that are left out when they say nothing. For records and answers of this
// room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"

namespace altis::results {

inline void put_text(codec::Json& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.set(key, text);
}

template <class Item>
void put_items(codec::Json& json, std::string_view key, const std::vector<Item>& items) {
    if (items.empty()) return;
    codec::Json list = codec::Json::array();
    for (const Item& item : items)
        list.push(to_json(item));
    json.set(key, std::move(list));
}

inline void put_texts(codec::Json& json, std::string_view key,
                      const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    codec::Json list = codec::Json::array();
    for (const std::string& text : texts)
        list.push(text);
    json.set(key, std::move(list));
}

inline std::string text_of(const codec::Json& json, std::string_view key) {
    return std::string(json[key].as_string());
}

inline std::vector<std::string> texts_of(const codec::Json& json, std::string_view key) {
    std::vector<std::string> texts;
    for (const codec::Json& item : json[key].items())
        texts.emplace_back(item.as_string());
    return texts;
}

}  // namespace altis::results
