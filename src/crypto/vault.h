// The vault: keys that can be destroyed, and with them everything that was sealed under them.
//
// A subject's key is slot `SubjectId` of one file of 32-byte random keys. Slots are filled with
// random bytes and synced in slabs before anybody uses them, so that sealing data of a new subject
// costs no sync of its own. Destroying a key overwrites its slot with zeros and syncs. The file
// format stands in docs/formats/vault.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/subject.h"
#include "crypto/hash.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::crypto {

// Thread-safe. Holds all keys in locked memory where the system allows it.
class Vault {
  public:
    // Opens or creates the vault in `directory` (made with mode 0700). Fails with "vault.damaged"
    // when a slot's check does not match: the key is then lost and named, never silently replaced.
    static Result<std::unique_ptr<Vault>> open(platform::FileSystem& files,
                                               const std::string& directory,
                                               platform::Random& random);
    virtual ~Vault() = default;

    // XChaCha20-Poly1305 under the subject's key; `context` is authenticated but not stored.
    // Result: 24-byte nonce, ciphertext, 16-byte tag (kSealOverhead bytes more than the input).
    // Fails with "vault.key_destroyed", or when a new slab of keys cannot be written.
    virtual Result<std::string> seal(SubjectId subject, std::string_view plain,
                                     std::string_view context) = 0;

    // Fails with "vault.key_destroyed" (the subject was erased) or "vault.forged" (bytes changed).
    virtual Result<std::string> unseal(SubjectId subject, std::string_view sealed,
                                       std::string_view context) = 0;

    virtual bool is_alive(SubjectId subject) const = 0;

    // Irreversible and durable on return; destroying twice is no error.
    virtual Result<void> destroy(SubjectId subject) = 0;

    // A named 32-byte secret of the installation ("journal-signing", "matching", ...), made at
    // first use, durable on return. `rotate` replaces it: what was sealed under the old one is
    // gone.
    virtual Result<Digest> secret(std::string_view name) = 0;
    virtual Result<Digest> rotate(std::string_view name) = 0;
};

constexpr std::size_t kSealOverhead = 40;

// The same seal under an explicit key (snapshots, treasuries).
std::string seal_with_key(const Digest& key, std::string_view plain, std::string_view context,
                          platform::Random& random);
Result<std::string> unseal_with_key(const Digest& key, std::string_view sealed,
                                    std::string_view context);

}  // namespace altis::crypto
