#include "cleanroom/crossing/frames.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace altis::cleanroom::crossing {
namespace {

constexpr std::string_view kMagic = "ALTISX1\n";
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kHelloBytes =
    kMagic.size() + sizeof(crypto::Digest) + kNumberBytes + sizeof(crypto::Signature);
constexpr std::size_t kReadBytes = 65'536;

std::string number_bytes(std::uint32_t number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::uint32_t read_number(std::string_view bytes) {
    std::uint32_t number = 0;
    ALTIS_ASSERT(bytes.size() >= sizeof number);
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

template <class Bytes>
std::string_view text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

tl::unexpected<Error> bad_frame(std::string_view what) {
    return fail(
        Code::kInvalid, "crossing.bad_frame",
        "The other side sent a frame " + std::string(what) + "; it does not speak this protocol.");
}

bool is_size_of(FrameType type, std::size_t size) {
    switch (type) {
        case FrameType::kHello:
            return size == kHelloBytes;
        case FrameType::kPoints:
            return size > kNumberBytes && (size - kNumberBytes) % kPointBytes == 0;
        case FrameType::kTags:
            return size >= kNumberBytes && (size - kNumberBytes) % kPairTagBytes == 0;
        case FrameType::kVerdict:
            return size == 1;
    }
    return false;
}

// What the other side's last word means here.
tl::unexpected<Error> ended_by_peer(Verdict verdict) {
    switch (verdict) {
        case Verdict::kOtherTerms:
            return fail(Code::kConflict, "crossing.other_terms",
                        "The other side works under other terms; compare the two files.");
        case Verdict::kTooSmall:
            return fail(Code::kDenied, "crossing.result_too_small",
                        "Fewer persons are in both lists than the terms' minimum; neither side "
                        "gets a result.");
        case Verdict::kDone:
        case Verdict::kBroken:
            break;
    }
    return fail(Code::kUnavailable, "crossing.peer_refused",
                "The other side ended the crossing; its message says why.");
}

}  // namespace

Result<std::optional<Frame>> FrameParser::next() {
    const std::string_view rest = std::string_view(bytes_).substr(read_);
    if (rest.size() < kFrameHeadBytes) return std::optional<Frame>();
    const std::uint32_t size = read_number(rest);
    const auto type = static_cast<FrameType>(rest[kNumberBytes]);
    if (size > kMaxPayloadBytes || !is_size_of(type, size))
        return bad_frame("of an unknown type or an impossible size");
    if (rest.size() < kFrameHeadBytes + size) {
        bytes_.erase(0, std::exchange(read_, 0));
        return std::optional<Frame>();
    }
    read_ += kFrameHeadBytes + size;
    return Frame{type, std::string(rest.substr(kFrameHeadBytes, size))};
}

std::string encode_frame(FrameType type, std::string_view payload) {
    ALTIS_ASSERT(payload.size() <= kMaxPayloadBytes && is_size_of(type, payload.size()));
    std::string frame = number_bytes(static_cast<std::uint32_t>(payload.size()));
    frame.push_back(static_cast<char>(type));
    return frame.append(payload);
}

std::string encode_hello(const Hello& hello) {
    std::string payload(kMagic);
    return payload.append(text_of(hello.terms))
        .append(number_bytes(hello.size_class))
        .append(text_of(hello.signature));
}

Result<Hello> decode_hello(std::string_view payload) {
    if (payload.size() != kHelloBytes || !payload.starts_with(kMagic)) {
        return fail(Code::kInvalid, "crossing.bad_hello",
                    "The other side speaks another version of the protocol, or another one.");
    }
    Hello hello;
    payload.remove_prefix(kMagic.size());
    std::memcpy(hello.terms.data(), payload.data(), hello.terms.size());
    payload.remove_prefix(hello.terms.size());
    hello.size_class = read_number(payload);
    payload.remove_prefix(kNumberBytes);
    std::memcpy(hello.signature.data(), payload.data(), hello.signature.size());
    return hello;
}

std::string encode_batch(std::uint32_t number, std::string_view items) {
    return number_bytes(number).append(items);
}

Result<Batch> decode_batch(std::string_view payload) {
    if (payload.size() < kNumberBytes) return bad_frame("without the number of its batch");
    return Batch{read_number(payload), payload.substr(kNumberBytes)};
}

Result<Verdict> decode_verdict(std::string_view payload) {
    if (payload.size() != 1 ||
        static_cast<unsigned char>(payload[0]) > static_cast<unsigned char>(Verdict::kBroken)) {
        return bad_frame("with an unknown end");
    }
    return static_cast<Verdict>(payload[0]);
}

Result<void> FrameLink::send(FrameType type, std::string_view payload) {
    const std::string frame = encode_frame(type, payload);
    const std::lock_guard lock(sending_);
    sent_ += frame.size();
    return wire_.send(frame);
}

Result<Frame> FrameLink::receive() {
    thread_local std::vector<char> room(kReadBytes);
    while (true) {
        TRY(auto frame, parser_.next());
        if (frame && frame->type == FrameType::kVerdict) {
            TRY(const Verdict verdict, decode_verdict(frame->payload));
            if (verdict != Verdict::kDone) return ended_by_peer(verdict);
        }
        if (frame) return std::move(*frame);
        TRY(const std::size_t size, wire_.receive(room));
        if (size == 0) {
            return fail(Code::kUnavailable, "crossing.cut_off",
                        "The other side ended the connection before the crossing was over; start "
                        "it again on both sides.");
        }
        received_ += size;
        parser_.add({room.data(), size});
    }
}

Result<Frame> FrameLink::receive(FrameType type) {
    TRY(Frame frame, receive());
    if (frame.type == type) return frame;
    return out_of_order();
}

tl::unexpected<Error> out_of_order() {
    return fail(Code::kInvalid, "crossing.out_of_order",
                "The other side sent a frame that has no place here; it does not keep to the "
                "protocol.");
}

}  // namespace altis::cleanroom::crossing
