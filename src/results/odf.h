// Reading ODF, the Olympic Data Feed: XML messages that replace the former state of a document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "results/model.h"

namespace altis::results {

constexpr std::size_t kMaxOdfBytes = 20U << 20;
constexpr int kMaxOdfDepth = 16;                // levels of elements
constexpr std::size_t kMaxOdfLines = 5000;      // results, or units, in one message
constexpr std::size_t kMaxOdfAttributes = 64;   // of one element
constexpr std::size_t kMaxOdfTextBytes = 1000;  // one attribute or note

enum class OdfType : std::uint8_t { kResult, kSchedule, kScheduleUpdate };

std::string_view to_string(OdfType type);

// One message. Texts are as written; an empty attribute is an absent one.
struct OdfMessage {
    std::string competition_code;  // "OWG2026"
    std::string document_code;     // an RSC: of a unit for results, of a discipline for schedules
    OdfType type = OdfType::kResult;
    std::string subtype;
    std::int64_t version = 0;
    std::optional<ResultStatus> status;  // always there for results that are not withdrawn
    char feed_flag = 'P';                // 'P' production, 'T' test
    std::string date;                    // "2026-02-19", local to the venue, as is the time
    std::string time;                    // "210405000": hhmmssfff
    std::string logical_date;
    std::string source;
    std::string note;
    bool has_competition = true;  // false: this version is withdrawn

    std::vector<ResultLine> results;  // DT_RESULT
    std::vector<Unit> units;          // DT_SCHEDULE*; `edition` is left empty
    Extras extras;                    // of OdfBody and Competition
    std::vector<Warning> warnings;    // known defects that were accepted, in order of appearance

    friend bool operator==(const OdfMessage&, const OdfMessage&) = default;
};

// What to do with a known defect of real messages.
enum class OdfMode : std::uint8_t {
    kLenient,  // accept it and name it
    kStrict,   // refuse the message
};

// Reads one message of at most kMaxOdfBytes. Fails with the reasons of `codec::XmlDocument::parse`,
// "odf.not_odf" (another root), "odf.attribute_missing", "odf.attribute_malformed",
// "odf.type_unsupported", "odf.too_large", or the reasons of `Rsc::parse`.
//
// Whatever the model has no word for is kept in `extras` here, in lines and units, so that
// `write_odf` writes the whole message.
//
// Accepted with a warning, or refused with this reason when strict: "odf.rsc_padded" (one '-'
// missing at the end), "odf.version_zero", "odf.rank_equal_missing" (set then),
// "odf.rank_equal_alone", "odf.sort_order_zero", "odf.sort_order_malformed",
// "odf.sort_order_repeated", "odf.start_order_malformed", "odf.extended_results_empty",
// "odf.ifrank_dash", "odf.name_blank", "odf.competitor_repeated".
Result<OdfMessage> parse_odf(std::string_view xml, OdfMode mode = OdfMode::kLenient);

}  // namespace altis::results
