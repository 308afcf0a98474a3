// From official results to records: which lines of a unit are records, and which no more. Used by
// the register of records alone.
#pragma once

#include <string>
#include <vector>

#include "results/record_marks/record_marks_book.h"

namespace altis::results {

// Follows one record of the journal. What it decides is known from that record on.
class RecordFollower {
  public:
    RecordFollower(RecordMarksBook& book, const journal::Record& cause)
        : book_(book), cause_(cause) {}

    // The record published or withdrew a version of the unit. When that moves a record, units of
    // the event that came later are looked at again: they may have beaten what stands now, or not
    // any more. Whatever moves names this version as its cause.
    void follow(const Unit& unit);
    // A corrected list of medals: who lost one by it holds no record of that event either.
    void follow(const AwardList& list);

  private:
    // A line that is a record of a class, and its conditions.
    struct Candidate {
        const ResultLine* line = nullptr;
        Decimal value;
        std::vector<Condition> conditions;
    };

    bool reconcile(const Unit& unit);
    bool reconcile(const Unit& unit, const RecordClass& of);
    std::vector<Candidate> candidates(const Unit& unit, const Publication& publication,
                                      const RecordMark& like) const;
    // Annuls what the unit said before and does not say now, and puts back what it says again.
    // Takes what is known already out of `wanted`. True when something changed.
    bool review(const Unit& unit, const RecordClass& of, std::vector<Candidate>& wanted);
    void propose(const Unit& unit, const Publication& publication, const RecordMark& like,
                 const Candidate& candidate);
    void decide(RecordEntry& entry, RecordStatus status, std::string_view source,
                const std::string& reason, const std::string& document);
    void read_cause(const Unit& unit);
    // Why a unit's record moves: what the cause says, else `fallback`, or for units after that of
    // the cause that something came before them.
    std::string reason(const Unit& unit, std::string_view fallback) const;
    // The best that stood just before the unit, its own records left out; null when nothing did.
    const RecordEntry* stood_before(const Unit& unit, const RecordClass& of, Time set_at) const;

    RecordMarksBook& book_;
    const journal::Record& cause_;
    // The version that the record is about; empty for a correction of medals.
    std::string fact_;
    std::string note_;
};

}  // namespace altis::results
