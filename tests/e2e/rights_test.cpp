// Who may do what: every operation without its right, keys that end, consent that is withdrawn,
// locked categories, and what the journal tells about decisions and hides about people.
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

struct Operation {
    server::Method method;
    std::string path;
    std::string scope;  // "-": none
};

server::Method method_of(const std::string& name) {
    for (const auto method : {server::Method::kGet, server::Method::kPost, server::Method::kPut,
                              server::Method::kDelete}) {
        if (to_string(method) == name) return method;
    }
    ADD_FAILURE() << "operations.txt names the method " << name;
    return server::Method::kOther;
}

// "/v1/rooms/{id}" with something in place of its parameters.
std::string filled(std::string path) {
    while (path.find('{') != std::string::npos) {
        const std::size_t open = path.find('{');
        path.replace(open, path.find('}') - open + 1, "none");
    }
    return path;
}

std::vector<Operation> all_operations() {
    std::ifstream in(std::string(ALTIS_E2E_SOURCES) + "/operations.txt");
    std::vector<Operation> operations;
    std::string line;
    while (std::getline(in, line)) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words(line);
        std::string method;
        Operation operation;
        words >> method >> operation.path >> operation.scope;
        operation.method = method_of(method);
        operations.push_back(operation);
    }
    return operations;
}

const std::vector<std::string> kScopes = {"read",
                                          "ingest",
                                          "rights",
                                          "fans",
                                          "segments",
                                          "treasury",
                                          "rooms",
                                          "results",
                                          "results:write",
                                          "results:correct",
                                          "results:personal",
                                          "messages",
                                          "market",
                                          "feed"};

class RightsTest : public GamesTest {
  protected:
    // A key of la28 with every scope but one, and but admin.
    std::string key_without(const std::string& scope) {
        std::vector<std::string> scopes;
        for (const std::string& other : kScopes) {
            if (other != scope) scopes.push_back(other);
        }
        Caller admin = server_->admin();
        const auto key = issue_key(admin, "without-" + std::to_string(++issued_), "la28", scopes);
        EXPECT_TRUE(key) << key.error().message;
        return key.value_or("");
    }

    static Reply attempt(Caller caller, const Operation& operation) {
        const bool has_body =
            operation.method == server::Method::kPost || operation.method == server::Method::kPut;
        return caller.send(operation.method, filled(operation.path),
                           has_body ? "application/json" : "", has_body ? "{}" : "");
    }

    void ingest_all(std::vector<Json> events) {
        const auto count = static_cast<std::int64_t>(events.size());
        const Reply reply = ingest().post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.json["accepted"].as_int(-1), count) << reply.text;
    }

    bool is_allowed(const Json& question) const {
        const Reply reply = owner().post("/v1/decisions", question);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json["allowed"].as_bool();
    }

    std::int64_t messages_sent() const {
        return owner().get("/v1/messages/stats").json["sent"].as_int(-1);
    }

    // Until the dispatcher has told everybody it will tell.
    std::int64_t settled_messages() const {
        for (int i = 0; i < 3'000; ++i) {
            const Json stats = owner().get("/v1/messages/stats").json;
            if (stats["pending_plans"].as_int(-1) == 0) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return messages_sent();
    }

    Reply odf(const std::string& xml) const {
        return owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
    }

    int issued_ = 0;
};

Json consent(std::string_view message, std::string_view user, std::string_view purpose,
             bool given) {
    return track(message, user, "Consent Updated",
                 Json::object({{"purpose", purpose}, {"given", given}}));
}

Json about_fan(std::string_view user, std::string_view purpose) {
    return Json::object({{"organisation", "la28"},
                         {"category", "fan_engagement"},
                         {"purpose", purpose},
                         {"edition", kEdition},
                         {"user_id", user}});
}

