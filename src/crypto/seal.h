// Authenticated encryption with a nonce that the caller chose: the core of the vault's seals.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"

namespace altis::crypto {

using Nonce = std::array<std::uint8_t, 12>;

// AES-256-GCM with `context` as associated data. A nonce must never be used twice under one
// key.
std::string seal_bytes(const Digest& key, const Nonce& nonce, std::string_view plain,
                       std::string_view context);

// The same, and the way back, for processors without the instructions. Public for their test.
std::string seal_bytes_portably(const Digest& key, const Nonce& nonce, std::string_view plain,
                                std::string_view context);
// Fails with "vault.forged".
Result<std::string> unseal_portably(const Digest& key, std::string_view sealed,
                                    std::string_view context);

}  // namespace altis::crypto
