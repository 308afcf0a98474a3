// One event about one fan: its typed form, and the binary payload of the journal record
// `fans.event` that apply, warehouse and replay read without parsing JSON again.
//
// Payload, little-endian, version 1 (texts: u8 length; identifiers and names: u16 length):
//   u8 version, u8 event type, i64 event time, i64 received at,
//   u64 x2 message, u64 content, u64 x2 user, u64 x2 anonymous (fingerprints; 0 = absent),
//   text16 name, message id, user id, anonymous id; text8 source key id,
//   u16 signal count, then per signal u8 kind, text8 name, sport, reference, currency, i64 value,
//   i64 quantity; at the end the raw JSON text of the event up to the end of the payload.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace altis::fans {

// The calls of the tracking API.
enum class EventType : std::uint8_t { kTrack, kIdentify, kPage, kScreen, kGroup, kAlias };
constexpr std::string_view kEventTypeNames[] = {"track",  "identify", "page",
                                                "screen", "group",    "alias"};

// What an event says about the fan. Unused fields are empty or 0.
//
//   kind         name          sport  reference         currency  value              quantity
//   kViewed      content kind  sport  athlete           -         dwell, ms          -
//   kFollowed    athlete       -      -                 -         1 follow, 0 not    -
//   kOrdered     order id      -      Altis message id  ISO 4217  total, minor       -
//   kBought      category      sport  sku               ISO 4217  price*n, minor     pieces
//   kAttended    -             sport  venue             -         -                  -
//   kOpened      message id    -      -                 -         -                  -
//   kConsent     purpose       -      edition           -         1 given, 0 not     -
//   kLanguage    language      -      -                 -         -                  -
//   kArea        area          -      -                 -         -                  -
//   kEmail       16-byte tag   -      -                 -         -                  -
//   kShared      content kind  -      -                 -         -                  -
//   kSportFollowed sport       -      -                 -         1 follow, 0 not    -
//   kZone        time zone     -      -                 -         -                  -
//   kSeenZone    time zone     -      -                 -         -                  -
enum class SignalKind : std::uint8_t {
    kViewed,
    kFollowed,
    kOrdered,
    kBought,
    kAttended,
    kOpened,
    kConsent,
    kLanguage,
    kArea,
    kEmail,
    kShared,
    kSportFollowed,
    kZone,      // the fan's own word
    kSeenZone,  // of the machine that the event came from
};
constexpr std::uint8_t kSignalKinds = 14;

constexpr std::size_t kMaxTextBytes = 128;        // of each text in a signal
constexpr std::size_t kMaxIdentifierBytes = 256;  // of a user, anonymous or message id, or a name
constexpr std::size_t kEmailTagBytes = 16;

struct Signal {
    SignalKind kind = SignalKind::kViewed;
    std::string_view name = {};
    std::string_view sport = {};
    std::string_view reference = {};
    std::string_view currency = {};
    std::int64_t value = 0;
    std::int64_t quantity = 0;
    friend bool operator==(const Signal&, const Signal&) = default;
};

// Everything about an event but its signals. Views belong to whoever made it.
struct EventHead {
    EventType type = EventType::kTrack;
    Time event_time;              // by the sender's clock, corrected
    Time received_at;             // by ours
    crypto::Fingerprint message;  // of source key and message id: what "the same event" means
    std::uint64_t content = 0;    // of the JSON text without its sentAt
    crypto::Fingerprint user;     // of the user id; zero when absent
    crypto::Fingerprint anonymous;
    std::string_view name;  // "Content Viewed", the page's name; may be empty
    std::string_view message_id;
    std::string_view user_id;
    std::string_view anonymous_id;
    std::string_view key_id;  // of the API key it came through
    std::string_view raw;     // the event's JSON text as it was sent
    friend bool operator==(const EventHead&, const EventHead&) = default;
};

// Walks over encoded signals.
class SignalCursor {
  public:
    SignalCursor(std::string_view bytes, std::uint16_t count) : reader_(bytes), left_(count) {}
    // False behind the last one. The views live as long as the payload.
    bool next(Signal& signal);
    bool ok() const { return reader_.ok(); }

  private:
    ByteReader reader_;
    std::uint16_t left_;
};

// A decoded payload; all views point into it.
struct FanEvent {
    EventHead head;
    std::uint16_t signal_count = 0;
    std::string_view signal_bytes;

    SignalCursor signals() const { return {signal_bytes, signal_count}; }
};

// Texts and counts must be within the limits above; parse_batch sees to that.
std::string encode_event(const EventHead& head, std::span<const Signal> signals);

// Reads a payload of `fans.event` or `fans.conflict` without copying. Fails with "bytes.malformed".
Result<FanEvent> decode_event(std::string_view payload);

}  // namespace altis::fans
