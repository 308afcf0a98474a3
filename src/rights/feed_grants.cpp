#include "rights/feed_grants.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::rights {
namespace {

using codec::Json;
using journal::Decision;
using journal::Draft;

constexpr std::string_view kGranted = "feeds.granted";
constexpr std::string_view kRevoked = "feeds.revoked";
constexpr std::string_view kPublic = "public:";

template <class Names>
std::optional<std::size_t> position_of(const Names& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

// The words of a list, for a sentence.
template <class Names>
std::string listed(const Names& names) {
    std::string text;
    for (const std::string_view name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

bool is_unit_prefix(std::string_view text) {
    return text.size() <= kMaxFeedPrefixBytes && std::ranges::all_of(text, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

Result<std::set<std::string>> texts_of(const Json& json, std::string_view key) {
    TRY(const Json list, codec::require_array(json, key));
    std::set<std::string> texts;
    for (const Json& item : list.items()) {
        if (!item.is_string()) {
            return fail(Code::kInvalid, "json.wrong_type",
                        "'" + std::string(key) + "' must be an array of texts");
        }
        texts.emplace(item.as_string());
    }
    return texts;
}

Result<void> check(const FeedGrant& grant, Time now) {
    if (is_public_grant(grant.key) && grant.key != public_grant(grant.edition)) {
        return fail(
            Code::kInvalid, "feed.bad_public",
            "the public grant of an edition is named after it: " + public_grant(grant.edition));
    }
    if (grant.units.empty() || grant.units.size() > kMaxFeedUnitPrefixes) {
        return fail(Code::kInvalid, "feed.no_units",
                    "name 1 to " + std::to_string(kMaxFeedUnitPrefixes) +
                        " beginnings of unit codes, e.g. [\"FSK\"]; [\"\"] stands for all");
    }
    if (!std::ranges::all_of(grant.units, is_unit_prefix)) {
        return fail(Code::kInvalid, "feed.bad_units",
                    "a beginning of a unit code has up to 34 characters of A-Z, 0-9, '.' and '-'");
    }
    if (grant.fields.empty()) {
        return fail(Code::kInvalid, "feed.no_fields", "name fields: " + listed(kFeedFieldNames));
    }
    if (grant.delay_ms < 0 || grant.delay_ms > kMaxFeedDelayMs) {
        return fail(Code::kInvalid, "feed.bad_delay",
                    "'delay_ms' is 0 to " + std::to_string(kMaxFeedDelayMs));
    }
    if (grant.conflation_ms < 0 || grant.conflation_ms > kMaxFeedConflationMs) {
        return fail(Code::kInvalid, "feed.bad_conflation",
                    "'conflation_ms' is 0 to " + std::to_string(kMaxFeedConflationMs) +
                        "; ODF's own is " + std::to_string(kOdfConflationMs));
    }
    if (grant.purpose == FeedPurpose::kBetting && grant.delay_ms == 0) {
        return fail(Code::kInvalid, "feed.betting_needs_delay",
                    "a feed for betting comes with a delay; set 'delay_ms'");
    }
    if (grant.until <= now) {
        return fail(Code::kInvalid, "feed.ended", "'until' has passed; name a later moment");
    }
    return {};
}

}  // namespace

std::string public_grant(std::string_view edition) {
    return std::string(kPublic) + std::string(edition);
}

bool is_public_grant(std::string_view key) {
    return key.starts_with(kPublic);
}

std::string_view to_string(FeedField field) {
    return kFeedFieldNames[static_cast<std::size_t>(field)];
}

std::string_view to_string(FeedPurpose purpose) {
    return kFeedPurposeNames[static_cast<std::size_t>(purpose)];
}

Json to_json(const FeedGrant& grant) {
    Json units = Json::array();
    for (const std::string& unit : grant.units)
        units.push(unit);
    Json fields = Json::array();
    for (const FeedField field : grant.fields)
        fields.push(to_string(field));
    return Json::object({{"key", grant.key},
                         {"edition", grant.edition},
                         {"units", std::move(units)},
                         {"fields", std::move(fields)},
                         {"delay_ms", grant.delay_ms},
                         {"conflation_ms", grant.conflation_ms},
                         {"purpose", to_string(grant.purpose)},
                         {"until", format_rfc3339(grant.until)}});
}

Result<FeedGrant> feed_grant_from(std::string_view key, const Json& json) {
    FeedGrant grant;
    grant.key = key;
    TRY(grant.edition, codec::require_string(json, "edition"));
    TRY(grant.units, texts_of(json, "units"));
    TRY(const auto fields, texts_of(json, "fields"));
    for (const std::string& name : fields) {
        const auto field = position_of(kFeedFieldNames, name);
        if (!field) {
            return fail(Code::kInvalid, "feed.unknown_field",
                        "there is no such field; these are: " + listed(kFeedFieldNames));
        }
        grant.fields.insert(static_cast<FeedField>(*field));
    }
    TRY(grant.delay_ms, codec::require_int(json, "delay_ms"));
    if (json.contains("conflation_ms")) {
        TRY(grant.conflation_ms, codec::require_int(json, "conflation_ms"));
    }
    TRY(const std::string purpose, codec::require_string(json, "purpose"));
    const auto found = position_of(kFeedPurposeNames, purpose);
    if (!found) {
        return fail(Code::kInvalid, "feed.unknown_purpose",
                    "there is no such purpose; these are: " + listed(kFeedPurposeNames));
    }
    grant.purpose = static_cast<FeedPurpose>(*found);
    TRY(const std::string until, codec::require_string(json, "until"));
    TRY(grant.until, parse_rfc3339(until));
    return grant;
}

Decision FeedGrantsBook::put(const FeedGrant& grant, Time now) const {
    TRY_VOID(check(grant, now));
    const FeedGrant* known = find(grant.key);
    if (known != nullptr && *known == grant) return std::vector<Draft>{};
    return std::vector<Draft>{
        {std::string(kGranted), grant.edition, kNoSubject, to_json(grant).to_string()}};
}

Decision FeedGrantsBook::remove(std::string_view key) const {
    const FeedGrant* known = find(key);
    if (known == nullptr) return std::vector<Draft>{};
    return std::vector<Draft>{{std::string(kRevoked), known->edition, kNoSubject,
                               Json::object({{"key", key}}).to_string()}};
}

const FeedGrant* FeedGrantsBook::find(std::string_view key) const {
    const auto found = grants_.find(key);
    return found == grants_.end() ? nullptr : &found->second;
}

Result<FeedGrant> FeedGrantsBook::require(std::string_view key, Time now) const {
    const FeedGrant* grant = find(key);
    if (grant == nullptr) {
        return fail(Code::kDenied, "feed.no_grant",
                    "the API key '" + std::string(key) +
                        "' has no feed grant; ask the owner of the edition's results for one");
    }
    if (grant->until <= now) {
        return fail(Code::kDenied, "feed.grant_ended",
                    "the feed grant of the API key '" + grant->key + "' ended at " +
                        format_rfc3339(grant->until) + "; ask the owner for a new one");
    }
    return *grant;
}

void FeedGrantsBook::apply(const journal::Record& record) {
    if (record.type != kGranted && record.type != kRevoked) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    const std::string key((*json)["key"].as_string());
    if (record.type == kRevoked) {
        grants_.erase(key);
        return;
    }
    auto grant = feed_grant_from(key, *json);
    ALTIS_ASSERT(grant.has_value());
    grants_.insert_or_assign(key, *std::move(grant));
}

void FeedGrantsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(grants_.size()));
    for (const auto& [key, grant] : grants_)
        out.put_text(to_json(grant).to_string());
}

Result<void> FeedGrantsBook::load(ByteReader& in) {
    grants_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        TRY(const Json json, codec::parse_json(in.get_text()));
        TRY(FeedGrant grant, feed_grant_from(json["key"].as_string(), json));
        grants_.insert_or_assign(grant.key, std::move(grant));
    }
    return in.finish("the feed grants' snapshot");
}

}  // namespace altis::rights
