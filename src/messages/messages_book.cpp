#include "messages/messages_book.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "base/assert.h"
#include "codec/text.h"

namespace altis::messages {
namespace {

using codec::Json;

// The language in which a person is answered: their own, that of "fr-CA" without the country, or
// the fallback.
const std::string& language_for(const Plan& plan, std::string_view language) {
    for (const std::string_view wanted : {language, language.substr(0, language.find('-'))}) {
        const auto found = plan.texts.find(std::string(wanted));
        if (found != plan.texts.end()) return found->first;
    }
    return plan.texts.find(std::string(kFallbackLanguage))->first;
}

// Writes the payloads of one plan's messages. What all of them share is written once: a send has
// up to a hundred thousand.
class SentWriter {
  public:
    SentWriter(const Plan& plan, const std::string& id) : plan_(plan) {
        for (const auto& [language, text] : plan.texts) {
            const Json shared = Json::object({{"plan", id},
                                              {"language", language},
                                              {"fact", plan.fact},
                                              {"version", plan.version}});
            std::string json = shared.to_string();
            json.back() = ',';
            beginnings_.emplace(&language, std::move(json));
        }
    }

    // `topic` is empty where it is the message's own id.
    journal::Draft draft(const Recipient& recipient, std::string_view message,
                         std::string_view topic) const {
        std::string payload = beginnings_.at(&language_for(plan_, recipient.language));
        payload += "\"message\":\"";
        payload += message;
        if (!topic.empty()) {
            payload += "\",\"topic\":\"";
            payload += topic;
        }
        payload += "\",\"user\":";
        codec::append_json_string(payload, recipient.user);
        payload += ",\"rule\":";
        codec::append_json_string(payload, recipient.rule);
        payload += "}";
        return {"messages.sent", plan_.edition, recipient.subject, std::move(payload)};
    }

