#include "codec/xml.h"

#include <cstring>
#include <pugixml.hpp>
#include <utility>

#include "codec/text.h"
#include "codec/xml_check.h"

namespace altis::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr unsigned kParseFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol;

pugi::xml_node node_of(const void* handle) {
    return pugi::xml_node(static_cast<pugi::xml_node_struct*>(const_cast<void*>(handle)));
}

bool is_text(const pugi::xml_node& node) {
    return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// Finds an attribute by a name that need not end in a zero byte.
pugi::xml_attribute attribute_of(const void* handle, std::string_view name) {
    for (const pugi::xml_attribute& attribute : node_of(handle).attributes()) {
        if (attribute.name() == name) return attribute;
    }
    return {};
}

bool has_attribute_twice(const pugi::xml_node& node) {
    for (auto one = node.first_attribute(); one; one = one.next_attribute()) {
        for (auto other = one.next_attribute(); other; other = other.next_attribute()) {
            if (std::strcmp(one.name(), other.name()) == 0) return true;
        }
    }
    return false;
}

// A comment or a child cuts text into pieces; they are joined in the first, where `text` finds
// them.
void join_text(const pugi::xml_node& node) {
    pugi::xml_node first;
    std::string all;
    for (auto child = node.first_child(); child; child = child.next_sibling()) {
        if (!is_text(child)) continue;
        if (first && all.empty()) all = first.value();
        if (first) all += child.value();
        if (!first) first = child;
    }
    if (!all.empty()) first.set_value(all.c_str());
}

// The node after this one in the order of the document, without recursion.
pugi::xml_node next_node(pugi::xml_node node) {
    if (node.first_child()) return node.first_child();
    while (node && !node.next_sibling())
        node = node.parent();
    return node.next_sibling();
}

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "xml.malformed", "the XML cannot be read: " + std::string(what));
}

Result<void> finish_tree(const pugi::xml_node& root) {
    for (pugi::xml_node node = root; node; node = next_node(node)) {
        if (node.type() != pugi::node_element) continue;
        if (has_attribute_twice(node)) {
            return malformed("an element has the same attribute twice");
        }
        join_text(node);
    }
    return {};
}

}  // namespace

std::string_view XmlElement::name() const {
    return node_of(node_).name();
}

std::string_view XmlElement::attribute(std::string_view name) const {
    return attribute_of(node_, name).value();
}

bool XmlElement::has_attribute(std::string_view name) const {
    return static_cast<bool>(attribute_of(node_, name));
}

std::string_view XmlElement::text() const {
    for (const pugi::xml_node& child : node_of(node_).children()) {
        if (is_text(child)) return child.value();
    }
    return {};
}

XmlElement XmlElement::child(std::string_view name) const {
    for (const pugi::xml_node& child : node_of(node_).children()) {
        if (child.name() == name) return XmlElement(child.internal_object());
    }
    return XmlElement(nullptr);
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> found;
    for (const pugi::xml_node& child : node_of(node_).children()) {
        if (!is_text(child)) found.push_back(XmlElement(child.internal_object()));
    }
    return found;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> found;
    for (const pugi::xml_node& child : node_of(node_).children()) {
        if (child.name() == name) found.push_back(XmlElement(child.internal_object()));
    }
    return found;
}

struct XmlDocument::Impl {
    std::string text;  // the tree points into it
    pugi::xml_document document;
};

XmlDocument::XmlDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

XmlElement XmlDocument::root() const {
    return XmlElement(impl_->document.document_element().internal_object());
}

Result<XmlDocument> XmlDocument::parse(std::string_view text, const XmlLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return fail(Code::kTooLarge, "xml.too_large",
                    "the XML is larger than " + std::to_string(limits.max_bytes) + " bytes");
    }
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (!is_utf8(text)) {
        return fail(Code::kInvalid, "xml.not_utf8", "the XML is not valid UTF-8");
    }
    TRY_VOID(check_xml(text, limits));

    auto impl = std::make_unique<Impl>();
    impl->text = text;
    const pugi::xml_parse_result result = impl->document.load_buffer_inplace(
        impl->text.data(), impl->text.size(), kParseFlags, pugi::encoding_utf8);
    if (!result) {
        return malformed(std::string(result.description()) + " at byte " +
                         std::to_string(result.offset));
    }
    TRY_VOID(finish_tree(impl->document.document_element()));
    return XmlDocument(std::move(impl));
}

}  // namespace altis::codec
