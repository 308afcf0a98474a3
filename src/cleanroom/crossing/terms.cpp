#include "cleanroom/crossing/terms.h"

#include <algorithm>

#include "cleanroom/canonical.h"
#include "codec/text.h"
#include "rights/model.h"

namespace altis::cleanroom::crossing {
namespace {

using codec::Json;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "crossing.terms_invalid", std::move(message));
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxRoomIdBytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<Party> party_from_json(const Json& json) {
    Party party;
    TRY(party.organisation, codec::require_string(json, "organisation"));
    if (!is_id(party.organisation))
        return invalid("A party's organisation must be an id of a-z, 0-9 and -.");
    TRY(const std::string text, codec::require_string(json, "key"));
    const auto bytes = codec::from_hex(text);
    if (!bytes || bytes->size() != party.key.size()) {
        return invalid("The key of " + party.organisation +
                       " must be the 64 hex digits that `altis rooms crossing-key` printed there.");
    }
    std::ranges::copy(*bytes, party.key.begin());
    if (!json["receives"].is_bool())
        return invalid("Each party needs \"receives\": true or false.");
    party.receives = json["receives"].as_bool();
    return party;
}

Result<std::array<Party, 2>> parties_from_json(const Json& json) {
    TRY(const Json items, codec::require_array(json, "parties"));
    std::array<Party, 2> parties;
    if (items.items().size() != parties.size()) return invalid("There must be two parties.");
    for (std::size_t i = 0; i < parties.size(); ++i) {
        TRY(parties[i], party_from_json(items.items()[i]));
    }
    if (parties[0].key == parties[1].key || parties[0].organisation == parties[1].organisation)
        return invalid("The two parties must have different names and keys.");
    if (!parties[0].receives && !parties[1].receives)
        return invalid("At least one party must receive the result.");
    return parties;
}

Result<void> check(const Terms& terms) {
    if (!is_id(terms.room)) return invalid("The room must be an id of 1 to 40 of a-z, 0-9 and -.");
    if (!rights::parse_purpose(terms.purpose)) {
        return invalid("There is no such purpose; of a crossing it is usually segment_sharing.");
    }
    if (terms.minimum < kLowestResultMinimum || terms.minimum > kLargestClass)
        return invalid("The minimum must be 10 to 4,194,304 persons.");
    if (terms.protocol != kDhProtocol)
        return invalid("This version crosses by the protocol ristretto255-dh-1 alone.");
    return {};
}

}  // namespace

std::string_view to_string(Identifier identifier) {
    return identifier == Identifier::kEmail ? "email" : "phone";
}

Result<Terms> terms_from_json(const Json& json) {
    Terms terms;
    TRY(terms.room, codec::require_string(json, "room"));
    TRY(terms.purpose, codec::require_string(json, "purpose"));
    TRY(const std::string identifier, codec::require_string(json, "identifier"));
    if (identifier != "email" && identifier != "phone")
        return invalid("The identifier must be email or phone.");
    terms.identifier = identifier == "email" ? Identifier::kEmail : Identifier::kPhone;
    if (json.contains("protocol")) {
        TRY(terms.protocol, codec::require_string(json, "protocol"));
    }
    TRY(terms.minimum, codec::require_int(json, "minimum"));
    TRY(terms.parties, parties_from_json(json));
    TRY(const std::string until, codec::require_string(json, "until"));
    TRY(terms.until, parse_rfc3339(until));
    TRY_VOID(check(terms));
    return terms;
}

Json to_json(const Terms& terms) {
    Json parties = Json::array();
    for (const Party& party : terms.parties) {
        const std::string_view key(reinterpret_cast<const char*>(party.key.data()),
                                   party.key.size());
        parties.push(Json::object({{"organisation", party.organisation},
                                   {"key", codec::to_hex(key)},
                                   {"receives", party.receives}}));
    }
    return Json::object({{"room", terms.room},
                         {"purpose", terms.purpose},
                         {"identifier", to_string(terms.identifier)},
                         {"protocol", terms.protocol},
                         {"minimum", terms.minimum},
                         {"parties", std::move(parties)},
                         {"until", format_rfc3339(terms.until)}});
}

crypto::Digest hash_of(const Terms& terms) {
    return crypto::sha256("altis crossing terms 1\n" + canonical_json(to_json(terms)));
}

Result<std::size_t> party_with(const Terms& terms, const crypto::PublicKey& key) {
    if (terms.parties[0].key == key) return std::size_t{0};
    if (terms.parties[1].key == key) return std::size_t{1};
    return fail(Code::kDenied, "crossing.not_a_party",
                "The terms name other keys; give the key file of one of their two parties.");
}

Result<void> require_in_force(const Terms& terms, Time now) {
    if (now < terms.until) return {};
    return fail(Code::kDenied, "crossing.expired",
                "The terms ended at " + format_rfc3339(terms.until) + "; agree on new ones.");
}

Result<std::uint32_t> size_class(std::size_t members) {
    for (std::uint32_t size = kSmallestClass; size <= kLargestClass; size *= 2) {
        if (members <= size) return size;
        if (members <= size / 2 * 3 && size < kLargestClass) return size / 2 * 3;
    }
    return fail(Code::kTooLarge, "crossing.too_many_members",
                "A crossing takes up to 4,194,304 members a side; cross parts of the file.");
}

bool is_size_class(std::uint32_t size) {
    const auto fitting = size_class(size);
    return fitting && *fitting == size;
}

}  // namespace altis::cleanroom::crossing
