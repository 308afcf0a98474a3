// Signatures of the Standard Webhooks specification, and the secrets behind them.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/hash.h"
#include "platform/random.h"
#include "server/http.h"

namespace altis::service {

// 128 random bits in hex.
std::string new_webhook_salt(platform::Random& random);

// The secret of a receiver: nothing of it is stored but `salt`, and who lacks the installation's
// own key `webhooks` cannot make it. Another salt makes another secret.
std::string webhook_secret(const crypto::Digest& webhooks, std::string_view organisation,
                           std::string_view url, std::string_view salt);

// As receivers are told it: "whsec_" and base64.
std::string printed_webhook_secret(std::string_view secret);

// webhook-id, webhook-timestamp and webhook-signature of one message.
server::Fields webhook_headers(std::string_view secret, std::string_view id, Time now,
                               std::string_view body);

}  // namespace altis::service
