#include "service/side_documents.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "service/access.h"
#include "service/admissions.h"

namespace altis::service {
namespace {

using codec::Json;

constexpr std::string_view kCodesType = "DT_CODES";
constexpr std::string_view kRecordsType = "DT_RECORD";

journal::Decision decide(const World& world, const results::EntrantList& list, Time now) {
    return world.participants.receive(list, now);
}
journal::Decision decide(const World& world, const std::vector<results::Biography>& biographies,
                         Time) {
    return world.participants.receive(biographies);
}
journal::Decision decide(const World& world, const results::CodeSet& set, Time) {
    return world.codes.receive(set);
}

// Each record by itself: the first that contradicts what is known refuses the message.
journal::Decision decide(const World& world, const results::RecordList& list, Time now) {
    std::vector<journal::Draft> drafts;
    for (const auto& [mark, status] : list.claims) {
        TRY(auto more, world.record_marks.claim(mark, status, now));
        std::ranges::move(more, std::back_inserter(drafts));
    }
    return drafts;
}

}  // namespace

bool is_side_document(std::string_view document_type) {
    return document_type == kCodesType || document_type == kRecordsType ||
           results::is_entrant_list(document_type) || results::is_biography(document_type);
}

Result<SideDocument> read_side_document(std::string_view xml, results::OdfMode mode) {
    SideDocument document;
    const std::string_view type = results::peek_odf_type(xml);
    if (results::is_entrant_list(type)) {
        TRY(auto list, results::parse_entrants_odf(xml, mode));
        document.header = list.header;
        document.warnings = list.warnings;
        document.content = std::move(list);
        return document;
    }
    TRY(const codec::XmlDocument parsed, results::parse_odf_xml(xml));
    TRY(document.header, results::read_odf_header(parsed.root()));
    if (type == kCodesType) {
        TRY(document.content, results::parse_codes_odf(document.header, parsed.root()));
    } else if (type == kRecordsType) {
        TRY(auto list, results::parse_records_odf(document.header, parsed.root()));
        document.warnings = list.warnings;
        document.content = std::move(list);
    } else {
        TRY(document.content, results::parse_biography_odf(document.header, parsed.root()));
    }
    return document;
}

Result<server::Response> take_side_document(Turn& turn, Services& services,
                                            const rights::Caller& caller,
                                            const SideDocument& document) {
    const results::OdfHeader& header = document.header;
    TRY_VOID(require_publisher(turn, caller, header.edition()));
    TRY_VOID(results::check_odf_header(header, turn.now()));
    TRY(auto drafts,
        std::visit(
            [&turn](const auto& content) { return decide(turn.world(), content, turn.now()); },
            document.content));
    Json answer = Json::object({{"document", header.document_code},
                                {"version", header.version},
                                {"changed", !drafts.empty()},
                                {"records", std::uint64_t{drafts.size()}},
                                {"warnings", warnings_json(document.warnings)}});
    TRY(const auto outcome, carry_out(turn, services, {std::move(drafts), {}, {}}));
    return admission_response(outcome, std::move(answer));
}

}  // namespace altis::service
