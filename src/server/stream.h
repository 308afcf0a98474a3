// One event stream: a bounded ring of encoded events that readers follow with cursors of their own.
// Nothing is queued per reader, so ten thousand readers cost ten thousand numbers. Private to the
// room.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/event_stream.h"
#include "server/limits.h"
#include "server/stream_packer.h"

namespace altis::server {

// Is told that a stream has news. Called from the publishing thread under the stream's lock: only
// posts.
class StreamListener {
  public:
    virtual ~StreamListener() = default;
    virtual void wake() = 0;
};

class Stream {
  public:
    explicit Stream(const StreamLimits& limits, std::shared_ptr<StreamState> state = nullptr)
        : limits_(limits), state_(std::move(state)) {}

    StreamState* state() const { return state_.get(); }  // may be null

    // Where a reader stands: it has read all events before number `next`, `offset` bytes in all.
    struct Cursor {
        std::uint64_t next = 0;
        std::uint64_t offset = 0;
        std::uint64_t id = 0;  // of the last event read
        bool reset = false;    // events that the reader asked for are gone
    };

    // A cursor after the event with that id, or behind the newest event.
    Cursor cursor(std::optional<std::uint64_t> after_id) const;

    enum class Pull : std::uint8_t { kNothing, kSome, kLost };
    // Appends events after the cursor to `out` until they have `max_bytes`, at least one. kLost:
    // the events next to read were dropped from the ring.
    Pull pull(Cursor& cursor, std::size_t max_bytes, std::vector<SharedEvent>& out) const;

    // Bytes published that the cursor has not read.
    std::uint64_t lag_bytes(const Cursor& cursor) const {
        return end_offset_.load(std::memory_order_acquire) - cursor.offset;
    }

    // Grows with every change of what a reader would be given.
    std::uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

    Result<void> publish(std::uint64_t id, std::string_view event, std::string_view data,
                         std::uint64_t about = 0);
    void forget(std::span<const std::uint64_t> abouts);
    // Events up to `gone_id` were published elsewhere and are not known here.
    void begin(std::uint64_t gone_id);
    std::uint64_t last_id() const;
    std::uint64_t oldest_id() const;

    // From now on events are packed for readers of this framing, until as many stopped wanting it.
    void want_packed(Framing framing);
    void stop_wanting_packed(Framing framing);

    void add_listener(std::shared_ptr<StreamListener> listener);
    void remove_listener(const StreamListener* listener);

  private:
    struct Event {
        std::uint64_t id;
        std::uint64_t offset;  // bytes of all events before
        std::uint64_t about;   // 0: nobody
        SharedEvent encoded;
    };
    // For the readers of one framing who want events packed.
    struct Packing {
        std::size_t readers = 0;
        std::optional<StreamPacker> packer;
    };

    const StreamLimits limits_;
    const std::shared_ptr<StreamState> state_;
    mutable std::mutex mutex_;
    std::deque<Event> events_;
    std::uint64_t first_ = 0;    // number of events_.front()
    std::uint64_t bytes_ = 0;    // of events_
    std::uint64_t last_id_ = 0;  // of all events ever
    std::uint64_t gone_id_ = 0;  // of the last event dropped
    std::atomic<std::uint64_t> end_offset_ = 0;
    std::atomic<std::uint64_t> changes_ = 0;
    std::array<Packing, 2> packings_;  // by framing
    std::vector<std::shared_ptr<StreamListener>> listeners_;
};

// What readers at one place of a stream are told next, as the bytes that go out: made once for all
// of them. On one thread.
class StreamBatch {
  public:
    // Sees to it that it begins at the cursor and is as new as the stream; false when a reader
    // there has nothing to be told, or has to be told something of its own.
    bool reach(const Stream& stream, const Stream::Cursor& cursor);
    void clear();

    const std::vector<SharedEvent>& events() const { return events_; }
    const Stream::Cursor& end() const { return end_; }
    const std::string& plain(Framing framing);
    // For a reader who was told the stream's events from number `told_from` on, and nothing else.
    std::shared_ptr<const std::string> packed(Framing framing, std::uint64_t told_from);

  private:
    // Made when somebody asks.
    struct Bytes {
        std::optional<std::string> plain;
        std::shared_ptr<const std::string> packed;
        std::shared_ptr<const std::string> packed_alone;
    };
    bool is_packed(Framing framing) const;
    std::string join_alone(Framing framing);

    bool is_made_ = false;
    std::uint64_t changes_ = 0;  // of the stream, before the events were taken
    Stream::Cursor begin_;
    Stream::Cursor end_;
    std::vector<SharedEvent> events_;
    std::array<Bytes, 2> bytes_;  // by framing
};

// "id: 7\nevent: result\ndata: {...}\n\n"; one data line for each line of `data`.
std::string encode_event(std::uint64_t id, std::string_view event, std::string_view data);

// The event that tells a reader to fetch the state anew. Without an id: it does not move the place
// to resume.
std::string encode_reset(std::uint64_t oldest_id);

}  // namespace altis::server
