// The one file in a zip archive, with a hard limit against decompression bombs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

// True when the bytes start with the signature of a zip archive.
bool looks_like_zip(std::string_view bytes);

// Unpacks an archive that holds exactly one file, stored or deflated, and checks its CRC-32. The
// directory and the file's own header must agree. Fails with "zip.malformed", "zip.not_one_file",
// "zip.unsupported" (encrypted, zip64, several disks, another method) or "zip.too_large", before
// anything is unpacked, when the file states a size over `max_output_bytes`. Thread-safe.
Result<std::string> unzip_one(std::string_view bytes, std::size_t max_output_bytes);

}  // namespace altis::codec
