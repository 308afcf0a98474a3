// The journal: the only thing that is ever written. Append-only, one fdatasync for many writers,
// hash chain over batches, each batch signed, payloads about a subject sealed under that subject's
// key. The byte layout stands in docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/sign.h"
#include "crypto/vault.h"
#include "journal/record.h"
#include "platform/file.h"

namespace altis::journal {

struct Options {
    std::uint64_t segment_bytes = 64U << 20;  // preallocated and pre-written
    // Longest time a lone writer waits for company before its batch is synced; 0 = sync at once.
    Duration linger = {0};
};

// What opening found. `cut_bytes` is 0 when the last batch was whole.
struct Recovery {
    Offset last_offset = 0;
    std::uint64_t cut_bytes = 0;  // bytes of a torn, never acknowledged tail that were cut
    std::string cut_saved_as;     // file in the journal's directory that holds them; or empty
    std::uint64_t segments = 0;   // spare ones included
};

// Head of the chain after a batch.
struct Head {
    Offset offset = 0;
    crypto::Digest hash{};
    crypto::Signature signature{};
};

// True when `head` was signed with `key`: proof that the journal had exactly this content.
bool is_signed_by(const Head& head, const crypto::PublicKey& key);

// What a group became on disk.
struct Stored {
    Offset last_offset = 0;
    // The receipts: hashes of the frames of its drafts, in order. They live as long as the call
    // that brings them.
    std::span<const crypto::Digest> hashes;
};

// The answer to a submitted command, called once, in order, on the commit thread. An error means
// that the journal failed and nothing further will be accepted.
using OnDurable = std::function<void(const Result<Stored>&)>;

class Reader;
struct InclusionProof;

// Thread-safe. One process at a time may have it open; a second fails with "journal.in_use".
class Journal {
  public:
    // Recovers and opens for writing, making the directory when absent. Fails with
    // "journal.damaged" (names offset and file; `altis journal verify` tells more),
    // "journal.in_use", "journal.wrong_key" (another vault's), "journal.version_unsupported",
    // "journal.options_invalid", or file errors.
    static Result<std::unique_ptr<Journal>> open(platform::FileSystem& files,
                                                 const std::string& directory, crypto::Vault& vault,
                                                 const Options& options);
    virtual ~Journal() = default;  // waits for pending batches, syncs, writes the head file

    // Queues drafts as one indivisible group: after a crash either all of them are there or none.
    // Their offsets are last_submitted()+1 and following, in call order; gives the last one. `now`
    // becomes their time. `on_durable` may be empty. Fails, with nothing queued, when there is no
    // room ("journal.disk_full"), after a failed sync ("journal.failed"), when a draft breaks a
    // limit or the group does not fit into a segment ("journal.draft_invalid"), or when the vault
    // cannot make the key of a new subject. Waits only while the next segment is still being
    // prepared, when commands come faster than the disk takes them; after 10 s, or at once when
    // called from `on_durable`, that is "journal.overloaded".
    virtual Result<Offset> submit(std::vector<Draft> drafts, Time now, OnDurable on_durable) = 0;

    // submit and wait; gives the offset of the last draft.
    Result<Offset> append(std::vector<Draft> drafts, Time now);

    virtual Offset last_submitted() const = 0;
    virtual Offset durable() const = 0;
    virtual Head head() const = 0;  // of the last durable batch
    virtual const crypto::PublicKey& public_key() const = 0;
    virtual const Recovery& recovery() const = 0;

    // Bytes that can still be submitted before the disk must give more. When these are fewer than
    // `wanted`, waits until the disk has given more or refused; a disk that refused is asked again
    // half a second later.
    virtual std::uint64_t room(std::uint64_t wanted) = 0;

    // A follower from `from` on (1 = the beginning). It sees durable records only.
    virtual Result<std::unique_ptr<Reader>> read(Offset from) = 0;

    // Proof that a durable record is in the journal (proof.h). Reads files: not for the thread that
    // decides. Fails with "journal.no_record", "journal.damaged" or file errors.
    virtual Result<InclusionProof> prove(Offset offset) const = 0;

    // Blocks until durable() > offset or `timeout` is over; true when there is something new.
    virtual bool wait_past(Offset offset, Duration timeout) = 0;
};

// Follows a journal. Not thread-safe; make one per thread.
class Reader {
  public:
    virtual ~Reader() = default;
    // Fills the next record; false at the end (later calls may find more in a live journal).
    // Damage gives "journal.damaged" naming the offset; the next call goes on behind it.
    virtual Result<bool> next(Record& record) = 0;
};

// Reads a journal that nobody has open (or a copy of one). `vault` may be null: sealed payloads
// then come out erased.
Result<std::unique_ptr<Reader>> read_files(platform::FileSystem& files,
                                           const std::string& directory, crypto::Vault* vault,
                                           Offset from);

// One damaged place.
struct Damage {
    Offset first_offset = 0;  // first record that may be affected
    std::string file;
    std::uint64_t position = 0;  // byte in the file
    std::string what;
};

// The outcome of a full check of frames, checksums, chain, signatures and the head file.
struct Verification {
    Offset last_offset = 0;
    std::uint64_t records = 0;
    std::uint64_t batches = 0;
    std::uint64_t bytes = 0;
    crypto::Digest head_hash{};
    std::uint64_t torn_bytes = 0;  // a torn tail that opening would cut; no damage
    std::vector<Damage> damages;
    bool intact() const { return damages.empty(); }
};

// Checks a closed journal. `progress` gets bytes done and in all. The public key is the one stored
// beside the journal, or `expected_key` when the caller knows it from elsewhere.
Result<Verification> verify(platform::FileSystem& files, const std::string& directory,
                            const crypto::PublicKey* expected_key,
                            const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace altis::journal
