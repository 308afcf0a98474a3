// Proofs that a record is in the journal, which hold without the journal and without a server.
// docs/formats/journal.md gives their JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "journal/journal.h"

namespace altis::journal {

constexpr std::string_view kProofFormat = "altis.journal.proof.2";
constexpr std::size_t kMaxProofBytes = 64U << 10;  // of its JSON
constexpr std::size_t kMaxPathHashes = 120;        // of a batch of 2^32 records

// What leads from the hash of one record to a signed head of the chain.
struct InclusionProof {
    // The header of the batch that holds the record, but for what `head` says.
    struct Batch {
        std::uint32_t records = 0;
        std::uint64_t bytes = 0;
        Offset first_offset = 0;
        Time time;
        crypto::Digest previous_hash{};
    };
    Offset offset = 0;
    crypto::Digest hash{};  // of the record's frame: its receipt
    std::vector<crypto::Digest> path;
    Batch batch;
    Head head;  // of the chain after the batch
    crypto::PublicKey public_key{};
};

// What whoever checks a proof knows from elsewhere.
struct ProofExpectation {
    std::optional<crypto::PublicKey> public_key;
    std::optional<crypto::Digest> receipt;
};

// Nothing to say when the proof holds. Else "proof.refuted" (says what does not follow from what),
// "proof.other_key" or "proof.other_receipt".
Result<void> check_proof(const InclusionProof& proof, const ProofExpectation& expected);

// Of a journal that nobody has open, or a copy of one. Fails with "journal.no_record",
// "journal.damaged", "journal.version_unsupported" or file errors.
Result<InclusionProof> prove(platform::FileSystem& files, const std::string& directory,
                             Offset offset);
// The same with a key that is known. The record must be durable.
Result<InclusionProof> prove(platform::FileSystem& files, const std::string& directory,
                             Offset offset, const crypto::PublicKey& key);

codec::Json to_json(const InclusionProof& proof);
// Takes any bytes; "proof.malformed" names what is missing. Says nothing about whether it holds.
Result<InclusionProof> parse_proof(std::string_view json);

// 64 characters of hex as a hash or key; "proof.malformed" names `what`.
Result<crypto::Digest> parse_digest(std::string_view hex, std::string_view what);

}  // namespace altis::journal
