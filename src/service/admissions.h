// From what a gate lets through or holds to the journal, the stream, the alarm and the messages.
#pragma once

#include <vector>

#include "results/awards/gatekeeper.h"
#include "service/api.h"

namespace altis::service {

results::GateBooks gate_books(const World& world);

// What an admission came to.
struct AdmissionOutcome {
    journal::Offset offset = 0;  // of its first record; 0 when nothing changed
    std::vector<results::Warning> doubts;
    std::vector<results::Warning> warnings;

    bool is_published() const { return offset != 0 && doubts.empty(); }
};

// Commits the drafts, and once they are durable tells the results stream: "unit" for each unit that
// changed, "schedule" for each that the schedule moved, "medals" when a register did, "held" as the
// alarm about what a gate holds, which also counts in the metric altis_results_held_total. Plans
// messages about published units. What belongs to an archive reaches the edition's own feed alone.
Result<AdmissionOutcome> carry_out(Turn& turn, Services& services, results::Admission admission);

// [{"code", "detail"}].
codec::Json warnings_json(const std::vector<results::Warning>& warnings);

// 200 with `answer`; 202 when it is held, with the doubts.
server::Response admission_response(const AdmissionOutcome& outcome, codec::Json answer);

}  // namespace altis::service
