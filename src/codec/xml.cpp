#include "codec/xml.h"

#include <utility>

#include "codec/text.h"
#include "codec/xml_tree.h"

namespace altis::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string_view XmlElement::name() const {
    return tree_->nodes[index_].name;
}

std::span<const XmlAttribute> XmlElement::attributes() const {
    if (tree_ == nullptr) return {};
    const XmlTree::Node& node = tree_->nodes[index_];
    return {tree_->attributes.data() + node.first_attribute, node.attribute_count};
}

std::string_view XmlElement::attribute(std::string_view name) const {
    for (const XmlAttribute& attribute : attributes()) {
        if (attribute.name == name) return attribute.value;
    }
    return {};
}

bool XmlElement::has_attribute(std::string_view name) const {
    for (const XmlAttribute& attribute : attributes()) {
        if (attribute.name == name) return true;
    }
    return false;
}

std::string_view XmlElement::text() const {
    return tree_ == nullptr ? std::string_view() : tree_->nodes[index_].text;
}

XmlElement XmlElement::first_child() const {
    if (tree_ == nullptr || !tree_->nodes[index_].has_children) return {};
    return {tree_, index_ + 1};
}

XmlElement XmlElement::next_sibling() const {
    const std::uint32_t next = tree_->nodes[index_].next_sibling;
    if (next == 0) return {};
    return {tree_, next};
}

XmlElement XmlElement::child(std::string_view name) const {
    XmlElement child = first_child();
    while (child && child.name() != name)
        child = child.next_sibling();
    return child;
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> found;
    for (XmlElement child = first_child(); child; child = child.next_sibling())
        found.push_back(child);
    return found;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> found;
    for (XmlElement child = first_child(); child; child = child.next_sibling()) {
        if (child.name() == name) found.push_back(child);
    }
    return found;
}

XmlDocument::XmlDocument(std::unique_ptr<const XmlTree> tree) : tree_(std::move(tree)) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

XmlElement XmlDocument::root() const {
    return {tree_.get(), 0};
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
    auto tree = std::make_unique<XmlTree>();
    tree->source = text;
    TRY_VOID(parse_xml(*tree, limits));
    return XmlDocument(std::move(tree));
}

}  // namespace altis::codec
