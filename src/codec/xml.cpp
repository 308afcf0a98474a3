#include "codec/xml.h"

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

pugi::xml_attribute attribute_at(const void* handle) {
    return pugi::xml_attribute(static_cast<pugi::xml_attribute_struct*>(const_cast<void*>(handle)));
}

bool is_text(const pugi::xml_node& node) {
    return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// The node itself or the next one behind it that is an element.
pugi::xml_node element_from(pugi::xml_node node) {
    while (node && is_text(node))
        node = node.next_sibling();
    return node;
}

// Finds an attribute by a name that need not end in a zero byte.
pugi::xml_attribute attribute_of(const void* handle, std::string_view name) {
    for (const pugi::xml_attribute& attribute : node_of(handle).attributes()) {
        if (attribute.name() == name) return attribute;
    }
    return {};
}

pugi::xml_node first_text(const pugi::xml_node& parent) {
    pugi::xml_node child = parent.first_child();
    while (child && !is_text(child))
        child = child.next_sibling();
    return child;
}

// A comment or a child cuts text into pieces; they are joined in the first, where `text` finds
// them.
void join_text(pugi::xml_node first) {
    std::string all = first.value();
    const std::size_t alone = all.size();
    for (auto child = first.next_sibling(); child; child = child.next_sibling()) {
        if (is_text(child)) all += child.value();
    }
    if (all.size() > alone) first.set_value(all.c_str());
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

void join_texts(const pugi::xml_node& root) {
    for (pugi::xml_node node = root; node; node = next_node(node)) {
        if (is_text(node) && first_text(node.parent()) == node) join_text(node);
    }
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

std::string_view XmlAttribute::name() const {
    return attribute_at(attribute_).name();
}

std::string_view XmlAttribute::value() const {
    return attribute_at(attribute_).value();
}

XmlAttribute XmlAttribute::next() const {
    return XmlAttribute(attribute_at(attribute_).next_attribute().internal_object());
}

XmlAttribute XmlElement::first_attribute() const {
    return XmlAttribute(node_of(node_).first_attribute().internal_object());
}

std::string_view XmlElement::text() const {
    return first_text(node_of(node_)).value();
}

XmlElement XmlElement::first_child() const {
    return XmlElement(element_from(node_of(node_).first_child()).internal_object());
}

XmlElement XmlElement::next_sibling() const {
    return XmlElement(element_from(node_of(node_).next_sibling()).internal_object());
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
    TRY(const XmlFindings findings, check_xml(text, limits));

    auto impl = std::make_unique<Impl>();
    impl->text = text;
    const pugi::xml_parse_result result = impl->document.load_buffer_inplace(
        impl->text.data(), impl->text.size(), kParseFlags, pugi::encoding_utf8);
    if (!result) {
        return malformed(std::string(result.description()) + " at byte " +
                         std::to_string(result.offset));
    }
    if (findings.has_text) join_texts(impl->document.document_element());
    return XmlDocument(std::move(impl));
}

}  // namespace altis::codec
