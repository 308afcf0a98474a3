// Web Push (RFC 8030, 8291, 8292): notices for browsers, which only that browser can read.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "channels/notice.h"
#include "channels/outbound_request.h"
#include "crypto/hash.h"

namespace altis::channels {

constexpr std::size_t kMaxPushEndpointBytes = 2'048;
constexpr std::size_t kMaxPushContactBytes = 256;

// As a browser's PushSubscription gives it; the keys in base64url.
struct WebPushAddress {
    std::string endpoint;
    std::string p256dh;
    std::string auth;
};

// Fails with "web_push.endpoint" (no https URL, a fragment, over kMaxPushEndpointBytes),
// "web_push.p256dh" (no point of the curve P-256) or "web_push.auth" (not 16 bytes). No message
// repeats the address, which names a person. Where the endpoint leads is for the sender to judge.
Result<void> check(const WebPushAddress& address);

// Makes the requests of one installation. Any thread.
class WebPush {
  public:
    // The VAPID key is derived from `seed`, a secret of the installation: another seed is another
    // sender, whom browsers that subscribed before do not listen to. `contact` is what push
    // services write to, a mailto: or https: URI; fails with "web_push.contact".
    static Result<WebPush> create(const crypto::Digest& seed, std::string contact);
    ~WebPush();
    WebPush(WebPush&&) noexcept;
    WebPush& operator=(WebPush&&) noexcept;

    // In base64url, for applicationServerKey.
    std::string public_key() const;

    // The request that hands a notice to the push service of that browser. The payload is JSON
    // {"id", "topic", "title", "body", "lang", "dir", "link"}, padded to 1,024, 2,048 or 4,096
    // bytes, so that the length says little. The topic that the push service sees differs for
    // every subscription. Fails as `check` does for notices and addresses, or with
    // "web_push.too_long" when escapes make the payload longer than kMaxWebPushPayloadBytes.
    Result<OutboundRequest> make(const WebPushAddress& address, const Notice& notice,
                                 Time now) const;

  private:
    struct Parts;
    explicit WebPush(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace altis::channels