TEST_F(RightsTest, EveryOperationNeedsItsScope) {
    std::map<std::string, std::string> keys;
    for (const std::string& scope : kScopes)
        keys[scope] = key_without(scope);
    keys["admin"] = key_without("admin");
    const auto operations = all_operations();
    ASSERT_GT(operations.size(), 40U);
    for (const Operation& operation : operations) {
        const std::string what = std::string(to_string(operation.method)) + " " + operation.path;
        if (operation.scope == "-") {
            const Reply reply = attempt(server_->caller(""), operation);
            const bool is_live = operation.path.starts_with("/live/");  // nothing is public here
            const bool is_page =                                        // no link leads there
                operation.path.starts_with("/me/") || operation.path.starts_with("/in-app/");
            EXPECT_EQ(reply.status, is_live || is_page ? 404 : 200) << what << reply.text;
            EXPECT_EQ(reply.code().starts_with("live."), is_live) << what << reply.text;
            continue;
        }
        const Reply without_key = attempt(server_->caller(""), operation);
        EXPECT_EQ(without_key.status, 401) << what << without_key.text;
        EXPECT_EQ(without_key.code(), "auth.unknown_key") << what;
        const Reply made_up = attempt(server_->caller("altis_0000"), operation);
        EXPECT_EQ(made_up.status, 401) << what << made_up.text;
        ASSERT_TRUE(keys.contains(operation.scope)) << operation.scope;
        const Reply denied = attempt(server_->caller(keys[operation.scope]), operation);
        EXPECT_EQ(denied.status, 403) << what << denied.text;
        EXPECT_EQ(denied.code(), "auth.scope_missing") << what;
        EXPECT_EQ(denied.content_type, "application/problem+json") << what;
        EXPECT_NE(denied.detail().find("'" + operation.scope + "'"), std::string::npos)
            << "the sentence names the scope: " << denied.detail();
    }
}

TEST_F(RightsTest, TheScopeIsEnough) {
    // The counterpart of the test above: a key with the one scope is refused by nobody for it.
    for (const Operation& operation : all_operations()) {
        if (operation.scope == "-" || operation.path.ends_with("/stream")) continue;
        Caller admin = server_->admin();
        const auto key =
            issue_key(admin, "only-" + std::to_string(++issued_), "la28", {operation.scope});
        ASSERT_TRUE(key) << key.error().message;
        const Reply reply = attempt(server_->caller(*key), operation);
        EXPECT_NE(reply.code(), "auth.scope_missing") << operation.path;
        EXPECT_NE(reply.status, 401) << operation.path;
        EXPECT_LT(reply.status, 500) << operation.path << reply.text;
    }
}

TEST_F(RightsTest, ARevokedKeyIsRefusedAtOnce) {
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "short-lived", "la28", {"ingest", "fans"});
    ASSERT_TRUE(key) << key.error().message;
    Caller caller = server_->caller(*key);
    // Twice: the second time the key comes out of the cache of known keys.
    for (const char* id : {"before-1", "before-2"})
        ASSERT_EQ(caller.post("/v1/batch", batch_of({track(id, "fan-1", "Seen")})).status, 200);
    ASSERT_EQ(caller.get("/v1/fans/stats").status, 200);
    ASSERT_EQ(admin.remove("/v1/keys/short-lived").status, 200);
    const Reply ingest = caller.post("/v1/batch", batch_of({track("after", "fan-1", "Seen")}));
    EXPECT_EQ(ingest.status, 401);
    EXPECT_EQ(ingest.code(), "auth.revoked_key");
    EXPECT_EQ(caller.get("/v1/fans/stats").code(), "auth.revoked_key");
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(server_->caller(*key).get("/v1/fans/stats").code(), "auth.revoked_key");
    EXPECT_EQ(owner().get("/v1/fans/stats").json["events"].as_int(), 2);
}

TEST_F(RightsTest, AKeyOfAnEditionSpeaksAboutThatOneOnly) {
    const std::string own = "?edition=" + std::string(kEdition);
    EXPECT_EQ(owner().get("/v1/segments" + own).status, 200);
    for (const std::string path : {"/v1/segments", "/v1/fans/stats", "/v1/fans/fan-1"}) {
        const Reply other = owner().get(path + "?edition=og2028");
        EXPECT_EQ(other.status, 400) << other.text;
        EXPECT_EQ(other.code(), "request.edition_differs");
        EXPECT_NE(other.detail().find(kEdition), std::string::npos) << other.detail();
    }
    const std::string event = batch_of({track("m-1", "fan-1", "Seen")}).to_string();
    EXPECT_EQ(ingest().post_text("/v1/batch" + own, event).status, 200);
    EXPECT_EQ(ingest().post_text("/v1/batch?edition=og2028", event).code(),
              "request.edition_differs");
}

TEST_F(RightsTest, AKeyHasKnownScopesOnly) {
    const auto issue = [this](Json scopes) {
        return server_->admin().post("/v1/keys", Json::object({{"id", "mistaken"},
                                                               {"organisation", "la28"},
                                                               {"edition", kEdition},
                                                               {"scopes", std::move(scopes)}}));
    };
    const Reply misspelt = issue(Json::array({"reed"}));
    EXPECT_EQ(misspelt.status, 400) << misspelt.text;
    EXPECT_EQ(misspelt.code(), "rights.unknown_scope");
    EXPECT_NE(misspelt.detail().find("'reed'"), std::string::npos) << misspelt.detail();
    EXPECT_EQ(issue(Json::array({7})).code(), "json.wrong_type");
    EXPECT_EQ(issue(Json::array({"read"})).status, 201);
}

