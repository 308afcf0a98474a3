#include "platform/faulty_file.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>

#include "platform/random.h"

namespace altis::platform {

namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kSectorBytes = 512;

struct Change {
    std::uint64_t offset = 0;  // for a truncation: the new size
    std::string bytes;
    bool truncates = false;
};

struct Inode {
    std::string current;           // what a read sees
    std::string durable;           // what a crash leaves
    std::vector<Change> unsynced;  // from durable to current, unless a sync failed
};

using InodeTable = std::map<std::string, std::shared_ptr<Inode>>;

void redo(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    content.replace(offset, bytes.size(), bytes);
}

void redo(std::string& content, const Change& change) {
    if (change.truncates) {
        content.resize(change.offset);
    } else {
        redo(content, change.offset, change.bytes);
    }
}

void tear_at_byte(Inode& inode, SeededRandom& random) {
    const std::size_t torn = random.below(inode.unsynced.size());
    for (std::size_t i = 0; i < torn; ++i)
        redo(inode.durable, inode.unsynced[i]);
    const Change& change = inode.unsynced[torn];
    if (change.truncates) return;
    const std::size_t kept = random.below(change.bytes.size() + 1);
    redo(inode.durable, change.offset, std::string_view(change.bytes).substr(0, kept));
}

void scatter_sectors(Inode& inode, SeededRandom& random) {
    for (const Change& change : inode.unsynced) {
        if (change.truncates) {
            if (random.chance(0.5)) redo(inode.durable, change);
            continue;
        }
        std::string_view rest = change.bytes;
        std::uint64_t offset = change.offset;
        while (!rest.empty()) {
            const std::size_t size = std::min(rest.size(), kSectorBytes - offset % kSectorBytes);
            if (random.chance(0.5)) redo(inode.durable, offset, rest.substr(0, size));
            rest.remove_prefix(size);
            offset += size;
        }
    }
}

bool is_in(const std::string& path, const std::string& directory) {
    return path.size() > directory.size() + 1 && path.starts_with(directory) &&
           path[directory.size()] == '/' &&
           path.find('/', directory.size() + 1) == std::string::npos;
}

tl::unexpected<Error> not_found(const std::string& path) {
    return fail(Code::kUnavailable, "file.not_found", "no such file: " + path);
}

tl::unexpected<Error> injected(const std::string& path) {
    return fail(Code::kUnavailable, "file.failed", "input/output error on " + path);
}

tl::unexpected<Error> disk_full(const std::string& path) {
    return fail(Code::kUnavailable, "file.disk_full", "no space left on device for " + path);
}

}  // namespace

struct FaultyFileSystem::State {
    mutable std::mutex mutex;
    InodeTable names;
    InodeTable durable_names;
    std::set<std::string> directories;
    std::set<std::string> locks;
    std::uint64_t epoch = 0;  // counts crashes; handles of an older one are dead
    std::uint64_t calls = 0;
    std::uint64_t syncs = 0;
    std::uint64_t failing_call = kNever;
    std::uint64_t failing_sync = kNever;
    std::uint64_t stopping_call = kNever;
    std::uint64_t quota_bytes = kNever;
    std::uint64_t used_bytes = 0;

    // Counts a changing call; false when it must fail.
    bool call_passes() {
        ++calls;
        return calls != failing_call && calls < stopping_call;
    }
    bool sync_passes() {
        const bool passes = call_passes();
        ++syncs;
        return passes && syncs != failing_sync;
    }
    void count_used_bytes() {
        used_bytes = 0;
        for (const auto& [path, inode] : names)
            used_bytes += inode->current.size();
    }
};

namespace {

using State = FaultyFileSystem::State;

class FaultyFile final : public File {
  public:
    FaultyFile(std::shared_ptr<State> state, std::shared_ptr<Inode> inode, std::string path)
        : state_(std::move(state)),
          inode_(std::move(inode)),
          path_(std::move(path)),
          epoch_(state_->epoch) {}

    Result<std::string> read_at(std::uint64_t offset, std::size_t size) override {
        const std::lock_guard lock(state_->mutex);
        if (is_dead()) return injected(path_);
        if (offset >= inode_->current.size()) return std::string();
        return inode_->current.substr(offset, size);
    }

    Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
        const std::lock_guard lock(state_->mutex);
        if (is_dead()) return injected(path_);
        if (!state_->call_passes()) {
            change({offset, std::string(bytes.substr(0, bytes.size() / 2)), false});
            return injected(path_);
        }
        const std::uint64_t old_size = inode_->current.size();
        const std::uint64_t new_size = std::max<std::uint64_t>(old_size, offset + bytes.size());
        if (new_size > old_size && state_->used_bytes + (new_size - old_size) > state_->quota_bytes)
            return disk_full(path_);
        change({offset, std::string(bytes), false});
        return {};
    }

    Result<void> sync() override {
        const std::lock_guard lock(state_->mutex);
        if (is_dead()) return injected(path_);
        const bool passes = state_->sync_passes();
        if (passes)
            for (const Change& change : inode_->unsynced)
                redo(inode_->durable, change);
        inode_->unsynced.clear();
        if (!passes) return injected(path_);
        return {};
    }

    Result<std::uint64_t> size() override {
        const std::lock_guard lock(state_->mutex);
        if (is_dead()) return injected(path_);
        return inode_->current.size();
    }

    Result<void> truncate(std::uint64_t size) override {
        const std::lock_guard lock(state_->mutex);
        if (is_dead() || !state_->call_passes()) return injected(path_);
        change({size, {}, true});
        return {};
    }

