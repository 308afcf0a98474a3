#include "fans/fans_book.h"

#include <algorithm>

#include "base/assert.h"

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

// Payloads that this book wrote itself.
Json own_json(const journal::Record& record) {
    auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    return std::move(*json);
}

SubjectId subject_in(const Json& json, std::string_view member) {
    return SubjectId{static_cast<std::uint32_t>(json[member].as_int())};
}

}  // namespace

SubjectId FansBook::lookup(const crypto::Fingerprint& identifier) const {
    if (!is_set(identifier)) return kNoSubject;
    const Entry* const entry = directory_.find(identifier);
    return entry == nullptr ? kNoSubject : entry->subject;
}

// Two different fans, who together are not more than a person can be.
bool FansBook::may_link(SubjectId one, SubjectId other) const {
    if (fan_of(one) == fan_of(other)) return false;
    const auto size = [this](SubjectId subject) {
        return subjects_.contains(subject) ? subjects_.members(fan_of(subject)).size() : 1;
    };
    return size(one) + size(other) <= kMaxSubjectsPerFan;
}

// A device joins the first user it is seen with; a second user of it is somebody else.
void FansBook::resolve_anonymous(Resolution& resolution) const {
    const SubjectId owner = lookup(resolution.head.anonymous);
    if (owner == kNoSubject || owner == resolution.subject) return;
    resolution.head.anonymous = {};
    resolution.head.anonymous_id = {};
    if (!may_link(owner, resolution.subject)) return;
    if (subjects_.is_named(fan_of(owner))) return;
    resolution.linked = owner;
    resolution.evidence = "same_event";
}

// An alias is the sender's word that two identifiers are one person.
void FansBook::resolve_previous(const IncomingEvent& event, Resolution& resolution) const {
    SubjectId owner = lookup(event.previous_anonymous);
    if (owner == kNoSubject) owner = lookup(event.previous_user);
    const bool known = owner != kNoSubject;
    resolution.head.anonymous = known ? crypto::Fingerprint{} : event.previous_anonymous;
    resolution.head.anonymous_id = known ? std::string_view() : event.previous_id;
    if (!known || owner == resolution.subject) return;
    if (!may_link(owner, resolution.subject)) return;
    resolution.linked = owner;
    resolution.evidence = "alias";
}

FansBook::Resolution FansBook::resolve(const IncomingEvent& event, SubjectId next_subject) const {
    Resolution resolution;
    resolution.head = event.head;
    const bool named = is_set(event.head.user);
    resolution.subject = lookup(named ? event.head.user : event.head.anonymous);
    if (resolution.subject == kNoSubject) {
        resolution.subject = next_subject;
        resolution.use = SubjectUse::kNew;
    }
    if (event.head.type == EventType::kAlias) {
        resolve_previous(event, resolution);
    } else if (named) {
        resolve_anonymous(resolution);
    }
    return resolution;
}

EventDecision FansBook::decide_conflict(const IncomingEvent& event, Resolution resolution) const {
    EventDecision decision{Fate::kConflict, resolution.subject, resolution.use, kNoSubject, {}};
    decision.drafts.push_back({"fans.conflict", std::string(event.edition), resolution.subject,
                               encode_event(resolution.head, event.signals)});
    return decision;
}

EventDecision FansBook::decide_event(const IncomingEvent& event, SubjectId next_subject) const {
    if (const Known* const known = known_.find(event.head.message)) {
        if (known->content == event.head.content ||
            known_.find(conflict_key(event.head)) != nullptr) {
            return {Fate::kDuplicate, known->subject, SubjectUse::kKnown, kNoSubject, {}};
        }
        return decide_conflict(event, resolve(event, next_subject));
    }
    const Resolution resolution = resolve(event, next_subject);
    EventDecision decision{
        Fate::kAccepted, resolution.subject, resolution.use, resolution.linked, {}};
    std::string topic(event.edition);
    decision.drafts.reserve(resolution.linked == kNoSubject ? 1 : 2);
    decision.drafts.push_back(
        {"fans.event", topic, resolution.subject, encode_event(resolution.head, event.signals)});
    if (resolution.linked != kNoSubject) {
        const Json link = Json::object({{"from", to_number(resolution.linked)},
                                        {"to", to_number(resolution.subject)},
                                        {"evidence", resolution.evidence}});
        decision.drafts.push_back(
            {"fans.linked", std::move(topic), resolution.subject, link.to_string()});
    }
    return decision;
}

journal::Decision FansBook::decide_rejection(const Rejection& rejection, std::string_view edition,
                                             SubjectId treasury) const {
    return std::vector<journal::Draft>{
        {"fans.rejected", std::string(edition), treasury, encode_rejection(rejection)}};
}

