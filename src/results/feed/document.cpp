#include "results/feed/document.h"

#include <algorithm>
#include <array>
#include <map>

#include "codec/text.h"
#include "crypto/hash.h"

namespace altis::results::feed {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;
using rights::FeedField;
using rights::FeedFields;

constexpr std::array<std::string_view, 7> kUnitMembers = {"unit",  "edition",    "name",  "venue",
                                                          "start", "medal_unit", "status"};
constexpr std::array<std::string_view, 6> kResultMembers = {"rank",        "rank_equal", "result",
                                                            "result_type", "irm",        "diff"};
constexpr std::array<std::string_view, 2> kMemberNames = {"given_name", "family_name"};

std::string_view text_of(const Json& value) {
    return value.as_string();
}

template <class Names>
void take(Json& to, const Json& from, const Names& names) {
    for (const std::string_view name : names) {
        const Json& value = from[name];
        if (!value.is_null()) to.set(name, value);
    }
}

Json member_of(const Json& member, const FeedFields& fields) {
    Json shown = Json::object({{"code", member["code"]}});
    if (fields.contains(FeedField::kMembers)) take(shown, member, std::array{"organisation"});
    if (fields.contains(FeedField::kBiographic)) take(shown, member, kMemberNames);
    return shown;
}

Json line_of(const Json& line, const FeedFields& fields) {
    Json shown = Json::object();
    take(shown, line, std::array{"type", "organisation"});
    // The name of an athlete stands with its member; this is a team's, which is no person.
    if (line["type"].as_string() != "A") take(shown, line, std::array{"name"});
    if (fields.contains(FeedField::kResults)) take(shown, line, kResultMembers);
    if (fields.contains(FeedField::kStartList)) take(shown, line, std::array{"start_order"});
    if (fields.contains(FeedField::kSplits)) take(shown, line, std::array{"extended"});
    const bool with_members =
        fields.contains(FeedField::kMembers) || fields.contains(FeedField::kBiographic);
    if (!with_members || line["members"].items().empty()) return shown;
    Json members = Json::array();
    for (const Json& member : line["members"].items())
        members.push(member_of(member, fields));
    shown.set("members", std::move(members));
    return shown;
}

Json medals_of(const Json& unit, const FeedFields& fields) {
    Json medals = Json::array();
    for (const Json& holder : unit["medals"].items()) {
        Json shown = Json::object();
        take(shown, holder, std::array{"medal", "competitor", "organisation"});
        if (fields.contains(FeedField::kBiographic)) take(shown, holder, std::array{"name"});
        medals.push(std::move(shown));
    }
    return medals;
}

bool is_visible(const Json& unit, const FeedFields& fields) {
    const std::string_view status = unit["status"].as_string();
    if (status.empty()) return false;
    return status != "START_LIST" || fields.contains(FeedField::kStartList);
}

}  // namespace

Json document_of(const Json& unit, const FeedFields& fields) {
    if (!is_visible(unit, fields)) return {};
    Json document = Json::object();
    take(document, unit, kUnitMembers);
    if (fields.contains(FeedField::kResults)) take(document, unit, std::array{"note"});
    JsonObject lines;
    JsonArray order;
    std::map<std::string, int> times;
    for (const Json& line : unit["lines"].items()) {
        std::string key(line["competitor"].as_string());
        const int time = ++times[key];
        if (time > 1) key += "#" + std::to_string(time);  // one athlete with two horses
        order.emplace_back(key);
        lines.emplace_back(std::move(key), line_of(line, fields));
    }
    // The published order is a result, too.
    if (!fields.contains(FeedField::kResults)) std::ranges::sort(order, {}, text_of);
    document.set("lines", std::move(lines));
    document.set("order", std::move(order));
    if (fields.contains(FeedField::kMedals) && !unit["medals"].items().empty()) {
        document.set("medals", medals_of(unit, fields));
    }
    return in_canonical_order(document);
}

Json in_canonical_order(const Json& value) {
    if (value.is_array()) {
        JsonArray items;
        items.reserve(value.items().size());
        for (const Json& item : value.items())
            items.push_back(in_canonical_order(item));
        return items;
    }
    if (!value.is_object()) return value;
    JsonObject members;
    members.reserve(value.members().size());
    for (const auto& [name, member] : value.members())
        members.emplace_back(name, in_canonical_order(member));
    std::ranges::sort(members, {}, &codec::JsonMember::first);
    return members;
}

std::string hash_of(std::string_view canonical_text) {
    const auto digest = crypto::sha256(canonical_text);
    return codec::to_hex(crypto::as_text(digest));
}

}  // namespace altis::results::feed