  private:
    bool is_dead() const { return epoch_ != state_->epoch; }

    void change(Change change) {
        const std::uint64_t old_size = inode_->current.size();
        redo(inode_->current, change);
        state_->used_bytes += inode_->current.size() - old_size;
        inode_->unsynced.push_back(std::move(change));
    }

    std::shared_ptr<State> state_;
    std::shared_ptr<Inode> inode_;
    std::string path_;
    std::uint64_t epoch_;
};

class FaultyLock final : public FileLock {
  public:
    FaultyLock(std::shared_ptr<State> state, std::string path)
        : state_(std::move(state)), path_(std::move(path)), epoch_(state_->epoch) {}
    ~FaultyLock() override {
        const std::lock_guard lock(state_->mutex);
        if (epoch_ == state_->epoch) state_->locks.erase(path_);
    }

  private:
    std::shared_ptr<State> state_;
    std::string path_;
    std::uint64_t epoch_;
};

}  // namespace

FaultyFileSystem::FaultyFileSystem() : state_(std::make_shared<State>()) {}
FaultyFileSystem::~FaultyFileSystem() = default;

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path, OpenMode mode) {
    const std::lock_guard lock(state_->mutex);
    auto found = state_->names.find(path);
    const bool exists = found != state_->names.end();
    const bool may_create = mode == OpenMode::kCreate || mode == OpenMode::kCreateNew;
    if (exists && mode == OpenMode::kCreateNew)
        return fail(Code::kUnavailable, "file.failed", "file exists already: " + path);
    if (!exists && !may_create) return not_found(path);
    if (!exists) {
        if (!state_->call_passes()) return injected(path);
        if (state_->used_bytes >= state_->quota_bytes) return disk_full(path);
        found = state_->names.emplace(path, std::make_shared<Inode>()).first;
    }
    return std::make_unique<FaultyFile>(state_, found->second, path);
}

Result<void> FaultyFileSystem::create_directories(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    for (std::size_t end = path.find('/', 1); end != std::string::npos;
         end = path.find('/', end + 1))
        state_->directories.insert(path.substr(0, end));
    state_->directories.insert(path);
    return {};
}

Result<std::vector<std::string>> FaultyFileSystem::list(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->directories.contains(path)) return not_found(path);
    std::set<std::string> found;
    for (const auto& [name, inode] : state_->names)
        if (is_in(name, path)) found.insert(name.substr(path.size() + 1));
    for (const std::string& name : state_->directories)
        if (is_in(name, path)) found.insert(name.substr(path.size() + 1));
    return std::vector<std::string>(found.begin(), found.end());
}

Result<bool> FaultyFileSystem::exists(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    return state_->names.contains(path) || state_->directories.contains(path);
}

Result<void> FaultyFileSystem::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->call_passes()) return injected(from);
    const auto found = state_->names.find(from);
    if (found == state_->names.end()) return not_found(from);
    state_->names[to] = found->second;
    if (from != to) state_->names.erase(from);
    state_->count_used_bytes();
    return {};
}

Result<void> FaultyFileSystem::remove(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->call_passes()) return injected(path);
    if (state_->names.erase(path) == 0) return not_found(path);
    state_->count_used_bytes();
    return {};
}

Result<void> FaultyFileSystem::sync_directory(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->sync_passes()) return injected(path);
    std::erase_if(state_->durable_names,
                  [&path](const auto& entry) { return is_in(entry.first, path); });
    for (const auto& [name, inode] : state_->names)
        if (is_in(name, path)) state_->durable_names.emplace(name, inode);
    return {};
}

Result<std::unique_ptr<FileLock>> FaultyFileSystem::lock(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->locks.insert(path).second)
        return fail(Code::kUnavailable, "file.locked", "somebody else holds the lock " + path);
    return std::make_unique<FaultyLock>(state_, path);
}

void FaultyFileSystem::crash(CrashStyle style, std::uint64_t seed) {
    const std::lock_guard lock(state_->mutex);
    SeededRandom random(seed);
    for (const auto& [path, inode] : state_->durable_names) {
        if (inode->unsynced.empty()) {
        } else if (style == CrashStyle::kTearAtByte) {
            tear_at_byte(*inode, random);
        } else if (style == CrashStyle::kScatterSectors) {
            scatter_sectors(*inode, random);
        }
        inode->unsynced.clear();
        inode->current = inode->durable;
    }
    state_->names = state_->durable_names;
    state_->locks.clear();
    state_->failing_call = state_->failing_sync = state_->stopping_call = kNever;
    ++state_->epoch;
    state_->count_used_bytes();
}

void FaultyFileSystem::fail_sync(std::uint64_t nth) {
    const std::lock_guard lock(state_->mutex);
    state_->failing_sync = state_->syncs + nth;
}

void FaultyFileSystem::fail_call(std::uint64_t nth) {
    const std::lock_guard lock(state_->mutex);
    state_->failing_call = state_->calls + nth;
}

void FaultyFileSystem::stop_at_call(std::uint64_t nth) {
    const std::lock_guard lock(state_->mutex);
    state_->stopping_call = state_->calls + nth;
}

void FaultyFileSystem::set_quota_bytes(std::uint64_t quota_bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->quota_bytes = quota_bytes;
}

std::uint64_t FaultyFileSystem::changing_calls() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
}

std::uint64_t FaultyFileSystem::syncs() const {
    const std::lock_guard lock(state_->mutex);
    return state_->syncs;
}

std::uint64_t FaultyFileSystem::used_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->used_bytes;
}

}  // namespace altis::platform
