#include "fans/subjects.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace altis::fans {
namespace {

void note(std::vector<Change>& changes, FeatureId feature, std::optional<std::int64_t> added) {
    const auto known = std::ranges::find(changes, feature, &Change::feature);
    if (known == changes.end()) {
        changes.push_back({feature, added});
    } else if (known->added && added) {
        *known->added += *added;
    }
}

// The length was checked before the event was written.
std::array<char, kEmailTagBytes> email_tag_of(std::string_view bytes) {
    std::array<char, kEmailTagBytes> tag{};
    ALTIS_ASSERT(bytes.size() == tag.size());
    std::ranges::copy(bytes, tag.begin());
    return tag;
}

}  // namespace

bool Subjects::contains(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    return number < subjects_.size() && subjects_[number].fan != 0;
}

bool Subjects::ensure(SubjectId subject) {
    ALTIS_ASSERT(subject != kNoSubject);
    if (contains(subject)) return false;
    const std::uint32_t number = to_number(subject);
    subjects_.reach(number);
    subjects_[number] = {number, number, BlockPool::kNone};
    ++subject_count_;
    return true;
}

void Subjects::prefetch_place(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    if (number < subjects_.size()) __builtin_prefetch(&subjects_[number]);
    graph_.prefetch_place(subject);
}

void Subjects::prefetch_content(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    if (number < subjects_.size()) contributions_.prefetch(subjects_[number].contribution);
    graph_.prefetch_content(subject);
}

Contribution Subjects::contribution(SubjectId subject) const {
    ALTIS_ASSERT(contains(subject));
    return contribution(subjects_[to_number(subject)]);
}

bool Subjects::has_events(SubjectId subject) const {
    if (!contains(subject)) return false;
    const Contribution one = contribution(subject);
    return one.events() > 0 || one.conflicts() > 0;
}

FanId Subjects::fan_of(SubjectId subject) const {
    ALTIS_ASSERT(contains(subject));
    return FanId{subjects_[to_number(subject)].fan};
}

template <class Visitor>
void Subjects::for_each_member(FanId fan, const Visitor& visit) const {
    std::uint32_t number = to_number(fan);
    do {
        const Subject& subject = subjects_[number];
        visit(SubjectId{number}, subject);
        number = subject.next;
    } while (number != to_number(fan));
}

std::vector<SubjectId> Subjects::members(FanId fan) const {
    std::vector<SubjectId> result;
    for_each_member(fan, [&](SubjectId id, const Subject&) { result.push_back(id); });
    std::ranges::sort(result);
    return result;
}

bool Subjects::is_named(FanId fan) const {
    return !user_id(fan).empty();
}

std::string_view Subjects::user_id(FanId fan) const {
    std::string_view user_id;
    Time first_seen;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const Contribution one = contribution(subject);
        const std::string_view name = one.user_id();
        if (name.empty()) return;
        if (user_id.empty() || std::pair(one.first_seen(), name) < std::pair(first_seen, user_id)) {
            user_id = name;
            first_seen = one.first_seen();
        }
    });
    return user_id;
}

void Subjects::name_user(SubjectId subject, std::string_view user_id) {
    contributions_.name_user(slot(subject).contribution, user_id);
}

void Subjects::fold_signal(Subject& subject, const EventHead& head, const Signal& signal,
                           std::vector<Change>& changes) {
    const auto add = [&](Measure measure, std::string_view first, std::string_view second,
                         std::int64_t amount) {
        const FeatureId feature = features_.intern({measure, first, second});
        contributions_.add(subject.contribution, feature, amount);
        note(changes, feature, amount);
    };
    const auto remember = [&](const Feature& what, std::uint32_t value) {
        const FeatureId feature = features_.intern(what);
        contributions_.remember(subject.contribution,
                                Register{head.event_time, head.message.low, feature, value});
        note(changes, feature, {});
    };
    const auto remember_text = [&](Measure measure) {
        const FeatureId feature = features_.intern({measure, {}, {}});
        const FeatureId text = features_.intern({Measure::kText, signal.name, {}});
        contributions_.remember(subject.contribution,
                                Register{head.event_time, head.message.low, feature, text});
        return feature;
    };
    const auto keep = [&](Measure measure) { note(changes, remember_text(measure), {}); };
    const auto follow = [&](Measure measure) {
        remember({measure, signal.name, {}}, signal.value != 0 ? 1 : 0);
    };
    switch (signal.kind) {
        case SignalKind::kViewed:
            add(Measure::kDwell, signal.name, {}, signal.value);
            add(Measure::kViews, signal.name, {}, 1);
            if (!signal.sport.empty()) add(Measure::kWatched, signal.sport, {}, 1);
            break;
        case SignalKind::kShared:
            add(Measure::kShares, {}, {}, 1);
            break;
        case SignalKind::kSportFollowed:
            follow(Measure::kFollowsSport);
            break;
        case SignalKind::kFollowed:
            follow(Measure::kFollows);
            break;
        case SignalKind::kOrdered:
            add(Measure::kOrders, {}, {}, 1);
            break;
        case SignalKind::kBought:
            add(Measure::kBought, signal.name, {}, signal.quantity);
            if (!signal.sport.empty()) {
                add(Measure::kBought, signal.name, signal.sport, signal.quantity);
            }
            add(Measure::kSpent, signal.name, signal.currency, signal.value);
            break;
        case SignalKind::kAttended:
            add(Measure::kAttended, signal.sport, {}, 1);
            break;
        case SignalKind::kOpened:
            add(Measure::kOpened, {}, {}, 1);
            break;
        case SignalKind::kConsent:
            break;  // the rule book's
        case SignalKind::kLanguage:
            keep(Measure::kLanguage);
            break;
        case SignalKind::kArea:
            keep(Measure::kArea);
            break;
        case SignalKind::kZone:
            keep(Measure::kZone);
            break;
        case SignalKind::kSeenZone:
            remember_text(Measure::kSeenZone);
            note(changes, zone_, {});
            break;
        case SignalKind::kEmail:
            contributions_.remember(
                subject.contribution,
                EmailRegister{head.event_time, head.message.low, email_tag_of(signal.name)});
            break;
    }
}

