// Fuzzes codec/json.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = altis::codec::parse_json(text);
    if (json && altis::codec::parse_json(json->to_string()) != *json) __builtin_trap();
    return 0;
}
