#include "results/record_marks/record_marks_book.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "results/record_marks/record_follower.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

std::vector<journal::Draft> one_draft(std::string_view type, const std::string& event,
                                      const Json& json) {
    return {{std::string(type), event, kNoSubject, json.to_string()}};
}

Time time_in(const Json& json, std::string_view key) {
    const auto time = parse_rfc3339(json[key].as_string());
    ALTIS_ASSERT(time.has_value());
    return *time;
}

RecordStatus status_in(const Json& json) {
    const auto status = parse_record_status(json["status"].as_string());
    ALTIS_ASSERT(status.has_value());
    return *status;
}

std::string number_text(std::uint64_t number) {
    return "record " + std::to_string(number);
}

bool says_the_same(const RecordMark& a, const RecordMark& b) {
    const bool same_line = !a.unit.empty() && a.unit == b.unit && a.edition == b.edition &&
                           a.competitor == b.competitor;
    if (same_line && a.of == b.of && a.value() == b.value()) return true;
    return a.of == b.of && a.value() == b.value() && a.set_at == b.set_at && a.name == b.name &&
           a.competitor == b.competitor && a.organisation == b.organisation;
}

}  // namespace

// ---- commands -----------------------------------------------------------------------------------

Result<void> RecordMarksBook::check_claim(const RecordMark& mark, Time now) const {
    if (!editions_.contains(mark.edition)) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "the record names no open edition; say in 'edition' whose source tells it");
    }
    if (mark.set_at > now || mark.published_at.value_or(now) > now) {
        return fail(Code::kInvalid, "results.from_the_future",
                    "the record says to be set or published after now; correct its times");
    }
    const auto known = classes_.find(mark.of);
    if (known == classes_.end() || known->second.empty()) return {};
    const RecordMark& other = entries_.at(known->second.front()).mark;
    if (other.better == mark.better) return {};
    return fail(Code::kConflict, "results.record_direction",
                "in this class of records " +
                    std::string(kBetterNames[static_cast<std::size_t>(other.better)]) +
                    " is better; correct 'better'");
}

journal::Decision RecordMarksBook::claim(const RecordMark& mark, RecordStatus status,
                                         Time now) const {
    TRY_VOID(check_claim(mark, now));
    const auto known = classes_.find(mark.of);
    if (known != classes_.end()) {
        for (const std::uint64_t number : known->second) {
            if (says_the_same(entries_.at(number).mark, mark)) return std::vector<journal::Draft>{};
        }
    }
    Json json = to_json(mark);
    json.set("status", to_string(status));
    return one_draft(records::kRecordClaimed, mark.of.event, json);
}

journal::Decision RecordMarksBook::decide(const DecisionRequest& request, std::string_view key,
                                          Time now) const {
    const RecordEntry* entry = find(request.number);
    if (entry == nullptr) {
        return fail(Code::kNotFound, "results.unknown_record",
                    number_text(request.number) + " is not known; list them first");
    }
    if (request.reason.empty() || request.reason.size() > kMaxRecordTextBytes ||
        request.document.size() > kMaxRecordTextBytes) {
        return fail(Code::kInvalid, "results.reason_missing",
                    "say why in 'reason', in at most " + std::to_string(kMaxRecordTextBytes) +
                        " bytes; it is kept");
    }
    const RecordStatus before = entry->decisions.back().status;
    if (before == request.status) {
        return fail(
            Code::kConflict, "results.nothing_changes",
            number_text(request.number) + " is " + std::string(to_string(before)) + " already");
    }
    const Time since = request.status == RecordStatus::kRetired ? now : entry->mark.set_at;
    Json json = Json::object({{"number", request.number},
                              {"status", to_string(request.status)},
                              {"valid_from", format_rfc3339(request.valid_from.value_or(since))},
                              {"key", key},
                              {"reason", request.reason},
                              {"document", request.document}});
    const std::string& event = entry->mark.of.event;
    if (before != RecordStatus::kRatified) return one_draft(records::kRecordDecided, event, json);
    const auto waiting = waiting_.find(request.number);
    const bool is_second = waiting != waiting_.end() && waiting->second.status == request.status;
    if (!is_second) return one_draft(records::kRecordDecisionProposed, event, json);
    if (waiting->second.key == key) {
        return fail(Code::kDenied, "results.same_key",
                    number_text(request.number) +
                        " is ratified and this key proposed the change; another person's key must "
                        "decide the same");
    }
    json.set("key", waiting->second.key);
    json.set("approved_by", key);
    return one_draft(records::kRecordDecided, event, json);
}

// ---- applying -----------------------------------------------------------------------------------

