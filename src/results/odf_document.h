// The header of any ODF message: what document it is, which version, and when it was written.
//
// `odf.h` reads results and schedules. Messages of other types are read by the folders that know
// them (people/, codes/, record_marks/); they share this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/xml.h"
#include "codec/xml_writer.h"
#include "results/odf.h"

namespace altis::results {

constexpr std::size_t kMaxOdfTypePeekBytes = 4096;  // within which a message must say its type

struct OdfHeader {
    std::string competition_code;  // "OWG2026"
    std::string document_code;
    std::string document_subcode;
    std::string type;  // "DT_PARTIC"
    std::string subtype;
    std::string language;  // "ENG" when the message has none
    std::int64_t version = 0;
    char feed_flag = 'P';
    std::string date;  // as in OdfMessage
    std::string time;
    std::string logical_date;
    std::string source;
    bool has_competition = true;  // false: this version is withdrawn

    // Local date and time of the venue: "2026-02-19 210405000". Texts compare as times do.
    std::string written() const { return date + " " + time; }
    // The id of the edition that the competition code stands for: "owg2026".
    std::string edition() const;
};

// The way back: the competition code of an edition.
std::string competition_code_of(std::string_view edition);

// DocumentType without reading the message; empty when it is not among the first bytes.
std::string_view peek_odf_type(std::string_view xml);

// Parses a message within the limits of ODF. Fails as `codec::XmlDocument::parse`, or with
// "odf.not_odf".
Result<codec::XmlDocument> parse_odf_xml(std::string_view xml);

// Reads the attributes of OdfBody. Fails with "odf.attribute_missing", "odf.attribute_malformed" or
// "odf.too_large".
Result<OdfHeader> read_odf_header(codec::XmlElement body);

// The XML declaration, and OdfBody opened with all that the header says: `read_odf_header` reads
// the same from it. English is left out: a message without Language is in English.
void open_odf_body(codec::XmlWriter& xml, const OdfHeader& header);

// An optional attribute, as text. Fails with "odf.too_large" over kMaxOdfTextBytes.
Result<std::string> read_odf_text(codec::XmlElement element, std::string_view attribute);
// A mandatory one. Fails with "odf.attribute_missing", too.
Result<std::string> require_odf_text(codec::XmlElement element, std::string_view attribute);

// Success for production messages that are not dated ahead of the clock: "results.test_feed",
// "results.from_the_future".
Result<void> check_odf_header(const OdfHeader& header, Time now);

}  // namespace altis::results
