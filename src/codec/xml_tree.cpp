#include "codec/xml_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "codec/text.h"

namespace altis::codec {
namespace {

class CharacterSet {
  public:
    constexpr explicit CharacterSet(std::string_view characters) {
        for (const char c : characters)
            add(static_cast<unsigned char>(c));
    }
    constexpr void add(std::size_t c) { has_[c] = true; }
    constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

    // The first of them from `at` on; there must be one.
    char* find(char* at) const {
        while (!has(*at))
            ++at;
        return at;
    }

  private:
    std::array<bool, 256> has_{};
};

// Characters that XML 1.0 allows, as far as UTF-8 lets them through.
constexpr bool is_xml_character(std::uint32_t c) {
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
    return c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
}

// Names in ASCII are checked; beyond it every character may be in a name.
constexpr CharacterSet kNameStarts = [] {
    CharacterSet set(":_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    for (std::size_t c = 0x80; c < 0x100; ++c)
        set.add(c);
    return set;
}();
constexpr CharacterSet kNameEnds = [] {
    CharacterSet set("");
    for (std::size_t c = 0; c < 0x80; ++c) {
        const char letter = static_cast<char>(c);
        const bool is_inner = (letter >= '0' && letter <= '9') || letter == '-' || letter == '.';
        if (!kNameStarts.has(letter) && !is_inner) set.add(c);
    }
    return set;
}();

// Where something has to be done. All sets hold the zero byte behind the end of the source.
constexpr CharacterSet kTextMarks(std::string_view("<&]\r\0", 5));
constexpr CharacterSet kQuotMarks(std::string_view("\"<&\t\n\r\0", 7));
constexpr CharacterSet kAposMarks(std::string_view("'<&\t\n\r\0", 7));
constexpr CharacterSet kReferenceEnds(std::string_view(";<&\"' \t\r\n\0", 10));

constexpr std::size_t kUsualBytesOfAttribute = 20;  // what is reserved at first
constexpr std::size_t kUsualBytesOfElement = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Position of the first control character, or the size. Eight bytes at a time: whether one of them
// is below 0x20 shows in their top bits after a subtraction without borrow from above.
std::size_t find_control(std::string_view text) {
    constexpr std::uint64_t kEach = 0x0101010101010101ULL;
    const auto is_control = [](char c) { return !is_xml_character(static_cast<unsigned char>(c)); };
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

// Position of the first character that UTF-8 allows and XML does not, or npos.
std::size_t find_forbidden(std::string_view text) {
    const std::size_t control = find_control(text);
    if (control < text.size()) return control;
    for (auto at = text.find("\xEF\xBF"); at != std::string_view::npos;
         at = text.find("\xEF\xBF", at + 1)) {
        if (text[at + 2] == '\xBE' || text[at + 2] == '\xBF') return at;  // U+FFFE, U+FFFF
    }
    return std::string_view::npos;
}

// What "#65" or "#x41" means, in UTF-8; empty when it is no character.
std::string character_of(std::string_view name) {
    const bool hexadecimal = name.starts_with("#x");
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    std::uint32_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value, hexadecimal ? 16 : 10);
    std::string text;
    if (error == std::errc() && end == last && is_xml_character(value)) append_utf8(text, value);
    return text;
}

// The character of a built-in entity; empty for any other name.
std::string built_in(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    for (const auto& [entity, character] : kEntities) {
        if (entity == name) return {character};
    }
    return {};
}

class Parser {
  public:
    Parser(XmlTree& tree, const XmlLimits& limits)
        : tree_(tree), limits_(limits), begin_(tree.source.data()), at_(begin_) {
        tree_.attributes.reserve(tree.source.size() / kUsualBytesOfAttribute);
        tree_.nodes.reserve(tree.source.size() / kUsualBytesOfElement);
    }

    Result<void> run() {
        const std::size_t forbidden = find_forbidden(tree_.source);
        if (forbidden < tree_.source.size()) {
            at_ = begin_ + forbidden;
            return malformed("a character that XML does not have");
        }
        skip_declaration();
        while (*at_ != '\0') {
            if (*at_ == '<') {
                TRY_VOID(take_markup());
            } else {
                TRY_VOID(take_text());
            }
        }
        if (!open_.empty()) return malformed("an element is never closed");
        if (tree_.nodes.empty()) return malformed("there is no element");
        return {};
    }

  private:
    struct Open {
        std::uint32_t node = 0;
        std::uint32_t last_child = 0;   // 0: none yet
        std::string* joined = nullptr;  // its text, when that came in pieces
    };

    tl::unexpected<Error> malformed(std::string_view what) const {
        return fail(Code::kInvalid, "xml.malformed",
                    "the XML cannot be read at byte " + std::to_string(at_ - begin_) + ": " +
                        std::string(what));
    }
    tl::unexpected<Error> refused(std::string_view what) const {
        return fail(Code::kInvalid, "xml.entity_refused",
                    "the XML has " + std::string(what) + " at byte " +
                        std::to_string(at_ - begin_) +
                        "; it is refused for safety, send the document without it");
    }
    static tl::unexpected<Error> too_large(std::string_view what, std::size_t limit) {
        return fail(Code::kTooLarge, "xml.too_large",
                    "the XML has more than " + std::to_string(limit) + " " + std::string(what));
    }

    std::string_view rest() const { return {at_, begin_ + tree_.source.size()}; }

    // `<?xml ... ?>` at the very beginning is the one instruction that is let through.
    void skip_declaration() {
        const std::string_view text = tree_.source;
        if (!text.starts_with("<?xml") || text.size() < 6 || !is_space(text[5])) return;
        const std::size_t end = text.find("?>");
        if (end != std::string_view::npos) at_ = begin_ + end + 2;
    }

    bool skip_space() {
        const char* const from = at_;
        while (is_space(*at_))
            ++at_;
        return at_ != from;
    }

    Result<void> take_text() {
        char* const from = at_;
        skip_space();
        if (*at_ == '<' || *at_ == '\0') return {};  // white space alone
        at_ = from;
        if (open_.empty()) return malformed("text outside of the root element");
        TRY(const std::string_view text, take_characters(kTextMarks, '<'));
        add_text(text);
        return {};
    }

    // Everything up to `end`, where `at_` stands then; line ends and references are resolved in
    // place. Text also ends with the source, a value must not.
    Result<std::string_view> take_characters(const CharacterSet& marks, char end) {
        char* const from = at_;
        at_ = marks.find(at_);
        char* out = at_;
        while (*at_ != end) {
            if (*at_ == '\0' && end == '<') break;
            TRY_VOID(take_mark(out, end == '<'));
            char* const next = marks.find(at_);
            std::memmove(out, at_, static_cast<std::size_t>(next - at_));
            out += next - at_;
            at_ = next;
        }
        return std::string_view(from, static_cast<std::size_t>(out - from));
    }

    // What stands at `at_` and is not the end, written to `out`.
    Result<void> take_mark(char*& out, bool is_text) {
        switch (*at_) {
            case '&':
                return take_reference(out);
            case '<':
                return malformed("a '<' inside a value");
            case '\0':
                return malformed("a quote that is never closed");
            case ']':
                if (rest().starts_with("]]>")) return malformed("a ']]>' that ends nothing");
                *out++ = *at_++;
                return {};
            default:  // white space; in a value all of it is the same
                at_ += at_[0] == '\r' && at_[1] == '\n' ? 2 : 1;
                *out++ = is_text ? '\n' : ' ';
                return {};
        }
    }

    // A reference is longer than what it means.
    Result<void> take_reference(char*& out) {
        char* const end = kReferenceEnds.find(at_ + 1);
        if (*end != ';') return malformed("a '&' that begins no reference");
        const std::string_view name(at_ + 1, end);
        const bool is_number = name.starts_with('#');
        const std::string meaning = is_number ? character_of(name) : built_in(name);
        if (meaning.empty() && is_number) return malformed("a wrong character reference");
        if (meaning.empty()) return refused("an entity");
        out = std::copy(meaning.begin(), meaning.end(), out);
        at_ = end + 1;
        return {};
    }

    // A comment or a child may cut the text of an element into pieces.
    void add_text(std::string_view text) {
        XmlTree::Node& node = tree_.nodes[open_.back().node];
        std::string*& joined = open_.back().joined;
        if (node.text.empty()) {
            node.text = text;
            return;
        }
        if (joined == nullptr) joined = &tree_.joined.emplace_back(node.text);
        joined->append(text);
        node.text = *joined;
    }

    // `at_` stands on a '<'.
    Result<void> take_markup() {
        if (at_[1] == '/') return take_closing_tag();
        if (at_[1] == '?') return refused("a processing instruction");
        if (at_[1] != '!') return take_opening_tag();
        if (rest().starts_with("<!--")) return skip_comment();
        if (rest().starts_with("<![CDATA[")) return take_cdata();
        return refused("a document type declaration");
    }

    Result<void> skip_comment() {
        constexpr std::size_t kOpening = 4;
        const std::size_t end = rest().find("--", kOpening);
        if (end == std::string_view::npos) return malformed("a comment that is never closed");
        if (at_[end + 2] != '>') return malformed("a '--' inside a comment");
        at_ += end + 3;
        return {};
    }

    Result<void> take_cdata() {
        constexpr std::size_t kOpening = 9;
        if (open_.empty()) return malformed("text outside of the root element");
        const std::size_t end = rest().find("]]>", kOpening);
        if (end == std::string_view::npos) return malformed("a CDATA section that is never closed");
        char* const from = at_ + kOpening;
        char* const last = at_ + end;
        char* out = from;
        for (const char* c = from; c != last; ++c) {
            if (*c != '\r') *out++ = *c;
            if (*c == '\r' && c[1] != '\n') *out++ = '\n';
        }
        at_ = last + 3;
        add_text({from, out});
        return {};
    }

    Result<void> take_closing_tag() {
        if (open_.empty()) return malformed("a closing tag without an opening one");
        const std::string_view name = tree_.nodes[open_.back().node].name;
        const bool is_same = rest().substr(2).starts_with(name);
        if (!is_same || !kNameEnds.has(at_[2 + name.size()])) {
            return malformed("a closing tag of another name than the opening one");
        }
        at_ += 2 + name.size();
        skip_space();
        if (*at_ != '>') return malformed("a closing tag that is never closed");
        ++at_;
        open_.pop_back();
        return {};
    }

    Result<void> take_opening_tag() {
        if (open_.empty() && !tree_.nodes.empty()) return malformed("a second root element");
        if (tree_.nodes.size() == limits_.max_elements) {
            return too_large("elements", limits_.max_elements);
        }
        if (open_.size() >= static_cast<std::size_t>(limits_.max_depth)) {
            return fail(
                Code::kInvalid, "xml.too_deep",
                "the XML is nested deeper than " + std::to_string(limits_.max_depth) + " levels");
        }
        ++at_;
        if (!kNameStarts.has(*at_)) return malformed("a tag without a name");
        begin_node(take_name());
        TRY_VOID(take_attributes());
        if (*at_ == '/') {
            if (at_[1] != '>') return malformed("a '/' inside a tag");
            open_.pop_back();
            ++at_;
        }
        ++at_;
        return {};
    }

    std::string_view take_name() {
        char* const from = at_;
        at_ = kNameEnds.find(at_);
        return {from, at_};
    }

    void begin_node(std::string_view name) {
        const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
        if (!open_.empty()) {
            Open& parent = open_.back();
            if (parent.last_child != 0) tree_.nodes[parent.last_child].next_sibling = index;
            parent.last_child = index;
            tree_.nodes[parent.node].has_children = true;
        }
        XmlTree::Node& node = tree_.nodes.emplace_back();
        node.name = name;
        node.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
        open_.push_back({index});
    }

    // Leaves `at_` on the '>' or '/' behind them.
    Result<void> take_attributes() {
        std::uint64_t seen = 0;
        XmlTree::Node& node = tree_.nodes.back();
        while (true) {
            const bool is_apart = skip_space();
            if (*at_ == '>' || *at_ == '/') return {};
            if (*at_ == '\0') return malformed("a tag that is never closed");
            if (!kNameStarts.has(*at_)) return malformed("a tag with more than attributes in it");
            if (!is_apart) return malformed("attributes without white space between them");
            if (node.attribute_count == limits_.max_attributes) {
                return too_large("attributes in one element", limits_.max_attributes);
            }
            const std::string_view name = take_name();
            if (repeats(name, node, seen)) {
                return malformed("an element has the same attribute twice");
            }
            TRY(const std::string_view value, take_value());
            tree_.attributes.push_back({name, value});
            ++node.attribute_count;
        }
    }

    // Names that differ in their ends or length mostly fall on different bits of `seen`, so they
    // are seldom compared.
    bool repeats(std::string_view name, const XmlTree::Node& node, std::uint64_t& seen) const {
        const auto first = static_cast<unsigned char>(name.front());
        const auto last = static_cast<unsigned char>(name.back());
        const std::uint64_t bit = std::uint64_t{1}
                                  << ((first + 7U * last + 29U * name.size()) % 64);
        const bool is_new = (seen & bit) == 0;
        seen |= bit;
        if (is_new) return false;
        const auto begin = tree_.attributes.begin() + node.first_attribute;
        return std::any_of(begin, tree_.attributes.end(),
                           [name](const XmlAttribute& other) { return other.name == name; });
    }

    // The equals sign and the quoted value behind a name.
    Result<std::string_view> take_value() {
        skip_space();
        if (*at_ != '=') return malformed("an attribute without a value");
        ++at_;
        skip_space();
        const char quote = *at_;
        if (quote != '"' && quote != '\'') return malformed("a value without quotes");
        ++at_;
        TRY(const std::string_view value,
            take_characters(quote == '"' ? kQuotMarks : kAposMarks, quote));
        ++at_;
        return value;
    }

    XmlTree& tree_;
    const XmlLimits& limits_;
    char* const begin_;
    char* at_;  // a zero byte stands behind the last one, and nowhere else
    std::vector<Open> open_;
};

}  // namespace

Result<void> parse_xml(XmlTree& tree, const XmlLimits& limits) {
    return Parser(tree, limits).run();
}

}  // namespace altis::codec
