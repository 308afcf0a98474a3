// XML documents read into a small tree. Entities other than the five built-in ones and character
// references, DTDs, and processing instructions other than the XML declaration are refused, so an
// entity bomb cannot be written down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::codec {

struct XmlLimits {
    std::size_t max_bytes = 20U << 20;
    int max_depth = 16;                    // levels of elements; the root is level 1
    std::size_t max_elements = 1'000'000;  // bounds the memory of the tree (about 100 MB)
    std::size_t max_attributes = 256;      // of one element
};

struct XmlAttribute {
    std::string_view name;   // with its prefix, as written
    std::string_view value;  // references resolved, white space as spaces
};

struct XmlTree;

// One element. Copyable handle into its document, which must outlive it and all it gives.
class XmlElement {
  public:
    explicit operator bool() const { return tree_ != nullptr; }
    std::string_view name() const;  // with its prefix, as written
    // Value of an attribute; empty when absent (ODF: an empty attribute is an absent one).
    std::string_view attribute(std::string_view name) const;
    bool has_attribute(std::string_view name) const;
    std::span<const XmlAttribute> attributes() const;  // in the order of the document
    // Text directly inside, its pieces joined, CDATA included; empty if none. A piece of white
    // space alone counts as none.
    std::string_view text() const;
    // First child element of that name; a false handle when there is none.
    XmlElement child(std::string_view name) const;
    // All child elements: `for (auto c = e.first_child(); c; c = c.next_sibling())`.
    XmlElement first_child() const;
    XmlElement next_sibling() const;
    std::vector<XmlElement> children() const;
    std::vector<XmlElement> children(std::string_view name) const;

  private:
    friend class XmlDocument;
    XmlElement() = default;
    XmlElement(const XmlTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

    const XmlTree* tree_ = nullptr;
    std::uint32_t index_ = 0;
};

// A parsed document; owns all memory its elements point to. Movable.
class XmlDocument {
  public:
    // Fails with "xml.malformed" (names the byte), "xml.too_large" (bytes, elements or attributes),
    // "xml.too_deep", "xml.entity_refused" (DTD, entity or processing instruction) or
    // "xml.not_utf8". The text must be UTF-8 whatever its declaration says; a byte order mark is
    // skipped.
    static Result<XmlDocument> parse(std::string_view text, const XmlLimits& limits = {});

    XmlElement root() const;

    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;
    ~XmlDocument();

  private:
    explicit XmlDocument(std::unique_ptr<const XmlTree> tree);
    std::unique_ptr<const XmlTree> tree_;
};

}  // namespace altis::codec
