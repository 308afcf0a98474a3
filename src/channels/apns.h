// Apple's push service (APNs) by its HTTP/2 interface with provider tokens.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "channels/notice.h"
#include "channels/outbound_request.h"

namespace altis::channels {

inline constexpr char kApnsProduction[] = "https://api.push.apple.com";
inline constexpr char kApnsSandbox[] = "https://api.sandbox.push.apple.com";

constexpr std::size_t kMaxApnsPayloadBytes = 4'096;
constexpr std::size_t kMaxApnsDeviceTokenDigits = 200;
constexpr Duration kApnsTokenAge = seconds(2'400);  // 40 minutes

// An app and the key that its makers got from Apple for it.
struct ApnsApp {
    std::string team;                      // 10 letters and digits
    std::string key_id;                    // 10 letters and digits
    std::string bundle;                    // "org.example.games"
    std::string key;                       // the .p8 file: a P-256 key in PEM
    std::string server = kApnsProduction;  // an https origin
};

// Makes the requests for one app. Any thread.
class Apns {
  public:
    // Fails with "apns.team", "apns.key_id", "apns.bundle", "apns.server", or as
    // `PrivateKey::from_pem` does, "key.unsupported" for a key that is not of P-256.
    static Result<Apns> create(const ApnsApp& app);
    ~Apns();
    Apns(Apns&&) noexcept;
    Apns& operator=(Apns&&) noexcept;

    // A visible notice, to be sent by HTTP/2. `device_token` are hexadecimal digits, an even number
    // of 64 to kMaxApnsDeviceTokenDigits. The token of the app is made anew after kApnsTokenAge:
    // Apple refuses those older than an hour, and new ones more often than every 20 minutes. Fails
    // as `check` does for notices, with "apns.device_token", which does not repeat it, or with
    // "apns.too_long" over kMaxApnsPayloadBytes.
    Result<OutboundRequest> make(std::string_view device_token, const Notice& notice,
                                 Time now) const;

  private:
    struct Parts;
    explicit Apns(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace altis::channels
