// DT_RECORD, in and out: the records of an event.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "results/odf_document.h"
#include "results/record_marks/record_marks_book.h"

namespace altis::results {

struct RecordList {
    std::vector<std::pair<RecordMark, RecordStatus>> claims;
    std::vector<Warning> warnings;
};

// Reads one. A record that names a unit of this competition is pending, all others are ratified.
// Whose it is follows from its type: of an organisation (NR), of a person (PB, SB), of all. Fails
// with "odf.attribute_missing", "odf.attribute_malformed" or "odf.too_large". Left out with a
// warning: "odf.record_date_malformed", "odf.record_result_malformed", and where the rules do not
// say what is better, "odf.record_direction_unknown".
Result<RecordList> parse_records_odf(const OdfHeader& header, codec::XmlElement body);

// Writes what stands and stood of these classes at a moment, annulled ones left out, as a message
// of the edition.
std::string write_records_odf(const RecordMarksBook& book, const OdfHeader& header,
                              const std::vector<RecordClass>& classes, const Moment& at);

}  // namespace altis::results
