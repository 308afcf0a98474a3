// Receipts and proofs: every record can be proved, nothing else can, and a forged one is refused.
#include "journal/proof.h"

#include <functional>
#include <future>
#include <gtest/gtest.h>

#include "journal/layout.h"
#include "journal/test_journal.h"

namespace altis::journal {
namespace {

using codec::Json;

const Time kNow = civil_date(2026, 2, 19);

class ProofTest : public testing::Test {
  protected:
    void SetUp() override { journal_ = must_open(files_, *vault_); }

    // Submits one group and gives the receipts of its records.
    std::vector<crypto::Digest> write(std::size_t records, std::size_t payload_bytes = 10) {
        std::vector<Draft> drafts;
        for (std::size_t i = 0; i < records; ++i)
            drafts.push_back(note(std::string(payload_bytes, '.') + std::to_string(i),
                                  SubjectId{static_cast<std::uint32_t>(i % 3)}));
        std::promise<std::vector<crypto::Digest>> receipts;
        const auto last =
            journal_->submit(std::move(drafts), kNow, [&](const Result<Stored>& stored) {
                receipts.set_value({stored->hashes.begin(), stored->hashes.end()});
            });
        ALTIS_ASSERT(last.has_value());
        return receipts.get_future().get();
    }

    InclusionProof proof_in(std::size_t records) {
        write(records);
        return *journal_->prove(records / 2 + 1);
    }

