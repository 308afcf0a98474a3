#include "fans/segments.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "fans/set_expression.h"

namespace altis::fans {
namespace {

constexpr std::size_t kMaxMoves = 1'024;  // of a comparison that wait

__extension__ typedef __int128 Wide;

// Sums stay within 64 bits by pinning them to its ends; values that large mean nothing anyway.
std::int64_t pinned(Wide value) {
    if (value > INT64_MAX) return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : static_cast<std::int64_t>(value);
}

// Sums of features wrap, and so does what they were before.
std::int64_t less(std::int64_t value, std::int64_t added) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) -
                                     static_cast<std::uint64_t>(added));
}

}  // namespace

codec::Json to_json(const Segment& segment) {
    return codec::Json::object({{"id", segment.id},
                                {"kind", kSegmentKindNames[static_cast<std::size_t>(segment.kind)]},
                                {"version", segment.version},
                                {"size", segment.members->size()},
                                {"rule", segment.rule.text}});
}

template <class Number>
SegmentBoard::BoundSum SegmentBoard::bind(const Sum& sum, const Number& number) {
    BoundSum bound;
    bound.constant = sum.constant;
    for (const Term& term : sum.terms) {
        const auto feature = number({term.measure, term.first, term.second});
        if (feature) bound.terms.push_back({term.coefficient, *feature});
    }
    return bound;
}

// A text comparison is one of numbers: the feature's value is the number of its text.
template <class Number>
SegmentBoard::Atom SegmentBoard::make_atom(const Predicate& predicate, const Number& number) {
    constexpr std::int64_t kTextOfNobody = -1;
    Atom atom;
    atom.comparator = predicate.comparator;
    if (!predicate.is_text()) {
        atom.left = bind(predicate.left, number);
        atom.right = bind(predicate.right, number);
        return atom;
    }
    const auto feature = number({predicate.measure, {}, {}});
    if (feature) atom.left.terms.push_back({1, *feature});
    const auto text = number({Measure::kText, predicate.expected, {}});
    atom.right.constant = text ? std::int64_t{*text} : kTextOfNobody;
    return atom;
}

void SegmentBoard::watch(AtomId atom, const BoundSum& sum) {
    for (const BoundTerm& term : sum.terms) {
        if (term.feature >= watchers_.size()) watchers_.resize(std::size_t{term.feature} + 1);
        std::vector<AtomId>& watchers = watchers_[term.feature];
        if (std::ranges::find(watchers, atom) == watchers.end()) watchers.push_back(atom);
    }
}

SegmentBoard::AtomId SegmentBoard::bind(const Predicate& predicate) {
    const auto next = static_cast<AtomId>(atoms_.size());
    const auto [at, fresh] = atoms_by_text_.try_emplace(predicate.text, next);
    if (fresh) {
        atoms_.push_back(make_atom(predicate, [this](const Feature& feature) {
            return std::optional(subjects_->features().intern(feature));
        }));
        if (!rung_of(atoms_.back(), next)) {
            watch(next, atoms_.back().left);
            watch(next, atoms_.back().right);
        }
    }
    Atom& atom = atoms_[at->second];
    if (atom.users.empty()) {  // nobody kept it up to date
        *atom.fans = FanSet();
        subjects_->for_each_fan([&](FanId fan) {
            if (holds(fan, atom)) atom.fans->add(fan);
        });
    }
    return at->second;
}

void SegmentBoard::bind_segment(Segment& segment) {
    auto& place = bound_[segment.id];
    place = std::make_unique<Bound>(Bound{&segment, {}, nullptr});
    Bound* const bound = place.get();
    for (const Predicate& predicate : segment.rule.predicates) {
        bound->atoms.push_back(bind(predicate));
        std::vector<Bound*>& users = atoms_[bound->atoms.back()].users;
        if (std::ranges::find(users, bound) == users.end()) users.push_back(bound);
    }
    if (segment.rule.steps.size() == 1) {
        segment.members = atoms_[bound->atoms.front()].fans;
    } else {
        segment.members = bound->own = std::make_shared<FanSet>();
        subjects_->for_each_fan([&](FanId fan) { update_segment(fan, *bound); });
    }
    list_active();
}

void SegmentBoard::release(std::string_view id) {
    const auto found = bound_.find(std::string(id));
    if (found == bound_.end()) return;
    settle();
    for (const AtomId atom : found->second->atoms)
        std::erase(atoms_[atom].users, found->second.get());
    bound_.erase(found);
}

const std::map<std::string, Segment, std::less<>>& SegmentBoard::segments() const {
    settle();
    return segments_;
}

