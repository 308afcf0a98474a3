#include "channels/token.h"

#include "base/assert.h"
#include "codec/text.h"

namespace altis::channels {

std::string sign_token(const crypto::PrivateKey& key, codec::Json header,
                       const codec::Json& claims) {
    ALTIS_ASSERT(key.kind() != crypto::KeyKind::kEd25519);
    header.set("alg", key.kind() == crypto::KeyKind::kP256 ? "ES256" : "RS256");
    std::string token = codec::to_base64url(header.to_string());
    token.append(".").append(codec::to_base64url(claims.to_string()));
    const std::string signature = key.sign(token);
    return token.append(".").append(codec::to_base64url(signature));
}

}  // namespace altis::channels
