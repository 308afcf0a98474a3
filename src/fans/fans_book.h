// The book of the fans: who they are, what they did, which cohorts and segments they are in.
//
// Record types (payloads in fan_event.h and dead_letter.h, or JSON):
//   fans.event            a new event, sealed under its subject
//   fans.linked           {"from", "to", "kind", "at", "tie", "identifier"}, with "confidence_ppm"
//                         and "reason" when somebody stated it: two subjects are one fan, and
//                         `from` has this identifier; sealed under "from"
//   fans.unlinked         {"from", "to", "reason"}: they are not, whatever else says so; sealed
//                         under "from"
//   fans.conflict         an event with a known message id but other content; under its subject
//   fans.rejected         a bad event; sealed under a subject of its own
//   fans.repaired         {"offset", "names"}: the event of this dead letter was put right and
//                         names these (letter_names.h); it stands, as a fans.event of its own, just
//                         before; sealed as the letter is when that has a subject of its own
//   fans.segment_defined  {"id", "kind", "version", "rule"}
//   fans.score_defined    {"id", "version", "form", "intercept", "terms"}, see scores.h
//   fans.forgotten        {"subjects": [...], "letters": [...]}: the keys of these fans' subjects
//                         and of these dead letters are being destroyed
//
// State is a function of the set of events, not of their order (content_hash() is the same for
// any order; subjects are numbered as they come). What a destroyed key made unreadable counts as if
// it had never been, so replay after an erasure gives the state of the erasure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "fans/dead_letter.h"
#include "fans/fan_event.h"
#include "fans/fingerprint_table.h"
#include "fans/ingest.h"
#include "fans/letter_ties.h"
#include "fans/retention.h"
#include "fans/segments.h"
#include "fans/subjects.h"
#include "journal/book.h"

namespace altis::fans {

// What became of an event.
enum class Fate : std::uint8_t {
    kAccepted,
    kDuplicate,  // known already: nothing to write
    kConflict,   // the message id is known with other content: kept as a dead letter
};

struct EventDecision {
    Fate fate = Fate::kAccepted;
    SubjectId subject = kNoSubject;
    std::vector<journal::Draft> drafts;  // to be written in this order, as one group
};

// Somebody's word about two identifiers.
struct Statement {
    crypto::Fingerprint one;
    crypto::Fingerprint other;
    LinkKind kind = LinkKind::kStated;  // or kMatched
    std::uint32_t confidence_ppm = kCertain;
    Time at;
    std::string_view reason;
};

// What a match of two identifiers would be.
enum class MatchFate : std::uint8_t {
    kNew,
    kOneFan,     // the two are one fan already
    kTakenBack,  // a link between the two fans was cut: somebody knows better
    kGone,       // one of them is not known any more
};

// The keys of all of these must be destroyed once the drafts are durable.
struct ForgetDecision {
    std::vector<SubjectId> subjects;  // of fans
    std::vector<SubjectId> letters;   // of dead letters
    std::vector<journal::Draft> drafts;
};

struct FanCounts {
    std::uint64_t fans = 0;
    std::uint64_t subjects = 0;
    std::uint64_t events = 0;     // accepted, of fans who were not forgotten
    std::uint64_t conflicts = 0;  // of fans who were not forgotten
    std::uint64_t rejected = 0;
    std::uint64_t forgotten_subjects = 0;
};

// What the tables take that know identifiers and message ids again, free slots included.
struct TableBytes {
    std::size_t identifiers = 0;
    std::size_t message_ids = 0;
};

constexpr std::size_t kMaxSegmentIdBytes = 64;
constexpr std::size_t kMaxSegments = 10'000;
constexpr std::uint16_t kDeduplicationDays = 30;  // whole days after that of the first arrival
constexpr std::size_t kMaxPrefetched = 32;  // events; more would push each other out of the caches
constexpr std::size_t kMaxReasonBytes = 500;       // why a link was taken back
constexpr std::size_t kMaxSubjectsPerFan = 1'000;  // who is more devices than this is no person

class FansBook final : public journal::Book {
  public:
    FansBook() = default;
    FansBook(const FansBook&) = delete;
    FansBook& operator=(const FansBook&) = delete;

    // ---- commands ------------------------------------------------------------------------------
    // Judges one event and takes its payload. The caller applies the drafts before it asks about
    // the next event. New subjects are numbered from `next_subject` on; each has a draft of its
    // own.
    EventDecision decide_event(IncomingEvent& event, SubjectId next_subject) const;

    // Begins to fetch the memory that judging and applying these events will read: of many fans
    // most is far away, and waiting for all of it at once takes hardly longer than for one. At
    // most kMaxPrefetched events, those that come next.
    void prefetch(std::span<const IncomingEvent> events) const;

    // Keeps a bad event as a dead letter, sealed under `next_subject`, which becomes its own. When
    // kMaxLetterTies are held the oldest are forgotten with it: their keys must be destroyed.
    ForgetDecision decide_rejection(const Rejection& rejection, std::string_view edition,
                                    SubjectId next_subject) const;

