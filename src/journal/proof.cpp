#include "journal/proof.h"

#include <algorithm>
#include <limits>

#include "codec/text.h"
#include "journal/chain_walk.h"
#include "journal/hash_tree.h"
#include "journal/survey.h"

namespace altis::journal {

namespace {

using codec::Json;

tl::unexpected<Error> refuted(const std::string& why) {
    return fail(Code::kCorrupt, "proof.refuted", "the proof does not hold: " + why);
}

BatchHeader header_of(const InclusionProof& proof) {
    BatchHeader header;
    header.records = proof.batch.records;
    header.batch_bytes = proof.batch.bytes;
    header.first_offset = proof.batch.first_offset;
    header.time = proof.batch.time;
    header.previous_hash = proof.batch.previous_hash;
    header.hash = proof.head.hash;
    header.signature = proof.head.signature;
    return header;
}

Result<void> check_expected(const InclusionProof& proof, const ProofExpectation& expected) {
    if (expected.public_key && *expected.public_key != proof.public_key)
        return fail(Code::kCorrupt, "proof.other_key",
                    "the proof is signed with another key than the one expected");
    if (expected.receipt && *expected.receipt != proof.hash)
        return fail(Code::kCorrupt, "proof.other_receipt",
                    "the proof is of another record than the one the receipt was given for");
    return {};
}

// ---- finding ------------------------------------------------------------------------------------

tl::unexpected<Error> no_record(Offset offset) {
    return fail(Code::kNotFound, "journal.no_record",
                "the journal has no record " + std::to_string(offset) +
                    " that can be read; ask for an offset up to its last one");
}

// The newest segment that begins at or before the record; null when there is none.
Result<std::unique_ptr<SegmentFile>> segment_of(platform::FileSystem& files,
                                                const std::string& directory, Offset offset) {
    TRY(const auto numbers, list_segments(files, directory));
    std::unique_ptr<SegmentFile> best;
    std::size_t low = 0;
    std::size_t high = numbers.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        TRY(auto segment, SegmentFile::open(files, directory, numbers[middle]));
        const auto& start = segment->info().start;
        if (start && start->first_offset <= offset) {
            best = std::move(segment);
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return best;
}

// The batch that holds the record, also behind damage.
Result<std::optional<SegmentFile::Found>> batch_of(SegmentFile& segment, Offset offset,
                                                   const crypto::PublicKey& key) {
    using Found = std::optional<SegmentFile::Found>;
    Found found = SegmentFile::Found{kSegmentHeaderBytes, {}};
    Offset next_offset = 1;
    while (true) {
        TRY(const auto header, segment.batch_at(found->position));
        if (header && found->position + header->batch_bytes <= segment.size()) {
            found->header = *header;
        } else {
            TRY(found, segment.find_batch(found->position, next_offset, &key));
        }
        if (!found || found->header.first_offset > offset) return Found();
        if (found->header.last_offset() >= offset) return found;
        found->position += found->header.batch_bytes;
        next_offset = found->header.last_offset() + 1;
    }
}

InclusionProof proof_of(Offset offset, const BatchHeader& header,
                        const std::vector<crypto::Digest>& hashes, const crypto::PublicKey& key) {
    const auto index = static_cast<std::size_t>(offset - header.first_offset);
    InclusionProof proof;
    proof.offset = offset;
    proof.hash = hashes[index];
    proof.path = path_of(hashes, index);
    proof.batch = {header.records, header.batch_bytes, header.first_offset, header.time,
                   header.previous_hash};
    proof.head = head_of(header);
    proof.public_key = key;
    return proof;
}

// ---- JSON ---------------------------------------------------------------------------------------

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "proof.malformed",
                "this is no proof of the journal: " + std::string(what) +
                    "; `altis journal prove --offset N --json` makes one");
}

template <class Bytes>
Result<Bytes> bytes_of(std::string_view hex, std::string_view what) {
    const auto raw = codec::from_hex(hex);
    Bytes bytes{};
    if (!raw || raw->size() != bytes.size())
        return malformed("'" + std::string(what) + "' must be " + std::to_string(2 * bytes.size()) +
                         " characters of hex");
    std::copy(raw->begin(), raw->end(), bytes.begin());
    return bytes;
}

Result<std::uint64_t> count_of(const Json& object, std::string_view name, std::uint64_t most) {
    const std::int64_t value = object[name].as_int(-1);
    if (value < 0 || static_cast<std::uint64_t>(value) > most)
        return malformed("'" + std::string(name) + "' must be an integer from 0 to " +
                         std::to_string(most));
    return static_cast<std::uint64_t>(value);
}

constexpr std::uint64_t kMostInJson = std::numeric_limits<std::int64_t>::max();

Result<InclusionProof::Batch> parse_batch(const Json& json) {
    InclusionProof::Batch batch;
    TRY(const std::uint64_t records,
        count_of(json, "records", std::numeric_limits<std::uint32_t>::max()));
    batch.records = static_cast<std::uint32_t>(records);
    TRY(batch.bytes, count_of(json, "bytes", kMaxSegmentBytes));
    TRY(batch.first_offset, count_of(json, "first_offset", kMostInJson));
    if (!json["time_us"].is_int()) return malformed("'time_us' must be an integer");
    batch.time.us = json["time_us"].as_int();
    TRY(batch.previous_hash, parse_digest(json["previous_hash"].as_string(), "previous_hash"));
    return batch;
}

Result<std::vector<crypto::Digest>> parse_path(const Json& json) {
    if (!json.is_array() || json.items().size() > kMaxPathHashes)
        return malformed("'path' must be a list of at most " + std::to_string(kMaxPathHashes) +
                         " hashes");
    std::vector<crypto::Digest> path;
    for (const Json& item : json.items()) {
        TRY(const crypto::Digest hash, parse_digest(item.as_string(), "path"));
        path.push_back(hash);
    }
    return path;
}

}  // namespace

