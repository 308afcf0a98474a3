// Fuzzes codec/csv.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto reader = altis::codec::CsvReader::create(text);
    if (!reader) return 0;
    std::vector<std::string> fields;
    for (auto more = reader->next(fields); !more || *more; more = reader->next(fields)) {
        if (more && fields.size() != reader->columns().size()) __builtin_trap();
    }
    return 0;
}
