// Results apart from any format: what readers make of a document, and what writers write.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "results/odf.h"
#include "results/records.h"

namespace altis::results::formats {

constexpr std::size_t kMaxImportBytes = 20U << 20;  // of one document
constexpr int kMaxImportDepth = 24;                 // levels of XML elements
constexpr std::size_t kMaxImportUnits = 20'000;     // of one document
constexpr std::size_t kMaxImportRefusals = 1'000;   // that a report lists; all are counted

// One unit with one version of its result.
struct UnitResult {
    Unit unit;
    Publication publication;
    friend bool operator==(const UnitResult&, const UnitResult&) = default;
};

// A row or list that was not taken.
struct Refusal {
    std::string place;  // "line 12", "ClassResult 3"
    std::string code;   // stable
    std::string why;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct ResultList {
    std::string name;  // of the competition, as the document writes it
    std::vector<UnitResult> units;
    std::vector<Warning> warnings;  // accepted all the same
    std::vector<Refusal> refused;   // at most kMaxImportRefusals
    std::size_t rows = 0;           // read: taken and refused ones
    std::size_t rows_refused = 0;
};

// What a document without such things is taken for.
struct ReadOptions {
    std::string edition;  // lower case
    std::int64_t version = 1;
    std::string date;     // "2026-02-19": of the result where the document has none
    std::string mapping;  // JSON for kMappedXml; empty is the built-in one
};

// A unit of the list that is OFFICIAL, with what ReadOptions say. `rsc` has been checked.
UnitResult new_unit(const ReadOptions& options, std::string_view rsc);

// Counts the row and remembers why.
void refuse(ResultList& list, std::string place, const Error& error);

// Sets rank_equal where a rank is shared, which most formats leave to the reader.
void mark_ties(std::vector<ResultLine>& lines);

// The current versions as messages that `ResultsBook::receive` takes.
OdfMessage message_of(const Publication& publication);

}  // namespace altis::results::formats
