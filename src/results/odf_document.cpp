#include "results/odf_document.h"

#include "results/odf_lines.h"

namespace altis::results {
namespace {

using codec::XmlElement;

constexpr std::string_view kEnglish = "ENG";
constexpr Duration kMaxAhead = days(1);  // a venue's clock is at most 14 hours ahead of UTC

bool has_form(std::string_view text, std::string_view form) {
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '-' ? text[i] != '-' : !digit) return false;
    }
    return true;
}

Result<std::string> require_form(XmlElement body, std::string_view name, std::string_view form) {
    TRY(std::string text, require_odf_text(body, name));
    if (!has_form(text, form)) {
        return odf::malformed(name, text, "has the form " + std::string(form));
    }
    return text;
}

}  // namespace

std::string OdfHeader::edition() const {
    std::string edition = competition_code;
    for (char& c : edition) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return edition;
}

std::string competition_code_of(std::string_view edition) {
    std::string code(edition);
    for (char& c : code) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return code;
}

std::string_view peek_odf_type(std::string_view xml) {
    constexpr std::string_view kName = "DocumentType";
    const std::string_view head = xml.substr(0, kMaxOdfTypePeekBytes);
    const std::size_t name = head.find(kName);
    if (name == std::string_view::npos) return {};
    const std::size_t open = head.find_first_not_of(" \t\r\n=", name + kName.size());
    if (open == std::string_view::npos || (head[open] != '"' && head[open] != '\'')) return {};
    const std::size_t close = head.find(head[open], open + 1);
    if (close == std::string_view::npos) return {};
    return head.substr(open + 1, close - open - 1);
}

Result<codec::XmlDocument> parse_odf_xml(std::string_view xml) {
    const codec::XmlLimits limits{
        .max_bytes = kMaxOdfBytes, .max_depth = kMaxOdfDepth, .max_attributes = kMaxOdfAttributes};
    TRY(codec::XmlDocument document, codec::XmlDocument::parse(xml, limits));
    const std::string_view root = document.root().name();
    if (root != "OdfBody") {
        return fail(Code::kInvalid, "odf.not_odf",
                    "the root element is " + odf::quoted(root) + "; ODF begins with OdfBody");
    }
    return document;
}

Result<std::string> read_odf_text(XmlElement element, std::string_view attribute) {
    const std::string_view text = element.attribute(attribute);
    if (text.size() > kMaxOdfTextBytes) {
        return odf::too_large(attribute, kMaxOdfTextBytes, "bytes");
    }
    return std::string(text);
}

Result<std::string> require_odf_text(XmlElement element, std::string_view attribute) {
    TRY(std::string text, read_odf_text(element, attribute));
    if (text.empty()) return odf::missing(attribute);
    return text;
}

Result<OdfHeader> read_odf_header(XmlElement body) {
    OdfHeader header;
    TRY(header.type, require_odf_text(body, "DocumentType"));
    TRY(header.competition_code, require_odf_text(body, "CompetitionCode"));
    TRY(header.document_code, require_odf_text(body, "DocumentCode"));
    TRY(header.document_subcode, read_odf_text(body, "DocumentSubcode"));
    TRY(header.subtype, read_odf_text(body, "DocumentSubtype"));
    TRY(header.language, read_odf_text(body, "Language"));
    if (header.language.empty()) header.language = kEnglish;
    TRY(const std::string version, require_odf_text(body, "Version"));
    const auto number = odf::parse_count(version);
    if (!number) return odf::malformed("Version", version, "is a whole number from 1");
    header.version = *number;
    const std::string_view flag = body.attribute("FeedFlag");
    if (flag.empty()) return odf::missing("FeedFlag");
    if (flag != "P" && flag != "T") return odf::malformed("FeedFlag", flag, "is P or T");
    header.feed_flag = flag.front();
    TRY(header.date, require_form(body, "Date", "YYYY-MM-DD"));
    TRY(header.time, require_form(body, "Time", "hhmmssfff"));
    TRY(header.logical_date, require_form(body, "LogicalDate", "YYYY-MM-DD"));
    TRY(header.source, require_odf_text(body, "Source"));
    header.has_competition = static_cast<bool>(body.child("Competition"));
    return header;
}

void open_odf_body(codec::XmlWriter& xml, const OdfHeader& header) {
    xml.declaration();
    xml.open("OdfBody")
        .attribute("CompetitionCode", header.competition_code)
        .attribute("DocumentCode", header.document_code)
        .optional("DocumentSubcode", header.document_subcode)
        .attribute("DocumentType", header.type)
        .optional("DocumentSubtype", header.subtype)
        .attribute("Version", std::to_string(header.version))
        .optional("Language", header.language == kEnglish ? "" : header.language)
        .attribute("FeedFlag", std::string_view(&header.feed_flag, 1))
        .attribute("Date", header.date)
        .attribute("Time", header.time)
        .attribute("LogicalDate", header.logical_date)
        .attribute("Source", header.source);
}

Result<void> check_odf_header(const OdfHeader& header, Time now) {
    if (header.feed_flag != 'P') {
        return fail(Code::kInvalid, "results.test_feed",
                    "the message has FeedFlag T; only production messages (P) are taken");
    }
    TRY(const Time date, parse_rfc3339(header.date));
    if (date > now + kMaxAhead) {
        return fail(Code::kInvalid, "results.from_the_future",
                    "the message is dated " + header.date + ", over a day ahead of the clock " +
                        format_rfc3339(now) + "; correct the sender's or this machine's clock");
    }
    return {};
}

}  // namespace altis::results
