// Fuzzes codec/email.h: what is accepted keeps its limits, and is its own spelling.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "codec/email.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::codec;
    const auto email = normalise_email({reinterpret_cast<const char*>(data), size});
    if (!email) return 0;
    ALTIS_ASSERT(email->size() <= kMaxEmailBytes && email->find('@') <= kMaxEmailLocalBytes);
    ALTIS_ASSERT(normalise_email(*email) == *email);
    return 0;
}
