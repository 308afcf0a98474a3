#include "platform/file.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "platform/large_pages.h"

namespace altis::platform {

namespace {

constexpr mode_t kFileMode = 0600;       // the data folder holds personal data
constexpr mode_t kDirectoryMode = 0700;  // for its owner alone

const char* reason_of(int error) {
    switch (error) {
        case ENOENT:
            return "file.not_found";
        case ENOSPC:
        case EDQUOT:
        case EFBIG:  // a limit on file size is as good as the end of the disk
            return "file.disk_full";
        case EACCES:
        case EPERM:
        case EROFS:
            return "file.permission";
        case EWOULDBLOCK:
            return "file.locked";
        default:
            return "file.failed";
    }
}

tl::unexpected<Error> system_failure(const char* what, const std::string& path, int error = errno) {
    const std::string said = std::generic_category().message(error);
    return fail(Code::kUnavailable, reason_of(error),
                std::string("cannot ") + what + " " + path + ": " + said);
}

// Owns a file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }
    bool valid() const { return number_ >= 0; }

  private:
    int number_;
};

Descriptor open_descriptor(const std::string& path, int flags) {
    int number = -1;
    do {
        number = ::open(path.c_str(), flags | O_CLOEXEC, kFileMode);
    } while (number < 0 && errno == EINTR);
    return Descriptor(number);
}

// False, with errno, when not all bytes could be written.
bool write_all(int descriptor, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put =
            pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return true;
}

class PosixFile final : public File {
  public:
    PosixFile(Descriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    Result<std::string> read_at(std::uint64_t offset, std::size_t size) override {
        std::string bytes = zeros_in_large_pages(size);
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = pread(descriptor_.number(), bytes.data() + done, size - done,
                                      static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return system_failure("read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }

    Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
        if (write_all(descriptor_.number(), offset, bytes)) return {};
        return system_failure("write", path_);
    }

    Result<void> write_pages(std::uint64_t offset, const PageBuffer& pages) override {
        if (!direct_) {
            const std::string self = "/proc/self/fd/" + std::to_string(descriptor_.number());
            direct_.emplace(open_descriptor(self, O_WRONLY | O_DIRECT));
        }
        if (direct_->valid() && write_all(direct_->number(), offset, pages.bytes())) return {};
        // Some file systems take no such writes: what went wrong besides shows here again.
        return write_at(offset, pages.bytes());
    }

    Result<void> sync() override {
        // Not repeated on EINTR or EIO: the kernel may already have forgotten the dirty pages.
        if (fdatasync(descriptor_.number()) != 0) return system_failure("sync", path_);
        return {};
    }

    Result<std::uint64_t> size() override {
        struct stat status{};
        if (fstat(descriptor_.number(), &status) != 0) return system_failure("look at", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<void> truncate(std::uint64_t size) override {
        if (ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0)
            return system_failure("resize", path_);
        return {};
    }

  private:
    Descriptor descriptor_;
    std::optional<Descriptor> direct_;  // to the same file, past the page cache
    std::string path_;
};

class PosixLock final : public FileLock {
  public:
    explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  private:
    Descriptor descriptor_;
};

int flags_of(OpenMode mode) {
    switch (mode) {
        case OpenMode::kRead:
            return O_RDONLY;
        case OpenMode::kReadWrite:
            return O_RDWR;
        case OpenMode::kCreate:
            return O_RDWR | O_CREAT;
        case OpenMode::kCreateNew:
            return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

class PosixFileSystem final : public FileSystem {
  public:
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
        Descriptor descriptor = open_descriptor(path, flags_of(mode));
        if (!descriptor.valid()) return system_failure("open", path);
        return std::make_unique<PosixFile>(std::move(descriptor), path);
    }

    Result<void> create_directories(const std::string& path) override {
        for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
            const std::string part = path.substr(0, end);
            if (mkdir(part.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
                return system_failure("create directory", part);
            if (end == std::string::npos) break;
        }
        std::error_code ignored;
        if (!std::filesystem::is_directory(path, ignored))
            return system_failure("create directory", path, ENOTDIR);
        return {};
    }

    Result<std::vector<std::string>> list(const std::string& path) override {
        std::error_code error;
        std::filesystem::directory_iterator entry(path, error);
        std::vector<std::string> names;
        for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
            names.push_back(entry->path().filename().string());
        if (error) return system_failure("list", path, error.value());
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<bool> exists(const std::string& path) override {
        struct stat status{};
        if (stat(path.c_str(), &status) == 0) return true;
        if (errno == ENOENT || errno == ENOTDIR) return false;
        return system_failure("look at", path);
    }

    Result<void> rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("rename", from);
        return {};
    }

    Result<void> remove(const std::string& path) override {
        if (unlink(path.c_str()) != 0) return system_failure("remove", path);
        return {};
    }

    Result<void> sync_directory(const std::string& path) override {
        const Descriptor descriptor = open_descriptor(path, O_RDONLY | O_DIRECTORY);
        if (!descriptor.valid()) return system_failure("open directory", path);
        if (fsync(descriptor.number()) != 0) return system_failure("sync directory", path);
        return {};
    }

    Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
        Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT);
        if (!descriptor.valid()) return system_failure("open", path);
        if (flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) return system_failure("lock", path);
        return std::make_unique<PosixLock>(std::move(descriptor));
    }
};

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> write_new_file(FileSystem& files, const std::string& path, std::string_view bytes) {
    TRY(const auto file, files.open(path, OpenMode::kCreate));
    TRY_VOID(file->truncate(0));  // a crashed attempt may have left more bytes
    TRY_VOID(file->write_at(0, bytes));
    return file->sync();
}

}  // namespace

FileSystem& real_file_system() {
    static PosixFileSystem files;
    return files;
}

Result<std::string> read_file(FileSystem& files, const std::string& path) {
    TRY(const auto file, files.open(path, OpenMode::kRead));
    TRY(const std::uint64_t size, file->size());
    return file->read_at(0, size);
}

Result<void> write_file_atomically(FileSystem& files, const std::string& path,
                                   std::string_view bytes) {
    TRY_VOID(write_new_file(files, neighbour_of(path), bytes));
    return put_in_place(files, path);
}

std::string neighbour_of(const std::string& path) {
    return path + ".new";
}

Result<void> put_in_place(FileSystem& files, const std::string& path) {
    TRY_VOID(files.rename(neighbour_of(path), path));
    return files.sync_directory(parent_of(path));
}

}  // namespace altis::platform
