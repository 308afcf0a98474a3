// Fuzzes base/time.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto time = altis::parse_rfc3339(text);
    if (time && altis::parse_rfc3339(altis::format_rfc3339(*time)) != *time) __builtin_trap();
    return 0;
}
