// Books in tests: records kept as they were applied, so that a replay can be compared with the live
// book.
#pragma once

#include <string>
#include <vector>

#include "journal/book.h"

namespace altis::cleanroom {

struct KeptRecord {
    journal::Draft draft;
    journal::Offset offset = 0;
    Time time;

    // As the journal would give it; erased when its subject is the `destroyed` one.
    void apply_to(journal::Book& book, SubjectId destroyed = kNoSubject) const {
        const bool erased = destroyed != kNoSubject && draft.subject == destroyed;
        const std::string_view payload = erased ? std::string_view{} : draft.payload;
        book.apply({offset, time, draft.type, draft.topic, draft.subject, payload, erased});
    }
};

inline std::string bytes_of(const journal::Book& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

// A book with everything that was ever applied to it.
template <class Book>
struct Replayed {
    Book book;
    std::vector<KeptRecord> records;
    Time now{1'000'000};

    void commit(const std::vector<journal::Draft>& drafts) {
        for (const journal::Draft& draft : drafts) {
            records.push_back({draft, records.size() + 1, now});
            records.back().apply_to(book);
        }
    }
};

// Whether a replay of the records, and a reload of the snapshot, give the bytes of the live book.
template <class Book>
bool is_same_after_replay_and_reload(const Replayed<Book>& live) {
    Book replayed;
    for (const KeptRecord& record : live.records)
        record.apply_to(replayed);
    const std::string bytes = bytes_of(live.book);
    Book loaded;
    ByteReader in(bytes);
    return loaded.load(in) && in.done() && bytes_of(loaded) == bytes && bytes_of(replayed) == bytes;
}

// Whether a snapshot that is cut short anywhere is refused, not read as something else.
template <class Book>
bool is_every_cut_refused(const Book& book) {
    const std::string bytes = bytes_of(book);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Book loaded;
        ByteReader in(std::string_view(bytes).substr(0, size));
        if (loaded.load(in)) return false;
    }
    return true;
}

}  // namespace altis::cleanroom
