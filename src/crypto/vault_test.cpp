#include "crypto/vault.h"

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/test_effort.h"
#include "crypto/key_slots.h"
#include "crypto/seal.h"
#include "platform/faulty_file.h"

namespace altis::crypto {
namespace {

using platform::CrashStyle;
using platform::FaultyFileSystem;
using platform::OpenMode;

constexpr SubjectId kFan1{1};
constexpr SubjectId kFan2{2};
const std::string kKeyPath = "vault/keys.slab";

class VaultTest : public ::testing::Test {
  protected:
    void open() { ASSERT_TRUE(try_open()) << reason_; }

    bool try_open() {
        vault_.reset();
        auto opened = Vault::open(files_, "vault", random_);
        if (opened) vault_ = std::move(*opened);
        reason_ = opened ? "" : opened.error().reason;
        return static_cast<bool>(opened);
    }

    std::string bytes_of(const std::string& path) { return *platform::read_file(files_, path); }

    std::string key_of(SubjectId subject) {
        return bytes_of(kKeyPath).substr(slot_offset(to_number(subject)), kKeyBytes);
    }

    void flip(const std::string& path, std::uint64_t at) {
        auto file = *files_.open(path, OpenMode::kReadWrite);
        std::string byte = *file->read_at(at, 1);
        byte[0] = static_cast<char>(byte[0] ^ 0x10);
        ASSERT_TRUE(file->write_at(at, byte));
        ASSERT_TRUE(file->sync());
    }

    std::string reason_of_unseal(SubjectId subject, std::string_view sealed,
                                 std::string_view context = "c") {
        const auto plain = vault_->unseal(subject, sealed, context);
        return plain ? "" : plain.error().reason;
    }

    FaultyFileSystem files_;
    platform::SystemRandom random_;
    std::unique_ptr<Vault> vault_;
    std::string reason_;
};

TEST(SealTest, BothCiphersAreOne) {
    Digest key;
    key.fill(5);
    Nonce nonce;
    nonce.fill(6);
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 700U, 4'096U, 4'097U, 70'000U}) {
        const std::string plain(size, 'x');
        const std::string sealed = seal_bytes(key, nonce, plain, "context");
        EXPECT_EQ(sealed, seal_bytes_portably(key, nonce, plain, "context")) << size;
        EXPECT_EQ(unseal_with_key(key, sealed, "context"), plain) << size;
        EXPECT_EQ(unseal_portably(key, sealed, "context"), plain) << size;
        std::string forged = sealed;
        forged.back() = static_cast<char>(forged.back() ^ 1);
        EXPECT_FALSE(unseal_with_key(key, forged, "context")) << size;
        EXPECT_FALSE(unseal_portably(key, forged, "context")) << size;
    }
}

TEST_F(VaultTest, SealsAndUnsealsAnything) {
    open();
    EXPECT_TRUE(rc::check([this](const std::string& plain, const std::string& context) {
        const auto sealed = vault_->seal(kFan1, plain, context);
        RC_ASSERT(sealed);
        RC_ASSERT(sealed->size() == plain.size() + kSealOverhead);
        RC_ASSERT(vault_->unseal(kFan1, *sealed, context) == plain);
    }));
}

TEST_F(VaultTest, RefusesEveryChangedByteAndEveryCut) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "seat 12", "c");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string forged = sealed;
        forged[i] = static_cast<char>(forged[i] ^ 1);
        EXPECT_EQ(reason_of_unseal(kFan1, forged), "vault.forged") << i;
        EXPECT_EQ(reason_of_unseal(kFan1, sealed.substr(0, i)), "vault.forged") << i;
    }
    EXPECT_EQ(reason_of_unseal(kFan1, sealed + "x"), "vault.forged");
}

TEST_F(VaultTest, RefusesAnotherContextAndAnotherSubject) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "seat 12", "c");
    EXPECT_EQ(reason_of_unseal(kFan1, sealed, "d"), "vault.forged");
    EXPECT_EQ(reason_of_unseal(kFan1, sealed, ""), "vault.forged");
    EXPECT_EQ(reason_of_unseal(kFan2, sealed), "vault.forged");
}

TEST_F(VaultTest, NeverUsesANonceTwice) {
    std::set<std::string> nonces;
    for (int run = 0; run < 3; ++run) {
        open();
        for (int i = 0; i < 1000; ++i)
            nonces.insert(vault_->seal(kFan1, "", "")->substr(0, 24));
    }
    EXPECT_EQ(nonces.size(), 3000U);
}

