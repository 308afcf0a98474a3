// The link to a fan's own page: whoever has it is taken for the fan until it ends, so the owner's
// application makes it for somebody whom it knows. It names nobody: the fan stands in it as a keyed
// fingerprint.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace altis::service {

constexpr std::size_t kMaxPageTokenBytes = 200;

struct PageLink {
    crypto::Fingerprint fan;  // fans::user_fingerprint
    std::string edition;      // whose owner made it
    Time made;
    Time until;  // whole seconds; first moment at which it no longer holds
    friend bool operator==(const PageLink&, const PageLink&) = default;
};

// "<until, seconds>.<made, microseconds>.<fingerprint, hex>.<edition>.<keyed hash, hex, of what
// stands before it>". `key` is the vault's secret "fan-pages".
std::string page_token(const crypto::Digest& key, const PageLink& link);

// Takes any bytes. Fails with "page.unknown_link" when it was not made with this key, and
// "page.link_ended". Whether it was ended before its time is known to rights::PageLinksBook.
Result<PageLink> open_page_token(const crypto::Digest& key, std::string_view token, Time now);

}  // namespace altis::service
