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

struct PlacedSum {
    FeatureId place;
    std::int64_t value;
};

// Room for what is sorted, made once for all subjects.
struct InOrder {
    std::vector<PlacedSum> sums;
    std::vector<Register> registers;

    void fill(const Contribution& from, const FeatureOrder& order) {
        sums.clear();
        from.for_each_sum([&](FeatureId feature, std::int64_t value) {
            sums.push_back({order.place(feature), value});
        });
        std::ranges::sort(sums, {}, &PlacedSum::place);
        registers.assign(from.registers().begin(), from.registers().end());
        std::ranges::sort(registers, {},
                          [&](const Register& one) { return order.place(one.feature); });
    }
};

void save(ByteWriter& out, const Contribution& one, const FeatureTable& features,
          const FeatureOrder& order, InOrder& room) {
    room.fill(one, order);
    out.put(one.events(), one.conflicts());
    out.put(one.first_seen().us);
    out.put(one.last_seen().us);
    out.put_text(one.user_id());
    out.put(one.sum_count());
    for (const PlacedSum& sum : room.sums)
        out.put(sum.place, sum.value);
    out.put(static_cast<std::uint32_t>(room.registers.size()));
    for (const Register& entry : room.registers) {
        const bool text = holds_text(features, entry.feature);
        out.put(order.place(entry.feature), entry.time.us, entry.tie,
                text ? order.place(entry.value) : entry.value);
    }
    out.put(static_cast<std::uint32_t>(one.visits().size()));
    for (const HalfHour visit : one.visits())
        out.put(visit);
    const EmailRegister* const email = one.email();
    out.put(static_cast<std::uint8_t>(email != nullptr));
    if (email == nullptr) return;
    out.put(email->time.us);
    out.put(email->tie);
    out.put_text(email->text());
}

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(Code::kCorrupt, "fans.snapshot_damaged",
                "the snapshot of the fans has " + std::string(what) + "; replay the journal");
}

}  // namespace

// For a walk over all subjects: contributions lie where they grew.
void Subjects::prefetch_ahead(std::uint32_t number) const {
    constexpr std::uint32_t kAhead = 16;
    if (number + kAhead < subjects_.size())
        contributions_.prefetch(subjects_[number + kAhead].contribution);
}

FeatureOrder Subjects::save_features(ByteWriter& out) const {
    FeatureOrder order(features_);
    for (std::uint32_t number = 1; number < subjects_.size(); ++number) {
        prefetch_ahead(number);
        const Contribution one = contribution(subjects_[number]);
        one.for_each_sum([&](FeatureId feature, std::int64_t) { order.use(feature); });
        for (const Register& entry : one.registers()) {
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
    InOrder room;
    fans::save(out, contribution(id), features_, order, room);
}

void Subjects::save(ByteWriter& out) const {
    const FeatureOrder order = save_features(out);
    InOrder room;
    out.put(static_cast<std::uint32_t>(subject_count_));
    for (std::uint32_t number = 1; number < subjects_.size(); ++number) {
        prefetch_ahead(number);
        if (subjects_[number].fan == 0) continue;
        out.put(number);
        fans::save(out, contribution(subjects_[number]), features_, order, room);
    }
    graph_.save(out);
}

namespace {

// The feature at a place of the file's list; UINT32_MAX for a place behind its end.
FeatureId id_at(const std::vector<FeatureId>& ids, std::uint32_t place) {
    return place < ids.size() ? ids[place] : UINT32_MAX;
}

}  // namespace

// False for a feature that the file does not name.
bool Subjects::load_values(ByteReader& in, Subject& into, const std::vector<FeatureId>& ids) {
    bool known = true;
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        const FeatureId feature = id_at(ids, in.get<std::uint32_t>());
        known = known && feature != UINT32_MAX;
        contributions_.add(into.contribution, feature, in.get<std::int64_t>());
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
        contributions_.remember(into.contribution, entry);
    }
    return known;
}

Result<void> Subjects::load_subject(ByteReader& in, const std::vector<FeatureId>& ids) {
    const SubjectId id{in.get<std::uint32_t>()};
    if (id == kNoSubject || contains(id)) return damaged("a subject twice");
    ensure(id);
    Subject& subject = slot(id);
    const auto events = in.get<std::uint32_t>();
    const auto conflicts = in.get<std::uint32_t>();
    const Time first_seen{in.get<std::int64_t>()};
    const Time last_seen{in.get<std::int64_t>()};
    if (events + conflicts > 0) {
        contributions_.restore(subject.contribution, first_seen, last_seen, events, conflicts);
    }
    const std::string_view user_id = in.get_text();
    if (user_id.size() > kMaxIdentifierBytes) return damaged("a user id that is too long");
    contributions_.name_user(subject.contribution, user_id);
    if (!load_values(in, subject, ids)) return damaged("a feature that it does not name");
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left)
        contributions_.visit(subject.contribution, in.get<HalfHour>());
    if (in.get<std::uint8_t>() == 0) return {};
    EmailRegister email;
    email.time.us = in.get<std::int64_t>();
    email.tie = in.get<std::uint64_t>();
    const std::string_view tag = in.get_text();
    if (tag.size() != kEmailTagBytes) return damaged("an e-mail tag of another length");
    std::ranges::copy(tag, email.tag.begin());
    contributions_.remember(subject.contribution, email);
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
