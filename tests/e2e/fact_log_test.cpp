// The log of published facts: what a client is handed convinces it without the server, and what was
// handed to others once shows when history is told differently.
#include "results/log/fact_log.h"

#include <fstream>
#include <gtest/gtest.h>

#include "codec/text.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kDoesNotHold = 1;

class FactLogTest : public GamesTest {
  protected:
    void begin() override { send_odf(schedule_odf()); }

    Json send_odf(const std::string& xml) const {
        const Reply reply = owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json;
    }

    // The proof of the fact that a message published.
    Json proof_of(const Json& answer) const {
        const auto offset = std::to_string(answer["offset"].as_int());
        const Reply proof = owner().get("/v1/log/proofs/" + offset);
        EXPECT_EQ(proof.status, 200) << proof.text;
        return proof.json;
    }

    std::string log_key() const {
        return std::string(owner().get("/v1/log/key").json["key"].as_string());
    }

    Finished verify(const std::string& proof, const std::string& key) const {
        std::ofstream(folder_ / "proof.json") << proof;
        return run_altis({"results", "verify", folder_ / "proof.json", "--log-key", key},
                         Capture::kEverything);
    }

    results::TreeHead head() const {
        const auto identity = results::parse_verifier_key(log_key());
        EXPECT_TRUE(identity);
        const auto opened =
            results::open_checkpoint(owner().get("/v1/log/checkpoint").text, *identity);
        EXPECT_TRUE(opened);
        return opened.value_or(results::TreeHead{});
    }
};

TEST_F(FactLogTest, AProofConvincesWithoutTheServer) {
    send_odf(result_odf(Publication::kLive, 1));
    const Json official = send_odf(result_odf(Publication::kOfficial, 2));
    const std::string proof = proof_of(official).to_string();
    const std::string key = log_key();
    server_->stop();
    const Finished good = verify(proof, key);
    EXPECT_EQ(good.status, 0) << good.output;
    EXPECT_NE(good.output.find("OFFICIAL"), std::string::npos) << good.output;
}

TEST_F(FactLogTest, AChangedScoreDoesNotHold) {
    const Json proof = proof_of(send_odf(result_odf(Publication::kOfficial, 1)));
    std::string text = proof.to_string();
    const std::size_t at = text.find("226.79");
    ASSERT_NE(at, std::string::npos) << text;
    text[at] = '3';
    const Finished bad = verify(text, log_key());
    EXPECT_EQ(bad.status, kDoesNotHold) << bad.output;
    EXPECT_NE(bad.output.find("proof.refuted"), std::string::npos) << bad.output;
}

TEST_F(FactLogTest, AnOlderHeadIsABeginningOfTheNewerAlsoAfterAKill) {
    send_odf(result_odf(Publication::kLive, 1));
    const results::TreeHead older = head();
    for (int version = 2; version < 6; ++version)
        send_odf(result_odf(Publication::kLive, version));
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    const results::TreeHead newer = head();
    EXPECT_EQ(newer.size, older.size + 4);
    const Json answer = owner().get("/v1/log/consistency?from=" + std::to_string(older.size)).json;
    std::vector<crypto::Digest> path;
    const auto& hashes = answer["path"].items();
    for (const Json& hex : hashes) {
        const auto bytes = codec::from_hex(hex.as_string());
        ASSERT_TRUE(bytes && bytes->size() == sizeof(crypto::Digest)) << answer.to_string();
        std::copy(bytes->begin(), bytes->end(), path.emplace_back().begin());
    }
    EXPECT_TRUE(results::is_consistent(older, newer, path)) << answer.to_string();
    EXPECT_FALSE(results::is_consistent({older.size, newer.root}, newer, path));
}

TEST_F(FactLogTest, TilesLeadToTheSignedRoot) {
    for (int version = 1; version < 6; ++version)
        send_odf(result_odf(Publication::kLive, version));
    const Reply tile = owner().get("/v1/log/tiles/0/0");
    ASSERT_EQ(tile.status, 200) << tile.text;
    results::MerkleTree tree;
    for (std::size_t at = 0; at + sizeof(crypto::Digest) <= tile.text.size();
         at += sizeof(crypto::Digest)) {
        crypto::Digest leaf;
        std::copy_n(tile.text.begin() + static_cast<std::ptrdiff_t>(at), leaf.size(), leaf.begin());
        tree.append(leaf);
    }
    EXPECT_EQ(tree.size(), head().size);
    EXPECT_EQ(tree.root(tree.size()), head().root);
}

TEST_F(FactLogTest, WhatIsNotThereIsSaid) {
    EXPECT_EQ(owner().get("/v1/log/proofs/1").code(), "log.no_fact");
    EXPECT_EQ(owner().get("/v1/log/proofs/x").code(), "request.bad_number");
    EXPECT_EQ(owner().get("/v1/log/tiles/0/0").code(), "log.no_tile");
    EXPECT_EQ(owner().get("/v1/log/tiles/99/0").code(), "log.no_tile");
    EXPECT_EQ(owner().get("/v1/log/consistency?from=0").code(), "log.bad_sizes");
    EXPECT_EQ(owner().get("/v1/log/consistency?from=3&to=2").code(), "log.bad_sizes");
}

}  // namespace
}  // namespace altis::e2e
