#include "server/stream_packer.h"

#include "server/websocket.h"

namespace altis::server {
namespace {

std::string framed(Framing framing, std::string piece) {
    if (framing == Framing::kServerSentEvents) return piece;
    piece.resize(piece.size() - codec::kDeflatePieceEnd.size());
    return packed_frame_head(piece.size()) + piece;
}

}  // namespace

std::string gzip_head() {
    constexpr char kUnknownSystem = static_cast<char>(0xFF);
    return {'\x1F', static_cast<char>(0x8B), 8, 0, 0, 0, 0, 0, 0, kUnknownSystem};
}

std::string pack_alone(Framing framing, std::string_view content) {
    if (content.empty()) return {};
    return framed(framing, codec::deflate_piece(content));
}

EncodedEvent::Packed StreamPacker::pack(std::uint64_t number, std::string_view content) {
    if (content.empty()) return {};
    while (!window_.empty() &&
           window_bytes_ - window_.front().bytes >= codec::kDeflateWindowBytes) {
        window_bytes_ -= window_.front().bytes;
        window_.pop_front();
    }
    const std::uint64_t needs = window_.empty() ? number : window_.front().number;
    window_.push_back({number, content.size()});
    window_bytes_ += content.size();
    return {framed(framing_, deflate_.pack(content)), needs};
}

void StreamPacker::forget() {
    deflate_.forget();
    window_.clear();
    window_bytes_ = 0;
}

}  // namespace altis::server
