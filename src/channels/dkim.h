// DKIM (RFC 6376, and RFC 8463 for Ed25519): a domain signs its mail.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "channels/mime.h"
#include "crypto/private_key.h"

namespace altis::channels {

// The canonical forms "relaxed" of RFC 6376, section 3.4. Public for their test.
std::string relaxed_field(std::string_view name, std::string_view value);  // ends with CRLF
std::string relaxed_body(std::string_view body);

// Signs for one domain. Any thread.
class Dkim {
  public:
    // `key` in PEM is RSA (which every receiver checks) or Ed25519 (which few do). Fails with
    // "dkim.domain", "dkim.selector", or as `PrivateKey::from_pem` does, "key.unsupported" for a
    // key of another kind.
    static Result<Dkim> create(std::string domain, std::string selector, std::string_view key);

    // Where the public key belongs in the DNS, and the TXT record there.
    std::string record_name() const;
    std::string record() const;

    // The value of DKIM-Signature, folded: relaxed/relaxed, over all of `fields`, each of which is
    // named once more than it is there, so that nobody can add another. `body` has CRLF.
    std::string signature(const MailFields& fields, std::string_view body, Time now) const;

  private:
    Dkim(std::string domain, std::string selector, crypto::PrivateKey key)
        : domain_(std::move(domain)), selector_(std::move(selector)), key_(std::move(key)) {}

    std::string domain_;
    std::string selector_;
    crypto::PrivateKey key_;
};

}  // namespace altis::channels
