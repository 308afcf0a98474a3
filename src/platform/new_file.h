// A large file that appears whole under its name, or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/file.h"
#include "platform/page_buffer.h"

namespace altis::platform {

// Written beside its place, a mebibyte at a time and past the page cache, so that neither much
// memory nor one long sync is needed. Never published, it leaves its neighbour (`neighbour_of`),
// which the next attempt writes over. Not thread-safe.
class NewFile {
  public:
    // `files` must outlive it.
    static Result<NewFile> begin(FileSystem& files, std::string path);

    Result<void> append(std::string_view bytes);
    // Durable under its name on return; replaces what had that name. Once, and nothing after it.
    Result<void> publish();

  private:
    NewFile(FileSystem& files, std::string path, std::unique_ptr<File> file);
    Result<void> write_out();

    FileSystem* files_;
    std::string path_;
    std::unique_ptr<File> file_;
    PageBuffer waiting_;
    std::uint64_t written_ = 0;  // whole pages
};

}  // namespace altis::platform
