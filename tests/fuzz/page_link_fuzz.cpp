// Fuzzes service/page_link.h: no bytes but those that page_token made open a page.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "service/page_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::service;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const altis::crypto::Digest key = {7};
    const altis::Time now{};
    ALTIS_ASSERT(!open_page_token(key, text, now));
    PageLink link;
    link.until = now + altis::seconds(60);
    link.edition = "owg2026";
    const std::string token = page_token(key, link);
    ALTIS_ASSERT(open_page_token(key, token, now) == link);
    if (text != token) ALTIS_ASSERT(!open_page_token(key, token + std::string(text) + "x", now));
    return 0;
}
