// Fuzzes codec/text.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto bytes = altis::codec::from_base64(text);
    if (bytes && altis::codec::to_base64(*bytes) != text) __builtin_trap();
    const auto url_bytes = altis::codec::from_base64url(text);
    if (url_bytes && altis::codec::to_base64url(*url_bytes) != text) __builtin_trap();
    return 0;
}
