// What all tracking dialects share: events in the words of the Segment specification become a
// Batch, each judged by itself. A dialect says where its events stand in a body (BodyForm) and puts
// each into these words (Translate). Pure; one reader per request.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json_scan.h"
#include "fans/ingest.h"
#include "fans/signal_reader.h"

namespace altis::fans {

// Members of an event that are read; the places are those of kEventKeys.
enum EventKey : std::size_t {
    kType,
    kEvent,
    kName,
    kMessageId,
    kUserId,
    kAnonymousId,
    kPreviousId,
    kTimestamp,
    kOriginalTimestamp,
    kSentAt,
    kProperties,
    kTraits,
    kContext,
    kEventKeyCount
};
constexpr std::array<std::string_view, kEventKeyCount> kEventKeys = {
    "type",        "event",      "name",      "messageId",         "userId",
    "anonymousId", "previousId", "timestamp", "originalTimestamp", "sentAt",
    "properties",  "traits",     "context"};
using EventValues = std::array<codec::ScanValue, kEventKeyCount>;

// An event as it stands in the body. Everything in it points into the body, or into the reader's
// store of texts.
struct EventText {
    std::string_view raw;
    EventValues values;
    std::optional<std::size_t> repeated;  // number of a key that stands twice
    // The part of `raw` that a client writes anew when it sends the event again, so that it is no
    // part of the content; may be empty.
    std::string_view renewed;
    std::optional<Error> fault;  // why its dialect cannot read it
};

// Puts an event, of which `raw` is set, into the words above: fills the rest of it.
using Translate = void (*)(EventText& event, TextReader& texts, Time received_at);

// Where the events of a body stand.
struct BodyForm {
    std::string_view list;                    // member that holds the array of events
    std::array<std::string_view, 2> sent_at;  // names of the sender's clock beside it
    Translate translate = nullptr;            // nothing: the events have these words already
    // Whether a body may also be the array itself, or one event.
    enum class Bare : std::uint8_t { kNo, kYes } bare = Bare::kNo;
};

// Turns the events of one request into a Batch.
class EventReader {
  public:
    // Views of the batch point into `body`.
    EventReader(std::string_view body, const Source& source, Time received_at);

    // Reads all events of the body. Fails as parse_batch does.
    Result<Batch> read(const BodyForm& form);

    // Reads the body as one event. Without a type the event must tell it. Fails with
    // "json.malformed" or "json.too_deep".
    Result<Batch> read_single(const EventType* type);

  private:
    // Which of its times an event came with; decides how the batch's sentAt moves it.
    enum class Clock : std::uint8_t { kReceived, kStated, kCorrected };
    struct Extra {
        std::size_t first_signal;
        std::size_t signal_count;
        Clock clock;
    };
    enum class Utf8 : std::uint8_t { kChecked, kDoubtful };

    Result<void> read_items(codec::JsonScanner& scanner, Translate translate);
    bool read_text(codec::JsonScanner& scanner, Translate translate, EventText& event);
    Result<Batch> read_bare(Translate translate);
    void add(const EventText& text, const EventType* type);
    Batch finish(const Time* sent_at);
    void reject(std::size_t index, std::string message_id, std::string_view raw,
                const Error& error);
    void reject_time(const IncomingEvent& event);
    Result<void> read_event(IncomingEvent& event, const EventText& text, const EventType* type,
                            Clock& clock);
    Result<void> check_text(const EventText& text) const;
    Result<EventType> read_type(const codec::ScanValue& value, const EventType* told);
    Result<void> read_identity(IncomingEvent& event, const EventValues& values);
    Result<void> read_previous(IncomingEvent& event, const EventValues& values);
    Result<void> read_name(EventHead& head, const EventValues& values);
    Result<Time> read_time(const EventValues& values, Clock& clock);
    void identify_message(EventHead& head, std::string_view renewed);
    crypto::Fingerprint content_fingerprint(std::string_view raw, std::string_view renewed);

    std::string_view body_;
    const Source& source_;
    Time received_at_;
    Utf8 utf8_;
    Batch batch_;
    TextReader texts_;
    std::vector<Extra> extras_;  // beside batch_.events
    std::size_t count_ = 0;
    std::string_view message_id_;  // of the event being read
    std::string scratch_;
};

}  // namespace altis::fans
