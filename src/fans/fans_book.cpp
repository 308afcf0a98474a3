#include "fans/fans_book.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "fans/book_json.h"

namespace altis::fans {
namespace {

using codec::Json;

// Under which a conflicting event is known, so that a copy of it is a duplicate, not one more
// conflict.
crypto::Fingerprint conflict_key(const EventHead& head) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ULL;
    crypto::Fingerprint key{head.message.low ^ head.content,
                            head.message.high ^ (head.content * kOdd)};
    if (key == crypto::Fingerprint{}) key.low = 1;
    return key;
}

bool is_set(const crypto::Fingerprint& fingerprint) {
    return !(fingerprint == crypto::Fingerprint{});
}

bool is_segment_id(std::string_view id) {
    return !id.empty() && id.size() <= kMaxSegmentIdBytes && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::uint16_t day_of(Time time) {
    const std::int64_t day = time.us / days(1).us;
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(day, 0, UINT16_MAX));
}

std::vector<Change> unknown_changes(const std::vector<FeatureId>& features) {
    std::vector<Change> changes;
    changes.reserve(features.size());
    for (const FeatureId feature : features)
        changes.push_back({feature, {}});
    return changes;
}

}  // namespace

SubjectId FansBook::lookup(const crypto::Fingerprint& identifier) const {
    if (!is_set(identifier)) return kNoSubject;
    const Entry* const entry = directory_.find(identifier);
    return entry == nullptr ? kNoSubject : entry->subject;
}

// Two different fans, who together are not more than a person can be.
bool FansBook::may_link(SubjectId one, SubjectId other) const {
    if (!subjects_.contains(one) || !subjects_.contains(other)) return true;
    if (fan_of(one) == fan_of(other)) return true;
    const auto size = [this](SubjectId subject) {
        return subjects_.members(fan_of(subject)).size();
    };
    return size(one) + size(other) <= kMaxSubjectsPerFan;
}

class FansBook::Judge {
  public:
    Judge(const FansBook& book, IncomingEvent& event, SubjectId next_subject)
        : book_(book), event_(event), next_(to_number(next_subject)) {}

    EventDecision accept() {
        EventDecision decision{Fate::kAccepted, find_subject(), {}};
        decision.drafts.push_back(draft("fans.event", decision.subject));
        const EventHead& head = event_.head;
        if (head.type == EventType::kAlias) {
            link(event_.previous_anonymous, decision, LinkKind::kDevice);
            link(event_.previous_user, decision, LinkKind::kAlias);
        } else if (is_set(head.user)) {
            link(head.anonymous, decision, LinkKind::kDevice);
        }
        return decision;
    }

    EventDecision keep_conflict() {
        EventDecision decision{Fate::kConflict, find_subject(), {}};
        decision.drafts.push_back(draft("fans.conflict", decision.subject));
        return decision;
    }

  private:
    SubjectId find_subject() {
        const bool named = is_set(event_.head.user);
        return known_or_new(named ? event_.head.user : event_.head.anonymous);
    }

    SubjectId known_or_new(const crypto::Fingerprint& identifier) {
        const SubjectId known = book_.lookup(identifier);
        return known == kNoSubject ? SubjectId{next_++} : known;
    }

    journal::Draft draft(std::string_view type, SubjectId subject) {
        return {std::string(type), std::string(event_.edition), subject, std::move(event_.payload)};
    }

    // The event says that the identifier and its subject are one person; that is written down
    // unless an earlier event said the same.
    void link(const crypto::Fingerprint& identifier, EventDecision& decision, LinkKind kind) {
        if (!is_set(identifier)) return;
        const SubjectId from = known_or_new(identifier);
        if (from == decision.subject || !book_.may_link(from, decision.subject)) return;
        const std::pair moment(event_.head.event_time, event_.head.message.low);
        const auto known = book_.subjects_.graph().find(from, decision.subject, kind);
        if (known && std::pair(known->time, known->tie) <= moment) return;
        const Json payload = Json::object({{"from", to_number(from)},
                                           {"to", to_number(decision.subject)},
                                           {"kind", kLinkKindNames[static_cast<std::size_t>(kind)]},
                                           {"at", event_.head.event_time.us},
                                           {"tie", hex_of(event_.head.message.low)},
                                           {"identifier", hex_of(identifier)}});
        decision.drafts.push_back(
            {"fans.linked", std::string(event_.edition), from, payload.to_string()});
    }

