#include "results/odf_reading.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::results::odf {
namespace {

using codec::XmlAttribute;
using codec::XmlElement;

constexpr std::size_t kUsualAttributes = 3;  // of an element that is kept

bool says_nothing(const XmlAttribute& attribute) {
    return attribute.value.empty() || (attribute.name == "IFRANK" && attribute.value == "-");
}

Attribute copy_of(const XmlAttribute& attribute) {
    return {std::string(attribute.name), std::string(attribute.value)};
}

// An empty container is not written back, so nothing can stand before or behind it.
bool is_empty(XmlElement element) {
    if (element.first_child()) return false;
    return std::ranges::all_of(element.attributes(), says_nothing);
}

// Recursion is as deep as the document, at most kMaxOdfDepth.
Element copy_of(XmlElement element) {
    Element copy;
    copy.name = element.name();
    copy.attributes.reserve(kUsualAttributes);
    const bool dashed = element.attribute("Code") == "IFRANK" && element.attribute("Value") == "-";
    for (const XmlAttribute& attribute : element.attributes()) {
        if (says_nothing(attribute) || (dashed && attribute.name == "Value")) continue;
        copy.attributes.push_back(copy_of(attribute));
    }
    copy.text = element.text();
    for (auto child = element.first_child(); child; child = child.next_sibling())
        copy.children.push_back(copy_of(child));
    return copy;
}

}  // namespace

Reading::Reading(XmlElement element) : element_(element), attributes_(element.attributes()) {
    ALTIS_ASSERT(attributes_.size() <= kMaxOdfAttributes);
}

std::size_t Reading::find(std::string_view name) const {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
        // Many names have four letters; most differ in the first.
        const std::string_view other = attributes_[i].name;
        if (other.front() == name.front() && other == name) return i;
    }
    return attributes_.size();
}

std::string_view Reading::peek(std::string_view name) const {
    const std::size_t index = find(name);
    return index == attributes_.size() ? std::string_view() : attributes_[index].value;
}

std::string_view Reading::get(std::string_view name) {
    const std::size_t index = find(name);
    if (index == attributes_.size()) return {};
    read_ |= std::uint64_t{1} << index;
    return attributes_[index].value;
}

void Reading::ignore(std::string_view name, std::string_view value) {
    if (peek(name) == value) get(name);
}

XmlElement Reading::child(std::string_view name) {
    ALTIS_ASSERT(asked_count_ < asked_.size());
    asked_[asked_count_++] = {name, false};
    return element_.child(name);
}

std::vector<XmlElement> Reading::children(std::string_view name) {
    ALTIS_ASSERT(asked_count_ < asked_.size());
    asked_[asked_count_++] = {name, true};
    return element_.children(name);
}

bool Reading::is_kept(std::size_t index) const {
    const bool read = (read_ >> index & 1) != 0;
    return !read && !says_nothing(attributes_[index]);
}

const Reading::Asked* Reading::asked_for(std::string_view name) const {
    for (std::size_t i = 0; i < asked_count_; ++i) {
        if (asked_[i].name == name) return &asked_[i];
    }
    return nullptr;
}

bool Reading::has_rest() const {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
        if (is_kept(i)) return true;
    }
    std::uint64_t met = 0;
    for (auto child = element_.first_child(); child; child = child.next_sibling()) {
        const Asked* asked = asked_for(child.name());
        if (asked == nullptr) return true;
        if (asked->all) continue;
        const std::uint64_t bit = std::uint64_t{1} << (asked - asked_.data());
        if ((met & bit) != 0) return true;
        met |= bit;
    }
    return false;
}

void Reading::keep_rest(Extras& extras, std::string path) const {
    Extra& extra = extras.emplace_back();
    extra.path = std::move(path);
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
        if (is_kept(i)) extra.attributes.push_back(copy_of(attributes_[i]));
    }
    std::uint64_t met = 0;
    std::size_t place = 0;
    for (auto child = element_.first_child(); child; child = child.next_sibling()) {
        const Asked* asked = asked_for(child.name());
        const std::uint64_t bit =
            asked == nullptr ? 0 : std::uint64_t{1} << (asked - asked_.data());
        if (asked == nullptr || (!asked->all && (met & bit) != 0)) {
            extra.elements.push_back({place, copy_of(child)});
        } else if (asked->all || !is_empty(child)) {
            ++place;
        }
        met |= bit;
    }
}

}  // namespace altis::results::odf
