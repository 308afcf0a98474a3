#include "results/log/fact_log.h"

#include <gtest/gtest.h>
#include <random>

#include "journal/book.h"

namespace altis::results {
namespace {

const crypto::Signer& signer() {
    static const crypto::Signer kSigner([] {
        crypto::Digest seed;
        seed.fill(3);
        return seed;
    }());
    return kSigner;
}

journal::Record record(journal::Offset offset, std::string_view type, std::string_view payload) {
    journal::Record made;
    made.offset = offset;
    made.time = Time{1'771'535'045'000'000};
    made.type = type;
    made.payload = payload;
    return made;
}

struct FactLogTest : testing::Test {
    FactLogTest() {
        log.apply(record(3, "results.published", R"({"unit":"A","version":1})"));
        log.apply(record(4, "fans.event", "no fact"));
        log.apply(record(9, "results.withdrawn", R"({"unit":"A","version":1})"));
        log.apply(record(12, "results.superseded", R"({"unit":"B","version":1})"));
    }

    FactProof prove(std::uint64_t index) const {
        FactProof proof;
        proof.entry = entry_of(record(3, "results.published", R"({"unit":"A","version":1})"));
        proof.index = index;
        proof.path = log.tree().inclusion_proof(index, log.tree().size());
        proof.checkpoint = sign_checkpoint(identity, log.head(), signer());
        return proof;
    }

    FactLog log;
    LogIdentity identity = identity_of(signer().public_key());
};

TEST_F(FactLogTest, HoldsFactsAlone) {
    EXPECT_EQ(log.tree().size(), 3U);
    EXPECT_EQ(log.index_of(3), 0U);
    EXPECT_EQ(log.index_of(12), 2U);
    EXPECT_FALSE(log.index_of(4));
    EXPECT_FALSE(log.index_of(99));
    EXPECT_EQ(log.offset_of(1), 9U);
}

TEST_F(FactLogTest, AnEntryIsTypeTimeAndPayload) {
    EXPECT_EQ(entry_of(record(3, "results.published", "{}")),
              "results.published\n2026-02-19T21:04:05.000000Z\n{}");
}

// A proof is shown to everybody, and what is in the log stays there.
TEST_F(FactLogTest, AnEntryHasNothingPersonal) {
    const auto entry = [](std::string_view payload) {
        return entry_of(record(3, "results.published", payload));
    };
    EXPECT_EQ(entry(R"({"unit":"A","lines":[{"members":[{"code":"1","birth_date":"1987-06-05",)"
                    R"("federation_id":"17"}],"rank":1,"extras":[["Competitor",{"Coach":"7",)"
                    R"("BirthDate":"1961-02-03"},[[0,["Origin",{"PlaceOfBirth":"Oslo","X":"1"},)"
                    R"("text",["Birth",{},"1961"]]],[1,["Residence",{},"Oslo"]]]]]}]})"),
              entry(R"({"unit":"A","lines":[{"members":[{"code":"1","federation_id":"17"}],)"
                    R"("rank":1,"extras":[["Competitor",{"Coach":"7"},[[0,["Origin",{"X":"1"},)"
                    R"("text"]]]]]}]})"));
    const std::string_view innocent =
        R"({"unit":"A","note":"the birthday of Birthe Born","lines":[{"rank":1}]})";
    EXPECT_TRUE(entry(innocent).ends_with(innocent));
}

TEST_F(FactLogTest, ASnapshotGivesTheSameLog) {
    ByteWriter out;
    log.save(out);
    const std::string bytes = out.take();
    FactLog loaded;
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.head().root, log.head().root);
    EXPECT_EQ(journal::state_hash(loaded), journal::state_hash(log));
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        ByteReader part(std::string_view(bytes).substr(0, cut));
        EXPECT_FALSE(FactLog().load(part)) << cut;
    }
}

TEST_F(FactLogTest, AProofHoldsAndTravelsAsJson) {
    const FactProof proof = prove(0);
    EXPECT_TRUE(check_fact_proof(proof, identity));
    const auto again = parse_fact_proof(to_json(proof).to_string());
    ASSERT_TRUE(again);
    EXPECT_TRUE(check_fact_proof(*again, identity));
}

TEST_F(FactLogTest, AnotherPlaceOrTextIsRefuted) {
    EXPECT_EQ(check_fact_proof(prove(1), identity).error().reason, "proof.refuted");
    FactProof proof = prove(0);
    proof.entry[proof.entry.size() - 2] = '2';
    EXPECT_EQ(check_fact_proof(proof, identity).error().reason, "proof.refuted");
    proof = prove(0);
    proof.path.pop_back();
    EXPECT_EQ(check_fact_proof(proof, identity).error().reason, "proof.refuted");
}

TEST_F(FactLogTest, EveryChangedByteOfACheckpointIsFound) {
    const std::string good = sign_checkpoint(identity, log.head(), signer());
    ASSERT_TRUE(open_checkpoint(good, identity));
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int bit : {0, 1, 5}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
            EXPECT_FALSE(open_checkpoint(bad, identity)) << i << " " << bit;
        }
    }
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(open_checkpoint(good.substr(0, size), identity)) << size;
}

TEST_F(FactLogTest, AnotherLogsCheckpointIsNotThisOnes) {
    crypto::Digest seed;
    seed.fill(4);
    const crypto::Signer other(seed);
    const std::string theirs = sign_checkpoint(identity_of(other.public_key()), log.head(), other);
    EXPECT_EQ(open_checkpoint(theirs, identity).error().reason, "checkpoint.other_log");
    const std::string pretended = sign_checkpoint(identity, log.head(), other);
    EXPECT_EQ(open_checkpoint(pretended, identity).error().reason, "checkpoint.forged");
}

TEST_F(FactLogTest, AWitnessMayAddItsSignature) {
    std::string note = sign_checkpoint(identity, log.head(), signer());
    note += "\u2014 witness.example ";
    note += std::string(96, 'A') + "\n";
    EXPECT_TRUE(open_checkpoint(note, identity));
}

TEST_F(FactLogTest, AVerifierKeyNamesTheLog) {
    const std::string key = verifier_key(identity);
    const auto read = parse_verifier_key(key);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->origin, identity.origin);
    EXPECT_EQ(read->public_key, identity.public_key);
    EXPECT_FALSE(parse_verifier_key(key.substr(1)));
    EXPECT_FALSE(parse_verifier_key(key + "A"));
    EXPECT_FALSE(parse_verifier_key(""));
    EXPECT_FALSE(parse_verifier_key("++"));
}

TEST_F(FactLogTest, AnyBytesAreReadAsAProofOrRefused) {
    std::mt19937 random(7);
    const std::string good = to_json(prove(0)).to_string();
    for (int i = 0; i < 2'000; ++i) {
        std::string bad = good;
        bad[random() % bad.size()] = static_cast<char>(random());
        const auto proof = parse_fact_proof(bad);
        if (proof && !(to_json(*proof).to_string() == good)) {
            EXPECT_FALSE(check_fact_proof(*proof, identity));
        }
    }
}

}  // namespace
}  // namespace altis::results
