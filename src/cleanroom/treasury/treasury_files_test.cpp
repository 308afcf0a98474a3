#include "cleanroom/treasury/treasury_files.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "codec/text.h"
#include "crypto/key_slots.h"
#include "platform/faulty_file.h"
#include "platform/random.h"

namespace altis::cleanroom {
namespace {

const std::string kFolder = "/data/treasury";
constexpr SubjectId kAirline{7};

TableData table_of(std::uint32_t rows) {
    Schema schema;
    schema.key_column = "email";
    schema.measures = {{"spend", 2, 0, 1'000'000'000}};
    TableBuilder builder(schema);
    for (std::uint32_t i = 0; i < rows; ++i) {
        const std::int64_t value = i;
        builder.add(make_tag({1, 2}, std::to_string(i)), {{}, {&value, 1}, {}});
    }
    return std::move(builder).finish();
}

std::string commitment_of(const TableData& table) {
    return codec::to_hex(crypto::as_text(commitment(table)));
}

const TreasuryFile kFirst{kAirline, "first", "airline/customers"};
const TreasuryFile kSecond{kAirline, "second", "airline/customers"};

class TreasuryFilesTest : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(files_.create_directories("/data"));
        open();
    }
    void open() {
        vault_.reset();
        auto vault = crypto::Vault::open(files_, "/data/vault", random_);
        ASSERT_TRUE(vault) << vault.error().message;
        vault_ = std::move(*vault);
        treasury_ = std::make_unique<TreasuryFiles>(files_, kFolder, *vault_);
    }
    std::string bytes_of(const TreasuryFile& file) {
        return *platform::read_file(files_, path_of(file));
    }
    static std::string path_of(const TreasuryFile& file) {
        return kFolder + "/" + std::to_string(to_number(file.treasury)) + "/" + file.name;
    }
    void put(const TreasuryFile& file, std::string_view bytes) {
        ASSERT_TRUE(platform::write_file_atomically(files_, path_of(file), bytes));
    }

    platform::FaultyFileSystem files_;
    platform::SystemRandom random_;
    std::unique_ptr<crypto::Vault> vault_;
    std::unique_ptr<TreasuryFiles> treasury_;
};

TEST_F(TreasuryFilesTest, ReadsWhatItWroteAndNothingElse) {
    const TableData table = table_of(50'000);  // two chunks
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(treasury_->write(kFirst, table));
    const auto read = treasury_->read(kFirst, commitment_of(table));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, table);
    EXPECT_EQ(treasury_->read(kFirst, commitment_of(table_of(3))).error().reason,
              "treasury.file_damaged");
    EXPECT_EQ(bytes_of(kFirst).find("spend"), std::string::npos);
}

TEST_F(TreasuryFilesTest, ChangedSwappedAndCutFilesAreRefused) {
    const TableData table = table_of(50'000);
    const std::string committed = commitment_of(table);
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(treasury_->write(kFirst, table));
    const std::string good = bytes_of(kFirst);
    for (const std::size_t at : {std::size_t{0}, std::size_t{8}, std::size_t{12}, std::size_t{16},
                                 std::size_t{24}, good.size() / 2, good.size() - 1}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        put(kFirst, bad);
        EXPECT_FALSE(treasury_->read(kFirst, committed)) << at;
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{23}, good.size() - 1}) {
        put(kFirst, std::string_view(good).substr(0, size));
        EXPECT_EQ(treasury_->read(kFirst, committed).error().reason, "treasury.file_damaged");
    }
    // The first two chunks in each other's places, and the file in another's.
    constexpr std::size_t kSealed = kTreasuryChunkBytes + crypto::kSealOverhead;
    const TableData longer = table_of(100'000);
    ASSERT_TRUE(treasury_->write(kSecond, longer));
    std::string swapped = bytes_of(kSecond);
    std::swap_ranges(swapped.begin() + 24, swapped.begin() + 24 + kSealed,
                     swapped.begin() + 24 + kSealed);
    put(kSecond, swapped);
    EXPECT_EQ(treasury_->read(kSecond, commitment_of(longer)).error().reason, "vault.forged");
    put(kSecond, good);
    EXPECT_EQ(treasury_->read(kSecond, committed).error().reason, "vault.forged");
    const TreasuryFile other_dataset{kAirline, "first", "airline/guests"};
    put(kFirst, good);
    EXPECT_EQ(treasury_->read(other_dataset, committed).error().reason, "vault.forged");
    EXPECT_TRUE(treasury_->read(kFirst, committed));
}

TEST_F(TreasuryFilesTest, WithTheKeyTheDataAreGone) {
    const TableData table = table_of(10);
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(treasury_->write(kFirst, table));
    ASSERT_TRUE(vault_->destroy(kAirline));
    EXPECT_EQ(treasury_->read(kFirst, commitment_of(table)).error().reason, "vault.key_destroyed");
    EXPECT_EQ(treasury_->sweep({{kFirst}}).value(), 1U);
    EXPECT_FALSE(files_.exists(path_of(kFirst)).value());
    EXPECT_EQ(treasury_->write(kSecond, table).error().reason, "vault.key_destroyed");
    EXPECT_FALSE(files_.exists(path_of(kSecond)).value());
}

// The bytes on the disk hold no tag and no column, and no copy of the key stays in the vault's: a
// backup of the file is worth nothing any more.
TEST_F(TreasuryFilesTest, RawBytesGiveNothingAwayAndABackupCannotBeOpened) {
    const auto vault_bytes = [this] {
        return *platform::read_file(files_, "/data/vault/keys.slab");
    };
    const TableData table = table_of(1'000);
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(treasury_->write(kFirst, table));
    const std::string backup = bytes_of(kFirst);
    const std::string_view tags(reinterpret_cast<const char*>(table.tags.data()), 1'000 * 16);
    for (std::size_t row = 0; row < table.rows(); ++row)
        ASSERT_EQ(backup.find(tags.substr(row * 16, 8)), std::string::npos);
    const std::string key = vault_bytes().substr(crypto::slot_offset(to_number(kAirline)), 32);
    ASSERT_NE(key.find_first_not_of('\0'), std::string::npos);
    ASSERT_TRUE(vault_->destroy(kAirline));
    EXPECT_EQ(vault_bytes().find(key), std::string::npos);
    EXPECT_EQ(vault_bytes().find(key.substr(0, 16)), std::string::npos);
    EXPECT_EQ(treasury_->sweep({{kFirst}}).value(), 1U);
    open();
    ASSERT_TRUE(files_.create_directories(kFolder + "/7"));
    put(kFirst, backup);
    EXPECT_EQ(treasury_->read(kFirst, commitment_of(table)).error().reason, "vault.key_destroyed");
}

TEST_F(TreasuryFilesTest, TheStartRemovesWhatNobodyNames) {
    const TableData table = table_of(10);
    ASSERT_TRUE(treasury_->sweep({}));
    const TreasuryFile hotel{SubjectId{8}, "third", "hotel/guests"};
    for (const TreasuryFile& file : {kFirst, kSecond, hotel})
        ASSERT_TRUE(treasury_->write(file, table));
    const TreasuryFile named[] = {kSecond, hotel};
    EXPECT_EQ(treasury_->sweep(named).value(), 1U);
    EXPECT_FALSE(files_.exists(path_of(kFirst)).value());
    EXPECT_TRUE(treasury_->read(kSecond, commitment_of(table)));
    ASSERT_TRUE(treasury_->remove(kSecond));
    EXPECT_TRUE(treasury_->remove(kSecond));  // gone already
    EXPECT_EQ(treasury_->read(kSecond, commitment_of(table)).error().reason, "file.not_found");
}

TEST_F(TreasuryFilesTest, AFullDiskLeavesNothing) {
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(vault_->seal(kAirline, "", ""));  // its slab of keys is there
    files_.set_quota_bytes(files_.used_bytes() + 100'000);
    EXPECT_EQ(treasury_->write(kFirst, table_of(50'000)).error().reason, "file.disk_full");
    EXPECT_FALSE(files_.exists(path_of(kFirst)).value());
}

// At every changing call of a write: either it said that the file is there, and then it is, or the
// next start finds nothing worse than a file that nobody names.
TEST_F(TreasuryFilesTest, APowerCutAtAnyCallLeavesTheOldVersion) {
    const TableData old_table = table_of(20);
    const TableData new_table = table_of(50'000);
    ASSERT_TRUE(treasury_->sweep({}));
    ASSERT_TRUE(treasury_->write(kFirst, old_table));
    const std::uint64_t before = files_.changing_calls();
    ASSERT_TRUE(treasury_->write(kSecond, new_table));
    const std::uint64_t calls = files_.changing_calls() - before;
    ASSERT_GT(calls, 3U);
    ASSERT_TRUE(treasury_->remove(kSecond));
    for (std::uint64_t nth = 1; nth <= calls + 1; ++nth) {
        files_.stop_at_call(nth);
        const bool is_written = treasury_->write(kSecond, new_table).has_value();
        EXPECT_EQ(is_written, nth > calls);
        vault_.reset();
        files_.crash(platform::CrashStyle::kScatterSectors, nth);
        open();
        EXPECT_TRUE(treasury_->read(kFirst, commitment_of(old_table))) << nth;
        const bool is_there = treasury_->read(kSecond, commitment_of(new_table)).has_value();
        EXPECT_TRUE(is_there || !is_written) << nth;
        ASSERT_TRUE(treasury_->sweep({{kFirst}}));
        EXPECT_FALSE(files_.exists(path_of(kSecond)).value());
    }
}

}  // namespace
}  // namespace altis::cleanroom
