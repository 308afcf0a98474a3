// Fuzzes the readers of results/formats: the first byte chooses the format. What is read is written
// as NDJSON and CSV and read again as the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "results/formats/formats.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::results::formats;
    if (size == 0) return 0;
    const auto format = static_cast<Format>(*data % kFormatNames.size());
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const ReadOptions options{"owg2026", 1, "2026-02-19", ""};
    const auto list = read_results(text, format, options);
    if (!list) return 0;
    ALTIS_ASSERT(list->rows_refused <= list->rows);
    const auto lines = write_results(*list, Format::kNdjson);
    ALTIS_ASSERT(lines.has_value());
    const auto again = read_results(*lines, Format::kNdjson, options);
    ALTIS_ASSERT(again.has_value() && again->refused.empty());
    ALTIS_ASSERT(again->units == list->units);
    for (const Format other : {Format::kSportsMl, Format::kLenex, Format::kIof, Format::kCsv}) {
        const auto file = write_results(*list, other);
        if (file && other != Format::kSportsMl) {
            static_cast<void>(read_results(*file, other, options));
        }
    }
    return 0;
}
