#include "platform/large_pages.h"

#include <cstdint>
#include <sys/mman.h>

namespace altis::platform {

void prefer_large_pages(const void* begin, std::size_t size) {
    constexpr std::uintptr_t kLargePage = 2U << 20;
    const auto start = reinterpret_cast<std::uintptr_t>(begin);
    const std::uintptr_t first = (start + kLargePage - 1) / kLargePage * kLargePage;
    const std::uintptr_t end = (start + size) / kLargePage * kLargePage;
    if (first >= end) return;
    static_cast<void>(madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE));
}

std::string zeros_in_large_pages(std::size_t size) {
    std::string bytes;
    bytes.reserve(size);
    prefer_large_pages(bytes.data(), size);
    bytes.resize(size);
    return bytes;
}

}  // namespace altis::platform
