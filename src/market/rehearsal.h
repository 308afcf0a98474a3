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

namespace altis::market {

class Rehearsal {
  public:
    // Appends the drafts of a decision that must have succeeded and applies them to the books.
    void commit(const journal::Decision& decision, std::initializer_list<journal::Book*> books) {
        ALTIS_ASSERT(decision);
        for (const journal::Draft& draft : *decision) {
            drafts_.push_back(draft);
            for (journal::Book* book : books)
                book->apply(record(drafts_.size() - 1));
        }
    }

    journal::Record record(std::size_t index) const {
        const journal::Draft& draft = drafts_[index];
        journal::Record record{index + 1,     Time{static_cast<std::int64_t>(index)},
                               draft.type,    draft.topic,
                               draft.subject, draft.payload,
                               false};
        if (erased_.contains(draft.subject)) {
            record.payload = {};
            record.erased = true;
        }
        return record;
    }

    void replay(journal::Book& book) const {
        for (std::size_t i = 0; i < drafts_.size(); ++i)
            book.apply(record(i));
    }

    void erase(SubjectId subject) { erased_.insert(subject); }
    std::size_t size() const { return drafts_.size(); }
    const journal::Draft& draft(std::size_t index) const { return drafts_[index]; }

  private:
    std::deque<journal::Draft> drafts_;
    std::set<SubjectId> erased_;
};

inline std::string saved(const journal::Book& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

}  // namespace altis::market
