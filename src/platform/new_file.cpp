#include "platform/new_file.h"

#include <algorithm>
#include <utility>

namespace altis::platform {
namespace {

constexpr std::size_t kWriteBytes = 1U << 20;
static_assert(kWriteBytes % kPageBytes == 0);

}  // namespace

NewFile::NewFile(FileSystem& files, std::string path, std::unique_ptr<File> file)
    : files_(&files), path_(std::move(path)), file_(std::move(file)) {}

Result<NewFile> NewFile::begin(FileSystem& files, std::string path) {
    TRY(auto file, files.open(neighbour_of(path), OpenMode::kCreate));
    TRY_VOID(file->truncate(0));  // an earlier attempt may have left more bytes
    return NewFile(files, std::move(path), std::move(file));
}

Result<void> NewFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, kWriteBytes - waiting_.bytes().size());
        waiting_.append(part);
        bytes.remove_prefix(part.size());
        if (waiting_.bytes().size() == kWriteBytes) TRY_VOID(write_out());
    }
    return {};
}

Result<void> NewFile::write_out() {
    TRY_VOID(file_->write_pages(written_, waiting_));
    written_ += waiting_.bytes().size();
    waiting_.clear();
    return {};
}

Result<void> NewFile::publish() {
    const std::uint64_t size = written_ + waiting_.bytes().size();
    waiting_.pad();
    TRY_VOID(write_out());
    TRY_VOID(file_->truncate(size));
    TRY_VOID(file_->sync());
    return put_in_place(*files_, path_);
}

}  // namespace altis::platform
