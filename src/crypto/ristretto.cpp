#include "crypto/ristretto.h"

#include <sodium.h>

#include "base/assert.h"
#include "crypto/sodium_ready.h"

namespace altis::crypto {
namespace {

constexpr std::size_t kHashBlockBytes = 128;  // of SHA-512
constexpr std::size_t kMaxGroupMessageBytes = 65'000;

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

class Sha512 {
  public:
    Sha512() { crypto_hash_sha512_init(&state_); }
    Sha512& add(std::string_view bytes) {
        crypto_hash_sha512_update(&state_, as_bytes(bytes), bytes.size());
        return *this;
    }
    Sha512& add(const WideBytes& bytes) {
        crypto_hash_sha512_update(&state_, bytes.data(), bytes.size());
        return *this;
    }
    WideBytes finish() {
        WideBytes digest;
        crypto_hash_sha512_final(&state_, digest.data());
        return digest;
    }

  private:
    crypto_hash_sha512_state state_{};
};

// Of 64 bytes, which is one block of the hash.
WideBytes expand_message(std::string_view domain, std::string_view message) {
    static constexpr std::array<char, kHashBlockBytes> kZeros{};
    static constexpr std::string_view kLengthAndIndex("\x00\x40\x00", 3);
    const char domain_size = static_cast<char>(domain.size());
    const WideBytes first = Sha512()
                                .add({kZeros.data(), kZeros.size()})
                                .add(message)
                                .add(kLengthAndIndex)
                                .add(domain)
                                .add({&domain_size, 1})
                                .finish();
    return Sha512().add(first).add("\x01").add(domain).add({&domain_size, 1}).finish();
}

}  // namespace

Point map_to_group(const WideBytes& uniform) {
    ready_sodium();
    Point point;
    crypto_core_ristretto255_from_hash(point.data(), uniform.data());
    return point;
}

Point hash_to_group(std::string_view domain, std::string_view message) {
    ALTIS_ASSERT(!domain.empty() && domain.size() <= kMaxGroupDomainBytes);
    ALTIS_ASSERT(message.size() <= kMaxGroupMessageBytes);
    ready_sodium();
    return map_to_group(expand_message(domain, message));
}

bool is_group_element(const Point& point) {
    ready_sodium();
    return crypto_core_ristretto255_is_valid_point(point.data()) == 1 &&
           sodium_is_zero(point.data(), point.size()) == 0;
}

SecretScalar::SecretScalar(const WideBytes& uniform) {
    ready_sodium();
    crypto_core_ristretto255_scalar_reduce(bytes_.data(), uniform.data());
}

SecretScalar::~SecretScalar() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

bool SecretScalar::multiply(const Point& point, Point& out) const {
    // The library decodes strictly, and fails on the identity as a result.
    return crypto_scalarmult_ristretto255(out.data(), bytes_.data(), point.data()) == 0;
}

}  // namespace altis::crypto