const Segment* SegmentBoard::segment(std::string_view id) const {
    const auto found = segments_.find(id);
    if (found == segments_.end()) return nullptr;
    for (const AtomId atom : bound_.find(found->first)->second->atoms)
        settle(atoms_[atom]);
    return &found->second;
}

void SegmentBoard::define(Segment segment) {
    release(segment.id);
    const std::string id = segment.id;
    const auto at = segments_.insert_or_assign(id, std::move(segment)).first;
    bind_segment(at->second);
}

// Everything that is counted is 0, and a score may still be something.
std::int64_t SegmentBoard::total_for_unknown(const BoundSum& sum) const {
    Wide result = sum.constant;
    for (const BoundTerm& term : sum.terms) {
        result += static_cast<Wide>(term.coefficient) *
                  scores_.value(term.feature, [](FeatureId) { return std::int64_t{0}; });
    }
    return pinned(result);
}

bool SegmentBoard::holds_for_unknown(const Atom& atom) const {
    return compare(atom.comparator, total_for_unknown(atom.left), total_for_unknown(atom.right));
}

std::int64_t SegmentBoard::value(FanId fan, FeatureId feature) const {
    const auto counted = [&](FeatureId read) { return subjects_->value(fan, read); };
    const bool is_score =
        !scores_.empty() && subjects_->features().feature(feature).measure == Measure::kScore;
    return is_score ? scores_.value(feature, counted) : counted(feature);
}

std::optional<SegmentBoard::Rung> SegmentBoard::rung_of(const Atom& atom, AtomId id) {
    const bool is_one_feature = atom.left.terms.size() == 1 && atom.right.terms.empty() &&
                                atom.left.terms.front().coefficient == 1 && atom.left.constant == 0;
    if (!is_one_feature) return std::nullopt;
    const std::int64_t number = atom.right.constant;
    switch (atom.comparator) {
        case Comparator::kAtLeast:
            return Rung{number, id, false};
        case Comparator::kAbove:
            return Rung{number + 1, id, false};
        case Comparator::kBelow:
            return Rung{number, id, true};
        case Comparator::kAtMost:
            return Rung{number + 1, id, true};
        case Comparator::kEqual:
        case Comparator::kUnequal:
            return std::nullopt;
    }
    return std::nullopt;
}

// What is in use now: ladders, and what holds for a fan without any feature.
void SegmentBoard::list_active() {
    ladders_.clear();
    default_atoms_.clear();
    default_segments_.clear();
    for (AtomId id = 0; id < atoms_.size(); ++id) {
        if (atoms_[id].users.empty()) continue;
        if (holds_for_unknown(atoms_[id])) default_atoms_.push_back(id);
        const auto rung = rung_of(atoms_[id], id);
        if (!rung) continue;
        const FeatureId feature = atoms_[id].left.terms.front().feature;
        if (feature >= ladders_.size()) ladders_.resize(std::size_t{feature} + 1);
        ladders_[feature].push_back(*rung);
    }
    for (std::vector<Rung>& ladder : ladders_)
        std::ranges::sort(ladder, {}, &Rung::cut);
    for (const auto& [id, bound] : bound_) {
        if (bound->own != nullptr && bound->segment->rule.evaluate([&](std::uint32_t i) {
                return holds_for_unknown(atoms_[bound->atoms[i]]);
            })) {
            default_segments_.push_back(bound->own.get());
        }
    }
}

std::int64_t SegmentBoard::total(FanId fan, const BoundSum& sum) const {
    Wide result = sum.constant;
    for (const BoundTerm& term : sum.terms) {
        result += static_cast<Wide>(term.coefficient) * value(fan, term.feature);
    }
    return pinned(result);
}

bool SegmentBoard::holds(FanId fan, const Atom& atom) const {
    return compare(atom.comparator, total(fan, atom.left), total(fan, atom.right));
}

void SegmentBoard::update_segment(FanId fan, const Bound& bound) const {
    if (bound.own == nullptr) return;
    bound.own->set(fan, bound.segment->rule.evaluate([&](std::uint32_t i) {
        return atoms_[bound.atoms[i]].fans->contains(fan);
    }));
}

void SegmentBoard::fan_added(FanId fan) {
    everyone_.add(fan);
    for (const AtomId id : default_atoms_)
        atoms_[id].fans->add(fan);
    for (FanSet* const members : default_segments_)
        members->add(fan);
}

void SegmentBoard::change(FanId fan, Atom& atom, bool member) const {
    if (!atom.fans->set(fan, member)) return;
    for (const Bound* const bound : atom.users)
        update_segment(fan, *bound);
}

