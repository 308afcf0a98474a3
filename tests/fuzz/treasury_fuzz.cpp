// Fuzzes cleanroom/treasury.h: every row of a customer file is kept, doubled or reported.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "cleanroom/treasury.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::cleanroom;
    const std::string_view csv(reinterpret_cast<const char*>(data), size);
    const auto import = parse_customers(csv, {}, {}, DuplicatePolicy::kFirstWins);
    if (!import) return 0;
    ALTIS_ASSERT(import->rows.size() > 0);
    ALTIS_ASSERT(import->rows_read == import->rows.size() + import->duplicates + import->bad_count);
    ALTIS_ASSERT(import->bad_rows.size() <= kMaxReportedBadRows);
    return 0;
}
