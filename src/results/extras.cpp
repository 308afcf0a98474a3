#include "results/extras.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"

namespace altis::results {
namespace {

using codec::Json;
using codec::JsonScanner;
using codec::ScanValue;

// ---- writing ------------------------------------------------------------------------------------

template <class Items, class Append>
void append_list(std::string& out, const Items& items, Append append) {
    char before = '[';
    for (const auto& item : items) {
        out.push_back(before);
        append(out, item);
        before = ',';
    }
    out += items.empty() ? "[]" : "]";
}

void append_attributes(std::string& out, const std::vector<Attribute>& attributes) {
    char before = '{';
    for (const Attribute& attribute : attributes) {
        out.push_back(before);
        codec::append_json_string(out, attribute.name);
        out.push_back(':');
        codec::append_json_string(out, attribute.value);
        before = ',';
    }
    out += attributes.empty() ? "{}" : "}";
}

// Depth is that of the document, which its reader limits.
void append_element(std::string& out, const Element& element) {
    out.push_back('[');
    codec::append_json_string(out, element.name);
    out.push_back(',');
    append_attributes(out, element.attributes);
    out.push_back(',');
    codec::append_json_string(out, element.text);
    for (const Element& child : element.children) {
        out.push_back(',');
        append_element(out, child);
    }
    out.push_back(']');
}

void append_placed(std::string& out, const PlacedElement& placed) {
    out.append("[").append(std::to_string(placed.place)).append(",");
    append_element(out, placed.element);
    out.push_back(']');
}

void append_extra(std::string& out, const Extra& extra) {
    out.push_back('[');
    codec::append_json_string(out, extra.path);
    out.push_back(',');
    append_attributes(out, extra.attributes);
    out.push_back(',');
    append_list(out, extra.elements, append_placed);
    out.push_back(']');
}

// ---- reading ------------------------------------------------------------------------------------

bool read_text(const ScanValue& value, std::string& text) {
    std::string decoded;
    if (!value.is_string()) return false;
    const auto read = codec::string_of(value, decoded);
    if (read) text = *read;
    return read.has_value();
}

bool next_text(JsonScanner& in, std::string& text) {
    ScanValue value;
    return in.next_item() && in.read(value) && read_text(value, text);
}

bool read_attributes(JsonScanner& in, std::vector<Attribute>& attributes) {
    if (!in.open_object()) return false;
    std::string_view key;
    while (in.next_member(key)) {
        Attribute& attribute = attributes.emplace_back();
        const std::string_view quoted(key.data() - 1, key.size() + 2);
        ScanValue value;
        if (!read_text({codec::ScanKind::kString, quoted}, attribute.name)) return false;
        if (!in.read(value) || !read_text(value, attribute.value)) return false;
    }
    return in.ok();
}

bool read_element(JsonScanner& in, Element& element, int depth) {
    if (depth == codec::kMaxJsonDepth || !in.open_array()) return false;
    if (!next_text(in, element.name) || !in.next_item()) return false;
    if (!read_attributes(in, element.attributes) || !next_text(in, element.text)) return false;
    while (in.next_item()) {
        if (!read_element(in, element.children.emplace_back(), depth + 1)) return false;
    }
    return in.ok();
}

bool read_placed(JsonScanner& in, PlacedElement& placed) {
    ScanValue place;
    if (!in.open_array() || !in.next_item() || !in.read(place)) return false;
    const char* const end = place.text.data() + place.text.size();
    const auto [at, error] = std::from_chars(place.text.data(), end, placed.place);
    if (error != std::errc() || at != end) return false;
    return in.next_item() && read_element(in, placed.element, 0) && !in.next_item() && in.ok();
}

bool read_extra(JsonScanner& in, Extra& extra) {
    if (!in.open_array() || !next_text(in, extra.path) || !in.next_item()) return false;
    if (!read_attributes(in, extra.attributes) || !in.next_item() || !in.open_array()) return false;
    while (in.next_item()) {
        if (!read_placed(in, extra.elements.emplace_back())) return false;
    }
    return !in.next_item() && in.ok();
}

}  // namespace

bool mentions(const Extras& extras, std::string_view path) {
    return std::any_of(extras.begin(), extras.end(), [path](const Extra& extra) {
        if (!std::string_view(extra.path).starts_with(path)) return false;
        return extra.path.size() == path.size() || extra.path[path.size()] == '/' ||
               extra.path[path.size()] == ':';
    });
}

void append_json(std::string& out, const Extras& extras) {
    append_list(out, extras, append_extra);
}

bool read_json(JsonScanner& in, Extras& extras) {
    extras.clear();
    if (!in.open_array()) return false;
    while (in.next_item()) {
        if (!read_extra(in, extras.emplace_back())) return false;
    }
    return in.ok();
}

Json to_json(const Extras& extras) {
    std::string text;
    append_json(text, extras);
    auto json = codec::parse_json(text);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

Result<Extras> extras_from(const Json& json) {
    Extras extras;
    if (json.is_null()) return extras;
    const std::string text = json.to_string();
    JsonScanner in(text);
    if (read_json(in, extras)) return extras;
    return fail(Code::kCorrupt, "results.record_malformed",
                "a record of the results room has no valid extras; verify the journal");
}

}  // namespace altis::results
