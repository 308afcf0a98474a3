// Which formats results come in and go out, by name.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "results/formats/result_list.h"

namespace altis::results::formats {

enum class Format : std::uint8_t {
    kOdf,        // one unit a document
    kSportsMl,   // SportsML 3 in NewsML-G2; written only
    kLenex,      // LENEX 3, swimming
    kIof,        // IOF XML 3.0 ResultList
    kCsv,        // one row a competitor; also the published result tables of Paris 2024
    kNdjson,     // one line a unit, lossless
    kMappedXml,  // XML without a schema, by a mapping; read only
};
constexpr std::array<std::string_view, 7> kFormatNames = {"odf", "sportsml", "lenex", "iof",
                                                          "csv", "ndjson",   "xml"};

std::string_view to_string(Format format);
// Fails with "format.unknown", which lists the names.
Result<Format> parse_format(std::string_view name);
// "text/csv; charset=utf-8"
std::string_view media_type(Format format);

// Reads a document of at most kMaxImportBytes. What is wrong with single rows or lists is reported
// in the list. The whole fails with the reasons of the XML, CSV and ODF readers, those of
// codec::unzip_one (a LENEX that is zipped), "import.too_large", "format.not_this" (another
// document), "format.write_only" or "mapping.malformed".
Result<ResultList> read_results(std::string_view text, Format format, const ReadOptions& options);

// Writes all units of the list. Fails with "format.one_unit" (ODF), "format.not_swimming" (LENEX),
// "format.not_a_time" (IOF) or "format.read_only".
Result<std::string> write_results(const ResultList& list, Format format);

}  // namespace altis::results::formats
