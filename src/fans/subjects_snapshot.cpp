// Subjects as bytes. Features are numbered by their names here, so that equal states give equal
// bytes whatever order the features came up in.
#include <algorithm>

#include "base/assert.h"
#include "fans/subjects.h"

namespace altis::fans {
namespace {

bool holds_text(const FeatureTable& features, FeatureId id) {
    return is_text(features.feature(id).measure);
}

template <class Entry>
std::vector<Entry> in_order(const std::vector<Entry>& entries, const FeatureOrder& order) {
    std::vector<Entry> sorted = entries;
    std::ranges::sort(sorted, {}, [&](const Entry& entry) { return order.place(entry.feature); });
    return sorted;
}

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(Code::kCorrupt, "fans.snapshot_damaged",
                "the snapshot of the fans has " + std::string(what) + "; replay the journal");
}

}  // namespace

FeatureOrder Subjects::save_features(ByteWriter& out) const {
    FeatureOrder order(features_);
    for (const Subject& subject : subjects_) {
        for (const Counter& counter : subject.counters)
            order.use(counter.feature);
        for (const Register& entry : subject.registers) {
            order.use(entry.feature);
            if (holds_text(features_, entry.feature)) order.use(entry.value);
        }
    }
    const std::vector<FeatureId> sorted = order.sort();
    out.put(static_cast<std::uint32_t>(sorted.size()));
    for (const FeatureId id : sorted) {
        const Feature& feature = features_.feature(id);
        out.put(static_cast<std::uint8_t>(feature.measure));
        out.put_text(feature.first);
        out.put_text(feature.second);
    }
    return order;
}

void Subjects::save_contribution(ByteWriter& out, SubjectId id, const FeatureOrder& order) const {
    const Subject& subject = at(id);
    out.put(subject.events, subject.conflicts);
    out.put(subject.first_seen.us);
    out.put(subject.last_seen.us);
    out.put_text(subject.user_id);
    out.put(static_cast<std::uint32_t>(subject.counters.size()));
    for (const Counter& counter : in_order(subject.counters, order)) {
        out.put(order.place(counter.feature));
        out.put(counter.value());
    }
    out.put(static_cast<std::uint32_t>(subject.registers.size()));
    for (const Register& entry : in_order(subject.registers, order)) {
        const bool text = holds_text(features_, entry.feature);
        out.put(order.place(entry.feature));
        out.put(entry.time.us);
        out.put(entry.tie);
        out.put(text ? order.place(entry.value) : entry.value);
    }
    out.put(static_cast<std::uint32_t>(subject.visits.size()));
    for (const std::uint32_t visit : subject.visits)
        out.put(visit);
    const auto email = emails_.find(to_number(id));
    out.put(static_cast<std::uint8_t>(email != emails_.end()));
    if (email == emails_.end()) return;
    out.put(email->second.time.us);
    out.put(email->second.tie);
    out.put_text(email->second.tag);
}

void Subjects::save(ByteWriter& out) const {
    const FeatureOrder order = save_features(out);
    out.put(static_cast<std::uint32_t>(subject_count_));
    for (std::uint32_t number = 1; number < subjects_.size(); ++number) {
        if (subjects_[number].fan == 0) continue;
        out.put(number);
        save_contribution(out, SubjectId{number}, order);
    }
    graph_.save(out);
}

namespace {

// The feature at a place of the file's list; UINT32_MAX for a place behind its end.
FeatureId id_at(const std::vector<FeatureId>& ids, std::uint32_t place) {
    return place < ids.size() ? ids[place] : UINT32_MAX;
}

Visits get_visits(ByteReader& in) {
    Visits visits;
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left)
        visits.push_back(in.get<std::uint32_t>());
    return visits;
}

}  // namespace

Result<void> Subjects::load_subject(ByteReader& in, const std::vector<FeatureId>& ids) {
    bool known = true;
    const SubjectId subject{in.get<std::uint32_t>()};
    if (subject == kNoSubject || contains(subject)) return damaged("a subject twice");
    ensure(subject);
    Subject& into = slot(subject);
    into.events = in.get<std::uint32_t>();
    into.conflicts = in.get<std::uint32_t>();
    into.first_seen.us = in.get<std::int64_t>();
    into.last_seen.us = in.get<std::int64_t>();
    into.user_id = in.get_text();
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Counter counter{id_at(ids, in.get<std::uint32_t>()), 0, 0};
        counter.add(in.get<std::int64_t>());
        known = known && counter.feature != UINT32_MAX;
        into.counters.push_back(counter);
    }
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Register entry;
        entry.feature = id_at(ids, in.get<std::uint32_t>());
        entry.time.us = in.get<std::int64_t>();
        entry.tie = in.get<std::uint64_t>();
        entry.value = in.get<std::uint32_t>();
        known = known && entry.feature != UINT32_MAX;
        if (known && holds_text(features_, entry.feature)) entry.value = id_at(ids, entry.value);
        known = known && entry.value != UINT32_MAX;
        into.registers.push_back(entry);
    }
    into.visits = get_visits(in);
    if (!known) return damaged("a feature that it does not name");
    std::ranges::sort(into.counters, {}, &Counter::feature);
    std::ranges::sort(into.registers, {}, &Register::feature);
    if (in.get<std::uint8_t>() == 0) return {};
    EmailRegister& email = emails_[to_number(subject)];
    email.time.us = in.get<std::int64_t>();
    email.tie = in.get<std::uint64_t>();
    email.tag = in.get_text();
    return {};
}

Result<void> Subjects::join_all() {
    bool known = true;
    for (std::uint32_t number = 1; number < subjects_.size(); ++number) {
        if (subjects_[number].fan == 0) continue;
        graph_.for_each_neighbour(SubjectId{number}, [&](SubjectId peer) {
            known = known && contains(peer);
            if (known) join(SubjectId{number}, peer);
        });
    }
    return known ? Result<void>() : damaged("a link to nobody");
}

Result<void> Subjects::load(ByteReader& in) {
    *this = Subjects();
    std::vector<FeatureId> ids;
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Feature feature{static_cast<Measure>(in.get<std::uint8_t>()), {}, {}};
        feature.first = in.get_text();
        feature.second = in.get_text();
        if (static_cast<std::uint8_t>(feature.measure) >= kMeasures) {
            return damaged("an unknown measure");
        }
        ids.push_back(features_.intern(feature));
    }
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        TRY_VOID(load_subject(in, ids));
    }
    TRY_VOID(graph_.load(in));
    return join_all();
}

}  // namespace altis::fans
