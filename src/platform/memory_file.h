// A file that has a path and no place on any disk: for libraries that write to files alone.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::platform {

// Lives in memory until it is closed; no other process sees it. Not thread-safe.
class MemoryFile {
  public:
    // Empty. Fails with "file.failed".
    static Result<MemoryFile> create();

    // Replaces all its bytes. Fails with "file.failed".
    Result<void> write(std::string_view bytes);

    // Opens for reading and writing within this process, as long as this object lives.
    std::string path() const;

    // All its bytes. Fails with "file.failed".
    Result<std::string> read() const;

    MemoryFile(MemoryFile&& other) noexcept;
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile();

  private:
    explicit MemoryFile(int handle) : handle_(handle) {}
    int handle_;
};

}  // namespace altis::platform
