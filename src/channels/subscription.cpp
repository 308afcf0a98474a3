#include "channels/subscription.h"

#include <algorithm>

#include "channels/email.h"
#include "codec/text.h"

namespace altis::channels {
namespace {

using codec::Json;

constexpr std::size_t kIdBytes = 16;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "subscriptions.invalid", std::move(message));
}

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_base64url(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '=';
    });
}

// The name of a channel's address in JSON.
std::string_view target_name(Channel channel) {
    switch (channel) {
        case Channel::kWebPush:
            return "endpoint";
        case Channel::kEmail:
            return "address";
        case Channel::kWebhook:
            return "url";
        default:
            return "token";
    }
}

Result<std::string> text_member(const Json& json, std::string_view name, std::size_t limit) {
    const auto text = codec::require_string(json, name);
    if (text && !text->empty() && text->size() <= limit && is_printable_ascii(*text)) return *text;
    return invalid("`" + std::string(name) + "` must be a text of 1 to " + std::to_string(limit) +
                   " printable ASCII characters without spaces");
}

Result<void> read_keys(const Json& json, Address& address) {
    for (auto [name, key] : {std::pair{"p256dh", &address.p256dh}, {"auth", &address.auth}}) {
        TRY(*key, text_member(json["keys"], name, kMaxKeyBytes));
        if (!is_base64url(*key)) {
            return invalid("`keys." + std::string(name) +
                           "` must be base64url, as a browser's "
                           "PushSubscription.toJSON() gives it");
        }
    }
    return {};
}

}  // namespace

std::string_view to_string(Channel channel) {
    return kChannelNames[static_cast<std::size_t>(channel)];
}

std::optional<Channel> parse_channel(std::string_view name) {
    const auto found = std::ranges::find(kChannelNames, name);
    if (found == kChannelNames.end()) return std::nullopt;
    return static_cast<Channel>(found - kChannelNames.begin());
}

Json to_json(const Address& address) {
    Json json = Json::object({{"channel", to_string(address.channel)},
                              {std::string(target_name(address.channel)), address.target}});
    if (address.channel == Channel::kWebPush) {
        json.set("keys", Json::object({{"p256dh", address.p256dh}, {"auth", address.auth}}));
    }
    return json;
}

Result<Address> address_from_json(const Json& json) {
    const auto channel = parse_channel(json["channel"].as_string());
    if (!channel) return invalid("`channel` must be web_push, email, apns, fcm or webhook");
    Address address;
    address.channel = *channel;
    TRY(address.target, text_member(json, target_name(*channel), kMaxTargetBytes));
    if (*channel == Channel::kEmail && !check_email_address(address.target)) {
        return invalid("`address` must be an e-mail address of plain ASCII, e.g. fan@example.org");
    }
    if (*channel == Channel::kWebPush) TRY_VOID(read_keys(json, address));
    return address;
}

std::string subscription_id(const crypto::Digest& key, const Address& address) {
    std::string named(to_string(address.channel));
    named += '\0';
    named += address.target;
    const crypto::Digest digest = crypto::keyed_hash(key, named);
    return codec::to_hex(crypto::as_text(digest).substr(0, kIdBytes));
}

}  // namespace altis::channels
