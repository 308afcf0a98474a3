#include "codec/zip.h"

#include <cstdint>
#include <libdeflate.h>
#include <memory>
#include <optional>

#include "base/assert.h"

namespace altis::codec {
namespace {

// Sizes of the fixed parts and what they begin with, by PKWARE's APPNOTE 4.3.
constexpr std::string_view kLocalMagic = "PK\x03\x04";
constexpr std::string_view kEntryMagic = "PK\x01\x02";
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kMaxCommentBytes = 65'535;
constexpr std::uint32_t kZip64 = 0xffffffff;
constexpr std::uint32_t kEncrypted = 1U << 0;
constexpr std::uint32_t kSizesFollow = 1U << 3;  // the local header leaves CRC and sizes out

enum class Method : std::uint8_t { kStored = 0, kDeflated = 8 };

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint32_t value = 0;
    for (std::size_t i = width; i-- > 0;)
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}
std::uint32_t two(std::string_view bytes, std::size_t at) {
    return number(bytes, at, 2);
}
std::uint32_t four(std::string_view bytes, std::size_t at) {
    return number(bytes, at, 4);
}

struct Entry {
    std::uint32_t flags = 0;
    std::uint32_t method = 0;
    std::uint32_t crc = 0;
    std::uint32_t packed = 0;
    std::uint32_t unpacked = 0;
    std::uint32_t local = 0;  // where its own header is
    std::string_view name;
};

tl::unexpected<Error> malformed() {
    return fail(Code::kInvalid, "zip.malformed",
                "the zip archive is damaged, cut short or followed by something else");
}

tl::unexpected<Error> unsupported(std::string_view what) {
    return fail(Code::kInvalid, "zip.unsupported",
                "the zip archive is " + std::string(what) +
                    "; pack the file with an ordinary zip program, without a password");
}

// Where the end record is: the comment behind it reaches exactly to the end.
std::optional<std::size_t> find_end(std::string_view bytes) {
    if (bytes.size() < kEndBytes) return std::nullopt;
    const std::size_t last = bytes.size() - kEndBytes;
    const std::size_t first = last > kMaxCommentBytes ? last - kMaxCommentBytes : 0;
    for (std::size_t at = last + 1; at-- > first;) {
        if (bytes.substr(at, kEndMagic.size()) == kEndMagic && two(bytes, at + 20) == last - at)
            return at;
    }
    return std::nullopt;
}

// The only entry of the directory, which lies between the file and the end record.
Result<Entry> read_directory(std::string_view bytes) {
    const auto end = find_end(bytes);
    if (!end) return malformed();
    const std::uint32_t count = two(bytes, *end + 10);
    const std::size_t length = four(bytes, *end + 12);
    const std::size_t at = four(bytes, *end + 16);
    if (two(bytes, *end + 4) != 0 || two(bytes, *end + 6) != 0 || count != two(bytes, *end + 8))
        return unsupported("split over several disks");
    if (count == 0xffff || at == kZip64) return unsupported("in the format zip64");
    if (count != 1) {
        return fail(Code::kInvalid, "zip.not_one_file",
                    "the zip archive holds " + std::to_string(count) +
                        " files; pack the one that is meant alone");
    }
    if (at > *end || *end - at != length || length < kEntryBytes) return malformed();
    if (bytes.substr(at, kEntryMagic.size()) != kEntryMagic) return malformed();
    Entry entry{two(bytes, at + 8),
                two(bytes, at + 10),
                four(bytes, at + 16),
                four(bytes, at + 20),
                four(bytes, at + 24),
                four(bytes, at + 42),
                {}};
    const std::size_t name_bytes = two(bytes, at + 28);
    if (kEntryBytes + name_bytes + two(bytes, at + 30) + two(bytes, at + 32) != length)
        return malformed();
    entry.name = bytes.substr(at + kEntryBytes, name_bytes);
    if (entry.packed == kZip64 || entry.unpacked == kZip64)
        return unsupported("in the format zip64");
    return entry;
}

// The packed bytes, behind a local header that says the same as the directory.
Result<std::string_view> packed_bytes(std::string_view bytes, const Entry& entry) {
    const std::size_t at = entry.local;
    if (at > bytes.size() || bytes.size() - at < kLocalBytes) return malformed();
    if (bytes.substr(at, kLocalMagic.size()) != kLocalMagic) return malformed();
    const std::size_t name_bytes = two(bytes, at + 26);
    const std::size_t begin = at + kLocalBytes + name_bytes + two(bytes, at + 28);
    if (begin > bytes.size() || bytes.size() - begin < entry.packed) return malformed();
    const bool says_the_same =
        two(bytes, at + 6) == entry.flags && two(bytes, at + 8) == entry.method &&
        bytes.substr(at + kLocalBytes, name_bytes) == entry.name &&
        ((entry.flags & kSizesFollow) != 0 ||
         (four(bytes, at + 14) == entry.crc && four(bytes, at + 18) == entry.packed &&
          four(bytes, at + 22) == entry.unpacked));
    if (!says_the_same) return malformed();
    return bytes.substr(begin, entry.packed);
}

Result<std::string> inflate(std::string_view packed, std::size_t size) {
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
        decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
    ALTIS_ASSERT(decompressor != nullptr);
    std::string output(size, '\0');
    std::size_t taken = 0;
    std::size_t made = 0;
    const auto result =
        libdeflate_deflate_decompress_ex(decompressor.get(), packed.data(), packed.size(),
                                         output.data(), output.size(), &taken, &made);
    const bool is_whole = taken == packed.size() && made == size;
    if (result != LIBDEFLATE_SUCCESS || !is_whole) return malformed();
    return output;
}

}  // namespace

bool looks_like_zip(std::string_view bytes) {
    return bytes.starts_with(kLocalMagic) || bytes.starts_with(kEndMagic);
}

Result<std::string> unzip_one(std::string_view bytes, std::size_t max_output_bytes) {
    TRY(const Entry entry, read_directory(bytes));
    if ((entry.flags & kEncrypted) != 0) return unsupported("encrypted");
    const auto method = static_cast<Method>(entry.method);
    const bool is_known =
        entry.method <= 8 && (method == Method::kStored || method == Method::kDeflated);
    if (!is_known) return unsupported("packed by an uncommon method");
    if (entry.unpacked > max_output_bytes) {
        return fail(Code::kTooLarge, "zip.too_large",
                    "the file in the zip archive is over the limit of " +
                        std::to_string(max_output_bytes) + " bytes; send it in smaller parts");
    }
    TRY(const std::string_view packed, packed_bytes(bytes, entry));
    std::string output;
    if (method == Method::kStored) {
        if (entry.packed != entry.unpacked) return malformed();
        output = packed;
    } else {
        TRY(output, inflate(packed, entry.unpacked));
    }
    if (libdeflate_crc32(0, output.data(), output.size()) != entry.crc) return malformed();
    return output;
}

}  // namespace altis::codec
