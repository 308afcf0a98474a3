// What the messages book answers about plans and who was told.
#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "base/assert.h"
#include "codec/text.h"
#include "messages/messages_book.h"

namespace altis::messages {
namespace {

using Key = std::array<std::uint8_t, 16>;

std::string id_of(const Key& key) {
    return codec::to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

// Of all that a subject got; of nothing when it got nothing.
std::span<const Key> keys_of(const std::unordered_map<std::uint32_t, std::vector<Key>>& by_subject,
                             SubjectId subject) {
    const auto found = by_subject.find(to_number(subject));
    if (found == by_subject.end()) return {};
    return found->second;
}

}  // namespace

const Plan* MessagesBook::find_plan(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    return found == plans_.end() ? nullptr : &found->second.plan;
}

std::vector<std::string> MessagesBook::pending() const {
    return {open_.begin(), open_.end()};
}

TellingState MessagesBook::telling(const Plan& plan) const {
    const std::string story = story_id(plan);
    TellingState state = TellingState::kNew;
    for (auto it = plans_.lower_bound(story); it != plans_.end() && it->first.starts_with(story);
         ++it) {
        if (it->second.plan.kind != Kind::kResult) continue;
        if (it->second.is_complete) return TellingState::kTold;
        state = TellingState::kPending;
    }
    return state;
}

std::vector<std::string> MessagesBook::due(Time now) const {
    std::vector<std::string> ids;
    for (const std::string& id : holding_) {
        if (plans_.find(id)->second.due <= now && !open_.contains(id)) ids.push_back(id);
    }
    return ids;
}

Time MessagesBook::next_due() const {
    Time first = kNever;
    for (const std::string& id : holding_)
        first = std::min(first, plans_.find(id)->second.due);
    return first;
}

std::vector<std::string> MessagesBook::holding(std::span<const SubjectId> subjects) const {
    std::vector<std::string> ids;
    for (const std::string& id : holding_) {
        const PlanState& state = plans_.find(id)->second;
        const bool holds = std::ranges::any_of(subjects, [&state](SubjectId subject) {
            const auto reason = reason_of(state, subject);
            return reason && is_held(*reason);
        });
        if (holds) ids.push_back(id);
    }
    return ids;
}

std::vector<SubjectId> MessagesBook::held(std::string_view plan_id) const {
    std::vector<SubjectId> all;
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return all;
    for (std::size_t i = 0; i < kReasonNames.size(); ++i) {
        if (!is_held(static_cast<Reason>(i))) continue;
        const auto some = found->second.unsent[i].members();
        all.insert(all.end(), some.begin(), some.end());
    }
    std::ranges::sort(all);
    return all;
}

std::vector<SubjectId> MessagesBook::held_of_story(const Plan& plan) const {
    std::set<SubjectId> all;
    const std::string story = story_id(plan);
    for (auto it = plans_.lower_bound(story); it != plans_.end() && it->first.starts_with(story);
         ++it) {
        if (it->second.plan.kind != Kind::kResult) continue;
        for (const SubjectId subject : held(it->first))
            all.insert(subject);
    }
    return {all.begin(), all.end()};
}

std::map<Reason, std::uint64_t> MessagesBook::reasons(std::string_view plan_id) const {
    std::map<Reason, std::uint64_t> counts;
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return counts;
    for (std::size_t i = 0; i < kReasonNames.size(); ++i) {
        const SubjectSet& set = found->second.unsent[i];
        if (!set.empty()) counts.emplace(static_cast<Reason>(i), set.size());
    }
    return counts;
}

Time MessagesBook::planned(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    ALTIS_ASSERT(found != plans_.end());
    return found->second.planned;
}

bool MessagesBook::has_received(std::string_view trigger, SubjectId subject) const {
    const auto got = by_subject_.find(to_number(subject));
    if (got == by_subject_.end()) return false;
    return std::any_of(got->second.begin(), got->second.end(), [&](const MessageKey& key) {
        const Plan& plan = messages_.at(key).plan->plan;
        return plan.kind != Kind::kNotice && plan.trigger == trigger;
    });
}

bool MessagesBook::was_told(const Plan& plan, SubjectId subject) const {
    const auto got = by_subject_.find(to_number(subject));
    if (got == by_subject_.end()) return false;
    return std::ranges::any_of(got->second, [&](const MessageKey& key) {
        const Plan& told = messages_.at(key).plan->plan;
        return told.kind == plan.kind && told.trigger == plan.trigger &&
               (plan.kind == Kind::kResult || told.version == plan.version);
    });
}

MessagesBook::Load MessagesBook::load_since(SubjectId subject, Time since) const {
    Load load;
    const auto got = by_subject_.find(to_number(subject));
    if (got == by_subject_.end()) return load;
    for (auto key = got->second.rbegin(); key != got->second.rend(); ++key) {
        const Message& message = messages_.at(*key);
        const Kind kind = message.plan->plan.kind;
        if (message.sent < since) continue;
        load.most_important = std::min(load.most_important, kind);
        if (kind == Kind::kCorrection || kind == Kind::kReplacement) continue;
        ++load.messages;
        load.last = std::max(load.last, message.sent);
        if (kind != Kind::kStory) continue;
        ++load.stories;
        load.last_story = std::max(load.last_story, message.sent);
    }
    return load;
}

namespace {

// Whether what was told about how it ended is what is true now. Names and links are no result, and
// what was said before (slots "old_...") is no statement of its own. A claim that was told must
// hold; one that could be told by now is missed by nobody.
bool states_the_truth(const FactRecord& told, const FactRecord& now) {
    const auto results = [](const FactRecord& facts) {
        std::map<std::string, std::string> values;
        for (const Fact& fact : facts) {
            const bool is_result = fact.kind != FactKind::kLink && fact.kind != FactKind::kName &&
                                   fact.kind != FactKind::kClaim && !fact.name.starts_with("old_");
            if (is_result) values.emplace(fact.name, fact.text);
        }
        return values;
    };
    const bool claims_hold = std::ranges::all_of(told, [&](const Fact& fact) {
        if (fact.kind != FactKind::kClaim) return true;
        const Fact* const same = find_fact(now, fact.name);
        return same != nullptr && same->text == fact.text;
    });
    return claims_hold && results(told) == results(now);
}

// Keeps a message, with its key, when it is the latest so far of its person; of messages of one
// moment that of the newest version.
template <class Entry>
void keep_latest(std::map<SubjectId, const Entry*>& latest, const Entry& entry) {
    const auto age = [](const Entry& one) {
        return std::pair(one.second.sent, one.second.plan->plan.version);
    };
    const Entry*& kept = latest.try_emplace(entry.second.subject, &entry).first->second;
    if (age(entry) >= age(*kept)) kept = &entry;
}

}  // namespace

std::vector<MessagesBook::Misinformed> MessagesBook::misinformed(const Plan& plan) const {
    std::map<SubjectId, const Messages::value_type*> latest;
    const std::string story = story_id(plan);
    for (auto it = plans_.lower_bound(story); it != plans_.end() && it->first.starts_with(story);
         ++it) {
        if (it->second.plan.kind == Kind::kNotice) continue;
        for (const MessageKey& key : it->second.keys) {
            const auto found = messages_.find(key);
            if (found != messages_.end()) keep_latest(latest, *found);
        }
    }
    std::vector<Misinformed> people;
    std::map<const PlanState*, bool> is_right;  // of the few plans that the many were told by
    for (const auto& [subject, told] : latest) {
        const auto& [key, message] = *told;
        const PlanState* by = message.plan;
        const auto [known, is_new] = is_right.try_emplace(by, false);
        if (is_new) known->second = states_the_truth(by->plan.facts, plan.facts);
        if (known->second) continue;
        people.push_back({subject, id_of(key), message.opened.has_value(), &by->plan});
    }
    return people;
}

std::vector<std::string> MessagesBook::latest_of(std::span<const SubjectId> subjects,
                                                 std::size_t count) const {
    std::vector<std::pair<Time, MessageKey>> found;
    for (const SubjectId subject : subjects) {
        for (const MessageKey& key : keys_of(by_subject_, subject))
            found.emplace_back(messages_.at(key).sent, key);
    }
    std::ranges::sort(found);
    if (found.size() > count) found.erase(found.begin(), found.end() - static_cast<long>(count));
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (const auto& [sent, key] : found)
        ids.push_back(id_of(key));
    return ids;
}

bool MessagesBook::is_in_force(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    return found != plans_.end() && !found->second.is_superseded;
}

std::vector<std::string> MessagesBook::unsettled(std::size_t count) const {
    std::vector<std::string> ids;
    for (const auto& [key, message] : messages_) {
        if (message.handling == Handling::kDecided || message.handling == Handling::kHanded) {
            ids.push_back(id_of(key));
        }
    }
    std::ranges::sort(ids);
    ids.resize(std::min(ids.size(), count));
    return ids;
}

std::map<std::string, std::uint64_t> MessagesBook::sent_by_language() const {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [id, state] : plans_) {
        for (const auto& [language, count] : state.sent) {
            if (count > 0) counts[language] += count;
        }
    }
    return counts;
}

std::uint64_t MessagesBook::sent(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    std::uint64_t sum = 0;
    if (found == plans_.end()) return sum;
    for (const auto& [language, count] : found->second.sent)
        sum += count;
    return sum;
}

std::vector<std::string> MessagesBook::plans_of(std::string_view trigger) const {
    std::vector<std::string> ids;
    const std::string begin = std::string(trigger) + "#";
    for (auto it = plans_.lower_bound(begin); it != plans_.end() && it->first.starts_with(begin);
         ++it) {
        if (!it->second.is_superseded) ids.push_back(it->first);
    }
    return ids;
}

codec::Json MessagesBook::letter(std::string_view trigger,
                                 std::span<const SubjectId> subjects) const {
    codec::Json got = codec::Json::array();
    std::optional<Reason> furthest;
    for (auto it = plans_.lower_bound(trigger);
         it != plans_.end() && it->first.starts_with(trigger); ++it) {
        const PlanState& state = it->second;
        if (state.plan.trigger != trigger) continue;
        for (const SubjectId subject : subjects) {
            for (const MessageKey& key : keys_of(by_subject_, subject))
                if (messages_.at(key).plan == &state) got.push(*explain(id_of(key)));
            furthest = std::max(furthest, reason_of(state, subject));
        }
    }
    codec::Json letter = codec::Json::object({{"trigger", trigger}});
    const bool has_got = !got.items().empty();
    const Reason reason = has_got ? Reason::kSend : furthest.value_or(Reason::kNotRelevant);
    letter.set("reason", to_string(reason));
    letter.set("words", in_words(reason));
    letter.set("held", is_held(reason));
    return letter.set("messages", std::move(got));
}

codec::Json MessagesBook::received(std::span<const SubjectId> subjects, std::size_t count) const {
    std::vector<std::pair<Time, std::string>> got;
    for (const SubjectId subject : subjects) {
        for (const MessageKey& key : keys_of(by_subject_, subject))
            got.emplace_back(messages_.at(key).sent, id_of(key));
    }
    std::ranges::sort(got, std::greater<>());
    got.resize(std::min(got.size(), count));
    codec::Json items = codec::Json::array();
    for (const auto& [sent, id] : got)
        items.push(*explain(id));
    return items;
}

codec::Json MessagesBook::newest_plans(std::string_view edition, std::size_t count,
                                       std::string_view language) const {
    std::vector<Plans::const_iterator> newest;
    for (auto it = plans_.begin(); it != plans_.end(); ++it)
        if (it->second.plan.edition == edition) newest.push_back(it);
    std::ranges::sort(newest, [](const auto& a, const auto& b) {
        return std::pair(b->second.planned, a->first) < std::pair(a->second.planned, b->first);
    });
    newest.resize(std::min(newest.size(), count));
    codec::Json items = codec::Json::array();
    for (const auto& it : newest)
        items.push(progress(it->first, it->second, language));
    return items;
}

codec::Json MessagesBook::progress(const std::string& id, const PlanState& state,
                                   std::string_view language) const {
    const Plan& plan = state.plan;
    codec::Json unsent = codec::Json::object();
    for (const auto& [reason, people] : reasons(id))
        unsent.set(to_string(reason), people);
    const auto text = plan.texts.find(std::string(language));
    const std::string_view became =
        state.is_superseded ? "superseded" : (state.is_finished ? "told" : "pending");
    return codec::Json::object(
        {{"id", id},
         {"unit", plan.unit},
         {"competitor", plan.competitor},
         {"cohort", plan.cohort},
         {"campaign", plan.campaign},
         {"kind", to_string(plan.kind)},
         {"version", plan.version},
         {"planned", format_rfc3339(state.planned)},
         {"state", became},
         {"sent", sent(id)},
         {"unsent", std::move(unsent)},
         {"text", text == plan.texts.end() ? plan.texts.at(std::string(kFallbackLanguage))
                                           : text->second}});
}

std::vector<const Plan*> MessagesBook::told_of(std::string_view trigger) const {
    std::vector<const Plan*> told;
    const std::string begin = std::string(trigger) + "#";
    for (auto it = plans_.lower_bound(begin); it != plans_.end() && it->first.starts_with(begin);
         ++it) {
        if (!it->second.keys.empty()) told.push_back(&it->second.plan);
    }
    return told;
}

std::vector<std::string> MessagesBook::plans_stating(std::string_view fact) const {
    const auto found = by_fact_.find(fact);
    if (found == by_fact_.end()) return {};
    return {found->second.begin(), found->second.end()};
}

std::vector<std::string> MessagesBook::messages_of(std::string_view plan_id,
                                                   std::size_t count) const {
    std::vector<std::string> ids;
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return ids;
    for (const MessageKey& key : found->second.keys) {
        if (!messages_.contains(key)) continue;
        ids.push_back(id_of(key));
    }
    std::ranges::sort(ids);
    ids.resize(std::min(ids.size(), count));
    return ids;
}

}  // namespace altis::messages
