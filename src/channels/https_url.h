// The URLs that channels send to or put into messages.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::channels {

struct HttpsUrl {
    std::string origin;  // RFC 6454: lower-case, without the port 443: "https://push.example"
    std::string host;    // lower-case; IPv6 in brackets
};

// An absolute https URL in ASCII (what is beyond is percent-encoded), without a user. A fragment is
// allowed. Fails with "url.not_https"; the message does not repeat it.
Result<HttpsUrl> read_https_url(std::string_view url);

}  // namespace altis::channels
