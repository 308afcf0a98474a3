#include "results/log/fact_log.h"

#include <algorithm>

#include "base/assert.h"
#include "base/time.h"
#include "codec/text.h"
#include "results/awards/awards_book.h"
#include "results/personal.h"
#include "results/records.h"

namespace altis::results {
namespace {

using codec::Json;
using crypto::Digest;

constexpr std::string_view kFactTypes[] = {
    records::kPublished, records::kSuperseded,         records::kWithdrawn,
    records::kAwarded,   records::kCorrectionApproved,
};

// In snapshots: leaves are hashes of entries, so they hold while entries have one form.
constexpr std::string_view kEntryForm = "altis.results.entry.2";

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "proof.malformed",
                "this is no proof of a fact: " + std::string(what));
}

tl::unexpected<Error> refuted(std::string_view why) {
    return fail(Code::kCorrupt, "proof.refuted", "the proof does not hold: " + std::string(why));
}

Result<Digest> digest_from(const Json& hex) {
    const auto bytes = codec::from_hex(hex.as_string());
    Digest digest;
    if (!bytes || bytes->size() != digest.size()) {
        return malformed("'path' must hold hashes of 64 hex digits");
    }
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
}

}  // namespace

bool is_fact(std::string_view record_type) {
    return std::ranges::find(kFactTypes, record_type) != std::end(kFactTypes);
}

std::string entry_of(const journal::Record& record) {
    std::string entry(record.type);
    entry.append("\n").append(format_rfc3339(record.time)).append("\n");
    return entry.append(without_personal_text(record.payload));
}

std::optional<std::uint64_t> FactLog::index_of(journal::Offset offset) const {
    const auto at = std::ranges::lower_bound(offsets_, offset);
    if (at == offsets_.end() || *at != offset) return std::nullopt;
    return static_cast<std::uint64_t>(at - offsets_.begin());
}

void FactLog::apply(const journal::Record& record) {
    if (!is_fact(record.type)) return;
    // Facts are sealed under nobody's key, so nothing can take them out of the log.
    ALTIS_ASSERT(!record.erased);
    tree_.append(leaf_hash(entry_of(record)));
    offsets_.push_back(record.offset);
}

void FactLog::save(ByteWriter& out) const {
    out.put_text(kEntryForm);
    out.put(tree_.size());
    for (std::uint64_t i = 0; i < tree_.size(); ++i) {
        out.put(offsets_[i]);
        out.put_raw(crypto::as_text(tree_.leaves()[i]));
    }
}

Result<void> FactLog::load(ByteReader& in) {
    if (in.get_text() != kEntryForm) {
        return fail(Code::kCorrupt, "log.snapshot_other_form",
                    "the snapshot has hashes of entries of another form; replay the journal");
    }
    FactLog loaded;
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        loaded.offsets_.push_back(in.get<std::uint64_t>());
        Digest leaf;
        const std::string_view bytes = in.get_raw(leaf.size());
        if (!in.ok()) break;  // said by finish below
        std::copy(bytes.begin(), bytes.end(), leaf.begin());
        loaded.tree_.append(leaf);
    }
    TRY_VOID(in.finish("the snapshot of the log of facts"));
    *this = std::move(loaded);
    return {};
}

Json to_json(const FactProof& proof) {
    Json path = Json::array();
    for (const Digest& hash : proof.path)
        path.push(codec::to_hex(crypto::as_text(hash)));
    return Json::object({{"format", kFactProofFormat},
                         {"entry", proof.entry},
                         {"index", proof.index},
                         {"path", std::move(path)},
                         {"checkpoint", proof.checkpoint}});
}

Result<FactProof> parse_fact_proof(std::string_view text) {
    constexpr std::size_t kMaxPath = 64;
    if (text.size() > kMaxFactProofBytes) return malformed("it is too long");
    TRY(const Json json, codec::parse_json(text));
    if (json["format"].as_string() != kFactProofFormat) {
        return malformed("'format' must be " + std::string(kFactProofFormat));
    }
    FactProof proof;
    proof.entry = json["entry"].as_string();
    proof.checkpoint = json["checkpoint"].as_string();
    const std::int64_t index = json["index"].as_int(-1);
    if (index < 0) return malformed("'index' must be a number from 0 on");
    proof.index = static_cast<std::uint64_t>(index);
    const auto& path = json["path"].items();
    if (path.size() > kMaxPath) return malformed("'path' is too long");
    for (const Json& hex : path) {
        TRY(const Digest hash, digest_from(hex));
        proof.path.push_back(hash);
    }
    return proof;
}

Result<void> check_fact_proof(const FactProof& proof, const LogIdentity& identity) {
    TRY(const TreeHead head, open_checkpoint(proof.checkpoint, identity));
    const auto root =
        root_from_inclusion(leaf_hash(proof.entry), proof.index, head.size, proof.path);
    if (!root) return refuted("its path has not the length that its place asks for");
    if (*root != head.root) return refuted("the path leads to another log than the signed one");
    return {};
}

Result<LogIdentity> parse_verifier_key(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = text.find('+', first + 1);  // an id is hex, so it has no '+'
    if (second != std::string_view::npos) {
        const auto key = codec::from_base64(text.substr(second + 1));
        LogIdentity identity{std::string(text.substr(0, first)), {}};
        if (key && key->size() == 1 + identity.public_key.size()) {
            std::copy(key->begin() + 1, key->end(), identity.public_key.begin());
            if (verifier_key(identity) == text) return identity;
        }
    }
    return fail(Code::kInvalid, "checkpoint.key_malformed",
                "this is no key of a log; it looks like altis/1f2e+0a1b2c3d+AZ..., and GET "
                "/v1/log/key tells that of a server");
}

}  // namespace altis::results
