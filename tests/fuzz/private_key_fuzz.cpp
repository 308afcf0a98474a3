// Fuzzes crypto/private_key.h: no text stops the process, what is accepted signs and is the same
// key again.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "crypto/private_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using altis::crypto::PrivateKey;
    const auto key = PrivateKey::from_pem({reinterpret_cast<const char*>(data), size});
    if (!key) {
        ALTIS_ASSERT(key.error().reason.starts_with("key."));
        return 0;
    }
    ALTIS_ASSERT(!key->sign("message").empty());
    const auto again = PrivateKey::from_pem(key->pem());
    ALTIS_ASSERT(again && again->public_key() == key->public_key());
    return 0;
}
