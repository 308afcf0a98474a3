#include "fans/fan_event.h"

#include <iterator>
#include <limits>

#include "base/assert.h"

namespace altis::fans {
namespace {

constexpr std::uint8_t kVersion = 1;

template <class Length>
void put_short(ByteWriter& out, std::string_view text) {
    ALTIS_ASSERT(text.size() <= std::numeric_limits<Length>::max());
    out.put(static_cast<Length>(text.size()));
    out.put_raw(text);
}

template <class Length>
std::string_view get_short(ByteReader& in) {
    return in.get_raw(in.get<Length>());
}

void put_fingerprint(ByteWriter& out, const crypto::Fingerprint& value) {
    out.put(value.low);
    out.put(value.high);
}

crypto::Fingerprint get_fingerprint(ByteReader& in) {
    const auto low = in.get<std::uint64_t>();
    return {low, in.get<std::uint64_t>()};
}

void put_signal(ByteWriter& out, const Signal& signal) {
    out.put(static_cast<std::uint8_t>(signal.kind));
    put_short<std::uint8_t>(out, signal.name);
    put_short<std::uint8_t>(out, signal.sport);
    put_short<std::uint8_t>(out, signal.reference);
    put_short<std::uint8_t>(out, signal.currency);
    out.put(signal.value);
    out.put(signal.quantity);
}

std::size_t encoded_size(const EventHead& head, std::span<const Signal> signals) {
    constexpr std::size_t kFixed = 1 + 1 + 8 + 8 + 16 + 8 + 16 + 16 + 4 * 2 + 1 + 2;
    constexpr std::size_t kSignalFixed = 1 + 4 + 8 + 8;
    std::size_t size = kFixed + head.name.size() + head.message_id.size() + head.user_id.size() +
                       head.anonymous_id.size() + head.key_id.size() + head.raw.size();
    for (const Signal& signal : signals) {
        size += kSignalFixed + signal.name.size() + signal.sport.size() + signal.reference.size() +
                signal.currency.size();
    }
    return size;
}

EventHead get_head(ByteReader& in) {
    EventHead head;
    head.type = static_cast<EventType>(in.get<std::uint8_t>());
    head.event_time.us = in.get<std::int64_t>();
    head.received_at.us = in.get<std::int64_t>();
    head.message = get_fingerprint(in);
    head.content = in.get<std::uint64_t>();
    head.user = get_fingerprint(in);
    head.anonymous = get_fingerprint(in);
    head.name = get_short<std::uint16_t>(in);
    head.message_id = get_short<std::uint16_t>(in);
    head.user_id = get_short<std::uint16_t>(in);
    head.anonymous_id = get_short<std::uint16_t>(in);
    head.key_id = get_short<std::uint8_t>(in);
    return head;
}

Signal get_signal(ByteReader& in) {
    Signal signal;
    signal.kind = static_cast<SignalKind>(in.get<std::uint8_t>());
    signal.name = get_short<std::uint8_t>(in);
    signal.sport = get_short<std::uint8_t>(in);
    signal.reference = get_short<std::uint8_t>(in);
    signal.currency = get_short<std::uint8_t>(in);
    signal.value = in.get<std::int64_t>();
    signal.quantity = in.get<std::int64_t>();
    return signal;
}

}  // namespace

bool SignalCursor::next(Signal& signal) {
    if (left_ == 0 || !reader_.ok()) return false;
    --left_;
    signal = get_signal(reader_);
    return reader_.ok();
}

std::string encode_event(const EventHead& head, std::span<const Signal> signals) {
    ALTIS_ASSERT(signals.size() <= std::numeric_limits<std::uint16_t>::max());
    ByteWriter out;
    out.reserve(encoded_size(head, signals));
    out.put(kVersion);
    out.put(static_cast<std::uint8_t>(head.type));
    out.put(head.event_time.us);
    out.put(head.received_at.us);
    put_fingerprint(out, head.message);
    out.put(head.content);
    put_fingerprint(out, head.user);
    put_fingerprint(out, head.anonymous);
    put_short<std::uint16_t>(out, head.name);
    put_short<std::uint16_t>(out, head.message_id);
    put_short<std::uint16_t>(out, head.user_id);
    put_short<std::uint16_t>(out, head.anonymous_id);
    put_short<std::uint8_t>(out, head.key_id);
    out.put(static_cast<std::uint16_t>(signals.size()));
    for (const Signal& signal : signals)
        put_signal(out, signal);
    out.put_raw(head.raw);
    return out.take();
}

Result<FanEvent> decode_event(std::string_view payload) {
    ByteReader in(payload);
    const auto version = in.get<std::uint8_t>();
    FanEvent event;
    event.head = get_head(in);
    event.signal_count = in.get<std::uint16_t>();
    const std::string_view rest = in.get_raw(in.remaining());
    ByteReader signals(rest);
    bool known = static_cast<std::size_t>(event.head.type) < std::size(kEventTypeNames);
    for (int i = 0; i < event.signal_count && signals.ok(); ++i) {
        known = static_cast<std::uint8_t>(get_signal(signals).kind) < kSignalKinds && known;
    }
    if (!in.ok() || !signals.ok() || !known || version != kVersion) {
        return fail(Code::kCorrupt, "bytes.malformed",
                    "a fans.event payload is cut short or of an unknown version");
    }
    event.signal_bytes = rest.substr(0, rest.size() - signals.remaining());
    event.head.raw = rest.substr(event.signal_bytes.size());
    return event;
}

}  // namespace altis::fans
