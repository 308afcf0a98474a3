// Results on their way in, one message or a whole document, and what follows from a publication.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "results/formats/result_list.h"
#include "service/api.h"

namespace altis::service {

constexpr std::size_t kImportStepUnits = 64;  // units of a document that one turn takes

// Success for who owns an edition's results, publishes them for the owner, or is the operator.
// `edition` in any case. Fails with "rights.<rule>".
Result<void> require_publisher(Turn& turn, const rights::Caller& caller, std::string_view edition);

// Decides about one message and commits; the stream's readers and the dispatcher hear of a result
// that was published. Gives the offset, or nothing when the message changed nothing. Fails with the
// reasons of `ResultsBook::receive`.
Result<std::optional<journal::Offset>> take_message(Turn& turn, Services& services,
                                                    const results::OdfMessage& message);

// Registers the units that are unknown and publishes all results of a list, a few each turn, each
// as if it had come as ODF. Answers 200 with a report: units, changed, rows, rows_refused, refused
// (place, code, why), warnings (code, detail); or with the reason of `require_publisher`.
void import_results(Services& services, std::shared_ptr<const rights::Caller> caller,
                    results::formats::ResultList list, const server::Responder& respond);

}  // namespace altis::service
