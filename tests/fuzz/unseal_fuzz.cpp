// Fuzzes the seal of crypto/vault.h: bytes that nobody sealed are refused, and what is sealed comes
// back, but not after a change of one bit.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "crypto/vault.h"
#include "platform/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const crypto::Digest key{};
    ALTIS_ASSERT(!crypto::unseal_with_key(key, text, "context"));

    platform::SeededRandom random(size);
    std::string sealed = crypto::seal_with_key(key, text, "context", random);
    ALTIS_ASSERT(sealed.size() == size + crypto::kSealOverhead);
    ALTIS_ASSERT(crypto::unseal_with_key(key, sealed, "context") == text);
    ALTIS_ASSERT(text == "context" || !crypto::unseal_with_key(key, sealed, text));
    const std::size_t at = size == 0 ? 0 : data[0] % sealed.size();
    sealed[at] = static_cast<char>(sealed[at] ^ (1 << (size % 8)));
    ALTIS_ASSERT(!crypto::unseal_with_key(key, sealed, "context"));
    return 0;
}
