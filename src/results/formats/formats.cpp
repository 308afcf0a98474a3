#include "results/formats/formats.h"

#include <algorithm>

#include "results/formats/readers.h"
#include "results/odf_writer.h"

namespace altis::results::formats {
namespace {

Result<ResultList> read_odf(std::string_view text, const ReadOptions& options) {
    TRY(OdfMessage message, parse_odf(text));
    if (message.type != OdfType::kResult || !message.has_competition) {
        return fail(Code::kInvalid, "format.not_this",
                    "only DT_RESULT can be imported; send schedules and withdrawals to /v1/odf");
    }
    ResultList list;
    UnitResult made = new_unit(options, message.document_code);
    made.publication.version = message.version;
    made.publication.status = message.status.value_or(ResultStatus::kOfficial);
    made.publication.source = message.source;
    made.publication.written = message.date + " " + message.time;
    made.publication.logical_date = message.logical_date;
    made.publication.note = std::move(message.note);
    made.publication.lines = std::move(message.results);
    made.publication.extras = std::move(message.extras);
    made.unit.as_of.clear();  // a schedule knows more
    list.warnings = message.warnings;
    made.publication.warnings = std::move(message.warnings);
    list.rows = made.publication.lines.size();
    list.units.push_back(std::move(made));
    return list;
}

Result<std::string> write_one_odf(const ResultList& list) {
    if (list.units.size() != 1) {
        return fail(Code::kInvalid, "format.one_unit",
                    "an ODF document holds one unit, not " + std::to_string(list.units.size()) +
                        "; ask for a single unit");
    }
    return write_odf(message_of(list.units.front().publication));
}

}  // namespace

std::string_view to_string(Format format) {
    return kFormatNames[static_cast<std::size_t>(format)];
}

Result<Format> parse_format(std::string_view name) {
    const auto found = std::find(kFormatNames.begin(), kFormatNames.end(), name);
    if (found != kFormatNames.end()) return static_cast<Format>(found - kFormatNames.begin());
    std::string names;
    for (const std::string_view known : kFormatNames)
        names += (names.empty() ? "" : ", ") + std::string(known);
    return fail(Code::kInvalid, "format.unknown",
                "the format '" + std::string(name.substr(0, 40)) + "' is none of " + names);
}

std::string_view media_type(Format format) {
    if (format == Format::kCsv) return "text/csv; charset=utf-8";
    if (format == Format::kNdjson) return "application/x-ndjson";
    return "application/xml; charset=utf-8";
}

Result<ResultList> read_results(std::string_view text, Format format, const ReadOptions& options) {
    if (text.size() > kMaxImportBytes) {
        return fail(Code::kTooLarge, "import.too_large",
                    "the document is over the limit of " + std::to_string(kMaxImportBytes) +
                        " bytes; split it by unit or by day");
    }
    switch (format) {
        case Format::kOdf:
            return read_odf(text, options);
        case Format::kLenex:
            return read_lenex(text, options);
        case Format::kIof:
            return read_iof(text, options);
        case Format::kCsv:
            return is_paris_table(text) ? read_paris(text, options) : read_csv(text, options);
        case Format::kNdjson:
            return read_ndjson(text, options);
        case Format::kMappedXml:
            return read_mapped_xml(text, options);
        case Format::kSportsMl:
            break;
    }
    return fail(Code::kInvalid, "format.write_only",
                "SportsML is written only; import odf, lenex, iof, csv, ndjson or xml");
}

Result<std::string> write_results(const ResultList& list, Format format) {
    switch (format) {
        case Format::kOdf:
            return write_one_odf(list);
        case Format::kSportsMl:
            return write_sportsml(list);
        case Format::kLenex:
            return write_lenex(list);
        case Format::kIof:
            return write_iof(list);
        case Format::kCsv:
            return write_csv(list);
        case Format::kNdjson:
            return write_ndjson(list);
        case Format::kMappedXml:
            break;
    }
    return fail(Code::kInvalid, "format.read_only",
                "a mapped XML is read only; export odf, sportsml, lenex, iof, csv or ndjson");
}

}  // namespace altis::results::formats
