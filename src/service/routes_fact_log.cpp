// The log of published facts: its signed head, its tiles, and proofs that a fact is in it.
#include <charconv>

#include "base/assert.h"
#include "codec/text.h"
#include "results/log/fact_log.h"
#include "service/api.h"

namespace altis::service {
namespace {

using codec::Json;
using results::LogIdentity;
using server::Method;
using server::Responder;
using server::Response;

// Whose log this is, and the pen it signs with.
struct Notary {
    explicit Notary(const crypto::Digest& seed)
        : signer(seed), identity(results::identity_of(signer.public_key())) {}

    std::string checkpoint(const results::FactLog& log) const {
        return results::sign_checkpoint(identity, log.head(), signer);
    }

    crypto::Signer signer;
    LogIdentity identity;
};
using NotaryRef = std::shared_ptr<const Notary>;

Result<std::uint64_t> number_of(std::string_view text, std::string_view what) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return fail(Code::kInvalid, "request.bad_number",
                std::string(what) + " must be a whole number from 0 on");
}

// Full tiles never change, so that whoever stands between may keep them.
Response tile_response(const std::vector<crypto::Digest>& hashes) {
    std::string body;
    for (const crypto::Digest& hash : hashes)
        body.append(crypto::as_text(hash));
    Response response = server::text_response(200, "application/octet-stream", std::move(body));
    const bool is_full = hashes.size() == results::kTileWidth;
    response.headers.push_back(
        {"Cache-Control", is_full ? "max-age=31536000, immutable" : "no-cache"});
    return response;
}

Result<Response> get_tile(Call& call) {
    constexpr std::uint64_t kMaxLevel = 7;  // eight levels of 8 hold more than 2^63 entries
    TRY(const std::uint64_t level, number_of(call.request.parameter("level"), "level"));
    TRY(const std::uint64_t index, number_of(call.request.parameter("index"), "index"));
    const results::MerkleTree& tree = call.turn.world().fact_log.tree();
    std::vector<crypto::Digest> hashes;
    if (level <= kMaxLevel) hashes = tree.tile(static_cast<int>(level), index, tree.size());
    if (hashes.empty()) {
        return fail(Code::kNotFound, "log.no_tile",
                    "the log has no such tile yet; its checkpoint tells how far it goes");
    }
    return tile_response(hashes);
}

Result<Response> get_consistency(Call& call) {
    TRY(const std::uint64_t older, number_of(call.request.query_value("from"), "from"));
    const results::MerkleTree& tree = call.turn.world().fact_log.tree();
    const std::string present = std::to_string(tree.size());
    TRY(const std::uint64_t newer, number_of(call.request.query_value("to", present), "to"));
    if (older == 0 || older > newer || newer > tree.size()) {
        return fail(
            Code::kInvalid, "log.bad_sizes",
            "give two sizes of the log, from >= 1 and from <= to; it has " + present + " entries");
    }
    Json path = Json::array();
    for (const auto& hash : tree.consistency_proof(older, newer))
        path.push(codec::to_hex(crypto::as_text(hash)));
    return server::json_response(
        200, Json::object({{"from", older}, {"to", newer}, {"path", std::move(path)}}));
}

Result<std::string> read_entry(journal::Journal& journal, journal::Offset offset) {
    TRY(const auto reader, journal.read(offset));
    journal::Record record;
    TRY(const bool is_there, reader->next(record));
    ALTIS_ASSERT(is_there && record.offset == offset);
    return results::entry_of(record);
}

// The path is made now; the entry is read from the journal once it is there.
Result<void> prove(Call& call, const Responder& respond, Services& services,
                   const NotaryRef& notary) {
    TRY(const std::uint64_t offset, number_of(call.request.parameter("offset"), "offset"));
    const results::FactLog& log = call.turn.world().fact_log;
    const auto index = log.index_of(offset);
    if (!index) {
        return fail(Code::kNotFound, "log.no_fact",
                    "no published fact stands at record " + std::to_string(offset) +
                        "; a unit's 'offset' is that of its fact");
    }
    auto proof = std::make_shared<results::FactProof>();
    proof->index = *index;
    proof->path = log.tree().inclusion_proof(*index, log.tree().size());
    proof->checkpoint = notary->checkpoint(log);
    call.turn.after_durable([&services, proof, respond, offset](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        services.background.post([&services, proof, respond, offset] {
            auto entry = read_entry(services.core.journal(), offset);
            if (!entry) return respond(server::problem(entry.error()));
            proof->entry = std::move(*entry);
            respond(server::json_response(200, results::to_json(*proof)));
        });
    });
    return {};
}

}  // namespace

void add_fact_log_routes(server::Router& router, Services& services) {
    const NotaryRef notary = std::make_shared<Notary>(services.secrets.fact_log);
    add_route(router, services, Method::kGet, "/v1/log/key", "results",
              [notary](Call&) -> Result<Response> {
                  return server::json_response(
                      200, Json::object({{"origin", notary->identity.origin},
                                         {"key", results::verifier_key(notary->identity)}}));
              });
    add_route(router, services, Method::kGet, "/v1/log/checkpoint", "results",
              [notary](Call& call) -> Result<Response> {
                  return server::text_response(200, "text/plain; charset=utf-8",
                                               notary->checkpoint(call.turn.world().fact_log));
              });
    add_route(router, services, Method::kGet, "/v1/log/tiles/{level}/{index}", "results", get_tile);
    add_route(router, services, Method::kGet, "/v1/log/consistency", "results", get_consistency);
    add_async_route(router, services, Method::kGet, "/v1/log/proofs/{offset}", "results",
                    [&services, notary](Call& call, const Responder& respond) {
                        return prove(call, respond, services, notary);
                    });
}

}  // namespace altis::service