void RecordMarksBook::place(const RecordEntry& entry) {
    Entries& numbers = classes_[entry.mark.of];
    const auto key = [this](std::uint64_t number) {
        return std::pair(entries_.at(number).mark.set_at, number);
    };
    numbers.insert(std::ranges::upper_bound(numbers, key(entry.number), {}, key), entry.number);
}

void RecordMarksBook::add(RecordMark mark, const RecordDecision& first) {
    const std::uint64_t number = entries_.size() + 1;
    place(entries_.emplace(number, RecordEntry{number, std::move(mark), {first}}).first->second);
}

void RecordMarksBook::apply_decision(const journal::Record& record) {
    const Json json = parse_payload(record.payload);
    const auto number = static_cast<std::uint64_t>(json["number"].as_int());
    if (record.type == records::kRecordDecisionProposed) {
        waiting_[number] = {status_in(json), std::string(json["key"].as_string())};
        return;
    }
    const auto found = entries_.find(number);
    ALTIS_ASSERT(found != entries_.end());
    found->second.decisions.push_back(
        {status_in(json), time_in(json, "valid_from"), record.time, record.offset,
         std::string(json["key"].as_string()), std::string(json["approved_by"].as_string()),
         std::string(json["reason"].as_string()), std::string(json["document"].as_string())});
    waiting_.erase(number);
}

void RecordMarksBook::follow_unit(const journal::Record& record) {
    const Unit* unit = results_->find_unit(unit_key_from(record.topic));
    if (unit == nullptr || classes_.empty()) return;
    RecordFollower(*this, record).follow(*unit);
}

// Whoever lost a medal by a correction held no record in that event.
void RecordMarksBook::follow_correction(const journal::Record& record) {
    for (const AwardVersion* version : awards_->lists(record.topic, "", {})) {
        if (version->offset == record.offset) RecordFollower(*this, record).follow(version->list);
    }
}

void RecordMarksBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        editions_.emplace(parse_payload(record.payload)["id"].as_string());
    } else if (record.type == records::kRecordClaimed) {
        const Json json = parse_payload(record.payload);
        auto mark = record_mark_from(json);
        ALTIS_ASSERT(mark.has_value());
        RecordDecision first{status_in(json),
                             mark->set_at,
                             mark->published_at.value_or(record.time),
                             record.offset,
                             mark->source,
                             "",
                             "",
                             mark->document};
        add(*std::move(mark), first);
    } else if (record.type == records::kRecordDecided ||
               record.type == records::kRecordDecisionProposed) {
        apply_decision(record);
    } else if (record.type == records::kPublished || record.type == records::kWithdrawn) {
        follow_unit(record);
    } else if (record.type == records::kCorrectionApproved) {
        follow_correction(record);
    }
}

// ---- questions ----------------------------------------------------------------------------------

const RecordEntry* RecordMarksBook::find(std::uint64_t number) const {
    const auto found = entries_.find(number);
    return found == entries_.end() ? nullptr : &found->second;
}

std::vector<RecordClass> RecordMarksBook::classes(const RecordFilter& filter) const {
    const std::string_view event = event_part(filter.event);
    std::vector<RecordClass> found;
    const RecordClass first{std::string(event), "", ""};
    for (auto next = classes_.lower_bound(first); next != classes_.end(); ++next) {
        const RecordClass& of = next->first;
        if (!of.event.starts_with(event)) break;
        if (!filter.type.empty() && filter.type != of.type) continue;
        if (!filter.scope.empty() && filter.scope != of.scope) continue;
        found.push_back(of);
    }
    return found;
}

std::optional<RecordStatus> RecordMarksBook::status_at(const RecordEntry& entry, const Moment& at) {
    for (auto decision = entry.decisions.rbegin(); decision != entry.decisions.rend(); ++decision) {
        if (decision->known_at <= at.known_at && decision->valid_from <= at.valid_at) {
            return decision->status;
        }
    }
    return std::nullopt;
}

std::vector<const RecordEntry*> RecordMarksBook::history(const RecordClass& of,
                                                         const Moment& at) const {
    std::vector<const RecordEntry*> known;
    const auto found = classes_.find(of);
    if (found == classes_.end()) return known;
    for (const std::uint64_t number : found->second) {
        const RecordEntry& entry = entries_.at(number);
        if (status_at(entry, at)) known.push_back(&entry);
    }
    return known;
}

std::vector<const RecordEntry*> RecordMarksBook::standing(const RecordClass& of,
                                                          const Moment& at) const {
    std::vector<const RecordEntry*> best;
    for (const RecordEntry* entry : history(of, at)) {
        const RecordStatus status = *status_at(*entry, at);
        if (status != RecordStatus::kPending && status != RecordStatus::kRatified) continue;
        if (!best.empty() && entry->mark.beats(best.front()->mark.value())) best.clear();
        if (best.empty() || entry->mark.value() == best.front()->mark.value()) {
            best.push_back(entry);
        }
    }
    return best;
}

