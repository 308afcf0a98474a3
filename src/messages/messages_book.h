// The messages book: what is to be sent, what was sent to whom and why, and why not to the others.
// One message per person and publication, whatever happens in between: what is decided twice is
// sent once. When a fact changes, whoever got the old one gets one correction.
//
// It is the ledger of sending as well: a message is decided (durable), handed to its channel
// (durable before anything leaves), and settled with the channel's outcome. What a crash leaves
// unsettled is handed again under the same id, by which a channel knows that it has it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "journal/book.h"
#include "messages/decision.h"
#include "messages/plan.h"
#include "messages/subject_set.h"

namespace altis::messages {

constexpr std::size_t kMaxRecipients = 100'000;  // of one send

enum class TellingState : std::uint8_t {
    kNew,      // never planned
    kPending,  // planned, and no version's audience was asked about to the end
    kTold,     // everybody of the audience was asked about, for some version
};

// A person who is to get a message, and the rule that allows it.
struct Recipient {
    SubjectId subject = kNoSubject;
    std::string user;      // the application's own id of the person, for the channel
    std::string language;  // of the person; one without text is answered in kFallbackLanguage
    std::string rule;      // of the rights decision: "owner", "grant:<id>", ...
};

// What became of some people of a plan's audience who got nothing.
struct Considered {
    std::map<Reason, std::vector<SubjectId>> reasons;  // without kSend
    Time due = kNever;  // when to ask about the held ones again; replaces what was said before
};

// Where a message is on its way through its channel.
enum class Handling : std::uint8_t { kDecided, kHanded, kDelivered, kFailed };
constexpr std::array<std::string_view, 4> kHandlingNames = {"decided", "handed", "delivered",
                                                            "failed"};

// What a message id stands for.
struct Resolved {
    SubjectId subject = kNoSubject;
    std::string plan;
    std::string trigger;
    std::string campaign;
    std::string edition;
    std::string language;
    Time sent;
    std::string topic;  // one per trigger and person: what is newer replaces what is unseen
    Handling handling = Handling::kDecided;
    bool is_opened = false;
};

// Id of the message of a trigger to a person: 32 hex digits that nobody can guess without `key`
// (vault secret "message-ids"), so that opens and purchases cannot be made up, and an id that
// outlives the person in the ledger leads to nobody.
// The id of the result is the topic of all that is told about its trigger.
std::string message_id(const crypto::Digest& key, std::string_view trigger, SubjectId subject);
// The same for a message of any kind.
std::string message_id(const crypto::Digest& key, const Plan& plan, SubjectId subject);

// Record types: "messages.planned", "messages.retold", "messages.considered" (numbers of subjects
// by reason), "messages.sent", "messages.handed", "messages.settled" and "messages.opened" (these
// four sealed under the person), "messages.finished", "messages.forgotten".
class MessagesBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // No draft when the same plan is known. Fails with "messages.plan_invalid",
    // "messages.fact_invalid" or "messages.conflict" (same id, other content).
    journal::Decision plan(const Plan& plan) const;

    // The words of a known plan anew: other texts and readings, the same in all else. Only while
    // nobody has got it and not everybody was asked about, so that all are told the same. No draft
    // when they are the same words. Fails with "messages.plan_unknown", "messages.plan_invalid",
    // "messages.fact_invalid", "messages.conflict" or "messages.already_told".
    journal::Decision retell(const Plan& plan) const;

    // One draft per person who has not got this (see was_told); the others are skipped. May be
    // repeated with the same or other recipients until `finish`, and after it with those who are
    // held, until `supersede`. `key` is the one of message_id. Fails with "messages.plan_unknown",
    // "messages.finished", "messages.recipient_invalid", "messages.too_many_recipients".
    journal::Decision send(std::string_view plan_id, const std::vector<Recipient>& recipients,
                           const crypto::Digest& key) const;

    // Keeps why people got nothing. No draft when nothing is to be kept. Fails with
    // "messages.plan_unknown".
    journal::Decision consider(std::string_view plan_id, const Considered& considered) const;

