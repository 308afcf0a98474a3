// The messages book: what is to be sent, what was sent to whom and why. One message per person and
// publication, whatever happens in between: what is decided twice is sent once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
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
#include "messages/fact.h"

namespace altis::messages {

constexpr std::size_t kMaxRecipients = 100'000;  // of one send
constexpr std::size_t kMaxPlanIdBytes = 160;     // of one identifier of a plan
constexpr std::string_view kFallbackLanguage = "en";

// One text to be told to one cohort about one competitor. Several plans may belong to one trigger;
// each person gets at most one message per trigger, also when a later version is planned.
struct Plan {
    std::string trigger;     // what is told: "results/<edition>/<rsc>", whichever version of it
    std::string unit;        // 34-character RSC
    std::string competitor;  // competitor code
    std::string cohort;
    std::string edition;
    std::string campaign;  // may be empty
    std::string fact;      // id of the result record behind it, and its version
    std::int64_t version = 0;
    std::map<std::string, std::string> texts;  // by language, from Composer::compose
    FactRecord facts;                          // what the texts state
    friend bool operator==(const Plan&, const Plan&) = default;
};

// "<trigger>#<competitor>#<cohort>#<version>"
std::string plan_id(const Plan& plan);

enum class TellingState : std::uint8_t {
    kNew,      // never planned
    kPending,  // a version is planned and not finished
    kTold,     // all versions that were planned are finished
};

// A person who is to get a message, and the rule that allows it.
struct Recipient {
    SubjectId subject = kNoSubject;
    std::string user;      // the application's own id of the person, for the channel
    std::string language;  // of the person; one without text is answered in kFallbackLanguage
    std::string rule;      // of the rights decision: "owner", "grant:<id>", ...
};

// What a message id stands for.
struct Resolved {
    SubjectId subject = kNoSubject;
    std::string plan;
    std::string trigger;
    std::string campaign;
    std::string edition;
    std::string language;
    Time sent;
};

// Id of the message of a trigger to a person: 32 hex digits that nobody can guess without `key`
// (vault secret "message-ids"), so that opens and purchases cannot be made up, and an id that
// outlives the person in the ledger leads to nobody.
std::string message_id(const crypto::Digest& key, std::string_view trigger, SubjectId subject);

// Record types: "messages.planned", "messages.sent" and "messages.opened" (both sealed under the
// person), "messages.finished", "messages.forgotten".
class MessagesBook final : public journal::Book {
  public:
    // ---- commands ------------------------------------------------------------------------------
    // No draft when the same plan is known. Fails with "messages.plan_invalid",
    // "messages.fact_invalid" or "messages.conflict" (same id, other content).
    journal::Decision plan(const Plan& plan) const;

    // One draft per person who has not got a message of the plan's trigger; the others are skipped.
    // May be repeated with the same or other recipients until `finish`. `key` is the one of
    // message_id. Fails with "messages.plan_unknown", "messages.finished",
    // "messages.recipient_invalid", "messages.too_many_recipients".
    journal::Decision send(std::string_view plan_id, const std::vector<Recipient>& recipients,
                           const crypto::Digest& key) const;

    // Everybody was served. No draft when it is finished already. Fails with
    // "messages.plan_unknown".
    journal::Decision finish(std::string_view plan_id) const;

    // The person opened the message; only the first time gives a draft. Fails with
    // "messages.unknown".
    journal::Decision opened(std::string_view message) const;

    // The person is gone: so is every trace of what they got. No draft when they got nothing.
    journal::Decision forget(SubjectId subject) const;

    // ---- questions -----------------------------------------------------------------------------
    const Plan* find_plan(std::string_view plan_id) const;  // null when unknown
    std::vector<std::string> pending() const;               // planned, not finished; in order of id
    // How far the telling of a plan's competitor to its cohort is, in whichever version.
    TellingState telling(const Plan& plan) const;
    bool has_received(std::string_view trigger, SubjectId subject) const;
    std::optional<Resolved> resolve(std::string_view message) const;
    // Why the person got it: cohort, followed competitor, rule, text, facts with versions. Fails
    // with "messages.unknown".
    Result<codec::Json> explain(std::string_view message) const;
    std::map<std::string, std::uint64_t> sent_by_language() const;
    std::uint64_t sent() const { return messages_.size(); }
    std::uint64_t sent(std::string_view plan_id) const;  // of one plan
    std::uint64_t opened() const { return opened_; }
    // Plans of which a text states something of a fact of this id, in order of their ids.
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
        bool is_finished = false;
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
    };
    using Messages = std::unordered_map<MessageKey, Message, KeyHash>;

    static std::optional<MessageKey> parse_key(std::string_view message);
    const Message* find(std::string_view message) const;
    PlanState* add_plan(Plan plan);
    void apply_planned(const codec::Json& json);
    void apply_sent(const journal::Record& record, const codec::Json& json);
    void apply_opened(Time time, const codec::Json& json);
    void apply_forgotten(SubjectId subject);
    void insert(const MessageKey& key, Message message);
    Result<void> load_plans(ByteReader& in, std::vector<PlanState*>& plans);
    Result<void> load_messages(ByteReader& in, const std::vector<PlanState*>& plans);

    Plans plans_;  // by id; entries are never removed
    std::map<std::string, std::set<std::string>, std::less<>> by_fact_;  // plan ids; derived
    Messages messages_;
    std::unordered_map<std::uint32_t, std::vector<MessageKey>> by_subject_;  // derived
    std::set<std::string, std::less<>> rules_;                               // not saved by itself
    std::uint64_t opened_ = 0;                                               // derived
};

}  // namespace altis::messages
