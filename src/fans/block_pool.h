// Memory for very many small blocks that grow now and then. A block is named by 4 bytes and has no
// header; whoever holds it knows its size. A freed block serves the next one of its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace altis::fans {

// Of one pool: what 4 bytes can name. Some 150 million fans have room in it.
constexpr std::size_t kMaxPoolBytes = std::size_t{32} << 30;

// Blocks are aligned to 8 bytes. Asserts on more than kMaxPoolBytes. Not thread-safe.
class BlockPool {
  public:
    using Block = std::uint32_t;
    static constexpr Block kNone = 0;

    std::byte* at(Block block) { return place(block); }
    const std::byte* at(Block block) const { return place(block); }

    // Begins to fetch the first bytes of a block; it may be smaller.
    void prefetch(Block block, std::size_t bytes) const {
        constexpr std::size_t kLine = 64;
        for (std::size_t i = 0; i < bytes; i += kLine)
            __builtin_prefetch(place(block) + i);
    }

    // The block of `size` bytes with `gap` bytes more before byte `where`, whose content is left
    // open. kNone with size 0 gives a new block. What `block` named before is gone.
    Block insert(Block block, std::size_t size, std::size_t where, std::size_t gap);

    // The block of `size` bytes without the `gap` bytes from byte `where` on; kNone when nothing is
    // left.
    Block erase(Block block, std::size_t size, std::size_t where, std::size_t gap);

    // Gives a block of `size` bytes back; kNone with size 0 is one.
    void free(Block block, std::size_t size);

  private:
    using Cell = std::uint64_t;
    static constexpr std::size_t kChunkCells = 8'192;  // 64 KiB
    static constexpr std::size_t kSharedCells = 512;   // greater blocks have a chunk of their own

    static std::size_t cells_for(std::size_t bytes);
    std::byte* place(Block block) const {
        return reinterpret_cast<std::byte*>(chunks_[block / kChunkCells].get() +
                                            block % kChunkCells);
    }
    Block allocate(std::size_t cells);
    Block add_chunk(std::size_t cells);
    void release(Block block, std::size_t cells);

    std::vector<std::unique_ptr<Cell[]>> chunks_;
    std::vector<Block> free_chunks_;  // begins of chunks that were given back
    std::vector<Block> free_;         // by cells: the first of a list of free blocks
    Block next_ = 0;                  // unused part of the newest shared chunk
    Block end_ = 0;
};

}  // namespace altis::fans
