// A book: a deterministic state machine over the journal.
//
//   decide(command, state, now) -> drafts | error   typed, one per command, a const member
//   apply(record)                                   the only way state ever changes
//
// No clock, no randomness, no I/O inside a book: time and randomness come in with the command. The
// same records give the same state, byte for byte, on any machine.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "journal/record.h"

namespace altis::journal {

// What `decide` gives: the events that will make the command true, or why it is refused.
using Decision = Result<std::vector<Draft>>;

class Book {
  public:
    virtual ~Book() = default;

    // Short stable name, also the name of its part of a snapshot: "rights", "fans", ...
    virtual std::string_view name() const = 0;

    // Applies one record. Ignores types it does not know. A record with `erased` set applies as if
    // it had never been (its subject is gone). Asserts on a payload that its own `decide` could not
    // have made.
    virtual void apply(const Record& record) = 0;

    // Writes the whole state in a canonical order: equal states give equal bytes.
    virtual void save(ByteWriter& out) const = 0;

    // Replaces the state by what `save` wrote.
    virtual Result<void> load(ByteReader& in) = 0;
};

// Hash of a book's canonical state; the measure of "replay = live".
crypto::Digest state_hash(const Book& book);

}  // namespace altis::journal
