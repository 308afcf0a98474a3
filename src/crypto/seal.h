// Authenticated encryption with a nonce that the caller chose: the core of the vault's seals.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace altis::crypto {

using Nonce = std::array<std::uint8_t, 12>;

// AES-256-GCM with `context` as associated data. A nonce must never be used twice under one
// key.
std::string seal_bytes(const Digest& key, const Nonce& nonce, std::string_view plain,
                       std::string_view context);

}  // namespace altis::crypto
