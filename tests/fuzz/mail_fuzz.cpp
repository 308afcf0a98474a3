// Fuzzes channels/email.h with an address, a title and a text, split at zero bytes: whatever is
// accepted becomes a message of short ASCII lines with the fields that it should have.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "channels/email.h"
#include "crypto/private_key.h"

namespace {

using namespace altis;
using namespace altis::channels;

constexpr std::size_t kFields = 12;
constexpr std::size_t kMaxLineCharacters = 998;  // RFC 5322

std::string take_part(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string part(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

Email sender() {
    return Email::create({"Games", "news@games.example", "games.example", "altis",
                          crypto::PrivateKey::make(crypto::KeyKind::kEd25519).pem()})
        .value();
}

void check_lines(std::string_view message) {
    bool is_header = true;
    std::size_t fields = 0;
    std::size_t ends = 0;
    while (!message.empty()) {
        const std::size_t end = message.find("\r\n");
        ALTIS_ASSERT(end <= kMaxLineCharacters);
        const std::string_view line = message.substr(0, end);
        ALTIS_ASSERT(
            std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7F; }));
        ALTIS_ASSERT(line != ".");
        if (line.empty()) is_header = false;
        if (is_header && line.front() != ' ') ++fields;
        if (line.starts_with("--=_") && line.ends_with("--")) ++ends;
        message.remove_prefix(end + 2);
    }
    ALTIS_ASSERT(fields == kFields && ends == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Email email = sender();
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const std::string to = take_part(rest);
    Notice notice{.id = std::string(32, '0'),
                  .topic = std::string(32, '1'),
                  .title = take_part(rest),
                  .text = std::string(rest),
                  .language = "en",
                  .link = "",
                  .lifetime = seconds(60)};
    const auto message = email.make(to, notice, "https://games.example/u", Time{});
    if (message) check_lines(*message);
    return 0;
}