    // Closes a dead letter whose event was put right. The caller commits the event's own drafts
    // before these, in one group. Fails with "fans.no_dead_letter", "fans.already_repaired" or,
    // when the event's message id is taken, "fans.repair_not_new".
    journal::Decision decide_repaired(journal::Offset letter, const IncomingEvent& event) const;

    // Defines a segment, or redefines it with the next version; no draft when nothing changes.
    // Fails with "fans.rule_malformed", "fans.rule_nested", "fans.unknown_score",
    // "fans.segment_id" or "fans.too_many_segments".
    journal::Decision decide_segment(std::string_view id, SegmentKind kind,
                                     std::string_view rule) const;

    // Defines a score, or redefines it with the next version; no draft when nothing changes. Fails
    // with "fans.score_malformed", "fans.score_id" or "fans.too_many_scores".
    journal::Decision decide_score(std::string_view id, const codec::Json& formula) const;

    // States that two identifiers are one fan: because typed-in data match with this confidence, or
    // because somebody knows (kCertain). `reason` is kept. No draft when that stands already. Fails
    // with "fans.unknown_fan", "fans.same_identifier", "fans.reason_missing", "fans.bad_confidence"
    // or "fans.too_many_identifiers".
    journal::Decision decide_link(const Statement& statement) const;

    // Whether a match that nobody asked for one by one may be stated.
    MatchFate judge_match(const crypto::Fingerprint& one, const crypto::Fingerprint& other) const;

    // Takes the links between two identifiers of one fan back, for good: all is what it would have
    // been without them. `reason` is kept. Fails with "fans.unknown_fan" or, when they are not
    // linked directly, "fans.not_linked".
    journal::Decision decide_unlink(const crypto::Fingerprint& one,
                                    const crypto::Fingerprint& other,
                                    std::string_view reason) const;

    // Forgets the whole fan behind a user id, linked devices and the dead letters that name it
    // included. The caller writes the drafts and then destroys the keys. Fails with
    // "fans.unknown_fan".
    Result<ForgetDecision> decide_forget(const crypto::Fingerprint& user) const;
    // The same of these fans, and of dead letters by their own subjects.
    ForgetDecision decide_forget_fans(const std::set<FanId>& fans) const;
    ForgetDecision decide_forget_letters(std::vector<SubjectId> letters) const;

    // ---- fans ----------------------------------------------------------------------------------
    // By user_fingerprint() or anonymous_fingerprint(); kNoSubject when unknown.
    FanId find_fan(const crypto::Fingerprint& identifier) const;
    // The fan a subject belongs to now; kNoSubject when there is no such subject.
    FanId fan_of(SubjectId subject) const;
    bool is_fan(FanId fan) const { return board_.everyone().contains(fan); }

    // For a fan that is there. The user id that the product addresses; empty for a mere device.
    std::string_view user_id(FanId fan) const { return subjects_.user_id(fan); }
    std::string_view language(FanId fan) const { return text_of(fan, Measure::kLanguage); }
    std::string_view area(FanId fan) const { return text_of(fan, Measure::kArea); }
    // IANA name of a time zone, as the fan or its devices say; not checked.
    std::string_view zone(FanId fan) const { return text_of(fan, Measure::kZone); }
    std::string_view email_tag(FanId fan) const { return subjects_.email_tag(fan); }
    std::vector<SubjectId> subjects(FanId fan) const { return subjects_.members(fan); }
    // Sports that the fan follows or watched, in no certain order.
    std::vector<std::string_view> sports(FanId fan) const;
    // One counted feature, e.g. {Measure::kDwell, "replay"}; 0 when there is nothing.
    std::int64_t value(FanId fan, const Feature& feature) const;
    // Everything that is known about a fan, for `altis fans explain` and the person's own eyes.
    codec::Json profile(FanId fan) const;

    // The fan's identifiers, the links between them, and which of these hold.
    codec::Json links(FanId fan) const;
    // Of all events, links and identifiers, whatever their order was.
    crypto::Digest content_hash() const;

    const FanSet& everyone() const { return board_.everyone(); }
    const FanSet& followers(std::string_view athlete) const { return board_.followers(athlete); }
    FanCounts counts() const;
    TableBytes table_bytes() const { return {directory_.memory_bytes(), known_.memory_bytes()}; }

    // ---- segments ------------------------------------------------------------------------------
    const std::map<std::string, Segment, std::less<>>& segments() const {
        return board_.segments();
    }
    // Null when unknown.
    const Segment* segment(std::string_view id) const;
    bool in_segment(FanId fan, std::string_view id) const;
    // How many fans are in all of these segments. Fails with "fans.unknown_segment".
    Result<std::uint64_t> intersection_size(std::span<const std::string_view> ids) const;
    // How many fans a rule selects, `in(segment)` included. Fails with "fans.rule_malformed",
    // "fans.unknown_segment", "fans.unknown_score" or "fans.question_too_large".
    Result<std::uint64_t> size_of(std::string_view rule) const;
    // Why a fan is in a segment, or not. Fails with "fans.unknown_segment" or "fans.unknown_fan".
    Result<codec::Json> explain(FanId fan, std::string_view id) const;

