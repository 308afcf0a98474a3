// One client of an event stream, after its request was answered: it has the socket and a place in
// the stream, and nothing else. All on the thread of its reactor. Private to the room.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/reactor.h"
#include "server/websocket.h"

namespace altis::server {

// How a client begins to follow a stream.
struct StreamOpening {
    std::shared_ptr<Stream> stream;
    Stream::Cursor cursor;
    bool has_place = false;  // it resumes
    Framing framing = Framing::kServerSentEvents;
    bool is_packed = false;                  // gzip, or permessage-deflate
    std::shared_ptr<const StreamPass> pass;  // may be null
    std::shared_ptr<void> slot;              // counted as long as it lives
};

class StreamClient : public std::enable_shared_from_this<StreamClient> {
  public:
    StreamClient(Reactor& reactor, Socket socket, StreamOpening opening);

    void start();
    // The stream has news: what all clients at one place are told, or this one alone. Gives the
    // bytes that were sent from the batch.
    std::size_t pump(StreamBatch& batch, SteadyClock::time_point now);
    // Looks at heartbeat, pass and lag; at least once in kStreamSweepMs.
    void sweep(SteadyClock::time_point now);
    void close();

    const std::shared_ptr<Stream>& stream() const { return opening_.stream; }

    // Kept by the reactor and by the pump of its stream.
    std::size_t place = 0;
    std::size_t pump_place = 0;

  private:
    // Bytes on their way: an event or packed bytes that clients share, or this client's own.
    struct Item {
        SharedEvent event;
        std::shared_ptr<const std::string> packed;
        std::string own;
    };
    using Bytes = std::pair<std::string_view, std::string_view>;

    void pump();
    std::size_t write_plain(StreamBatch& batch);
    std::size_t write_packed(StreamBatch& batch);
    // Gives what the socket took; less than all of it when it is full, or closed.
    std::size_t send(std::string_view bytes);
    bool refill();
    void pull();
    void tell_whole();
    void catch_up(StreamState::CatchUp told);
    // The next event of the stream, or what this client alone is told: an event, a text, or bytes
    // that are never packed.
    void say_next(SharedEvent event);
    void say(const SharedEvent& event);
    void say(std::string text);
    void say_bytes(std::string bytes) { items_.push_back({nullptr, nullptr, std::move(bytes)}); }
    void say_packed(const SharedEvent& event, const std::string& packed);
    Bytes bytes_of(const Item& item) const;
    // Writes what the socket takes; false when it is full.
    bool write();
    void consume(std::size_t bytes);
    void wait_for_room();
    void watch();
    void on_frames(std::string_view bytes);
    void hang_up(CloseCode code);
    bool is_websocket() const { return opening_.framing == Framing::kWebSocket; }

    Reactor& reactor_;
    Socket socket_;
    StreamOpening opening_;
    Stream::Cursor& cursor_ = opening_.cursor;
    std::uint64_t allowed_lag_bytes_ = 0;  // more while a client that resumed catches up

    // Since it was told anything else it was told all events of the stream from this number on.
    std::uint64_t told_from_ = 0;
    std::vector<Item> items_;
    std::size_t first_ = 0;   // items before it are written
    std::size_t offset_ = 0;  // bytes of items_[first_] that are written
    std::vector<SharedEvent> pulled_;

    std::optional<std::string> pong_;  // to the last ping
    FrameReader frames_;
    bool is_blocked_ = false;  // the socket takes no more
    bool is_leaving_ = false;  // after the last frame it closes
    bool is_closed_ = false;
    SteadyClock::time_point written_{};
    std::array<char, 64> scratch_;
};

}  // namespace altis::server
