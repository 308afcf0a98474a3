// Deflate (RFC 1951) in pieces, for who is told things as they happen: each piece ends with an
// empty stored block on a byte boundary, so that what was told so far can be unpacked at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace altis::codec {

// A piece refers to at most so many of the unpacked bytes before it.
constexpr std::size_t kDeflateWindowBytes = 32U << 10;

// Its last bytes; a WebSocket message is sent without them (RFC 7692, 7.2.1).
constexpr std::string_view kDeflatePieceEnd{"\x00\x00\xFF\xFF", 4};

// Pieces that one after the other are one deflate stream. Keeps 256 KiB. Not thread-safe.
class DeflateStream {
  public:
    DeflateStream();
    ~DeflateStream();

    std::string pack(std::string_view bytes);
    // The next piece refers to nothing before it.
    void forget();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// A piece that refers to nothing before it, so it may stand anywhere in a stream. Thread-safe.
std::string deflate_piece(std::string_view bytes);

}  // namespace altis::codec
