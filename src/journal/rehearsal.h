// A stand-in for the journal in tests: keeps drafts, gives them back as records, forgets a subject.
#pragma once

#include <deque>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "journal/book.h"

namespace altis::journal {

class Rehearsal {
  public:
    // Appends the drafts of a decision that must have succeeded and applies them to the books.
    void commit(const Decision& decision, std::initializer_list<Book*> books) {
        ALTIS_ASSERT(decision);
        for (const Draft& draft : *decision) {
            drafts_.push_back(draft);
            for (Book* book : books)
                book->apply(record(drafts_.size() - 1));
        }
    }

    Record record(std::size_t index) const {
        const Draft& draft = drafts_[index];
        Record record{index + 1,     Time{static_cast<std::int64_t>(index)},
                      draft.type,    draft.topic,
                      draft.subject, draft.payload,
                      false};
        if (erased_.contains(draft.subject)) {
            record.payload = {};
            record.erased = true;
        }
        return record;
    }

    void replay(Book& book) const {
        for (std::size_t i = 0; i < drafts_.size(); ++i)
            book.apply(record(i));
    }

    void erase(SubjectId subject) { erased_.insert(subject); }
    std::size_t size() const { return drafts_.size(); }
    const Draft& draft(std::size_t index) const { return drafts_[index]; }

  private:
    std::deque<Draft> drafts_;
    std::set<SubjectId> erased_;
};

inline std::string saved(const Book& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

}  // namespace altis::journal
