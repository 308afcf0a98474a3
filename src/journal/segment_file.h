// One segment as it lies on disk, for reading: its two header sectors, and buffered access to its
// batches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/layout.h"
#include "platform/file.h"

namespace altis::journal {

// What the header of a segment says. A missing `start` in a segment that is not spare is torn or
// damaged.
struct SegmentInfo {
    std::uint32_t number = 0;
    std::uint64_t file_bytes = 0;
    std::optional<SegmentLabel> label;
    std::optional<SegmentStart> start;
    bool is_spare = false;  // the start is zero
    std::string problem;  // what is wrong with size, label or the zeros behind the start; or empty
};

std::string segment_name(std::uint32_t number);  // "00000001.seg"
std::string segment_path(const std::string& directory, std::uint32_t number);
// Numbers of the segments in a directory, ascending.
Result<std::vector<std::uint32_t>> list_segments(platform::FileSystem& files,
                                                 const std::string& directory);

// Not thread-safe.
class SegmentFile {
  public:
    static Result<std::unique_ptr<SegmentFile>> open(platform::FileSystem& files,
                                                     const std::string& directory,
                                                     std::uint32_t number);

    const SegmentInfo& info() const { return info_; }
    std::uint64_t size() const { return info_.file_bytes; }

    // Bytes from `position` on, fewer at the end of the file. The view lives until the next call of
    // any member that reads.
    Result<std::string_view> bytes(std::uint64_t position, std::size_t size);
    // Drops what is buffered, so that the next read sees what was written since.
    void forget() { buffer_.clear(); }

    // The header at `position`; nothing when there is none.
    Result<std::optional<BatchHeader>> batch_at(std::uint64_t position);

    // The next position from `position` on with a header of a batch that starts at `min_offset` or
    // later, fits, and is signed (unchecked when `key` is null).
    struct Found {
        std::uint64_t position;
        BatchHeader header;
    };
    Result<std::optional<Found>> find_batch(std::uint64_t position, Offset min_offset,
                                            const crypto::PublicKey* key);

    // First byte from `position` on that is not zero, or the size of the file.
    Result<std::uint64_t> skip_zeros(std::uint64_t position);
    // One behind the last byte from `position` on that is not zero, or `position`.
    Result<std::uint64_t> end_of_content(std::uint64_t position);

  private:
    explicit SegmentFile(std::unique_ptr<platform::File> file) : file_(std::move(file)) {}
    Result<void> read_header(std::uint32_t number);
    bool is_acceptable(const Found& found, Offset min_offset, const crypto::PublicKey* key) const;

    std::unique_ptr<platform::File> file_;
    SegmentInfo info_;
    std::string buffer_;
    std::uint64_t buffer_at_ = 0;
};

bool is_signed(const BatchHeader& header, const crypto::PublicKey& key);

}  // namespace altis::journal
