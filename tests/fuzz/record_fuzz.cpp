// Fuzzes results/records.h: a version that can be read is written so that it reads the same, and
// as one JSON text when it is UTF-8.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "codec/json.h"
#include "codec/text.h"
#include "results/records.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = results::read_publication(text);
    if (!read) return 0;
    const std::string payload = results::payload_of(*read);
    const auto again = results::read_publication(payload);
    ALTIS_ASSERT(again && *again == *read);
    if (!codec::is_utf8(payload)) return 0;
    const auto json = codec::parse_json(payload);
    // Attributes of what the model does not hold may have one name twice here, never in XML.
    if (json) ALTIS_ASSERT(json->to_string() == payload);
    return 0;
}
