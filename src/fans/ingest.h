// From the body of an HTTP request to typed events. Pure: no state, no clock; may run on any
// thread.
//
// The format is the Segment HTTP tracking specification; which events and properties mean something
// to Altis stands in the README of this folder. A body that is no JSON is one error for the whole
// request. Everything else is judged per event: a bad event becomes a Rejection, the others count.
//
// Clock: an event's time is its `timestamp` (or `originalTimestamp`), moved by received_at - sentAt
// where the event or else its batch carries a readable `sentAt`. So a sender whose clock is wrong
// is put right, at the price of the request's travel time. Without any timestamp it is received_at.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "fans/fan_event.h"

namespace altis::fans {

// Secrets of the installation, from its vault. The same for the whole life of a journal.
struct IngestKeys {
    std::array<std::uint8_t, 16> fingerprint{};  // for message ids and identifiers
    crypto::Digest email{};                      // for e-mail tags
};

// What the sender's browser asks of everybody: `Sec-GPC: 1` is an opt-out.
enum class PrivacyControl : std::uint8_t { kNone, kOptOut };

// Where a request came from: the API key that signed it, and what that key stands for.
struct Source {
    std::string_view organisation;
    std::string_view edition;
    std::string_view key_id;  // at most 64 bytes
    const IngestKeys* keys = nullptr;
    PrivacyControl privacy = PrivacyControl::kNone;
};

constexpr std::size_t kMaxEventBytes = 32U << 10;
constexpr std::size_t kMaxEventsPerBatch = 50'000;
constexpr std::size_t kMaxProductsPerOrder = 500;
constexpr std::size_t kMaxKeyIdBytes = 64;
constexpr std::int64_t kMaxDwellMs = 7LL * 86'400'000;
constexpr std::int64_t kMaxQuantity = 1'000'000;
constexpr std::int64_t kMaxLineAmountMinor = 1'000'000'000'000;

// A good event. Views point into the body, or into the batch that holds it.
struct IncomingEvent {
    std::size_t index = 0;  // in the request's batch
    EventHead head;
    std::string_view edition;
    // Alias only: the identifier that joins the user id, taken as an anonymous and as a user id.
    std::string_view previous_id;
    crypto::Fingerprint previous_anonymous;
    crypto::Fingerprint previous_user;
    std::span<const Signal> signals;
    // Of the record that it becomes, encode_event(head, signals): made where the event was read,
    // while its bytes are near.
    std::string payload;
};

// How an event came: what its clock and its deduplication depend on beside itself.
struct Origin {
    Time received_at;
    std::optional<Time> sent_at;  // of its batch
    std::string_view key_id;      // of the API key
};

// A bad event. Reasons: event.malformed, event.not_utf8, event.too_large, event.bad_type (no such
// call), event.bad_property (wrong kind or out of range), event.no_identity, event.text_too_long,
// event.time_malformed, event.time_out_of_range, event.bad_amount, event.negative_amount.
struct Rejection {
    std::size_t index = 0;
    std::string message_id;  // empty when it had none that could be read
    std::string reason;
    std::string message;   // one sentence: what and the remedy; never personal data
    std::string_view raw;  // points into the body
    std::vector<crypto::Fingerprint> names = {};  // whom it names, see letter_names.h
    Origin origin = {};
};

// What a request held. Movable; the body must outlive it.
struct Batch {
    std::vector<IncomingEvent> events;
    std::vector<Rejection> rejections;  // by index

    Batch() = default;
    Batch(Batch&&) noexcept = default;
    Batch& operator=(Batch&&) noexcept = default;

    // What views of events point to when not into the body.
    std::deque<std::string> decoded;
    std::vector<Signal> signals;
};

// Body of /v1/batch and /v1/import: {"batch": [...], "sentAt": ...}. Fails with "json.malformed",
// "json.too_deep", "batch.missing" (no array `batch`) or "batch.too_many_events".
Result<Batch> parse_batch(std::string_view body, const Source& source, Time received_at);

// Body of /v1/track, /v1/identify, ...: one event, whose type the address tells.
Result<Batch> parse_single(EventType type, std::string_view body, const Source& source,
                           Time received_at);

// Fingerprints as parse_batch makes them. A message id counts within its key.
crypto::Fingerprint message_fingerprint(const Source& source, std::string_view message_id);
// `identifier` is a user id or an anonymous id.
crypto::Fingerprint user_fingerprint(const IngestKeys& keys, std::string_view identifier);
crypto::Fingerprint anonymous_fingerprint(const IngestKeys& keys, std::string_view identifier);

// Keyed tag of an e-mail address in its normalised form: 16 raw bytes; empty when the text cannot
// be an address. Two tags are equal exactly when the normalised addresses are.
std::string email_tag(const crypto::Digest& key, std::string_view email);

}  // namespace altis::fans
