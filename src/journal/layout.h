// The bytes of docs/formats/journal.md: encoding and decoding of every fixed part. Decoders accept
// any bytes and give nothing when a magic, a checksum or a bound does not hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/sign.h"
#include "journal/journal.h"

namespace altis::journal {

constexpr std::uint32_t kFormatVersion = 6;
constexpr std::uint64_t kSegmentHeaderBytes = 4096;
constexpr std::size_t kLabelBytes = 512;
constexpr std::size_t kStartBytes = 512;
constexpr std::size_t kBatchHeaderBytes = 168;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kBatchAlignment = 8;
constexpr std::uint64_t kMinSegmentBytes = 16U << 10;
constexpr std::uint64_t kMaxSegmentBytes = 4ULL << 30;

// First sector of a segment file.
struct SegmentLabel {
    std::uint32_t number = 0;
    std::uint64_t segment_bytes = 0;
    std::uint32_t version = kFormatVersion;  // of the whole segment
};
std::string encode(const SegmentLabel& label);  // kLabelBytes
// Also of another version: only what has this one can be read on.
std::optional<SegmentLabel> decode_label(std::string_view bytes);

// Second sector: how the chain comes into this segment.
struct SegmentStart {
    Offset first_offset = 0;
    crypto::Digest previous_hash{};
};
std::string encode(const SegmentStart& start);  // kStartBytes
std::optional<SegmentStart> decode_start(std::string_view bytes);

struct BatchHeader {
    std::uint32_t records = 0;
    std::uint64_t batch_bytes = 0;  // header, frames and padding
    Offset first_offset = 0;
    Time time;
    crypto::Digest previous_hash{};
    crypto::Digest hash{};
    crypto::Signature signature{};

    Offset last_offset() const { return first_offset + records - 1; }
};

// Hash of a batch whose `previous_hash` and counts are set; `root` is that of its frames.
crypto::Digest batch_hash(const BatchHeader& header, const crypto::Digest& root);
std::string encode(const BatchHeader& header);  // kBatchHeaderBytes, with magic and checksum
// Checks magic, checksum, and that counts and length are plausible for each other.
std::optional<BatchHeader> decode_batch_header(std::string_view bytes);
Head head_of(const BatchHeader& header);

// What a batch is signed with: binds the hash to the last offset.
std::string signed_message(Offset last_offset, const crypto::Digest& hash);

struct Frame {
    SubjectId subject = kNoSubject;
    bool sealed = false;
    Time time;
    std::string_view type;
    std::string_view topic;
    std::string_view payload;  // as stored
};

// What the payload of a record is sealed with besides its key.
std::string seal_context(std::string_view type, std::string_view topic);

constexpr std::size_t frame_bytes(std::size_t type, std::size_t topic, std::size_t payload) {
    return kFrameHeaderBytes + type + topic + payload;
}
constexpr std::uint64_t padded(std::uint64_t bytes) {
    return (bytes + kBatchAlignment - 1) / kBatchAlignment * kBatchAlignment;
}

void append_frame(std::string& out, const Frame& frame);

// What the frame at the front of `bytes` says its length is; 0 when that is not plausible.
std::size_t frame_length(std::string_view bytes);

// One step through the frames of a batch.
struct FrameStep {
    std::size_t bytes = 0;       // length of the frame; 0 when no length is plausible
    std::optional<Frame> frame;  // empty when the checksum or the inner lengths do not hold
};
FrameStep read_frame(std::string_view bytes);

// Where the newest noted batch stands.
struct HeadFile {
    Head head;
    std::uint32_t segment = 0;
    std::uint64_t position = 0;
};
std::string encode(const HeadFile& head);
std::optional<HeadFile> decode_head_file(std::string_view bytes);

std::string encode_public_key(const crypto::PublicKey& key);
std::optional<crypto::PublicKey> decode_public_key(std::string_view bytes);

bool is_zero(std::string_view bytes);

}  // namespace altis::journal
