// What a side keeps of a crossing, and what anybody can check of it without any server: both owners
// signed that they cross under the same terms, over one connection, with lists of those size
// classes. Whatever else a report says is the word of the side that wrote it.
#pragma once

#include "base/result.h"
#include "cleanroom/crossing/crossing.h"
#include "codec/json.h"

namespace altis::cleanroom::crossing {

// {"room", "trust", "terms", "terms_hash", "session", "own": {"organisation", "size_class",
// "signature"}, "peer": the same}, from the side of the party of that index.
codec::Json report_of(const Terms& terms, std::size_t party, const crypto::Digest& session,
                      const Crossed& crossed);

// Whether a file holds a report, genuine or not.
bool is_report(const codec::Json& json);

// Fails with "crossing.report_malformed", or "crossing.report_forged", which names whose signature
// does not fit. The keys are those of the report's own terms: compare them with those that the
// owners gave you.
Result<void> verify_report(const codec::Json& report);

}  // namespace altis::cleanroom::crossing
