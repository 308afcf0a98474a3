// Fuzzes fans/matching: no file may stop the process, and what is matched must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fans/matching/matching.h"
#include "fans/matching/people_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = altis::fans::matching::read_people(text);
    if (!file) return 0;
    const auto matching = altis::fans::matching::match_people(file->records);
    if (!matching) return 0;
    for (const auto& match : matching->matches) {
        const std::size_t records = file->records.size();
        if (match.left >= records || match.right >= records || match.left == match.right)
            __builtin_trap();
        if (match.confidence < matching->threshold || match.confidence >= 1'000'000)
            __builtin_trap();
    }
    return 0;
}
