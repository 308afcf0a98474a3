// The vault: keys that can be destroyed, and with them everything that was sealed under them.
//
// A subject's key is slot `SubjectId` of one file of 32-byte random keys. Slots are filled with
// random bytes and synced in slabs before anybody uses them, so that sealing data of a new subject
// costs no sync of its own. Destroying a key overwrites its slot with zeros and syncs. The file
// format stands in docs/formats/vault.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/subject.h"
#include "crypto/hash.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::crypto {

constexpr std::uint32_t kMaxSubjects = 1U << 26;  // 2.7 GB of keys
constexpr std::size_t kSealOverhead = 28;         // bytes that a seal adds

// Thread-safe. Holds all keys in memory that is locked where the system allows it. After a failed
// write or sync of the key file every later change fails with "vault.stopped" until it is opened
// again.
class Vault {
  public:
    // Opens or creates the vault in `directory` (made with mode 0700); one process at a time
    // ("file.locked"). `files` and `random` must outlive it. Fails with "vault.damaged" when a file
    // is lost, cut or has a wrong header or check. A single damaged slot does not stop the opening:
    // using its key fails, and it is never silently replaced.
    static Result<std::unique_ptr<Vault>> open(platform::FileSystem& files,
                                               const std::string& directory,
                                               platform::Random& random);
    virtual ~Vault() = default;

    // AES-256-GCM under the subject's key; `context` is authenticated but not stored.
    // Result: 12-byte nonce, ciphertext, 16-byte tag (kSealOverhead bytes more than the input).
    // Fails with "vault.key_destroyed" or "vault.damaged" (names the subject),
    // "vault.subject_out_of_range" (kNoSubject, or kMaxSubjects and above), or when a new slab of
    // keys cannot be written.
    virtual Result<std::string> seal(SubjectId subject, std::string_view plain,
                                     std::string_view context) = 0;

    // Fails with "vault.key_destroyed" (the subject was erased), "vault.forged" (bytes or context
    // changed), "vault.damaged", or "vault.key_unknown" (nothing was ever sealed for it here).
    virtual Result<std::string> unseal(SubjectId subject, std::string_view sealed,
                                       std::string_view context) = 0;

    // False once the key is destroyed or damaged; true for a subject whose key is not made yet.
    virtual bool is_alive(SubjectId subject) const = 0;

    // Irreversible and durable on return; destroying twice is no error. When it fails the keys are
    // gone from memory, but may be back after a restart: whoever asked must ask again then. All of
    // them cost one sync.
    virtual Result<void> destroy_all(std::span<const SubjectId> subjects) = 0;
    Result<void> destroy(SubjectId subject) { return destroy_all({&subject, 1}); }

    // A named 32-byte secret of the installation ("journal-signing", "matching", ...), made at
    // first use, durable on return. `rotate` replaces it: what was sealed under the old one is
    // gone. Names are 1 to 64 of a-z, 0-9, '-' and '.' ("vault.secret_name"); at most 1,000 of
    // them.
    virtual Result<Digest> secret(std::string_view name) = 0;
    virtual Result<Digest> rotate(std::string_view name) = 0;
};

// The same seal under an explicit key (snapshots, treasuries).
std::string seal_with_key(const Digest& key, std::string_view plain, std::string_view context,
                          platform::Random& random);
Result<std::string> unseal_with_key(const Digest& key, std::string_view sealed,
                                    std::string_view context);

}  // namespace altis::crypto
