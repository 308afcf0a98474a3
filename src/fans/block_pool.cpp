#include "fans/block_pool.h"

#include <bit>
#include <cstring>

#include "base/assert.h"

namespace altis::fans {

// Exact for small blocks; greater ones have up to an eighth to spare, so that growth by little does
// not copy them each time.
std::size_t BlockPool::cells_for(std::size_t bytes) {
    constexpr std::size_t kExact = 32;
    const std::size_t cells = (bytes + sizeof(Cell) - 1) / sizeof(Cell);
    if (cells <= kExact) return cells;
    const std::size_t step = std::bit_floor(cells - 1) / 8;
    return (cells + step - 1) / step * step;
}

BlockPool::Block BlockPool::add_chunk(std::size_t cells) {
    if (chunks_.empty()) chunks_.emplace_back();  // no block begins at 0
    if (free_chunks_.empty()) {
        ALTIS_ASSERT(chunks_.size() + 1 < kMaxPoolBytes / (kChunkCells * sizeof(Cell)));
        free_chunks_.push_back(static_cast<Block>(chunks_.size() * kChunkCells));
        chunks_.emplace_back();
    }
    const Block begin = free_chunks_.back();
    free_chunks_.pop_back();
    chunks_[begin / kChunkCells] = std::make_unique_for_overwrite<Cell[]>(cells);
    return begin;
}

BlockPool::Block BlockPool::allocate(std::size_t cells) {
    if (cells > kSharedCells) return add_chunk(cells);
    if (cells < free_.size() && free_[cells] != kNone) {
        const Block block = free_[cells];
        std::memcpy(&free_[cells], place(block), sizeof(Block));
        return block;
    }
    if (end_ - next_ < cells) {
        next_ = add_chunk(kChunkCells);
        end_ = next_ + static_cast<Block>(kChunkCells);
    }
    const Block block = next_;
    next_ += static_cast<Block>(cells);
    return block;
}

void BlockPool::release(Block block, std::size_t cells) {
    if (cells > kSharedCells) {
        chunks_[block / kChunkCells].reset();
        free_chunks_.push_back(block);
        return;
    }
    if (cells >= free_.size()) free_.resize(cells + 1, kNone);
    std::memcpy(place(block), &free_[cells], sizeof(Block));
    free_[cells] = block;
}

BlockPool::Block BlockPool::insert(Block block, std::size_t size, std::size_t where,
                                   std::size_t gap) {
    ALTIS_ASSERT(where <= size && gap > 0);
    const std::size_t before = cells_for(size);
    const std::size_t after = cells_for(size + gap);
    if (before == after) {
        std::byte* const bytes = at(block);
        std::memmove(bytes + where + gap, bytes + where, size - where);
        return block;
    }
    const Block grown = allocate(after);
    if (size == 0) return grown;
    std::memcpy(at(grown), at(block), where);
    std::memcpy(at(grown) + where + gap, at(block) + where, size - where);
    release(block, before);
    return grown;
}

BlockPool::Block BlockPool::erase(Block block, std::size_t size, std::size_t where,
                                  std::size_t gap) {
    ALTIS_ASSERT(where + gap <= size && gap > 0);
    std::byte* const bytes = at(block);
    std::memmove(bytes + where, bytes + where + gap, size - where - gap);
    const std::size_t before = cells_for(size);
    const std::size_t after = cells_for(size - gap);
    if (before == after) return block;
    Block shrunk = kNone;
    if (after > 0) {
        shrunk = allocate(after);
        std::memcpy(at(shrunk), at(block), size - gap);
    }
    release(block, before);
    return shrunk;
}

void BlockPool::free(Block block, std::size_t size) {
    if (block != kNone) release(block, cells_for(size));
}

}  // namespace altis::fans
