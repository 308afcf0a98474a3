// Fuzzes the vault's own files as a damaged disk may give them back: crypto/secret_file.h behind a
// checksum that holds, and the header of crypto/key_slots.h.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/hash.h"
#include "crypto/key_slots.h"
#include "crypto/secret_file.h"
#include "platform/faulty_file.h"
#include "platform/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    static_cast<void>(crypto::decode_key_header(content));

    ByteWriter file;
    file.put_raw(content);
    file.put(crypto::crc32c(content));
    const std::string path = "/secrets";
    platform::FaultyFileSystem files;
    ALTIS_ASSERT(platform::write_file_atomically(files, path, file.bytes()).has_value());
    platform::SeededRandom random(1);
    crypto::SecretFile secrets(files, path, random);
    const auto loaded = secrets.load();
    if (!loaded) ALTIS_ASSERT(loaded.error().reason == "vault.damaged");
    return 0;
}
