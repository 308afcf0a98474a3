#include "journal/segment_file.h"

#include <algorithm>
#include <cstdio>

namespace altis::journal {

namespace {

constexpr std::size_t kChunkBytes = 512U << 10;
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kNumberDigits = 8;
constexpr std::string_view kBatchMagic = "ALTBATCH";

std::optional<std::uint32_t> number_of(std::string_view name) {
    if (name.size() != kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix))
        return std::nullopt;
    std::uint32_t number = 0;
    for (const char digit : name.substr(0, kNumberDigits)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    return number;
}

std::string header_problem(const SegmentInfo& info, std::string_view header) {
    if (header.size() < kSegmentHeaderBytes) return "the segment is cut off in its header";
    if (!info.label) return "the label of the segment is damaged";
    if (info.label->number != info.number)
        return "the label says segment " + std::to_string(info.label->number);
    if (info.label->segment_bytes != info.file_bytes)
        return "the segment has " + std::to_string(info.file_bytes) + " bytes and its label says " +
               std::to_string(info.label->segment_bytes);
    if (!is_zero(header.substr(kLabelBytes + kStartBytes)))
        return "there are bytes where the header must be zero";
    return {};
}

}  // namespace

std::string segment_name(std::uint32_t number) {
    char name[24];
    std::snprintf(name, sizeof(name), "%08u.seg", number);
    return name;
}

std::string segment_path(const std::string& directory, std::uint32_t number) {
    return directory + "/" + segment_name(number);
}

Result<std::vector<std::uint32_t>> list_segments(platform::FileSystem& files,
                                                 const std::string& directory) {
    TRY(const auto names, files.list(directory));
    std::vector<std::uint32_t> numbers;
    for (const std::string& name : names)
        if (const auto number = number_of(name)) numbers.push_back(*number);
    return numbers;
}

Result<std::unique_ptr<SegmentFile>> SegmentFile::open(platform::FileSystem& files,
                                                       const std::string& directory,
                                                       std::uint32_t number) {
    TRY(auto file, files.open(segment_path(directory, number), platform::OpenMode::kRead));
    std::unique_ptr<SegmentFile> segment(new SegmentFile(std::move(file)));
    TRY_VOID(segment->read_header(number));
    return segment;
}

Result<void> SegmentFile::read_header(std::uint32_t number) {
    TRY(info_.file_bytes, file_->size());
    TRY(const std::string header, file_->read_at(0, kSegmentHeaderBytes));
    const std::string_view view = header;
    info_.number = number;
    info_.label = decode_label(view.substr(0, kLabelBytes));
    if (view.size() >= kLabelBytes + kStartBytes) {
        const std::string_view start = view.substr(kLabelBytes, kStartBytes);
        info_.start = decode_start(start);
        info_.is_spare = is_zero(start);
    }
    info_.problem = header_problem(info_, view);
    return {};
}

Result<std::string_view> SegmentFile::bytes(std::uint64_t position, std::size_t size) {
    const std::uint64_t left = info_.file_bytes - std::min(position, info_.file_bytes);
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
    const bool is_buffered =
        position >= buffer_at_ && position + size <= buffer_at_ + buffer_.size();
    if (!is_buffered) {
        const std::uint64_t wanted = std::min<std::uint64_t>(std::max(size, kChunkBytes), left);
        TRY(buffer_, file_->read_at(position, static_cast<std::size_t>(wanted)));
        buffer_at_ = position;
    }
    return std::string_view(buffer_).substr(static_cast<std::size_t>(position - buffer_at_), size);
}

Result<std::optional<BatchHeader>> SegmentFile::batch_at(std::uint64_t position) {
    TRY(const std::string_view header, bytes(position, kBatchHeaderBytes));
    return decode_batch_header(header);
}

bool SegmentFile::is_acceptable(const Found& found, Offset min_offset,
                                const crypto::PublicKey* key) const {
    return found.header.first_offset >= min_offset &&
           found.position + found.header.batch_bytes <= size() &&
           (key == nullptr || is_signed(found.header, *key));
}

Result<std::optional<SegmentFile::Found>> SegmentFile::find_batch(std::uint64_t position,
                                                                  Offset min_offset,
                                                                  const crypto::PublicKey* key) {
    while (position + kBatchHeaderBytes <= size()) {
        TRY(const std::string_view chunk, bytes(position, kChunkBytes));
        if (chunk.size() < kBatchHeaderBytes) break;
        const std::size_t at = chunk.find(kBatchMagic);
        if (at == std::string_view::npos) {
            position += padded(chunk.size() - kBatchMagic.size() + 1);
            continue;
        }
        position += at;
        if (position % kBatchAlignment == 0) {
            TRY(const auto header, batch_at(position));
            if (header && is_acceptable({position, *header}, min_offset, key))
                return Found{position, *header};
        }
        position = padded(position + 1);
    }
    return std::optional<Found>();
}

Result<std::uint64_t> SegmentFile::skip_zeros(std::uint64_t position) {
    while (position < size()) {
        TRY(const std::string_view chunk, bytes(position, kChunkBytes));
        if (chunk.empty()) break;
        if (!is_zero(chunk)) return position + chunk.find_first_not_of('\0');
        position += chunk.size();
    }
    return size();
}

Result<std::uint64_t> SegmentFile::end_of_content(std::uint64_t position) {
    std::uint64_t end = position;
    while (position < size()) {
        TRY(const std::string_view chunk, bytes(position, kChunkBytes));
        if (chunk.empty()) break;
        if (!is_zero(chunk)) end = position + chunk.find_last_not_of('\0') + 1;
        position += chunk.size();
    }
    return end;
}

bool is_signed(const BatchHeader& header, const crypto::PublicKey& key) {
    return crypto::verify_signature(key, signed_message(header.last_offset(), header.hash),
                                    header.signature);
}

}  // namespace altis::journal
