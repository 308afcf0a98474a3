// Fuzzes server/websocket.h: the same bytes come to the same, however they are cut.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "server/websocket.h"

namespace {

using altis::server::FrameReader;

std::string heard(std::string_view bytes, std::size_t step) {
    FrameReader reader;
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += step) {
        reader.add(bytes.substr(i, step));
        while (const auto happening = reader.next()) {
            text.push_back(happening->event == FrameReader::Event::kPing ? 'p' : 'c');
            text.append(happening->payload);
            text.append(std::to_string(static_cast<int>(happening->code)));
        }
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.empty()) return 0;
    const std::string whole = heard(bytes, bytes.size());
    ALTIS_ASSERT(whole == heard(bytes, 1));
    ALTIS_ASSERT(whole == heard(bytes, 7));
    return 0;
}
