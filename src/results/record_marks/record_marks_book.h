// The register of records: every performance that is or was one, on two time axes.
//
// Nothing is erased. A record that is annulled leaves in its place what stood before it, because
// what stands is always counted from those that hold: the best one, or several that are equal.
// Sources claim records; official results propose them by themselves when they beat or equal what
// stood at that moment, and take them back when the result changes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/awards/awards_book.h"
#include "results/record_marks/record_mark.h"

namespace altis::results {

namespace records {

// The topic of each of them is the RSC of the event.
constexpr std::string_view kRecordClaimed = "results.record_claimed";
constexpr std::string_view kRecordDecided = "results.record_decided";
// A decision about a ratified record, which waits for a second key.
constexpr std::string_view kRecordDecisionProposed = "results.record_decision_proposed";

}  // namespace records

constexpr std::string_view kFromResults = "results";  // source of what follows official results
constexpr std::string_view kFromMedals = "medals";    // source of what follows a corrected medal

struct RecordEntry {
    std::uint64_t number = 0;
    RecordMark mark;
    std::vector<RecordDecision> decisions;  // in order of knowledge; the first one is the claim
};

// A change of a ratified record that waits for a second key.
struct WaitingDecision {
    RecordStatus status = RecordStatus::kPending;
    std::string key;
};

// What is asked to be decided.
struct DecisionRequest {
    std::uint64_t number = 0;
    RecordStatus status = RecordStatus::kPending;
    std::optional<Time> valid_from;  // none: since it was set; of a retirement: now
    std::string reason;
    std::string document;
};

// Narrows a list of classes; empty texts mean all.
struct RecordFilter {
    std::string_view event;  // a beginning of its RSC, or the RSC of one of its units
    std::string_view type;
    std::string_view scope;
};

class RecordMarksBook final : public journal::Book {
  public:
    // Follows both, which must be applied to before this book and outlive it.
    RecordMarksBook(const ResultsBook& results, const AwardsBook& awards)
        : results_(&results), awards_(&awards) {}

    // ---- commands -------------------------------------------------------------------------------

    // Takes a record as its source says it, with the status that it has there. No draft for one
    // that is known. Fails with "results.unknown_edition", "results.from_the_future" or
    // "results.record_direction" (another one of its class is better when it is the other way).
    journal::Decision claim(const RecordMark& mark, RecordStatus status, Time now) const;
    // Ratifies, annuls, retires, or puts back. A ratified one changes when a second key decides the
    // same: the first one gives a draft that only says so. Fails with "results.unknown_record",
    // "results.reason_missing", "results.nothing_changes" or "results.same_key".
    journal::Decision decide(const DecisionRequest& request, std::string_view key, Time now) const;

    // ---- questions ------------------------------------------------------------------------------

    const RecordEntry* find(std::uint64_t number) const;
    // True while a decision about it waits for a second key.
    bool is_waiting(std::uint64_t number) const { return waiting_.contains(number); }
    std::vector<RecordClass> classes(const RecordFilter& filter) const;
    // What stands at a moment: the best one that holds, and all that equal it, oldest first.
    std::vector<const RecordEntry*> standing(const RecordClass& of, const Moment& at) const;
    // Everything of a class that was known at a moment, in order of `set_at`.
    std::vector<const RecordEntry*> history(const RecordClass& of, const Moment& at) const;
    // The status of an entry at a moment; none when it was not known or not set.
    static std::optional<RecordStatus> status_at(const RecordEntry& entry, const Moment& at);
    // "set", "broken" or "equalled": what it did to those before it, as of a moment.
    std::string_view effect(const RecordEntry& entry, const Moment& at) const;

    codec::Json describe(const RecordEntry& entry, const Moment& at) const;
    codec::Json describe(const RecordClass& of, const Moment& at) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "record_marks"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    friend class RecordFollower;
    using Entries = std::vector<std::uint64_t>;  // by set_at, then number

    Result<void> check_claim(const RecordMark& mark, Time now) const;
    void add(RecordMark mark, const RecordDecision& first);
    void place(const RecordEntry& entry);
    void apply_decision(const journal::Record& record);
    void follow_unit(const journal::Record& record);
    void follow_correction(const journal::Record& record);

    const ResultsBook* results_;
    const AwardsBook* awards_;
    std::set<std::string, std::less<>> editions_;
    std::map<std::uint64_t, RecordEntry> entries_;
    std::map<std::uint64_t, WaitingDecision> waiting_;
    std::map<RecordClass, Entries> classes_;  // derived
};

}  // namespace altis::results