    const FansBook& book_;
    IncomingEvent& event_;
    std::uint32_t next_;
};

EventDecision FansBook::decide_event(IncomingEvent& event, SubjectId next_subject) const {
    const Known* const known = known_.find(event.head.message);
    if (known == nullptr) return Judge(*this, event, next_subject).accept();
    const bool is_same =
        known->content == event.head.content || known_.find(conflict_key(event.head)) != nullptr;
    if (is_same) return {Fate::kDuplicate, known->subject, {}};
    return Judge(*this, event, next_subject).keep_conflict();
}

// In steps, each of which needs what the one before has fetched.
void FansBook::prefetch(std::span<const IncomingEvent> events) const {
    ALTIS_ASSERT(events.size() <= kMaxPrefetched);
    for (const IncomingEvent& event : events) {
        const EventHead& head = event.head;
        known_.prefetch(head.message);
        for (const crypto::Fingerprint& one : {head.user, head.anonymous})
            if (is_set(one)) directory_.prefetch(one);
    }
    std::array<SubjectId, 2 * kMaxPrefetched> subjects;
    std::size_t count = 0;
    for (const IncomingEvent& event : events) {
        for (const crypto::Fingerprint& one : {event.head.user, event.head.anonymous})
            if (const SubjectId known = lookup(one); known != kNoSubject) subjects[count++] = known;
    }
    const auto found = std::span(subjects).first(count);
    for (const SubjectId subject : found)
        subjects_.prefetch_place(subject);
    for (const SubjectId subject : found)
        subjects_.prefetch_content(subject);
}

namespace {

tl::unexpected<Error> unknown_identifier() {
    return fail(Code::kNotFound, "fans.unknown_fan",
                "one of the two identifiers is not known; check its spelling");
}

Result<void> require_reason(std::string_view reason) {
    if (!reason.empty() && reason.size() <= kMaxReasonBytes) return {};
    return fail(Code::kInvalid, "fans.reason_missing",
                "say why, in 1 to " + std::to_string(kMaxReasonBytes) + " bytes");
}

}  // namespace

journal::Decision FansBook::decide_link(const Statement& statement) const {
    const SubjectId from = lookup(statement.one);
    const SubjectId to = lookup(statement.other);
    if (from == kNoSubject || to == kNoSubject) return unknown_identifier();
    if (from == to) {
        return fail(Code::kInvalid, "fans.same_identifier",
                    "the two identifiers are the same; name two different ones");
    }
    TRY_VOID(require_reason(statement.reason));
    if (statement.confidence_ppm == 0 || statement.confidence_ppm > kCertain) {
        return fail(Code::kInvalid, "fans.bad_confidence",
                    "a confidence is 1 to 1000000 parts per million");
    }
    if (!may_link(from, to)) {
        return fail(Code::kTooLarge, "fans.too_many_identifiers",
                    "together the two have more than " + std::to_string(kMaxSubjectsPerFan) +
                        " identifiers; that is no person");
    }
    if (subjects_.graph().find(from, to, statement.kind)) {
        return std::vector<journal::Draft>{};
    }
    const Json payload =
        Json::object({{"from", to_number(from)},
                      {"to", to_number(to)},
                      {"kind", kLinkKindNames[static_cast<std::size_t>(statement.kind)]},
                      {"at", statement.at.us},
                      {"tie", hex_of(0)},
                      {"identifier", hex_of(statement.one)},
                      {"confidence_ppm", statement.confidence_ppm},
                      {"reason", statement.reason}});
    return std::vector<journal::Draft>{{"fans.linked", "", from, payload.to_string()}};
}

