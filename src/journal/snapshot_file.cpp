#include "journal/snapshot_file.h"

#include <memory>
#include <optional>
#include <utility>
#include <zstd.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/vault.h"
#include "platform/large_pages.h"

namespace altis::journal {

namespace {

constexpr std::string_view kMagic = "ALTISNAP";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kSealedPieceBytes = kSnapshotPieceBytes + crypto::kSealOverhead;
// One below zero, the fastest: half the time of level 1 for a twentieth more bytes of fingerprints.
constexpr int kCompressionLevel = -1;

std::string encode(const SnapshotHeader& header) {
    ByteWriter out;
    out.put_raw(kMagic);
    out.put(kVersion);
    out.put(header.key_slot);
    out.put(header.offset);
    out.put(header.unpacked_bytes);
    return out.take();
}

// What is authenticated with a piece: which one of which snapshot it is, and whether others follow.
std::string context_of(std::string_view header, std::uint64_t piece, bool is_last) {
    ByteWriter out;
    out.put_raw(header);
    out.put(piece);
    out.put(static_cast<std::uint8_t>(is_last));
    return out.take();
}

tl::unexpected<Error> malformed(const std::string& what) {
    return fail(Code::kCorrupt, "snapshot.malformed", "the snapshot cannot be used: " + what);
}

}  // namespace

SnapshotPacker::SnapshotPacker(const SnapshotHeader& header, const crypto::Digest& key,
                               platform::Random& random, Sink sink)
    : header_(header),
      key_(key),
      random_(random),
      sink_(std::move(sink)),
      context_(ZSTD_createCCtx()),
      room_(ZSTD_CStreamOutSize(), '\0') {
    ZSTD_CCtx_setParameter(static_cast<ZSTD_CCtx*>(context_), ZSTD_c_compressionLevel,
                           kCompressionLevel);
    piece_.reserve(kSnapshotPieceBytes + room_.size());
}

SnapshotPacker::~SnapshotPacker() {
    ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_));
}

Result<void> SnapshotPacker::add(std::string_view part) {
    if (header_.unpacked_bytes > kMaxSnapshotBytes)
        return fail(Code::kTooLarge, "snapshot.too_large",
                    "the state of the books is larger than 16 GiB");
    added_ += part.size();
    return pack(part, Step::kMore);
}

Result<void> SnapshotPacker::finish() {
    ALTIS_ASSERT(added_ == header_.unpacked_bytes);
    TRY_VOID(pack({}, Step::kEnd));
    return seal_piece(Step::kEnd);
}

Result<void> SnapshotPacker::pack(std::string_view part, Step step) {
    ZSTD_inBuffer in{part.data(), part.size(), 0};
    std::size_t left = 0;
    do {
        ZSTD_outBuffer out{room_.data(), room_.size(), 0};
        left = ZSTD_compressStream2(static_cast<ZSTD_CCtx*>(context_), &out, &in,
                                    step == Step::kEnd ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0) return malformed(ZSTD_getErrorName(left));
        piece_.append(room_, 0, out.pos);
        // A whole piece waits until there is more, since the last one is marked.
        while (piece_.size() > kSnapshotPieceBytes)
            TRY_VOID(seal_piece(Step::kMore));
    } while (step == Step::kEnd ? left > 0 : in.pos < in.size);
    return {};
}

Result<void> SnapshotPacker::seal_piece(Step step) {
    const std::string header = encode(header_);
    if (pieces_ == 0) TRY_VOID(sink_(header));
    const std::string_view piece = std::string_view(piece_).substr(0, kSnapshotPieceBytes);
    TRY_VOID(sink_(crypto::seal_with_key(
        key_, piece, context_of(header, pieces_, step == Step::kEnd), random_)));
    ++pieces_;
    piece_.erase(0, kSnapshotPieceBytes);
    return {};
}

Result<SnapshotHeader> read_snapshot_header(std::string_view file) {
    if (file.size() < kHeaderBytes || !file.starts_with(kMagic))
        return malformed("it does not begin like one");
    ByteReader in(file.substr(kMagic.size(), kHeaderBytes - kMagic.size()));
    if (in.get<std::uint32_t>() != kVersion) return malformed("it is of another version");
    SnapshotHeader header;
    header.key_slot = in.get<std::uint32_t>();
    header.offset = in.get<std::uint64_t>();
    header.unpacked_bytes = in.get<std::uint64_t>();
    if (header.key_slot > 1 || header.unpacked_bytes > kMaxSnapshotBytes)
        return malformed("its header is damaged");
    return header;
}

namespace {

// Gives the bytes of a zstd frame that comes in pieces.
class Unpacker {
  public:
    explicit Unpacker(std::uint64_t bytes) : unpacked_(platform::zeros_in_large_pages(bytes)) {}

    Result<void> add(std::string_view packed) {
        ZSTD_inBuffer in{packed.data(), packed.size(), 0};
        while (in.pos < in.size) {
            const std::size_t read = in.pos;
            ZSTD_outBuffer out{unpacked_.data(), unpacked_.size(), size_};
            left_ = ZSTD_decompressStream(context_.get(), &out, &in);
            if (ZSTD_isError(left_) != 0) return malformed(ZSTD_getErrorName(left_));
            const bool is_stuck = in.pos == read && out.pos == size_;
            if (is_stuck) return malformed("it is longer than its header says");
            size_ = out.pos;
        }
        return {};
    }

    Result<std::string> finish() {
        if (left_ != 0 || size_ != unpacked_.size())
            return malformed("it is shorter than its header says");
        return std::move(unpacked_);
    }

  private:
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), ZSTD_freeDCtx};
    std::string unpacked_;
    std::size_t size_ = 0;
    std::size_t left_ = 1;  // 0 at the end of the frame
};

}  // namespace

Result<std::string> unpack_snapshot(std::string_view file, const crypto::Digest& key) {
    TRY(const SnapshotHeader header, read_snapshot_header(file));
    const std::string_view front = file.substr(0, kHeaderBytes);
    std::string_view rest = file.substr(kHeaderBytes);
    // Nothing is unpacked, nor room made for it, before the first seal holds.
    std::optional<Unpacker> unpacker;
    std::uint64_t piece = 0;
    do {
        const std::string_view sealed = rest.substr(0, kSealedPieceBytes);
        rest.remove_prefix(sealed.size());
        TRY(const std::string packed,
            crypto::unseal_with_key(key, sealed, context_of(front, piece++, rest.empty())));
        if (!unpacker) unpacker.emplace(header.unpacked_bytes);
        TRY_VOID(unpacker->add(packed));
    } while (!rest.empty());
    return unpacker->finish();
}

}  // namespace altis::journal
