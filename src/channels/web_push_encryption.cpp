#include "channels/web_push_encryption.h"

#include <algorithm>

#include "base/assert.h"
#include "crypto/aes_gcm.h"
#include "crypto/hkdf.h"

namespace altis::channels {
namespace {

template <std::size_t Size>
std::string_view view(const std::array<std::uint8_t, Size>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <std::size_t Size>
std::array<std::uint8_t, Size> front(const crypto::Digest& digest) {
    static_assert(Size <= sizeof(crypto::Digest));
    std::array<std::uint8_t, Size> bytes;
    std::copy_n(digest.begin(), Size, bytes.begin());
    return bytes;
}

// RFC 8291, section 3.4: the secret of both keys and of the subscription, bound to both keys.
crypto::Digest input_key(const crypto::Digest& shared, const WebPushReceiver& receiver,
                         const crypto::P256Point& sender) {
    std::string info("WebPush: info\0", 14);
    info.append(receiver.point).append(view(sender));
    return crypto::hkdf_expand(crypto::hkdf_extract(receiver.auth, crypto::as_text(shared)), info);
}

// RFC 8188, section 2.1: salt, record size, and the key that the receiver agrees with.
std::string header_of(const WebPushFreshness& fresh) {
    std::string header(view(fresh.salt));
    static_assert(kMaxWebPushBodyBytes == 0x1000);
    header.append("\0\0\x10\0", 4);
    header.push_back(static_cast<char>(fresh.pair.point.size()));
    return header.append(view(fresh.pair.point));
}

}  // namespace

Result<std::string> encrypt_web_push(std::string_view payload, const WebPushReceiver& receiver,
                                     const WebPushFreshness& fresh, std::size_t body_bytes) {
    ALTIS_ASSERT(body_bytes <= kMaxWebPushBodyBytes &&
                 payload.size() + kWebPushOverheadBytes <= body_bytes);
    TRY(const crypto::Digest shared, crypto::agree_p256(fresh.pair.secret, receiver.point));
    const crypto::Digest key = crypto::hkdf_extract(
        view(fresh.salt), crypto::as_text(input_key(shared, receiver, fresh.pair.point)));
    const crypto::Digest content_key =
        crypto::hkdf_expand(key, {"Content-Encoding: aes128gcm\0", 28});
    const crypto::Digest nonce = crypto::hkdf_expand(key, {"Content-Encoding: nonce\0", 24});

    std::string record(payload);
    record.push_back('\x02');  // the last record (RFC 8188, section 2); zeros follow
    record.resize(body_bytes - kWebPushOverheadBytes + 1);
    std::string body = header_of(fresh);
    body.reserve(body_bytes);
    crypto::seal_aes128_gcm(front<16>(content_key), front<12>(nonce), record, body);
    ALTIS_ASSERT(body.size() == body_bytes);
    return body;
}

}  // namespace altis::channels
