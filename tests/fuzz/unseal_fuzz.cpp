// Fuzzes crypto/vault.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/vault.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (altis::crypto::unseal_with_key({}, text, "context")) __builtin_trap();
    return 0;
}
