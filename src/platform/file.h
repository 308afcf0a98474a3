// The file system as an interface: the real one, and in `faulty_file.h` a twin that fails on
// demand. All calls block. Errors are Code::kUnavailable with reasons "file.not_found",
// "file.disk_full", "file.permission", "file.locked" or "file.failed"; the message names the path
// and what the system said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/page_buffer.h"

namespace altis::platform {

// An open file. Closed by its destructor. One writer at a time; reads may come from any thread.
class File {
  public:
    virtual ~File() = default;
    // Reads up to `size` bytes at `offset`; fewer at the end of the file.
    virtual Result<std::string> read_at(std::uint64_t offset, std::size_t size) = 0;
    // Writes all bytes at `offset`, or fails (then any part may have been written).
    virtual Result<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
    // The same for whole pages at the start of a page, past the page cache where the file system
    // can do that: for bytes that nobody will read soon.
    virtual Result<void> write_pages(std::uint64_t offset, const PageBuffer& pages) {
        return write_at(offset, pages.bytes());
    }
    // fdatasync: on success all earlier writes survive a power loss. After a failure the file's
    // state is unknown and the caller must stop writing to it.
    virtual Result<void> sync() = 0;
    virtual Result<std::uint64_t> size() = 0;
    virtual Result<void> truncate(std::uint64_t size) = 0;
};

enum class OpenMode : std::uint8_t {
    kRead,       // must exist
    kReadWrite,  // must exist
    kCreate,     // read and write; made when absent
    kCreateNew,  // read and write; must not exist yet
};

// Held while it lives; released by the destructor or the end of the process.
class FileLock {
  public:
    virtual ~FileLock() = default;
};

class FileSystem {
  public:
    virtual ~FileSystem() = default;
    virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
    virtual Result<void> create_directories(const std::string& path) = 0;
    // Names (not paths) in a directory, sorted.
    virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
    virtual Result<bool> exists(const std::string& path) = 0;
    virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void> remove(const std::string& path) = 0;
    // Makes creations, renames and removals inside the directory durable.
    virtual Result<void> sync_directory(const std::string& path) = 0;
    // Takes an exclusive lock or fails at once with "file.locked".
    virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

// The operating system's own. Thread-safe.
FileSystem& real_file_system();

// Whole small files. `write_file_atomically` writes a neighbour, syncs it and renames it over
// `path`; large files are written like that by `new_file.h`.
Result<std::string> read_file(FileSystem& files, const std::string& path);
Result<void> write_file_atomically(FileSystem& files, const std::string& path,
                                   std::string_view bytes);

// Where a file is written until it is whole: beside its place.
std::string neighbour_of(const std::string& path);
// Renames the neighbour over the path, durably.
Result<void> put_in_place(FileSystem& files, const std::string& path);

}  // namespace altis::platform
