#include "results/record_marks/record_follower.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "results/rules.h"

namespace altis::results {
namespace {

// When a result was set: the unit's start, else when its version was written, at the venue.
Time time_of(const Unit& unit, const Publication& publication) {
    if (unit.start) return *unit.start;
    constexpr std::size_t kDate = 10;
    const auto day = parse_rfc3339(std::string_view(publication.written).substr(0, kDate));
    return day.value_or(Time{});
}

bool is_of_person(std::string_view type) {
    return type == "PB" || type == "SB";
}

// The scope of a personal record is a person's code or federation id, and maybe a season:
// "1000001/2026".
bool is_own(std::string_view scope, const Competitor& competitor, Time set_at) {
    const std::size_t slash = std::min(scope.find('/'), scope.size());
    const std::string_view person = scope.substr(0, slash);
    const std::string_view season = scope.substr(std::min(slash + 1, scope.size()));
    constexpr std::size_t kYear = 4;
    if (!season.empty() && season != format_rfc3339(set_at).substr(0, kYear)) return false;
    return person == competitor.code ||
           (competitor.members.size() == 1 && person == competitor.members.front().federation_id);
}

bool may_set(const RecordMark& like, const ResultLine& line, Time set_at) {
    const Competitor& competitor = line.competitor;
    if (!like.organisations.empty()) {
        return std::ranges::find(like.organisations, competitor.organisation) !=
               like.organisations.end();
    }
    if (like.of.scope.empty()) {
        return std::ranges::find(kOpenRecordTypes, like.of.type) != kOpenRecordTypes.end();
    }
    if (!is_of_person(like.of.type)) return like.of.scope == competitor.organisation;
    return is_own(like.of.scope, competitor, set_at);
}

std::string condition_value(const ResultLine& line, const PartName& part) {
    for (const ExtendedValue& value : line.extended) {
        if (value.type == part.type && value.code == part.code) return value.value;
    }
    return {};
}

// False when a condition forbids a record.
bool read_conditions(const UnitRules& rules, const ResultLine& line,
                     std::vector<Condition>& conditions) {
    for (const RecordCondition& rule : rules.record_conditions) {
        std::string text = condition_value(line, rule.part);
        if (!rule.max && text.empty()) continue;
        const auto value = parse_result_value(text);
        if (rule.max && value && *value > *rule.max) return false;
        conditions.push_back({rule.part.code, std::move(text)});
    }
    return true;
}

bool is_before(const RecordMark& like, Decimal a, Decimal b) {
    return like.better == Better::kHigher ? a > b : a < b;
}

std::vector<std::string> member_names(const Competitor& competitor) {
    std::vector<std::string> names;
    if (competitor.members.size() < 2) return names;
    for (const Member& member : competitor.members) {
        names.push_back(display_name(
            {member.code, CompetitorType::kAthlete, member.organisation, "", {member}}));
    }
    return names;
}

}  // namespace

const RecordEntry* RecordFollower::stood_before(const Unit& unit, const RecordClass& of,
                                                Time set_at) const {
    const RecordEntry* best = nullptr;
    const Moment now{set_at, cause_.time};
    for (const RecordEntry* entry : book_.history(of, now)) {
        const RecordStatus status = *RecordMarksBook::status_at(*entry, now);
        const bool stands = status == RecordStatus::kPending || status == RecordStatus::kRatified;
        const bool own = entry->mark.unit == unit.rsc && entry->mark.edition == unit.edition;
        if (!stands || own) continue;
        if (best == nullptr || entry->mark.beats(best->mark.value())) best = entry;
    }
    return best;
}

// The best lines that may be a record of the class, several when they are equal.
std::vector<RecordFollower::Candidate> RecordFollower::candidates(const Unit& unit,
                                                                  const Publication& publication,
                                                                  const RecordMark& like) const {
    const auto rsc = Rsc::parse(unit.rsc);
    const UnitRules rules = book_.results_->rules().in_force(unit.edition).for_unit(*rsc);
    const Time set_at = time_of(unit, publication);
    std::vector<Candidate> best;
    for (const ResultLine& line : publication.lines) {
        if (!line.irm.empty() || line.result.empty() || !may_set(like, line, set_at)) continue;
        if (!like.result_type.empty() && like.result_type != line.result_type) continue;
        const auto value = parse_result_value(line.result);
        if (!value) continue;
        Candidate candidate{&line, *value, {}};
        if (!read_conditions(rules, line, candidate.conditions)) continue;
        if (!best.empty() && is_before(like, *value, best.front().value)) best.clear();
        if (best.empty() || *value == best.front().value) best.push_back(std::move(candidate));
    }
    const RecordEntry* before = stood_before(unit, like.of, set_at);
    const bool is_none = !best.empty() && before != nullptr &&
                         is_before(like, before->mark.value(), best.front().value);
    if (is_none) best.clear();
    return best;
}

void RecordFollower::decide(RecordEntry& entry, RecordStatus status, std::string_view source,
                            const std::string& reason, const std::string& document) {
    entry.decisions.push_back({status, entry.mark.set_at, cause_.time, cause_.offset,
                               std::string(source), "", reason, document, fact_});
}

void RecordFollower::read_cause(const Unit& unit) {
    if (cause_.type == records::kPublished) {
        const Publication* published = book_.results_->current(key_of(unit));
        ALTIS_ASSERT(published != nullptr);
        fact_ = fact_id(key_of(unit), published->version);
        note_ = published->note;
        return;
    }
    const auto json = codec::parse_json(cause_.payload);
    ALTIS_ASSERT(json.has_value());
    const auto withdrawal = withdrawal_from(*json);
    ALTIS_ASSERT(withdrawal.has_value());
    fact_ = fact_id(key_of(unit), withdrawal->version);
    note_ = withdrawal->note;
}

std::string RecordFollower::reason(const Unit& unit, std::string_view fallback) const {
    if (!note_.empty()) return note_;
    const bool is_cause = unit_key_from(cause_.topic) == key_of(unit);
    return std::string(is_cause ? fallback : "an earlier result of the event changed");
}

void RecordFollower::propose(const Unit& unit, const Publication& publication,
                             const RecordMark& like, const Candidate& candidate) {
    const Competitor& competitor = candidate.line->competitor;
    RecordMark mark;
    mark.of = like.of;
    mark.result = candidate.line->result;
    mark.result_type = candidate.line->result_type;
    mark.better = like.better;
    mark.competitor = competitor.code;
    mark.organisation = competitor.organisation;
    mark.name = display_name(competitor);
    mark.members = member_names(competitor);
    mark.organisations = like.organisations;
    mark.edition = unit.edition;
    mark.unit = unit.rsc;
    mark.place = unit.venue;
    mark.set_at = time_of(unit, publication);
    mark.conditions = candidate.conditions;
    mark.source = kFromResults;
    mark.document = fact_id(key_of(publication), publication.version);
    RecordDecision first{RecordStatus::kPending, mark.set_at,   cause_.time,
                         cause_.offset,          mark.source,   "",
                         reason(unit, ""),       mark.document, fact_};
    book_.add(std::move(mark), first);
}

bool RecordFollower::review(const Unit& unit, const RecordClass& of,
                            std::vector<Candidate>& wanted) {
    const Publication* current = book_.results_->current(key_of(unit));
    const std::string document =
        current == nullptr ? fact_ : fact_id(key_of(*current), current->version);
    bool changed = false;
    for (const std::uint64_t number : book_.classes_.at(of)) {
        RecordEntry& entry = book_.entries_.at(number);
        if (entry.mark.unit != unit.rsc || entry.mark.edition != unit.edition) continue;
        const auto kept = std::ranges::find_if(wanted, [&entry](const Candidate& candidate) {
            return candidate.line->competitor.code == entry.mark.competitor &&
                   candidate.value == entry.mark.value();
        });
        const bool holds = kept != wanted.end();
        if (holds) wanted.erase(kept);
        const RecordDecision& last = entry.decisions.back();
        const bool fell = last.status == RecordStatus::kAnnulled;
        if (!holds && !fell && last.status != RecordStatus::kRetired) {
            decide(entry, RecordStatus::kAnnulled, kFromResults,
                   reason(unit, "the official result of the unit does not have it"), document);
            changed = true;
        } else if (holds && fell && last.source == kFromResults && entry.decisions.size() > 1) {
            const RecordStatus before = entry.decisions[entry.decisions.size() - 2].status;
            decide(entry, before, kFromResults, reason(unit, "the result is official again"),
                   document);
            changed = true;
        }
    }
    return changed;
}

bool RecordFollower::reconcile(const Unit& unit, const RecordClass& of) {
    const Publication* current = book_.results_->current(key_of(unit));
    const bool official = current != nullptr && current->status == ResultStatus::kOfficial;
    const bool withdrawn =
        cause_.type == records::kWithdrawn && !book_.results_->last_official(key_of(unit));
    // Before it is official, and while a protest or a court has not spoken, nothing moves.
    if (!official && !withdrawn) return false;
    const RecordMark like = book_.entries_.at(book_.classes_.at(of).front()).mark;
    std::vector<Candidate> wanted;
    if (official) wanted = candidates(unit, *current, like);
    const bool changed = review(unit, of, wanted);
    // The first record of a class is claimed by somebody: it may be that it was not told yet.
    if (wanted.empty() || stood_before(unit, of, time_of(unit, *current)) == nullptr) {
        return changed;
    }
    for (const Candidate& candidate : wanted)
        propose(unit, *current, like, candidate);
    return true;
}

bool RecordFollower::reconcile(const Unit& unit) {
    bool changed = false;
    for (const RecordClass& of : book_.classes({unit.rsc, "", ""})) {
        if (event_part(of.event) == event_part(unit.rsc)) {
            changed = reconcile(unit, of) || changed;
        }
    }
    return changed;
}

void RecordFollower::follow(const Unit& unit) {
    read_cause(unit);
    if (!reconcile(unit)) return;
    std::vector<std::pair<Time, const Unit*>> later;
    const Publication* current = book_.results_->current(key_of(unit));
    const Time since = current == nullptr ? unit.start.value_or(Time{}) : time_of(unit, *current);
    for (const UnitKey& key : book_.results_->units_of(unit.edition)) {
        const Publication* publication = book_.results_->current(key);
        if (key.rsc == unit.rsc || publication == nullptr) continue;
        if (event_part(key.rsc) != event_part(unit.rsc)) continue;
        const Unit* other = book_.results_->find_unit(key);
        const Time set_at = time_of(*other, *publication);
        if (set_at >= since) later.emplace_back(set_at, other);
    }
    std::ranges::stable_sort(later, {}, [](const auto& entry) { return entry.first; });
    for (const auto& [time, other] : later)
        reconcile(*other);
}

void RecordFollower::follow(const AwardList& list) {
    for (const Award& award : list.awards) {
        if (award.status != AwardStatus::kWithdrawn || award.competitor.empty()) continue;
        for (auto& [number, entry] : book_.entries_) {
            const RecordMark& mark = entry.mark;
            const bool is_theirs = mark.edition == list.place.edition &&
                                   mark.competitor == award.competitor &&
                                   event_part(mark.unit) == list.place.event;
            if (!is_theirs || entry.decisions.back().status == RecordStatus::kAnnulled) continue;
            decide(entry, RecordStatus::kAnnulled, kFromMedals, list.reason, list.document);
        }
    }
}

}  // namespace altis::results
