// Fuzzes messages/gate.h: what passes states each fact once, and its places lie in the text, in
// order.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "messages/gate.h"
#include "messages/skaters.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::messages;
    if (size == 0) return 0;
    const auto languages = standard_languages();
    const Rendered text{{reinterpret_cast<const char*>(data) + 1, size - 1},
                        std::string(languages[data[0] % languages.size()]),
                        {"athlete", "score", "total", "medal", "link"}};
    const auto readings = read_back(text, sakamoto(), skater_names());
    if (!readings) return 0;
    ALTIS_ASSERT(readings->size() == text.slots.size());
    std::size_t end = 0;
    for (const Reading& reading : *readings) {
        ALTIS_ASSERT(reading.begin >= end && reading.end > reading.begin);
        end = reading.end;
    }
    ALTIS_ASSERT(end <= text.text.size());
    return 0;
}
