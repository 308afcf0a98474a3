#include "codec/xml_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace altis::codec {
namespace {

using CharacterSet = std::array<bool, 256>;

// "#x10FFFF;" has ten; leading zeros are few. Longer names are of entities.
constexpr std::size_t kMaxReferenceBytes = 64;

constexpr std::string_view kSpace = " \t\r\n";

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(kSpace) == std::string_view::npos;
}

// Characters that XML 1.0 allows, as far as UTF-8 lets them through.
constexpr bool is_xml_character(std::uint32_t c) {
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
    return c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
}

constexpr CharacterSet kControls = [] {
    CharacterSet controls{};
    for (std::size_t c = 0; c < 0x20; ++c)
        controls[c] = !is_xml_character(static_cast<char32_t>(c));
    return controls;
}();
constexpr CharacterSet kTagMarks = [] {
    CharacterSet marks{};
    for (const char c : {'"', '\'', '>', '<'})
        marks[static_cast<unsigned char>(c)] = true;
    return marks;
}();

// Where a quoted value may end or go wrong.
constexpr CharacterSet kValueMarks = [] {
    CharacterSet marks{};
    for (const char c : {'"', '\'', '<', '&'})
        marks[static_cast<unsigned char>(c)] = true;
    return marks;
}();

bool is_control(char c) {
    return kControls[static_cast<unsigned char>(c)];
}

bool is_value_mark(char c) {
    return kValueMarks[static_cast<unsigned char>(c)];
}

bool is_tag_mark(char c) {
    return kTagMarks[static_cast<unsigned char>(c)];
}

// Position of the first control character, or the size. Eight bytes at a time: whether one of them
// is below 0x20 shows in their top bits after a subtraction without borrow from above.
std::size_t find_control(std::string_view text) {
    constexpr std::uint64_t kEach = 0x0101010101010101ULL;
    for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
        const std::string_view some = text.substr(at, sizeof(std::uint64_t));
        std::uint64_t word = kEach * ' ';
        std::memcpy(&word, some.data(), some.size());
        if (((word - kEach * 0x20) & ~word & (kEach * 0x80)) == 0) continue;
        const auto found = std::find_if(some.begin(), some.end(), is_control);
        if (found != some.end()) return at + static_cast<std::size_t>(found - some.begin());
    }
    return text.size();
}

// "#65" or "#x41".
bool is_character_reference(std::string_view name) {
    if (!name.starts_with('#')) return false;
    const bool hexadecimal = name.starts_with("#x");
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    std::uint32_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value, hexadecimal ? 16 : 10);
    return error == std::errc() && end == last && is_xml_character(value);
}

