#include "crypto/key_agreement.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace altis::crypto {

PublicKey agreement_public_key(const Digest& secret) {
    ready_sodium();
    PublicKey key;
    crypto_scalarmult_curve25519_base(key.data(), secret.data());
    return key;
}

Result<Digest> agree(const Digest& secret, const PublicKey& other) {
    ready_sodium();
    Digest shared;
    if (crypto_scalarmult_curve25519(shared.data(), secret.data(), other.data()) == 0)
        return shared;
    return fail(Code::kInvalid, "crypto.weak_key",
                "The other side's key for agreement is a weak one; ask for a new one.");
}

}  // namespace altis::crypto