    // Everybody was asked about. No draft when it is finished already. Fails with
    // "messages.plan_unknown".
    journal::Decision finish(std::string_view plan_id) const;

    // The plan's fact is no longer the truth: nobody else gets it. No draft when that is said
    // already. Fails with "messages.plan_unknown".
    journal::Decision supersede(std::string_view plan_id) const;

    // The message is about to leave by its channel. Said again after a crash or a retry; no draft
    // when it is settled. Fails with "messages.unknown".
    journal::Decision handed(std::string_view message) const;

    // The channel's outcome. The first one counts; no draft for others. Fails with
    // "messages.unknown".
    journal::Decision settled(std::string_view message, Handling outcome) const;

    // The person opened the message; only the first time gives a draft. Fails with
    // "messages.unknown".
    journal::Decision opened(std::string_view message) const;

    // The person is gone: so is every trace of what they got. No draft when they got nothing.
    journal::Decision forget(SubjectId subject) const;

    // ---- questions -----------------------------------------------------------------------------
    const Plan* find_plan(std::string_view plan_id) const;  // null when unknown
    std::vector<std::string> pending() const;               // planned, not finished; in order of id
    // Finished plans whose held people are to be asked about at `now`; in order of id.
    std::vector<std::string> due(Time now) const;
    Time next_due() const;  // kNever when nobody is held
    // Plans that hold back one of these subjects, in order of id.
    std::vector<std::string> holding(std::span<const SubjectId> subjects) const;
    // People who are held, of this plan, ascending; nobody when it is unknown.
    std::vector<SubjectId> held(std::string_view plan_id) const;
    // The same of all plans that tell of the same competitor to the same cohort.
    std::vector<SubjectId> held_of_story(const Plan& plan) const;
    // How many got nothing, by reason.
    std::map<Reason, std::uint64_t> reasons(std::string_view plan_id) const;
    Time planned(std::string_view plan_id) const;  // asserts that there is such a plan
    // Whether the plan is known and its fact still the truth.
    bool is_in_force(std::string_view plan_id) const;
    // How far the telling of a plan's competitor to its cohort is, in whichever version.
    TellingState telling(const Plan& plan) const;
    bool has_received(std::string_view trigger, SubjectId subject) const;
    // Whether the subject got the message that this plan would send.
    bool was_told(const Plan& plan, SubjectId subject) const;
    // What the subject got since then that counts for the cap: all but what puts things right.
    struct Load {
        std::uint32_t messages = 0;
        std::uint32_t stories = 0;
        Time last;        // of the messages
        Time last_story;  // of the stories
        Kind most_important = Kind::kStory;
    };
    Load load_since(SubjectId subject, Time since) const;
    // People who were told last about the plan's competitor and cohort what differs from the plan's
    // facts. In order of their numbers.
    struct Misinformed {
        SubjectId subject = kNoSubject;
        std::string message;  // the last one
        bool has_seen = false;
        const Plan* told_by = nullptr;  // until the next change
    };
    std::vector<Misinformed> misinformed(const Plan& plan) const;
    // The last messages of a person with these subjects, oldest first, at most `count`.
    std::vector<std::string> latest_of(std::span<const SubjectId> subjects,
                                       std::size_t count) const;
    // Messages that left the book and not yet their channel, at most `count`.
    std::vector<std::string> unsettled(std::size_t count) const;
    // The decision letter: what a person with these subjects got about a trigger, or why not.
    codec::Json letter(std::string_view trigger, std::span<const SubjectId> subjects) const;
    // What a person with these subjects got, newest first, at most `count`; each as `explain` says.
    codec::Json received(std::span<const SubjectId> subjects, std::size_t count) const;
    std::optional<Resolved> resolve(std::string_view message) const;
    // Why the person got it: cohort, followed competitor, rule, text, facts with versions. Fails
    // with "messages.unknown".
    Result<codec::Json> explain(std::string_view message) const;
    std::map<std::string, std::uint64_t> sent_by_language() const;
    std::uint64_t sent() const { return messages_.size(); }
    std::uint64_t sent(std::string_view plan_id) const;  // of one plan
    std::uint64_t opened() const { return opened_; }
    // Plans of a trigger that are not superseded, in order of id.
    std::vector<std::string> plans_of(std::string_view trigger) const;
    // How the newest plans of an edition go, at most `count`, newest first, about nobody in
    // particular: [{id, unit, competitor, cohort, campaign, kind, version, planned, state
    // ("pending", "told", "superseded"), sent, unsent: {reason: people}, text}]. The text is that
    // of the language, else of kFallbackLanguage.
    codec::Json newest_plans(std::string_view edition, std::size_t count,
                             std::string_view language) const;
    // Plans of a trigger that somebody has got, superseded ones as well, in order of id. Until the
    // next change.
    std::vector<const Plan*> told_of(std::string_view trigger) const;
    // Plans of which a text states something of a fact of this id, or a claim that rests on it, in
    // order of their ids.
    std::vector<std::string> plans_stating(std::string_view fact) const;
    // Ids of the messages of a plan in ascending order, at most `count`.
    std::vector<std::string> messages_of(std::string_view plan_id, std::size_t count) const;

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "messages"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using MessageKey = std::array<std::uint8_t, 16>;
    struct KeyHash {
        std::size_t operator()(const MessageKey& key) const;
    };
    struct PlanState {
        Plan plan;
        Time planned;
        bool is_finished = false;
        bool is_superseded = false;
        bool is_complete = false;  // finished before it was superseded, if it was
        Time due = kNever;
        std::array<SubjectSet, kReasonNames.size()> unsent;
        std::map<std::string, std::uint64_t> sent;  // by language; derived
        // Of its messages, also those whose person was forgotten since; derived.
        std::vector<MessageKey> keys;
    };
    using Plans = std::map<std::string, PlanState, std::less<>>;
    struct Message {
        PlanState* plan = nullptr;              // in plans_
        const std::string* language = nullptr;  // key of plan->plan.texts
        const std::string* rule = nullptr;      // in rules_
        SubjectId subject = kNoSubject;
        Time sent;
        std::optional<Time> opened;
        Handling handling = Handling::kDecided;
    };
    using Messages = std::unordered_map<MessageKey, Message, KeyHash>;

