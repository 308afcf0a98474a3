#include "codec/compress.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <libdeflate.h>
#include <memory>

#include "base/assert.h"

namespace altis::codec {
namespace {

constexpr std::size_t kFirstOutputBytes = 4'096;
constexpr std::size_t kMaxRatio = 1'032;  // deflate cannot pack tighter

struct FreeDecompressor {
    void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};
struct FreeCompressor {
    void operator()(libdeflate_compressor* one) const { libdeflate_free_compressor(one); }
};

libdeflate_decompressor* thread_decompressor() {
    thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> one(
        libdeflate_alloc_decompressor());
    ALTIS_ASSERT(one != nullptr);
    return one.get();
}

libdeflate_compressor* thread_compressor(int level) {
    thread_local std::array<std::unique_ptr<libdeflate_compressor, FreeCompressor>, 10> all;
    auto& one = all[static_cast<std::size_t>(level)];
    if (one == nullptr) one.reset(libdeflate_alloc_compressor(level));
    ALTIS_ASSERT(one != nullptr);
    return one.get();
}

// The last member states its size in the last four bytes. Only a hint, and only when it can be
// true.
std::size_t first_guess(std::string_view bytes, std::size_t max_output_bytes) {
    std::uint32_t stated = 0;
    if (bytes.size() >= 4) std::memcpy(&stated, bytes.data() + bytes.size() - 4, 4);
    const bool plausible = stated / kMaxRatio <= bytes.size();
    const std::size_t guess = plausible ? std::size_t{stated} : bytes.size() * 4;
    return std::min(std::max(guess, kFirstOutputBytes), max_output_bytes);
}

tl::unexpected<Error> malformed() {
    return fail(Code::kInvalid, "gzip.malformed",
                "the gzip data is damaged, cut short or followed by something else");
}

tl::unexpected<Error> too_large(std::size_t max_output_bytes) {
    return fail(Code::kTooLarge, "gzip.too_large",
                "the gzip data unpacks to more than " + std::to_string(max_output_bytes) +
                    " bytes; send it in smaller parts");
}

}  // namespace

bool looks_like_gzip(std::string_view bytes) {
    return bytes.starts_with("\x1f\x8b");
}

Result<std::string> gunzip(std::string_view bytes, std::size_t max_output_bytes) {
    libdeflate_decompressor* decompressor = thread_decompressor();
    std::string output(first_guess(bytes, max_output_bytes), '\0');
    std::size_t done = 0;
    do {
        if (!looks_like_gzip(bytes)) return malformed();
        std::size_t taken = 0;
        std::size_t made = 0;
        const libdeflate_result result = libdeflate_gzip_decompress_ex(
            decompressor, bytes.data(), bytes.size(), output.data() + done, output.size() - done,
            &taken, &made);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
            if (output.size() >= max_output_bytes) return too_large(max_output_bytes);
            output.resize(std::min(output.size() * 2, max_output_bytes));
            continue;  // the member again, with more room
        }
        if (result != LIBDEFLATE_SUCCESS) return malformed();
        bytes.remove_prefix(taken);
        done += made;
    } while (!bytes.empty());
    output.resize(done);
    return output;
}

std::string gzip(std::string_view bytes, int level) {
    ALTIS_ASSERT(level >= 1 && level <= 9);
    libdeflate_compressor* compressor = thread_compressor(level);
    std::string output(libdeflate_gzip_compress_bound(compressor, bytes.size()), '\0');
    output.resize(libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), output.data(),
                                           output.size()));
    return output;
}

}  // namespace altis::codec
