// An owner's file on its way into a crossing or a study: who consented, by normalised identifier.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/crossing/terms.h"

namespace altis::cleanroom::crossing {

constexpr std::size_t kMaxMemberAttributes = 4;  // bits of a tagged row

// Which columns (CSV) or members (NDJSON) are read; nothing else of a row is.
struct MemberColumns {
    Identifier identifier = Identifier::kEmail;
    std::string identifier_column = "email";
    std::string consent_column = "consent";  // yes or no; without a yes a row takes no part
    std::vector<std::string> attributes;     // yes or no, one bit each
};

struct Members {
    std::vector<std::string> identifiers;  // normalised, each once, in the file's order
    std::vector<std::uint8_t> attributes;  // as many; of several rows of one person united
    std::size_t rows = 0;
    std::size_t without_consent = 0;
    std::size_t duplicates = 0;
    std::size_t bad = 0;           // unreadable rows or identifiers
    std::size_t first_bad = 0;     // line, counted from 1; 0: none
    std::string first_bad_reason;  // never repeats a value
};

// Reads CSV with a header, or NDJSON when the text begins with "{". A person of whom any row lacks
// consent takes no part, whatever other rows say. Fails with "crossing.not_utf8", "csv.empty",
// "csv.column_missing", "csv.duplicate_column", "csv.malformed", "crossing.columns_invalid",
// "crossing.too_many_members", or "crossing.no_members" (nobody usable; names the first bad row).
Result<Members> read_members(std::string_view text, const MemberColumns& columns);

}  // namespace altis::cleanroom::crossing