journal::Decision FansBook::decide_unlink(const crypto::Fingerprint& one,
                                          const crypto::Fingerprint& other,
                                          std::string_view reason) const {
    const SubjectId from = lookup(one);
    const SubjectId to = lookup(other);
    if (from == kNoSubject || to == kNoSubject) return unknown_identifier();
    const auto links = subjects_.graph().links_of(from);
    const bool is_linked = std::ranges::any_of(
        links, [&](const Link& link) { return !link.cut && (link.from == to || link.to == to); });
    if (!is_linked) {
        return fail(Code::kNotFound, "fans.not_linked",
                    "the two identifiers are not linked directly; the fan's links tell which are");
    }
    TRY_VOID(require_reason(reason));
    const Json payload =
        Json::object({{"from", to_number(from)}, {"to", to_number(to)}, {"reason", reason}});
    return std::vector<journal::Draft>{{"fans.unlinked", "", from, payload.to_string()}};
}

journal::Decision FansBook::decide_segment(std::string_view id, SegmentKind kind,
                                           std::string_view rule) const {
    if (!is_segment_id(id)) {
        return fail(Code::kInvalid, "fans.segment_id",
                    "a segment's id has 1 to " + std::to_string(kMaxSegmentIdBytes) +
                        " characters, each a-z, 0-9 or '-'");
    }
    TRY(const Rule parsed, parse_rule(rule));
    const auto is_membership = [](const Predicate& predicate) {
        return !predicate.segment.empty();
    };
    if (std::ranges::any_of(parsed.predicates, is_membership)) {
        return fail(Code::kInvalid, "fans.rule_nested",
                    "a definition cannot name another segment with in(...); write its rule out");
    }
    TRY_VOID(require_scores(parsed));
    const Segment* const known = segment(id);
    if (known != nullptr && known->kind == kind && known->rule.text == rule) {
        return std::vector<journal::Draft>();
    }
    if (known == nullptr && segments().size() == kMaxSegments) {
        return fail(
            Code::kExhausted, "fans.too_many_segments",
            "there are " + std::to_string(kMaxSegments) + " segments already; redefine one");
    }
    const Json payload = Json::object({{"id", id},
                                       {"kind", kSegmentKindNames[static_cast<std::size_t>(kind)]},
                                       {"version", known == nullptr ? 1 : known->version + 1},
                                       {"rule", rule}});
    return std::vector<journal::Draft>{
        {"fans.segment_defined", std::string(id), kNoSubject, payload.to_string()}};
}

journal::Decision FansBook::decide_score(std::string_view id, const Json& formula) const {
    if (!is_segment_id(id)) {
        return fail(Code::kInvalid, "fans.score_id",
                    "a score's id has 1 to " + std::to_string(kMaxSegmentIdBytes) +
                        " characters, each a-z, 0-9 or '-'");
    }
    TRY(Score score, parse_score(formula));
    const auto known = scores().find(id);
    const bool is_new = known == scores().end();
    if (!is_new && formula_json(known->second) == formula_json(score)) {
        return std::vector<journal::Draft>();
    }
    if (is_new && scores().size() == kMaxScores) {
        return fail(Code::kExhausted, "fans.too_many_scores",
                    "there are " + std::to_string(kMaxScores) + " scores already; redefine one");
    }
    score.id = id;
    score.version = is_new ? 1 : known->second.version + 1;
    return std::vector<journal::Draft>{
        {"fans.score_defined", std::string(id), kNoSubject, to_json(score).to_string()}};
}

Result<void> FansBook::require_scores(const Rule& rule) const {
    for (const Predicate& predicate : rule.predicates) {
        for (const Sum* const sum : {&predicate.left, &predicate.right}) {
            for (const Term& term : sum->terms) {
                if (term.measure != Measure::kScore || scores().contains(term.first)) continue;
                return fail(Code::kNotFound, "fans.unknown_score",
                            "there is no score '" + term.first + "'; define it first");
            }
        }
    }
    return {};
}

Result<ForgetDecision> FansBook::decide_forget(const crypto::Fingerprint& user) const {
    const FanId fan = find_fan(user);
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan",
                    "no fan has this user id; check its spelling");
    }
    return decide_forget_fans({fan});
}

