// What an export is made of: rows about fans, and the forms in which they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "crypto/hash.h"
#include "rights/model.h"

namespace altis::service {

enum class ExportFormat : std::uint8_t { kCsv, kNdjson, kParquet };
constexpr std::string_view kExportFormatNames[] = {"csv", "ndjson", "parquet"};

// "csv" when empty; else "request.bad_format".
Result<ExportFormat> parse_export_format(std::string_view name);
std::string_view to_string(ExportFormat format);
// For Content-Type.
std::string_view content_type_of(ExportFormat format);

enum class Change : std::uint8_t {
    kEntered,
    kLeft,
    kErased,  // fans whom nobody can name any more; `fans` of the row says how many
};
constexpr std::string_view kChangeNames[] = {"entered", "left", "erased"};

struct ExportRow {
    SubjectId fan = kNoSubject;
    Change change = Change::kEntered;
    std::optional<rights::Consent> consent;  // what the fan said last
    std::string user_id;                     // empty for a fan that is part of another by now
    std::uint64_t fans = 1;
};

// Whether user ids may be in it.
enum class ExportReader : std::uint8_t { kOwner, kOther };
// All members, or what changed.
enum class ExportScope : std::uint8_t { kAll, kChanges };

// How rows become columns. `fan` is a tag that means the same fan in every export to the same
// organisation and nothing to another. Then `user_id` (for the owner alone), `purpose`, `edition`,
// `consent_at` and `consent_offset`, the record that proves what the fan said. Changes begin with
// `change` and end with `fans`.
struct ExportSpec {
    std::string organisation;
    std::string edition;
    rights::Purpose purpose = rights::Purpose::kOperations;
    ExportFormat format = ExportFormat::kCsv;
    ExportReader reader = ExportReader::kOther;
    ExportScope scope = ExportScope::kAll;
};

// One complete file of these rows; `tags` is the key of the fans' tags. In CSV a text that a
// spreadsheet would take for a formula begins with an apostrophe. Any thread. Fails like
// warehouse::write_parquet.
Result<std::string> write_export(const ExportSpec& spec, std::span<const ExportRow> rows,
                                 const crypto::Digest& tags);

}  // namespace altis::service
