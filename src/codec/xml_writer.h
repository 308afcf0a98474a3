// Writing XML: elements one inside the other, escaped, in UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace altis::codec {

// Appends to a text that must outlive it. What is opened must be ended.
class XmlWriter {
  public:
    explicit XmlWriter(std::string& out) : out_(out) {}

    // `<?xml version="1.0" encoding="UTF-8"?>`
    void declaration();

    // Begins an element; `name` must be a name of XML.
    XmlWriter& open(std::string_view name);
    // Of the element that was opened last, before anything is put into it.
    XmlWriter& attribute(std::string_view name, std::string_view value);
    // The same, left out when the value is empty.
    XmlWriter& optional(std::string_view name, std::string_view value);
    XmlWriter& text(std::string_view text);
    // Ends the innermost element.
    void end();
    // An element that holds a text alone; left out when the text is empty.
    void leaf(std::string_view name, std::string_view text);

  private:
    void finish_start();

    std::string& out_;
    std::vector<std::string> names_;
    bool in_start_ = false;  // the start tag still takes attributes
};

}  // namespace altis::codec
