// What a channel hands to whoever speaks to the network.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace altis::channels {

// One HTTP POST over TLS. Header names are lower-case; no value holds a control character.
struct OutboundRequest {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

}  // namespace altis::channels
