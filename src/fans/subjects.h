// Who the fans are: subjects, what each contributed, and which of them are one fan.
//
// Every event counts for one subject, and every identifier has a subject of its own. Subjects that
// turn out to be the same person are linked; a fan is a component of subjects whose links hold, and
// has the number of its lowest subject. Contributions stay with their subject, and a fan's value is
// their combination: sums, and the latest of what is remembered. So a fan's profile does not depend
// on the order in which events and links came in, and when a link is taken back every fan is what
// it would have been without it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"
#include "fans/chunked_array.h"
#include "fans/contribution.h"
#include "fans/fan_event.h"
#include "fans/features.h"
#include "fans/link_graph.h"

namespace altis::fans {

// Number of a fan: that of its lowest subject.
using FanId = SubjectId;

// Not thread-safe. Functions that take a FanId or a subject expect one that is there.
class Subjects {
  public:
    bool contains(SubjectId subject) const;

    // Makes the subject (a fan of its own) when it is new, and then gives true.
    bool ensure(SubjectId subject);

    // True when an event, or one kept as a dead letter, was counted for the subject. There need not
    // be such a subject.
    bool has_events(SubjectId subject) const;

    // Adds what an event says. `changes` gets what that may have changed, each feature once.
    void fold(SubjectId subject, const FanEvent& event, std::vector<Change>& changes);

    // Begin to fetch what folding an event of the subject will read, a step each: where its
    // contribution and links are, then these. There need not be such a subject.
    void prefetch_place(SubjectId subject) const;
    void prefetch_content(SubjectId subject) const;

    // One more event of the subject was kept as a dead letter.
    void count_conflict(SubjectId subject) {
        contributions_.count_conflict(slot(subject).contribution);
    }

    // The subject belongs to this user id.
    void name_user(SubjectId subject, std::string_view user_id);

    // States or cuts a link. Unless the effect is kNone, `regroup` the fans of both ends.
    LinkEffect state(const Link& link) { return graph_.add(link); }
    LinkEffect cut(SubjectId one, SubjectId other) { return graph_.cut(one, other); }
    const LinkGraph& graph() const { return graph_; }

    // Makes fans anew of all these subjects, which are whole fans now.
    void regroup(std::span<const SubjectId> subjects);

    // Removes a whole fan and every link of it.
    void remove(FanId fan);

    // No subject has this number or a higher one.
    std::uint32_t end_of_numbers() const { return static_cast<std::uint32_t>(subjects_.size()); }

    FanId fan_of(SubjectId subject) const;
    Contribution contribution(SubjectId subject) const;  // until the next change
    std::vector<SubjectId> members(FanId fan) const;     // ascending
    bool is_named(FanId fan) const;                      // one of its subjects has a user id
    // Of several users the one who was seen first; empty when there is none.
    std::string_view user_id(FanId fan) const;

    // Combined value of a feature: the sum, 1 or 0, or the kText feature (0 when never set).
    std::int64_t value(FanId fan, FeatureId feature) const;
    // Of all the fan's subjects together.
    VisitCounts visit_counts(FanId fan) const;
    // Latest value that is remembered; null when there is none.
    const Register* latest(FanId fan, FeatureId feature) const;
    // 16 bytes, or empty.
    std::string_view email_tag(FanId fan) const;
    // Of all the fan's subjects.
    std::vector<std::string_view> email_tags(FanId fan) const;
    // All features that any subject of the fan has, ascending.
    std::vector<FeatureId> features_of(FanId fan) const;

    FeatureTable& features() { return features_; }
    const FeatureTable& features() const { return features_; }

    std::size_t subject_count() const { return subject_count_; }

    // Calls `visit(SubjectId)` for every fan, ascending.
    template <class Visitor>
    void for_each_fan(const Visitor& visit) const {
        for (std::uint32_t i = 1; i < subjects_.size(); ++i) {
            if (subjects_[i].fan == i) visit(SubjectId{i});
        }
    }

    void save(ByteWriter& out) const;
    Result<void> load(ByteReader& in);

    // The names of all features in use, and after that contributions of single subjects, without
    // anything that depends on how subjects are numbered.
    FeatureOrder save_features(ByteWriter& out) const;
    void save_contribution(ByteWriter& out, SubjectId subject, const FeatureOrder& order) const;

  private:
    // 12 bytes, because most subjects are devices that only lead to their user.
    struct Subject {
        std::uint32_t fan = 0;   // number of the fan; 0 = no such subject
        std::uint32_t next = 0;  // ring through the fan's subjects
        Contributions::Block contribution = BlockPool::kNone;
    };

    Subject& slot(SubjectId subject) { return subjects_[to_number(subject)]; }
    Contribution contribution(const Subject& subject) const {
        return contributions_.at(subject.contribution);
    }
    template <class Visitor>
    void for_each_member(FanId fan, const Visitor& visit) const;
    void fold_signal(Subject& subject, const EventHead& head, const Signal& signal,
                     std::vector<Change>& changes);
    void join(SubjectId from, SubjectId to);
    void prefetch_ahead(std::uint32_t number) const;
    Result<void> load_subject(ByteReader& in, const std::vector<FeatureId>& ids);
    bool load_values(ByteReader& in, Subject& into, const std::vector<FeatureId>& ids);
    Result<void> join_all();

    FeatureTable features_;
    FeatureId sessions_ = features_.intern({Measure::kSessions, {}, {}});
    FeatureId active_days_ = features_.intern({Measure::kActiveDays, {}, {}});
    FeatureId zone_ = features_.intern({Measure::kZone, {}, {}});
    FeatureId seen_zone_ = features_.intern({Measure::kSeenZone, {}, {}});
    ChunkedArray<Subject> subjects_;  // by number; holes for other subjects of the journal
    Contributions contributions_;
    LinkGraph graph_;
    std::size_t subject_count_ = 0;
};

}  // namespace altis::fans
