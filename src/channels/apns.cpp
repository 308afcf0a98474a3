#include "channels/apns.h"

#include <mutex>

#include "channels/characters.h"
#include "channels/https_url.h"
#include "channels/token.h"
#include "codec/json.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

constexpr std::size_t kIdLetters = 10;
constexpr std::size_t kMaxBundleBytes = 155;  // what Apple lets a bundle have
constexpr std::size_t kMinDeviceTokenDigits = 64;
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool is_apple_id(std::string_view text) {
    return text.size() == kIdLetters && consists_of(text, "");
}

bool is_device_token(std::string_view token) {
    return token.size() >= kMinDeviceTokenDigits && token.size() <= kMaxApnsDeviceTokenDigits &&
           token.size() % 2 == 0 && token.find_first_not_of(kHexDigits) == std::string_view::npos;
}

Result<void> check_app(const ApnsApp& app) {
    if (!is_apple_id(app.team))
        return fail(Code::kInvalid, "apns.team", "The team is 10 letters and digits.");
    if (!is_apple_id(app.key_id))
        return fail(Code::kInvalid, "apns.key_id", "The id of the key is 10 letters and digits.");
    if (app.bundle.size() > kMaxBundleBytes || !consists_of(app.bundle, ".-"))
        return fail(Code::kInvalid, "apns.bundle",
                    "The bundle is letters, digits, dots and hyphens, as org.example.games.");
    const auto server = read_https_url(app.server);
    if (!server || server->origin != app.server)
        return fail(Code::kInvalid, "apns.server",
                    "The server is an https origin, as " + std::string(kApnsProduction) + ".");
    return {};
}

std::string payload_of(const Notice& notice) {
    codec::Json alert = codec::Json::object();
    if (!notice.title.empty()) alert.set("title", notice.title);
    alert.set("body", notice.text);
    return codec::Json::object({{"aps", codec::Json::object({{"alert", std::move(alert)}})},
                                {"id", notice.id},
                                {"topic", notice.topic},
                                {"lang", notice.language},
                                {"link", notice.link}})
        .to_string();
}

// 10: at once; 5: when it suits the battery; 1: the battery comes before everything.
std::string priority_of(Urgency urgency) {
    switch (urgency) {
        case Urgency::kLow:
            return "1";
        case Urgency::kNormal:
            return "5";
        default:
            return "10";
    }
}

// 0 has Apple try once and keep nothing.
std::int64_t expiration_of(const Notice& notice, Time now) {
    const std::int64_t lifetime = lifetime_seconds(notice);
    return lifetime == 0 ? 0 : now.us / seconds(1).us + lifetime;
}

}  // namespace

struct Apns::Parts {
    Parts(ApnsApp described, crypto::PrivateKey parsed)
        : app(std::move(described)), key(std::move(parsed)) {}

    std::string authorization(Time now) {
        const std::lock_guard lock(mutex);
        const Duration age = now - made;
        // Threads may see clocks that differ a little; one that was set back makes a new token.
        if (!token.empty() && age < kApnsTokenAge && age > seconds(-60)) return token;
        const auto claims =
            codec::Json::object({{"iss", app.team}, {"iat", now.us / seconds(1).us}});
        token = "bearer " + sign_token(key, codec::Json::object({{"kid", app.key_id}}), claims);
        made = now;
        return token;
    }

    ApnsApp app;
    crypto::PrivateKey key;
    std::mutex mutex;
    std::string token;
    Time made;
};

Apns::Apns(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Apns::~Apns() = default;
Apns::Apns(Apns&&) noexcept = default;
Apns& Apns::operator=(Apns&&) noexcept = default;

Result<Apns> Apns::create(const ApnsApp& app) {
    TRY_VOID(check_app(app));
    TRY(auto key, crypto::PrivateKey::from_pem(app.key));
    if (key.kind() != crypto::KeyKind::kP256)
        return fail(Code::kInvalid, "key.unsupported",
                    "Apple's push service wants a key of the curve P-256.");
    ApnsApp described = app;
    described.key.clear();  // one copy of it is enough
    return Apns(std::make_unique<Parts>(std::move(described), std::move(key)));
}

Result<OutboundRequest> Apns::make(std::string_view device_token, const Notice& notice,
                                   Time now) const {
    TRY_VOID(check(notice));
    if (!is_device_token(device_token))
        return fail(Code::kInvalid, "apns.device_token",
                    "A device token is an even number of hexadecimal digits, from 64 to " +
                        std::to_string(kMaxApnsDeviceTokenDigits) + ".");
    std::string payload = payload_of(notice);
    if (payload.size() > kMaxApnsPayloadBytes)
        return fail(Code::kTooLarge, "apns.too_long",
                    "The notice has more than " + std::to_string(kMaxApnsPayloadBytes) +
                        " bytes as JSON; shorten its text.");
    OutboundRequest request{
        parts_->app.server + "/3/device/" + std::string(device_token), {}, std::move(payload)};
    request.headers = {{"authorization", parts_->authorization(now)},
                       {"content-type", "application/json"},
                       {"apns-push-type", "alert"},
                       {"apns-topic", parts_->app.bundle},
                       {"apns-id", uuid_of(notice)},
                       {"apns-collapse-id", notice.topic},
                       {"apns-expiration", std::to_string(expiration_of(notice, now))},
                       {"apns-priority", priority_of(notice.urgency)}};
    return request;
}

}  // namespace altis::channels
