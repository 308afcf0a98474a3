// Fuzzes journal/snapshot_file.h: bytes that were not sealed here are refused before anything is
// unpacked, and what is packed comes back.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "journal/snapshot_file.h"
#include "platform/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const crypto::Digest key{};
    static_cast<void>(journal::read_snapshot_header(bytes));
    ALTIS_ASSERT(!journal::unpack_snapshot(bytes, key));

    platform::SeededRandom random(size);
    std::string file;
    journal::SnapshotPacker packer({7, 1, size}, key, random, [&file](std::string_view part) {
        file.append(part);
        return Result<void>();
    });
    ALTIS_ASSERT(packer.add(bytes.substr(0, size / 2)).has_value());
    ALTIS_ASSERT(packer.add(bytes.substr(size / 2)).has_value());
    ALTIS_ASSERT(packer.finish().has_value());
    const auto header = journal::read_snapshot_header(file);
    ALTIS_ASSERT(header && header->offset == 7 && header->unpacked_bytes == size);
    ALTIS_ASSERT(journal::unpack_snapshot(file, key) == bytes);
    return 0;
}
