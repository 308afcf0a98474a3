// Fuzzes fans/dialects/posthog.h: forms, base64 and gzip, the key, and every event of a body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fans/dialects/posthog.h"
#include "fans/live_book.h"

namespace {

using namespace altis::fans;

// What a fuzzer made must be either an event that the journal's form keeps, or a refusal.
void check(const altis::Result<Batch>& batch) {
    if (!batch) return;
    const std::size_t count = batch->events.size() + batch->rejections.size();
    for (const IncomingEvent& event : batch->events) {
        ALTIS_ASSERT(event.index < count);
        const std::string payload = encode_event(event.head, event.signals);
        const auto decoded = decode_event(payload);
        ALTIS_ASSERT(decoded && decoded->head == event.head);
        ALTIS_ASSERT(std::string(event.previous_id).size() <= kMaxIdentifierBytes);
    }
    for (const Rejection& rejection : batch->rejections) {
        ALTIS_ASSERT(rejection.index < count && !rejection.reason.empty());
        ALTIS_ASSERT(!encode_rejection(rejection).empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto text = posthog_text(std::string(body));
    if (!text) return 0;
    ALTIS_ASSERT(posthog_key(*text).size() <= text->size());
    check(parse_posthog(*text, test_source(), kReceived));
    return 0;
}
