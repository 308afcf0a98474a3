#include "fans/ingest.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/assert.h"
#include "codec/email.h"
#include "codec/json_scan.h"
#include "codec/text.h"
#include "fans/signal_reader.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::ScanKind;
using codec::ScanValue;

constexpr Time kEarliest{946'684'800'000'000};  // 2000-01-01
constexpr Duration kMaxAhead = days(1);

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
    kEventKeyCount
};
constexpr std::array<std::string_view, kEventKeyCount> kEventKeys = {
    "type",        "event",      "name",      "messageId",         "userId",
    "anonymousId", "previousId", "timestamp", "originalTimestamp", "sentAt",
    "properties",  "traits"};
using EventValues = std::array<ScanValue, kEventKeyCount>;

// An event as it stands in the body.
struct EventText {
    std::string_view raw;
    EventValues values;
    std::optional<std::size_t> repeated;  // number of a key that stands twice
};

// Reads the event at the cursor; false when the body is no JSON.
bool read_event_text(JsonScanner& scanner, EventText& event) {
    event = {};
    ScanValue whole;
    const bool read = scanner.peek() == ScanKind::kObject
                          ? scanner.read_object(kEventKeys, event.values, whole, event.repeated)
                          : scanner.read(whole);
    event.raw = whole.text;
    return read;
}

// Which of its times an event came with; decides how the batch's sentAt moves it.
enum class Clock : std::uint8_t { kReceived, kStated, kCorrected };

// A fingerprint never is zero: zero means absent.
crypto::Fingerprint tagged_fingerprint(const IngestKeys& keys, char tag, std::string_view scope,
                                       std::string_view text) {
    std::array<char, 1 + kMaxKeyIdBytes + 1 + kMaxIdentifierBytes> bytes{};
    ALTIS_ASSERT(scope.size() <= kMaxKeyIdBytes);
    const std::string_view cut = text.substr(0, kMaxIdentifierBytes);
    char* end = bytes.data();
    *end++ = tag;
    end = std::copy(scope.begin(), scope.end(), end);
    *end++ = '\0';
    end = std::copy(cut.begin(), cut.end(), end);
    auto result = crypto::fingerprint(keys.fingerprint,
                                      {bytes.data(), static_cast<std::size_t>(end - bytes.data())});
    if (result == crypto::Fingerprint{}) result.low = 1;
    return result;
}

// The sender's idea of now; nothing when it is absent or unreadable.
const Time* read_sent_at(const ScanValue& value, Time& time) {
    if (!value.is_string()) return nullptr;
    std::string decoded;
    const auto text = codec::string_of(value, decoded);
    const auto parsed = parse_rfc3339(text.value_or(""));
    if (!parsed) return nullptr;
    time = *parsed;
    return &time;
}

tl::unexpected<Error> bad(std::string_view reason, std::string message) {
    return fail(Code::kInvalid, reason, std::move(message));
}

enum class Utf8 : std::uint8_t { kChecked, kDoubtful };

// Turns the events of one request into a Batch.
class BatchReader {
  public:
    BatchReader(const Source& source, Time received_at, Utf8 utf8)
        : source_(source), received_at_(received_at), utf8_(utf8), texts_(batch_.decoded) {
        ALTIS_ASSERT(source.keys != nullptr);
    }

    void add(const EventText& text, const EventType* type) {
        const std::size_t index = count_++;
        const std::size_t first_signal = batch_.signals.size();
        IncomingEvent event;
        event.index = index;
        event.edition = source_.edition;
        event.head.raw = text.raw;
        event.head.key_id = source_.key_id;
        event.head.received_at = received_at_;
        message_id_ = {};
        Clock clock = Clock::kReceived;
        if (const auto read = read_event(event, text, type, clock); !read) {
            batch_.signals.resize(first_signal);
            reject(index, std::string(message_id_), text.raw, read.error());
            return;
        }
        batch_.events.push_back(event);
        extras_.push_back({first_signal, batch_.signals.size() - first_signal, clock});
    }

    std::size_t count() const { return count_; }

