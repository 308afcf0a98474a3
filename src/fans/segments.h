// Cohorts and segments, live: each rule's comparisons are kept as sets of fans, shared between
// rules that say the same, and so are the segments themselves. A changed feature re-evaluates only
// the comparisons that read it; of those of one feature with a number, only what it passed.
//
// What a growing sum passed waits beside its comparison, and goes into the set when somebody looks
// or enough has come: a thousand fans in ascending order cost a set less than thirty that come one
// by one, each to a place of memory of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "fans/fan_set.h"
#include "fans/rule.h"
#include "fans/scores.h"
#include "fans/subjects.h"

namespace altis::fans {

// A cohort says why fans come; a segment is whom somebody wants to reach. They work alike.
enum class SegmentKind : std::uint8_t { kCohort, kSegment };
constexpr std::string_view kSegmentKindNames[] = {"cohort", "segment"};

struct Segment {
    std::string id;
    SegmentKind kind = SegmentKind::kSegment;
    std::int64_t version = 0;  // 1, 2, ... with each redefinition
    Rule rule;
    // Made by the board; a rule of one comparison shares the set of all that say the same.
    std::shared_ptr<const FanSet> members = std::make_shared<FanSet>();
};

// Id, kind, version, size and rule.
codec::Json to_json(const Segment& segment);

// Values of fans that one question may look up; comparisons of defined segments need none.
constexpr std::uint64_t kMaxLookups = 4'000'000;

// Follows the Subjects it was made for, which must outlive it. Not thread-safe.
class SegmentBoard {
  public:
    explicit SegmentBoard(Subjects& subjects) : subjects_(&subjects) {}

    // Defines or redefines a segment and evaluates it for every fan.
    void define(Segment segment);
    // The sets of what these give are as they should be until the next change. Asking for one is
    // cheaper than asking for all.
    const std::map<std::string, Segment, std::less<>>& segments() const;
    const Segment* segment(std::string_view id) const;  // null when unknown

    // Defines or redefines a score, and evaluates the comparisons that read it for every fan.
    void define_score(Score score);
    const Scores& scores() const { return scores_; }
    // What a score comes to for a fan, term by term.
    codec::Json explain(FanId fan, const Score& score) const;

    // A fan's value of any feature, scores included.
    std::int64_t value(FanId fan, FeatureId feature) const;

    // A fan without any feature has come.
    void fan_added(FanId fan);
    // These features of a fan may have changed, each named once.
    void features_changed(FanId fan, std::span<const Change> changes);
    // Call before the subjects change: the fan goes, or becomes part of another.
    void fan_leaving(FanId fan);

    // Every fan.
    const FanSet& everyone() const { return everyone_; }
    // Fans who follow an athlete.
    const FanSet& followers(std::string_view athlete) const;

    // How many fans a rule selects, exactly. Comparisons of defined segments are sets already; the
    // others are looked up for every fan. Fails with "fans.unknown_segment" or
    // "fans.question_too_large".
    Result<std::uint64_t> size_of(const Rule& rule) const;

    // Each comparison of a segment with the fan's values and whether it holds.
    codec::Json explain(FanId fan, const Segment& segment) const;

    // Evaluates everything anew, after the subjects were replaced as a whole.
    void rebuild();

  private:
    using AtomId = std::uint32_t;
    // A term with its feature's number.
    struct BoundTerm {
        std::int64_t coefficient;
        FeatureId feature;
    };
    struct BoundSum {
        std::vector<BoundTerm> terms;
        std::int64_t constant = 0;
    };
    struct Bound;
    // That a fan belongs to a comparison from now on, or no longer.
    struct Move {
        std::uint32_t fan;
        bool member;
    };
    // A comparison, shared by all segments that contain it.
    struct Atom {
        Comparator comparator = Comparator::kAbove;
        BoundSum left;
        BoundSum right;
        std::shared_ptr<FanSet> fans = std::make_shared<FanSet>();
        std::vector<Bound*> users;  // segments that contain it
        std::vector<Move> moves;    // not in `fans` yet, as they came
        bool is_unsettled = false;  // listed as such
    };
    // A segment with its comparisons, as its predicates.
    struct Bound {
        Segment* segment;
        std::vector<AtomId> atoms;
        std::shared_ptr<FanSet> own;  // its members; null when they are those of its comparison
    };

    // A comparison of one feature with a number: holds from `cut` on or, when negated, below it.
    struct Rung {
        std::int64_t cut;
        AtomId atom;
        bool negated;
    };

    AtomId bind(const Predicate& predicate);
    // `number(Feature)` gives the feature's number, or nothing when nobody has the feature.
    template <class Number>
    static BoundSum bind(const Sum& sum, const Number& number);
    template <class Number>
    static Atom make_atom(const Predicate& predicate, const Number& number);
    const Atom* live_atom(const Predicate& predicate) const;
    // The set of a comparison; one that is not kept is made, into `looked_up`.
    Result<const FanSet*> select(const Predicate& predicate, std::deque<FanSet>& looked_up) const;
    Result<void> require_few_lookups(const Rule& rule) const;
    void watch(AtomId atom, const BoundSum& sum);
    void bind_segment(Segment& segment);
    void release(std::string_view id);
    void list_active();
    static std::optional<Rung> rung_of(const Atom& atom, AtomId id);
    void climb(FanId fan, const Change& made);
    void feature_changed(FanId fan, const Change& made);
    void change(FanId fan, Atom& atom, bool member) const;
    void postpone(FanId fan, AtomId id, bool member);
    void settle() const;
    void settle(Atom& atom) const;
    std::int64_t total(FanId fan, const BoundSum& sum) const;
    bool holds(FanId fan, const Atom& atom) const;
    std::int64_t total_for_unknown(const BoundSum& sum) const;
    bool holds_for_unknown(const Atom& atom) const;
    void update_segment(FanId fan, const Bound& bound) const;
    codec::Json explain(FanId fan, const Predicate& predicate, const Atom& atom) const;

    Subjects* subjects_;
    Scores scores_;
    std::vector<FeatureId> changed_scores_;  // scratch of features_changed
    FanSet everyone_;
    std::map<std::string, Segment, std::less<>> segments_;
    mutable std::vector<Atom> atoms_;        // never removed: rules are few
    mutable std::vector<AtomId> unsettled_;  // that may have moves
    std::unordered_map<std::string, AtomId> atoms_by_text_;
    std::unordered_map<std::string, std::unique_ptr<Bound>> bound_;  // by segment
    std::vector<std::vector<AtomId>> watchers_;  // by feature: comparisons that read it, no rungs
    std::vector<std::vector<Rung>> ladders_;     // by feature: rungs in use, by cut
    std::vector<AtomId> default_atoms_;          // that hold for a fan without any feature
    std::vector<FanSet*> default_segments_;
    std::unordered_map<FeatureId, FanSet> followers_;  // by follows(athlete)
    FanSet nobody_;
};

}  // namespace altis::fans
