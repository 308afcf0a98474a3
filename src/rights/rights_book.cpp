#include "rights/rights_book.h"

#include <algorithm>

#include "base/assert.h"
#include "codec/text.h"
#include "rights/records.h"

namespace altis::rights {
namespace {

using codec::Json;
using journal::Decision;
using journal::Draft;

constexpr std::size_t kMaxIdBytes = 40;
constexpr std::size_t kMaxPolicyBytes = 8'192;

Draft control_draft(std::string_view type, std::string_view topic, const Json& payload) {
    return {std::string(type), std::string(topic), kNoSubject, payload.to_string()};
}

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<void> require_id(std::string_view id, std::string_view what) {
    if (is_id(id)) return {};
    return fail(
        Code::kInvalid, "rights.bad_id",
        "the id of " + std::string(what) + " must be 1 to 40 characters of a-z, 0-9 and '-'");
}

tl::unexpected<Error> exists(std::string_view what, std::string_view id) {
    return fail(
        Code::kConflict, "rights.exists",
        std::string(what) + " '" + std::string(id) + "' exists already, with other content");
}

tl::unexpected<Error> unknown(std::string_view what, std::string_view id) {
    return fail(Code::kNotFound, "rights.unknown",
                std::string(what) + " '" + std::string(id.substr(0, kMaxIdBytes)) +
                    "' is not registered; register it first");
}

bool is_locked_by_default(Category category) {
    return category == Category::kBiometric || category == Category::kAthleteHealth;
}

std::string describe(Category category, std::string_view edition) {
    return std::string(to_string(category)) + " of " + std::string(edition);
}

// An opt-out names no edition: it holds in all of them.
Draft consent_draft(SubjectId subject, const ConsentChange& change) {
    Json json = Json::object(
        {{"purpose", to_string(change.purpose)}, {"given", change.given}, {"at", change.at.us}});
    if (!change.edition.empty()) json.set("edition", change.edition);
    return {std::string(records::kConsent), std::string(change.edition), subject, json.to_string()};
}

}  // namespace

// ---- commands -----------------------------------------------------------------------------------

Decision RightsBook::register_organisation(const Organisation& organisation) const {
    TRY_VOID(require_id(organisation.id, "an organisation"));
    if (const auto* known = this->organisation(organisation.id)) {
        if (known->name == organisation.name && known->kind == organisation.kind) {
            return std::vector<Draft>{};
        }
        return exists("the organisation", organisation.id);
    }
    // The record is sealed under the treasury's own key: that makes the key, and reserves its
    // number.
    Draft draft =
        control_draft(records::kOrganisation, organisation.id, records::to_json(organisation));
    Draft key{std::string("rights.treasury_opened"), organisation.id, organisation.treasury, "{}"};
    return std::vector<Draft>{std::move(draft), std::move(key)};
}

Decision RightsBook::open_edition(const Edition& edition) const {
    TRY_VOID(require_id(edition.id, "an edition"));
    if (const auto* known = this->edition(edition.id)) {
        if (*known == edition) return std::vector<Draft>{};
        return exists("the edition", edition.id);
    }
    return std::vector<Draft>{
        control_draft(records::kEdition, edition.id, records::to_json(edition))};
}

Decision RightsBook::assign_ownership(std::string_view organisation, Category category,
                                      std::string_view edition) const {
    TRY_VOID(require_known(organisation, edition));
    const std::string_view current = owner(category, edition);
    if (current == organisation) return std::vector<Draft>{};
    if (!current.empty()) {
        return fail(Code::kConflict, "rights.owned",
                    describe(category, edition) + " belongs to '" + std::string(current) + "'");
    }
    return std::vector<Draft>{control_draft(records::kOwnership, edition,
                                            Json::object({{"organisation", organisation},
                                                          {"category", to_string(category)},
                                                          {"edition", edition}}))};
}

Decision RightsBook::grant(const Grant& grant, Time now) const {
    TRY_VOID(require_id(grant.id, "a grant"));
    TRY_VOID(require_known(grant.owner, grant.edition));
    TRY_VOID(require_known(grant.grantee, grant.edition));
    if (owner(grant.category, grant.edition) != grant.owner) {
        return fail(Code::kDenied, "rights.not_owner",
                    "only the owner may grant " + describe(grant.category, grant.edition));
    }
    if (grant.until <= now) {
        return fail(Code::kInvalid, "rights.grant_over", "the grant ends before it begins");
    }
    if (grant.policy.empty() || grant.policy.size() > kMaxPolicyBytes) {
        return fail(Code::kInvalid, "rights.policy_missing",
                    "a grant needs a written policy of 1 to 8192 bytes");
    }
    if (const auto known = grants_.find(grant.id); known != grants_.end()) {
        if (records::to_json(known->second) == records::to_json(grant)) return std::vector<Draft>{};
        return exists("the grant", grant.id);
    }
    return std::vector<Draft>{
        control_draft(records::kGrant, grant.edition, records::to_json(grant))};
}

Decision RightsBook::revoke_grant(std::string_view id) const {
    const auto known = grants_.find(id);
    if (known == grants_.end()) return unknown("the grant", id);
    return std::vector<Draft>{
        control_draft(records::kGrantRevoked, known->second.edition, Json::object({{"id", id}}))};
}

Decision RightsBook::unlock(std::string_view organisation, Category category,
                            std::string_view edition, std::string_view policy) const {
    TRY_VOID(require_known(organisation, edition));
    if (owner(category, edition) != organisation) {
        return fail(Code::kDenied, "rights.not_owner",
                    "only the owner may unlock " + describe(category, edition));
    }
    if (policy.empty() || policy.size() > kMaxPolicyBytes) {
        return fail(Code::kInvalid, "rights.policy_missing",
                    "unlocking needs a written policy of 1 to 8192 bytes");
    }
    return std::vector<Draft>{control_draft(records::kUnlock, edition,
                                            Json::object({{"organisation", organisation},
                                                          {"category", to_string(category)},
                                                          {"edition", edition},
                                                          {"policy", policy}}))};
}

Decision RightsBook::set_retention(const RetentionChange& change) const {
    TRY_VOID(require_known(change.organisation, change.edition));
    if (owner(Category::kFanEngagement, change.edition) != change.organisation) {
        return fail(Code::kDenied, "rights.not_owner",
                    "only the owner of the fan data may say how long they are kept");
    }
    if (change.days > kMaxRetentionDays) {
        return fail(Code::kInvalid, "retention.bad_days",
                    "data are kept for 1 to " + std::to_string(kMaxRetentionDays) + " days");
    }
    if (stated_days(change.what, change.edition).value_or(0) == change.days) {
        return std::vector<Draft>{};
    }
    const auto name = kRetainedNames[static_cast<std::size_t>(change.what)];
    return std::vector<Draft>{control_draft(records::kRetention, change.edition,
                                            Json::object({{"organisation", change.organisation},
                                                          {"category", name},
                                                          {"edition", change.edition},
                                                          {"days", change.days}}))};
}

Decision RightsBook::issue_key(const ApiKey& key) const {
    TRY_VOID(require_id(key.id, "an API key"));
    if (organisation(key.organisation) == nullptr)
        return unknown("the organisation", key.organisation);
    if (!key.edition.empty() && edition(key.edition) == nullptr) {
        return unknown("the edition", key.edition);
    }
    if (key.scopes.empty()) {
        return fail(Code::kInvalid, "rights.no_scopes", "an API key needs at least one scope");
    }
    if (keys_.contains(key.id)) return exists("the API key", key.id);
    return std::vector<Draft>{
        control_draft(records::kKey, key.organisation, records::to_json(key))};
}

Decision RightsBook::revoke_key(std::string_view id) const {
    const auto known = keys_.find(id);
    if (known == keys_.end()) return unknown("the API key", id);
    if (known->second.revoked) return std::vector<Draft>{};
    return std::vector<Draft>{control_draft(records::kKeyRevoked, known->second.organisation,
                                            Json::object({{"id", id}}))};
}

Decision RightsBook::set_consent(SubjectId subject, const ConsentChange& change) const {
    const auto number = edition_number(change.edition);
    if (!number) return unknown("the edition", change.edition);
    const Consent* const known = kept_consent(subject, *number, change.purpose);
    if (known != nullptr && !outweighs({change.at, 0, change.given}, *known)) {
        return std::vector<Draft>{};
    }
    return std::vector<Draft>{consent_draft(subject, change)};
}

Decision RightsBook::opt_out(SubjectId subject, Time at) const {
    std::vector<Draft> drafts;
    for (const Purpose purpose : kSharingPurposes) {
        const Consent* const known = kept_consent(subject, kEverywhere, purpose);
        if (known == nullptr || at < known->at) {
            drafts.push_back(consent_draft(subject, {purpose, {}, at, false}));
        }
    }
    return drafts;
}

Decision RightsBook::forget(SubjectId subject) const {
    if (!consents_.contains(to_number(subject))) return std::vector<Draft>{};
    return std::vector<Draft>{
        control_draft(records::kForgotten, "", Json::object({{"subject", to_number(subject)}}))};
}

// ---- questions ----------------------------------------------------------------------------------

Verdict RightsBook::decide(const Access& access, Time now) const {
    Verdict verdict = decide_ownership(access, now);
    if (!verdict.allowed || access.subjects.empty()) return verdict;
    if (access.purpose == Purpose::kOperations) return verdict;
    if (has_consent(access.subjects, access.purpose, access.edition)) {
        verdict.explanation += "; the person consented to " +
                               std::string(to_string(access.purpose)) + " in " + access.edition;
        return verdict;
    }
    return {false, "consent_missing",
            "the person has not consented to " + std::string(to_string(access.purpose)) + " in " +
                access.edition};
}

Verdict RightsBook::decide_ownership(const Access& access, Time now) const {
    const std::string what = describe(access.category, access.edition);
    const std::string_view owned_by = owner(access.category, access.edition);
    if (owned_by.empty()) return {false, "no_owner", "nobody owns " + what};
    if (is_locked(access.category, access.edition)) {
        return {false, "category_locked",
                what + " is locked until its owner unlocks it with a written policy"};
    }
    if (owned_by == access.organisation) {
        return {true, "owner", "'" + access.organisation + "' owns " + what};
    }
    for (const auto& [id, grant] : grants_) {
        const bool matches = grant.grantee == access.organisation &&
                             grant.category == access.category && grant.purpose == access.purpose &&
                             grant.edition == access.edition;
        if (matches && grant.until > now) {
            return {true, "grant:" + id,
                    "'" + std::string(owned_by) + "' granted " + what + " to '" +
                        access.organisation + "' for " + std::string(to_string(access.purpose))};
        }
    }
    return {false, "no_grant",
            "'" + access.organisation + "' has no grant for " + what + " for " +
                std::string(to_string(access.purpose))};
}

std::optional<Consent> RightsBook::consent(std::span<const SubjectId> subjects, Purpose purpose,
                                           std::string_view edition) const {
    const auto number = edition_number(edition);
    std::optional<Consent> last;
    const auto weigh = [&last](const Consent* one) {
        if (one != nullptr && (!last || outweighs(*one, *last))) last = *one;
    };
    for (const SubjectId subject : subjects) {
        if (number) weigh(kept_consent(subject, *number, purpose));
        weigh(kept_consent(subject, kEverywhere, purpose));
    }
    return last;
}

bool RightsBook::has_consent(std::span<const SubjectId> subjects, Purpose purpose,
                             std::string_view edition) const {
    const auto last = consent(subjects, purpose, edition);
    return last && last->given;
}

Result<Caller> RightsBook::authenticate(std::string_view secret) const {
    const auto hash = crypto::sha256(secret);
    const auto known = key_by_hash_.find(codec::to_hex(crypto::as_text(hash)));
    if (secret.empty() || known == key_by_hash_.end()) {
        return fail(Code::kUnauthenticated, "auth.unknown_key",
                    "this API key is not known; send `Authorization: Bearer <key>`, or the write "
                    "key as the user of Basic authentication");
    }
    const ApiKey& key = keys_.find(known->second)->second;
    if (key.revoked) {
        return fail(Code::kUnauthenticated, "auth.revoked_key",
                    "the API key '" + key.id + "' was revoked; ask its organisation for a new one");
    }
    return Caller{key.id, key.organisation, key.edition, key.scopes};
}

std::optional<std::uint16_t> RightsBook::stated_days(Retained what,
                                                     std::string_view edition) const {
    const auto found = retention_.find({what, std::string(edition)});
    if (found == retention_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::uint16_t> RightsBook::retention_days(Retained what,
                                                        std::string_view edition) const {
    const auto stated = stated_days(what, edition);
    if (!stated && what == Retained::kDeadLetters) return kDeadLetterDays;
    return stated;
}

const Organisation* RightsBook::organisation(std::string_view id) const {
    const auto found = organisations_.find(id);
    return found == organisations_.end() ? nullptr : &found->second;
}

const ApiKey* RightsBook::key(std::string_view id) const {
    const auto found = keys_.find(id);
    return found == keys_.end() ? nullptr : &found->second;
}

const Edition* RightsBook::edition(std::string_view id) const {
    const auto found = editions_.find(id);
    return found == editions_.end() ? nullptr : &found->second;
}

bool RightsBook::is_archive(std::string_view edition) const {
    const Edition* known = this->edition(edition);
    return known != nullptr && known->is_archive;
}

std::string_view RightsBook::owner(Category category, std::string_view edition) const {
    const auto found = owners_.find({category, std::string(edition)});
    return found == owners_.end() ? std::string_view() : found->second;
}

bool RightsBook::is_locked(Category category, std::string_view edition) const {
    return is_locked_by_default(category) && !unlocked_.contains({category, std::string(edition)});
}

Result<void> RightsBook::require_known(std::string_view organisation,
                                       std::string_view edition) const {
    if (this->organisation(organisation) == nullptr)
        return unknown("the organisation", organisation);
    if (this->edition(edition) == nullptr) return unknown("the edition", edition);
    return {};
}

std::optional<std::uint16_t> RightsBook::edition_number(std::string_view edition) const {
    const auto found = std::ranges::find(edition_numbers_, edition);
    if (found == edition_numbers_.end()) return std::nullopt;
    return static_cast<std::uint16_t>(found - edition_numbers_.begin());
}

const Consent* RightsBook::kept_consent(SubjectId subject, std::uint16_t edition,
                                        Purpose purpose) const {
    const auto found = consents_.find(to_number(subject));
    if (found == consents_.end()) return nullptr;
    const std::pair key(edition, purpose);
    const auto kept = std::ranges::lower_bound(found->second, key, {}, &KeptConsent::key);
    return kept != found->second.end() && kept->key() == key ? &kept->consent : nullptr;
}

// ---- journal::Book ------------------------------------------------------------------------------

void RightsBook::apply(const journal::Record& record) {
    if (!record.type.starts_with("rights.") || record.erased) return;
    if (record.type == records::kConsent) {
        apply_consent(record);
    } else {
        apply_control(record);
    }
}

void RightsBook::apply_control(const journal::Record& record) {
    const auto parsed = codec::parse_json(record.payload);
    ALTIS_ASSERT(parsed.has_value());
    const Json& json = *parsed;
    const std::string id(json["id"].as_string());
    if (record.type == records::kOrganisation) {
        organisations_[id] = records::organisation_from(json);
    } else if (record.type == records::kEdition) {
        editions_[id] = records::edition_from(json);
        edition_numbers_.push_back(id);
    } else if (record.type == records::kOwnership) {
        const auto category = parse_category(json["category"].as_string());
        owners_[{category.value(), std::string(json["edition"].as_string())}] =
            std::string(json["organisation"].as_string());
    } else if (record.type == records::kGrant) {
        grants_[id] = records::grant_from(json);
    } else if (record.type == records::kGrantRevoked) {
        grants_.erase(id);
    } else if (record.type == records::kUnlock) {
        const auto category = parse_category(json["category"].as_string());
        unlocked_[{category.value(), std::string(json["edition"].as_string())}] =
            std::string(json["policy"].as_string());
    } else if (record.type == records::kKey) {
        keys_[id] = records::key_from(json);
        key_by_hash_[keys_[id].secret_hash] = id;
    } else if (record.type == records::kKeyRevoked) {
        keys_[id].revoked = true;
    } else if (record.type == records::kRetention) {
        apply_retention(json);
    } else if (record.type == records::kForgotten) {
        consents_.erase(static_cast<std::uint32_t>(json["subject"].as_int()));
    }
}

void RightsBook::apply_retention(const Json& json) {
    const std::pair key(parse_retained(json["category"].as_string()).value(),
                        std::string(json["edition"].as_string()));
    const auto days = static_cast<std::uint16_t>(json["days"].as_int());
    retention_.erase(key);
    if (days != 0) retention_.emplace(key, days);
}

void RightsBook::apply_consent(const journal::Record& record) {
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    const std::string_view edition = (*json)["edition"].as_string();
    const auto number = edition.empty() ? kEverywhere : edition_number(edition);
    ALTIS_ASSERT(number.has_value());
    const KeptConsent fresh{
        *number,
        parse_purpose((*json)["purpose"].as_string()).value(),
        {Time{(*json)["at"].as_int()}, record.offset, (*json)["given"].as_bool()}};
    Consents& consents = consents_[to_number(record.subject)];
    const auto at = std::ranges::lower_bound(consents, fresh.key(), {}, &KeptConsent::key);
    if (at == consents.end() || at->key() != fresh.key()) {
        consents.insert(at, fresh);
    } else if (fresh.edition == kEverywhere ? fresh.consent.at < at->consent.at
                                            : outweighs(fresh.consent, at->consent)) {
        *at = fresh;
    }
}

void RightsBook::save(ByteWriter& out) const {
    const auto put_all = [&out](const auto& things) {
        out.put(static_cast<std::uint32_t>(things.size()));
        for (const auto& [id, thing] : things)
            out.put_text(records::to_json(thing).to_string());
    };
    const auto put_owned = [&out](const std::map<OwnedKey, std::string>& owned) {
        out.put(static_cast<std::uint32_t>(owned.size()));
        for (const auto& [key, text] : owned) {
            out.put(static_cast<std::uint8_t>(key.first));
            out.put_text(key.second);
            out.put_text(text);
        }
    };
    put_all(organisations_);
    put_all(editions_);
    put_all(grants_);
    put_all(keys_);
    put_owned(owners_);
    put_owned(unlocked_);
    out.put(static_cast<std::uint32_t>(edition_numbers_.size()));
    for (const auto& edition : edition_numbers_)
        out.put_text(edition);

    out.put(static_cast<std::uint32_t>(retention_.size()));
    for (const auto& [key, days] : retention_) {
        out.put(static_cast<std::uint8_t>(key.first), days);
        out.put_text(key.second);
    }
    save_all_consents(out);
}

void RightsBook::save_all_consents(ByteWriter& out) const {
    std::vector<std::uint32_t> subjects;
    subjects.reserve(consents_.size());
    for (const auto& [subject, consents] : consents_)
        subjects.push_back(subject);
    std::ranges::sort(subjects);
    out.put(static_cast<std::uint32_t>(subjects.size()));
    for (const std::uint32_t subject : subjects) {
        const Consents& consents = consents_.at(subject);
        out.put(subject);
        save_consents(out, consents);
    }
}

void RightsBook::save_consents(ByteWriter& out, const Consents& consents) {
    out.put(static_cast<std::uint16_t>(consents.size()));
    for (const KeptConsent& kept : consents) {
        out.put(kept.edition, static_cast<std::uint8_t>(kept.purpose),
                static_cast<std::uint8_t>(kept.consent.given), kept.consent.at.us,
                kept.consent.offset);
    }
}

RightsBook::Consents RightsBook::load_consents(ByteReader& in) {
    Consents consents;
    for (auto left = in.get<std::uint16_t>(); left > 0 && in.ok(); --left) {
        KeptConsent kept;
        kept.edition = in.get<std::uint16_t>();
        kept.purpose = static_cast<Purpose>(in.get<std::uint8_t>());
        kept.consent.given = in.get<std::uint8_t>() != 0;
        kept.consent.at.us = in.get<std::int64_t>();
        kept.consent.offset = in.get<journal::Offset>();
        consents.push_back(kept);
    }
    return consents;
}

namespace {

// Reads `count` JSON texts and hands each to `take`.
template <class Take>
Result<void> load_json_list(ByteReader& in, Take take) {
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        TRY(const Json json, codec::parse_json(in.get_text()));
        take(json);
    }
    return {};
}

}  // namespace

Result<void> RightsBook::load(ByteReader& in) {
    *this = RightsBook();
    TRY_VOID(load_json_list(in, [this](const Json& json) {
        auto organisation = records::organisation_from(json);
        organisations_[organisation.id] = organisation;
    }));
    TRY_VOID(load_json_list(in, [this](const Json& json) {
        auto edition = records::edition_from(json);
        editions_[edition.id] = edition;
    }));
    TRY_VOID(load_json_list(in, [this](const Json& json) {
        auto grant = records::grant_from(json);
        grants_[grant.id] = grant;
    }));
    TRY_VOID(load_json_list(in, [this](const Json& json) {
        auto key = records::key_from(json);
        key_by_hash_[key.secret_hash] = key.id;
        keys_[key.id] = key;
    }));
    for (auto* owned : {&owners_, &unlocked_}) {
        const auto count = in.get<std::uint32_t>();
        for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
            const auto category = static_cast<Category>(in.get<std::uint8_t>());
            std::string edition(in.get_text());
            (*owned)[{category, std::move(edition)}] = std::string(in.get_text());
        }
    }
    const auto editions = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < editions && in.ok(); ++i) {
        edition_numbers_.emplace_back(in.get_text());
    }
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        const auto what = static_cast<Retained>(in.get<std::uint8_t>());
        const auto days = in.get<std::uint16_t>();
        retention_[{what, std::string(in.get_text())}] = days;
    }
    const auto subjects = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < subjects && in.ok(); ++i) {
        const auto subject = in.get<std::uint32_t>();
        consents_[subject] = load_consents(in);
    }
    return in.finish("the rights book's snapshot");
}

Draft decision_draft(const Access& access, const Verdict& verdict, std::uint64_t people) {
    Json json = Json::object({{"actor", access.actor},
                              {"organisation", access.organisation},
                              {"category", to_string(access.category)},
                              {"purpose", to_string(access.purpose)},
                              {"edition", access.edition},
                              {"allowed", verdict.allowed},
                              {"rule", verdict.rule},
                              {"people", people}});
    if (!access.subjects.empty()) json.set("subject", to_number(access.subjects.front()));
    return control_draft(records::kDecided, access.edition, json);
}

}  // namespace altis::rights
