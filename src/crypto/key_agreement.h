// X25519 (RFC 7748): two parties get one secret out of what each shows the other.
#pragma once

#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace altis::crypto {

PublicKey agreement_public_key(const Digest& secret);

// The shared secret; to be hashed before it is used. Fails with "crypto.weak_key" for a public key
// that would give everybody the same secret.
Result<Digest> agree(const Digest& secret, const PublicKey& other);

}  // namespace altis::crypto
