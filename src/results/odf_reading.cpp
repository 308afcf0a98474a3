#include "results/odf_reading.h"

#include "base/assert.h"

namespace altis::results::odf {
namespace {

using codec::XmlElement;

constexpr std::size_t kUsualAttributes = 3;  // of an element that is kept

bool says_nothing(std::string_view name, std::string_view value) {
    return value.empty() || (name == "IFRANK" && value == "-");
}

// An empty container is not written back, so nothing can stand before or behind it.
bool is_empty(XmlElement element) {
    if (element.first_child()) return false;
    for (auto a = element.first_attribute(); a; a = a.next()) {
        if (!says_nothing(a.name(), a.value())) return false;
    }
    return true;
}

// Recursion is as deep as the document, at most kMaxOdfDepth.
Element copy_of(XmlElement element) {
    Element copy;
    copy.name = element.name();
    copy.attributes.reserve(kUsualAttributes);
    const bool dashed = element.attribute("Code") == "IFRANK" && element.attribute("Value") == "-";
    for (auto a = element.first_attribute(); a; a = a.next()) {
        if (says_nothing(a.name(), a.value()) || (dashed && a.name() == "Value")) continue;
        copy.attributes.push_back({std::string(a.name()), std::string(a.value())});
    }
    copy.text = element.text();
    for (auto child = element.first_child(); child; child = child.next_sibling())
        copy.children.push_back(copy_of(child));
    return copy;
}

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): see the header
Reading::Reading(XmlElement element) : element_(element) {
    for (auto a = element.first_attribute(); a; a = a.next()) {
        ALTIS_ASSERT(count_ < kMaxOdfAttributes);
        const std::string_view name = a.name();
        const std::string_view value = a.value();
        names_[count_] = {name.data(), name.size()};
        values_[count_] = {value.data(), value.size()};
        ++count_;
    }
}

std::size_t Reading::find(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
        // Many names have four letters; most differ in the first.
        if (*names_[i].data == name.front() && names_[i].view() == name) return i;
    }
    return count_;
}

std::string_view Reading::peek(std::string_view name) const {
    const std::size_t index = find(name);
    return index == count_ ? std::string_view() : values_[index].view();
}

std::string_view Reading::get(std::string_view name) {
    const std::size_t index = find(name);
    if (index == count_) return {};
    read_ |= std::uint64_t{1} << index;
    return values_[index].view();
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
    return !read && !says_nothing(names_[index].view(), values_[index].view());
}

const Reading::Asked* Reading::asked_for(std::string_view name) const {
    for (std::size_t i = 0; i < asked_count_; ++i) {
        if (asked_[i].name == name) return &asked_[i];
    }
    return nullptr;
}

bool Reading::has_rest() const {
    for (std::size_t i = 0; i < count_; ++i) {
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
    for (std::size_t i = 0; i < count_; ++i) {
        if (is_kept(i)) {
            extra.attributes.push_back(
                {std::string(names_[i].view()), std::string(values_[i].view())});
        }
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
