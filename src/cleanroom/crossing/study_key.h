// The key of one study, which its two owners agree on over any channel and the broker never learns.
// Each makes an offer, signed with the crossing key that the other knows already; so a broker that
// carries the offers can neither read the key nor put its own in between. Fresh shares for each
// study, thrown away after it: a crossing key that leaks later opens no earlier study.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace altis::cleanroom::crossing {

constexpr std::size_t kMaxStudyNameBytes = 40;

struct StudyOffer {
    std::string study;          // [a-z0-9-]
    crypto::PublicKey from{};   // the crossing key of who offers
    crypto::PublicKey share{};  // X25519
    crypto::Signature signature{};
};

struct StudyKey {
    std::string study;
    crypto::Digest key{};

    // 16 hex digits that both owners see, and the broker may: equal keys, equal ids.
    std::string id() const;
};

// `secret`: 32 fresh random bytes, for this offer alone. Fails with "study.bad_name".
Result<StudyOffer> make_offer(std::string_view study, const crypto::Signer& signer,
                              const crypto::Digest& secret);

codec::Json to_json(const StudyOffer& offer);
// Fails with "json.missing", "json.wrong_type" or "study.bad_offer".
Result<StudyOffer> offer_from_json(const codec::Json& json);

// The key out of the secret of one's own offer and the other owner's offer; both get the same one.
// `peer` is the crossing key that the other must have. Fails with "study.forged_offer",
// "study.other_study", "study.own_offer" or "crypto.weak_key".
Result<StudyKey> agree_on_key(const StudyOffer& own, const crypto::Digest& secret,
                              const StudyOffer& other, const crypto::PublicKey& peer);

}  // namespace altis::cleanroom::crossing
