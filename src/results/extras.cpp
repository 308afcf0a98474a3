#include "results/extras.h"

#include <algorithm>

namespace altis::results {
namespace {

using codec::Json;

tl::unexpected<Error> malformed() {
    return fail(Code::kCorrupt, "results.record_malformed",
                "a record of the results room has no valid extras; verify the journal");
}

Json attributes_json(const std::vector<Attribute>& attributes) {
    codec::JsonObject members;
    members.reserve(attributes.size());
    for (const Attribute& attribute : attributes)
        members.emplace_back(attribute.name, attribute.value);
    return members;
}

std::vector<Attribute> attributes_from(const Json& json) {
    std::vector<Attribute> attributes;
    for (const auto& [name, value] : json.members())
        attributes.push_back({name, std::string(value.as_string())});
    return attributes;
}

// Depth is that of the document, which its reader limits.
Json element_json(const Element& element) {
    Json json = Json::array({element.name, attributes_json(element.attributes), element.text});
    for (const Element& child : element.children)
        json.push(element_json(child));
    return json;
}

Result<Element> element_from(const Json& json) {
    constexpr std::size_t kHead = 3;
    const auto& items = json.items();
    if (items.size() < kHead) return malformed();
    Element element{std::string(items[0].as_string()),
                    attributes_from(items[1]),
                    std::string(items[2].as_string()),
                    {}};
    for (std::size_t i = kHead; i < items.size(); ++i) {
        TRY(Element child, element_from(items[i]));
        element.children.push_back(std::move(child));
    }
    return element;
}

Result<PlacedElement> placed_from(const Json& json) {
    if (json.items().size() != 2 || json.items()[0].as_int(-1) < 0) return malformed();
    TRY(Element element, element_from(json.items()[1]));
    return PlacedElement{static_cast<std::size_t>(json.items()[0].as_int()), std::move(element)};
}

Result<Extra> extra_from(const Json& json) {
    const auto& items = json.items();
    if (items.size() != 3) return malformed();
    Extra extra{std::string(items[0].as_string()), attributes_from(items[1]), {}};
    for (const Json& item : items[2].items()) {
        TRY(PlacedElement placed, placed_from(item));
        extra.elements.push_back(std::move(placed));
    }
    return extra;
}

}  // namespace

bool mentions(const Extras& extras, std::string_view path) {
    return std::any_of(extras.begin(), extras.end(), [path](const Extra& extra) {
        if (!std::string_view(extra.path).starts_with(path)) return false;
        return extra.path.size() == path.size() || extra.path[path.size()] == '/' ||
               extra.path[path.size()] == ':';
    });
}

Json to_json(const Extras& extras) {
    Json list = Json::array();
    for (const Extra& extra : extras) {
        Json elements = Json::array();
        for (const PlacedElement& placed : extra.elements) {
            elements.push(Json::array(
                {static_cast<std::uint64_t>(placed.place), element_json(placed.element)}));
        }
        list.push(
            Json::array({extra.path, attributes_json(extra.attributes), std::move(elements)}));
    }
    return list;
}

Result<Extras> extras_from(const Json& json) {
    Extras extras;
    for (const Json& item : json.items()) {
        TRY(Extra extra, extra_from(item));
        extras.push_back(std::move(extra));
    }
    return extras;
}

}  // namespace altis::results
