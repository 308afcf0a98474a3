#include "cleanroom/crossing/report.h"

#include <algorithm>

#include "codec/text.h"

namespace altis::cleanroom::crossing {
namespace {

using codec::Json;

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

tl::unexpected<Error> malformed(std::string_view member) {
    return fail(Code::kInvalid, "crossing.report_malformed",
                "The file holds no report of a crossing: '" + std::string(member) +
                    "' is not as `altis rooms cross --json` writes it.");
}

tl::unexpected<Error> forged(std::string message) {
    return fail(Code::kCorrupt, "crossing.report_forged", std::move(message));
}

template <class Bytes>
Result<Bytes> bytes_of(const Json& json, std::string_view member) {
    const auto text = codec::from_hex(json[member].as_string());
    Bytes bytes{};
    if (!text || text->size() != bytes.size()) return malformed(member);
    std::ranges::copy(*text, bytes.begin());
    return bytes;
}

Json side_json(const Terms& terms, std::size_t party, std::uint32_t size_class,
               const crypto::Signature& signature) {
    return Json::object({{"organisation", terms.parties[party].organisation},
                         {"size_class", size_class},
                         {"signature", hex_of(signature)}});
}

Result<void> verify_side(const Json& side, const Terms& terms, std::size_t party,
                         const crypto::Digest& session) {
    const std::int64_t size = side["size_class"].as_int();
    if (size < kSmallestClass || size > kLargestClass) return malformed("size_class");
    const auto members = static_cast<std::uint32_t>(size);
    if (!is_size_class(members)) return malformed("size_class");
    TRY(const auto signature, bytes_of<crypto::Signature>(side, "signature"));
    const Party& signer = terms.parties[party];
    if (crypto::verify_signature(signer.key, hello_text(party, session, hash_of(terms), members),
                                 signature)) {
        return {};
    }
    return forged("'" + signer.organisation +
                  "' did not sign these terms for this connection with the key that they name.");
}

}  // namespace

Json report_of(const Terms& terms, std::size_t party, const crypto::Digest& session,
               const Crossed& crossed) {
    return Json::object(
        {{"room", terms.room},
         {"trust", kTrust},
         {"terms", to_json(terms)},
         {"terms_hash", hex_of(hash_of(terms))},
         {"session", hex_of(session)},
         {"own", side_json(terms, party, crossed.own_class, crossed.own_signature)},
         {"peer", side_json(terms, 1 - party, crossed.peer_class, crossed.peer_signature)}});
}

bool is_report(const Json& json) {
    return json.contains("terms") && json.contains("session");
}

Result<void> verify_report(const Json& report) {
    if (!is_report(report)) return malformed("terms");
    TRY(const Terms terms, terms_from_json(report["terms"]));
    TRY(const auto session, bytes_of<crypto::Digest>(report, "session"));
    if (report["terms_hash"].as_string() != hex_of(hash_of(terms))) {
        return forged("The hash of the terms is not that of the terms beside it.");
    }
    if (report["room"].as_string() != terms.room || report["trust"].as_string() != kTrust) {
        return forged("Room or trust mode are not those of the terms.");
    }
    const auto own =
        std::ranges::find(terms.parties, report["own"]["organisation"].as_string(),
                          [](const Party& party) { return std::string_view(party.organisation); });
    if (own == terms.parties.end()) return malformed("organisation");
    const auto party = static_cast<std::size_t>(own - terms.parties.begin());
    if (report["peer"]["organisation"].as_string() != terms.parties[1 - party].organisation) {
        return malformed("organisation");
    }
    TRY_VOID(verify_side(report["own"], terms, party, session));
    return verify_side(report["peer"], terms, 1 - party, session);
}

}  // namespace altis::cleanroom::crossing
