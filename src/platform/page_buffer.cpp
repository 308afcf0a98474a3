#include "platform/page_buffer.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace altis::platform {
namespace {

constexpr std::size_t whole_pages(std::size_t bytes) {
    return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

}  // namespace

void PageBuffer::append(std::string_view bytes) {
    if (bytes.empty()) return;
    reserve(size_ + bytes.size());
    std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
}

void PageBuffer::pad() {
    const std::size_t end = whole_pages(size_);
    if (end == size_) return;
    std::memset(bytes_.get() + size_, 0, end - size_);  // the capacity is in whole pages
    size_ = end;
}

void PageBuffer::reserve(std::size_t size) {
    if (size <= capacity_) return;
    const std::size_t wanted = whole_pages(std::max(size, 2 * capacity_));
    std::unique_ptr<char, Free> grown(static_cast<char*>(std::aligned_alloc(kPageBytes, wanted)));
    ALTIS_ASSERT(grown != nullptr);
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
    capacity_ = wanted;
}

}  // namespace altis::platform
