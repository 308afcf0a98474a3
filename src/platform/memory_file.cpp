#include "platform/memory_file.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace altis::platform {
namespace {

tl::unexpected<Error> failure(const char* what) {
    return fail(
        Code::kUnavailable, "file.failed",
        std::string("cannot ") + what + " memory: " + std::generic_category().message(errno));
}

}  // namespace

Result<MemoryFile> MemoryFile::create() {
    const int handle = memfd_create("altis", MFD_CLOEXEC);
    if (handle < 0) return failure("make a file in");
    return MemoryFile(handle);
}

std::string MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(handle_);
}

Result<void> MemoryFile::write(std::string_view bytes) {
    if (ftruncate(handle_, 0) != 0) return failure("empty a file in");
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t size =
            pwrite(handle_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return failure("write a file in");
        done += static_cast<std::size_t>(size);
    }
    return {};
}

Result<std::string> MemoryFile::read() const {
    struct stat about{};
    if (fstat(handle_, &about) != 0) return failure("look at a file in");
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t size =
            pread(handle_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return failure("read a file in");
        done += static_cast<std::size_t>(size);
    }
    return bytes;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

MemoryFile::~MemoryFile() {
    if (handle_ >= 0) close(handle_);
}

}  // namespace altis::platform
