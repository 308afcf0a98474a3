#include "fans/event_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assert.h"
#include "codec/text.h"
#include "fans/letter_names.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::ScanKind;
using codec::ScanValue;

constexpr Time kEarliest{946'684'800'000'000};  // 2000-01-01
constexpr Duration kMaxAhead = days(1);
constexpr std::size_t kUsualEvents = 32;  // of a body; room for them is made at once

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

// Reads the event at the cursor in the words of the Segment specification; false when the body is
// no JSON.
bool read_segment_text(JsonScanner& scanner, EventText& event) {
    event.values.fill({});
    event.repeated.reset();
    ScanValue whole;
    const bool read = scanner.peek() == ScanKind::kObject
                          ? scanner.read_object(kEventKeys, event.values, whole, event.repeated)
                          : scanner.read(whole);
    event.raw = whole.text;
    event.renewed = event.values[kSentAt].text;
    return read;
}

bool in_range(Time time, Time received_at) {
    return time >= kEarliest && time <= received_at + kMaxAhead;
}

}  // namespace

EventReader::EventReader(std::string_view body, const Source& source, Time received_at)
    : body_(body),
      source_(source),
      received_at_(received_at),
      utf8_(codec::is_utf8(body) ? Utf8::kChecked : Utf8::kDoubtful),
      texts_(batch_.decoded) {
    ALTIS_ASSERT(source.keys != nullptr);
    batch_.events.reserve(kUsualEvents);
    batch_.signals.reserve(kUsualEvents);
    extras_.reserve(kUsualEvents);
}

Result<Batch> EventReader::read(const BodyForm& form) {
    JsonScanner scanner(body_);
    const bool bare = form.bare == BodyForm::Bare::kYes;
    if (bare && scanner.peek() == ScanKind::kArray) {
        TRY_VOID(read_items(scanner, form.translate));
        TRY_VOID(scanner.finish());
        return finish(nullptr);
    }
    std::string_view key;
    ScanValue sent_at;
    ScanValue other;
    bool found = false;
    scanner.open_object();
    while (scanner.next_member(key)) {
        if (key == form.list && !found && scanner.peek() == ScanKind::kArray) {
            found = true;
            TRY_VOID(read_items(scanner, form.translate));
        } else {
            scanner.read(std::ranges::find(form.sent_at, key) != form.sent_at.end() ? sent_at
                                                                                    : other);
        }
    }
    TRY_VOID(scanner.finish());
    if (!found && bare) return read_bare(form.translate);
    if (!found) {
        const std::string list(form.list);
        return fail(Code::kInvalid, "batch.missing",
                    "the body has no array '" + list + "'; send {\"" + list + "\": [events]}");
    }
    Time time;
    return finish(read_sent_at(sent_at, time));
}

Result<Batch> EventReader::read_single(const EventType* type) {
    JsonScanner scanner(body_);
    EventText event;
    read_segment_text(scanner, event);
    TRY_VOID(scanner.finish());
    add(event, type);
    return finish(nullptr);
}

// The body itself is the event; that it is JSON is known.
Result<Batch> EventReader::read_bare(Translate translate) {
    JsonScanner scanner(body_);
    EventText event;
    read_text(scanner, translate, event);
    add(event, nullptr);
    return finish(nullptr);
}

Result<void> EventReader::read_items(JsonScanner& scanner, Translate translate) {
    EventText event;
    scanner.open_array();
    while (scanner.next_item() && read_text(scanner, translate, event)) {
        if (count_ == kMaxEventsPerBatch) {
            return fail(Code::kTooLarge, "batch.too_many_events",
                        "the batch holds more than " + std::to_string(kMaxEventsPerBatch) +
                            " events; send several batches");
        }
        add(event, nullptr);
    }
    return {};
}

// Reads the event at the cursor; false when the body is no JSON.
bool EventReader::read_text(JsonScanner& scanner, Translate translate, EventText& event) {
    if (translate == nullptr) return read_segment_text(scanner, event);
    event = {};
    ScanValue whole;
    const bool read = scanner.read(whole);
    event.raw = whole.text;
    if (read && check_text(event)) translate(event, texts_, received_at_);
    return read;
}

void EventReader::add(const EventText& text, const EventType* type) {
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
    batch_.events.push_back(std::move(event));
    extras_.push_back({first_signal, batch_.signals.size() - first_signal, clock});
}

// Applies the batch's own sentAt, drops what is out of range, and ties signals to their events.
Batch EventReader::finish(const Time* sent_at) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < batch_.events.size(); ++i) {
        IncomingEvent& event = batch_.events[i];
        if (sent_at != nullptr && extras_[i].clock == Clock::kStated) {
            event.head.event_time = event.head.event_time + (received_at_ - *sent_at);
        }
        event.signals = std::span<const Signal>(batch_.signals)
                            .subspan(extras_[i].first_signal, extras_[i].signal_count);
        if (!in_range(event.head.event_time, received_at_)) {
            reject_time(event);
            continue;
        }
        event.payload = encode_event(event.head, event.signals);
        if (kept != i) batch_.events[kept] = std::move(event);
        ++kept;
    }
    batch_.events.resize(kept);
    for (Rejection& rejection : batch_.rejections) {
        rejection.origin = {received_at_, {}, source_.key_id};
        if (sent_at != nullptr) rejection.origin.sent_at = *sent_at;
    }
    std::ranges::sort(batch_.rejections, {}, &Rejection::index);
    return std::move(batch_);
}

