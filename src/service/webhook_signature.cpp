#include "service/webhook_signature.h"

#include "codec/text.h"
#include "crypto/hmac.h"

namespace altis::service {

std::string new_webhook_salt(platform::Random& random) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string webhook_secret(const crypto::Digest& webhooks, std::string_view organisation,
                           std::string_view url, std::string_view salt) {
    std::string text(organisation);
    text.append(1, '\0').append(url).append(1, '\0').append(salt);
    return std::string(crypto::as_text(crypto::keyed_hash(webhooks, text)));
}

std::string printed_webhook_secret(std::string_view secret) {
    return "whsec_" + codec::to_base64(secret);
}

server::Fields webhook_headers(std::string_view secret, std::string_view id, Time now,
                               std::string_view body) {
    constexpr std::int64_t kMicrosPerSecond = 1'000'000;
    const std::string timestamp = std::to_string(now.us / kMicrosPerSecond);
    std::string signed_text(id);
    signed_text.append(".").append(timestamp).append(".").append(body);
    const auto mac = crypto::hmac_sha256(secret, signed_text);
    return {{"webhook-id", std::string(id)},
            {"webhook-timestamp", timestamp},
            {"webhook-signature", "v1," + codec::to_base64(crypto::as_text(mac))}};
}

}  // namespace altis::service
