// Tampering with what the log of published facts hands out: proofs, checkpoints, tiles.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "codec/text.h"
#include "results/log/fact_log.h"
#include "service/tamper/tamper.h"

namespace altis::service::tamper {

class LogTamper {
  public:
    LogTamper() {
        for (std::uint64_t i = 0; i < kFacts; ++i) {
            journal::Record record;
            record.offset = i + 1;
            record.time = Time{1'771'535'045'000'000 + static_cast<std::int64_t>(i)};
            record.type = "results.published";
            const std::string payload =
                R"({"unit":"FSKWSINGLES-----------FNL-000100--","version":)" + std::to_string(i) +
                "}";
            record.payload = payload;
            log_.apply(record);
            entries_.push_back(results::entry_of(record));
            if (log_.tree().size() % kFactsBetween == 0) {
                heads_.push_back(log_.head());
                checkpoints_.push_back(sign(log_.head()));
            }
        }
    }

    // A proof of one fact, handed to somebody who knows what the fact says.
    Verdict tamper_proof(How how, Random& random) const {
        const std::uint64_t index = pick(random, kFacts);
        results::FactProof proof = proof_of(index);
        const std::string honest = results::to_json(proof).to_string();
        std::string text = honest;
        Verdict verdict;
        verdict.told = "proof of fact " + std::to_string(index);
        if (how == How::kFlip) flip_bit(text, pick(random, text.size()), random);
        if (how == How::kTruncation && pick(random, 2) == 0) text.resize(pick(random, text.size()));
        if (how == How::kTruncation && text == honest) {
            proof.path.pop_back();
            text = results::to_json(proof).to_string();
        }
        if (how == How::kReorder) {
            const std::size_t other = 1 + pick(random, proof.path.size() - 1);
            std::swap(proof.path[other], proof.path[pick(random, other)]);
            text = results::to_json(proof).to_string();
        }
        if (how == How::kReplay) text = replayed(proof, random);
        const auto said = check_proof(text, entries_[index]);
        verdict.told += said.empty() ? " holds" : ": " + said;
        verdict.is_detected = !said.empty();
        verdict.is_named = verdict.is_detected;
        const auto read = results::parse_fact_proof(text);
        // Digits of a hash in capitals are the same hash.
        verdict.is_harmless = read && results::to_json(*read).to_string() == honest;
        return verdict;
    }

    // A checkpoint with the proof that it goes on from the one before, handed to a witness.
    Verdict tamper_checkpoint(How how, Random& random) const {
        const std::size_t now = 2 + pick(random, checkpoints_.size() - 2);
        const results::TreeHead& known = heads_[now - 1];
        std::string text = checkpoints_[now];
        auto path = log_.tree().consistency_proof(known.size, heads_[now].size);
        Verdict verdict;
        verdict.told = "checkpoint " + std::to_string(now);
        if (how == How::kFlip && pick(random, 2) == 0) {
            auto& hash = path[pick(random, path.size())];
            hash[pick(random, hash.size())] ^= static_cast<std::uint8_t>(1U << pick(random, 8));
        } else if (how == How::kFlip) {
            flip_bit(text, pick(random, text.size()), random);
        } else if (how == How::kTruncation && pick(random, 2) == 0) {
            path.pop_back();
        } else if (how == How::kTruncation) {
            text.resize(pick(random, text.size()));
        } else if (how == How::kReorder && path.size() > 1) {
            const std::size_t other = 1 + pick(random, path.size() - 1);
            std::swap(path[other], path[pick(random, other)]);
        } else {
            text = checkpoints_[pick(random, now - 1)];  // an older one than is known
        }
        const auto said = check_checkpoint(text, known, path);
        verdict.told += said.empty() ? " holds" : ": " + said;
        verdict.is_detected = verdict.is_named = !said.empty();
        return verdict;
    }

    // The tiles of the whole log, from which somebody rebuilds the signed root.
    Verdict tamper_tile(How how, Random& random) const {
        Tiles tiles = all_tiles();
        const std::size_t number = pick(random, tiles.size());
        auto& tile = tiles[number];
        Verdict verdict;
        verdict.told = "tile " + tile.id;
        if (how == How::kFlip) {
            auto& hash = tile.hashes[pick(random, tile.hashes.size())];
            hash[pick(random, hash.size())] ^= static_cast<std::uint8_t>(1U << pick(random, 8));
        } else if (how == How::kTruncation) {
            tile.hashes.resize(pick(random, tile.hashes.size()));
        } else if (how == How::kReorder) {
            const std::size_t other = 1 + pick(random, tile.hashes.size() - 1);
            std::swap(tile.hashes[other], tile.hashes[pick(random, other)]);
        } else {  // an older state of it, or another tile
            const auto& other = tiles[(number + 1) % tiles.size()];
            if (pick(random, 2) == 0)
                tile.hashes = other.hashes;
            else
                tile.hashes.pop_back();
        }
        const std::string named = bad_tile(tiles, log_.head());
        verdict.is_detected = !named.empty();
        verdict.is_named = named == tile.id;
        verdict.told += "; said " + named;
        return verdict;
    }

  private:
    static constexpr std::uint64_t kFacts = 600;  // two full tiles, and one that grows
    static constexpr std::uint64_t kFactsBetween = 30;

    struct Tile {
        std::string id;
        std::vector<crypto::Digest> hashes;
    };
    using Tiles = std::vector<Tile>;  // of level 0 in their order, then the one of level 1

    static const crypto::Signer& signer() {
        static const crypto::Signer kSigner([] {
            crypto::Digest seed;
            seed.fill(3);
            return seed;
        }());
        return kSigner;
    }
    static const results::LogIdentity& identity() {
        static const results::LogIdentity kIdentity = results::identity_of(signer().public_key());
        return kIdentity;
    }
    static std::string sign(const results::TreeHead& head) {
        return results::sign_checkpoint(identity(), head, signer());
    }

    results::FactProof proof_of(std::uint64_t index) const {
        return {entries_[index], index, log_.tree().inclusion_proof(index, kFacts),
                sign(log_.head())};
    }

    // Another entry, another proof whole, or an older head.
    std::string replayed(results::FactProof proof, Random& random) const {
        const std::uint64_t other = (proof.index + 1 + pick(random, kFacts - 1)) % kFacts;
        const std::size_t kind = pick(random, 3);
        if (kind == 0) proof.entry = entries_[other];
        if (kind == 1) proof = proof_of(other);
        if (kind == 2) proof.checkpoint = checkpoints_[pick(random, checkpoints_.size() - 1)];
        return results::to_json(proof).to_string();
    }

    static std::string check_proof(const std::string& text, const std::string& entry) {
        const auto proof = results::parse_fact_proof(text);
        if (!proof) return proof.error().reason;
        const auto holds = results::check_fact_proof(*proof, identity());
        if (!holds) return holds.error().reason;
        return proof->entry == entry ? "" : "it proves another fact";
    }

    static std::string check_checkpoint(const std::string& text, const results::TreeHead& known,
                                        const std::vector<crypto::Digest>& path) {
        const auto head = results::open_checkpoint(text, identity());
        if (!head) return head.error().reason;
        if (head->size < known.size)
            return "the log had " + std::to_string(known.size) + " entries before, and now " +
                   std::to_string(head->size);
        return results::is_consistent(known, *head, path) ? "" : "it goes on from another log";
    }

    Tiles all_tiles() const {
        Tiles tiles;
        const auto& tree = log_.tree();
        for (std::uint64_t i = 0; i * results::kTileWidth < kFacts; ++i)
            tiles.push_back({"0/" + std::to_string(i), tree.tile(0, i, kFacts)});
        tiles.push_back({"1/0", tree.tile(1, 0, kFacts)});
        return tiles;
    }

    static crypto::Digest root_of(const std::vector<crypto::Digest>& leaves) {
        results::MerkleTree tree;
        for (const auto& leaf : leaves)
            tree.append(leaf);
        return tree.root(tree.size());
    }

    // The tile that does not belong to a log with this head; empty when all do. A full tile of
    // leaves has its root in the tile above; which of the two is wrong is told by the signed root.
    static std::string bad_tile(const Tiles& tiles, const results::TreeHead& head) {
        const auto& above = tiles.back().hashes;
        std::vector<crypto::Digest> leaves;
        std::string differs;
        for (std::size_t i = 0; i + 1 < tiles.size(); ++i) {
            const auto& hashes = tiles[i].hashes;
            const bool is_full = (i + 1) * results::kTileWidth <= head.size;
            const std::size_t expected =
                is_full ? results::kTileWidth : head.size - i * results::kTileWidth;
            if (hashes.size() != expected) return tiles[i].id;
            leaves.insert(leaves.end(), hashes.begin(), hashes.end());
            if (is_full && (i >= above.size() || root_of(hashes) != above[i]))
                differs = differs.empty() ? tiles[i].id : differs;
        }
        if (root_of(leaves) == head.root) return differs.empty() ? "" : tiles.back().id;
        return differs.empty() ? tiles[tiles.size() - 2].id : differs;
    }

    results::FactLog log_;
    std::vector<std::string> entries_;
    std::vector<results::TreeHead> heads_;
    std::vector<std::string> checkpoints_;
};

}  // namespace altis::service::tamper
