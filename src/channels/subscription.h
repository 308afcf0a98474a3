// A person's subscription to a channel: the way on which messages reach them, and the address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/hash.h"

namespace altis::channels {

constexpr std::size_t kMaxTargetBytes = 2'048;  // of an endpoint, a token or a URL
constexpr std::size_t kMaxEmailBytes = 254;     // of an address (RFC 5321)
constexpr std::size_t kMaxKeyBytes = 128;       // of one key of a Web Push subscription, base64url

// Ways on which Altis itself delivers.
enum class Channel : std::uint8_t { kWebPush, kEmail, kApns, kFcm, kWebhook };
constexpr std::array<std::string_view, 5> kChannelNames = {"web_push", "email", "apns", "fcm",
                                                           "webhook"};
std::string_view to_string(Channel channel);
std::optional<Channel> parse_channel(std::string_view name);

// Where to. `p256dh` and `auth` are a browser's keys for Web Push, empty for all others.
struct Address {
    Channel channel = Channel::kEmail;
    std::string target;  // endpoint of Web Push, e-mail address, device token, URL of a webhook
    std::string p256dh;
    std::string auth;
    friend bool operator==(const Address&, const Address&) = default;
};

// {"channel": "web_push", "endpoint": "https://...", "keys": {"p256dh": "...", "auth": "..."}},
// {"channel": "email", "address": "..."}, {"channel": "apns" | "fcm", "token": "..."},
// {"channel": "webhook", "url": "https://..."}.
codec::Json to_json(const Address& address);
// The inverse; other members are ignored, so that a browser's PushSubscription can be passed on.
// Fails with "subscriptions.invalid", which names the member and repeats nothing of it. Keys of
// Web Push and URLs are checked no further than for their length and characters.
Result<Address> address_from_json(const codec::Json& json);

// An address in use. Ids are the same for the same address, whoever has it.
struct Subscription {
    std::string id;  // 32 hex digits that nobody can guess
    Address address;
    SubjectId subject = kNoSubject;
    Time added;
};

// `key` is the installation's own (vault secret "subscriptions").
std::string subscription_id(const crypto::Digest& key, const Address& address);

}  // namespace altis::channels
