// The rule book: organisations, editions, ownership, grants, locks, consent, API keys. Default
// deny.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/book.h"
#include "rights/model.h"
#include "rights/retention.h"

namespace altis::rights {

// A party. Its treasury is sealed under `treasury`, a subject of its own.
struct Organisation {
    std::string id;    // [a-z0-9-], up to 40
    std::string name;  // for people
    std::string kind;  // "rights_holder", "sponsor", "broadcaster", "federation", "operator"
    SubjectId treasury = kNoSubject;
};

// One Games.
struct Edition {
    std::string id;  // e.g. "owg2026"
    std::string name;
    // Games of the past, of which everything is known already: nobody is told when its results come
    // in. Said when it is opened, for good.
    bool is_archive = false;
    friend bool operator==(const Edition&, const Edition&) = default;
};

// Permission from an owner to another organisation.
struct Grant {
    std::string id;
    std::string owner;
    std::string grantee;
    Category category = Category::kFanEngagement;
    Purpose purpose = Purpose::kAnalytics;
    std::string edition;
    Time until;          // first moment at which it no longer holds
    std::string policy;  // the written reason
};

// What an API key may do: one word per kind of route, e.g. "ingest", "rooms", "results:write",
// "admin".
struct ApiKey {
    std::string id;
    std::string organisation;
    std::string edition;  // what it ingests into; may be empty
    std::set<std::string> scopes;
    std::string
        secret_hash;  // hex SHA-256 of the secret; the secret itself is shown once and never kept
    bool revoked = false;
};

// What a person says about one purpose in one edition.
struct ConsentChange {
    Purpose purpose = Purpose::kAnalytics;
    std::string_view edition;
    Time at;
    bool given = false;
};

// Scopes of the key that made a request.
struct Caller {
    std::string key_id;
    std::string organisation;
    std::string edition;
    std::set<std::string> scopes;
};

class RightsBook final : public journal::Book {
  public:
    // ---- commands: each gives the drafts that make it true, or why not -------------------------
    journal::Decision register_organisation(const Organisation& organisation) const;
    journal::Decision open_edition(const Edition& edition) const;
    // One owner per category and edition.
    journal::Decision assign_ownership(std::string_view organisation, Category category,
                                       std::string_view edition) const;
    journal::Decision grant(const Grant& grant, Time now) const;
    journal::Decision revoke_grant(std::string_view id) const;
    // Opens a locked category; only its owner, and only with a written policy.
    journal::Decision unlock(std::string_view organisation, Category category,
                             std::string_view edition, std::string_view policy) const;
    // Says for how many days data of an edition are kept; only the owner of its fan data may. No
    // draft when that is so already. Fails with "rights.unknown", "rights.not_owner" or
    // "retention.bad_days".
    journal::Decision set_retention(const RetentionChange& change) const;
    journal::Decision issue_key(const ApiKey& key) const;
    journal::Decision revoke_key(std::string_view id) const;
    // Consent given or withdrawn by a person; no draft when it changes nothing.
    journal::Decision set_consent(SubjectId subject, const ConsentChange& change) const;
    // The person opted out of all sharing in every edition, also of those to come. The signal comes
    // with every request of a browser; its first moment counts, so that what the person consents to
    // later, for one purpose in one edition, holds. No draft when that is known.
    journal::Decision opt_out(SubjectId subject, Time at) const;
    // The person was erased.
    journal::Decision forget(SubjectId subject) const;

    // ---- questions -----------------------------------------------------------------------------
    // Default deny. A grant that ended at or before `now` does not count.
    Verdict decide(const Access& access, Time now) const;
    // What these subjects, one person, decided last; nothing when none of them ever did. So linking
    // subjects, and taking a link back, needs no change here.
    std::optional<Consent> consent(std::span<const SubjectId> subjects, Purpose purpose,
                                   std::string_view edition) const;
    bool has_consent(std::span<const SubjectId> subjects, Purpose purpose,
                     std::string_view edition) const;
    // The caller behind an API secret; "auth.unknown_key" or "auth.revoked_key".
    Result<Caller> authenticate(std::string_view secret) const;
    // For how many days; nothing means for good.
    std::optional<std::uint16_t> retention_days(Retained what, std::string_view edition) const;
    // What the owner said; nothing where it said nothing.
    std::optional<std::uint16_t> stated_days(Retained what, std::string_view edition) const;
    const Organisation* organisation(std::string_view id) const;
    // Also one that was revoked.
    const ApiKey* key(std::string_view id) const;
    const Edition* edition(std::string_view id) const;
    // False for an edition that is not open.
    bool is_archive(std::string_view edition) const;
    // Owner of a category in an edition; empty when nobody owns it.
    std::string_view owner(Category category, std::string_view edition) const;
    // True while a category that is locked by default waits for its owner's written policy.
    bool is_locked(Category category, std::string_view edition) const;
    const std::map<std::string, Organisation, std::less<>>& organisations() const {
        return organisations_;
    }
    const std::map<std::string, Edition, std::less<>>& editions() const { return editions_; }
    const std::map<std::string, Grant, std::less<>>& grants() const { return grants_; }

    // ---- journal::Book -------------------------------------------------------------------------
    std::string_view name() const override { return "rights"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using OwnedKey = std::pair<Category, std::string>;  // category, edition
    // The last decision about one purpose in one edition.
    struct KeptConsent {
        std::uint16_t edition = 0;  // index into edition_numbers_, or kEverywhere
        Purpose purpose = Purpose::kOperations;
        Consent consent;

        std::pair<std::uint16_t, Purpose> key() const { return {edition, purpose}; }
    };
    using Consents = std::vector<KeptConsent>;  // by key
    static constexpr std::uint16_t kEverywhere = UINT16_MAX;

    void apply_control(const journal::Record& record);
    void apply_consent(const journal::Record& record);
    void apply_retention(const codec::Json& json);
    void save_all_consents(ByteWriter& out) const;
    Verdict decide_ownership(const Access& access, Time now) const;
    Result<void> require_known(std::string_view organisation, std::string_view edition) const;
    std::optional<std::uint16_t> edition_number(std::string_view edition) const;
    const Consent* kept_consent(SubjectId subject, std::uint16_t edition, Purpose purpose) const;
    static void save_consents(ByteWriter& out, const Consents& consents);
    static Consents load_consents(ByteReader& in);

    std::map<std::string, Organisation, std::less<>> organisations_;
    std::map<std::string, Edition, std::less<>> editions_;
    std::map<OwnedKey, std::string> owners_;
    std::map<OwnedKey, std::string> unlocked_;                             // to the written policy
    std::map<std::pair<Retained, std::string>, std::uint16_t> retention_;  // days, by edition
    std::map<std::string, Grant, std::less<>> grants_;
    std::map<std::string, ApiKey, std::less<>> keys_;
    std::unordered_map<std::string, std::string> key_by_hash_;  // derived from keys_
    std::vector<std::string> edition_numbers_;                  // number -> id, in order of opening
    std::unordered_map<std::uint32_t, Consents> consents_;      // by subject
};

// The record that says who was allowed, or not allowed, to use personal data, and by which rule.
// `people` is how many persons the use covers (1 for a single subject).
journal::Draft decision_draft(const Access& access, const Verdict& verdict, std::uint64_t people);

}  // namespace altis::rights