bool is_built_in(std::string_view name) {
    constexpr std::array<std::string_view, 5> kNames = {"amp", "lt", "gt", "quot", "apos"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

class Checker {
  public:
    Checker(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

    Result<XmlFindings> run() {
        TRY_VOID(check_characters());
        skip_declaration();
        while (at_ < text_.size()) {
            const std::size_t open = std::min(text_.find('<', at_), text_.size());
            TRY_VOID(check_text(text_.substr(at_, open - at_)));
            at_ = open;
            if (at_ < text_.size()) TRY_VOID(check_markup());
        }
        if (depth_ > 0) return malformed("an element is never closed");
        if (!has_root_) return malformed("there is no element");
        return findings_;
    }

  private:
    tl::unexpected<Error> malformed(std::string_view what) const {
        return fail(
            Code::kInvalid, "xml.malformed",
            "the XML cannot be read at byte " + std::to_string(at_) + ": " + std::string(what));
    }

    tl::unexpected<Error> refused(std::string_view what) const {
        return fail(Code::kInvalid, "xml.entity_refused",
                    "the XML has " + std::string(what) + " at byte " + std::to_string(at_) +
                        "; it is refused for safety, send the document without it");
    }

    tl::unexpected<Error> too_large(std::string_view what, std::size_t limit) const {
        return fail(Code::kTooLarge, "xml.too_large",
                    "the XML has more than " + std::to_string(limit) + " " + std::string(what));
    }

    Result<void> check_characters() {
        const std::size_t found = find_control(text_);
        if (found == text_.size()) return {};
        at_ = found;
        return malformed("a control character");
    }

    // `<?xml ... ?>` at the very beginning is the one instruction that is let through.
    void skip_declaration() {
        if (!text_.starts_with("<?xml") || text_.size() < 6 || !is_space(text_[5])) return;
        const std::size_t end = text_.find("?>");
        if (end != std::string_view::npos) at_ = end + 2;
    }

    Result<void> check_text(std::string_view text) {
        if (is_blank(text)) return {};
        if (depth_ == 0) return malformed("text outside of the root element");
        findings_.has_text = true;
        return check_references(text);
    }

    Result<void> check_references(std::string_view text) {
        for (auto from = text.find('&'); from != std::string_view::npos;
             from = text.find('&', from + 1)) {
            TRY_VOID(check_reference(at_ + from + 1));
        }
        return {};
    }

    // `from` is where the name behind the '&' begins.
    Result<void> check_reference(std::size_t from) const {
        const std::string_view near = text_.substr(from, kMaxReferenceBytes);
        const std::size_t end = near.find_first_of(";<&\"' \t\r\n");
        if (end == std::string_view::npos || near[end] != ';') {
            return malformed("a '&' that begins no reference");
        }
        const std::string_view name = near.substr(0, end);
        if (name.starts_with('#')) {
            if (!is_character_reference(name)) return malformed("a wrong character reference");
        } else if (!is_built_in(name)) {
            return refused("an entity");
        }
        return {};
    }

    // `at_` stands on a '<'.
    Result<void> check_markup() {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("<!--")) return skip_past("<!--", "-->");
        if (rest.starts_with("<![CDATA[")) {
            if (depth_ == 0) return malformed("text outside of the root element");
            findings_.has_text = true;
            return skip_past("<![CDATA[", "]]>");
        }
        if (rest.starts_with("<!")) return refused("a document type declaration");
        if (rest.starts_with("<?")) return refused("a processing instruction");
        if (rest.starts_with("</")) return check_closing_tag();
        return check_opening_tag();
    }

    Result<void> skip_past(std::string_view opening, std::string_view closing) {
        const std::size_t end = text_.find(closing, at_ + opening.size());
        if (end == std::string_view::npos) return malformed("a part that is never closed");
        at_ = end + closing.size();
        return {};
    }

    Result<void> check_closing_tag() {
        if (depth_ == 0) return malformed("a closing tag without an opening one");
        --depth_;
        return skip_past("</", ">");
    }

    Result<void> check_opening_tag() {
        if (depth_ == 0 && has_root_) return malformed("a second root element");
        has_root_ = true;
        if (++elements_ > limits_.max_elements) return too_large("elements", limits_.max_elements);
        if (depth_ >= limits_.max_depth) {
            return fail(
                Code::kInvalid, "xml.too_deep",
                "the XML is nested deeper than " + std::to_string(limits_.max_depth) + " levels");
        }
        ++at_;
        TRY_VOID(check_attributes());  // leaves `at_` on the '>'
        if (text_[at_ - 1] != '/') ++depth_;
        ++at_;
        return {};
    }

    // Goes over the quoted values up to the '>' of the tag.
    Result<void> check_attributes() {
        names_.clear();
        names_seen_ = 0;
        for (std::size_t count = 0;; ++count) {
            const std::size_t begin = at_;
            while (at_ < text_.size() && !is_tag_mark(text_[at_]))
                ++at_;
            if (at_ == text_.size()) return malformed("a tag that is never closed");
            if (text_[at_] == '>') return {};
            if (text_[at_] == '<') return malformed("a '<' inside a tag");
            if (count == limits_.max_attributes) {
                return too_large("attributes in one element", limits_.max_attributes);
            }
            if (repeats(name_in(text_.substr(begin, at_ - begin)))) {
                return malformed("an element has the same attribute twice");
            }
            TRY_VOID(check_attribute_value());
        }
    }

    // The last word before the '=': "OdfBody Version = " is "Version".
    static std::string_view name_in(std::string_view before_quote) {
        std::size_t end = before_quote.size();
        while (end > 0 && (before_quote[end - 1] == '=' || is_space(before_quote[end - 1])))
            --end;
        std::size_t begin = end;
        while (begin > 0 && !is_space(before_quote[begin - 1]))
            --begin;
        return before_quote.substr(begin, end - begin);
    }

    // Names that differ in their ends or length mostly fall on different bits, so they are
    // seldom compared.
    bool repeats(std::string_view name) {
        if (name.empty()) return false;  // the parser refuses it
        const auto first = static_cast<unsigned char>(name.front());
        const auto last = static_cast<unsigned char>(name.back());
        const std::uint64_t bit = std::uint64_t{1}
                                  << ((first + 7U * last + 29U * name.size()) % 64);
        if ((names_seen_ & bit) != 0 &&
            std::find(names_.begin(), names_.end(), name) != names_.end()) {
            return true;
        }
        names_seen_ |= bit;
        names_.push_back(name);
        return false;
    }

    // `at_` stands on the opening quote. Values are short, so one loop beats several searches.
    Result<void> check_attribute_value() {
        const char quote = text_[at_];
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (!is_value_mark(c)) continue;
            if (c == quote) {
                ++at_;
                return {};
            }
            if (c == '<') return malformed("a '<' inside a value");
            if (c == '&') TRY_VOID(check_reference(at_ + 1));
        }
        return malformed("a quote that is never closed");
    }

    std::string_view text_;
    const XmlLimits& limits_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::size_t elements_ = 0;
    bool has_root_ = false;
    XmlFindings findings_;
    std::vector<std::string_view> names_;  // of the attributes of one element
    std::uint64_t names_seen_ = 0;
};

}  // namespace

Result<XmlFindings> check_xml(std::string_view text, const XmlLimits& limits) {
    return Checker(text, limits).run();
}

}  // namespace altis::codec
