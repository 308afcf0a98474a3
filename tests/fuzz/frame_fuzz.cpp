// Fuzzes server/websocket.h: the same bytes come to the same, however they are cut, and whether or
// not packed messages were agreed on; and what clients offer is read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "server/websocket.h"

namespace {

using altis::server::FrameReader;

enum class Packing : std::uint8_t { kNone, kAgreed };

std::string heard(std::string_view bytes, std::size_t step, Packing packing) {
    FrameReader reader;
    if (packing == Packing::kAgreed) reader.allow_packed();
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
    for (const Packing packing : {Packing::kNone, Packing::kAgreed}) {
        const std::string whole = heard(bytes, bytes.size(), packing);
        ALTIS_ASSERT(whole == heard(bytes, 1, packing));
        ALTIS_ASSERT(whole == heard(bytes, 7, packing));
    }
    altis::server::Request request;
    request.headers = {{"Sec-WebSocket-Extensions", std::string(bytes)},
                       {"Accept-Encoding", std::string(bytes)}};
    static_cast<void>(altis::server::offers_deflate(request));
    static_cast<void>(altis::server::accepts_gzip(request));
    return 0;
}
