// Fuzzes channels/fcm.h: files of service accounts, and answers that should hold an access token.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "channels/fcm.h"
#include "codec/json.h"
#include "crypto/private_key.h"

namespace {

using namespace altis;
using namespace altis::channels;

// An account to ask with.
std::string good_account() {
    return codec::Json::object(
               {{"project_id", "games-example"},
                {"private_key_id", "0"},
                {"private_key", crypto::PrivateKey::make(crypto::KeyKind::kRsa).pem()},
                {"client_email", "a@b.example"},
                {"token_uri", "https://b.example/token"}})
        .to_string();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto described = Fcm::create(bytes);
    if (described) {
        ALTIS_ASSERT(!described->token_request(Time{}).body.empty());
    } else {
        ALTIS_ASSERT(described.error().reason == "fcm.account" ||
                     described.error().reason.starts_with("key."));
    }

    static Fcm asking = Fcm::create(good_account()).value();
    if (!asking.accept_token(bytes, Time{})) return 0;
    const Notice notice{.id = std::string(32, '0'),
                        .topic = std::string(32, '1'),
                        .title = "",
                        .text = "147.67",
                        .language = "en",
                        .link = "",
                        .lifetime = seconds(60)};
    const auto request = asking.make("device", notice, Time{});
    ALTIS_ASSERT(request);
    for (const auto& [name, value] : request->headers)
        for (const char c : value)
            ALTIS_ASSERT(c >= ' ' && c < 0x7F);
    return 0;
}
