// A segment for somebody outside: who is in it and consents to a purpose, each row with the proof
// of the consent; all of them, or what changed since the last export to the same receiver.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fans/exports_book.h"
#include "service/api.h"
#include "service/export_rows.h"

namespace altis::service {

constexpr std::uint64_t kMaxExportRows = 1'000'000;  // members of one exported segment
constexpr std::size_t kExportStepRows = 4'096;       // fans that one turn looks at

// What is asked for.
struct ExportOrder {
    std::string segment;
    std::string purpose;
    std::string format;
    std::string since;  // "last", or empty for all members
    std::string url;    // of the webhook that gets it; empty when the caller fetches it
};

// An export that was offered (see ExportsBook) and may leave once its turn is durable.
struct PreparedExport {
    journal::Offset number = 0;
    rights::Access access;  // the right it leaves by
    fans::ExportLine line;
    ExportSpec spec;
    std::vector<ExportRow> rows;
};

// Decides, on record, whether the caller may have the export, then collects it in as many turns as
// it takes and offers it. The members are those of the moment of the request; consent is asked when
// a row is made, and who is erased before the last turn is in no row. `then` runs in the last turn;
// what fails after this function has returned is answered by `respond`. Fails with
// "fans.unknown_segment", "rights.unknown_purpose", "request.bad_format", "request.bad_since",
// "fans.export_too_large", "exports.overtaken", "exports.too_many_lines" or "rights.<rule>".
using OnPrepared = std::function<void(Turn&, std::shared_ptr<const PreparedExport>)>;
Result<void> prepare_export(Call& call, const ExportOrder& order, const server::Responder& respond,
                            OnPrepared then);

// GET /v1/segments/{id}/export?purpose=P&format=F&since=last. The header `Altis-Export` has the
// number of the export, to be confirmed with POST /v1/exports/{number}/received.
Result<void> export_segment(Call& call, Services& services, const server::Responder& respond);

}  // namespace altis::service
