#include "service/notary.h"

#include <charconv>

#include "base/assert.h"
#include "codec/text.h"

namespace altis::service {
namespace {

using codec::Json;
using results::FactLog;
using results::FactProof;
using server::Request;
using server::Response;

// Full tiles never change, so that whoever stands between may keep them.
Response tile_bytes(const std::vector<crypto::Digest>& hashes) {
    std::string body;
    for (const crypto::Digest& hash : hashes)
        body.append(crypto::as_text(hash));
    Response response = server::text_response(200, "application/octet-stream", std::move(body));
    const bool is_full = hashes.size() == results::kTileWidth;
    response.headers.push_back(
        {"Cache-Control", is_full ? "max-age=31536000, immutable" : "no-cache"});
    return response;
}

Result<std::string> read_entry(journal::Journal& journal, journal::Offset offset) {
    TRY(const auto reader, journal.read(offset));
    journal::Record record;
    TRY(const bool is_there, reader->next(record));
    ALTIS_ASSERT(is_there && record.offset == offset);
    return results::entry_of(record);
}

}  // namespace

Notary::Notary(const crypto::Digest& seed)
    : signer(seed), identity(results::identity_of(signer.public_key())) {}

std::string Notary::checkpoint(const FactLog& log, std::uint64_t size) const {
    return results::sign_checkpoint(identity, {size, log.tree().root(size)}, signer);
}

Response log_key_response(const Notary& notary) {
    return server::json_response(200,
                                 Json::object({{"origin", notary.identity.origin},
                                               {"key", results::verifier_key(notary.identity)}}));
}

Response checkpoint_response(const Notary& notary, const FactLog& log) {
    return server::text_response(200, "text/plain; charset=utf-8",
                                 notary.checkpoint(log, log.tree().size()));
}

Result<std::uint64_t> whole_number(std::string_view text, std::string_view what) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return fail(Code::kInvalid, "request.bad_number",
                std::string(what) + " must be a whole number from 0 on");
}

Result<Response> tile_response(const FactLog& log, const Request& request) {
    constexpr std::uint64_t kMaxLevel = 7;  // eight levels of 8 hold more than 2^63 entries
    TRY(const std::uint64_t level, whole_number(request.parameter("level"), "level"));
    TRY(const std::uint64_t index, whole_number(request.parameter("index"), "index"));
    std::vector<crypto::Digest> hashes;
    if (level <= kMaxLevel) {
        hashes = log.tree().tile(static_cast<int>(level), index, log.tree().size());
    }
    if (hashes.empty()) {
        return fail(Code::kNotFound, "log.no_tile",
                    "the log has no such tile yet; its checkpoint tells how far it goes");
    }
    return tile_bytes(hashes);
}

Result<Response> consistency_response(const FactLog& log, const Request& request) {
    TRY(const std::uint64_t older, whole_number(request.query_value("from"), "from"));
    const results::MerkleTree& tree = log.tree();
    const std::string present = std::to_string(tree.size());
    TRY(const std::uint64_t newer, whole_number(request.query_value("to", present), "to"));
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

// The path is made now; the entry is read once it is there.
Result<void> prove_fact(Turn& turn, Core& core, Background& background, const Notary& notary,
                        journal::Offset offset, ProofHead head,
                        std::function<void(Result<FactProof>)> done) {
    const FactLog& log = turn.world().fact_log;
    const auto index = log.index_of(offset);
    if (!index) {
        return fail(Code::kNotFound, "log.no_fact",
                    "no published fact stands at record " + std::to_string(offset) +
                        "; a unit's 'offset' is that of its fact");
    }
    const std::uint64_t size = head == ProofHead::kOwn ? *index + 1 : log.tree().size();
    auto proof = std::make_shared<FactProof>();
    proof->index = *index;
    proof->path = log.tree().inclusion_proof(*index, size);
    proof->checkpoint = notary.checkpoint(log, size);
    turn.after_durable(
        [&core, &background, proof, done = std::move(done), offset](const Result<void>& outcome) {
            if (!outcome) return done(tl::unexpected<Error>(outcome.error()));
            background.post([&core, proof, done, offset] {
                auto entry = read_entry(core.journal(), offset);
                if (!entry) return done(tl::unexpected<Error>(entry.error()));
                proof->entry = std::move(*entry);
                done(std::move(*proof));
            });
        });
    return {};
}

}  // namespace altis::service
