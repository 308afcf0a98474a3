// VAPID (RFC 8292): a push service learns by a signed token who sends, and whom to write to.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/time.h"
#include "crypto/private_key.h"

namespace altis::channels {

constexpr std::size_t kMaxVapidOrigins = 1'024;  // push services whose tokens are kept
// RFC 8292 allows 24 hours; half of it leaves room for clocks that disagree.
constexpr Duration kVapidLifetime = seconds(43'200);  // 12 hours
constexpr Duration kVapidReserve = seconds(3'600);

// Makes the tokens and keeps one per push service. Any thread.
class Vapid {
  public:
    // `contact` is a mailto: or https: URI. `key` is of P-256.
    Vapid(crypto::PrivateKey key, std::string contact);

    // In base64url, as a browser wants it for applicationServerKey.
    const std::string& public_key() const { return public_key_; }

    // The value of the header Authorization for a push service: a token for kVapidLifetime, the
    // same until kVapidReserve before it ends.
    std::string authorization(const std::string& origin, Time now);

  private:
    struct Token {
        std::string authorization;
        Time made;
    };
    std::string make(const std::string& origin, Time now) const;

    crypto::PrivateKey key_;
    std::string contact_;
    std::string public_key_;
    std::mutex mutex_;
    std::map<std::string, Token> tokens_;
};

}  // namespace altis::channels