    TestVault vault_;
    platform::FaultyFileSystem files_;
    std::unique_ptr<Journal> journal_;
};

TEST_F(ProofTest, EveryRecordIsProvedByItsReceipt) {
    std::vector<crypto::Digest> receipts;
    for (const std::size_t records : {1, 2, 16, 17, 40, 1, 60, 3}) {
        const auto some = write(records, 70);  // over several segments
        ASSERT_EQ(some.size(), records);
        receipts.insert(receipts.end(), some.begin(), some.end());
    }
    ASSERT_TRUE(files_.exists(path_in_journal("00000002.seg")).value());
    const crypto::PublicKey key = journal_->public_key();
    const Head head = journal_->head();
    const auto prove_all = [&](const auto& prove_one) {
        for (Offset offset = 1; offset <= receipts.size(); ++offset) {
            const Result<InclusionProof> proof = prove_one(offset);
            ASSERT_TRUE(proof) << proof.error().message;
            EXPECT_TRUE(check_proof(*proof, {key, receipts[offset - 1]})) << offset;
            EXPECT_TRUE(offset < receipts.size() || proof->head.hash == head.hash);
        }
    };
    prove_all([&](Offset offset) { return journal_->prove(offset); });
    journal_.reset();
    prove_all([&](Offset offset) { return prove(files_, kTestDirectory, offset); });
}

TEST_F(ProofTest, AReceiptOutlivesTheKeyOfThePerson) {
    const auto receipts = write(3);
    ASSERT_TRUE(vault_->destroy(SubjectId{1}));
    const auto proof = journal_->prove(2);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(check_proof(*proof, {journal_->public_key(), receipts[1]}));
}

TEST_F(ProofTest, WhatIsNotThereHasNoProof) {
    EXPECT_EQ(journal_->prove(1).error().reason, "journal.no_record");
    write(3);
    for (const Offset offset : {Offset{0}, Offset{4}, ~Offset{0}}) {
        EXPECT_EQ(journal_->prove(offset).error().reason, "journal.no_record");
        EXPECT_EQ(prove(files_, kTestDirectory, offset).error().reason, "journal.no_record");
    }
    EXPECT_FALSE(prove(files_, "/nowhere", 1));
}

TEST_F(ProofTest, ADamagedBatchIsNotProvedAndThoseBehindItAre) {
    for (int i = 0; i < 3; ++i)
        write(2);
    journal_.reset();
    const std::string path = path_in_journal("00000001.seg");
    const std::string whole = platform::read_file(files_, path).value();
    const std::size_t second = whole.find("ALTBATCH", kSegmentHeaderBytes + 8);
    for (const std::size_t at :
         {second, second + 40, second + 80, second + kBatchHeaderBytes + 30}) {
        std::string damaged = whole;
        damaged[at] ^= 1;
        put_file(files_, path, damaged);
        EXPECT_TRUE(prove(files_, kTestDirectory, 2));
        EXPECT_FALSE(prove(files_, kTestDirectory, 3)) << at - second;
        const auto behind = prove(files_, kTestDirectory, 6);
        ASSERT_TRUE(behind) << at - second << ": " << behind.error().message;
        EXPECT_TRUE(check_proof(*behind, {}));
    }
}

TEST_F(ProofTest, EachForgedFieldIsRefused) {
    const InclusionProof proof = proof_in(40);
    ASSERT_TRUE(check_proof(proof, {}));
    const std::vector<std::function<void(InclusionProof&)>> forgeries = {
        [](auto& forged) { ++forged.offset; },
        [](auto& forged) { --forged.offset; },
        [](auto& forged) { forged.offset = 0; },
        [](auto& forged) { forged.hash[0] ^= 1; },
        [](auto& forged) { forged.path[0][5] ^= 1; },
        [](auto& forged) { std::swap(forged.path.front(), forged.path.back()); },
        [](auto& forged) { forged.path.pop_back(); },
        [](auto& forged) { forged.path.emplace_back(); },
        [](auto& forged) { forged.path.clear(); },
        [](auto& forged) { ++forged.batch.records; },
        [](auto& forged) { forged.batch.records = 0; },
        [](auto& forged) { forged.batch.bytes += 8; },
        [](auto& forged) { ++forged.batch.first_offset; },
        [](auto& forged) { ++forged.batch.time.us; },
        [](auto& forged) { forged.batch.previous_hash[31] ^= 0x80; },
        [](auto& forged) { ++forged.head.offset; },
        [](auto& forged) { forged.head.hash[7] ^= 1; },
        [](auto& forged) { forged.head.signature[63] ^= 1; },
        [](auto& forged) { forged.public_key[1] ^= 1; },
        // A shift of the whole batch, which only the hash and the signature know of.
        [](auto& forged) {
            ++forged.offset;
            ++forged.batch.first_offset;
            ++forged.head.offset;
        },
    };
    for (std::size_t i = 0; i < forgeries.size(); ++i) {
        InclusionProof forged = proof;
        forgeries[i](forged);
        const auto checked = check_proof(forged, {});
        ASSERT_FALSE(checked) << "forgery " << i;
        EXPECT_EQ(checked.error().reason, "proof.refuted") << "forgery " << i;
    }
}

TEST_F(ProofTest, AGenuineProofOfSomethingElseIsRefused) {
    const auto receipts = write(3);
    const auto proof = journal_->prove(2);
    ASSERT_TRUE(proof);
    EXPECT_EQ(check_proof(*proof, {{}, receipts[0]}).error().reason, "proof.other_receipt");
    crypto::PublicKey other = journal_->public_key();
    other[0] ^= 1;
    EXPECT_EQ(check_proof(*proof, {other, {}}).error().reason, "proof.other_key");
    TestVault other_vault;
    platform::FaultyFileSystem other_files;
    const auto other_journal = must_open(other_files, *other_vault);
    ASSERT_TRUE(other_journal->append(one("x"), kNow));
    const auto foreign = other_journal->prove(1);
    EXPECT_TRUE(check_proof(*foreign, {}));
    EXPECT_EQ(check_proof(*foreign, {journal_->public_key(), {}}).error().reason,
              "proof.other_key");
}

TEST_F(ProofTest, AProofComesBackFromItsJson) {
    const InclusionProof proof = proof_in(120);
    EXPECT_EQ(proof.path.size(), 15U + 7U);
    const auto parsed = parse_proof(to_json(proof).to_pretty_string());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(to_json(*parsed), to_json(proof));
    EXPECT_TRUE(check_proof(*parsed, {}));
}

// Whatever is changed in the text, it is refused or says the same.
TEST_F(ProofTest, NoChangedByteOfTheJsonPasses) {
    const std::string text = to_json(proof_in(20)).to_string();
    const Json original = *codec::parse_json(text);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char put : {'0', '1', 'f', '"', '}', ' '}) {
            std::string changed = text;
            changed[at] = put;
            if (changed == text) continue;
            const auto parsed = parse_proof(changed);
            const bool holds = parsed && check_proof(*parsed, {});
            if (!holds) {
                ++refused;
                continue;
            }
            EXPECT_EQ(to_json(*parsed), original) << changed;
        }
        EXPECT_FALSE(parse_proof(text.substr(0, at))) << at;
    }
    EXPECT_GT(refused, 5 * text.size());
}

TEST_F(ProofTest, AMissingOrWrongMemberIsNamed) {
    const Json proof = to_json(proof_in(20));
    for (const auto& [name, value] : proof.members()) {
        Json without = proof;
        without.set(name, nullptr);
        const auto parsed = parse_proof(without.to_string());
        ASSERT_FALSE(parsed) << name;
        EXPECT_EQ(parsed.error().reason, "proof.malformed") << name;
    }
    Json long_path = Json::array();
    for (std::size_t i = 0; i <= kMaxPathHashes; ++i)
        long_path.push(std::string(64, '0'));
    Json forged = proof;
    forged.set("path", long_path);
    for (const std::string& text : {forged.to_string(), std::string(kMaxProofBytes + 1, ' '),
                                    std::string("[]"), std::string("{}"), std::string()}) {
        const auto parsed = parse_proof(text);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().reason, "proof.malformed");
    }
}

}  // namespace
}  // namespace altis::journal
