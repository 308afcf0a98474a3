#include "crypto/vault.h"

#include <atomic>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "base/assert.h"
#include "crypto/key_slots.h"
#include "crypto/seal.h"
#include "crypto/secret_file.h"
#include "crypto/sodium_ready.h"

namespace altis::crypto {
namespace {

using platform::File;
using platform::FileLock;
using platform::FileSystem;
using platform::OpenMode;
using platform::Random;

constexpr std::size_t kSlabsPerRead = 4;  // 10 MB at a time

tl::unexpected<Error> damaged(std::string message) {
    return fail(Code::kCorrupt, "vault.damaged", std::move(message));
}

// The vault over two files. Lock order: `change_` before `keys_`.
class FileVault final : public Vault {
  public:
    FileVault(FileSystem& files, const std::string& directory, Random& random)
        : files_(files),
          key_path_(directory + "/keys.slab"),
          secret_path_(directory + "/secrets"),
          random_(random),
          secrets_(files, secret_path_, random) {}

    Result<void> open(const std::string& directory);

    Result<std::string> seal(SubjectId subject, std::string_view plain,
                             std::string_view context) override;
    Result<std::string> unseal(SubjectId subject, std::string_view sealed,
                               std::string_view context) override;
    bool is_alive(SubjectId subject) const override;
    Result<void> destroy_all(std::span<const SubjectId> subjects) override;
    Result<Digest> secret(std::string_view name) override { return secrets_.get(name); }
    Result<Digest> rotate(std::string_view name) override { return secrets_.rotate(name); }

  private:
    Result<void> make_when_new();
    Result<void> load_keys();
    Result<void> load_slabs(std::uint32_t first, std::uint32_t count);
    Result<void> finish_destruction(std::string_view bytes, const KeySlab& slab,
                                    std::uint32_t first_number);

    bool has_slot(std::uint32_t number) const;  // needs `keys_` or `change_`
    Result<void> take_key(SubjectId subject, KeyCopy& key) const;
    Result<void> grow_to(SubjectId subject);
    Result<void> add_slab();  // needs `change_`
    Result<void> write_key_header(std::uint32_t slab_count);
    Result<void> erase_slots(std::span<const SubjectId> subjects);  // needs `change_`
    bool is_destroyed(SubjectId subject) const;                     // needs `change_`
    Result<void> refuse_when_stopped() const;
    Nonce next_nonce();

    FileSystem& files_;
    std::string key_path_;
    std::string secret_path_;
    Random& random_;
    SecretFile secrets_;
    std::unique_ptr<FileLock> lock_;

    std::mutex change_;  // serialises what is written to the key file
    std::unique_ptr<File> key_file_;
    bool stopped_ = false;  // a write or sync failed: what reached the disk is unknown

    mutable std::shared_mutex keys_;
    std::vector<KeySlab> slabs_;

