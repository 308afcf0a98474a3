// Self-signed certificates, for parties that know each other by public key alone.
#pragma once

#include <string>

#include "crypto/hash.h"

namespace altis::crypto {

// Both in PEM.
struct Certificate {
    std::string certificate;
    std::string private_key;
};

// An X.509 certificate of the Ed25519 key of this seed, the one that `Signer` has. It says nothing
// else: no name, and valid at any time. Equal seeds give equal certificates.
Certificate make_certificate(const Digest& seed);

}  // namespace altis::crypto
