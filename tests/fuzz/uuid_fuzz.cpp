// Fuzzes base/ids.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ids.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto uuid = altis::parse_uuid(text);
    if (uuid && altis::parse_uuid(altis::to_string(*uuid)) != *uuid) __builtin_trap();
    return 0;
}