    codec::Json progress(const std::string& id, const PlanState& state,
                         std::string_view language) const;
    static std::optional<MessageKey> parse_key(std::string_view message);
    const Message* find(std::string_view message) const;
    PlanState* add_plan(Plan plan, Time planned);
    void apply_considered(const codec::Json& json);
    void apply_handling(const codec::Json& json, Handling handling);
    static void clear_reasons(PlanState& state, SubjectId subject);
    void list(Plans::iterator plan);
    static bool has_held(const PlanState& state);
    static std::optional<Reason> reason_of(const PlanState& state, SubjectId subject);
    void apply_planned(const journal::Record& record, const codec::Json& json);
    void apply_retold(const codec::Json& json);
    void apply_sent(const journal::Record& record, const codec::Json& json);
    void apply_opened(Time time, const codec::Json& json);
    void apply_forgotten(SubjectId subject);
    void insert(const MessageKey& key, Message message);
    Result<void> load_plans(ByteReader& in, std::vector<PlanState*>& plans);
    Result<void> load_messages(ByteReader& in, const std::vector<PlanState*>& plans);

    Plans plans_;  // by id; entries are never removed
    std::map<std::string, std::set<std::string>, std::less<>> by_fact_;  // plan ids; derived
    std::set<std::string, std::less<>> open_;     // plans that are not finished; derived
    std::set<std::string, std::less<>> holding_;  // that hold people and are in force; derived
    Messages messages_;
    std::unordered_map<std::uint32_t, std::vector<MessageKey>> by_subject_;  // derived
    std::unordered_map<MessageKey, MessageKey, KeyHash> topics_;  // where it is not the own key
    std::set<std::string, std::less<>> rules_;                    // not saved by itself
    std::uint64_t opened_ = 0;                                    // derived
};

}  // namespace altis::messages
