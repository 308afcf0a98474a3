// Packs what a stream tells, once for all who read it: as gzip of server-sent events, or as
// messages of a WebSocket with permessage-deflate (RFC 7692). Events say much the same one after
// the other, so each is packed with those before it as its dictionary; whoever did not hear those
// is told it by itself. Private to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "codec/deflate_stream.h"
#include "server/event_stream.h"

namespace altis::server {

// What a packed stream of server-sent events begins with. There is no trailer: it has no end.
std::string gzip_head();

// Bytes that anybody can unpack who reads in this framing: a piece of the gzip stream, or a whole
// frame. Nothing for no content.
std::string pack_alone(Framing framing, std::string_view content);

// Not thread-safe.
class StreamPacker {
  public:
    explicit StreamPacker(Framing framing) : framing_(framing) {}

    // The next event of the stream, whose numbers grow by one. Nothing for no content, as if it
    // had not been there.
    EncodedEvent::Packed pack(std::uint64_t number, std::string_view content);
    // No event to come refers to those before.
    void forget();

  private:
    struct Told {
        std::uint64_t number = 0;
        std::size_t bytes = 0;
    };

    Framing framing_;
    codec::DeflateStream deflate_;
    std::deque<Told> window_;  // what the next event can refer to
    std::size_t window_bytes_ = 0;
};

}  // namespace altis::server
