// Fuzzes fans/ingest.h: every event of a body is either read or refused, and its views stay inside
// the body or the batch; what is written of it to the journal reads the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/time.h"
#include "fans/ingest.h"

namespace {

using namespace altis::fans;

const altis::Time kReceived = altis::civil_date(2026, 2, 19);

// Reads every byte that the event refers to, so that AddressSanitizer sees a view gone stale.
std::size_t touch(const IncomingEvent& event) {
    std::string bytes;
    bytes.append(event.head.raw).append(event.head.name).append(event.head.message_id);
    bytes.append(event.head.user_id).append(event.head.anonymous_id).append(event.previous_id);
    for (const Signal& signal : event.signals)
        bytes.append(signal.name)
            .append(signal.sport)
            .append(signal.reference)
            .append(signal.currency);
    return bytes.size();
}

void check(const altis::Result<Batch>& batch) {
    if (!batch) return;
    const std::size_t count = batch->events.size() + batch->rejections.size();
    std::size_t touched = 0;
    for (const IncomingEvent& event : batch->events) {
        ALTIS_ASSERT(event.index < count);
        touched += touch(event);
        const std::string payload = encode_event(event.head, event.signals);
        const auto decoded = decode_event(payload);
        ALTIS_ASSERT(decoded && decoded->head == event.head);
    }
    for (const Rejection& rejection : batch->rejections) {
        ALTIS_ASSERT(rejection.index < count && !rejection.reason.empty());
        touched += std::string(rejection.raw).size();
    }
    static_cast<void>(touched);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const IngestKeys kKeys;
    const Source source{"organisers", "owg2026", "key-1", &kKeys};
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    check(parse_batch(body, source, kReceived));
    check(parse_single(EventType::kTrack, body, source, kReceived));
    check(parse_single(EventType::kIdentify, body, source, kReceived));
    return 0;
}
