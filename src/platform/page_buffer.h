// Bytes in whole pages of memory, as writing past the page cache demands.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace altis::platform {

constexpr std::size_t kPageBytes = 4096;

// Grows as it is filled and keeps its memory when cleared. Asserts that there is memory.
class PageBuffer {
  public:
    void append(std::string_view bytes);
    void pad();  // with zeros, up to a whole page
    void clear() { size_ = 0; }

    std::string_view bytes() const { return {bytes_.get(), size_}; }

  private:
    struct Free {
        void operator()(char* bytes) const { std::free(bytes); }
    };
    void reserve(std::size_t size);

    std::unique_ptr<char, Free> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace altis::platform