void SegmentBoard::postpone(FanId fan, AtomId id, bool member) {
    Atom& atom = atoms_[id];
    if (!std::exchange(atom.is_unsettled, true)) unsettled_.push_back(id);
    atom.moves.push_back({to_number(fan), member});
    if (atom.moves.size() == kMaxMoves) settle(atom);
}

void SegmentBoard::settle() const {
    for (const AtomId id : unsettled_) {
        settle(atoms_[id]);
        atoms_[id].is_unsettled = false;
    }
    unsettled_.clear();
}

// Of several moves of a fan the last one counts. A segment of several comparisons may be judged
// here while another of them has moves left; it is judged again when these are made.
void SegmentBoard::settle(Atom& atom) const {
    if (atom.moves.empty()) return;
    std::ranges::stable_sort(atom.moves, {}, &Move::fan);
    std::vector<std::uint32_t> come;
    come.reserve(atom.moves.size());
    for (std::size_t i = 0; i < atom.moves.size(); ++i) {
        const Move& move = atom.moves[i];
        if (i + 1 < atom.moves.size() && atom.moves[i + 1].fan == move.fan) continue;
        if (move.member) {
            come.push_back(move.fan);
        } else {
            atom.fans->remove(SubjectId{move.fan});
        }
    }
    atom.fans->add_all(come);
    for (const Bound* const bound : atom.users) {
        if (bound->own == nullptr) continue;
        for (const Move& move : atom.moves)
            update_segment(SubjectId{move.fan}, *bound);
    }
    atom.moves.clear();
}

// The rungs that a value has reached are the first ones of its ladder. Where the fan was before is
// known by what was added, or found by membership; only what lies between then and now changes.
// The first can wait, since nobody asks for membership on the way.
void SegmentBoard::climb(FanId fan, const Change& made) {
    const FeatureId feature = made.feature;
    if (feature >= ladders_.size() || ladders_[feature].empty()) return;
    const std::vector<Rung>& ladder = ladders_[feature];
    const auto reached = [&ladder](std::int64_t at) {
        return std::ranges::partition_point(ladder,
                                            [=](const Rung& rung) { return rung.cut <= at; });
    };
    const std::int64_t now_at = value(fan, feature);
    const auto now = reached(now_at);
    if (made.added) {
        const auto before = reached(less(now_at, *made.added));
        for (auto rung = std::min(before, now); rung != std::max(before, now); ++rung)
            postpone(fan, rung->atom, (before < now) != rung->negated);
        return;
    }
    if (subjects_->features().feature(feature).measure < Measure::kSessions) settle();  // a sum
    const auto before = std::ranges::partition_point(ladder, [&](const Rung& rung) {
        return atoms_[rung.atom].fans->contains(fan) != rung.negated;
    });
    for (auto rung = std::min(before, now); rung != std::max(before, now); ++rung)
        change(fan, atoms_[rung->atom], (before < now) != rung->negated);
}

void SegmentBoard::feature_changed(FanId fan, const Change& made) {
    climb(fan, made);
    if (made.feature >= watchers_.size()) return;
    for (const AtomId id : watchers_[made.feature]) {
        Atom& atom = atoms_[id];
        if (!atom.users.empty()) change(fan, atom, holds(fan, atom));
    }
}

void SegmentBoard::features_changed(FanId fan, std::span<const Change> changes) {
    for (const Change& made : changes) {
        if (subjects_->features().feature(made.feature).measure == Measure::kFollows) {
            followers_[made.feature].set(fan, subjects_->value(fan, made.feature) != 0);
        }
        feature_changed(fan, made);
    }
    if (scores_.empty()) return;
    changed_scores_.clear();
    scores_.add_readers(changes, changed_scores_);
    for (const FeatureId score : changed_scores_)
        feature_changed(fan, {score, {}});
}

void SegmentBoard::define_score(Score score) {
    const FeatureId feature = scores_.define(std::move(score), subjects_->features());
    subjects_->for_each_fan([&](FanId fan) { feature_changed(fan, {feature, {}}); });
    list_active();
}

void SegmentBoard::fan_leaving(FanId fan) {
    settle();
    everyone_.remove(fan);
    for (Atom& atom : atoms_)
        atom.fans->remove(fan);
    for (const auto& [id, bound] : bound_) {
        if (bound->own != nullptr) bound->own->remove(fan);
    }
    for (const FeatureId feature : subjects_->features_of(fan)) {
        const auto found = followers_.find(feature);
        if (found != followers_.end()) found->second.remove(fan);
    }
}

// Null when no segment keeps the comparison up to date.
const SegmentBoard::Atom* SegmentBoard::live_atom(const Predicate& predicate) const {
    const auto found = atoms_by_text_.find(predicate.text);
    if (found == atoms_by_text_.end() || atoms_[found->second].users.empty()) return nullptr;
    return &atoms_[found->second];
}

