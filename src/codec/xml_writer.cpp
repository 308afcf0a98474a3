#include "codec/xml_writer.h"

#include "base/assert.h"
#include "codec/text.h"

namespace altis::codec {
void XmlWriter::declaration() {
    out_ += R"(<?xml version="1.0" encoding="UTF-8"?>)";
}

void XmlWriter::finish_start() {
    if (in_start_) out_ += '>';
    in_start_ = false;
}

XmlWriter& XmlWriter::open(std::string_view name) {
    finish_start();
    out_ += '<';
    out_ += name;
    names_.emplace_back(name);
    in_start_ = true;
    return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
    ALTIS_ASSERT(in_start_);
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_markup(out_, value, MarkupPlace::kAttribute);
    out_ += '"';
    return *this;
}

XmlWriter& XmlWriter::optional(std::string_view name, std::string_view value) {
    return value.empty() ? *this : attribute(name, value);
}

XmlWriter& XmlWriter::text(std::string_view text) {
    if (text.empty()) return *this;
    finish_start();
    append_markup(out_, text, MarkupPlace::kContent);
    return *this;
}

void XmlWriter::end() {
    ALTIS_ASSERT(!names_.empty());
    if (in_start_) {
        out_ += " />";
        in_start_ = false;
    } else {
        out_ += "</";
        out_ += names_.back();
        out_ += '>';
    }
    names_.pop_back();
}

void XmlWriter::leaf(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    open(name).text(text);
    end();
}

}  // namespace altis::codec