void EventReader::reject(std::size_t index, std::string message_id, std::string_view raw,
                         const Error& error) {
    batch_.rejections.push_back({index,
                                 std::move(message_id),
                                 error.reason,
                                 error.message,
                                 raw,
                                 names_in(raw, *source_.keys),
                                 {}});
}

void EventReader::reject_time(const IncomingEvent& event) {
    reject(event.index, std::string(event.head.message_id), event.head.raw,
           {Code::kInvalid, "event.time_out_of_range",
            "the event's time lies before 2000 or more than a day in the future; check the "
            "sender's clock, or send sentAt"});
}

Result<void> EventReader::read_event(IncomingEvent& event, const EventText& text,
                                     const EventType* type, Clock& clock) {
    TRY_VOID(check_text(text));
    const EventValues& values = text.values;
    TRY(message_id_, texts_.identifier(values[kMessageId], "messageId"));
    TRY(event.head.type, read_type(values[kType], type));
    TRY_VOID(read_identity(event, values));
    TRY_VOID(read_name(event.head, values));
    TRY(event.head.event_time, read_time(values, clock));
    identify_message(event.head, text.renewed);
    SignalReader signals(*source_.keys, texts_, batch_.signals);
    TRY_VOID(signals.read(event.head.type, event.head.name, values[kProperties], values[kTraits]));
    signals.read_context(values[kContext]);
    return {};
}

Result<void> EventReader::check_text(const EventText& text) const {
    if (text.raw.size() > kMaxEventBytes) {
        return bad("event.too_large", "the event is larger than " + std::to_string(kMaxEventBytes) +
                                          " bytes; send less properties");
    }
    if (utf8_ == Utf8::kDoubtful && !codec::is_utf8(text.raw)) {
        return bad("event.not_utf8", "the event is not valid UTF-8; encode its texts again");
    }
    if (!text.raw.starts_with('{')) {
        return bad("event.malformed", "an event must be a JSON object");
    }
    if (text.fault) return tl::unexpected<Error>(*text.fault);
    if (!text.repeated) return {};
    return bad("event.malformed", "the JSON key '" + std::string(kEventKeys[*text.repeated]) +
                                      "' stands twice in one event; send it once");
}

Result<EventType> EventReader::read_type(const ScanValue& value, const EventType* told) {
    if (told != nullptr) return *told;
    TRY(const auto name, texts_.text(value, "type"));
    const auto* const found = std::ranges::find(kEventTypeNames, name);
    if (found == std::end(kEventTypeNames)) {
        return bad("event.bad_type",
                   "the event's type is none of track, identify, page, screen, group, alias");
    }
    return static_cast<EventType>(found - std::begin(kEventTypeNames));
}

Result<void> EventReader::read_identity(IncomingEvent& event, const EventValues& values) {
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

Result<void> EventReader::read_previous(IncomingEvent& event, const EventValues& values) {
    TRY(event.previous_id, texts_.identifier(values[kPreviousId], "previousId"));
    if (event.previous_id.empty() || event.head.user_id.empty()) {
        return bad("event.no_identity", "an alias needs both userId and previousId");
    }
    event.previous_anonymous = anonymous_fingerprint(*source_.keys, event.previous_id);
    event.previous_user = user_fingerprint(*source_.keys, event.previous_id);
    return {};
}

Result<void> EventReader::read_name(EventHead& head, const EventValues& values) {
    const bool track = head.type == EventType::kTrack;
    TRY(head.name,
        texts_.text(values[track ? kEvent : kName], track ? "event" : "name", kMaxIdentifierBytes));
    if (track && head.name.empty()) {
        return bad("event.malformed", "a track event needs its name in the member 'event'");
    }
    return {};
}

Result<Time> EventReader::read_time(const EventValues& values, Clock& clock) {
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
void EventReader::identify_message(EventHead& head, std::string_view renewed) {
    const crypto::Fingerprint content = content_fingerprint(head.raw, renewed);
    head.content = content.low;
    if (message_id_.empty()) {
        std::array<char, 16> bytes;
        std::memcpy(bytes.data(), &content.low, 8);
        std::memcpy(bytes.data() + 8, &content.high, 8);
        message_id_ = texts_.keep("content-" + codec::to_hex({bytes.data(), bytes.size()}));
    }
    head.message_id = message_id_;
    head.message = message_fingerprint(source_, message_id_);
}

// Of the text without what a client renews when it tries again.
crypto::Fingerprint EventReader::content_fingerprint(std::string_view raw,
                                                     std::string_view renewed) {
    if (renewed.empty()) return crypto::fingerprint(source_.keys->fingerprint, raw);
    const auto before = static_cast<std::size_t>(renewed.data() - raw.data());
    scratch_.assign(raw.substr(0, before));
    scratch_.append(raw.substr(before + renewed.size()));
    return crypto::fingerprint(source_.keys->fingerprint, scratch_);
}

}  // namespace altis::fans
