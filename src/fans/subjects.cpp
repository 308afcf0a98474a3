#include "fans/subjects.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace altis::fans {
namespace {

const Register* find_register(const Subject& subject, FeatureId feature) {
    const auto at = std::ranges::lower_bound(subject.registers, feature, {}, &Register::feature);
    return at != subject.registers.end() && at->feature == feature ? &*at : nullptr;
}

std::int64_t counter_value(const Subject& subject, FeatureId feature) {
    const auto at = std::ranges::lower_bound(subject.counters, feature, {}, &Counter::feature);
    return at != subject.counters.end() && at->feature == feature ? at->value() : 0;
}

template <class Latest>
bool is_later(Time time, std::uint64_t tie, const Latest& than) {
    return std::tie(time, tie) > std::tie(than.time, than.tie);
}

void note(std::vector<Change>& changes, FeatureId feature, std::optional<std::int64_t> added) {
    const auto known = std::ranges::find(changes, feature, &Change::feature);
    if (known == changes.end()) {
        changes.push_back({feature, added});
    } else if (known->added && added) {
        *known->added += *added;
    }
}

}  // namespace

void Counter::add(std::int64_t amount) {
    const auto sum = static_cast<std::uint64_t>(value()) + static_cast<std::uint64_t>(amount);
    low = static_cast<std::uint32_t>(sum);
    high = static_cast<std::uint32_t>(sum >> 32);
}

bool Subjects::contains(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    return number < subjects_.size() && subjects_[number].fan != 0;
}

bool Subjects::ensure(SubjectId subject) {
    ALTIS_ASSERT(subject != kNoSubject);
    if (contains(subject)) return false;
    const std::uint32_t number = to_number(subject);
    if (number >= subjects_.size()) subjects_.resize(std::size_t{number} + 1);
    subjects_[number].fan = number;
    subjects_[number].next = number;
    ++subject_count_;
    return true;
}

const Subject& Subjects::at(SubjectId subject) const {
    ALTIS_ASSERT(contains(subject));
    return subjects_[to_number(subject)];
}

FanId Subjects::fan_of(SubjectId subject) const {
    return FanId{at(subject).fan};
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
    const Subject* first = nullptr;
    const auto key = [](const Subject& subject) {
        return std::tie(subject.first_seen, subject.user_id);
    };
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        if (subject.user_id.empty()) return;
        if (first == nullptr || key(subject) < key(*first)) first = &subject;
    });
    return first == nullptr ? std::string_view() : std::string_view(first->user_id);
}

void Subjects::name_user(SubjectId subject, std::string_view user_id) {
    if (slot(subject).user_id.empty()) slot(subject).user_id = user_id;
}

FeatureId Subjects::count(Subject& subject, const Feature& feature, std::int64_t amount) {
    const FeatureId id = features_.intern(feature);
    auto at = std::ranges::lower_bound(subject.counters, id, {}, &Counter::feature);
    if (at == subject.counters.end() || at->feature != id) {
        at = subject.counters.insert(at, Counter{id, 0, 0});
    }
    at->add(amount);
    return id;
}

FeatureId Subjects::remember(Subject& subject, const EventHead& head, const Feature& feature,
                             std::uint32_t value) {
    const FeatureId id = features_.intern(feature);
    const Register fresh{head.event_time, head.message.low, id, value};
    auto at = std::ranges::lower_bound(subject.registers, id, {}, &Register::feature);
    if (at == subject.registers.end() || at->feature != id) {
        subject.registers.insert(at, fresh);
    } else if (is_later(fresh.time, fresh.tie, *at)) {
        *at = fresh;
    }
    return id;
}

void Subjects::remember_email(SubjectId subject, const EventHead& head, std::string_view tag) {
    auto [at, fresh] = emails_.try_emplace(to_number(subject));
    if (fresh || is_later(head.event_time, head.message.low, at->second)) {
        at->second = {head.event_time, head.message.low, std::string(tag)};
    }
}