std::string_view RecordMarksBook::effect(const RecordEntry& entry, const Moment& at) const {
    const Time before{entry.mark.set_at.us - 1};
    const auto stood = standing(entry.mark.of, {std::min(before, at.valid_at), at.known_at});
    if (stood.empty()) return "set";
    return entry.mark.beats(stood.front()->mark.value()) ? "broken" : "equalled";
}

Json RecordMarksBook::describe(const RecordEntry& entry, const Moment& at) const {
    Json json = Json::object({{"number", entry.number}});
    const auto status = status_at(entry, at);
    if (status) json.set("status", to_string(*status));
    json.set("effect", effect(entry, at));
    if (is_waiting(entry.number)) json.set("waits_for_second_key", true);
    const Json mark = to_json(entry.mark);
    for (const auto& [key, value] : mark.members())
        json.set(key, value);
    Json decisions = Json::array();
    for (const RecordDecision& decision : entry.decisions) {
        if (decision.known_at <= at.known_at) decisions.push(to_json(decision));
    }
    json.set("decisions", std::move(decisions));
    return json;
}

Json RecordMarksBook::describe(const RecordClass& of, const Moment& at) const {
    Json json = Json::object({{"event", of.event}, {"type", of.type}, {"scope", of.scope}});
    const auto stands = standing(of, at);
    if (!stands.empty()) {
        const RecordEntry& first = *stands.front();
        json.set("result", first.mark.result);
        json.set("name", first.mark.name);
        json.set("organisation", first.mark.organisation);
        json.set("set_at", format_rfc3339(first.mark.set_at));
        json.set("status", to_string(*status_at(first, at)));
        json.set("number", first.number);
    }
    Json standing_json = Json::array();
    for (const RecordEntry* entry : stands)
        standing_json.push(describe(*entry, at));
    json.set("standing", std::move(standing_json));
    return json;
}

// ---- saving -------------------------------------------------------------------------------------

void RecordMarksBook::save(ByteWriter& out) const {
    out.put(std::uint64_t{editions_.size()});
    for (const std::string& edition : editions_)
        out.put_text(edition);
    out.put(std::uint64_t{entries_.size()});
    for (const auto& [number, entry] : entries_) {
        out.put_text(to_json(entry.mark).to_string());
        out.put(std::uint64_t{entry.decisions.size()});
        for (const RecordDecision& decision : entry.decisions) {
            out.put(static_cast<std::uint8_t>(decision.status), decision.valid_from.us,
                    decision.known_at.us, decision.offset);
            for (const std::string* text : {&decision.source, &decision.approved_by,
                                            &decision.reason, &decision.document, &decision.cause})
                out.put_text(*text);
        }
    }
    out.put(std::uint64_t{waiting_.size()});
    for (const auto& [number, waiting] : waiting_) {
        out.put(number, static_cast<std::uint8_t>(waiting.status));
        out.put_text(waiting.key);
    }
}

namespace {

Result<RecordStatus> load_status(ByteReader& in) {
    const auto status = in.get<std::uint8_t>();
    if (status < kRecordStatusNames.size()) return static_cast<RecordStatus>(status);
    return fail(Code::kCorrupt, "results.snapshot_malformed",
                "the snapshot of the records names a status that does not exist");
}

Result<RecordDecision> load_decision(ByteReader& in) {
    RecordDecision decision;
    TRY(decision.status, load_status(in));
    decision.valid_from.us = in.get<std::int64_t>();
    decision.known_at.us = in.get<std::int64_t>();
    decision.offset = in.get<std::uint64_t>();
    for (std::string* text : {&decision.source, &decision.approved_by, &decision.reason,
                              &decision.document, &decision.cause})
        *text = in.get_text();
    return decision;
}

}  // namespace

Result<void> RecordMarksBook::load(ByteReader& in) {
    RecordMarksBook loaded(*results_, *awards_);
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left)
        loaded.editions_.emplace(in.get_text());
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        TRY(const Json json, codec::parse_json(in.get_text()));
        RecordEntry entry;
        entry.number = loaded.entries_.size() + 1;
        TRY(entry.mark, record_mark_from(json));
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(RecordDecision decision, load_decision(in));
            entry.decisions.push_back(std::move(decision));
        }
        const std::uint64_t number = entry.number;
        loaded.place(loaded.entries_.emplace(number, std::move(entry)).first->second);
    }
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        const auto number = in.get<std::uint64_t>();
        WaitingDecision waiting;
        TRY(waiting.status, load_status(in));
        waiting.key = in.get_text();
        loaded.waiting_.emplace(number, std::move(waiting));
    }
    TRY_VOID(in.finish("the snapshot of the records"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results
