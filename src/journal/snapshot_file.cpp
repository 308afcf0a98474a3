#include "journal/snapshot_file.h"

#include <zstd.h>

#include "base/bytes.h"
#include "crypto/vault.h"

namespace altis::journal {

namespace {

constexpr std::string_view kMagic = "ALTISNAP";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 32;
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

tl::unexpected<Error> malformed(const std::string& what) {
    return fail(Code::kCorrupt, "snapshot.malformed", "the snapshot cannot be used: " + what);
}

}  // namespace

SnapshotPacker::SnapshotPacker() : context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(static_cast<ZSTD_CCtx*>(context_), ZSTD_c_compressionLevel,
                           kCompressionLevel);
}

SnapshotPacker::~SnapshotPacker() {
    ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_));
}

Result<void> SnapshotPacker::add(std::string_view part) {
    unpacked_bytes_ += part.size();
    if (unpacked_bytes_ > kMaxSnapshotBytes)
        return fail(Code::kTooLarge, "snapshot.too_large",
                    "the state of the books is larger than 16 GiB");
    return pack(part, Step::kMore);
}

Result<void> SnapshotPacker::pack(std::string_view part, Step step) {
    ZSTD_inBuffer in{part.data(), part.size(), 0};
    std::string chunk(ZSTD_CStreamOutSize(), '\0');
    std::size_t left = 0;
    do {
        ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
        left = ZSTD_compressStream2(static_cast<ZSTD_CCtx*>(context_), &out, &in,
                                    step == Step::kEnd ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0) return malformed(ZSTD_getErrorName(left));
        packed_.append(chunk, 0, out.pos);
    } while (step == Step::kEnd ? left > 0 : in.pos < in.size);
    return {};
}

Result<std::string> SnapshotPacker::finish(SnapshotHeader header, const crypto::Digest& key,
                                           platform::Random& random) {
    TRY_VOID(pack({}, Step::kEnd));
    header.unpacked_bytes = unpacked_bytes_;
    std::string file = encode(header);
    const std::string sealed = crypto::seal_with_key(key, packed_, file, random);
    std::string().swap(packed_);
    return file.append(sealed);
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

Result<std::string> unpack_snapshot(std::string_view file, const crypto::Digest& key) {
    TRY(const SnapshotHeader header, read_snapshot_header(file));
    TRY(const std::string packed,
        crypto::unseal_with_key(key, file.substr(kHeaderBytes), file.substr(0, kHeaderBytes)));
    std::string unpacked(header.unpacked_bytes, '\0');
    const std::size_t size =
        ZSTD_decompress(unpacked.data(), unpacked.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0) return malformed(ZSTD_getErrorName(size));
    if (size != unpacked.size()) return malformed("it is shorter than its header says");
    return unpacked;
}

}  // namespace altis::journal
