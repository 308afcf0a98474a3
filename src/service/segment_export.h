// A segment as a file: who is in it and consents to a purpose, each row with the consent's proof.
#pragma once

#include "service/api.h"

namespace altis::service {

constexpr std::uint64_t kMaxExportRows = 1'000'000;  // fans in one exported file
constexpr std::size_t kExportStepRows = 4'096;       // fans that one turn looks at

// GET /v1/segments/{id}/export?purpose=P&format=csv|ndjson. The decision is journalled. The members
// are those of the moment of the request; consent is asked when a row is written. Columns: `fan`, a
// tag that means the same fan in every export to the same organisation and nothing to another;
// `user_id`, for the owner of the fan data alone; `purpose`, `edition`, `consent_at` and
// `consent_offset`, the record that proves it. In CSV a text that a spreadsheet would take for a
// formula begins with an apostrophe. Fails with "fans.unknown_segment", "rights.unknown_purpose",
// "request.bad_format", "fans.export_too_large" or "rights.<rule>".
Result<void> export_segment(Call& call, Services& services, const server::Responder& respond);

}  // namespace altis::service
