// Fuzzes cleanroom/treasury/dataset_import.h: every row of a customer file, in either text format,
// is kept, doubled, without consent or reported.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "cleanroom/treasury/dataset_import.h"

namespace {

altis::cleanroom::Schema schema() {
    altis::cleanroom::Schema schema;
    schema.key_column = "email";
    schema.consent_column = "agrees";
    schema.dimensions = {{"booked", altis::cleanroom::Domain::kPublic, {"1", "0"}},
                         {"city", altis::cleanroom::Domain::kPrivate, {}}};
    schema.measures = {{"spend", 2, -100, 100'000}};
    schema.moments = {{"at"}};
    return schema;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::cleanroom;
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    Importer importer(schema(), {});
    const auto format = file.starts_with('{') ? FileFormat::kNdjson : FileFormat::kCsv;
    if (!importer.read(format, file)) return 0;
    const auto import = std::move(importer).finish(DuplicatePolicy::kFirstWins);
    if (!import) return 0;
    const ImportReport& report = import->report;
    ALTIS_ASSERT(report.rows_read == import->table.rows() + report.duplicates +
                                         report.without_consent + report.bad_count);
    ALTIS_ASSERT(report.bad_rows.size() <= kMaxReportedBadRows);
    altis::ByteWriter out;
    save(import->table, out);
    altis::ByteReader in(out.bytes());
    const auto loaded = load_table(in);
    ALTIS_ASSERT(loaded && *loaded == import->table);
    return 0;
}
