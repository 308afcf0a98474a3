#include "crypto/secret_file.h"

#include <algorithm>
#include <sodium.h>
#include <utility>

#include "base/bytes.h"
#include "crypto/key_slots.h"

namespace altis::crypto {
namespace {

constexpr std::string_view kMagic = "ALTISSEC";
constexpr std::uint32_t kVersion = 1;

Result<void> check_name(std::string_view name) {
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    if (letters && !name.empty() && name.size() <= kMaxSecretNameBytes) return {};
    return fail(Code::kInvalid, "vault.secret_name",
                "the name of a secret is 1 to 64 of the characters a-z, 0-9, '-' and '.'");
}

tl::unexpected<Error> damaged(const std::string& path) {
    return fail(Code::kCorrupt, "vault.damaged",
                "the file of secrets " + path + " is damaged; restore it from a backup");
}

// Writes zeros over a file that is about to lose its name. `file` keeps it reachable after that.
Result<void> overwrite(platform::File& file) {
    TRY(const std::uint64_t size, file.size());
    TRY_VOID(file.write_at(0, std::string(size, '\0')));
    return file.sync();
}

}  // namespace

SecretFile::~SecretFile() {
    for (auto& [name, secret] : secrets_)
        sodium_memzero(secret.data(), secret.size());
}

Result<void> SecretFile::create() {
    return save({});
}

Result<void> SecretFile::load() {
    TRY(std::string bytes, platform::read_file(files_, path_));
    const auto result = decode(bytes);
    wipe(bytes);
    return result;
}

Result<void> SecretFile::decode(std::string_view bytes) {
    if (bytes.size() < kMagic.size() + 4) return damaged(path_);
    const std::string_view content = bytes.substr(0, bytes.size() - 4);
    ByteReader check(bytes.substr(content.size()));
    if (check.get<std::uint32_t>() != crc32c(content)) return damaged(path_);
    ByteReader reader(content);
    if (reader.get_raw(kMagic.size()) != kMagic) return damaged(path_);
    if (reader.get<std::uint32_t>() != kVersion) return damaged(path_);
    const auto count = reader.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
        const std::string name(reader.get_text());
        const std::string_view secret = reader.get_raw(kKeyBytes);
        if (!reader.ok()) return damaged(path_);
        std::copy(secret.begin(), secret.end(), secrets_[name].begin());
    }
    if (!reader.finish("secrets")) return damaged(path_);
    return {};
}

Result<void> SecretFile::save(const Secrets& secrets) {
    ByteWriter writer;
    writer.put_raw(kMagic);
    writer.put(kVersion);
    writer.put(static_cast<std::uint32_t>(secrets.size()));
    for (const auto& [name, secret] : secrets) {
        writer.put_text(name);
        writer.put_raw(as_text(secret));
    }
    writer.put(crc32c(writer.bytes()));
    std::string bytes = writer.take();
    const auto result = platform::write_file_atomically(files_, path_, bytes);
    wipe(bytes);
    return result;
}

Result<Digest> SecretFile::replace(std::string_view name) {
    Secrets changed = secrets_;
    random_.fill(changed[std::string(name)]);
    TRY_VOID(save(changed));
    secrets_.swap(changed);
    for (auto& [other, secret] : changed)
        sodium_memzero(secret.data(), secret.size());
    return secrets_.find(name)->second;
}

Result<Digest> SecretFile::get(std::string_view name) {
    TRY_VOID(check_name(name));
    const std::lock_guard lock(mutex_);
    const auto found = secrets_.find(name);
    if (found != secrets_.end()) return found->second;
    if (secrets_.size() == kMaxSecrets) {
        return fail(Code::kTooLarge, "vault.too_many_secrets",
                    "the vault holds at most 1000 secrets; rotate one instead of naming another");
    }
    return replace(name);
}

Result<Digest> SecretFile::rotate(std::string_view name) {
    TRY_VOID(check_name(name));
    const std::lock_guard lock(mutex_);
    if (secrets_.size() == kMaxSecrets && !secrets_.contains(name)) {
        return fail(Code::kNotFound, "vault.secret_name", "there is no secret of that name");
    }
    TRY(const auto old, files_.open(path_, platform::OpenMode::kReadWrite));
    TRY(const Digest secret, replace(name));
    TRY_VOID(overwrite(*old));
    return secret;
}

}  // namespace altis::crypto
