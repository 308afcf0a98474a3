// For tests: random units whose every text says which field it belongs to, and a client that
// follows a feed and proves that it has missed nothing.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "results/feed/check.h"
#include "results/feed/document.h"
#include "results/feed/patch.h"
#include "results/feed/view_state.h"

namespace altis::results::feed::fixture {

using codec::Json;
using Random = std::mt19937_64;

inline int pick(Random& random, int limit) {
    return static_cast<int>(random() % static_cast<std::uint64_t>(limit));
}

// "splits~8371": the word is searched for in what clients got.
inline std::string marked(std::string_view word, Random& random) {
    return std::string(word) + "~" + std::to_string(pick(random, 50));
}

inline Json random_member(Random& random, const std::string& code) {
    Json member = Json::object({{"code", code}, {"organisation", marked("members", random)}});
    member.set("given_name", marked("biographic", random));
    if (pick(random, 2) == 0) member.set("family_name", marked("biographic", random));
    return member;
}

inline Json random_line(Random& random, const std::string& code) {
    const bool is_team = pick(random, 3) == 0;
    Json line = Json::object({{"competitor", code}, {"type", is_team ? "T" : "A"}});
    line.set("organisation", "ORG");
    line.set("name", is_team ? "team" : marked("biographic", random));
    Json members = Json::array();
    for (int i = 0; i <= (is_team ? 2 : 0); ++i)
        members.push(random_member(random, code + "-" + std::to_string(i)));
    line.set("members", std::move(members));
    line.set("result", marked("results", random));
    if (pick(random, 2) == 0) line.set("diff", marked("results", random));
    if (pick(random, 4) == 0) line.set("irm", marked("results", random));
    line.set("rank", 1 + pick(random, 5));
    line.set("start_order", 900'000 + pick(random, 90'000));
    Json extended = Json::array();
    for (int i = pick(random, 4); i > 0; --i) {
        extended.push(Json::object({{"type", "ER"},
                                    {"code", "SPLIT"},
                                    {"pos", std::to_string(i)},
                                    {"value", marked("splits", random)}}));
    }
    if (!extended.items().empty()) line.set("extended", std::move(extended));
    return line;
}

// As ResultsBook::unit() would answer; some competitors of a dozen, in any order.
inline Json random_result(Random& random, std::string_view rsc, std::int64_t version) {
    constexpr std::array<std::string_view, 3> kStatuses = {"START_LIST", "LIVE", "OFFICIAL"};
    Json unit = Json::object({{"unit", rsc}, {"edition", "owg2026"}, {"name", "Final"}});
    unit.set("version", version);
    unit.set("status", kStatuses[static_cast<std::size_t>(pick(random, 3))]);
    unit.set("fact_id", marked("internal", random));
    unit.set("offset", 1);
    if (pick(random, 3) == 0) unit.set("note", marked("results", random));
    std::vector<int> who(12);
    for (int i = 0; i < 12; ++i)
        who[static_cast<std::size_t>(i)] = i;
    std::shuffle(who.begin(), who.end(), random);
    who.resize(static_cast<std::size_t>(pick(random, 12)));
    Json lines = Json::array();
    for (const int i : who)
        lines.push(random_line(random, "10" + std::to_string(i) + "/~"));
    unit.set("lines", std::move(lines));
    unit.set("warnings", Json::array({Json::object({{"name", marked("internal", random)}})}));
    Json medals = Json::array();
    if (pick(random, 2) == 0) {
        medals.push(Json::object({{"medal", marked("medals", random)},
                                  {"competitor", "101"},
                                  {"name", marked("biographic", random)}}));
    }
    unit.set("medals", std::move(medals));
    return unit;
}

inline rights::FeedFields random_fields(Random& random) {
    rights::FeedFields fields;
    for (std::size_t i = 0; i < rights::kFeedFieldNames.size(); ++i) {
        if (pick(random, 2) == 0) fields.insert(static_cast<rights::FeedField>(i));
    }
    if (fields.empty()) fields.insert(rights::FeedField::kResults);
    return fields;
}

