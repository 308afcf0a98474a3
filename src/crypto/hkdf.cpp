#include "crypto/hkdf.h"

#include <string>

#include "crypto/hmac.h"

namespace altis::crypto {

Digest hkdf_extract(std::string_view salt, std::string_view secret) {
    return hmac_sha256(salt, secret);
}

Digest hkdf_expand(const Digest& key, std::string_view info) {
    return hmac_sha256(as_text(key), std::string(info).append(1, '\x01'));
}

}  // namespace altis::crypto
