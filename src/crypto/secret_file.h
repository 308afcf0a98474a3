// The named secrets of an installation and their file `secrets` (docs/formats/vault.md). Used by
// the vault only.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::crypto {

constexpr std::size_t kMaxSecrets = 1'000;
constexpr std::size_t kMaxSecretNameBytes = 64;

// Thread-safe. Every change is durable when the call returns.
class SecretFile {
  public:
    // `random` must outlive this.
    SecretFile(platform::FileSystem& files, std::string path, platform::Random& random)
        : files_(files), path_(std::move(path)), random_(random) {}
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile();

    // Writes a file without secrets.
    Result<void> create();
    // Reads the file. Fails with "vault.damaged".
    Result<void> load();

    bool empty() const { return secrets_.empty(); }
    // The secret of that name, made when absent. Fails with "vault.secret_name" or
    // "vault.too_many_secrets", or when the file cannot be replaced.
    Result<Digest> get(std::string_view name);
    // A new secret of that name; the file with the old one is overwritten with zeros.
    Result<Digest> rotate(std::string_view name);

  private:
    using Secrets = std::map<std::string, Digest, std::less<>>;
    Result<Digest> replace(std::string_view name);
    Result<void> save(const Secrets& secrets);
    Result<void> decode(std::string_view bytes);

    platform::FileSystem& files_;
    std::string path_;
    platform::Random& random_;
    std::mutex mutex_;
    Secrets secrets_;
};

}  // namespace altis::crypto
