#include "results/odf.h"

#include <array>

#include "codec/xml.h"
#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results {
namespace {

using codec::XmlElement;
using odf::Reading;

constexpr std::array<std::string_view, 3> kTypeNames = {"DT_RESULT", "DT_SCHEDULE",
                                                        "DT_SCHEDULE_UPDATE"};

Result<OdfType> read_type(std::string_view name) {
    for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
        if (kTypeNames[i] == name) return static_cast<OdfType>(i);
    }
    return fail(Code::kInvalid, "odf.type_unsupported",
                "DocumentType " + odf::quoted(name) +
                    " is not read; send DT_RESULT, DT_SCHEDULE or DT_SCHEDULE_UPDATE");
}

Result<std::string> require_digits(Reading& body, std::string_view name, std::string_view form) {
    TRY(const std::string_view text, odf::require(body, name));
    bool matches = text.size() == form.size();
    for (std::size_t i = 0; matches && i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        matches = form[i] == '-' ? text[i] == '-' : digit;
    }
    if (!matches) return odf::malformed(name, text, "has the form " + std::string(form));
    return std::string(text);
}

Result<std::int64_t> read_version(Reading& body) {
    TRY(const std::string_view text, odf::require(body, "Version"));
    const auto version = odf::parse_count(text);
    if (!version) return odf::malformed("Version", text, "is a whole number from 1");
    return *version;
}

// A code that lost one '-' at its end is repaired: which unit it means is checked against the
// schedule afterwards, so a wrong guess is refused there and never stored.
Result<std::string> read_document_code(Reading& body, OdfMessage& message) {
    TRY(const std::string_view given, odf::require(body, "DocumentCode"));
    std::string text(given);
    if (text.size() == kRscCharacters - 1 && text.back() == '-' &&
        message.type == OdfType::kResult) {
        message.warnings.push_back({"odf.rsc_padded", "DocumentCode " + odf::quoted(text) +
                                                          " has 33 characters; one '-' was added"});
        text += '-';
    }
    TRY_VOID(Rsc::parse(text));
    return text;
}

Result<std::optional<ResultStatus>> read_status(Reading& body, const OdfMessage& message) {
    const std::string_view text = body.get("ResultStatus");
    if (text.empty()) {
        if (message.type == OdfType::kResult && message.has_competition) {
            return odf::missing("ResultStatus");
        }
        return std::nullopt;
    }
    const auto status = parse_result_status(text);
    if (!status) return odf::malformed("ResultStatus", text, "is a code such as LIVE or OFFICIAL");
    return status;
}

// Documents beside the main one (an apparatus, a language, a subtype) would overwrite it.
Result<void> refuse_side_documents(Reading& body) {
    const std::string_view language = body.peek("Language");
    if (!language.empty() && language != "ENG") {
        return odf::malformed("Language", language, "is ENG or absent: others are not kept yet");
    }
    for (const std::string_view name : {"DocumentSubcode", "DocumentSubtype"}) {
        const std::string_view text = body.get(name);
        if (!text.empty()) {
            return odf::malformed(name, text, "is absent: only the main document is kept yet");
        }
    }
    return {};
}

Result<void> read_envelope(Reading& body, OdfMessage& message) {
    TRY(const std::string_view type, odf::require(body, "DocumentType"));
    TRY(message.type, read_type(type));
    if (message.type == OdfType::kResult) TRY_VOID(refuse_side_documents(body));
    TRY(message.competition_code, odf::require(body, "CompetitionCode"));
    TRY(message.document_code, read_document_code(body, message));
    TRY(message.version, read_version(body));
    if (message.version == 0) {
        message.warnings.push_back({"odf.version_zero", "Version is 0; versions start at 1"});
    }
    TRY(message.status, read_status(body, message));
    TRY(const std::string_view flag, odf::require(body, "FeedFlag"));
    if (flag != "P" && flag != "T") return odf::malformed("FeedFlag", flag, "is P or T");
    message.feed_flag = flag.front();
    TRY(message.date, require_digits(body, "Date", "YYYY-MM-DD"));
    TRY(message.time, require_digits(body, "Time", "hhmmssfff"));
    TRY(message.logical_date, require_digits(body, "LogicalDate", "YYYY-MM-DD"));
    message.subtype = body.get("DocumentSubtype");
    TRY(message.source, odf::require(body, "Source"));
    return {};
}

bool is_plain_note(XmlElement note) {
    const auto attributes = note.attributes();
    return note.text().empty() && !note.first_child() && attributes.size() == 1 &&
           attributes.front().name == "Value";
}

// A note as `write_odf` writes it counts as read; other forms are kept as extras, too.
Result<void> read_note(XmlElement root, Reading& body, OdfMessage& message) {
    XmlElement note = root.child("Note");
    if (note && is_plain_note(note)) body.child("Note");
    if (!note) note = root.child("Competition").child("Note");
    if (!note) return {};
    const std::string_view text = note.text().empty() ? note.attribute("Value") : note.text();
    if (text.size() > kMaxOdfTextBytes) return odf::too_large("Note", kMaxOdfTextBytes, "bytes");
    message.note = text;
    return {};
}

Result<void> read_competition(XmlElement element, OdfMessage& message) {
    if (!element) return {};
    Reading competition(element);
    if (message.type == OdfType::kResult) {
        TRY_VOID(odf::read_results(competition, message));
    } else {
        TRY_VOID(odf::read_units(competition, message));
    }
    if (competition.has_rest()) competition.keep_rest(message.extras, "Competition");
    return {};
}

Result<OdfMessage> read_message(XmlElement root) {
    OdfMessage message;
    Reading body(root);
    const XmlElement competition = body.child("Competition");
    message.has_competition = static_cast<bool>(competition);
    TRY_VOID(read_envelope(body, message));
    TRY_VOID(read_note(root, body, message));
    if (body.has_rest()) body.keep_rest(message.extras, "");
    TRY_VOID(read_competition(competition, message));
    return message;
}

Result<void> refuse_defects(const OdfMessage& message) {
    if (message.warnings.empty()) return {};
    const Warning& first = message.warnings.front();
    const std::size_t more = message.warnings.size() - 1;
    return fail(Code::kInvalid, first.name,
                first.detail + (more == 0 ? "" : ", and " + std::to_string(more) + " more") +
                    "; correct the message, or send it without mode=strict");
}

}  // namespace

std::string_view to_string(OdfType type) {
    return kTypeNames[static_cast<std::size_t>(type)];
}

Result<OdfMessage> parse_odf(std::string_view xml, OdfMode mode) {
    const codec::XmlLimits limits{
        .max_bytes = kMaxOdfBytes, .max_depth = kMaxOdfDepth, .max_attributes = kMaxOdfAttributes};
    TRY(const codec::XmlDocument document, codec::XmlDocument::parse(xml, limits));
    const XmlElement root = document.root();
    if (root.name() != "OdfBody") {
        return fail(
            Code::kInvalid, "odf.not_odf",
            "the root element is " + odf::quoted(root.name()) + "; ODF begins with OdfBody");
    }
    TRY(OdfMessage message, read_message(root));
    if (mode == OdfMode::kStrict) TRY_VOID(refuse_defects(message));
    return message;
}

}  // namespace altis::results