  private:
    const Plan& plan_;
    std::map<const std::string*, std::string> beginnings_;  // by language, a key of the texts
};

tl::unexpected<Error> unknown_message() {
    return fail(Code::kNotFound, "messages.unknown",
                "no such message was sent, or the person it went to is erased");
}

tl::unexpected<Error> unknown_plan() {
    return fail(Code::kNotFound, "messages.plan_unknown",
                "there is no such plan; plan the message before sending it");
}

Handling outcome_of(const Json& settled) {
    const bool is_good = settled["outcome"].as_string() == "delivered";
    return is_good ? Handling::kDelivered : Handling::kFailed;
}

}  // namespace

std::string message_id(const crypto::Digest& key, std::string_view trigger, SubjectId subject) {
    ByteWriter bytes;
    bytes.put_text(trigger);
    bytes.put(to_number(subject));
    const crypto::Digest digest = crypto::keyed_hash(key, bytes.bytes());
    return codec::to_hex(crypto::as_text(digest).substr(0, 16));
}

std::string message_id(const crypto::Digest& key, const Plan& plan, SubjectId subject) {
    if (plan.kind == Kind::kResult) return message_id(key, plan.trigger, subject);
    std::string trigger = plan.trigger;
    trigger.append("#").append(to_string(plan.kind)).append("#");
    return message_id(key, trigger + std::to_string(plan.version), subject);
}

std::size_t MessagesBook::KeyHash::operator()(const MessageKey& key) const {
    std::uint64_t hash = 0;  // the key is a keyed hash already
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
}

journal::Decision MessagesBook::plan(const Plan& plan) const {
    TRY_VOID(check_plan(plan));
    const std::string id = plan_id(plan);
    if (const Plan* known = find_plan(id)) {
        if (*known == plan) return std::vector<journal::Draft>{};
        return fail(Code::kConflict, "messages.conflict",
                    "the plan '" + id + "' exists with other content; use another trigger");
    }
    return std::vector<journal::Draft>{
        {"messages.planned", plan.edition, kNoSubject, to_json(plan).to_string()}};
}

journal::Decision MessagesBook::send(std::string_view plan_id,
                                     const std::vector<Recipient>& recipients,
                                     const crypto::Digest& key) const {
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return unknown_plan();
    const Plan& plan = found->second.plan;
    const PlanState& state = found->second;
    if (state.is_superseded || (state.is_finished && !has_held(state))) {
        return fail(Code::kConflict, "messages.finished",
                    "the plan '" + found->first + "' is finished; nothing more is sent for it");
    }
    if (recipients.size() > kMaxRecipients) {
        return fail(Code::kTooLarge, "messages.too_many_recipients",
                    "one send takes at most 100000 recipients; send in chunks");
    }
    const SentWriter writer(plan, found->first);
    std::vector<journal::Draft> drafts;
    drafts.reserve(recipients.size());
    std::unordered_set<std::uint32_t> served;
    for (const Recipient& recipient : recipients) {
        if (recipient.subject == kNoSubject || recipient.rule.empty()) {
            return fail(Code::kInvalid, "messages.recipient_invalid",
                        "a recipient needs a person and the rule that allows the message");
        }
        if (was_told(plan, recipient.subject)) continue;
        if (!served.insert(to_number(recipient.subject)).second) continue;
        const std::string topic = plan.kind == Kind::kResult
                                      ? std::string()
                                      : message_id(key, plan.trigger, recipient.subject);
        drafts.push_back(writer.draft(recipient, message_id(key, plan, recipient.subject), topic));
    }
    return drafts;
}

journal::Decision MessagesBook::finish(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return unknown_plan();
    if (found->second.is_finished) return std::vector<journal::Draft>{};
    const Json json = Json::object({{"plan", plan_id}});
    return std::vector<journal::Draft>{
        {"messages.finished", found->second.plan.edition, kNoSubject, json.to_string()}};
}

journal::Decision MessagesBook::supersede(std::string_view plan_id) const {
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return unknown_plan();
    if (found->second.is_superseded) return std::vector<journal::Draft>{};
    const Json json = Json::object({{"plan", plan_id}, {"superseded", true}});
    return std::vector<journal::Draft>{
        {"messages.finished", found->second.plan.edition, kNoSubject, json.to_string()}};
}

journal::Decision MessagesBook::consider(std::string_view plan_id,
                                         const Considered& considered) const {
    const auto found = plans_.find(plan_id);
    if (found == plans_.end()) return unknown_plan();
    Json reasons = Json::object();
    for (const auto& [reason, subjects] : considered.reasons) {
        if (!subjects.empty()) reasons.set(to_string(reason), pack_subjects(subjects));
    }
    if (reasons.members().empty() && considered.due == found->second.due) {
        return std::vector<journal::Draft>{};
    }
    const Json json = Json::object(
        {{"plan", plan_id}, {"due", considered.due.us}, {"reasons", std::move(reasons)}});
    return std::vector<journal::Draft>{
        {"messages.considered", found->second.plan.edition, kNoSubject, json.to_string()}};
}

journal::Decision MessagesBook::handed(std::string_view message) const {
    const Message* sent = find(message);
    if (sent == nullptr) return unknown_message();
    if (sent->handling != Handling::kDecided) return std::vector<journal::Draft>{};
    const Json json = Json::object({{"message", message}});
    return std::vector<journal::Draft>{
        {"messages.handed", sent->plan->plan.edition, sent->subject, json.to_string()}};
}

journal::Decision MessagesBook::settled(std::string_view message, Handling outcome) const {
    ALTIS_ASSERT(outcome == Handling::kDelivered || outcome == Handling::kFailed);
    const Message* sent = find(message);
    if (sent == nullptr) return unknown_message();
    if (sent->handling == Handling::kDelivered || sent->handling == Handling::kFailed) {
        return std::vector<journal::Draft>{};
    }
    const Json json = Json::object(
        {{"message", message}, {"outcome", kHandlingNames[static_cast<std::size_t>(outcome)]}});
    return std::vector<journal::Draft>{
        {"messages.settled", sent->plan->plan.edition, sent->subject, json.to_string()}};
}

journal::Decision MessagesBook::opened(std::string_view message) const {
    const Message* sent = find(message);
    if (sent == nullptr) return unknown_message();
    if (sent->opened) return std::vector<journal::Draft>{};
    const Plan& plan = sent->plan->plan;
    const Json json = Json::object({{"message", message}, {"campaign", plan.campaign}});
    return std::vector<journal::Draft>{
        {"messages.opened", plan.edition, sent->subject, json.to_string()}};
}

journal::Decision MessagesBook::forget(SubjectId subject) const {
    const bool is_known = by_subject_.contains(to_number(subject)) ||
                          std::ranges::any_of(plans_, [subject](const auto& entry) {
                              return reason_of(entry.second, subject).has_value();
                          });
    if (!is_known) return std::vector<journal::Draft>{};
    // About nobody, so that it stays readable when the person's key is gone.
    const Json json = Json::object({{"subject", to_number(subject)}});
    return std::vector<journal::Draft>{{"messages.forgotten", "", kNoSubject, json.to_string()}};
}

std::optional<Resolved> MessagesBook::resolve(std::string_view message) const {
    const Message* sent = find(message);
    if (sent == nullptr) return std::nullopt;
    const Plan& plan = sent->plan->plan;
    const auto topic = topics_.find(*parse_key(message));
    std::string topic_text(message);
    if (topic != topics_.end()) {
        topic_text = codec::to_hex(
            {reinterpret_cast<const char*>(topic->second.data()), topic->second.size()});
    }
    return Resolved{sent->subject,  plan_id(plan),           plan.trigger, plan.campaign,
                    plan.edition,   *sent->language,         sent->sent,   std::move(topic_text),
                    sent->handling, sent->opened.has_value()};
}

Result<Json> MessagesBook::explain(std::string_view message) const {
    const Message* sent = find(message);
    if (sent == nullptr) return unknown_message();
    Json json = to_json(sent->plan->plan);
    const std::string text(json["texts"][*sent->language].as_string());
    json.set("texts", nullptr);
    Json explanation =
        Json::object({{"message", message},
                      {"language", *sent->language},
                      {"title", title_of(sent->plan->plan, *sent->language)},
                      {"text", text},
                      {"sent", format_rfc3339(sent->sent)},
                      {"opened", nullptr},
                      {"rule", *sent->rule},
                      {"kind", to_string(sent->plan->plan.kind)},
                      {"handling", kHandlingNames[static_cast<std::size_t>(sent->handling)]}});
    if (sent->opened) explanation.set("opened", format_rfc3339(*sent->opened));
    for (const char* key :
         {"trigger", "unit", "cohort", "edition", "campaign", "fact", "version", "facts"}) {
        explanation.set(key, json[key]);
    }
    explanation.set("proof", proof_of(sent->plan->plan, *sent->language));
    explanation.set("title_proof", title_proof_of(sent->plan->plan, *sent->language));
    return explanation.set("followed", json["competitor"]);
}

std::optional<MessagesBook::MessageKey> MessagesBook::parse_key(std::string_view message) {
    MessageKey key{};
    const auto bytes = codec::from_hex(message);
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::memcpy(key.data(), bytes->data(), key.size());
    return key;
}

const MessagesBook::Message* MessagesBook::find(std::string_view message) const {
    const auto key = parse_key(message);
    if (!key) return nullptr;
    const auto found = messages_.find(*key);
    return found == messages_.end() ? nullptr : &found->second;
}

void MessagesBook::insert(const MessageKey& key, Message message) {
    if (!messages_.try_emplace(key, message).second) return;
    by_subject_[to_number(message.subject)].push_back(key);
    ++message.plan->sent[*message.language];
    message.plan->keys.push_back(key);
    opened_ += message.opened ? 1 : 0;
}

void MessagesBook::apply_planned(const journal::Record& record, const Json& json) {
    auto plan = plan_from_json(json);
    ALTIS_ASSERT(plan && check_plan(*plan));
    add_plan(*std::move(plan), record.time);
}

void MessagesBook::clear_reasons(PlanState& state, SubjectId subject) {
    for (SubjectSet& set : state.unsent) {
        if (!set.empty()) set.remove(subject);
    }
}

// After a plan has changed: which of the lists of plans with work left it is in.
void MessagesBook::list(Plans::iterator plan) {
    const PlanState& state = plan->second;
    const auto put = [&plan](auto& set, bool is_in) {
        if (is_in) {
            set.insert(plan->first);
        } else {
            set.erase(plan->first);
        }
    };
    put(open_, !state.is_finished);
    put(holding_, !state.is_superseded && has_held(state));
}

bool MessagesBook::has_held(const PlanState& state) {
    for (std::size_t i = 0; i < state.unsent.size(); ++i) {
        if (is_held(static_cast<Reason>(i)) && !state.unsent[i].empty()) return true;
    }
    return false;
}

std::optional<Reason> MessagesBook::reason_of(const PlanState& state, SubjectId subject) {
    for (std::size_t i = 0; i < state.unsent.size(); ++i) {
        if (!state.unsent[i].empty() && state.unsent[i].contains(subject)) {
            return static_cast<Reason>(i);
        }
    }
    return std::nullopt;
}

void MessagesBook::apply_considered(const Json& json) {
    const auto plan = plans_.find(json["plan"].as_string());
    ALTIS_ASSERT(plan != plans_.end());
    PlanState& state = plan->second;
    state.due = Time{json["due"].as_int()};
    for (const auto& [name, packed] : json["reasons"].members()) {
        const auto reason = parse_reason(name);
        const auto subjects = unpack_subjects(packed.as_string());
        ALTIS_ASSERT(reason && subjects);
        for (const SubjectId subject : *subjects) {
            clear_reasons(state, subject);
            state.unsent[static_cast<std::size_t>(*reason)].add(subject);
        }
    }
    list(plan);
}

void MessagesBook::apply_handling(const Json& json, Handling handling) {
    const auto key = parse_key(json["message"].as_string());
    ALTIS_ASSERT(key);
    const auto found = messages_.find(*key);
    if (found == messages_.end()) return;  // the person was forgotten in between
    if (found->second.handling < handling) found->second.handling = handling;
}

MessagesBook::PlanState* MessagesBook::add_plan(Plan plan, Time planned) {
    const std::string id = plan_id(plan);
    by_fact_[plan.fact].insert(id);
    for (const Fact& fact : plan.facts) {
        by_fact_[fact.source].insert(id);
        for (const ProofRow& row : fact.proof)
            by_fact_[row.source].insert(id);
    }
    PlanState state;
    state.plan = std::move(plan);
    state.planned = planned;
    const auto added = plans_.try_emplace(id, std::move(state)).first;
    list(added);
    return &added->second;
}

void MessagesBook::apply_sent(const journal::Record& record, const Json& json) {
    const auto key = parse_key(json["message"].as_string());
    const auto plan = plans_.find(json["plan"].as_string());
    ALTIS_ASSERT(key && plan != plans_.end());
    const auto text = plan->second.plan.texts.find(std::string(json["language"].as_string()));
    ALTIS_ASSERT(text != plan->second.plan.texts.end());
    const auto rule = rules_.emplace(json["rule"].as_string()).first;
    if (const auto topic = parse_key(json["topic"].as_string())) topics_.emplace(*key, *topic);
    clear_reasons(plan->second, record.subject);
    if (holding_.contains(plan->first)) list(plan);
    insert(*key, {&plan->second, &text->first, &*rule, record.subject, record.time, std::nullopt});
}

void MessagesBook::apply_opened(Time time, const Json& json) {
    const auto key = parse_key(json["message"].as_string());
    ALTIS_ASSERT(key);
    const auto found = messages_.find(*key);
    if (found == messages_.end()) return;  // the person was forgotten in between
    std::optional<Time>& opened = found->second.opened;
    opened_ += opened ? 0 : 1;
    opened = opened ? std::min(*opened, time) : time;
}

void MessagesBook::apply_forgotten(SubjectId subject) {
    for (auto plan = plans_.begin(); plan != plans_.end(); ++plan) {
        clear_reasons(plan->second, subject);
        list(plan);
    }
    const auto got = by_subject_.find(to_number(subject));
    if (got == by_subject_.end()) return;
    for (const MessageKey& key : got->second) {
        const auto found = messages_.find(key);
        --found->second.plan->sent[*found->second.language];
        opened_ -= found->second.opened ? 1 : 0;
        messages_.erase(found);
        topics_.erase(key);
    }
    by_subject_.erase(got);
}

void MessagesBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("messages.")) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    if (record.type == "messages.planned") {
        apply_planned(record, *json);
    } else if (record.type == "messages.retold") {
        apply_retold(*json);
    } else if (record.type == "messages.sent") {
        apply_sent(record, *json);
    } else if (record.type == "messages.opened") {
        apply_opened(record.time, *json);
    } else if (record.type == "messages.finished") {
        const auto plan = plans_.find((*json)["plan"].as_string());
        ALTIS_ASSERT(plan != plans_.end());
        if ((*json)["superseded"].as_bool()) {
            plan->second.is_superseded = true;
        } else {
            plan->second.is_complete = true;
        }
        plan->second.is_finished = true;
        list(plan);
    } else if (record.type == "messages.considered") {
        apply_considered(*json);
    } else if (record.type == "messages.handed") {
        apply_handling(*json, Handling::kHanded);
    } else if (record.type == "messages.settled") {
        apply_handling(*json, outcome_of(*json));
    } else if (record.type == "messages.forgotten") {
        apply_forgotten(SubjectId{static_cast<std::uint32_t>((*json)["subject"].as_int())});
    }
}

