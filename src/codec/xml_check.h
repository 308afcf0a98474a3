// The well-formedness and safety checks that stand before the XML parser. Used by xml.cpp only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "codec/xml.h"

namespace altis::codec {

// What the tree still needs.
struct XmlFindings {
    bool has_text = false;  // somewhere between tags, apart from white space
};

// One pass over the markup, without building anything: refuses what `XmlDocument::parse` promises
// to refuse, before memory is spent on it. What passes has one root and balanced tags within the
// limits, and no attribute twice in an element; names and the match of closing tags are left to the
// parser.
Result<XmlFindings> check_xml(std::string_view text, const XmlLimits& limits);

}  // namespace altis::codec