void Subjects::fold(SubjectId id, const FanEvent& event, std::vector<Change>& changes) {
    Subject& subject = slot(id);
    const Time time = event.head.event_time;
    contributions_.count_event(subject.contribution, time);
    if (contributions_.visit(subject.contribution, half_hour_of(time))) {
        note(changes, sessions_, {});
        note(changes, active_days_, {});
    }
    Signal signal;
    for (SignalCursor cursor = event.signals(); cursor.next(signal);)
        fold_signal(subject, event.head, signal, changes);
}

// Joins two rings, and gives every member of the higher fan the lower number.
void Subjects::join(SubjectId from, SubjectId to) {
    if (fan_of(from) == fan_of(to)) return;
    const std::uint32_t low = std::min(to_number(fan_of(from)), to_number(fan_of(to)));
    const std::uint32_t high = std::max(to_number(fan_of(from)), to_number(fan_of(to)));
    std::uint32_t number = high;
    do {
        subjects_[number].fan = low;
        number = subjects_[number].next;
    } while (number != high);
    std::swap(subjects_[low].next, subjects_[high].next);
}

void Subjects::regroup(std::span<const SubjectId> subjects) {
    for (const SubjectId subject : subjects) {
        slot(subject).fan = to_number(subject);
        slot(subject).next = to_number(subject);
    }
    for (const SubjectId subject : subjects)
        graph_.for_each_neighbour(subject, [&](SubjectId peer) { join(subject, peer); });
}

void Subjects::remove(FanId fan) {
    const std::vector<SubjectId> doomed = members(fan);
    for (const SubjectId subject : doomed) {
        graph_.remove(subject);
        contributions_.remove(slot(subject).contribution);
        slot(subject) = Subject{};
        --subject_count_;
    }
}

const Register* Subjects::latest(FanId fan, FeatureId feature) const {
    const Register* best = nullptr;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const Register* const one = contribution(subject).find_register(feature);
        if (one != nullptr && (best == nullptr || is_later(*one, *best))) best = one;
    });
    return best;
}

std::int64_t Subjects::value(FanId fan, FeatureId feature) const {
    const Measure measure = features_.feature(feature).measure;
    if (measure >= Measure::kFollows) {
        const Register* found = latest(fan, feature);
        if (found == nullptr && feature == zone_) found = latest(fan, seen_zone_);
        return found == nullptr ? 0 : found->value;
    }
    if (measure == Measure::kSessions) return visit_counts(fan).sessions;
    if (measure == Measure::kActiveDays) return visit_counts(fan).active_days;
    std::uint64_t sum = 0;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        sum += static_cast<std::uint64_t>(contribution(subject).sum(feature));
    });
    return static_cast<std::int64_t>(sum);
}

VisitCounts Subjects::visit_counts(FanId fan) const {
    if (SubjectId{subjects_[to_number(fan)].next} == fan) {
        return count_visits(contribution(fan).visits());
    }
    std::vector<HalfHour> all;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const auto visits = contribution(subject).visits();
        all.insert(all.end(), visits.begin(), visits.end());
    });
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return count_visits(all);
}

std::string_view Subjects::email_tag(FanId fan) const {
    const EmailRegister* best = nullptr;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const EmailRegister* const one = contribution(subject).email();
        if (one != nullptr && (best == nullptr || is_later(*one, *best))) best = one;
    });
    return best == nullptr ? std::string_view() : best->text();
}

std::vector<std::string_view> Subjects::email_tags(FanId fan) const {
    std::vector<std::string_view> tags;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const EmailRegister* const one = contribution(subject).email();
        if (one != nullptr) tags.push_back(one->text());
    });
    return tags;
}

std::vector<FeatureId> Subjects::features_of(FanId fan) const {
    std::vector<FeatureId> result;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const Contribution one = contribution(subject);
        one.for_each_sum([&](FeatureId feature, std::int64_t) { result.push_back(feature); });
        for (const Register& entry : one.registers())
            result.push_back(entry.feature == seen_zone_ ? zone_ : entry.feature);
        if (!one.visits().empty()) result.insert(result.end(), {sessions_, active_days_});
    });
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

}  // namespace altis::fans
