// Whom a rejected event names, as far as that can be made out, so that a person's rights reach it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "fans/ingest.h"

namespace altis::fans {

constexpr std::size_t kMaxLetterNames = 32;  // fingerprints that one dead letter is tied to

// Fingerprints of every identifier in the text, each as a user id and as an anonymous id, and tags
// of every e-mail address: the first kMaxLetterNames, without doubles. An identifier is a text or
// number in a member that some dialect keeps one in (userId, distinct_id, duid, ...), at any depth,
// also within texts that hold JSON, plain or in base64. The text need be neither UTF-8 nor JSON:
// what cannot be read is passed over.
std::vector<crypto::Fingerprint> names_in(std::string_view text, const IngestKeys& keys);

// What a good event names: the same for its identifiers and its e-mail tag.
std::vector<crypto::Fingerprint> names_of(const IncomingEvent& event);

// An e-mail tag (kEmailTagBytes) as such a name.
crypto::Fingerprint email_name(std::string_view tag);

}  // namespace altis::fans
