// Exports to webhooks: a receiver that knows the specification alone checks every signature; it
// refuses, drops, hangs and redirects, and what it is told adds up all the same.
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "altis_server.h"
#include "codec/text.h"
#include "games.h"
#include "platform/file.h"

namespace altis::e2e {
namespace {

using codec::Json;

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string content_of(const std::string& path) {
    return platform::read_file(platform::real_file_system(), path).value_or("");
}

// Until something is so; false after a while.
template <class Condition>
bool comes_true(const Condition& condition) {
    for (int i = 0; i < 3'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// The receiver, over a folder of its own.
class Receiver {
  public:
    explicit Receiver(std::vector<std::string> certificate = {}) {
        platform::ProcessOptions options;
        options.program = ALTIS_PYTHON;
        options.arguments = {std::string(ALTIS_E2E_SOURCES) + "/webhook_receiver.py",
                             folder_.path()};
        options.arguments.insert(options.arguments.end(), certificate.begin(), certificate.end());
        auto started = platform::Process::spawn(options);
        EXPECT_TRUE(started) << started.error().message;
        process_ = std::move(*started);
        EXPECT_TRUE(comes_true([this] { return !port().empty(); }));
    }

    std::string port() const { return content_of(folder_ / "port"); }
    void trust(const std::string& secret) const { write(folder_ / "secret", secret); }
    void plan(const std::string& words) const { write(folder_ / "plan", words); }

    struct Message {
        std::string id;
        std::string type;
        std::string body;
        bool is_genuine = false;
    };
    std::vector<Message> messages() const {
        std::vector<Message> all;
        while (true) {
            const auto json =
                codec::parse_json(content_of(folder_ / (std::to_string(all.size() + 1) + ".json")));
            if (!json) return all;
            all.push_back({std::string((*json)["id"].as_string()),
                           std::string((*json)["type"].as_string()),
                           codec::from_base64((*json)["body"].as_string()).value_or("?"),
                           (*json)["genuine"].as_bool()});
        }
    }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<platform::Process> process_;
};

std::vector<Json> lines_of(const std::string& ndjson) {
    std::vector<Json> rows;
    std::istringstream in(ndjson);
    for (std::string line; std::getline(in, line);) {
        auto json = codec::parse_json(line);
        EXPECT_TRUE(json) << line;
        if (json) rows.push_back(std::move(*json));
    }
    return rows;
}

constexpr std::string_view kOpenConfig = "allow_private = true\nfirst_retry_ms = 300\n";

class DeliveryTest : public testing::Test {
  protected:
    void start(std::string_view webhooks, std::vector<std::string> wrapper = {}) {
        write(folder_ / "altis.toml", "[data]\ndirectory = \"" + (folder_ / "data") +
                                          "\"\n[webhooks]\n" + std::string(webhooks));
        auto started = Server::start({folder_ / "data", folder_ / "altis.toml", wrapper});
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
        auto keys = found_games(*server_);
        ASSERT_TRUE(keys) << keys.error().message;
        keys_ = std::move(*keys);
        const Reply defined =
            owner().put("/v1/segments/viewers",
                        Json::object({{"kind", "segment"}, {"rule", "views(news) >= 1"}}));
        ASSERT_EQ(defined.status, 200) << defined.text;
    }

    Caller owner() const { return server_->caller(keys_.owner); }

    std::string url(const Receiver& receiver) const {
        return "http://127.0.0.1:" + receiver.port() + "/altis?team=1";
    }

    void send(std::vector<Json> events) const {
        const auto count = static_cast<std::int64_t>(events.size());
        const Reply reply =
            server_->caller(keys_.ingest).post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.json["accepted"].as_int(), count) << reply.text;
    }

    Json consent(const std::string& user, bool given) {
        return track("c-" + std::to_string(++sent_), user, "Consent Updated",
                     Json::object({{"purpose", "messages"}, {"given", given}}));
    }

    void send_viewers(const std::vector<std::string>& users) {
        std::vector<Json> events;
        for (const std::string& user : users) {
            events.push_back(
                track("v-" + user, user, "Content Viewed", Json::object({{"kind", "news"}})));
            events.push_back(consent(user, true));
        }
        send(std::move(events));
    }

    // Registers the receiver's URL and tells it the secret.
    std::string register_at(const Receiver& receiver, const std::string& at) const {
        const Reply reply = owner().post("/v1/webhooks", Json::object({{"url", at}}));
        EXPECT_EQ(reply.status, 201) << reply.text;
        std::string secret(reply.json["secret"].as_string());
        receiver.trust(secret);
        return secret;
    }

    Reply ask(const std::string& at, std::string_view since = "") const {
        Json body = Json::object({{"purpose", "messages"}, {"url", at}});
        if (!since.empty()) body.set("since", since);
        return owner().post("/v1/segments/viewers/deliveries", body);
    }

    Json at_its_end(std::int64_t number) const {
        Json delivery;
        EXPECT_TRUE(comes_true([&] {
            delivery = owner().get("/v1/deliveries/" + std::to_string(number)).json;
            return delivery["state"].as_string() != "sending";
        }));
        return delivery;
    }

    Json deliver(const std::string& at, std::string_view since = "") const {
        const Reply reply = ask(at, since);
        EXPECT_EQ(reply.status, 202) << reply.text;
        return at_its_end(reply.json["id"].as_int());
    }

    TemporaryFolder folder_;
    std::unique_ptr<Server> server_;
    Keys keys_;
    int sent_ = 0;
};

TEST_F(DeliveryTest, EachBatchIsSigned) {
    start(kOpenConfig);
    const Receiver receiver;
    const std::string secret = register_at(receiver, url(receiver));
    std::vector<std::string> users;
    for (int i = 0; i < 4'500; ++i)
        users.push_back("fan-" + std::to_string(i));
    send_viewers(users);
    const Json done = deliver(url(receiver));
    EXPECT_EQ(done["state"].as_string(), "delivered") << done.to_string();
    EXPECT_EQ(done["rows"].as_int(), 4'500);
    const auto messages = receiver.messages();
    ASSERT_EQ(messages.size(), 3U);
    std::set<std::string> got;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_TRUE(messages[i].is_genuine);
        EXPECT_EQ(messages[i].type, "application/x-ndjson");
        EXPECT_EQ(messages[i].id,
                  "export-" + done["id"].to_string() + "-" + std::to_string(i + 1) + "-of-3");
        for (const Json& row : lines_of(messages[i].body))
            got.emplace(row["user_id"].as_string());
    }
    EXPECT_EQ(got, std::set<std::string>(users.begin(), users.end()));
    const Json& attempts = done["attempts"];
    ASSERT_EQ(attempts.items().size(), 3U);
    EXPECT_EQ(attempts.items()[2]["status"].as_int(), 200);

    // The secret is shown once: in no answer, no file, no log.
    EXPECT_EQ(owner().get("/v1/webhooks").text.find("secret"), std::string::npos);
    const std::string raw = codec::from_base64(secret.substr(6)).value_or("?");
    EXPECT_TRUE(files_that_hold(folder_.path(), {secret, secret.substr(6), raw}).empty());
    // Another one ends the first.
    EXPECT_NE(owner().post("/v1/webhooks", Json::object({{"url", url(receiver)}})).json["secret"],
              Json(secret));
    EXPECT_EQ(deliver(url(receiver))["code"].as_string(), "exports.receiver_refused");
}

TEST_F(DeliveryTest, WhatMayPassIsTriedAgainUnderTheSameId) {
    start(kOpenConfig);
    const Receiver receiver;
    register_at(receiver, url(receiver));
    send_viewers({"fan-1"});
    receiver.plan("503 drop 429");
    const Json done = deliver(url(receiver));
    EXPECT_EQ(done["state"].as_string(), "delivered") << done.to_string();
    const auto messages = receiver.messages();
    ASSERT_EQ(messages.size(), 4U);
    for (const auto& message : messages) {
        EXPECT_TRUE(message.is_genuine);
        EXPECT_EQ(message.id, messages.front().id);
        EXPECT_EQ(message.body, messages.front().body);
    }
    const Json& attempts = done["attempts"];
    ASSERT_EQ(attempts.items().size(), 4U);
    EXPECT_EQ(attempts.items()[0]["status"].as_int(), 503);
    EXPECT_EQ(attempts.items()[1]["code"].as_string(), "outbound.connection_lost");
    EXPECT_EQ(attempts.items()[2]["status"].as_int(), 429);
    EXPECT_EQ(attempts.items()[3]["status"].as_int(), 200);
}

TEST_F(DeliveryTest, WhoWithdrawsBeforeAnotherAttemptIsNotInIt) {
    start(kOpenConfig);
    const Receiver receiver;
    register_at(receiver, url(receiver));
    send_viewers({"fan-1", "fan-2", "fan-3"});
    receiver.plan("503 503");
    const Reply asked = ask(url(receiver), "last");
    ASSERT_TRUE(comes_true([&] { return !receiver.messages().empty(); }));
    EXPECT_EQ(ask(url(receiver), "last").code(), "exports.delivery_under_way");
    send({consent("fan-1", false)});
    EXPECT_EQ(owner().remove("/v1/fans/fan-2").status, 200);
    const Json done = at_its_end(asked.json["id"].as_int());
    EXPECT_EQ(done["state"].as_string(), "delivered") << done.to_string();
    const auto rows = lines_of(receiver.messages().back().body);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["user_id"].as_string(), "fan-3");
    // The first attempt may have been read all the same, so both are told.
    deliver(url(receiver), "last");
    const auto changes = lines_of(receiver.messages().back().body);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0]["change"].as_string(), "left");
    EXPECT_EQ(changes[0]["user_id"].as_string(), "fan-1");
    EXPECT_EQ(changes[1]["change"].as_string(), "erased");
    EXPECT_EQ(changes[1]["fans"].as_int(), 1);
}

TEST_F(DeliveryTest, WhatWasNotReceivedDoesNotCountAsTheLast) {
    start(kOpenConfig);
    const Receiver receiver;
    register_at(receiver, url(receiver));
    send_viewers({"fan-1"});
    for (const std::string step : {"400", "302"}) {
        receiver.plan(step);
        const std::size_t before = receiver.messages().size();
        const Json failed = deliver(url(receiver), "last");
        EXPECT_EQ(failed["state"].as_string(), "failed");
        EXPECT_EQ(failed["code"].as_string(), "exports.receiver_refused");
        EXPECT_EQ(receiver.messages().size(), before + 1)
            << step << ": neither repeated nor led on";
    }
    EXPECT_EQ(deliver(url(receiver), "last")["rows"].as_int(), 1);
    EXPECT_EQ(deliver(url(receiver), "last")["rows"].as_int(), 0);
    EXPECT_EQ(receiver.messages().back().body, "") << "that nothing changed is told, too";
}

TEST_F(DeliveryTest, AStopInBetweenIsAFailureThatTheNextOneRepairs) {
    start(kOpenConfig);
    const Receiver receiver;
    register_at(receiver, url(receiver));
    send_viewers({"fan-1"});
    receiver.plan("hang");
    const std::int64_t number = ask(url(receiver), "last").json["id"].as_int();
    ASSERT_TRUE(comes_true([&] { return !receiver.messages().empty(); }));
    server_->kill();
    const auto again = server_->start_again();
    ASSERT_TRUE(again) << again.error().message;
    const Json failed = at_its_end(number);
    EXPECT_EQ(failed["state"].as_string(), "failed");
    EXPECT_EQ(failed["code"].as_string(), "exports.interrupted");
    const Json done = deliver(url(receiver), "last");
    EXPECT_EQ(done["rows"].as_int(), 1);
    ASSERT_EQ(server_->stop(), 0);
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(at_its_end(done["id"].as_int())["state"].as_string(), "delivered");
    EXPECT_EQ(deliver(url(receiver), "last")["rows"].as_int(), 0);
}

TEST_F(DeliveryTest, NothingGoesToPrivateNetworks) {
    start("");
    const Receiver receiver;
    send_viewers({"fan-1"});
    const auto code_of = [this](const std::string& at) {
        return owner().post("/v1/webhooks", Json::object({{"url", at}})).code();
    };
    EXPECT_EQ(code_of(url(receiver)), "outbound.not_secure");
    EXPECT_EQ(code_of("https://127.0.0.1:" + receiver.port()), "outbound.private_address");
    EXPECT_EQ(code_of("https://[::1]/"), "outbound.private_address");
    EXPECT_EQ(code_of("https://user:word@receiver.example.org/"), "outbound.bad_url");
    // A name tells nothing until it is looked up.
    const std::string named = "https://localhost:" + receiver.port() + "/";
    register_at(receiver, named);
    const Json refused = deliver(named);
    EXPECT_EQ(refused["state"].as_string(), "failed");
    EXPECT_EQ(refused["code"].as_string(), "outbound.private_address");
    EXPECT_TRUE(receiver.messages().empty());
}

TEST_F(DeliveryTest, CertificatesAreChecked) {
    const std::string key = folder_ / "key.pem";
    const std::string certificate = folder_ / "certificate.pem";
    const Finished made =
        run_program("/usr/bin/openssl",
                    {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                     "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate},
                    Capture::kEverything);
    ASSERT_EQ(made.status, 0) << made.output;
    start(kOpenConfig, {"/usr/bin/env", "SSL_CERT_FILE=" + certificate});
    const Receiver receiver({certificate, key});
    send_viewers({"fan-1"});
    const std::string named = "https://localhost:" + receiver.port() + "/";
    register_at(receiver, named);
    EXPECT_EQ(deliver(named)["state"].as_string(), "delivered");
    ASSERT_EQ(receiver.messages().size(), 1U);
    EXPECT_TRUE(receiver.messages()[0].is_genuine);
    // The certificate is for the name, not for the address.
    const std::string numbered = "https://127.0.0.1:" + receiver.port() + "/";
    register_at(receiver, numbered);
    EXPECT_EQ(deliver(numbered)["code"].as_string(), "outbound.certificate");
    EXPECT_EQ(receiver.messages().size(), 1U);
}

TEST_F(DeliveryTest, UnknownAuthoritiesAreRefused) {
    const std::string key = folder_ / "key.pem";
    const std::string certificate = folder_ / "certificate.pem";
    ASSERT_EQ(run_program("/usr/bin/openssl",
                          {"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=localhost", "-keyout", key, "-out", certificate},
                          Capture::kEverything)
                  .status,
              0);
    start(kOpenConfig);
    const Receiver receiver({certificate, key});
    send_viewers({"fan-1"});
    const std::string named = "https://localhost:" + receiver.port() + "/";
    register_at(receiver, named);
    EXPECT_EQ(deliver(named)["code"].as_string(), "outbound.certificate");
    EXPECT_TRUE(receiver.messages().empty());
}

TEST_F(DeliveryTest, OthersSeeAndSendNothing) {
    start(kOpenConfig);
    const Receiver receiver;
    register_at(receiver, url(receiver));
    send_viewers({"fan-1"});
    const Json done = deliver(url(receiver));
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "airline-segments", "airline", {"segments"});
    ASSERT_TRUE(key) << key.error().message;
    Caller airline = server_->caller(*key);
    EXPECT_EQ(airline.get("/v1/deliveries/" + done["id"].to_string()).code(),
              "exports.unknown_delivery");
    EXPECT_EQ(airline.get("/v1/deliveries").json["items"].items().size(), 0U);
    EXPECT_EQ(airline.get("/v1/webhooks").json["items"].items().size(), 0U);
    const Json order = Json::object({{"purpose", "messages"}, {"url", url(receiver)}});
    EXPECT_EQ(airline.post("/v1/segments/viewers/deliveries", order).code(),
              "exports.unknown_webhook");
    airline.post("/v1/webhooks", Json::object({{"url", url(receiver)}}));
    EXPECT_EQ(airline.post("/v1/segments/viewers/deliveries", order).status, 403);
    EXPECT_EQ(receiver.messages().size(), 1U);
}

TEST_F(DeliveryTest, TheCommandWaitsForTheEnd) {
    start(kOpenConfig);
    const Receiver receiver;
    const auto altis = [this](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--data", folder_ / "data", "--key", keys_.owner});
        return run_altis(arguments, Capture::kEverything);
    };
    const Finished added = altis({"webhooks", "add", url(receiver)});
    ASSERT_EQ(added.status, 0) << added.output;
    receiver.trust(std::string((*codec::parse_json(added.output))["secret"].as_string()));
    send_viewers({"fan-1"});
    const std::vector<std::string> command = {"segments", "export", "viewers",     "--purpose",
                                              "messages", "--to",   url(receiver), "--since-last",
                                              "--format", "parquet"};
    const Finished delivered = altis(command);
    EXPECT_EQ(delivered.status, 0) << delivered.output;
    ASSERT_EQ(receiver.messages().size(), 1U);
    EXPECT_TRUE(receiver.messages()[0].is_genuine);
    EXPECT_TRUE(receiver.messages()[0].body.starts_with("PAR1"));
    receiver.plan("410");
    EXPECT_EQ(altis(command).status, 6);
    EXPECT_EQ(altis({"webhooks", "remove", url(receiver)}).status, 0);
    EXPECT_EQ(altis(command).status, 4);
}

}  // namespace
}  // namespace altis::e2e
