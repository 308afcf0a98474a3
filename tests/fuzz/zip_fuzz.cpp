// Fuzzes codec/zip.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::size_t kLimit = 1U << 20;
    const auto plain = altis::codec::unzip_one(text, kLimit);
    if (plain && plain->size() > kLimit) __builtin_trap();
    return 0;
}