void Subjects::fold_signal(SubjectId subject, const EventHead& head, const Signal& signal,
                           std::vector<Change>& changes) {
    Subject& into = slot(subject);
    const auto add = [&](Measure measure, std::string_view first, std::string_view second,
                         std::int64_t amount) {
        note(changes, count(into, {measure, first, second}, amount), amount);
    };
    const auto remember_text = [&](Measure measure) {
        const FeatureId text = features_.intern({Measure::kText, signal.name, {}});
        return remember(into, head, {measure, {}, {}}, text);
    };
    const auto keep = [&](Measure measure) { note(changes, remember_text(measure), {}); };
    const auto follow = [&](Measure measure) {
        const std::uint32_t follows = signal.value != 0 ? 1 : 0;
        note(changes, remember(into, head, {measure, signal.name, {}}, follows), {});
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
            remember_email(subject, head, signal.name);
            break;
    }
}

void Subjects::fold(SubjectId subject, const FanEvent& event, std::vector<Change>& changes) {
    Subject& into = slot(subject);
    ++into.events;
    into.first_seen = std::min(into.first_seen, event.head.event_time);
    into.last_seen = std::max(into.last_seen, event.head.event_time);
    if (add_visit(into.visits, event.head.event_time)) {
        note(changes, sessions_, {});
        note(changes, active_days_, {});
    }
    Signal signal;
    for (SignalCursor cursor = event.signals(); cursor.next(signal);) {
        fold_signal(subject, event.head, signal, changes);
    }
}

// Joins two rings, and gives every member of the higher fan the lower number.
void Subjects::join(SubjectId from, SubjectId to) {
    if (fan_of(from) == fan_of(to)) return;
    const std::uint32_t low = std::min(at(from).fan, at(to).fan);
    const std::uint32_t high = std::max(at(from).fan, at(to).fan);
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
        slot(subject) = Subject{};
        emails_.erase(to_number(subject));
        --subject_count_;
    }
}

const Register* Subjects::latest(FanId fan, FeatureId feature) const {
    const Register* best = nullptr;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        const Register* const one = find_register(subject, feature);
        if (one != nullptr && (best == nullptr || is_later(one->time, one->tie, *best))) best = one;
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
        sum += static_cast<std::uint64_t>(counter_value(subject, feature));
    });
    return static_cast<std::int64_t>(sum);
}

VisitCounts Subjects::visit_counts(FanId fan) const {
    const Subject& first = at(fan);
    if (SubjectId{first.next} == fan) return count_visits(first.visits);
    Visits all;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        all.insert(all.end(), subject.visits.begin(), subject.visits.end());
    });
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return count_visits(all);
}

std::string_view Subjects::email_tag(FanId fan) const {
    const EmailRegister* best = nullptr;
    for_each_member(fan, [&](SubjectId id, const Subject&) {
        const auto found = emails_.find(to_number(id));
        if (found == emails_.end()) return;
        if (best == nullptr || is_later(found->second.time, found->second.tie, *best)) {
            best = &found->second;
        }
    });
    return best == nullptr ? std::string_view() : best->tag;
}

std::vector<std::string_view> Subjects::email_tags(FanId fan) const {
    std::vector<std::string_view> tags;
    for_each_member(fan, [&](SubjectId id, const Subject&) {
        const auto found = emails_.find(to_number(id));
        if (found != emails_.end()) tags.push_back(found->second.tag);
    });
    return tags;
}

std::vector<FeatureId> Subjects::features_of(FanId fan) const {
    std::vector<FeatureId> result;
    for_each_member(fan, [&](SubjectId, const Subject& subject) {
        for (const Counter& counter : subject.counters)
            result.push_back(counter.feature);
        for (const Register& entry : subject.registers)
            result.push_back(entry.feature == seen_zone_ ? zone_ : entry.feature);
        if (!subject.visits.empty()) result.insert(result.end(), {sessions_, active_days_});
    });
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

}  // namespace altis::fans