Result<void> SegmentBoard::require_few_lookups(const Rule& rule) const {
    const auto unknown = std::ranges::count_if(rule.predicates, [this](const Predicate& predicate) {
        return predicate.segment.empty() && live_atom(predicate) == nullptr;
    });
    if (static_cast<std::uint64_t>(unknown) * everyone_.size() <= kMaxLookups) return {};
    return fail(Code::kTooLarge, "fans.question_too_large",
                std::to_string(unknown) +
                    " comparisons of this rule are in no segment, and there " + "are " +
                    std::to_string(everyone_.size()) +
                    " fans to look them up for; define a segment with the rule, which keeps its "
                    "size at hand");
}

Result<const FanSet*> SegmentBoard::select(const Predicate& predicate,
                                           std::deque<FanSet>& looked_up) const {
    if (!predicate.segment.empty()) {
        const auto found = segments_.find(predicate.segment);
        if (found != segments_.end()) return found->second.members.get();
        return fail(Code::kNotFound, "fans.unknown_segment",
                    "there is no cohort or segment '" + predicate.segment + "'");
    }
    if (const Atom* const live = live_atom(predicate)) return live->fans.get();
    const Atom atom = make_atom(
        predicate, [this](const Feature& feature) { return subjects_->features().find(feature); });
    FanSet& fans = looked_up.emplace_back();
    subjects_->for_each_fan([&](FanId fan) {
        if (holds(fan, atom)) fans.add(fan);
    });
    return &fans;
}

Result<std::uint64_t> SegmentBoard::size_of(const Rule& rule) const {
    settle();
    TRY_VOID(require_few_lookups(rule));
    std::deque<FanSet> looked_up;  // stay where they are
    SetExpression expression;
    for (const Step& step : rule.steps) {
        switch (step.kind) {
            case Step::Kind::kPredicate: {
                TRY(const FanSet* const set, select(rule.predicates[step.predicate], looked_up));
                expression.push(*set);
                break;
            }
            case Step::Kind::kNot:
                expression.negate();
                break;
            case Step::Kind::kAnd:
                expression.intersect();
                break;
            case Step::Kind::kOr:
                expression.unite();
                break;
        }
    }
    return expression.size(everyone_.size());
}

const FanSet& SegmentBoard::followers(std::string_view athlete) const {
    const auto feature = subjects_->features().find({Measure::kFollows, athlete, {}});
    const auto found = feature ? followers_.find(*feature) : followers_.end();
    return found == followers_.end() ? nobody_ : found->second;
}

codec::Json SegmentBoard::explain(FanId fan, const Predicate& predicate, const Atom& atom) const {
    codec::Json entry = codec::Json::object({{"predicate", predicate.text}});
    if (predicate.is_text()) {
        const auto text = static_cast<FeatureId>(total(fan, atom.left));
        entry.set("value", subjects_->features().feature(text).first);
    } else {
        entry.set("left", total(fan, atom.left));
        entry.set("right", total(fan, atom.right));
    }
    entry.set("holds", atom.fans->contains(fan));
    return entry;
}

codec::Json SegmentBoard::explain(FanId fan, const Score& score) const {
    return scores_.explain(score, [&](FeatureId read) { return subjects_->value(fan, read); });
}

codec::Json SegmentBoard::explain(FanId fan, const Segment& segment) const {
    const std::vector<AtomId>& atoms = bound_.find(segment.id)->second->atoms;
    codec::Json predicates = codec::Json::array();
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        predicates.push(explain(fan, segment.rule.predicates[i], atoms_[atoms[i]]));
    }
    return codec::Json::object({{"id", segment.id},
                                {"kind", kSegmentKindNames[static_cast<std::size_t>(segment.kind)]},
                                {"version", segment.version},
                                {"rule", segment.rule.text},
                                {"member", segment.members->contains(fan)},
                                {"predicates", std::move(predicates)}});
}

void SegmentBoard::rebuild() {
    everyone_ = FanSet();
    atoms_.clear();
    unsettled_.clear();
    atoms_by_text_.clear();
    bound_.clear();
    watchers_.clear();
    ladders_.clear();
    followers_.clear();
    scores_.bind(subjects_->features());
    for (auto& [id, segment] : segments_)
        bind_segment(segment);
    subjects_->for_each_fan([&](FanId fan) {
        everyone_.add(fan);
        for (const FeatureId feature : subjects_->features_of(fan)) {
            if (subjects_->features().feature(feature).measure == Measure::kFollows) {
                followers_[feature].set(fan, subjects_->value(fan, feature) != 0);
            }
        }
    });
}

}  // namespace altis::fans