void FansBook::ensure(SubjectId subject) {
    if (subjects_.ensure(subject)) board_.fan_added(subject);
}

// The subject of an event has the user id or, without one, the device that it names.
void FansBook::enter(SubjectId subject, const EventHead& head) {
    ensure(subject);
    const bool named = is_set(head.user);
    directory_.insert({named ? head.user : head.anonymous, subject});
    if (named) subjects_.name_user(subject, head.user_id);
}

// Keeps what a copy is known by, for as long as copies are looked for; false for a copy. What is
// too old by now, because the record comes late, counts as new: the decision was made in its time.
bool FansBook::remember(const Known& known) {
    return is_old(known) || known_.insert(known);
}

bool FansBook::is_old(const Known& known) const {
    return known.day + kDeduplicationDays < latest_day_;
}

// Also for records that became unreadable, so that replay comes to the same day.
void FansBook::reach(Time time) {
    if (day_of(time) <= latest_day_) return;
    latest_day_ = day_of(time);
    known_.erase_if([this](const Known& known) { return is_old(known); });
}

void FansBook::apply_event(const journal::Record& record) {
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    const EventHead& head = event->head;
    known_.prefetch(head.message);
    // All events of a subject name the same identifier, so the first one enters it.
    const bool is_first = !subjects_.has_events(record.subject);
    if (!remember({head.message, head.content, record.subject, day_of(record.time)})) return;
    if (is_first) enter(record.subject, head);
    note_activity(record);
    changes_.clear();
    subjects_.fold(record.subject, *event, changes_);
    board_.features_changed(subjects_.fan_of(record.subject), changes_);
    ++events_;
}

void FansBook::apply_linked(const journal::Record& record) {
    const Json payload = own_json(record);
    Link link;
    link.from = subject_in(payload, "from");
    link.to = subject_in(payload, "to");
    const auto kind = std::ranges::find(kLinkKindNames, payload["kind"].as_string());
    ALTIS_ASSERT(kind != std::end(kLinkKindNames));
    link.kind = static_cast<LinkKind>(kind - std::begin(kLinkKindNames));
    link.time.us = payload["at"].as_int();
    link.tie = number_of(payload["tie"].as_string());
    link.confidence_ppm = static_cast<std::uint32_t>(payload["confidence_ppm"].as_int(kCertain));
    directory_.insert({fingerprint_of(payload["identifier"].as_string()), link.from});
    ensure(link.to);
    const bool is_new = subjects_.ensure(link.from);
    const LinkEffect effect = subjects_.state(link);
    // A new device has nothing to show but whom it belongs to; the fan keeps its number.
    if (is_new && effect == LinkEffect::kJoins && subjects_.fan_of(link.to) < link.from) {
        std::vector<SubjectId> members = subjects_.members(subjects_.fan_of(link.to));
        members.push_back(link.from);
        return subjects_.regroup(members);
    }
    if (is_new) board_.fan_added(link.from);
    if (effect != LinkEffect::kNone) {
        regroup(subjects_.fan_of(link.from), subjects_.fan_of(link.to));
    }
}

void FansBook::apply_unlinked(const journal::Record& record) {
    const Json payload = own_json(record);
    const SubjectId from = subject_in(payload, "from");
    const SubjectId to = subject_in(payload, "to");
    if (!subjects_.contains(from) || !subjects_.contains(to)) return;
    if (subjects_.cut(from, to) == LinkEffect::kNone) return;
    regroup(subjects_.fan_of(from), subjects_.fan_of(to));
}