inline constexpr std::array<std::string_view, 4> kUnits = {
    "FSKWSINGLES-----------FNL-000100--", "FSKMSINGLES-----------FNL-000100--",
    "CURWTEAM4-------------GPA-000100--", "ALPMDH----------------FNL-000100--"};

// What a client does with the messages of a feed. `problem` names the first broken promise.
class Follower {
  public:
    void take(std::string_view text) {
        const auto message = holds_check(text) ? codec::parse_json(text) : fail_check();
        if (message) return take_message(*message);
        fail("after " + std::to_string(place_) + " came a message whose check fails", Json(text));
    }

    // Where it may resume from.
    std::int64_t place() const { return place_; }
    bool is_loading() const { return loading_; }

    std::map<std::string, Json, std::less<>> documents;
    std::map<std::string, std::int64_t, std::less<>> versions;
    std::string problem;

  private:
    static Result<Json> fail_check() { return altis::fail(Code::kCorrupt, "feed.check", ""); }

    void take_message(const Json& message) {
        const std::string_view type = message["type"].as_string();
        if (type == "reset") return begin(message);
        if (loading_) return load(message);
        const std::int64_t seq = message["seq"].as_int();
        const std::int64_t usual = type == "heartbeat" ? seq : seq - 1;
        if (message["after"].as_int(usual) != place_) return fail("a message is missing", message);
        if (type == "heartbeat" && message["units"].as_int(caught_up_) != caught_up_)
            return fail("a unit is missing", message);
        caught_up_ = type != "heartbeat" && seq == place_ ? caught_up_ + 1 : 0;
        place_ = seq;
        if (type == "snapshot") return take_snapshot(message);
        if (type == "withdrawn") {
            if (documents.erase(unit_of(message)) == 0) fail("nothing to withdraw", message);
        } else if (type == "delta") {
            take_delta(message);
        } else if (type != "heartbeat") {
            fail("a strange type", message);
        }
    }

    static std::string unit_of(const Json& message) {
        return std::string(message["unit"].as_string());
    }

    void begin(const Json& message) {
        documents.clear();
        versions.clear();
        loading_ = true;
        expected_ = message["units"].as_int();
    }

    void load(const Json& message) {
        if (message["type"].as_string() == "snapshot") return take_snapshot(message);
        loading_ = false;
        place_ = message["seq"].as_int();
        if (message["type"].as_string() != "heartbeat") fail("a snapshot is cut short", message);
        if (static_cast<std::int64_t>(documents.size()) != expected_)
            fail("a unit is missing", message);
    }

    void take_snapshot(const Json& message) { keep(message, message["document"]); }

    void take_delta(const Json& message) {
        const auto known = documents.find(message["unit"].as_string());
        if (known == documents.end()) return fail("a delta of an unknown unit", message);
        if (versions[known->first] != message["from"].as_int()) fail("another version", message);
        const auto changed = apply(message["patch"], known->second);
        if (!changed) return fail(changed.error().message, message);
        keep(message, *changed);
    }

    void keep(const Json& message, Json document) {
        if (hash_of(document.to_string()) != message["hash"].as_string())
            fail("the hash is another", message);
        versions[unit_of(message)] = message["version"].as_int();
        documents.insert_or_assign(unit_of(message), std::move(document));
    }

    void fail(std::string_view what, const Json& message) {
        if (problem.empty()) problem = std::string(what) + ": " + message.to_string();
    }

    std::int64_t place_ = -1;
    std::int64_t expected_ = 0;
    std::int64_t caught_up_ = 0;  // messages of a slow client since its place
    bool loading_ = false;
};

inline Json parsed(const Message& message) {
    const auto json = codec::parse_json(message.json);
    return json ? *json : Json();
}

}  // namespace altis::results::feed::fixture
