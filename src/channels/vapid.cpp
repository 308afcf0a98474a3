#include "channels/vapid.h"

#include "channels/token.h"
#include "codec/text.h"

namespace altis::channels {

Vapid::Vapid(crypto::PrivateKey key, std::string contact)
    : key_(std::move(key)),
      contact_(std::move(contact)),
      public_key_(codec::to_base64url(key_.public_key())) {}

std::string Vapid::make(const std::string& origin, Time now) const {
    const auto claims = codec::Json::object(
        {{"aud", origin}, {"exp", (now + kVapidLifetime).us / seconds(1).us}, {"sub", contact_}});
    return "vapid t=" + sign_token(key_, codec::Json::object({{"typ", "JWT"}}), claims) +
           ", k=" + public_key_;
}

std::string Vapid::authorization(const std::string& origin, Time now) {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(origin);
    if (found != tokens_.end()) {
        // A token from the future (a clock was set back) might end more than a day from now.
        const Duration age = now - found->second.made;
        if (age < Duration{kVapidLifetime.us - kVapidReserve.us} &&
            age > Duration{-kVapidReserve.us})
            return found->second.authorization;
    }
    if (found == tokens_.end() && tokens_.size() >= kMaxVapidOrigins) tokens_.clear();
    Token& token = tokens_[origin];
    token = {make(origin, now), now};
    return token.authorization;
}

}  // namespace altis::channels