    // Applies the batch's own sentAt, drops what is out of range, and ties signals to their events.
    Batch finish(const Time* sent_at) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < batch_.events.size(); ++i) {
            IncomingEvent& event = batch_.events[i];
            if (sent_at != nullptr && extras_[i].clock == Clock::kStated) {
                event.head.event_time = event.head.event_time + (received_at_ - *sent_at);
            }
            event.signals = std::span<const Signal>(batch_.signals)
                                .subspan(extras_[i].first_signal, extras_[i].signal_count);
            if (in_range(event.head.event_time)) {
                batch_.events[kept++] = event;
            } else {
                reject_time(event);
            }
        }
        batch_.events.resize(kept);
        std::ranges::sort(batch_.rejections, {}, &Rejection::index);
        return std::move(batch_);
    }

  private:
    struct Extra {
        std::size_t first_signal;
        std::size_t signal_count;
        Clock clock;
    };

    void reject(std::size_t index, std::string message_id, std::string_view raw,
                const Error& error) {
        batch_.rejections.push_back(
            {index, std::move(message_id), error.reason, error.message, raw});
    }

    void reject_time(const IncomingEvent& event) {
        reject(event.index, std::string(event.head.message_id), event.head.raw,
               {Code::kInvalid, "event.time_out_of_range",
                "the event's time lies before 2000 or more than a day in the future; check the "
                "sender's clock, or send sentAt"});
    }

    bool in_range(Time time) const { return time >= kEarliest && time <= received_at_ + kMaxAhead; }

    Result<void> read_event(IncomingEvent& event, const EventText& text, const EventType* type,
                            Clock& clock) {
        TRY_VOID(check_text(text));
        const EventValues& values = text.values;
        TRY(message_id_, texts_.identifier(values[kMessageId], "messageId"));
        TRY(event.head.type, read_type(values[kType], type));
        TRY_VOID(read_identity(event, values));
        TRY_VOID(read_name(event.head, values));
        TRY(event.head.event_time, read_time(values, clock));
        identify_message(event.head, values[kSentAt]);
        return SignalReader(*source_.keys, texts_, batch_.signals)
            .read(event.head.type, event.head.name, values[kProperties], values[kTraits]);
    }

    Result<void> check_text(const EventText& text) const {
        if (text.raw.size() > kMaxEventBytes) {
            return bad("event.too_large", "the event is larger than " +
                                              std::to_string(kMaxEventBytes) +
                                              " bytes; send less properties");
        }
        if (utf8_ == Utf8::kDoubtful && !codec::is_utf8(text.raw)) {
            return bad("event.not_utf8", "the event is not valid UTF-8; encode its texts again");
        }
        if (!text.raw.starts_with('{')) {
            return bad("event.malformed", "an event must be a JSON object");
        }
        if (!text.repeated) return {};
        return bad("event.malformed", "the JSON key '" + std::string(kEventKeys[*text.repeated]) +
                                          "' stands twice in one event; send it once");
    }

    Result<EventType> read_type(const ScanValue& value, const EventType* told) {
        if (told != nullptr) return *told;
        TRY(const auto name, texts_.text(value, "type"));
        const auto* const found = std::ranges::find(kEventTypeNames, name);
        if (found == std::end(kEventTypeNames)) {
            return bad("event.bad_type",
                       "the event's type is none of track, identify, page, screen, group, alias");
        }
        return static_cast<EventType>(found - std::begin(kEventTypeNames));
    }

    Result<void> read_identity(IncomingEvent& event, const EventValues& values) {
        EventHead& head = event.head;
        TRY(head.user_id, texts_.identifier(values[kUserId], "userId"));
        TRY(head.anonymous_id, texts_.identifier(values[kAnonymousId], "anonymousId"));
        if (head.user_id.empty() && head.anonymous_id.empty()) {
            return bad("event.no_identity", "the event has neither userId nor anonymousId");
        }
        if (!head.user_id.empty()) head.user = user_fingerprint(*source_.keys, head.user_id);
        if (!head.anonymous_id.empty()) {
            head.anonymous = anonymous_fingerprint(*source_.keys, head.anonymous_id);
        }
        return head.type == EventType::kAlias ? read_previous(event, values) : Result<void>();
    }

    Result<void> read_previous(IncomingEvent& event, const EventValues& values) {
        TRY(event.previous_id, texts_.identifier(values[kPreviousId], "previousId"));
        if (event.previous_id.empty() || event.head.user_id.empty()) {
            return bad("event.no_identity", "an alias needs both userId and previousId");
        }
        event.previous_anonymous = anonymous_fingerprint(*source_.keys, event.previous_id);
        event.previous_user = user_fingerprint(*source_.keys, event.previous_id);
        return {};
    }

    Result<void> read_name(EventHead& head, const EventValues& values) {
        const bool track = head.type == EventType::kTrack;
        TRY(head.name, texts_.text(values[track ? kEvent : kName], track ? "event" : "name",
                                   kMaxIdentifierBytes));
        if (track && head.name.empty()) {
            return bad("event.malformed", "a track event needs its name in the member 'event'");
        }
        return {};
    }

    Result<Time> read_time(const EventValues& values, Clock& clock) {
        const bool plain = values[kTimestamp].present();
        const ScanValue& value = values[plain ? kTimestamp : kOriginalTimestamp];
        if (!value.present()) return received_at_;
        TRY(const auto text, texts_.text(value, "timestamp"));
        const auto time = parse_rfc3339(text);
        if (!time) {
            return bad("event.time_malformed",
                       "the timestamp is no RFC 3339 time; write it like 2026-02-19T21:04:05Z");
        }
        Time sent_at;
        clock = Clock::kStated;
        if (read_sent_at(values[kSentAt], sent_at) == nullptr) return *time;
        clock = Clock::kCorrected;
        return *time + (received_at_ - sent_at);
    }

    // An event without messageId gets one from its content, so that a copy of it is a duplicate.
    void identify_message(EventHead& head, const ScanValue& sent_at) {
        const crypto::Fingerprint content = content_fingerprint(head.raw, sent_at.text);
        head.content = content.low;
        if (message_id_.empty()) {
            std::array<char, 16> bytes;
            std::memcpy(bytes.data(), &content.low, 8);
            std::memcpy(bytes.data() + 8, &content.high, 8);
            message_id_ = texts_.keep("content-" + codec::to_hex({bytes.data(), bytes.size()}));
        }
        head.message_id = message_id_;
        head.message = tagged_fingerprint(*source_.keys, 'm', source_.key_id, message_id_);
    }

    // Of the text without the value of sentAt, which some clients renew when they try again.
    crypto::Fingerprint content_fingerprint(std::string_view raw, std::string_view sent_at) {
        if (sent_at.empty()) return crypto::fingerprint(source_.keys->fingerprint, raw);
        const auto before = static_cast<std::size_t>(sent_at.data() - raw.data());
        scratch_.assign(raw.substr(0, before));
        scratch_.append(raw.substr(before + sent_at.size()));
        return crypto::fingerprint(source_.keys->fingerprint, scratch_);
    }

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