TEST_F(VaultTest, KeysOutliveAReopening) {
    open();
    const SubjectId late{kSlotsPerSlab * 2 + 5};
    const std::string first = *vault_->seal(kFan1, "one", "c");
    const std::string second = *vault_->seal(late, "two", "c");
    open();
    EXPECT_EQ(vault_->unseal(kFan1, first, "c"), "one");
    EXPECT_EQ(vault_->unseal(late, second, "c"), "two");
    EXPECT_EQ(bytes_of(kKeyPath).size(), slab_offset(3));
}

TEST_F(VaultTest, DestroyedKeyIsGoneFromMemoryAndFile) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "one", "c");
    const std::string other = *vault_->seal(kFan2, "two", "c");
    const std::string key = key_of(kFan1);
    ASSERT_NE(bytes_of(kKeyPath).find(key), std::string::npos);
    ASSERT_TRUE(vault_->is_alive(kFan1));
    ASSERT_TRUE(vault_->destroy(kFan1));
    ASSERT_TRUE(vault_->destroy(kFan1));  // twice is no error
    for (int run = 0; run < 2; ++run) {
        EXPECT_FALSE(vault_->is_alive(kFan1));
        EXPECT_TRUE(vault_->is_alive(kFan2));
        EXPECT_EQ(reason_of_unseal(kFan1, sealed), "vault.key_destroyed");
        EXPECT_EQ(vault_->seal(kFan1, "x", "").error().reason, "vault.key_destroyed");
        EXPECT_EQ(vault_->unseal(kFan2, other, "c"), "two");
        EXPECT_EQ(bytes_of(kKeyPath).find(key), std::string::npos);
        files_.crash();
        open();
    }
}

TEST_F(VaultTest, DestroysAKeyThatWasNeverUsed) {
    open();
    const SubjectId late{kSlotsPerSlab + 1};
    EXPECT_TRUE(vault_->is_alive(late));
    ASSERT_TRUE(vault_->destroy(late));
    open();
    EXPECT_EQ(vault_->seal(late, "x", "").error().reason, "vault.key_destroyed");
}