journal::Decision FansBook::decide_segment(std::string_view id, SegmentKind kind,
                                           std::string_view rule) const {
    if (!is_segment_id(id)) {
        return fail(Code::kInvalid, "fans.segment_id",
                    "a segment's id has 1 to " + std::to_string(kMaxSegmentIdBytes) +
                        " characters, each a-z, 0-9 or '-'");
    }
    TRY_VOID(parse_rule(rule));
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

Result<ForgetDecision> FansBook::decide_forget(const crypto::Fingerprint& user) const {
    const FanId fan = find_fan(user);
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan",
                    "no fan has this user id; check its spelling");
    }
    ForgetDecision decision{subjects_.members(fan), {}};
    Json numbers = Json::array();
    for (const SubjectId subject : decision.subjects)
        numbers.push(to_number(subject));
    decision.drafts.push_back({"fans.forgotten", "", kNoSubject,
                               Json::object({{"subjects", std::move(numbers)}}).to_string()});
    return decision;
}

void FansBook::ensure(SubjectId subject) {
    if (subjects_.ensure(subject)) board_.fan_added(subject);
}

// The subject has these identifiers.
void FansBook::enter(SubjectId subject, const EventHead& head) {
    ensure(subject);
    if (is_set(head.user)) {
        directory_.insert({head.user, subject});
        subjects_.name_user(subject, head.user_id);
    }
    if (is_set(head.anonymous)) directory_.insert({head.anonymous, subject});
}

void FansBook::apply_event(const journal::Record& record) {
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    if (!known_.insert({event->head.message, event->head.content, record.subject})) return;
    enter(record.subject, event->head);
    touched_.clear();
    subjects_.fold(record.subject, *event, touched_);
    board_.features_changed(subjects_.fan_of(record.subject), touched_);
    ++events_;
}

void FansBook::apply_linked(const journal::Record& record) {
    const Json link = own_json(record);
    const SubjectId from = subject_in(link, "from");
    const SubjectId to = subject_in(link, "to");
    ensure(from);
    ensure(to);
    const FanId a = subjects_.fan_of(from);
    const FanId b = subjects_.fan_of(to);
    if (a != b) board_.fan_leaving(std::max(a, b));
    if (subjects_.link(from, to) == kNoSubject) return;
    const FanId fan = subjects_.fan_of(to);
    board_.features_changed(fan, subjects_.features_of(fan));
}

// False when it was there already.
bool FansBook::keep_dead_letter(DeadLetter letter) {
    const auto at = std::ranges::lower_bound(dead_letters_, letter.offset, {}, &DeadLetter::offset);
    if (at != dead_letters_.end() && at->offset == letter.offset) return false;
    dead_letters_.insert(at, std::move(letter));
    if (dead_letters_.size() > kMaxDeadLetters) dead_letters_.pop_front();
    return true;
}

// All that is left of it is that a dead letter was there.
void FansBook::apply_erased(const journal::Record& record) {
    if (record.type == "fans.conflict" || record.type == "fans.rejected") {
        keep_dead_letter({record.offset, kNoSubject, {}});
    }
}

void FansBook::apply_conflict(const journal::Record& record) {
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    const bool is_new =
        known_.insert({conflict_key(event->head), event->head.content, record.subject});
    enter(record.subject, event->head);
    keep_dead_letter({record.offset, record.subject, std::string(kConflictReason)});
    if (!is_new) return;
    subjects_.count_conflict(record.subject);
    ++conflicts_;
}

void FansBook::apply_rejected(const journal::Record& record) {
    const auto event = decode_rejection(record.payload);
    ALTIS_ASSERT(event.has_value());
    if (keep_dead_letter({record.offset, record.subject, std::string(event->reason)})) {
        ++rejected_;
    }
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

void FansBook::apply_forgotten(const journal::Record& record) {
    std::set<SubjectId> doomed;
    bool present = false;
    const Json payload = own_json(record);
    for (const Json& number : payload["subjects"].items()) {
        doomed.insert(SubjectId{static_cast<std::uint32_t>(number.as_int())});
    }
    for (const SubjectId subject : doomed) {
        forgotten_.insert(subject);
        if (!subjects_.contains(subject)) continue;
        present = true;
        const FanId fan = subjects_.fan_of(subject);
        for (const SubjectId member : subjects_.members(fan)) {
            ALTIS_ASSERT(doomed.contains(member));
            events_ -= subjects_.at(member).events;
            conflicts_ -= subjects_.at(member).conflicts;
        }
        board_.fan_leaving(fan);
        subjects_.remove(fan);
    }
    if (!present) return;
    const auto is_doomed = [&](const auto& entry) { return doomed.contains(entry.subject); };
    known_.erase_if(is_doomed);
    directory_.erase_if(is_doomed);
    for (DeadLetter& letter : dead_letters_) {
        if (is_doomed(letter)) letter = {letter.offset, kNoSubject, {}};
    }
}

void FansBook::apply(const journal::Record& record) {
    if (!record.type.starts_with("fans.")) return;
    if (record.erased) return apply_erased(record);
    const std::string_view what = record.type.substr(5);
    if (what == "event") return apply_event(record);
    if (what == "linked") return apply_linked(record);
    if (what == "conflict") return apply_conflict(record);
    if (what == "rejected") return apply_rejected(record);
    if (what == "segment_defined") return apply_segment(record);
    if (what == "forgotten") return apply_forgotten(record);
}

}  // namespace altis::fans