TEST_F(RightsTest, AWithdrawnConsentActsOnTheNextRead) {
    ingest_all({identify("i-1", "fan-1", "fan-1@example.org"),
                consent("c-1", "fan-1", "analytics", true)});
    EXPECT_TRUE(is_allowed(about_fan("fan-1", "analytics")));
    EXPECT_FALSE(is_allowed(about_fan("fan-1", "personalisation"))) << "not what was agreed to";
    ingest_all({consent("c-2", "fan-1", "analytics", false)});
    EXPECT_FALSE(is_allowed(about_fan("fan-1", "analytics")));
    const Reply why = owner().post("/v1/decisions", about_fan("fan-1", "analytics"));
    EXPECT_EQ(why.json["rule"].as_string(), "consent_missing");
}

TEST_F(RightsTest, AWithdrawnConsentStopsTheNextMessage) {
    Caller people = owner();
    ASSERT_TRUE(people
                    .put("/v1/segments/charts",
                         Json::object({{"kind", "cohort"}, {"rule", "dwell(technical_chart) > 0"}}))
                    .ok());
    std::vector<Json> events;
    for (const std::string user : {"fan-1", "fan-2", "fan-3"}) {
        events.push_back(identify("i-" + user, user, user + "@example.org"));
        events.push_back(track("v-" + user, user, "Content Viewed",
                               Json::object({{"kind", "technical_chart"}, {"dwell_ms", 100}})));
        events.push_back(
            track("f-" + user, user, "Athlete Followed", Json::object({{"athlete", "1000001"}})));
        if (user != "fan-3") events.push_back(consent("c-" + user, user, "messages", true));
    }
    ingest_all(std::move(events));
    const Reply campaign = people.post(
        "/v1/campaigns",
        Json::object({{"id", "skate"},
                      {"edition", kEdition},
                      {"name", "After the free skate"},
                      {"audience", "charts"},
                      {"link", "https://app.example.org/skate"},
                      {"window_hours", 48},
                      {"shares", Json::array({Json::object(
                                     {{"organisation", "la28"}, {"basis_points", 10'000}})})}}));
    ASSERT_EQ(campaign.status, 201) << campaign.text;
    ASSERT_EQ(odf(schedule_odf()).status, 200);
    ingest_all({consent("w-1", "fan-2", "messages", false)});
    const Reply official = odf(result_odf(Publication::kOfficial, 1));
    ASSERT_EQ(official.status, 200) << official.text;
    EXPECT_EQ(settled_messages(), 1) << "fan-2 withdrew, fan-3 never agreed";
}

TEST_F(RightsTest, AWithdrawnConsentTakesTheFanOutOfTheRoom) {
    Caller people = owner();
    ASSERT_TRUE(
        people
            .put("/v1/segments/viewers",
                 Json::object({{"kind", "segment"}, {"rule", "dwell(technical_chart) > 0"}}))
            .ok());
    constexpr int kFans = 60;
    std::vector<Json> events;
    std::string csv = "email,booked\n";
    for (int i = 0; i < kFans; ++i) {
        const std::string user = "fan-" + std::to_string(i);
        events.push_back(identify("i-" + user, user, user + "@example.org"));
        events.push_back(track("v-" + user, user, "Content Viewed",
                               Json::object({{"kind", "technical_chart"}, {"dwell_ms", 100}})));
        events.push_back(consent("c-" + user, user, "clean_room", true));
        csv += user + "@example.org," + (i % 2 == 0 ? "1" : "0") + "\n";
    }
    ingest_all(std::move(events));
    Caller airline = server_->caller(keys_.airline);
    ASSERT_TRUE(declare_customers(airline, "customers"));
    ASSERT_EQ(airline.send(server::Method::kPut, "/v1/treasury/customers", "text/csv", csv).status,
              200);
    const Reply room = people.post(
        "/v1/rooms",
        Json::object({{"id", "meeting"},
                      {"edition", kEdition},
                      {"purpose", "clean_room"},
                      {"templates", Json::array({"overlap"})},
                      {"owners",
                       Json::array({room_owner({"left", "la28", "segment:viewers", {}, 4'000'000}),
                                    room_owner({"right", "airline", "customers", {}, 4'000'000})})},
                      {"receivers", Json::array({"la28", "airline"})},
                      {"minimum_group", 20},
                      {"until", "2099-01-01T00:00:00Z"}}));
    ASSERT_EQ(room.status, 201) << room.text;
    ASSERT_EQ(people.post("/v1/rooms/meeting/approvals", Json::object()).status, 200);
    ASSERT_EQ(airline.post("/v1/rooms/meeting/approvals", Json::object()).status, 200);
    const Json question = Json::object({{"template", "overlap"}, {"epsilon_micro", 1'000'000}});
    const Reply with = airline.post("/v1/rooms/meeting/questions", question);
    ASSERT_EQ(with.status, 200) << with.text;

    std::vector<Json> withdrawals;
    for (int i = 0; i < kFans; ++i) {
        const std::string user = "fan-" + std::to_string(i);
        withdrawals.push_back(consent("w-" + user, user, "clean_room", false));
    }
    ingest_all(std::move(withdrawals));
    const Reply without = airline.post("/v1/rooms/meeting/questions", question);
    EXPECT_EQ(without.status, 403) << without.text;
    EXPECT_EQ(without.code(), "rooms.group_too_small");
}

TEST_F(RightsTest, BiometricDataIsLockedUntilItsOwnerUnlocksItWithAPolicy) {
    const Json question = Json::object({{"organisation", "la28"},
                                        {"category", "biometric"},
                                        {"purpose", "operations"},
                                        {"edition", kEdition}});
    EXPECT_FALSE(is_allowed(question));
    const auto unlock = [](std::string_view policy) {
        return Json::object({{"category", "biometric"}, {"edition", kEdition}, {"policy", policy}});
    };
    const auto stranger = [this] {
        Caller admin = server_->admin();
        return issue_key(admin, "airline-rights", "airline", {"rights"});
    }();
    ASSERT_TRUE(stranger);
    EXPECT_EQ(server_->caller(*stranger).post("/v1/unlocks", unlock("We would like to.")).status,
              403);
    EXPECT_EQ(owner().post("/v1/unlocks", unlock("")).status, 400) << "a policy says something";
    EXPECT_FALSE(is_allowed(question));
    EXPECT_EQ(owner().post("/v1/unlocks", unlock("Face templates at gate 4, kept a day.")).status,
              201);
    EXPECT_TRUE(is_allowed(question));
    Json others = question;
    others.set("organisation", "airline");
    EXPECT_FALSE(is_allowed(others)) << "unlocked for its owner, granted to nobody";
}

TEST_F(RightsTest, DecisionsOnPeopleAreJournalledAndPeopleAreNotShown) {
    const std::vector<std::string> planted = {"planted-address@example.org", "planted-user-id",
                                              "planted private note"};
    ingest_all(
        {identify("i-1", "planted-user-id", "planted-address@example.org"),
         track("n-1", "planted-user-id", "Noted", Json::object({{"note", "planted private note"}})),
         consent("c-1", "planted-user-id", "analytics", true)});
    // A refused event and its reason are kept too, sealed like the others.
    const Reply refused = ingest().post(
        "/v1/batch", batch_of({track("bad-1", "planted-user-id", "Content Viewed",
                                     Json::object({{"note", "planted private note"}}))}));
    ASSERT_EQ(refused.json["rejected"].items().size(), 1U) << refused.text;
    for (const std::string& text : planted)
        EXPECT_EQ(refused.text.find(text), std::string::npos) << refused.text;
    ASSERT_EQ(owner().get("/v1/fans/planted-user-id").status, 200);
    ASSERT_TRUE(is_allowed(about_fan("planted-user-id", "analytics")));
    EXPECT_EQ(server_->caller(keys_.airline).get("/v1/fans/planted-user-id").status, 403);
    ASSERT_EQ(server_->stop(), 0);

    const Finished cat =
        run_altis({"journal", "cat", "--data", server_->data(), "--type", "rights.decided"});
    ASSERT_EQ(cat.status, 0);
    EXPECT_GE(std::count(cat.output.begin(), cat.output.end(), '\n'), 2) << cat.output;
    const Finished sealed = run_altis({"journal", "cat", "--data", server_->data()});
    for (const std::string& text : planted)
        EXPECT_EQ(sealed.output.find(text), std::string::npos) << text;
    const Finished opened = run_altis(
        {"journal", "cat", "--data", server_->data(), "--open-seals", "--type", "rights.decided"});
    EXPECT_NE(opened.output.find("\"purpose\":\"analytics\""), std::string::npos) << opened.output;
    // Raw bytes of everything: journal, snapshots, log. The vault holds keys, the warehouse the
    // fan's own identifier-free rows.
    const auto found = files_that_hold(folder_.path(), planted);
    EXPECT_TRUE(found.empty()) << testing::PrintToString(found);
}

}  // namespace
}  // namespace altis::e2e
