#include "crypto/p256.h"

#include <cstring>
#include <memory>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/assert.h"

namespace altis::crypto {
namespace {

template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const {
        kFree(object);
    }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Point = std::unique_ptr<EC_POINT, Free<EC_POINT_clear_free>>;
using Scratch = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;

const EC_GROUP* curve() {
    static const EC_GROUP* const kCurve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    ALTIS_ASSERT(kCurve != nullptr);
    return kCurve;
}

// Room for intermediate numbers, one per thread.
BN_CTX* scratch() {
    thread_local const Scratch kScratch(BN_CTX_secure_new());
    ALTIS_ASSERT(kScratch != nullptr);
    return kScratch.get();
}

template <std::size_t Size>
Number number_of(const std::array<std::uint8_t, Size>& bytes) {
    Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    ALTIS_ASSERT(number != nullptr);
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    return number;
}

Digest bytes_of(const BIGNUM* number) {
    Digest bytes;
    ALTIS_ASSERT(BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) ==
                 static_cast<int>(bytes.size()));
    return bytes;
}

Point new_point() {
    Point point(EC_POINT_new(curve()));
    ALTIS_ASSERT(point != nullptr);
    return point;
}

// Null unless the bytes are an uncompressed point; OpenSSL checks that it lies on the curve. The
// order of the curve is prime, so no point but infinity (which has no such form) is weak.
Point read_point(std::string_view bytes) {
    Point point = new_point();
    const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
    if (bytes.size() == sizeof(P256Point) && bytes[0] == POINT_CONVERSION_UNCOMPRESSED &&
        EC_POINT_oct2point(curve(), point.get(), data, bytes.size(), scratch()) == 1)
        return point;
    ERR_clear_error();  // the queue belongs to the thread, and TLS reads it, too
    return nullptr;
}

tl::unexpected<Error> not_a_point() {
    return fail(Code::kInvalid, "p256.not_a_point",
                "The key is no uncompressed point of the curve P-256 (65 bytes).");
}

P256Point point_of(const BIGNUM* secret) {
    const Point point = new_point();
    ALTIS_ASSERT(EC_POINT_mul(curve(), point.get(), secret, nullptr, nullptr, scratch()) == 1);
    P256Point bytes;
    ALTIS_ASSERT(EC_POINT_point2oct(curve(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                    bytes.data(), bytes.size(), scratch()) == bytes.size());
    return bytes;
}

bool is_secret(const BIGNUM* number) {
    return BN_is_zero(number) == 0 && BN_cmp(number, EC_GROUP_get0_order(curve())) < 0;
}

}  // namespace

P256Pair make_p256_pair(const P256Seed& seed) {
    const Number number = number_of(seed);
    const Number choices(BN_dup(EC_GROUP_get0_order(curve())));
    ALTIS_ASSERT(choices != nullptr && BN_sub_word(choices.get(), 1) == 1);
    ALTIS_ASSERT(BN_mod(number.get(), number.get(), choices.get(), scratch()) == 1);
    ALTIS_ASSERT(BN_add_word(number.get(), 1) == 1);
    return {bytes_of(number.get()), point_of(number.get())};
}

Result<P256Point> p256_point(const Digest& secret) {
    const Number number = number_of(secret);
    if (is_secret(number.get())) return point_of(number.get());
    return fail(Code::kInvalid, "p256.not_a_secret",
                "The secret is no number from 1 to the order of the curve P-256 less 1.");
}

Result<void> check_p256_point(std::string_view point) {
    if (read_point(point) == nullptr) return not_a_point();
    return {};
}

Result<Digest> agree_p256(const Digest& secret, std::string_view point) {
    const Number number = number_of(secret);
    ALTIS_ASSERT(is_secret(number.get()));
    const Point other = read_point(point);
    if (other == nullptr) return not_a_point();
    const Point shared = new_point();
    ALTIS_ASSERT(
        EC_POINT_mul(curve(), shared.get(), nullptr, other.get(), number.get(), scratch()) == 1);
    const Number x(BN_new());
    ALTIS_ASSERT(x != nullptr && EC_POINT_get_affine_coordinates(curve(), shared.get(), x.get(),
                                                                 nullptr, scratch()) == 1);
    return bytes_of(x.get());
}

}  // namespace altis::crypto
