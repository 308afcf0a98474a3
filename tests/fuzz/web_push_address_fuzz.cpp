// Fuzzes channels/web_push.h with subscriptions, three lines each: what is accepted is written to,
// and the request breaks out of nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "channels/https_url.h"
#include "channels/web_push.h"

namespace {

using namespace altis;
using namespace altis::channels;

std::string take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

Notice notice() {
    return {.id = std::string(32, '0'),
            .topic = std::string(32, '1'),
            .title = "",
            .text = "147.67",
            .language = "en",
            .link = "",
            .lifetime = seconds(60)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const WebPush sender = WebPush::create({1}, "mailto:a@b.example").value();
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    WebPushAddress address;
    address.endpoint = take_line(rest);
    address.p256dh = take_line(rest);
    address.auth = rest;

    const auto checked = check(address);
    const auto request = sender.make(address, notice(), Time{});
    ALTIS_ASSERT(checked.has_value() == request.has_value());
    if (!request) {
        ALTIS_ASSERT(checked.error().reason == request.error().reason);
        return 0;
    }
    ALTIS_ASSERT(request->body.size() == 1'024);
    const auto url = read_https_url(address.endpoint);
    ALTIS_ASSERT(url && read_https_url(url->origin)->origin == url->origin);
    for (const auto& [name, value] : request->headers)
        for (const char c : value)
            ALTIS_ASSERT(c >= ' ' && c < 0x7F);
    return 0;
}
