// The medal register: every version of who holds which medal, for every Games, on two time axes.
//
// Nothing is erased. A version says: from `valid_from` on these are the holders; it is believed
// from `known_at` on (when its source published it, else when it was recorded). The answer at a
// moment is the version known last among those that hold by then. Versions that state when they
// were published may arrive in any order and lead to the same truth.
//
// One source writes the register of an edition; the first that comes owns it. The medals of ODF
// units follow the results book by themselves. A list that is official changes only by a correction
// that one key proposes and another approves.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/book.h"
#include "results/awards/award.h"
#include "results/results_book.h"

namespace altis::results {

namespace records {

constexpr std::string_view kAwarded = "results.awarded";  // topic: the edition, as of the others
constexpr std::string_view kCorrectionProposed = "results.correction_proposed";
constexpr std::string_view kCorrectionApproved = "results.correction_approved";
constexpr std::string_view kCorrectionDropped = "results.correction_dropped";
constexpr std::string_view kGapNoted = "results.gap_noted";

}  // namespace records

constexpr std::size_t kMaxOpenCorrections = 10'000;  // proposed, neither approved nor dropped
constexpr std::size_t kMaxNotedGaps = 10'000;        // Games that a source does not have
constexpr Time kEndOfTime{INT64_MAX};
constexpr std::string_view kOdfSource = "odf";

// As the world was at `valid_at`, by what was known at `known_at`.
struct Moment {
    Time valid_at = kEndOfTime;
    Time known_at = kEndOfTime;
};

// Ids of the two keys that stand for a change.
struct KeyPair {
    std::string proposed_by;
    std::string approved_by;
};

struct AwardVersion {
    AwardList list;
    Time known_at;
    Time recorded_at;  // when this installation learnt it
    journal::Offset offset = 0;
    KeyPair keys;  // of corrections and releases; else empty
};

// A change of an official list that waits for a second key.
struct Correction {
    std::uint64_t number = 0;
    AwardList list;
    std::string proposed_by;
    Time proposed_at;
    std::uint64_t versions_then = 0;  // of the list when it was proposed
};

// Games that a source should have and does not.
struct Gap {
    std::string edition;
    std::string source;
    std::string what;
    friend auto operator<=>(const Gap&, const Gap&) = default;
};

// A table as of a moment.
struct MedalTable {
    std::vector<MedalRow> rows;                   // without who is unranked
    std::map<std::string, MedalCounts> unranked;  // medals awarded that give no row
    MedalCounts awarded{};                        // all medals, of the unranked too
    std::array<std::uint32_t, kAwardStatusNames.size()> by_status{};  // entries of all lists
    std::uint32_t events = 0;                                         // lists known at that moment
};

// How one list differs between two moments, and the versions that made it so.
struct AwardChange {
    AwardPlace place;
    std::vector<Award> before;
    std::vector<Award> after;
    std::vector<const AwardVersion*> because;
};

class AwardsBook final : public journal::Book {
  public:
    // Follows the medals of `results`, which must be applied to before this book and outlive it.
    explicit AwardsBook(const ResultsBook& results) : results_(&results) {}

    // ---- commands -------------------------------------------------------------------------------

    // Records what a source says. No draft for what is known already. Fails with
    // "results.unknown_edition", "results.award_malformed", "results.from_the_future",
    // "results.other_source" (another source writes this edition) or "results.two_keys_needed"
    // (the list is official).
    journal::Decision record(const AwardList& list, Time now) const;
    // The same for a list that a gate held and that two keys stand for: it may change what is
    // official.
    journal::Decision record_signed(const AwardList& list, Time now, const KeyPair& keys) const;
    // Proposes to change an official list. Fails with "results.unknown_event",
    // "results.reason_missing", "results.nothing_changes", "results.too_many_corrections",
    // "results.award_malformed" or, if it states when it was published, "results.award_malformed".
    journal::Decision propose(const AwardList& list, std::string_view key) const;
    // Publishes a proposal: by another key than the one that made it. Fails with
    // "results.unknown_correction", "results.same_key", "results.reason_missing" or
    // "results.correction_outdated" (the list changed meanwhile).
    journal::Decision approve(std::uint64_t number, std::string_view key,
                              std::string_view reason) const;
    // Takes a proposal back, by any key. Fails with "results.unknown_correction" or
    // "results.reason_missing".
    journal::Decision drop(std::uint64_t number, std::string_view key,
                           std::string_view reason) const;
    // Notes Games that a source lacks, once. Fails with "results.award_malformed".
    journal::Decision note_gap(const Gap& gap) const;

    // ---- questions ------------------------------------------------------------------------------

    MedalTable table(std::string_view edition, const Moment& at) const;
    // The lists of an edition in order of their places; of one event when `event` names it (by its
    // own name, "discipline/event", or the RSC of a unit).
    std::vector<const AwardVersion*> lists(std::string_view edition, std::string_view event,
                                           const Moment& at) const;
    // All versions of the lists of one event, in order of knowledge.
    std::vector<const AwardVersion*> versions(std::string_view edition,
                                              std::string_view event) const;
    std::vector<AwardChange> diff(std::string_view edition, const Moment& from,
                                  const Moment& to) const;
    // The newest version of one list; null when there is none.
    const AwardVersion* latest(const AwardPlace& place) const;
    // Success when a source may write the register of an edition: "results.unknown_edition",
    // "results.other_source".
    Result<void> check_source(std::string_view edition, std::string_view source) const;
    // Who writes the register of an edition; empty when nobody has.
    std::string_view source_of(std::string_view edition) const;
    bool knows_edition(std::string_view edition) const { return editions_.contains(edition); }
    // ODF units whose medals another source's register of the edition leaves out.
    std::uint64_t left_out(std::string_view edition) const;
    const std::map<std::uint64_t, Correction>& corrections() const { return corrections_; }
    const std::set<Gap>& gaps() const { return gaps_; }

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "awards"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

    // The state without where and when it was learnt: equal after any order of arrival of lists
    // that state when they were published.
    void save_truth(ByteWriter& out) const;
    // The same of one edition alone, and without what follows from its units.
    void save_truth(ByteWriter& out, std::string_view edition) const;

  private:
    // In order of knowledge.
    using Versions = std::vector<AwardVersion>;
    struct Register {
        std::string source;
        std::map<AwardPlace, Versions> lists;
        std::set<std::string> left_out;  // RSCs
    };

    const Versions* find(const AwardPlace& place) const;
    void add(AwardVersion version);
    void follow_unit(const journal::Record& record);
    void apply_correction(const journal::Record& record);
    Result<void> check_arrival(const AwardList& list, Time now) const;
    Result<const Correction*> open_correction(std::uint64_t number, std::string_view reason) const;

    const ResultsBook* results_;
    std::map<std::string, Register, std::less<>> editions_;
    std::map<std::uint64_t, Correction> corrections_;  // open ones, by number
    std::uint64_t corrections_made_ = 0;
    std::set<Gap> gaps_;
};

codec::Json to_json(const AwardVersion& version);
codec::Json to_json(const Correction& correction);
codec::Json to_json(const MedalTable& table);
codec::Json to_json(const AwardChange& change);

}  // namespace altis::results
