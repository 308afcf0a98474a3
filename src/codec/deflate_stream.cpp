#include "codec/deflate_stream.h"

#include <limits>
#include <zlib.h>

#include "base/assert.h"

namespace altis::codec {
namespace {

constexpr int kLevel = 6;
constexpr int kRawWindowBits = -15;  // 32 KiB, without zlib's header and trailer
constexpr int kMemoryLevel = 8;      // zlib's own default
// Beyond its bound a flush needs room for its marker, and zlib wants to see room left over.
constexpr std::size_t kFlushBytes = 16;

}  // namespace

struct DeflateStream::State {
    z_stream stream{};

    State() {
        const int made = deflateInit2(&stream, kLevel, Z_DEFLATED, kRawWindowBits, kMemoryLevel,
                                      Z_DEFAULT_STRATEGY);
        ALTIS_ASSERT(made == Z_OK);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { deflateEnd(&stream); }
};

DeflateStream::DeflateStream() : state_(std::make_unique<State>()) {}
DeflateStream::~DeflateStream() = default;

std::string DeflateStream::pack(std::string_view bytes) {
    z_stream& stream = state_->stream;
    ALTIS_ASSERT(bytes.size() <= std::numeric_limits<uInt>::max() / 2);
    std::string piece(deflateBound(&stream, static_cast<uLong>(bytes.size())) + kFlushBytes, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int done = deflate(&stream, Z_SYNC_FLUSH);
    ALTIS_ASSERT((done == Z_OK || done == Z_BUF_ERROR) && stream.avail_in == 0 &&
                 stream.avail_out > 0);
    piece.resize(piece.size() - stream.avail_out);
    return piece;
}

void DeflateStream::forget() {
    ALTIS_ASSERT(deflateReset(&state_->stream) == Z_OK);
}

std::string deflate_piece(std::string_view bytes) {
    thread_local DeflateStream stream;
    stream.forget();
    return stream.pack(bytes);
}

}  // namespace altis::codec
