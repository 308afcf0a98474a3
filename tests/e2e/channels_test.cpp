// Messages leave the real program for push services, webhooks and a mail relay: once, to whoever
// wants them, and no longer than that.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <thread>

#include "codec/text.h"
#include "games_fixture.h"
#include "platform/file.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;

const std::string kTrigger = "results/owg2026/" + std::string(kUnit);
// Of RFC 8291, appendix A.
constexpr std::string_view kP256dh =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
constexpr std::string_view kAuth = "BTBZMqHH6r4Tts7J_aSIgg";

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string content_of(const std::string& path) {
    return platform::read_file(platform::real_file_system(), path).value_or("");
}

// Until something is so; false after half a minute.
template <class Condition>
bool comes_true(const Condition& condition) {
    for (int i = 0; i < 3'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

class ChannelsTest : public GamesTest {
  protected:
    ServerStart how_to_start() override {
        const std::string certificate = folder_ / "certificate.pem";
        const std::string key = folder_ / "key.pem";
        EXPECT_EQ(run_program("/usr/bin/openssl",
                              {"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                               "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                               "-keyout", key, "-out", certificate},
                              Capture::kOutput)
                      .status,
                  0);
        std::filesystem::create_directory(folder_ / "got");
        platform::ProcessOptions options;
        options.program = ALTIS_PYTHON;
        options.arguments = {std::string(ALTIS_E2E_SOURCES) + "/channel_servers.py",
                             folder_ / "got", certificate, key};
        auto servers = platform::Process::spawn(options);
        EXPECT_TRUE(servers) << servers.error().message;
        servers_ = std::move(*servers);
        EXPECT_TRUE(comes_true([this] { return !content_of(folder_ / "got/https_port").empty(); }));
        write(folder_ / "altis.toml",
              "[data]\ndirectory = \"" + (folder_ / "data") +
                  "\"\n[channels]\nallow_private = true\nfirst_retry_ms = 300\nsender = \"The "
                  "Games\"\ncontact = \"mailto:ops@example.org\"\npublic_url = "
                  "\"https://games.example.org\"\n[email]\nfrom = \"news@example.org\"\n"
                  "dkim_selector = \"s1\"\ndkim_key_file = \"" +
                  key + "\"\nrelay = \"127.0.0.1:" + content_of(folder_ / "got/smtp_port") +
                  "\"\n");
        return {folder_ / "data",
                folder_ / "altis.toml",
                {"/usr/bin/env", "SSL_CERT_FILE=" + certificate}};
    }

    void begin() override {
        Caller caller = owner();
        ASSERT_TRUE(
            caller
                .put("/v1/segments/chart-readers",
                     Json::object({{"kind", "cohort"}, {"rule", "dwell(technical_chart) > 0"}}))
                .ok());
        const Json share = Json::object({{"organisation", "la28"}, {"basis_points", 10'000}});
        ASSERT_TRUE(
            caller
                .post("/v1/campaigns", Json::object({{"id", "caps"},
                                                     {"name", "Caps"},
                                                     {"edition", kEdition},
                                                     {"organisation", "la28"},
                                                     {"shares", Json::array({share})},
                                                     {"window_hours", 24},
                                                     {"audience", "chart-readers"},
                                                     {"link", "https://app.example.org/unit"}}))
                .ok());
        odf(schedule_odf());
    }

    void odf(const std::string& xml) {
        const Reply reply = owner().send(Method::kPost, "/v1/odf", "application/xml", xml);
        ASSERT_TRUE(reply.ok()) << reply.text;
    }

    void publish() { odf(result_odf(Publication::kOfficial, 1)); }

    // Fans of the cohort who follow the skater of result_odf and consent to messages.
    void bring_fans(int count) {
        for (int first = 0; first < count; first += 200) {
            std::vector<Json> events;
            for (int i = first; i < std::min(count, first + 200); ++i) {
                const std::string fan = "fan-" + std::to_string(i);
                events.push_back(consent(fan, true));
                events.push_back(
                    track("v-" + fan, fan, "Content Viewed",
                          Json::object({{"kind", "technical_chart"}, {"dwell_ms", 1'000}})));
                events.push_back(track("f-" + fan, fan, "Athlete Followed",
                                       Json::object({{"athlete", "1000001"}})));
            }
            send(std::move(events));
        }
    }

    Json consent(const std::string& fan, bool given) {
        return track("c-" + std::to_string(++sent_), fan, "Consent Updated",
                     Json::object({{"purpose", "messages"}, {"given", given}}));
    }

    void send(std::vector<Json> events) {
        const Reply reply = ingest().post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    std::string https(const std::string& path) const {
        return "https://localhost:" + content_of(folder_ / "got/https_port") + path;
    }

    Json push_address(const std::string& fan) const {
        return Json::object({{"channel", "web_push"},
                             {"endpoint", https("/push/" + fan)},
                             {"expirationTime", nullptr},
                             {"keys", Json::object({{"p256dh", kP256dh}, {"auth", kAuth}})}});
    }

    static Json email_address(const std::string& address) {
        return Json::object({{"channel", "email"}, {"address", address}});
    }

    Reply try_subscribe(const std::string& fan, const Json& address) const {
        return owner().post("/v1/fans/" + fan + "/subscriptions", address);
    }

    Json subscribe(const std::string& fan, const Json& address) const {
        const Reply reply = try_subscribe(fan, address);
        EXPECT_EQ(reply.status, 201) << reply.text;
        return reply.json;
    }

    std::vector<Json> got() const {
        std::vector<Json> all;
        while (true) {
            const auto json = codec::parse_json(
                content_of(folder_ / ("got/" + std::to_string(all.size() + 1) + ".json")));
            if (!json) return all;
            all.push_back(*json);
        }
    }

    bool reached(std::size_t count) const {
        return comes_true([&] { return got().size() >= count; }) && got().size() == count;
    }

    static std::string body_of(const Json& message) {
        return codec::from_base64(message["body"].as_string()).value_or("?");
    }

    Json letter(const std::string& fan) const {
        return owner().get("/v1/fans/" + fan + "/message-letter?trigger=" + kTrigger).json;
    }

    std::string handling(const std::string& fan) const {
        const Json why = letter(fan);
        const auto& messages = why["messages"].items();
        return messages.empty() ? "" : std::string(messages.front()["handling"].as_string());
    }

    bool becomes(const std::string& fan, std::string_view wanted) const {
        return comes_true([&] { return handling(fan) == wanted; });
    }

    std::size_t addresses_of(const std::string& fan) const {
        return owner()
            .get("/v1/fans/" + fan + "/subscriptions")
            .json["subscriptions"]
            .items()
            .size();
    }

    std::unique_ptr<platform::Process> servers_;
    int sent_ = 0;
};

TEST_F(ChannelsTest, OneMessageReachesEveryAddressOfAFanOnce) {
    bring_fans(2);
    const Json offered = owner().get("/v1/channels").json;
    EXPECT_EQ(offered["channels"].to_string(), R"(["web_push","email","webhook"])");
    EXPECT_EQ(offered["web_push_key"].as_string().size(), 87U);
    subscribe("fan-0", push_address("fan-0"));
    const Json email = subscribe("fan-0", email_address("fan-0@example.org"));
    subscribe("fan-0", Json::object({{"channel", "webhook"}, {"url", https("/hook")}}));
    // The same again changes nothing.
    EXPECT_EQ(subscribe("fan-0", push_address("fan-0"))["endpoint"].as_string(),
              https("/push/fan-0"));
    publish();
    ASSERT_TRUE(reached(3));
    EXPECT_TRUE(becomes("fan-0", "delivered"));
    EXPECT_EQ(handling("fan-1"), "decided");  // for the owner's own gateway alone

    std::map<std::string, Json> by_path;
    for (const Json& message : got()) {
        const bool is_mail = message["kind"].as_string() == "smtp";
        by_path.emplace(is_mail ? "mail" : std::string(message["path"].as_string()), message);
    }
    const std::string id(letter("fan-0")["messages"].items()[0]["message"].as_string());
    const Json push = by_path["/push/fan-0"]["headers"];
    EXPECT_EQ(push["content-encoding"].as_string(), "aes128gcm");
    EXPECT_TRUE(push["authorization"].as_string().starts_with("vapid t="));
    EXPECT_FALSE(push["ttl"].as_string().empty());
    EXPECT_EQ(by_path["/hook"]["headers"]["webhook-id"].as_string(), id);
    EXPECT_NE(body_of(by_path["/hook"]).find("226.79"), std::string::npos);
    const std::string mail = body_of(by_path["mail"]);
    EXPECT_EQ(by_path["mail"]["to"].as_string(), "fan-0@example.org");
    for (const std::string& part :
         {std::string("DKIM-Signature: "),
          std::string("List-Unsubscribe-Post: List-Unsubscribe="
                      "One-Click"),
          "https://games.example.org/unsubscribe/" + std::string(email["id"].as_string())}) {
        EXPECT_NE(mail.find(part), std::string::npos) << part << "\n" << mail;
    }
}

TEST_F(ChannelsTest, AnAddressThatIsGoneEnds) {
    bring_fans(1);
    write(folder_ / "got/https_plan", "410");
    subscribe("fan-0", push_address("fan-0"));
    publish();
    EXPECT_TRUE(becomes("fan-0", "failed"));
    EXPECT_EQ(addresses_of("fan-0"), 0U);
}

TEST_F(ChannelsTest, WaitsAsToldAndTriesAgain) {
    bring_fans(1);
    write(folder_ / "got/https_plan", "429:2 500");
    subscribe("fan-0", push_address("fan-0"));
    const auto begin = std::chrono::steady_clock::now();
    publish();
    EXPECT_TRUE(becomes("fan-0", "delivered"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    const auto messages = got();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0]["plan"].as_string(), "429:2");
    EXPECT_EQ(messages[2]["plan"].as_string(), "");
    EXPECT_EQ(addresses_of("fan-0"), 1U);
}

TEST_F(ChannelsTest, WhatIsRefusedForGoodIsNotTriedAgain) {
    bring_fans(1);
    write(folder_ / "got/https_plan", "413");
    write(folder_ / "got/smtp_plan", "550");
    subscribe("fan-0", push_address("fan-0"));
    subscribe("fan-0", email_address("fan-0@example.org"));
    publish();
    EXPECT_TRUE(becomes("fan-0", "failed"));
    EXPECT_EQ(got().size(), 2U);
    EXPECT_EQ(addresses_of("fan-0"), 1U);  // the mailbox that there is not has ended
}

TEST_F(ChannelsTest, LookingAtTheLinkChangesNothingAndOneClickDoes) {
    bring_fans(1);
    const std::string id(subscribe("fan-0", email_address("fan-0@example.org"))["id"].as_string());
    const std::string path = "/unsubscribe/" + id + "?lang=ja";
    Caller stranger = server_->caller("");
    const Reply page = stranger.get(path);
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.text.find("<html lang=\"ja\""), std::string::npos);
    EXPECT_EQ(stranger.send(Method::kHead, path).status, 200);
    EXPECT_EQ(addresses_of("fan-0"), 1U);

    const auto click = [&](const std::string& at) {
        return stranger.send(Method::kPost, at, "application/x-www-form-urlencoded",
                             "List-Unsubscribe=One-Click");
    };
    EXPECT_EQ(click(path).status, 200);
    EXPECT_EQ(addresses_of("fan-0"), 0U);
    // Whoever guesses learns nothing.
    EXPECT_EQ(click("/unsubscribe/00000000000000000000000000000000?lang=ja").text,
              click(path).text);
    // A list that does not know of it does not bring it back; the person does.
    EXPECT_EQ(try_subscribe("fan-0", email_address("fan-0@example.org")).code(),
              "subscriptions.unsubscribed");
    Json again = email_address("fan-0@example.org");
    again.set("asked_again", true);
    subscribe("fan-0", again);
    EXPECT_EQ(addresses_of("fan-0"), 1U);
}

TEST_F(ChannelsTest, WhoSaysNoGetsNothing) {
    bring_fans(4);
    for (const char* fan : {"fan-0", "fan-1", "fan-2", "fan-3"})
        subscribe(fan, push_address(fan));
    EXPECT_EQ(owner()
                  .put("/v1/fans/fan-0/message-preferences",
                       Json::object({{"refused_channels", Json::array({"web_push"})}}))
                  .status,
              200);
    send({consent("fan-1", false)});
    const Json held = owner().get("/v1/fans/fan-2/subscriptions").json["subscriptions"];
    EXPECT_EQ(owner()
                  .remove("/v1/fans/fan-3/subscriptions/" +
                          std::string(held.items()[0]["id"].as_string()))
                  .code(),
              "subscriptions.unknown");
    EXPECT_EQ(owner()
                  .remove("/v1/fans/fan-2/subscriptions/" +
                          std::string(held.items()[0]["id"].as_string()))
                  .status,
              204);
    publish();
    EXPECT_TRUE(becomes("fan-3", "delivered"));
    EXPECT_TRUE(becomes("fan-0", "failed"));
    ASSERT_EQ(got().size(), 1U);
    EXPECT_EQ(got()[0]["path"].as_string(), "/push/fan-3");
}

TEST_F(ChannelsTest, BadAddressesAreRefusedByName) {
    bring_fans(1);
    const auto refused = [&](const Json& address) {
        return try_subscribe("fan-0", address).code();
    };
    EXPECT_EQ(refused(Json::object({{"channel", "pigeon"}})), "subscriptions.invalid");
    EXPECT_EQ(refused(email_address("a@b@c")), "subscriptions.invalid");
    EXPECT_EQ(refused(email_address("a@b.org>\r\nRCPT TO:<c@d.org")), "subscriptions.invalid");
    EXPECT_EQ(refused(Json::object({{"channel", "apns"}, {"token", "aa"}})),
              "subscriptions.channel_off");
    Json off_curve = push_address("fan-0");
    off_curve.set("keys", Json::object({{"p256dh", "BCVxsr7N"}, {"auth", kAuth}}));
    EXPECT_EQ(refused(off_curve), "web_push.p256dh");
    EXPECT_EQ(refused(Json::object({{"channel", "webhook"}, {"url", "ftp://example.org/"}})),
              "outbound.bad_url");
    EXPECT_EQ(try_subscribe("nobody", email_address("a@b.org")).code(), "fans.unknown_fan");
    EXPECT_EQ(ingest().post("/v1/fans/fan-0/subscriptions", email_address("a@b.org")).status, 403);
    for (int i = 0; i < 16; ++i)
        subscribe("fan-0", email_address("a" + std::to_string(i) + "@example.org"));
    EXPECT_EQ(refused(email_address("a16@example.org")), "subscriptions.too_many");
}

TEST_F(ChannelsTest, AnApplicationReadsTheMessagesOfItsFan) {
    bring_fans(2);
    const Reply link = owner().post("/v1/fans/fan-0/in-app-link", Json::object());
    ASSERT_EQ(link.status, 201) << link.text;
    const std::string path(link.json["path"].as_string());
    Caller stranger = server_->caller("");
    EXPECT_EQ(stranger.get("/in-app/1-99-00000000000000000000000000000000").code(),
              "in_app.unknown_link");
    publish();
    ASSERT_TRUE(becomes("fan-0", "decided"));
    auto reader = server::EventStreamReader::open("127.0.0.1", server_->port(), path);
    ASSERT_TRUE(reader) << reader.error().message;
    const auto event = reader->next(seconds(10));
    ASSERT_TRUE(event && *event) << "no message came";
    const Json told = codec::parse_json((*event)->data).value_or(Json());
    EXPECT_NE(told["text"].as_string().find("226.79"), std::string_view::npos) << (*event)->data;
    const std::string token = path.substr(sizeof("/in-app/") - 1, path.find('?') - 8);
    const Json feed = stranger.get("/in-app/" + token + "/messages").json;
    ASSERT_EQ(feed["messages"].items().size(), 1U);
    EXPECT_EQ(feed["messages"].items()[0]["id"].as_string(), told["id"].as_string());
    EXPECT_EQ(stranger.get("/in-app/" + token + "0/messages").status, 404);
    const Json call = Json::object(
        {{"jsonrpc", "2.0"},
         {"id", 1},
         {"method", "tools/call"},
         {"params",
          Json::object({{"name", "my_feed"}, {"arguments", Json::object({{"token", token}})}})}});
    const Reply assistant = owner().post("/mcp", call);
    EXPECT_NE(assistant.text.find("226.79"), std::string::npos) << assistant.text;
    EXPECT_EQ(told["id"].as_string(),
              letter("fan-0")["messages"].items()[0]["message"].as_string());
}

// In a browser, from a page of another origin.
TEST_F(ChannelsTest, ChromiumReadsTheMessagesOfItsFan) {
    constexpr std::string_view kChromium = "/usr/bin/chromium";
    if (!std::filesystem::exists(kChromium)) {
        GTEST_SKIP() << "there is no Chromium; install Debian's package chromium";
    }
    bring_fans(1);
    publish();
    ASSERT_TRUE(becomes("fan-0", "decided"));
    const Reply link = owner().post("/v1/fans/fan-0/in-app-link", Json::object());
    write(folder_ / "page.html",
          "<!doctype html><script>new EventSource('http://127.0.0.1:" +
              std::to_string(server_->port()) + std::string(link.json["path"].as_string()) +
              "').addEventListener('message', (e) => fetch('" + https("/shown") +
              "', {method: 'POST', mode: 'no-cors', body: JSON.parse(e.data).text}))</script>");
    platform::ProcessOptions options;
    options.program = kChromium;
    options.arguments = {"--headless",
                         "--no-sandbox",
                         "--disable-gpu",
                         "--disable-background-networking",
                         "--disable-component-update",
                         "--no-first-run",
                         "--ignore-certificate-errors",
                         "--user-data-dir=" + (folder_ / "browser"),
                         "file://" + (folder_ / "page.html")};
    const auto browser = platform::Process::spawn(options);
    ASSERT_TRUE(browser) << browser.error().message;
    ASSERT_TRUE(comes_true([this] { return !got().empty(); }));
    EXPECT_EQ(got().front()["path"].as_string(), "/shown");
    EXPECT_NE(body_of(got().front()).find("226.79"), std::string::npos);
}

TEST_F(ChannelsTest, AnErasedFanHasNoAddressAnywhere) {
    bring_fans(1);
    subscribe("fan-0", email_address("to-be-forgotten@example.org"));
    publish();
    EXPECT_TRUE(becomes("fan-0", "delivered"));
    EXPECT_EQ(owner().remove("/v1/fans/fan-0").status, 200);
    EXPECT_EQ(server_->stop(), 0);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data")) {
        if (!entry.is_regular_file()) continue;
        EXPECT_EQ(content_of(entry.path()).find("to-be-forgotten"), std::string::npos)
            << entry.path();
    }
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(owner().get("/v1/fans/fan-0/subscriptions").code(), "fans.unknown_fan");
}

TEST_F(ChannelsTest, NothingIsLostWhenThePowerGoes) {
    constexpr int kFans = 400;
    bring_fans(kFans);
    for (int i = 0; i < kFans; ++i) {
        const std::string fan = "fan-" + std::to_string(i);
        subscribe(fan, push_address(fan));
    }
    publish();
    for (int kill = 1; kill <= 3; ++kill) {
        comes_true([&] { return got().size() >= static_cast<std::size_t>(kill * 80); });
        server_->kill();
        ASSERT_TRUE(server_->start_again());
    }
    std::set<std::string> reached;
    EXPECT_TRUE(comes_true([&] {
        for (const Json& message : got())
            reached.emplace(message["path"].as_string());
        return reached.size() == kFans;
    }));
    for (int i = 0; i < kFans; i += 50)
        EXPECT_TRUE(becomes("fan-" + std::to_string(i), "delivered")) << i;
    // What comes twice is under one topic, so that a device shows the one in place of the other.
    std::map<std::string, std::set<std::string>> topics;
    for (const Json& message : got())
        topics[std::string(message["path"].as_string())].emplace(
            message["headers"]["topic"].as_string());
    for (const auto& [path, names] : topics)
        EXPECT_EQ(names.size(), 1U) << path;
}

}  // namespace
}  // namespace altis::e2e
