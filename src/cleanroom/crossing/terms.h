// What two owners agree on before they find out whom both know: the terms of a crossing. Both bring
// the same file; a crossing begins only when both proved that theirs says the same.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace altis::cleanroom::crossing {

constexpr std::int64_t kLowestResultMinimum = 10;  // persons
constexpr std::size_t kMaxRoomIdBytes = 40;
constexpr std::size_t kMaxTermsBytes = 16'384;
constexpr std::uint32_t kSmallestClass = 256;       // members, with the padding
constexpr std::uint32_t kLargestClass = 4'194'304;  // members, with the padding
constexpr std::string_view kDhProtocol = "ristretto255-dh-1";
constexpr std::string_view kTrust =
    "T2: no operator; the two owners learn each other's size class, and the receivers which of "
    "their own members both know";

// What both sides know their members by.
enum class Identifier : std::uint8_t { kEmail, kPhone };
std::string_view to_string(Identifier identifier);

struct Party {
    std::string organisation;
    crypto::PublicKey key{};  // of its `altis rooms crossing-key`
    bool receives = false;    // learns which of its own members both know
    friend bool operator==(const Party&, const Party&) = default;
};

struct Terms {
    std::string room;
    std::string purpose;  // a name of rights::Purpose
    Identifier identifier = Identifier::kEmail;
    std::string protocol{kDhProtocol};
    std::int64_t minimum = 0;  // persons; a smaller result is refused
    std::array<Party, 2> parties;
    Time until;  // first moment at which no crossing begins
    friend bool operator==(const Terms&, const Terms&) = default;
};

// {"room", "purpose", "identifier": "email|phone", "protocol"?, "minimum", "parties":
// [{"organisation", "key": hex, "receives"}, two of them], "until"}. Fails with "json.missing",
// "json.wrong_type", "time.malformed", or "crossing.terms_invalid", naming the member and what it
// may be.
Result<Terms> terms_from_json(const codec::Json& json);
codec::Json to_json(const Terms& terms);

// SHA-256 of the canonical form; the order of members and white space in a file do not matter, that
// of the parties does.
crypto::Digest hash_of(const Terms& terms);

// Which of the parties has this key, 0 or 1. Fails with "crossing.not_a_party".
Result<std::size_t> party_with(const Terms& terms, const crypto::PublicKey& key);

// Fails with "crossing.expired".
Result<void> require_in_force(const Terms& terms, Time now);

// The size class that so many members are padded to: the next of 256, 384, 512, 768, 1,024, ...
// Classes are all that the other side sees of a size. Fails with "crossing.too_many_members".
Result<std::uint32_t> size_class(std::size_t members);
bool is_size_class(std::uint32_t size);

}  // namespace altis::cleanroom::crossing
