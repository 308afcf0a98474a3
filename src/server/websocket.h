// The server's side of the WebSocket protocol (RFC 6455): the handshake, and the frames that
// clients send. What they say is checked and counts for nothing: a feed only speaks. No sockets in
// here; private to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http.h"

namespace altis::server {

// Why a connection ends (RFC 6455, 7.4.1).
enum class CloseCode : std::uint16_t {
    kNormal = 1000,
    kGoingAway = 1001,
    kProtocolError = 1002,
    kNotUtf8 = 1007,
    kPolicy = 1008,
    kTooBig = 1009,
};

// True when a request asks to become a WebSocket.
bool asks_for_websocket(const Request& request);

// The value of Sec-WebSocket-Accept. Fails with "websocket.bad_handshake" (400) when the request is
// none that RFC 6455 allows, e.g. of another version than 13.
Result<std::string> accept_websocket(const Request& request);

// True when a client offers permessage-deflate (RFC 7692) as we speak it: with a dictionary of 32
// KiB that outlives the message.
bool offers_deflate(const Request& request);

// The head of an unmasked frame that is a whole text message of so many bytes; packed, if the
// client offered that.
std::string text_frame_head(std::size_t bytes);
std::string packed_frame_head(std::size_t bytes);

std::string pong_frame(std::string_view payload);
std::string close_frame(CloseCode code);

// Reads what one client sends. Not thread-safe.
class FrameReader {
  public:
    enum class Event : std::uint8_t { kPing, kClose };
    struct Happening {
        Event event = Event::kPing;
        std::string payload;                  // of a ping
        CloseCode code = CloseCode::kNormal;  // of kClose: what to answer
    };

    // The client may pack what it says.
    void allow_packed() { may_be_packed_ = true; }
    // Takes more bytes.
    void add(std::string_view bytes) { buffer_.append(bytes); }
    // What happened next; nothing when more bytes are needed. After kClose there is nothing more,
    // whether the client closed or broke the protocol.
    std::optional<Happening> next();

  private:
    struct Frame {
        std::uint8_t opcode = 0;
        bool is_last = false;
        bool is_packed = false;
        std::string payload;  // unmasked
    };
    static Happening closed(CloseCode code) { return {Event::kClose, {}, code}; }
    // The next whole frame; nothing when it is not all there. Sets `broken_` when it may not be.
    std::optional<Frame> take_frame();
    std::optional<Happening> take_control(Frame frame);
    std::optional<Happening> take_data(const Frame& frame);

    std::string buffer_;
    std::string message_;              // of a fragmented one, so far
    std::uint8_t message_opcode_ = 0;  // 0: none under way
    bool is_message_packed_ = false;
    bool may_be_packed_ = false;
    std::optional<CloseCode> broken_;
    bool is_over_ = false;
};

}  // namespace altis::server
