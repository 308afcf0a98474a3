// A file system in memory that forgets what was not synced, and fails when told to. The twin of the
// real one in tests of everything that stores.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/file.h"

namespace altis::platform {

// What becomes of writes that were not synced when the power goes.
enum class CrashStyle : std::uint8_t {
    kDropUnsynced,    // none of them survives
    kTearAtByte,      // they survive up to a random byte of a random one of them
    kScatterSectors,  // each 512-byte sector of each of them survives or not, by a coin
};

// Durability as strict as a file system may be: bytes survive a crash only after `sync`, names
// (created, renamed, removed) only after `sync_directory` of their directory; directories
// themselves are durable at once. A failed sync loses the unsynced bytes for good although they can
// still be read, as on Linux. Thread-safe. "Changing calls" are: open that creates, write_at,
// truncate, sync, rename, remove, sync_directory; they are counted from the construction on.
class FaultyFileSystem final : public FileSystem {
  public:
    FaultyFileSystem();
    ~FaultyFileSystem() override;

    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
    Result<void> create_directories(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& path) override;
    Result<bool> exists(const std::string& path) override;
    Result<void> rename(const std::string& from, const std::string& to) override;
    Result<void> remove(const std::string& path) override;
    Result<void> sync_directory(const std::string& path) override;
    Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

    // Loses power: what is not durable is gone (see CrashStyle), locks are released, files that are
    // open fail from now on. Every armed fault is disarmed; the quota stays.
    void crash(CrashStyle style = CrashStyle::kDropUnsynced, std::uint64_t seed = 0);

    // The `nth` sync of a file or directory from now on (1 = the next) fails with "file.failed".
    void fail_sync(std::uint64_t nth);
    // The `nth` changing call from now on fails with "file.failed"; a write has then been half
    // done.
    void fail_call(std::uint64_t nth);
    // The `nth` changing call from now on fails, and so does every later one, until `crash`.
    void stop_at_call(std::uint64_t nth);
    // Writes and creations that would bring all files together over this many bytes fail with
    // "file.disk_full". No quota at the beginning.
    void set_quota_bytes(std::uint64_t quota_bytes);

    std::uint64_t changing_calls() const;
    std::uint64_t syncs() const;
    std::uint64_t used_bytes() const;

    struct State;  // shared with open files, which may outlive the file system

  private:
    std::shared_ptr<State> state_;
};

}  // namespace altis::platform
