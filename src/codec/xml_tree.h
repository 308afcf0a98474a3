// The tree behind codec/xml.h, and the parser that fills it. Used by xml*.cpp alone.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/xml.h"

namespace altis::codec {

// Names and texts are views into `source`, where references are resolved in place.
struct XmlTree {
    struct Node {
        std::string_view name;
        std::string_view text;
        std::uint32_t first_attribute = 0;
        std::uint32_t attribute_count = 0;
        std::uint32_t next_sibling = 0;  // 0: none
        bool has_children = false;       // the first is the next node
    };

    std::string source;
    std::vector<Node> nodes;  // in the order of the document
    std::vector<XmlAttribute> attributes;
    std::deque<std::string> joined;  // texts that markup cut into pieces
};

// Fills a tree from its `source`, which is UTF-8, in one pass. Fails as XmlDocument::parse does.
Result<void> parse_xml(XmlTree& tree, const XmlLimits& limits);

}  // namespace altis::codec
