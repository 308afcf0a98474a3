#include "server/websocket.h"

#include <algorithm>
#include <array>

#include "codec/text.h"
#include "crypto/hash.h"
#include "server/limits.h"

namespace altis::server {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kMaxControlBytes = 125;
constexpr std::size_t kMaskBytes = 4;

constexpr std::uint8_t kContinuation = 0x0;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kBinary = 0x2;
constexpr std::uint8_t kCloseOpcode = 0x8;
constexpr std::uint8_t kPing = 0x9;
constexpr std::uint8_t kPong = 0xA;
constexpr std::uint8_t kLast = 0x80;    // FIN
constexpr std::uint8_t kPacked = 0x40;  // RSV1, RFC 7692

bool is_control(std::uint8_t opcode) {
    return (opcode & 0x8U) != 0;
}

// Whether the message that begins with it may be packed.
bool begins_message(std::uint8_t opcode) {
    return opcode == kText || opcode == kBinary;
}

bool is_known(std::uint8_t opcode) {
    return opcode <= kBinary || (opcode >= kCloseOpcode && opcode <= kPong);
}

std::string control_frame(std::uint8_t opcode, std::string_view payload) {
    std::string frame;
    frame.push_back(static_cast<char>(kLast | opcode));
    frame.push_back(static_cast<char>(payload.size()));
    return frame.append(payload);
}

// True when a comma-separated field has that token, in any case.
bool has_token(std::string_view field, std::string_view token) {
    while (!field.empty()) {
        if (equal_ignoring_case(take_item(field, ','), token)) return true;
    }
    return false;
}

// One offer of an extension. What a client wants of the server beyond the usual (a dictionary per
// message, a smaller one) is not spoken here; what it says of itself is taken.
bool is_usual_deflate(std::string_view offer) {
    if (!equal_ignoring_case(take_item(offer, ';'), "permessage-deflate")) return false;
    while (!offer.empty()) {
        std::string_view parameter = take_item(offer, ';');
        const std::string_view name = take_item(parameter, '=');
        if (!equal_ignoring_case(name, "client_max_window_bits") &&
            !equal_ignoring_case(name, "client_no_context_takeover")) {
            return false;
        }
    }
    return true;
}

// Of an unmasked frame (RFC 6455, 5.2).
std::string frame_head(std::uint8_t first, std::size_t bytes) {
    std::string head(1, static_cast<char>(first));
    const auto put = [&head, bytes](int length_bytes) {
        for (int i = length_bytes - 1; i >= 0; --i)
            head.push_back(static_cast<char>(bytes >> (8 * i)));
    };
    if (bytes <= kMaxControlBytes) {
        put(1);
    } else if (bytes <= 0xFFFF) {
        head.push_back(126);
        put(2);
    } else {
        head.push_back(127);
        put(8);
    }
    return head;
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char c : bytes)
        number = number << 8 | static_cast<std::uint8_t>(c);
    return number;
}

// Codes that a client may send (RFC 6455, 7.4).
bool may_be_sent(std::uint64_t code) {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

}  // namespace

bool asks_for_websocket(const Request& request) {
    return has_token(request.header("Upgrade"), "websocket");
}

Result<std::string> accept_websocket(const Request& request) {
    const std::string_view key = request.header("Sec-WebSocket-Key");
    const auto nonce = codec::from_base64(key);
    const bool is_whole =
        request.method == Method::kGet && has_token(request.header("Connection"), "upgrade") &&
        request.header("Sec-WebSocket-Version") == "13" && nonce && nonce->size() == kNonceBytes;
    if (!is_whole) {
        return fail(Code::kInvalid, "websocket.bad_handshake",
                    "A WebSocket begins with a GET that has Connection: Upgrade, "
                    "Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in base64.");
    }
    return codec::to_base64(crypto::sha1(std::string(key).append(kGuid)));
}

bool offers_deflate(const Request& request) {
    std::string_view offers = request.header("Sec-WebSocket-Extensions");
    while (!offers.empty()) {
        if (is_usual_deflate(take_item(offers, ','))) return true;
    }
    return false;
}

std::string text_frame_head(std::size_t bytes) {
    return frame_head(kLast | kText, bytes);
}

std::string packed_frame_head(std::size_t bytes) {
    return frame_head(kLast | kPacked | kText, bytes);
}