Result<void> check_proof(const InclusionProof& proof, const ProofExpectation& expected) {
    const BatchHeader header = header_of(proof);
    const bool is_inside = header.records > 0 && proof.offset >= header.first_offset &&
                           proof.offset - header.first_offset < header.records;
    if (!is_inside) return refuted("the record's offset is not one of the batch");
    if (proof.head.offset != header.last_offset())
        return refuted("the offset of the head is not that of the batch's last record");
    const TreePlace place{static_cast<std::size_t>(proof.offset - header.first_offset),
                          header.records};
    const auto root = root_from(proof.hash, place, proof.path);
    if (!root) return refuted("the path has not the length that the place in the batch asks for");
    if (batch_hash(header, *root) != proof.head.hash)
        return refuted("the record's hash, the path and the batch do not lead to the head's hash");
    if (!is_signed_by(proof.head, proof.public_key))
        return refuted("the signature is not that of the public key for the head");
    return check_expected(proof, expected);
}

Result<InclusionProof> prove(platform::FileSystem& files, const std::string& directory,
                             Offset offset) {
    TRY(const Survey found, survey(files, directory));
    if (found.key) return prove(files, directory, offset, *found.key);
    return found.damages.empty() ? no_record(offset) : damaged(found.damages.front());
}

Result<InclusionProof> prove(platform::FileSystem& files, const std::string& directory,
                             Offset offset, const crypto::PublicKey& key) {
    TRY(const auto segment, segment_of(files, directory, offset));
    if (!segment) return no_record(offset);
    TRY(const auto found, batch_of(*segment, offset, key));
    if (!found) return no_record(offset);
    const BatchHeader& header = found->header;
    TRY(const std::string_view batch,
        segment->bytes(found->position, static_cast<std::size_t>(header.batch_bytes)));
    const auto hashes = hashes_of(header, batch);
    if (!hashes || !is_signed(header, key))
        return damaged({header.first_offset, segment_name(segment->info().number), found->position,
                        "the batch that holds offset " + std::to_string(offset) +
                            " has not the hash or the signature that it should have"});
    return proof_of(offset, header, *hashes, key);
}

Json to_json(const InclusionProof& proof) {
    Json path = Json::array();
    for (const crypto::Digest& hash : proof.path)
        path.push(hex_of(hash));
    const auto& batch = proof.batch;
    return Json::object(
        {{"format", kProofFormat},
         {"offset", proof.offset},
         {"hash", hex_of(proof.hash)},
         {"path", path},
         {"batch", Json::object({{"records", batch.records},
                                 {"bytes", batch.bytes},
                                 {"first_offset", batch.first_offset},
                                 {"time_us", batch.time.us},
                                 {"previous_hash", hex_of(batch.previous_hash)}})},
         {"head", Json::object({{"offset", proof.head.offset}, {"hash", hex_of(proof.head.hash)}})},
         {"signature", hex_of(proof.head.signature)},
         {"public_key", hex_of(proof.public_key)}});
}

Result<crypto::Digest> parse_digest(std::string_view hex, std::string_view what) {
    return bytes_of<crypto::Digest>(hex, what);
}

Result<InclusionProof> parse_proof(std::string_view json) {
    if (json.size() > kMaxProofBytes) return malformed("it is larger than 64 KiB");
    const auto document = codec::parse_json(json);
    if (!document) return malformed(document.error().message);
    const Json& root = *document;
    if (root["format"].as_string() != kProofFormat)
        return malformed("'format' must be " + std::string(kProofFormat));
    InclusionProof proof;
    TRY(proof.offset, count_of(root, "offset", kMostInJson));
    TRY(proof.hash, parse_digest(root["hash"].as_string(), "hash"));
    TRY(proof.path, parse_path(root["path"]));
    TRY(proof.batch, parse_batch(root["batch"]));
    TRY(proof.head.offset, count_of(root["head"], "offset", kMostInJson));
    TRY(proof.head.hash, parse_digest(root["head"]["hash"].as_string(), "head.hash"));
    TRY(proof.head.signature,
        bytes_of<crypto::Signature>(root["signature"].as_string(), "signature"));
    TRY(proof.public_key,
        bytes_of<crypto::PublicKey>(root["public_key"].as_string(), "public_key"));
    return proof;
}

}  // namespace altis::journal
