// Fuzzes codec/xml.h: no input may stop the process, and what is accepted must be consistent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = altis::codec::XmlDocument::parse(text);
    if (document && !document->root()) __builtin_trap();
    return 0;
}
