// Large pages of memory, for large blocks that are swept or written once.
#pragma once

#include <cstddef>
#include <string>

namespace altis::platform {

// Asks the system to back the whole large pages (2 MiB) between `begin` and `begin + size` as such,
// so that filling them takes one fault for each instead of 512. Advice: nothing happens where the
// system has none, and the bytes stay. Thread-safe.
void prefer_large_pages(const void* begin, std::size_t size);

// So many zeros, in large pages as far as they fill some.
std::string zeros_in_large_pages(std::size_t size);

}  // namespace altis::platform
