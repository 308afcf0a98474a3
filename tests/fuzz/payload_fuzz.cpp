// Fuzzes the payloads of fans that are read back from the journal (fans/fan_event.h,
// fans/dead_letter.h): their views stay inside the payload.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "fans/dead_letter.h"
#include "fans/fan_event.h"

namespace {

using namespace altis::fans;

bool is_inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_event(std::string_view payload) {
    const auto event = decode_event(payload);
    if (!event) return;
    for (const auto part : {event->head.raw, event->head.name, event->head.message_id,
                            event->head.user_id, event->head.anonymous_id, event->signal_bytes})
        ALTIS_ASSERT(is_inside(part, payload));
    std::size_t count = 0;
    auto signals = event->signals();
    for (Signal signal; signals.next(signal); ++count)
        ALTIS_ASSERT(is_inside(signal.name, payload) && is_inside(signal.sport, payload));
    ALTIS_ASSERT(count <= event->signal_count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view payload(reinterpret_cast<const char*>(data), size);
    check_event(payload);
    if (const auto rejected = decode_rejection(payload)) {
        for (const auto part :
             {rejected->reason, rejected->message, rejected->message_id, rejected->raw})
            ALTIS_ASSERT(is_inside(part, payload));
    }
    return 0;
}
