#include "journal/layout.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/bytes.h"

namespace altis::journal {

namespace {

constexpr std::string_view kLabelMagic = "ALTISSEG";
constexpr std::string_view kStartMagic = "ALTSTART";
constexpr std::string_view kBatchMagic = "ALTBATCH";
constexpr std::string_view kKeyMagic = "ALTISPUB";
constexpr std::string_view kHeadMagic = "ALTIHEAD";
constexpr std::string_view kSignedPrefix = "altis.journal.head.2";
constexpr std::size_t kBatchChecksumAt = 8;
constexpr std::size_t kBatchFieldsAt = 12;
constexpr std::size_t kBatchHashAt = 72;
constexpr std::size_t kFrameChecksumAt = 4;
constexpr std::size_t kFrameCheckedAt = 8;
constexpr std::uint8_t kSealedFlag = 1;

template <class Bytes>
void put_array(ByteWriter& out, const Bytes& bytes) {
    out.put_raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

template <class Bytes>
Bytes get_array(ByteReader& in) {
    Bytes bytes{};
    const std::string_view raw = in.get_raw(bytes.size());
    std::copy(raw.begin(), raw.end(), bytes.begin());
    return bytes;
}

// Closes a fixed part: a checksum over what is there, then zero up to `size`.
std::string sealed_part(ByteWriter& out, std::size_t size) {
    out.put(crypto::crc32c(out.bytes()));
    std::string bytes = out.take();
    bytes.resize(size);
    return bytes;
}

// Opens what `sealed_part` closed: a reader behind the magic, or nothing.
std::optional<ByteReader> open_part(std::string_view bytes, std::string_view magic,
                                    std::size_t fields_end, std::size_t size) {
    if (bytes.size() != size || !bytes.starts_with(magic)) return std::nullopt;
    ByteReader check(bytes.substr(fields_end));
    if (check.get<std::uint32_t>() != crypto::crc32c(bytes.substr(0, fields_end)))
        return std::nullopt;
    if (!is_zero(bytes.substr(fields_end + sizeof(std::uint32_t)))) return std::nullopt;
    return ByteReader(bytes.substr(magic.size(), fields_end - magic.size()));
}

void put_hashed_fields(ByteWriter& out, const BatchHeader& header) {
    out.put(header.records);
    out.put(header.batch_bytes);
    out.put(header.first_offset);
    out.put(header.time.us);
    put_array(out, header.previous_hash);
}

bool is_plausible(const BatchHeader& header) {
    if (header.records == 0 || header.first_offset == 0) return false;
    if (header.batch_bytes % kBatchAlignment != 0) return false;
    if (header.batch_bytes > kMaxSegmentBytes - kSegmentHeaderBytes) return false;
    const std::uint64_t smallest =
        kBatchHeaderBytes + std::uint64_t{header.records} * frame_bytes(1, 0, 0);
    return header.batch_bytes >= smallest;
}

std::optional<Frame> decode_frame(std::string_view bytes) {
    ByteReader in(bytes);
    in.get<std::uint32_t>();
    if (in.get<std::uint32_t>() != crypto::crc32c(bytes.substr(kFrameCheckedAt)))
        return std::nullopt;
    Frame frame;
    frame.subject = SubjectId{in.get<std::uint32_t>()};
    const auto flags = in.get<std::uint8_t>();
    const auto type_bytes = in.get<std::uint8_t>();
    const auto topic_bytes = in.get<std::uint16_t>();
    frame.time.us = in.get<std::int64_t>();
    frame.sealed = flags == kSealedFlag;
    frame.type = in.get_raw(type_bytes);
    frame.topic = in.get_raw(topic_bytes);
    frame.payload = in.get_raw(in.remaining());
    const bool is_sound = in.ok() && flags <= kSealedFlag && type_bytes > 0 &&
                          frame.sealed == (frame.subject != kNoSubject);
    if (!is_sound) return std::nullopt;
    return frame;
}

}  // namespace

std::string encode(const SegmentLabel& label) {
    ByteWriter out;
    out.put_raw(kLabelMagic);
    out.put(label.version);
    out.put(label.number);
    out.put(label.segment_bytes);
    return sealed_part(out, kLabelBytes);
}

std::optional<SegmentLabel> decode_label(std::string_view bytes) {
    auto in = open_part(bytes, kLabelMagic, 24, kLabelBytes);
    if (!in) return std::nullopt;
    SegmentLabel label;
    label.version = in->get<std::uint32_t>();
    label.number = in->get<std::uint32_t>();
    label.segment_bytes = in->get<std::uint64_t>();
    if (label.segment_bytes < kMinSegmentBytes || label.segment_bytes > kMaxSegmentBytes)
        return std::nullopt;
    return label;
}

std::string encode(const SegmentStart& start) {
    ByteWriter out;
    out.put_raw(kStartMagic);
    out.put(start.first_offset);
    put_array(out, start.previous_hash);
    return sealed_part(out, kStartBytes);
}

std::optional<SegmentStart> decode_start(std::string_view bytes) {
    auto in = open_part(bytes, kStartMagic, 48, kStartBytes);
    if (!in) return std::nullopt;
    SegmentStart start;
    start.first_offset = in->get<std::uint64_t>();
    start.previous_hash = get_array<crypto::Digest>(*in);
    return start;
}

crypto::Digest batch_hash(const BatchHeader& header, const crypto::Digest& root) {
    ByteWriter fields;
    put_hashed_fields(fields, header);
    put_array(fields, root);
    return crypto::sha256(fields.bytes());
}

std::string encode(const BatchHeader& header) {
    ByteWriter fields;
    put_hashed_fields(fields, header);
    put_array(fields, header.hash);
    put_array(fields, header.signature);
    ByteWriter out;
    out.put_raw(kBatchMagic);
    out.put(crypto::crc32c(fields.bytes()));
    out.put_raw(fields.bytes());
    ALTIS_ASSERT(out.size() == kBatchHeaderBytes);
    return out.take();
}

std::optional<BatchHeader> decode_batch_header(std::string_view bytes) {
    if (bytes.size() != kBatchHeaderBytes || !bytes.starts_with(kBatchMagic)) return std::nullopt;
    ByteReader in(bytes.substr(kBatchChecksumAt));
    if (in.get<std::uint32_t>() != crypto::crc32c(bytes.substr(kBatchFieldsAt)))
        return std::nullopt;
    BatchHeader header;
    header.records = in.get<std::uint32_t>();
    header.batch_bytes = in.get<std::uint64_t>();
    header.first_offset = in.get<std::uint64_t>();
    header.time.us = in.get<std::int64_t>();
    header.previous_hash = get_array<crypto::Digest>(in);
    header.hash = get_array<crypto::Digest>(in);
    header.signature = get_array<crypto::Signature>(in);
    ALTIS_ASSERT(in.ok() && in.done());
    if (!is_plausible(header)) return std::nullopt;
    return header;
}

static_assert(kBatchHashAt == kBatchFieldsAt + 4 + 8 + 8 + 8 + 32);

Head head_of(const BatchHeader& header) {
    return {header.last_offset(), header.hash, header.signature};
}

std::string signed_message(Offset last_offset, const crypto::Digest& hash) {
    ByteWriter out;
    out.put_raw(kSignedPrefix);
    out.put(last_offset);
    put_array(out, hash);
    return out.take();
}

std::string seal_context(std::string_view type, std::string_view topic) {
    std::string context(type);
    context.push_back('\0');
    return context.append(topic);
}

void append_frame(std::string& out, const Frame& frame) {
    const std::size_t begin = out.size();
    ByteWriter header;
    header.put(static_cast<std::uint32_t>(
                   frame_bytes(frame.type.size(), frame.topic.size(), frame.payload.size())),
               std::uint32_t{0}, to_number(frame.subject),
               frame.sealed ? kSealedFlag : std::uint8_t{0},
               static_cast<std::uint8_t>(frame.type.size()),
               static_cast<std::uint16_t>(frame.topic.size()), frame.time.us);
    out.append(header.bytes()).append(frame.type).append(frame.topic).append(frame.payload);
    const std::uint32_t checksum =
        crypto::crc32c(std::string_view(out).substr(begin + kFrameCheckedAt));
    std::memcpy(out.data() + begin + kFrameChecksumAt, &checksum, sizeof(checksum));
}

std::size_t frame_length(std::string_view bytes) {
    const auto length = ByteReader(bytes).get<std::uint32_t>();
    return length < frame_bytes(1, 0, 0) || length > bytes.size() ? 0 : length;
}

FrameStep read_frame(std::string_view bytes) {
    const std::size_t length = frame_length(bytes);
    if (length == 0) return {};
    return {length, decode_frame(bytes.substr(0, length))};
}

std::string encode(const HeadFile& head) {
    ByteWriter out;
    out.put_raw(kHeadMagic);
    out.put(head.head.offset);
    put_array(out, head.head.hash);
    put_array(out, head.head.signature);
    out.put(head.segment);
    out.put(std::uint32_t{0});
    out.put(head.position);
    return sealed_part(out, out.size() + sizeof(std::uint32_t));
}

std::optional<HeadFile> decode_head_file(std::string_view bytes) {
    auto in = open_part(bytes, kHeadMagic, 128, 132);
    if (!in) return std::nullopt;
    HeadFile head;
    head.head.offset = in->get<std::uint64_t>();
    head.head.hash = get_array<crypto::Digest>(*in);
    head.head.signature = get_array<crypto::Signature>(*in);
    head.segment = in->get<std::uint32_t>();
    in->get<std::uint32_t>();
    head.position = in->get<std::uint64_t>();
    return head;
}

std::string encode_public_key(const crypto::PublicKey& key) {
    ByteWriter out;
    out.put_raw(kKeyMagic);
    put_array(out, key);
    return sealed_part(out, out.size() + sizeof(std::uint32_t));
}

std::optional<crypto::PublicKey> decode_public_key(std::string_view bytes) {
    auto in = open_part(bytes, kKeyMagic, 40, 44);
    if (!in) return std::nullopt;
    return get_array<crypto::PublicKey>(*in);
}

bool is_zero(std::string_view bytes) {
    // A block equals the one before it, and the first byte is zero.
    return bytes.empty() ||
           (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace altis::journal
