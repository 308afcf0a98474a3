#include "cleanroom/crossing/study_key.h"

#include <algorithm>

#include "codec/text.h"
#include "crypto/key_agreement.h"

namespace altis::cleanroom::crossing {
namespace {

using codec::Json;

template <class Bytes>
std::string_view text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_study_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxStudyNameBytes &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::string signed_text(const StudyOffer& offer) {
    std::string text = "altis study offer 1\n" + offer.study + "\n";
    return text.append(text_of(offer.from)).append(text_of(offer.share));
}

template <class Bytes>
Result<Bytes> bytes_from(const Json& json, std::string_view member) {
    TRY(const std::string text, codec::require_string(json, member));
    const auto decoded = codec::from_hex(text);
    Bytes bytes{};
    if (!decoded || decoded->size() != bytes.size()) {
        return fail(Code::kInvalid, "study.bad_offer",
                    "The offer is not one that `altis rooms study-offer` printed.");
    }
    std::ranges::copy(*decoded, bytes.begin());
    return bytes;
}

}  // namespace

std::string StudyKey::id() const {
    constexpr std::size_t kIdBytes = 8;
    return codec::to_hex(crypto::as_text(crypto::keyed_hash(key, "study id")).substr(0, kIdBytes));
}

Result<StudyOffer> make_offer(std::string_view study, const crypto::Signer& signer,
                              const crypto::Digest& secret) {
    if (!is_study_name(study)) {
        return fail(Code::kInvalid, "study.bad_name",
                    "A study's name must be 1 to 40 of a-z, 0-9 and -.");
    }
    StudyOffer offer;
    offer.study = study;
    offer.from = signer.public_key();
    offer.share = crypto::agreement_public_key(secret);
    offer.signature = signer.sign(signed_text(offer));
    return offer;
}

Json to_json(const StudyOffer& offer) {
    return Json::object({{"study", offer.study},
                         {"from", codec::to_hex(text_of(offer.from))},
                         {"share", codec::to_hex(text_of(offer.share))},
                         {"signature", codec::to_hex(text_of(offer.signature))}});
}

Result<StudyOffer> offer_from_json(const Json& json) {
    StudyOffer offer;
    TRY(offer.study, codec::require_string(json, "study"));
    TRY(offer.from, bytes_from<crypto::PublicKey>(json, "from"));
    TRY(offer.share, bytes_from<crypto::PublicKey>(json, "share"));
    TRY(offer.signature, bytes_from<crypto::Signature>(json, "signature"));
    return offer;
}

Result<StudyKey> agree_on_key(const StudyOffer& own, const crypto::Digest& secret,
                              const StudyOffer& other, const crypto::PublicKey& peer) {
    if (other.from == own.from) {
        return fail(Code::kInvalid, "study.own_offer",
                    "This is this side's own offer; take the one that the other owner sent.");
    }
    if (other.from != peer ||
        !crypto::verify_signature(peer, signed_text(other), other.signature)) {
        return fail(Code::kDenied, "study.forged_offer",
                    "The offer is not signed with the crossing key that the other owner has; get "
                    "it again, and compare the keys.");
    }
    if (other.study != own.study) {
        return fail(Code::kConflict, "study.other_study",
                    "The offer is for another study; both must name the same one.");
    }
    TRY(const crypto::Digest shared, crypto::agree(secret, other.share));
    // The same on both sides, whoever came first.
    const bool is_first = own.from < other.from;
    std::string text = "altis study key 1\n" + own.study + "\n";
    for (const StudyOffer* offer : {is_first ? &own : &other, is_first ? &other : &own})
        text.append(text_of(offer->from)).append(text_of(offer->share));
    return StudyKey{own.study, crypto::keyed_hash(shared, text)};
}

}  // namespace altis::cleanroom::crossing