// Shows the fans that the subjects of these two are now. A device that lost its user may come to
// one of a third fan.
void FansBook::regroup(FanId one, FanId other) {
    std::set<FanId> fans = {one, other};
    for (const FanId fan : {one, other}) {
        for (const SubjectId member : subjects_.members(fan)) {
            subjects_.graph().for_each_neighbour(
                member, [&](SubjectId peer) { fans.insert(subjects_.fan_of(peer)); });
        }
    }
    std::vector<SubjectId> members;
    for (const FanId fan : fans) {
        const std::vector<SubjectId> more = subjects_.members(fan);
        members.insert(members.end(), more.begin(), more.end());
        board_.fan_leaving(fan);
    }
    subjects_.regroup(members);
    for (const SubjectId member : members) {
        if (subjects_.fan_of(member) != member) continue;
        board_.fan_added(member);
        board_.features_changed(member, unknown_changes(subjects_.features_of(member)));
    }
}

void FansBook::apply_conflict(const journal::Record& record) {
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    const EventHead& head = event->head;
    const bool is_new =
        remember({conflict_key(head), head.content, record.subject, day_of(record.time)});
    enter(record.subject, event->head);
    note_activity(record);
    Time& latest = conflict_times_.try_emplace(record.subject, head.event_time).first->second;
    latest = std::max(latest, head.event_time);
    keep_dead_letter({record.offset, record.subject, std::string(kConflictReason),
                      std::string(record.topic), false});
    if (!is_new) return;
    subjects_.count_conflict(record.subject);
    ++conflicts_;
}

void FansBook::apply_segment(const journal::Record& record) {
    const Json payload = own_json(record);
    auto rule = parse_rule(payload["rule"].as_string());
    ALTIS_ASSERT(rule.has_value());
    Segment fresh;
    fresh.id = payload["id"].as_string();
    fresh.kind = payload["kind"].as_string() == kSegmentKindNames[0] ? SegmentKind::kCohort
                                                                     : SegmentKind::kSegment;
    fresh.version = payload["version"].as_int();
    fresh.rule = std::move(*rule);
    const Segment* const known = segment(fresh.id);
    if (known == nullptr || known->version < fresh.version) board_.define(std::move(fresh));
}

void FansBook::apply_score(const journal::Record& record) {
    const Json payload = own_json(record);
    auto score = parse_score(payload);
    ALTIS_ASSERT(score.has_value());
    score->id = payload["id"].as_string();
    score->version = payload["version"].as_int();
    const auto known = scores().find(score->id);
    if (known == scores().end() || known->second.version < score->version) {
        board_.define_score(std::move(*score));
    }
}

void FansBook::apply_forgotten(const journal::Record& record) {
    const Json payload = own_json(record);
    forget_subjects(subjects_in(payload["subjects"]));
    forget_letters(subjects_in(payload["letters"]));
}

void FansBook::forget_subjects(const std::set<SubjectId>& doomed) {
    bool present = false;
    for (const SubjectId subject : doomed) {
        forgotten_.insert(subject);
        if (!subjects_.contains(subject)) continue;
        present = true;
        const FanId fan = subjects_.fan_of(subject);
        for (const SubjectId member : subjects_.members(fan)) {
            ALTIS_ASSERT(doomed.contains(member));
            events_ -= subjects_.contribution(member).events();
            conflicts_ -= subjects_.contribution(member).conflicts();
        }
        board_.fan_leaving(fan);
        subjects_.remove(fan);
    }
    if (!present) return;
    forget_activity(doomed);
    const auto is_doomed = [&](const auto& entry) { return doomed.contains(entry.subject); };
    known_.erase_if(is_doomed);
    directory_.erase_if(is_doomed);
    empty_letters_of(doomed);
}

void FansBook::apply(const journal::Record& record) {
    if (!record.type.starts_with("fans.")) return;
    reach(record.time);
    if (record.erased) return apply_erased(record);
    const std::string_view what = record.type.substr(5);
    if (what == "event") return apply_event(record);
    if (what == "linked") return apply_linked(record);
    if (what == "unlinked") return apply_unlinked(record);
    if (what == "conflict") return apply_conflict(record);
    if (what == "rejected") return apply_rejected(record);
    if (what == "repaired") return apply_repaired(record);
    if (what == "segment_defined") return apply_segment(record);
    if (what == "score_defined") return apply_score(record);
    if (what == "forgotten") return apply_forgotten(record);
}

}  // namespace altis::fans