void MessagesBook::save(ByteWriter& out) const {
    std::unordered_map<const PlanState*, std::uint32_t> numbers;
    out.put(static_cast<std::uint32_t>(plans_.size()));
    for (const auto& [id, state] : plans_) {
        numbers.emplace(&state, static_cast<std::uint32_t>(numbers.size()));
        out.put_text(to_json(state.plan).to_string());
        out.put(state.planned.us, state.is_finished, state.is_superseded, state.is_complete,
                state.due.us);
        for (const SubjectSet& set : state.unsent)
            set.save(out);
    }

    std::vector<const Messages::value_type*> sorted;
    sorted.reserve(messages_.size());
    for (const auto& entry : messages_)
        sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    out.put(static_cast<std::uint64_t>(sorted.size()));
    for (const auto* entry : sorted) {
        const auto& [key, message] = *entry;
        out.put_raw({reinterpret_cast<const char*>(key.data()), key.size()});
        out.put(numbers.at(message.plan));
        out.put(to_number(message.subject));
        out.put(message.sent.us);
        out.put(static_cast<std::uint8_t>(message.opened ? 1 : 0));
        out.put(message.opened.value_or(Time{}).us);
        out.put(static_cast<std::uint8_t>(message.handling));
        const auto topic = topics_.find(key);
        out.put(topic != topics_.end());
        if (topic != topics_.end()) {
            out.put_raw(
                {reinterpret_cast<const char*>(topic->second.data()), topic->second.size()});
        }
        out.put_text(*message.language);
        out.put_text(*message.rule);
    }
}

