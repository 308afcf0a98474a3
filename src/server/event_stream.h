// Event streams: named streams that keep their latest events, so that a client which lost its
// connection goes on exactly where it was. Read as server-sent events, and those with a state also
// over a WebSocket.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/limits.h"

namespace altis::server {

class Stream;

enum class Framing : std::uint8_t { kServerSentEvents, kWebSocket };

// One event, encoded once for all who read it: as server-sent event, and as WebSocket frame with
// the data alone; each as it is, and packed (stream_packer.h).
struct EncodedEvent {
    std::string text;            // "id: 7\nevent: result\ndata: {...}\n\n"
    std::string frame_head;      // of a text frame ...
    std::size_t data_begin = 0;  // ... whose payload is this part of `text`
    std::size_t data_bytes = 0;  // 0: data of several lines, which no frame can carry

    // What is packed of it.
    std::string_view content(Framing framing) const {
        if (framing == Framing::kServerSentEvents) return text;
        return std::string_view(text).substr(data_begin, data_bytes);
    }

    // Packed so that whoever was told the stream's events from number `needs` on, one after the
    // other and nothing else, can unpack it. Empty where nobody who asks for it was there.
    struct Packed {
        std::string bytes;
        std::uint64_t needs = 0;
    };
    std::array<Packed, 2> packed;  // by framing

    // The same by itself: anybody can unpack it. Made when somebody asks first; thread-safe.
    const std::string& packed_alone(Framing framing) const;

  private:
    struct Alone {
        std::once_flag made;
        std::string bytes;
    };
    mutable std::array<Alone, 2> alone_;
};
using SharedEvent = std::shared_ptr<const EncodedEvent>;

// Without an id it does not move the place to resume from.
SharedEvent make_event(std::optional<std::uint64_t> id, std::string_view event,
                       std::string_view data);

// The state that a stream's events change. A client that has no place in the stream, or lost it, is
// told the state first; one that lags by more than kMaxLagBytes skips to the newest state instead
// of reading every event, and is never disconnected for it. Thread-safe.
class StreamState {
  public:
    virtual ~StreamState() = default;

    // Events that bring a client to the place `id` of the stream.
    struct CatchUp {
        std::vector<SharedEvent> events;
        std::uint64_t id = 0;
    };
    virtual CatchUp whole() = 0;
    // From the place `id` on; nothing when that is not known any more.
    virtual std::optional<CatchUp> since(std::uint64_t id) = 0;
    // For a silent stream: that the place is still `id`.
    virtual SharedEvent heartbeat(std::uint64_t id) = 0;
};

// Whether clients may go on reading: set it to true and nothing more is written to them; they are
// disconnected within a second.
using StreamPass = std::atomic<bool>;

// All streams of a process. Thread-safe. A stream comes into being with its first event or its
// first reader. Events are kept in memory within StreamLimits; the oldest go first.
//
// Reading: without a place to resume from, a client gets the events from now on. After event N, it
// gets each kept event with an id above N, once, in order. When events after N are gone already, or
// N is above all ids (another data folder), it first gets an event "reset" with {"oldest": <first
// id kept>}: the client must fetch the state anew. A client that lags by more than
// Limits::send_queue_bytes is disconnected; it resumes by id.
class StreamHub {
  public:
    explicit StreamHub(StreamLimits limits = {});
    ~StreamHub();
    StreamHub(const StreamHub&) = delete;
    StreamHub& operator=(const StreamHub&) = delete;

    // Adds an event. `id` is above all ids of the stream before (a journal position is a good one);
    // `event` is its type without line breaks; `data` may have lines; `about` is a number of the
    // caller's for whom it is about, 0 for nobody. Never waits for a client. Fails with
    // "stream.id_not_increasing", "stream.bad_event" or "stream.too_many".
    Result<void> publish(std::string_view stream, std::uint64_t id, std::string_view event,
                         std::string_view data, std::uint64_t about = 0);

    // Overwrites what every stream keeps of the events about these: nobody is told them any more.
    // The others keep their ids. What is on its way to a client already is not called back.
    void forget(std::span<const std::uint64_t> abouts);

    // For a stream whose earlier events are not known here, e.g. at a start: its next ids are above
    // `gone_id`, and a client that resumes before that gets a "reset". Fails with
    // "stream.too_many".
    Result<void> begin(std::string_view stream, std::uint64_t gone_id);

    // Makes a stream of that name, anew if there is one: its events change `state`, the first has
    // an id above `last_id`. Fails with "stream.too_many".
    Result<void> attach(std::string_view stream, std::shared_ptr<StreamState> state,
                        std::uint64_t last_id, const StreamLimits& limits);
    // Forgets a stream; false when it has readers, and stays.
    bool detach(std::string_view stream);

    // The highest id of a stream, 0 when it has none.
    std::uint64_t last_id(std::string_view stream) const;

    // For the server: the stream of that name. Fails with "stream.too_many".
    Result<std::shared_ptr<Stream>> open(std::string_view stream);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