TEST_F(VaultTest, DestroysManyKeysWithTwoSyncs) {
    open();
    const std::vector<SubjectId> doomed = {kFan1, kFan2, SubjectId{1'000}};
    const std::uint64_t before = files_.changing_calls();
    ASSERT_TRUE(vault_->destroy_all(std::vector{kFan1}));  // makes the slab
    const std::uint64_t between = files_.changing_calls();
    ASSERT_TRUE(vault_->destroy_all(doomed));
    EXPECT_EQ(files_.changing_calls() - between, 6U) << "two marks, two slots, and a sync for each";
    EXPECT_GT(between, before);
    ASSERT_TRUE(vault_->destroy_all(doomed));
    ASSERT_TRUE(vault_->destroy_all({}));
    open();
    for (const SubjectId subject : doomed)
        EXPECT_FALSE(vault_->is_alive(subject));
    EXPECT_TRUE(vault_->is_alive(SubjectId{1'001}));
}

TEST_F(VaultTest, RefusesSubjectsOutOfRange) {
    open();
    EXPECT_EQ(vault_->seal(kNoSubject, "x", "").error().reason, "vault.subject_out_of_range");
    EXPECT_EQ(vault_->seal(SubjectId{kMaxSubjects}, "x", "").error().reason,
              "vault.subject_out_of_range");
    EXPECT_EQ(vault_->destroy(kNoSubject).error().reason, "vault.subject_out_of_range");
    EXPECT_FALSE(vault_->is_alive(kNoSubject));
    EXPECT_EQ(reason_of_unseal(kFan1, std::string(50, 'x')), "vault.key_unknown");
}

// Wherever the power goes once a destruction began, the key is gone, and wiped by the next start.
TEST_F(VaultTest, ADestructionThatBeganIsFinished) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "one", "c");
    vault_.reset();
    {
        auto file = files_.open(kKeyPath, OpenMode::kReadWrite);
        ASSERT_TRUE(file);
        ASSERT_TRUE((*file)->write_at(mark_offset(to_number(kFan1)), {&kDestroyedMark, 1}));
        ASSERT_TRUE((*file)->write_at(slot_offset(to_number(kFan1)), std::string(7, '\0')));
    }
    open();
    EXPECT_EQ(vault_->unseal(kFan1, sealed, "c").error().reason, "vault.key_destroyed");
    vault_.reset();
    auto file = files_.open(kKeyPath, OpenMode::kReadWrite);
    ASSERT_TRUE(file);
    EXPECT_EQ(*(*file)->read_at(slot_offset(to_number(kFan1)), kSlotBytes), destroyed_slot());
}

TEST_F(VaultTest, DamagedSlotIsNamedAndOthersWork) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "one", "c");
    const std::string other = *vault_->seal(kFan2, "two", "c");
    vault_.reset();
    for (std::size_t at = 0; at < kSlotBytes; ++at) {
        flip(kKeyPath, slot_offset(1) + at);
        open();
        EXPECT_FALSE(vault_->is_alive(kFan1));
        const auto damaged = vault_->unseal(kFan1, sealed, "c");
        ASSERT_FALSE(damaged);
        EXPECT_EQ(damaged.error().reason, "vault.damaged") << at;
        EXPECT_NE(damaged.error().message.find("subject 1 "), std::string::npos);
        EXPECT_EQ(vault_->seal(kFan1, "x", "").error().reason, "vault.damaged");
        EXPECT_EQ(vault_->unseal(kFan2, other, "c"), "two");
        vault_.reset();
        flip(kKeyPath, slot_offset(1) + at);
    }
    open();
    EXPECT_EQ(vault_->unseal(kFan1, sealed, "c"), "one");
}

TEST_F(VaultTest, KeyInAnotherSlotIsDamaged) {
    open();
    ASSERT_TRUE(vault_->seal(kFan1, "one", "c"));
    vault_.reset();
    auto file = *files_.open(kKeyPath, OpenMode::kReadWrite);
    ASSERT_TRUE(file->write_at(slot_offset(1), *file->read_at(slot_offset(2), kSlotBytes)));
    open();
    EXPECT_EQ(vault_->seal(kFan1, "x", "").error().reason, "vault.damaged");
    ASSERT_TRUE(vault_->destroy(kFan1));
    EXPECT_EQ(vault_->seal(kFan1, "x", "").error().reason, "vault.key_destroyed");
}

TEST_F(VaultTest, WrongHeaderFailsToOpen) {
    open();
    ASSERT_TRUE(vault_->seal(kFan1, "one", "c"));
    vault_.reset();
    for (std::uint64_t at = 0; at < 24; ++at) {
        flip(kKeyPath, at);
        EXPECT_FALSE(try_open()) << at;
        EXPECT_EQ(reason_, "vault.damaged") << at;
        flip(kKeyPath, at);
    }
    EXPECT_TRUE(try_open());
}

TEST_F(VaultTest, CutKeyFileFailsToOpen) {
    open();
    ASSERT_TRUE(vault_->seal(kFan1, "one", "c"));
    vault_.reset();
    for (const std::uint64_t size : {slab_offset(1) - 1, slab_offset(0), std::uint64_t{100}}) {
        auto file = *files_.open(kKeyPath, OpenMode::kReadWrite);
        ASSERT_TRUE(file->truncate(size));
        EXPECT_FALSE(try_open());
        EXPECT_EQ(reason_, "vault.damaged") << size;
    }
}

TEST_F(VaultTest, LostFileIsNotMadeAnew) {
    open();
    ASSERT_TRUE(vault_->secret("matching"));
    vault_.reset();
    const std::string keys = bytes_of(kKeyPath);
    ASSERT_TRUE(files_.remove(kKeyPath));
    EXPECT_FALSE(try_open());
    EXPECT_EQ(reason_, "vault.damaged");
    ASSERT_TRUE(platform::write_file_atomically(files_, kKeyPath, keys));
    ASSERT_TRUE(files_.remove("vault/secrets"));
    EXPECT_FALSE(try_open());
    EXPECT_EQ(reason_, "vault.damaged");
}

TEST_F(VaultTest, IsOpenedOnceAtATime) {
    open();
    const auto second = Vault::open(files_, "vault", random_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().reason, "file.locked");
}

// What a run was told before the power went; nothing where it was told nothing.
struct Acknowledged {
    std::string one;
    std::string two;
    std::optional<Digest> secret;
    bool destroyed = false;
};

constexpr SubjectId kFarFan{kSlotsPerSlab};  // its key stands in the second slab

Acknowledged run_until_power_loss(FaultyFileSystem& files, platform::Random& random) {
    Acknowledged told;
    auto vault = Vault::open(files, "v", random);
    if (!vault) return told;
    told.one = (*vault)->seal(kFan1, "one", "c").value_or("");
    const auto secret = (*vault)->secret("journal-signing");
    if (secret) told.secret = *secret;
    told.two = (*vault)->seal(kFarFan, "two", "c").value_or("");
    told.destroyed = (*vault)->destroy(kFan1).has_value();
    return told;
}

void expect_kept(Vault& vault, const Acknowledged& told) {
    if (told.secret) {
        EXPECT_EQ(vault.secret("journal-signing"), *told.secret);
    }
    if (!told.two.empty()) {
        EXPECT_EQ(vault.unseal(kFarFan, told.two, "c"), "two");
    }
    if (told.destroyed) {
        EXPECT_FALSE(vault.is_alive(kFan1));
    } else if (!told.one.empty() && vault.unseal(kFan1, told.one, "c") != "one") {
        EXPECT_TRUE(vault.destroy(kFan1));  // cut while it was destroyed: asked again
        EXPECT_FALSE(vault.is_alive(kFan1));
    }
    for (std::uint32_t fan = 2; fan < 2'000; ++fan) {
        ASSERT_TRUE(vault.seal(SubjectId{fan}, "x", "c")) << fan;
    }
}

// Cuts the power at the given changing call. True when the run came to its end before.
bool survives_power_loss(std::uint64_t call, CrashStyle style, std::uint64_t seed,
                         platform::Random& random) {
    FaultyFileSystem files;
    files.stop_at_call(call);
    const Acknowledged told = run_until_power_loss(files, random);
    files.crash(style, seed);
    auto vault = Vault::open(files, "v", random);
    EXPECT_TRUE(vault) << vault.error().message;
    if (vault) expect_kept(**vault, told);
    return told.destroyed;
}

// At every changing call of a run that makes keys and secrets and destroys a key: what was
// acknowledged must hold afterwards, the vault must open, and no key may come out damaged.
TEST_F(VaultTest, PowerLossAtAnyCallKeepsWhatWasAcknowledged) {
    constexpr std::uint64_t kSeeds = 3;
    const std::uint64_t stride = test_effort(1, 4);  // 4: nearly every call, each with one seed
    for (const auto style :
         {CrashStyle::kDropUnsynced, CrashStyle::kTearAtByte, CrashStyle::kScatterSectors}) {
        bool finished = false;
        for (std::uint64_t run = kSeeds; !finished && !HasFailure(); run += stride) {
            SCOPED_TRACE(run);
            finished = survives_power_loss(run / kSeeds, style, run, random_);
        }
    }
}

TEST_F(VaultTest, FailedSyncOfANewSlabIsNotUsed) {
    open();
    files_.fail_sync(1);
    EXPECT_FALSE(vault_->seal(kFan1, "one", "c"));
    EXPECT_EQ(vault_->seal(kFan1, "one", "c").error().reason, "vault.stopped");
    open();
    EXPECT_TRUE(vault_->seal(kFan1, "one", "c"));
}

TEST_F(VaultTest, FailedDestructionLeavesNoKeyInMemory) {
    open();
    const std::string sealed = *vault_->seal(kFan1, "one", "c");
    files_.fail_sync(1);
    EXPECT_EQ(vault_->destroy(kFan1).error().reason, "file.failed");
    EXPECT_EQ(reason_of_unseal(kFan1, sealed), "vault.key_destroyed");
    EXPECT_EQ(vault_->destroy(kFan1).error().reason, "vault.stopped");
    open();
    EXPECT_TRUE(vault_->destroy(kFan1));
}

TEST_F(VaultTest, FullDiskIsSaidAndCanBeMended) {
    open();
    files_.set_quota_bytes(files_.used_bytes() + 1000);
    EXPECT_EQ(vault_->seal(kFan1, "one", "c").error().reason, "file.disk_full");
    files_.set_quota_bytes(1U << 30);
    const std::string sealed = *vault_->seal(kFan1, "one", "c");
    open();
    EXPECT_EQ(vault_->unseal(kFan1, sealed, "c"), "one");
}

TEST_F(VaultTest, SecretsAreMadeOnceAndRotate) {
    open();
    const Digest first = *vault_->secret("matching");
    const Digest other = *vault_->secret("journal-signing");
    EXPECT_NE(first, other);
    open();
    EXPECT_EQ(vault_->secret("matching"), first);
    const Digest second = *vault_->rotate("matching");
    EXPECT_NE(second, first);
    files_.crash();
    open();
    EXPECT_EQ(vault_->secret("matching"), second);
    EXPECT_EQ(vault_->secret("journal-signing"), other);
    EXPECT_EQ(bytes_of("vault/secrets").find(as_text(first)), std::string::npos);
    for (const char* name : {"", "Matching", "a b", "a/b"}) {
        EXPECT_EQ(vault_->secret(name).error().reason, "vault.secret_name") << name;
    }
    EXPECT_EQ(vault_->secret(std::string(65, 'a')).error().reason, "vault.secret_name");
}

TEST_F(VaultTest, DamagedSecretsFailToOpen) {
    open();
    ASSERT_TRUE(vault_->secret("matching"));
    vault_.reset();
    const std::size_t size = bytes_of("vault/secrets").size();
    for (std::size_t at = 0; at < size; ++at) {
        flip("vault/secrets", at);
        EXPECT_FALSE(try_open()) << at;
        EXPECT_EQ(reason_, "vault.damaged") << at;
        flip("vault/secrets", at);
    }
    auto file = *files_.open("vault/secrets", OpenMode::kReadWrite);
    for (std::size_t cut = size; cut-- > 0;) {
        ASSERT_TRUE(file->truncate(cut));
        EXPECT_FALSE(try_open()) << cut;
    }
}

TEST_F(VaultTest, ManyThreadsSealWhileKeysAreMadeAndDestroyed) {
    open();
    std::atomic<int> wrong{0};
    const auto work = [&](std::uint32_t first) {
        for (std::uint32_t i = 0; i < 3000; ++i) {
            const SubjectId subject{first + i * 40};
            const auto sealed = vault_->seal(subject, "payload", "c");
            if (!sealed || vault_->unseal(subject, *sealed, "c") != "payload") ++wrong;
            if (i % 500 == 0 && (!vault_->destroy(subject) || vault_->is_alive(subject))) ++wrong;
        }
    };
    std::vector<std::thread> threads;
    for (std::uint32_t i = 1; i <= 4; ++i)
        threads.emplace_back(work, i);
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

// On the real file system: modes, and that the file replaced by a rotation is overwritten.
TEST(VaultOnDisk, KeepsOthersOutAndOverwritesRotatedSecrets) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("altis-vault-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    platform::SystemRandom random;
    auto& files = platform::real_file_system();
    auto vault = Vault::open(files, folder.string(), random);
    ASSERT_TRUE(vault) << vault.error().message;
    const Digest old = *(*vault)->secret("matching");
    ASSERT_TRUE((*vault)->seal(kFan1, "one", "c"));

    const auto mode_of = [](const std::filesystem::path& path) {
        struct stat status{};
        EXPECT_EQ(stat(path.c_str(), &status), 0);
        return status.st_mode & 0777;
    };
    EXPECT_EQ(mode_of(folder), 0700U);
    EXPECT_EQ(mode_of(folder / "keys.slab"), 0600U);
    EXPECT_EQ(mode_of(folder / "secrets"), 0600U);

    const auto other_name = (folder / "replaced").string();
    std::filesystem::create_hard_link(folder / "secrets", other_name);
    ASSERT_NE(platform::read_file(files, other_name)->find(as_text(old)), std::string::npos);
    ASSERT_TRUE((*vault)->rotate("matching"));
    EXPECT_EQ(platform::read_file(files, other_name)->find_first_not_of('\0'), std::string::npos);
    vault->reset();
    std::filesystem::remove_all(folder);
}

TEST(SealWithKey, RoundTripsAndRefusesForgeries) {
    platform::SeededRandom random(7);
    Digest key{};
    random.fill(key);
    Digest other = key;
    other[0] ^= 1;
    EXPECT_TRUE(rc::check([&](const std::string& plain, const std::string& context) {
        const std::string sealed = seal_with_key(key, plain, context, random);
        RC_ASSERT(unseal_with_key(key, sealed, context) == plain);
        RC_ASSERT(!unseal_with_key(key, sealed, context + "x"));
        RC_ASSERT(!unseal_with_key(other, sealed, context));
        const auto at = *rc::gen::inRange<std::size_t>(0, sealed.size());
        std::string forged = sealed;
        forged[at] = static_cast<char>(forged[at] ^ 0x80);
        RC_ASSERT(!unseal_with_key(key, forged, context));
    }));
}

}  // namespace
}  // namespace altis::crypto
