// The bytes between two owners who cross their lists: frames of a type and a bounded payload
// (numbers are little-endian). Everything here comes from a stranger.
//
//   hello    8 "ALTISX1\n", 32 hash of the terms, 4 size class, 64 signature
//   points   4 number of the batch, 32 each: own points
//   tags     4 number of the batch, 12 each: for the points of that batch of the other side; none
//            when the other side receives nothing
//   verdict  1 how it ends
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/ristretto.h"
#include "crypto/sign.h"

namespace altis::cleanroom::crossing {

constexpr std::size_t kMaxBatchPoints = 256;
constexpr std::size_t kPointBytes = sizeof(crypto::Point);
// 96 bits: lists of 2^22 members a side have a false match with probability 2^-52.
constexpr std::size_t kPairTagBytes = 12;
constexpr std::size_t kFrameHeadBytes = 5;  // 4 size of the payload, 1 type
constexpr std::size_t kMaxPayloadBytes = 4 + kMaxBatchPoints * kPointBytes;

enum class FrameType : std::uint8_t { kHello = 1, kPoints = 2, kTags = 3, kVerdict = 4 };

struct Frame {
    FrameType type = FrameType::kVerdict;
    std::string payload;
};

// How a side ends a crossing.
enum class Verdict : std::uint8_t {
    kDone,
    kOtherTerms,  // the hash of the terms is not ours
    kTooSmall,    // the result is below the minimum
    kBroken,      // the other side did not keep to the protocol, or this one could not go on
};

// Puts bytes together to frames. Not thread-safe.
class FrameParser {
  public:
    void add(std::string_view bytes) { bytes_ += bytes; }
    // The next whole frame, or nothing. Fails with "crossing.bad_frame" for an unknown type or a
    // size that its type cannot have; nothing that follows can be read then.
    Result<std::optional<Frame>> next();

  private:
    std::string bytes_;
    std::size_t read_ = 0;
};

std::string encode_frame(FrameType type, std::string_view payload);

struct Hello {
    crypto::Digest terms{};
    std::uint32_t size_class = 0;
    crypto::Signature signature{};
};
std::string encode_hello(const Hello& hello);
// Fails with "crossing.bad_hello".
Result<Hello> decode_hello(std::string_view payload);

// A batch of points or tags; `items` points into the payload.
struct Batch {
    std::uint32_t number = 0;
    std::string_view items;
};
std::string encode_batch(std::uint32_t number, std::string_view items);
// Fails with "crossing.bad_frame".
Result<Batch> decode_batch(std::string_view payload);

// Fails with "crossing.bad_frame".
Result<Verdict> decode_verdict(std::string_view payload);

// Where bytes go and come from: in the product TLS, of which each side knows the other's key.
class Wire {
  public:
    virtual ~Wire() = default;
    // Takes all bytes, or fails. From one thread at a time, beside a `receive`. Waits while the
    // other side does not read, up to a deadline of its own.
    virtual Result<void> send(std::string_view bytes) = 0;
    // At least one byte; 0 when the other side ended. Waits up to a deadline of its own.
    virtual Result<std::size_t> receive(std::span<char> room) = 0;
    // Makes a `receive` that waits, and all later ones, fail at once. Any thread.
    virtual void stop_receiving() = 0;
};

// Frames over a wire. `send` may be called from any thread, `receive` from one.
class FrameLink {
  public:
    explicit FrameLink(Wire& wire) : wire_(wire) {}

    Result<void> send(FrameType type, std::string_view payload);
    // The next frame but a bad verdict, which fails: "crossing.other_terms",
    // "crossing.result_too_small" or "crossing.peer_refused". Fails also with "crossing.bad_frame"
    // or "crossing.cut_off", or as the wire does.
    Result<Frame> receive();
    // Fails with "crossing.out_of_order" for a frame of another type.
    Result<Frame> receive(FrameType type);
    void stop_receiving() { wire_.stop_receiving(); }

    std::uint64_t bytes_sent() const { return sent_; }
    std::uint64_t bytes_received() const { return received_; }

  private:
    Wire& wire_;
    std::mutex sending_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    FrameParser parser_;
};

tl::unexpected<Error> out_of_order();

}  // namespace altis::cleanroom::crossing
