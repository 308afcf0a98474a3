#include "journal/book.h"

namespace altis::journal {

crypto::Digest state_hash(const Book& book) {
    ByteWriter state;
    book.save(state);
    return crypto::sha256(state.bytes());
}

}  // namespace altis::journal
