#include "channels/web_push.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "channels/https_url.h"
#include "channels/vapid.h"
#include "channels/web_push_encryption.h"
#include "codec/json.h"
#include "codec/text.h"
#include "crypto/hkdf.h"
#include "language/letters.h"
#include "platform/random.h"

namespace altis::channels {
namespace {

constexpr std::size_t kAuthBytes = 16;
constexpr std::size_t kBodySizes[] = {1'024, 2'048, kMaxWebPushBodyBytes};
constexpr std::size_t kTopicBytes = 24;  // 32 digits of base64url (RFC 8030, section 5.4)

struct Receiver {
    std::string origin;
    WebPushReceiver keys;
};

tl::unexpected<Error> wrong(std::string_view reason, std::string message) {
    return fail(Code::kInvalid, reason, std::move(message));
}

// All but whether p256dh lies on the curve, which the agreement finds out anyway.
Result<Receiver> read(const WebPushAddress& address) {
    const auto url = read_https_url(address.endpoint);
    if (!url || address.endpoint.size() > kMaxPushEndpointBytes ||
        address.endpoint.find('#') != std::string::npos)
        return wrong("web_push.endpoint",
                     "The endpoint must be an https URL without a fragment, of at most " +
                         std::to_string(kMaxPushEndpointBytes) + " bytes.");
    auto point = codec::from_base64url(address.p256dh);
    if (!point)
        return wrong("web_push.p256dh", "The key p256dh must be base64url without padding.");
    auto auth = codec::from_base64url(address.auth);
    if (!auth || auth->size() != kAuthBytes)
        return wrong("web_push.auth", "The secret auth must be 16 bytes in base64url.");
    return Receiver{url->origin, {*std::move(point), *std::move(auth)}};
}

Error not_on_the_curve(const Error&) {
    return {Code::kInvalid, "web_push.p256dh",
            "The key p256dh must be an uncompressed point of the curve P-256."};
}

// "mailto:" or "https://" and something without blanks or brackets, which some services refuse.
bool is_contact(std::string_view contact) {
    if (contact.size() > kMaxPushContactBytes) return false;
    if (contact.starts_with("https://")) return read_https_url(contact).has_value();
    return contact.starts_with("mailto:") && contact.find('@') != std::string_view::npos &&
           std::all_of(contact.begin(), contact.end(),
                       [](char c) { return c > ' ' && c < 0x7F && c != '<' && c != '>'; });
}

std::string payload_of(const Notice& notice) {
    const bool is_right_to_left = language::is_right_to_left(notice.language);
    return codec::Json::object({{"id", notice.id},
                                {"topic", notice.topic},
                                {"title", notice.title},
                                {"body", notice.text},
                                {"lang", notice.language},
                                {"dir", is_right_to_left ? "rtl" : "ltr"},
                                {"link", notice.link}})
        .to_string();
}

Result<std::size_t> body_bytes_for(const std::string& payload) {
    for (const std::size_t bytes : kBodySizes)
        if (payload.size() + kWebPushOverheadBytes <= bytes) return bytes;
    return fail(Code::kTooLarge, "web_push.too_long",
                "The notice has more than " + std::to_string(kMaxWebPushPayloadBytes) +
                    " bytes as JSON; shorten its text.");
}

std::string_view urgency_name(Urgency urgency) {
    switch (urgency) {
        case Urgency::kLow:
            return "low";
        case Urgency::kNormal:
            return "normal";
        default:
            return "high";
    }
}

// A pair and a salt for one message; the secret is wiped when it is done.
struct Fresh : WebPushFreshness {
    explicit Fresh(platform::Random& random) {
        crypto::P256Seed seed;
        random.fill(seed);
        random.fill(salt);
        pair = crypto::make_p256_pair(seed);
        explicit_bzero(seed.data(), seed.size());
    }
    ~Fresh() { explicit_bzero(pair.secret.data(), pair.secret.size()); }
    Fresh(const Fresh&) = delete;
    Fresh& operator=(const Fresh&) = delete;
};

}  // namespace

struct WebPush::Parts {
    Parts(const crypto::Digest& seed, std::string contact)
        : vapid(crypto::PrivateKey::p256_of(crypto::hkdf_expand(seed, "web push: vapid")),
                std::move(contact)),
          topics(crypto::hkdf_expand(seed, "web push: topics")) {}

    // One name for a topic would tell a push service which browsers are told the same.
    std::string topic_of(const WebPushAddress& address, const Notice& notice) const {
        const crypto::Digest name = crypto::keyed_hash(topics, notice.topic + address.endpoint);
        return codec::to_base64url(crypto::as_text(name).substr(0, kTopicBytes));
    }

    Vapid vapid;
    crypto::Digest topics;
    platform::SystemRandom random;
};

Result<void> check(const WebPushAddress& address) {
    TRY(const Receiver receiver, read(address));
    return crypto::check_p256_point(receiver.keys.point).map_error(not_on_the_curve);
}

WebPush::WebPush(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
WebPush::~WebPush() = default;
WebPush::WebPush(WebPush&&) noexcept = default;
WebPush& WebPush::operator=(WebPush&&) noexcept = default;

Result<WebPush> WebPush::create(const crypto::Digest& seed, std::string contact) {
    if (is_contact(contact)) return WebPush(std::make_unique<Parts>(seed, std::move(contact)));
    return wrong("web_push.contact",
                 "The contact for push services must be a mailto: or https: address of at most " +
                     std::to_string(kMaxPushContactBytes) + " bytes.");
}

std::string WebPush::public_key() const {
    return parts_->vapid.public_key();
}

Result<OutboundRequest> WebPush::make(const WebPushAddress& address, const Notice& notice,
                                      Time now) const {
    TRY_VOID(channels::check(notice));
    TRY(const Receiver receiver, read(address));
    const std::string payload = payload_of(notice);
    TRY(const std::size_t body_bytes, body_bytes_for(payload));
    const Fresh fresh(parts_->random);
    TRY(std::string body,
        encrypt_web_push(payload, receiver.keys, fresh, body_bytes).map_error(not_on_the_curve));
    OutboundRequest request{address.endpoint, {}, std::move(body)};
    request.headers = {{"authorization", parts_->vapid.authorization(receiver.origin, now)},
                       {"content-encoding", "aes128gcm"},
                       {"content-type", "application/octet-stream"},
                       {"ttl", std::to_string(lifetime_seconds(notice))},
                       {"topic", parts_->topic_of(address, notice)},
                       {"urgency", std::string(urgency_name(notice.urgency))}};
    return request;
}

}  // namespace altis::channels