    // Nonces are 12 bytes: 4 drawn when the vault is opened, and a count from a random start on.
    std::array<std::uint8_t, 4> nonce_run_{};
    std::atomic<std::uint64_t> nonce_count_{0};
};

// The platform makes directories with mode 0700; this narrows one that stood there before. A
// simulated file system has no such directory, which is no error.
Result<void> restrict_to_owner(const std::string& directory) {
    std::error_code error;
    if (!std::filesystem::exists(directory, error)) return {};
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (!error) return {};
    return fail(Code::kUnavailable, "file.permission",
                "cannot keep others out of the vault's directory " + directory +
                    "; it must belong to the user that runs Altis");
}

Result<void> FileVault::open(const std::string& directory) {
    ready_sodium();
    TRY_VOID(files_.create_directories(directory));
    TRY_VOID(restrict_to_owner(directory));
    TRY(lock_, files_.lock(directory + "/lock"));
    TRY_VOID(make_when_new());
    TRY_VOID(secrets_.load());
    TRY_VOID(load_keys());
    random_.fill(nonce_run_);
    nonce_count_ = random_.next_u64();
    return {};
}

// Makes both files of a new vault. Where only one of them is left, the other was lost.
Result<void> FileVault::make_when_new() {
    TRY(const bool has_keys, files_.exists(key_path_));
    TRY(const bool has_secrets, files_.exists(secret_path_));
    if (has_keys && has_secrets) return {};
    if (has_keys) {
        return damaged("the file of secrets " + secret_path_ +
                       " is missing; restore it from a backup");
    }
    if (!has_secrets) {
        TRY_VOID(secrets_.create());
    } else {
        TRY_VOID(secrets_.load());
        if (!secrets_.empty()) {
            return damaged("the key file " + key_path_ + " is missing; restore it from a backup");
        }
    }
    return platform::write_file_atomically(files_, key_path_, encode_key_header(0));
}

Result<void> FileVault::load_keys() {
    TRY(key_file_, files_.open(key_path_, OpenMode::kReadWrite));
    TRY(const std::string header, key_file_->read_at(0, kKeyHeaderBytes));
    TRY(const std::uint32_t count, decode_key_header(header));
    TRY(const std::uint64_t size, key_file_->size());
    if (count > kMaxSubjects / kSlotsPerSlab || size < slab_offset(count)) {
        return damaged("the key file " + key_path_ +
                       " is shorter than its header says; restore it from a backup");
    }
    slabs_.reserve(count);
    for (std::uint32_t first = 0; first < count; first += kSlabsPerRead) {
        TRY_VOID(load_slabs(first, std::min<std::uint32_t>(kSlabsPerRead, count - first)));
    }
    return {};
}

Result<void> FileVault::load_slabs(std::uint32_t first, std::uint32_t count) {
    TRY(std::string bytes, key_file_->read_at(slab_offset(first), count * kSlabBytes));
    if (bytes.size() != count * kSlabBytes)
        return damaged("the key file was cut while it was read");
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto part = std::string_view(bytes).substr(i * kSlabBytes, kSlabBytes);
        TRY(KeySlab slab, KeySlab::decode(part, (first + i) * kSlotsPerSlab));
        TRY_VOID(finish_destruction(part, slab, (first + i) * kSlotsPerSlab));
        slabs_.push_back(std::move(slab));
    }
    wipe(bytes);
    return {};
}

// Wipes what a power loss left of slots whose destruction had begun.
Result<void> FileVault::finish_destruction(std::string_view bytes, const KeySlab& slab,
                                           std::uint32_t first_number) {
    static const std::string kWiped = destroyed_slot();
    bool has_written = false;
    for (std::uint32_t i = 0; i < kSlotsPerSlab; ++i) {
        if (slab.state(i) != SlotState::kDestroyed) continue;
        if (bytes.substr(i * kSlotBytes, kSlotBytes) == kWiped) continue;
        TRY_VOID(key_file_->write_at(slot_offset(first_number + i), kWiped));
        has_written = true;
    }
    return has_written ? key_file_->sync() : Result<void>{};
}

bool FileVault::has_slot(std::uint32_t number) const {
    return number / kSlotsPerSlab < slabs_.size();
}

Result<void> FileVault::take_key(SubjectId subject, KeyCopy& key) const {
    const std::uint32_t number = to_number(subject);
    const std::shared_lock lock(keys_);
    if (subject == kNoSubject || !has_slot(number)) {
        return fail(Code::kNotFound, "vault.key_unknown",
                    "subject " + std::to_string(number) + " never had a key in this vault");
    }
    const KeySlab& slab = slabs_[number / kSlotsPerSlab];
    switch (slab.state(number % kSlotsPerSlab)) {
        case SlotState::kAlive:
            slab.copy_key(number % kSlotsPerSlab, key);
            return {};
        case SlotState::kDestroyed:
            break;
        case SlotState::kDamaged:
            return damaged("the key of subject " + std::to_string(number) +
                           " is damaged; restore keys.slab from a backup or erase the subject");
    }
    return fail(Code::kNotFound, "vault.key_destroyed",
                "the key of subject " + std::to_string(number) +
                    " was destroyed; what it sealed cannot be read again");
}

Nonce FileVault::next_nonce() {
    Nonce nonce;
    const std::uint64_t count = nonce_count_.fetch_add(1, std::memory_order_relaxed);
    static_assert(sizeof(nonce) == sizeof(nonce_run_) + sizeof(count));
    std::memcpy(nonce.data(), nonce_run_.data(), nonce_run_.size());
    std::memcpy(nonce.data() + nonce_run_.size(), &count, sizeof(count));
    return nonce;
}

Result<std::string> FileVault::seal(SubjectId subject, std::string_view plain,
                                    std::string_view context) {
    KeyCopy key;
    auto taken = take_key(subject, key);
    if (!taken && taken.error().reason == "vault.key_unknown") {
        TRY_VOID(grow_to(subject));
        taken = take_key(subject, key);
    }
    TRY_VOID(taken);
    return seal_bytes(key.bytes, next_nonce(), plain, context);
}

Result<std::string> FileVault::unseal(SubjectId subject, std::string_view sealed,
                                      std::string_view context) {
    KeyCopy key;
    TRY_VOID(take_key(subject, key));
    return unseal_with_key(key.bytes, sealed, context);
}

bool FileVault::is_alive(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    const std::shared_lock lock(keys_);
    if (subject == kNoSubject || number >= kMaxSubjects) return false;
    if (!has_slot(number)) return true;
    return slabs_[number / kSlotsPerSlab].state(number % kSlotsPerSlab) == SlotState::kAlive;
}

Result<void> FileVault::refuse_when_stopped() const {
    if (!stopped_) return {};
    return fail(Code::kUnavailable, "vault.stopped",
                "the key file " + key_path_ +
                    " could not be written before; mend the disk and start Altis again");
}

Result<void> FileVault::grow_to(SubjectId subject) {
    const std::uint32_t number = to_number(subject);
    if (subject == kNoSubject || number >= kMaxSubjects) {
        return fail(Code::kInvalid, "vault.subject_out_of_range",
                    "subject " + std::to_string(number) +
                        " cannot have a key; subjects count from 1 to " +
                        std::to_string(kMaxSubjects - 1));
    }
    const std::lock_guard lock(change_);
    while (!has_slot(number))
        TRY_VOID(add_slab());
    return {};
}

Result<void> FileVault::add_slab() {
    TRY_VOID(refuse_when_stopped());
    const auto count = static_cast<std::uint32_t>(slabs_.size());
    TRY(KeySlab slab, KeySlab::make(random_));
    std::string bytes = slab.encode(count * kSlotsPerSlab);
    // A failed write is harmless: the header does not know of these bytes yet.
    const auto written = key_file_->write_at(slab_offset(count), bytes);
    wipe(bytes);
    TRY_VOID(written);
    TRY_VOID(write_key_header(count + 1));
    const std::unique_lock lock(keys_);
    slabs_.push_back(std::move(slab));
    return {};
}

Result<void> FileVault::write_key_header(std::uint32_t slab_count) {
    stopped_ = true;
    TRY_VOID(key_file_->sync());
    TRY_VOID(key_file_->write_at(0, encode_key_header(slab_count)));
    TRY_VOID(key_file_->sync());
    stopped_ = false;
    return {};
}

bool FileVault::is_destroyed(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    return slabs_[number / kSlotsPerSlab].state(number % kSlotsPerSlab) == SlotState::kDestroyed;
}

Result<void> FileVault::erase_slots(std::span<const SubjectId> subjects) {
    TRY_VOID(refuse_when_stopped());
    stopped_ = true;
    for (const SubjectId subject : subjects)
        TRY_VOID(key_file_->write_at(mark_offset(to_number(subject)), {&kDestroyedMark, 1}));
    TRY_VOID(key_file_->sync());
    for (const SubjectId subject : subjects)
        TRY_VOID(key_file_->write_at(slot_offset(to_number(subject)), destroyed_slot()));
    TRY_VOID(key_file_->sync());
    stopped_ = false;
    return {};
}

Result<void> FileVault::destroy_all(std::span<const SubjectId> subjects) {
    // A key not made yet is made, so that its end can be written down.
    for (const SubjectId subject : subjects)
        TRY_VOID(grow_to(subject));
    const std::lock_guard lock(change_);
    std::vector<SubjectId> alive(subjects.begin(), subjects.end());
    std::erase_if(alive, [this](SubjectId subject) { return is_destroyed(subject); });
    if (alive.empty()) return refuse_when_stopped();
    const auto erased = erase_slots(alive);
    const std::unique_lock keys_lock(keys_);
    for (const SubjectId subject : alive)
        slabs_[to_number(subject) / kSlotsPerSlab].destroy(to_number(subject) % kSlotsPerSlab);
    return erased;
}

}  // namespace

Result<std::unique_ptr<Vault>> Vault::open(FileSystem& files, const std::string& directory,
                                           Random& random) {
    auto vault = std::make_unique<FileVault>(files, directory, random);
    TRY_VOID(vault->open(directory));
    return vault;
}

}  // namespace altis::crypto
