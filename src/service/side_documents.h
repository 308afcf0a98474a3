// ODF messages beside results and schedules: participants, biographies, codes and records.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "results/codes/code_tables.h"
#include "results/people/people_odf.h"
#include "results/record_marks/records_odf.h"
#include "service/api.h"

namespace altis::service {

// True for document types that are read here, and not by `results::parse_odf`.
bool is_side_document(std::string_view document_type);

struct SideDocument {
    results::OdfHeader header;
    std::vector<results::Warning> warnings;
    std::variant<results::EntrantList, std::vector<results::Biography>, results::CodeSet,
                 results::RecordList>
        content;
};

// Reads one; on any thread. Fails with the reasons of the reader of its type.
Result<SideDocument> read_side_document(std::string_view xml, results::OdfMode mode);

// Decides about one and carries it out. Fails with the reasons of `require_publisher`, of
// `results::check_odf_header`, and of the book that takes it.
Result<server::Response> take_side_document(Turn& turn, Services& services,
                                            const rights::Caller& caller,
                                            const SideDocument& document);

}  // namespace altis::service
