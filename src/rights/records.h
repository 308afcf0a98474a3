// The rule book's own records: their types, and how each structure travels as JSON.
#pragma once

#include <string_view>

#include "codec/json.h"
#include "rights/rights_book.h"

namespace altis::rights::records {

constexpr std::string_view kOrganisation = "rights.organisation_registered";
constexpr std::string_view kEdition = "rights.edition_opened";
constexpr std::string_view kOwnership = "rights.ownership_assigned";
constexpr std::string_view kGrant = "rights.granted";
constexpr std::string_view kGrantRevoked = "rights.grant_revoked";
constexpr std::string_view kUnlock = "rights.category_unlocked";
constexpr std::string_view kKey = "rights.key_issued";
constexpr std::string_view kKeyRevoked = "rights.key_revoked";
constexpr std::string_view kConsent = "rights.consent";
constexpr std::string_view kForgotten = "rights.forgotten";
constexpr std::string_view kRetention = "rights.retention_set";
constexpr std::string_view kDecided = "rights.decided";

codec::Json to_json(const Organisation& organisation);
codec::Json to_json(const Edition& edition);
codec::Json to_json(const Grant& grant);
codec::Json to_json(const ApiKey& key);

// The inverses trust their input: they read what to_json wrote.
Organisation organisation_from(const codec::Json& json);
Edition edition_from(const codec::Json& json);
Grant grant_from(const codec::Json& json);
ApiKey key_from(const codec::Json& json);

}  // namespace altis::rights::records
