// Fuzzes codec/xml.h: no input may stop the process, and what is well formed is decided and read as
// expat does, as far as both promise the same: in ASCII, without declarations.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expat.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "codec/xml.h"

namespace {

using altis::codec::XmlDocument;
using altis::codec::XmlElement;

struct Outline {
    std::string name;
    std::vector<std::string> attributes;  // name, value, name, value ...
    std::string text;                     // of the element itself, without white space
    std::vector<Outline> children;
    friend bool operator==(const Outline&, const Outline&) = default;
};

void append_dark(std::string& out, std::string_view text) {
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
}

Outline outline_of(XmlElement element) {
    Outline outline;
    outline.name = element.name();
    for (const auto& attribute : element.attributes()) {
        outline.attributes.emplace_back(attribute.name);
        outline.attributes.emplace_back(attribute.value);
    }
    append_dark(outline.text, element.text());
    for (auto child = element.first_child(); child; child = child.next_sibling())
        outline.children.push_back(outline_of(child));
    return outline;
}

// The root's outline as expat reads it; false when it refuses the text.
class Expat {
  public:
    explicit Expat(std::string_view text) : open_(1) {
        XML_Parser parser = XML_ParserCreate("UTF-8");
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, begin, end);
        XML_SetCharacterDataHandler(parser, characters);
        accepted = XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) != 0;
        XML_ParserFree(parser);
    }

    const Outline& root() const { return open_.front().children.front(); }
    bool accepted = false;

  private:
    static void begin(void* self, const char* name, const char** attributes) {
        Outline& outline = static_cast<Expat*>(self)->open_.emplace_back();
        outline.name = name;
        for (; *attributes != nullptr; ++attributes)
            outline.attributes.emplace_back(*attributes);
    }
    static void end(void* self, const char*) {
        auto& open = static_cast<Expat*>(self)->open_;
        Outline done = std::move(open.back());
        open.pop_back();
        open.back().children.push_back(std::move(done));
    }
    static void characters(void* self, const char* text, int size) {
        append_dark(static_cast<Expat*>(self)->open_.back().text,
                    {text, static_cast<std::size_t>(size)});
    }

    std::vector<Outline> open_;  // the first holds the root
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = XmlDocument::parse(text);
    if (!document && document.error().reason != "xml.malformed") return 0;
    const bool is_ascii = std::all_of(data, data + size, [](std::uint8_t c) { return c < 0x80; });
    if (!is_ascii || text.starts_with("<?xml")) return 0;
    const Expat expat(text);
    ALTIS_ASSERT(expat.accepted == document.has_value());
    if (document) ALTIS_ASSERT(outline_of(document->root()) == expat.root());
    return 0;
}