Result<void> read_items(JsonScanner& scanner, BatchReader& reader) {
    EventText event;
    if (!scanner.open_array()) {
        return fail(Code::kInvalid, "batch.missing",
                    "the member 'batch' must be an array of events");
    }
    while (scanner.next_item() && read_event_text(scanner, event)) {
        if (reader.count() == kMaxEventsPerBatch) {
            return fail(Code::kTooLarge, "batch.too_many_events",
                        "the batch holds more than " + std::to_string(kMaxEventsPerBatch) +
                            " events; send several batches");
        }
        reader.add(event, nullptr);
    }
    return {};
}

Utf8 check_utf8(std::string_view body) {
    return codec::is_utf8(body) ? Utf8::kChecked : Utf8::kDoubtful;
}

}  // namespace

Result<Batch> parse_batch(std::string_view body, const Source& source, Time received_at) {
    BatchReader reader(source, received_at, check_utf8(body));
    JsonScanner scanner(body);
    std::string_view key;
    ScanValue sent_at;
    ScanValue other;
    bool found = false;
    scanner.open_object();
    while (scanner.next_member(key)) {
        if (key == "batch" && !found && scanner.peek() == ScanKind::kArray) {
            found = true;
            TRY_VOID(read_items(scanner, reader));
        } else {
            scanner.read(key == "sentAt" || key == "sent_at" ? sent_at : other);
        }
    }
    TRY_VOID(scanner.finish());
    if (!found) {
        return fail(Code::kInvalid, "batch.missing",
                    "the body has no array 'batch'; send {\"batch\": [events]}");
    }
    Time time;
    return reader.finish(read_sent_at(sent_at, time));
}

Result<Batch> parse_single(EventType type, std::string_view body, const Source& source,
                           Time received_at) {
    JsonScanner scanner(body);
    EventText event;
    read_event_text(scanner, event);
    TRY_VOID(scanner.finish());
    BatchReader reader(source, received_at, check_utf8(body));
    reader.add(event, &type);
    return reader.finish(nullptr);
}

crypto::Fingerprint user_fingerprint(const IngestKeys& keys, std::string_view identifier) {
    return tagged_fingerprint(keys, 'u', {}, identifier);
}

crypto::Fingerprint anonymous_fingerprint(const IngestKeys& keys, std::string_view identifier) {
    return tagged_fingerprint(keys, 'a', {}, identifier);
}

std::string email_tag(const crypto::Digest& key, std::string_view email) {
    const auto normalised = codec::normalise_email(email);
    if (!normalised) return {};
    const crypto::Digest digest = crypto::keyed_hash(key, *normalised);
    return std::string(crypto::as_text(digest).substr(0, kEmailTagBytes));
}

}  // namespace altis::fans
