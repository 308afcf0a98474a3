// Fuzzes server/message_reader.h: how the bytes of a stream are cut into reads must not change what
// is understood.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "server/message_reader.h"

namespace {

using namespace altis::server;

Limits small_limits() {
    Limits limits;
    limits.body_bytes = 4'096;
    limits.header_bytes = 1'024;
    return limits;
}

// One read; gives how many bytes went into it.
template <class Reader>
std::size_t feed(Reader& reader, std::string_view bytes, std::size_t most) {
    const auto room = reader.prepare();
    const std::size_t size = std::min({room.size(), bytes.size(), most});
    std::copy_n(bytes.begin(), size, room.begin());
    reader.commit(size);
    return size;
}

// What a request reader makes of a stream that comes in reads of `piece` bytes.
std::string requests_in(std::string_view bytes, std::size_t piece) {
    RequestReader reader(small_limits());
    std::string seen;
    while (!bytes.empty()) {
        bytes.remove_prefix(feed(reader, bytes, piece));
        ReadStep step = reader.advance();
        for (; step == ReadStep::kMessage; step = reader.advance()) {
            const Request request = reader.take();
            seen.append(to_string(request.method)).append(request.path).append(request.body);
            for (const auto& [name, value] : request.headers)
                seen.append(name).append(value);
            if (reader.keep_alive() == KeepAlive::kNo) return seen;
        }
        if (step == ReadStep::kFailed)
            return seen + " refused " + std::to_string(reader.refusal().status);
    }
    return seen;
}

std::string response_in(std::string_view bytes, std::size_t piece) {
    ResponseReader reader(ExpectBody::kYes);
    ReadStep step = ReadStep::kNeedMore;
    while (step == ReadStep::kNeedMore && !bytes.empty()) {
        bytes.remove_prefix(feed(reader, bytes, piece));
        step = reader.advance();
    }
    if (step == ReadStep::kNeedMore) step = reader.finish();
    if (step != ReadStep::kMessage) return "refused";
    return std::to_string(reader.response().status) + reader.response().body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    constexpr std::size_t kWhole = 1U << 20;
    ALTIS_ASSERT(requests_in(bytes, kWhole) == requests_in(bytes, 1));
    ALTIS_ASSERT(response_in(bytes, kWhole) == response_in(bytes, 1));
    return 0;
}