std::string pong_frame(std::string_view payload) {
    return control_frame(kPong, payload);
}

std::string close_frame(CloseCode code) {
    const auto number = static_cast<std::uint16_t>(code);
    const std::array payload = {static_cast<char>(number >> 8), static_cast<char>(number & 0xFFU)};
    return control_frame(kCloseOpcode, {payload.data(), payload.size()});
}

std::optional<FrameReader::Happening> FrameReader::next() {
    while (!is_over_) {
        auto frame = take_frame();
        if (broken_) {
            is_over_ = true;
            return closed(*broken_);
        }
        if (!frame) return std::nullopt;
        auto happening =
            is_control(frame->opcode) ? take_control(std::move(*frame)) : take_data(*frame);
        if (!happening) continue;
        is_over_ = happening->event == Event::kClose;
        return happening;
    }
    return std::nullopt;
}

std::optional<FrameReader::Frame> FrameReader::take_frame() {
    if (buffer_.size() < 2) return std::nullopt;
    const auto first = static_cast<std::uint8_t>(buffer_[0]);
    const auto second = static_cast<std::uint8_t>(buffer_[1]);
    Frame frame{
        static_cast<std::uint8_t>(first & 0x0FU), (first & kLast) != 0, (first & kPacked) != 0, {}};
    const bool is_masked = (second & 0x80U) != 0;
    const bool has_reserved_bits =
        (first & 0x30U) != 0 ||
        (frame.is_packed && !(may_be_packed_ && begins_message(frame.opcode)));
    std::uint64_t bytes = second & 0x7FU;
    const bool is_bad_control =
        is_control(frame.opcode) && (!frame.is_last || bytes > kMaxControlBytes);
    if (!is_masked || has_reserved_bits || !is_known(frame.opcode) || is_bad_control) {
        broken_ = CloseCode::kProtocolError;
        return std::nullopt;
    }
    std::size_t head = 2;
    if (bytes > kMaxControlBytes) {
        const std::size_t length_bytes = bytes == 126 ? 2 : 8;
        head += length_bytes;
        if (buffer_.size() < head) return std::nullopt;
        bytes = big_endian(std::string_view(buffer_).substr(2, length_bytes));
    }
    if (bytes > kMaxSocketMessageBytes) {
        broken_ = CloseCode::kTooBig;
        return std::nullopt;
    }
    if (buffer_.size() < head + kMaskBytes + bytes) return std::nullopt;
    const std::string mask = buffer_.substr(head, kMaskBytes);
    frame.payload = buffer_.substr(head + kMaskBytes, bytes);
    for (std::size_t i = 0; i < frame.payload.size(); ++i)
        frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % kMaskBytes]);
    buffer_.erase(0, head + kMaskBytes + bytes);
    return frame;
}

std::optional<FrameReader::Happening> FrameReader::take_control(Frame frame) {
    if (frame.opcode == kPing) return Happening{Event::kPing, std::move(frame.payload), {}};
    if (frame.opcode == kPong) return std::nullopt;
    const std::string_view payload = frame.payload;
    if (payload.empty()) return closed(CloseCode::kNormal);
    if (payload.size() == 1 || !may_be_sent(big_endian(payload.substr(0, 2)))) {
        return closed(CloseCode::kProtocolError);
    }
    return closed(codec::is_utf8(payload.substr(2)) ? CloseCode::kNormal : CloseCode::kNotUtf8);
}

std::optional<FrameReader::Happening> FrameReader::take_data(const Frame& frame) {
    const bool continues = frame.opcode == kContinuation;
    if (continues != (message_opcode_ != 0)) return closed(CloseCode::kProtocolError);
    if (!continues) {
        message_opcode_ = frame.opcode;
        is_message_packed_ = frame.is_packed;
    }
    if (message_.size() + frame.payload.size() > kMaxSocketMessageBytes) {
        return closed(CloseCode::kTooBig);
    }
    message_ += frame.payload;
    if (!frame.is_last) return std::nullopt;
    // Nobody unpacks what counts for nothing.
    const bool is_good =
        message_opcode_ == kBinary || is_message_packed_ || codec::is_utf8(message_);
    message_.clear();
    message_opcode_ = 0;
    if (!is_good) return closed(CloseCode::kNotUtf8);
    return std::nullopt;
}

}  // namespace altis::server
