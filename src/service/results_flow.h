// Results on their way in, one message or a whole document, and what follows from a publication.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "results/formats/result_list.h"
#include "service/admissions.h"

namespace altis::service {

constexpr std::size_t kImportStepUnits = 64;  // units of a document that one turn takes

// Success when a strict message of the schedule may be taken whole; else the reason of its first
// unit that `results::ScheduleBook::receive` refuses, or of its first warning.
Result<void> check_schedule(const World& world, const results::OdfMessage& message);

// Decides about one message and carries it out. Of a schedule, units that its book refuses are left
// out and named in the warnings; when it refuses all of them, that is the failure. Fails with the
// reasons of `results::admit` and `results::ScheduleBook::receive`, too.
Result<AdmissionOutcome> take_message(Turn& turn, Services& services, const rights::Caller& caller,
                                      const results::OdfMessage& message);

// Registers the units that are unknown and publishes all results of a list, a few each turn, each
// as if it had come as ODF. Answers 200 with a report: units, changed, rows, rows_refused, refused
// (place, code, why; "results.held" for what a gate holds), warnings (code, detail); or with the
// reason of `require_publisher`.
void import_results(Services& services, std::shared_ptr<const rights::Caller> caller,
                    results::formats::ResultList list, const server::Responder& respond);

}  // namespace altis::service
