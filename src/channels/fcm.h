// Google's push service (FCM) by its HTTP v1 interface, as a service account (RFC 7523).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "channels/notice.h"
#include "channels/outbound_request.h"

namespace altis::channels {

inline constexpr char kFcmServer[] = "https://fcm.googleapis.com";

constexpr std::size_t kMaxFcmAccountBytes = 32'768;
constexpr std::size_t kMaxFcmPayloadBytes = 4'096;
constexpr std::size_t kMaxFcmDeviceTokenBytes = 1'024;
constexpr std::size_t kMaxFcmTokenBytes = 8'192;     // of an access token
constexpr Duration kFcmTokenReserve = seconds(300);  // a token is asked for anew so long before

// Makes the requests for one project. Any thread.
//
//     if (fcm.needs_token(now)) fcm.accept_token(answer to fcm.token_request(now), now);
//     fcm.make(device, notice, now)
class Fcm {
  public:
    // `account` is the JSON file that Google's console gives for a service account, of which
    // "project_id", "private_key_id", "private_key", "client_email" and "token_uri" are read.
    // `server` is an https origin. Fails with "fcm.account" (naming the member), "fcm.server", or
    // as `PrivateKey::from_pem` does, "key.unsupported" for a key that is not RSA.
    static Result<Fcm> create(std::string_view account, std::string server = kFcmServer);
    ~Fcm();
    Fcm(Fcm&&) noexcept;
    Fcm& operator=(Fcm&&) noexcept;

    // True without an access token, or when it ends within kFcmTokenReserve.
    bool needs_token(Time now) const;

    // Asks Google for an access token, by an assertion signed now.
    OutboundRequest token_request(Time now) const;

    // Reads the body of its answer 200. Fails with "fcm.token" and keeps the token it has.
    Result<void> accept_token(std::string_view body, Time now);

    // A visible notice. Fails as `check` does for notices, with "fcm.no_token" (needs_token was
    // true and nobody asked), "fcm.device_token", which does not repeat it, or "fcm.too_long" over
    // kMaxFcmPayloadBytes.
    Result<OutboundRequest> make(std::string_view device_token, const Notice& notice,
                                 Time now) const;

  private:
    struct Parts;
    explicit Fcm(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace altis::channels
