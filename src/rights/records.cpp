#include "rights/records.h"

namespace altis::rights::records {

using codec::Json;

Json to_json(const Organisation& organisation) {
    return Json::object({{"id", organisation.id},
                         {"name", organisation.name},
                         {"kind", organisation.kind},
                         {"treasury", to_number(organisation.treasury)}});
}

Json to_json(const Edition& edition) {
    Json json = Json::object({{"id", edition.id}, {"name", edition.name}});
    if (edition.is_archive) json.set("archive", true);
    return json;
}

Json to_json(const Grant& grant) {
    return Json::object({{"id", grant.id},
                         {"owner", grant.owner},
                         {"grantee", grant.grantee},
                         {"category", to_string(grant.category)},
                         {"purpose", to_string(grant.purpose)},
                         {"edition", grant.edition},
                         {"until_us", grant.until.us},
                         {"policy", grant.policy}});
}

Json to_json(const ApiKey& key) {
    Json scopes = Json::array();
    for (const auto& scope : key.scopes)
        scopes.push(scope);
    return Json::object({{"id", key.id},
                         {"organisation", key.organisation},
                         {"edition", key.edition},
                         {"scopes", scopes},
                         {"secret_hash", key.secret_hash},
                         {"revoked", key.revoked}});
}

Organisation organisation_from(const Json& json) {
    return {std::string(json["id"].as_string()), std::string(json["name"].as_string()),
            std::string(json["kind"].as_string()),
            SubjectId{static_cast<std::uint32_t>(json["treasury"].as_int())}};
}

Edition edition_from(const Json& json) {
    return {std::string(json["id"].as_string()), std::string(json["name"].as_string()),
            json["archive"].as_bool()};
}

Grant grant_from(const Json& json) {
    return {std::string(json["id"].as_string()),
            std::string(json["owner"].as_string()),
            std::string(json["grantee"].as_string()),
            parse_category(json["category"].as_string()).value(),
            parse_purpose(json["purpose"].as_string()).value(),
            std::string(json["edition"].as_string()),
            Time{json["until_us"].as_int()},
            std::string(json["policy"].as_string())};
}

ApiKey key_from(const Json& json) {
    ApiKey key{
        std::string(json["id"].as_string()),          std::string(json["organisation"].as_string()),
        std::string(json["edition"].as_string()),     {},
        std::string(json["secret_hash"].as_string()), json["revoked"].as_bool()};
    for (const auto& scope : json["scopes"].items())
        key.scopes.emplace(scope.as_string());
    return key;
}

}  // namespace altis::rights::records
