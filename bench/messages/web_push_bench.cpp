// Web Push: notices encrypted for browsers and signed, per second of processor time.
//
// Usage: web_push_bench MESSAGES
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "channels/test_notice.h"
#include "channels/vapid.h"
#include "crypto/p256.h"
#include "platform/random.h"
#include "report/row.h"

namespace {

using namespace altis;
using namespace altis::channels;

constexpr std::size_t kServices = 2 * kMaxVapidOrigins;

std::string base64url(const auto& bytes) {
    return codec::to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::vector<WebPushAddress> browsers(std::size_t count) {
    platform::SystemRandom random;
    std::vector<WebPushAddress> addresses;
    for (std::size_t i = 0; i < count; ++i) {
        crypto::P256Seed seed;
        std::array<std::uint8_t, 16> auth;
        random.fill(seed);
        random.fill(auth);
        addresses.push_back({"/push/" + std::to_string(i),
                             base64url(crypto::make_p256_pair(seed).point), base64url(auth)});
    }
    return addresses;
}

// Messages per second of processor time to browsers whose push services are `services` many.
double rate(const std::vector<WebPushAddress>& addresses, std::size_t services) {
    const auto sender = WebPush::create({1}, "mailto:push@games.example").value();
    const Notice notice = test_notice();
    const std::clock_t begin = std::clock();
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        WebPushAddress address = addresses[i];
        address.endpoint =
            "https://push" + std::to_string(i % services) + ".example" + address.endpoint;
        const auto request = sender.make(address, notice, Time{1'771'536'000'000'000});
        if (!request || request->body.size() != 1'024) {
            std::cerr << "web_push_bench: a message was not made\n";
            std::exit(1);
        }
    }
    return static_cast<double>(addresses.size()) * CLOCKS_PER_SEC /
           static_cast<double>(std::clock() - begin);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: web_push_bench MESSAGES\n";
        return 2;
    }
    const auto addresses = browsers(std::strtoull(argv[1], nullptr, 10));
    rate({addresses.begin(), addresses.begin() + static_cast<long>(addresses.size() / 10)}, 1);
    bench::print({"Web Push encrypted, and signed once per push service", rate(addresses, 3),
                  "per CPU-second"});
    // More services than tokens are kept for, one after the other: each message signs anew.
    bench::print({"Web Push encrypted and signed, each message anew", rate(addresses, kServices),
                  "per CPU-second"});
    return 0;
}