Result<void> MessagesBook::load_plans(ByteReader& in, std::vector<PlanState*>& plans) {
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const std::string_view text = in.get_text();
        if (!in.ok()) break;
        TRY(const auto json, codec::parse_json(text));
        TRY(auto plan, plan_from_json(json));
        const Time planned{in.get<std::int64_t>()};
        plans.push_back(add_plan(std::move(plan), planned));
        PlanState& state = *plans.back();
        state.is_finished = in.get<bool>();
        state.is_superseded = in.get<bool>();
        state.is_complete = in.get<bool>();
        state.due.us = in.get<std::int64_t>();
        for (SubjectSet& set : state.unsent)
            TRY_VOID(set.load(in));
        list(plans_.find(plan_id(state.plan)));
    }
    return {};
}

Result<void> MessagesBook::load_messages(ByteReader& in, const std::vector<PlanState*>& plans) {
    const auto corrupt = [] {
        return fail(Code::kCorrupt, "messages.state_corrupt",
                    "a message in the snapshot names an unknown plan or language; replay instead");
    };
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        MessageKey key{};
        const std::string_view raw = in.get_raw(key.size());
        std::copy(raw.begin(), raw.end(), key.begin());
        Message message;
        const auto plan = in.get<std::uint32_t>();
        message.subject = SubjectId{in.get<std::uint32_t>()};
        message.sent.us = in.get<std::int64_t>();
        const bool is_opened = in.get<std::uint8_t>() != 0;
        const Time opened{in.get<std::int64_t>()};
        if (is_opened) message.opened = opened;
        const auto handling = in.get<std::uint8_t>();
        if (handling >= kHandlingNames.size()) return corrupt();
        message.handling = static_cast<Handling>(handling);
        if (in.get<bool>()) {
            MessageKey topic{};
            const std::string_view bytes = in.get_raw(topic.size());
            std::copy(bytes.begin(), bytes.end(), topic.begin());
            topics_.emplace(key, topic);
        }
        const std::string language(in.get_text());
        message.rule = &*rules_.emplace(in.get_text()).first;
        if (!in.ok() || plan >= plans.size()) return corrupt();
        message.plan = plans[plan];
        const auto text = message.plan->plan.texts.find(language);
        if (text == message.plan->plan.texts.end()) return corrupt();
        message.language = &text->first;
        insert(key, message);
    }
    return {};
}

Result<void> MessagesBook::load(ByteReader& in) {
    messages_.clear();
    by_subject_.clear();
    topics_.clear();
    plans_.clear();
    by_fact_.clear();
    open_.clear();
    holding_.clear();
    rules_.clear();
    opened_ = 0;
    std::vector<PlanState*> plans;
    TRY_VOID(load_plans(in, plans));
    TRY_VOID(load_messages(in, plans));
    return in.finish("the messages book's state");
}

}  // namespace altis::messages
