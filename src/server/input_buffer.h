// Bytes that came from a socket and were not consumed yet, in one contiguous piece.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace altis::server {

class InputBuffer {
  public:
    // Room for at least `size` more bytes; filled bytes are handed over by commit(). Invalidates
    // view().
    std::span<char> prepare(std::size_t size) {
        if (begin_ > 0 && bytes_.size() - end_ < size) {
            std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (bytes_.size() - end_ < size) bytes_.resize(end_ + size);
        return {bytes_.data() + end_, bytes_.size() - end_};
    }
    void commit(std::size_t size) { end_ += size; }

    std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t size) {
        begin_ += size;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    bool empty() const { return begin_ == end_; }

    // Gives the memory back together with what was left in it.
    void release() { *this = InputBuffer(); }

  private:
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace altis::server