    const std::map<std::string, Score, std::less<>>& scores() const {
        return board_.scores().all();
    }
    // What every score comes to for a fan that is there, and what each term adds.
    codec::Json explain_scores(FanId fan) const;

    // ---- dead letters and the forgotten --------------------------------------------------------
    // By offset; the newest kMaxDeadLetters.
    const std::deque<DeadLetter>& dead_letters() const { return dead_letters_; }
    // Dead letters that name an identifier or the e-mail address of one of these fans, by the
    // subject under which each alone is sealed.
    std::vector<SubjectId> letters_naming(const std::set<FanId>& fans) const;
    // Subjects whose keys are destroyed, or must be if a crash came between.
    const std::set<SubjectId>& forgotten_subjects() const { return forgotten_; }
    // The same of dead letters.
    const FanSet& forgotten_letters() const { return forgotten_letters_; }

    // ---- retention (retention.h) ---------------------------------------------------------------
    // Fans of the range whose last event, by event time, is older than the limit of every edition
    // that has events of theirs.
    std::vector<FanId> inactive_fans(const RetentionLimits& limits, Time now,
                                     const SubjectRange& range) const;
    // Dead letters that came before the limit of their edition, oldest first.
    std::vector<SubjectId> old_letters(const RetentionLimits& limits, Time now,
                                       std::size_t at_most) const;
    // Whether the edition has events of the fan.
    bool is_active_in(FanId fan, std::string_view edition) const;
    // No subject of a fan has this number or a higher one.
    std::uint32_t end_of_subjects() const { return subjects_.end_of_numbers(); }

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "fans"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    // An event that was accepted, or kept as a conflict.
    struct Known {
        crypto::Fingerprint key;
        std::uint64_t content = 0;
        SubjectId subject = kNoSubject;
        std::uint16_t day = 0;  // of its arrival
    };
    // An identifier.
    struct Entry {
        crypto::Fingerprint key;
        SubjectId subject = kNoSubject;
    };

    // Decides about one event: finds and numbers its subjects.
    class Judge;

    SubjectId lookup(const crypto::Fingerprint& identifier) const;
    bool may_link(SubjectId one, SubjectId other) const;

    void clear();
    Result<void> load_state(ByteReader& in);
    void save_activity(ByteWriter& out) const;
    void load_activity(ByteReader& in);
    void apply_event(const journal::Record& record);
    void apply_linked(const journal::Record& record);
    void apply_unlinked(const journal::Record& record);
    void regroup(FanId one, FanId other);
    void apply_conflict(const journal::Record& record);
    void apply_rejected(const journal::Record& record);
    void apply_repaired(const journal::Record& record);
    void apply_segment(const journal::Record& record);
    void apply_score(const journal::Record& record);
    Result<void> require_scores(const Rule& rule) const;
    void apply_forgotten(const journal::Record& record);
    void forget_subjects(const std::set<SubjectId>& doomed);
    void forget_letters(const std::set<SubjectId>& doomed);
    void empty_letters_of(const std::set<SubjectId>& doomed);
    bool remember(const Known& known);
    bool is_old(const Known& known) const;
    void reach(Time time);
    void enter(SubjectId subject, const EventHead& head);
    void ensure(SubjectId subject);
    void apply_erased(const journal::Record& record);
    bool keep_dead_letter(DeadLetter letter);
    const DeadLetter* dead_letter(journal::Offset offset) const;
    void note_activity(const journal::Record& record);
    void forget_activity(const std::set<SubjectId>& doomed);
    Time last_activity(FanId fan) const;
    bool is_past(FanId fan, const RetentionLimits& limits, Time now) const;
    std::string_view text_of(FanId fan, Measure measure) const;
    codec::Json follows_of(FanId fan, Measure measure) const;

    Subjects subjects_;
    SegmentBoard board_{subjects_};
    FingerprintTable<Known> known_;
    FingerprintTable<Entry> directory_;
    std::deque<DeadLetter> dead_letters_;  // by offset
    LetterTies ties_;
    std::set<SubjectId> forgotten_;
    FanSet forgotten_letters_;
    std::map<std::string, FanSet, std::less<>> active_in_;  // by edition: whose events it has
    std::map<SubjectId, Time> conflict_times_;              // of the latest, by event time
    std::uint16_t latest_day_ = 0;                          // of any record
    std::uint64_t events_ = 0;
    std::uint64_t conflicts_ = 0;
    std::uint64_t rejected_ = 0;
    std::vector<Change> changes_;  // scratch of apply_event
};

}  // namespace altis::fans
