// The log of all facts that were ever published: a Merkle tree whose entries are the journal's
// records of results, in their order. Whoever holds a signed head of it can prove that a fact was
// published, and find out when history is told differently later.
//
// An entry is the text of one record: its type, its time (RFC 3339, UTC), and its payload, each on
// a line of its own; the payload is JSON without line ends, and without what is personal about
// athletes (personal.h): who may see a proof need not see that, and nothing takes an entry back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/book.h"
#include "results/log/checkpoint.h"
#include "results/log/merkle_tree.h"

namespace altis::results {

constexpr std::string_view kFactProofFormat = "altis.results.proof.1";
constexpr std::size_t kMaxFactProofBytes = 1U << 20;  // of its JSON

// True for the types of records that tell a fact.
bool is_fact(std::string_view record_type);

// The entry of a record that is a fact.
std::string entry_of(const journal::Record& record);

class FactLog final : public journal::Book {
  public:
    const MerkleTree& tree() const { return tree_; }
    TreeHead head() const { return {tree_.size(), tree_.root(tree_.size())}; }

    // Place of the fact that a record tells; nothing when it tells none.
    std::optional<std::uint64_t> index_of(journal::Offset offset) const;
    // The record of an entry, which must be there.
    journal::Offset offset_of(std::uint64_t index) const { return offsets_[index]; }

    std::string_view name() const override { return "fact_log"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    MerkleTree tree_;
    std::vector<journal::Offset> offsets_;  // by entry, ascending
};

// What a client is handed to convince itself, offline.
struct FactProof {
    std::string entry;
    std::uint64_t index = 0;
    std::vector<crypto::Digest> path;  // within the log that the checkpoint tells
    std::string checkpoint;
};

codec::Json to_json(const FactProof& proof);
// Takes any bytes; "proof.malformed" names what is missing. Says nothing about whether it holds.
Result<FactProof> parse_fact_proof(std::string_view json);

// Nothing to say when the entry is in the log of this identity. Else the reasons of
// `open_checkpoint`, or "proof.refuted".
Result<void> check_fact_proof(const FactProof& proof, const LogIdentity& identity);

// Reads a verifier key. Fails with "checkpoint.key_malformed".
Result<LogIdentity> parse_verifier_key(std::string_view text);

}  // namespace altis::results
