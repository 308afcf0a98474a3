// An array that grows without copying what it holds, and never takes twice the memory it needs.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace altis::fans {

// Elements are made anew by `Element{}`. Not thread-safe.
template <class Element>
class ChunkedArray {
  public:
    std::size_t size() const { return chunks_.size() * kChunk; }

    Element& operator[](std::size_t i) { return chunks_[i / kChunk][i % kChunk]; }
    const Element& operator[](std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }

    // Makes room for element `i`. Elements stay where they are.
    void reach(std::size_t i) {
        while (i >= size())
            chunks_.push_back(std::make_unique<Element[]>(kChunk));
    }

  private:
    static constexpr std::size_t kChunk = 4'096;

    std::vector<std::unique_ptr<Element[]>> chunks_;
};

}  // namespace altis::fans
