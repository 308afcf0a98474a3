// The shelf holds all books of a process, feeds them records in order, and keeps snapshots of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/vault.h"
#include "journal/book.h"
#include "journal/journal.h"
#include "platform/random.h"

namespace altis::journal {

// So much memory of stored states is kept for the next ones, or none.
constexpr std::size_t kMaxSpareStateBytes = std::size_t{2} << 30;

// The states of all books after one record, on their way to disk.
struct TakenStates {
    Offset offset = 0;
    std::uint32_t highest_subject = 0;
    std::vector<std::string> states;  // in the order of the books

    std::uint64_t bytes() const;  // of the states alone
};

// Used by one thread, but for `store` and `snapshot_offset`. Snapshots are sealed under a key of
// the vault that changes with every snapshot, so that an older snapshot, which may know an erased
// person, becomes unreadable.
class Shelf {
  public:
    // The books must outlive the shelf. Order of `books` is the order of application per record.
    Shelf(platform::FileSystem& files, std::string directory, crypto::Vault& vault,
          platform::Random& random, std::vector<Book*> books);

    // Loads the newest readable snapshot (none is fine), then applies the journal's tail.
    // A snapshot that is damaged, of another version or of other books is set aside (renamed) and
    // replay starts earlier. Fails with "journal.snapshot_ahead" when the journal ends before it.
    Result<void> restore(Journal& journal);

    // Applies one record to every book and moves `applied()` on. Asserts on a gap.
    void apply(const Record& record);

    // The states of the books as they are now: what a snapshot needs of the thread that applies.
    TakenStates take();
    // Writes them as the newest snapshot, durable on return, then makes older ones unreadable. On
    // any thread while the shelf goes on, one at a time, in the order of taking, and not before the
    // journal is durable up to their offset.
    Result<void> store(TakenStates taken);
    // Both at once.
    Result<void> snapshot() { return store(take()); }

    Offset applied() const { return applied_; }

    // Of the newest readable snapshot; 0 when there is none.
    Offset snapshot_offset() const { return snapshot_offset_.load(); }

    // 1 + the highest subject seen in any record: the next free number.
    SubjectId next_subject() const { return SubjectId{highest_subject_ + 1}; }

    // Hash over the names and states of all books.
    crypto::Digest state_hash() const;

  private:
    std::size_t expected_bytes(std::size_t book) const;
    std::string room_for(std::size_t book);
    void keep_room(std::vector<std::string> states);
    Result<void> load_snapshot();
    Result<void> load_from(std::string_view file);
    Result<void> forget_older();

    platform::FileSystem& files_;
    std::string directory_;
    crypto::Vault& vault_;
    platform::Random& random_;
    std::vector<Book*> books_;
    Offset applied_ = 0;
    std::atomic<Offset> snapshot_offset_ = 0;
    std::uint32_t highest_subject_ = 0;
    Offset taken_at_ = 0;                   // when the states were last taken or loaded
    std::vector<std::size_t> taken_bytes_;  // of each book's state then
    std::mutex spare_mutex_;
    std::vector<std::string> spare_;  // memory for each book's state, wiped; empty: none
    std::uint32_t key_slot_ = 0;      // of the vault's two snapshot keys, the one in use
};

// Puts one new book into its state at the newest snapshot and gives the offset of that. Gives 0,
// and the book is to be thrown away, when there is none of `last` or earlier that can be read. On
// any thread, also while a shelf replaces that snapshot.
Offset load_snapshot(platform::FileSystem& files, const std::string& directory,
                     crypto::Vault& vault, Book& book, Offset last);

}  // namespace altis::journal
