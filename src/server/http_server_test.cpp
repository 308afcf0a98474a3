#include "server/http_server.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "codec/compress.h"
#include "server/raw_client_fixture.h"

namespace altis::server {
namespace {

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

ClientResponse send_ok(HttpServer& server, Method method, std::string_view target,
                       const Fields& headers = {}, std::string_view body = {}) {
    auto client = HttpClient::create("127.0.0.1", server.port());
    EXPECT_TRUE(client.has_value());
    auto response = client->send(method, target, headers, body);
    EXPECT_TRUE(response.has_value()) << response.error().message;
    return response ? *response : ClientResponse{};
}

TEST(HttpServer, KeepsTheConnectionAlive) {
    const auto server = start_server(test_router());
    auto client = HttpClient::create("127.0.0.1", server->port());
    ASSERT_TRUE(client.has_value());
    for (int i = 0; i < 3; ++i) {
        const auto response = client->send(Method::kGet, "/hello");
        ASSERT_TRUE(response.has_value());
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "hello");
        EXPECT_EQ(response->header("content-type"), "text/plain");
        EXPECT_FALSE(response->header("Date").empty());
        EXPECT_EQ(response->header("X-Request-Id").size(), 36U);
    }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    const auto server = start_server(test_router());
    RawClient raw(server->port());
    std::string bytes;
    for (int i = 0; i < 20; ++i)
        bytes += post("/echo", "<" + std::to_string(i) + ">");
    ASSERT_TRUE(raw.send(bytes));
    const std::string got = raw.read_until_text("<19>");
    std::size_t last = 0;
    for (int i = 0; i < 20; ++i) {
        const std::size_t at = got.find("<" + std::to_string(i) + ">");
        ASSERT_NE(at, std::string::npos) << i;
        EXPECT_GT(at, last);
        last = at;
    }
}

TEST(HttpServer, TakesRequestsByteByByte) {
    const auto server = start_server(test_router());
    RawClient raw(server->port());
    const std::string bytes =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trailer: t\r\n\r\n" +
        std::string(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    for (const char c : bytes) {
        ASSERT_TRUE(raw.send(std::string_view(&c, 1)));
    }
    const std::string got =
        raw.read_until([](const std::string& text) { return count_of(text, "HTTP/1.1 200") == 2; });
    EXPECT_NE(got.find("\r\n\r\nabcdefg"), std::string::npos) << got;
    EXPECT_NE(got.find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpServer, AnswersContinueBeforeTheBody) {
    const auto server = start_server(test_router());
    RawClient raw(server->port());
    ASSERT_TRUE(
        raw.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                 "Expect: 100-continue\r\n\r\n"));
    EXPECT_EQ(raw.read_until_text("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    ASSERT_TRUE(raw.send("abc"));
    EXPECT_NE(raw.read_until_text("abc").find("200 OK"), std::string::npos);
}

TEST(HttpServer, ClosesWhenAsked) {
    const auto server = start_server(test_router());
    for (const std::string_view head :
         {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "GET /hello HTTP/1.0\r\n\r\n"}) {
        RawClient raw(server->port());
        ASSERT_TRUE(raw.send(head));
        EXPECT_NE(raw.read_all().find("Connection: close"), std::string::npos);
        EXPECT_TRUE(raw.closed_by_server());
    }
}

TEST(HttpServer, UnpacksGzipByHeaderOrMagic) {
    const auto server = start_server(test_router());
    const std::string text(5'000, 'x');
    const std::string packed = codec::gzip(text);
    const Fields variants[] = {{{"Content-Encoding", "gzip"}},
                               {},
                               {{"Content-Encoding", "identity"}},
                               {{"Content-Type", "application/x-www-form-urlencoded"}}};
    for (const Fields& headers : variants) {
        EXPECT_EQ(send_ok(*server, Method::kPost, "/echo", headers, packed).body, text);
    }
    EXPECT_EQ(send_ok(*server, Method::kPost, "/echo", {}, "\x1f").body, "\x1f");
}

TEST(HttpServer, RefusesBadGzip) {
    const auto server = start_server(test_router());
    const std::string packed = codec::gzip(std::string(5'000, 'x'));
    const auto refused = [&](const std::string& body, const Fields& headers) {
        const auto response = send_ok(*server, Method::kPost, "/echo", headers, body);
        return std::to_string(response.status) + " " +
               std::string(codec::parse_json(response.body).value()["code"].as_string());
    };
    const Fields gzip = {{"Content-Encoding", "gzip"}};
    EXPECT_EQ(refused("plain text", gzip), "400 gzip.malformed");
    EXPECT_EQ(refused(packed.substr(0, packed.size() - 3), gzip), "400 gzip.malformed");
    EXPECT_EQ(refused(packed.substr(0, 12), {}), "400 gzip.malformed");
    EXPECT_EQ(refused("abc", {{"Content-Encoding", "br"}}), "400 http.content_encoding");
    // 3 MB of one letter packs far below a two-hundredth.
    EXPECT_EQ(refused(codec::gzip(std::string(3U << 20, 'x'), 9), gzip), "413 gzip.too_large");
}

TEST(HttpServer, AnswersATooLargeBodyCleanly) {
    const auto server = start_server(test_router());
    const std::string body(33'600'000, 'x');
    RawClient with_length(server->port());
    EXPECT_TRUE(with_length.send(post("/echo", body)));
    const std::string got = with_length.read_all();
    EXPECT_NE(got.find("HTTP/1.1 413 "), std::string::npos);
    EXPECT_NE(got.find("http.body_too_large"), std::string::npos);
    EXPECT_TRUE(with_length.closed_by_server());
    EXPECT_FALSE(with_length.reset_by_server());

    RawClient chunked(server->port());
    EXPECT_TRUE(
        chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 33; ++i) {
        EXPECT_TRUE(chunked.send("100000\r\n" + std::string(1U << 20, 'x') + "\r\n"));
    }
    EXPECT_NE(chunked.read_all().find("HTTP/1.1 413 "), std::string::npos);

    RawClient polite(server->port());
    EXPECT_TRUE(
        polite.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 33600000\r\n"
                    "Expect: 100-continue\r\n\r\n"));
    EXPECT_TRUE(polite.read_until_text("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, TakesABodyAtTheLimit) {
    const auto server = start_server(test_router());
    const std::string body(kMaxBodyBytes, 'x');
    const auto response = send_ok(*server, Method::kPost, "/v1/batch", {}, body);
    EXPECT_EQ(response.body, "{\"size\":33554432}");
}

TEST(HttpServer, CutsOffSlowClients) {
    ServerOptions options;
    options.limits.header_deadline_ms = 200;
    options.limits.body_deadline_ms = 200;
    options.limits.idle_deadline_ms = 200;
    options.limits.drain_deadline_ms = 200;
    const auto server = start_server(test_router(), options);
    RawClient slow_head(server->port());
    ASSERT_TRUE(slow_head.send("GET /hello HT"));
    RawClient slow_body(server->port());
    ASSERT_TRUE(slow_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
    RawClient idle(server->port());
    EXPECT_TRUE(slow_head.read_all().starts_with("HTTP/1.1 408 "));
    EXPECT_TRUE(slow_body.read_all().starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_TRUE(idle.closed_by_server());
}

TEST(HttpServer, LimitsTheHeader) {
    const auto server = start_server(test_router());
    const auto status = [&](const std::string& bytes) {
        RawClient raw(server->port());
        EXPECT_TRUE(raw.send(bytes));
        return raw.read_all().substr(9, 3);
    };
    const std::string start = "GET /hello HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(status(start + "X: " + std::string(17'000, 'x') + "\r\n\r\n"), "431");
    EXPECT_EQ(status(start + "X: " + std::string(60'000, 'x')), "431");
    EXPECT_EQ(status("GET /" + std::string(17'000, 'x')), "431");
    std::string many = start;
    for (int i = 0; i < 120; ++i)
        many += "X: y\r\n";
    EXPECT_EQ(status(many + "\r\n"), "431");
}

TEST(HttpServer, AnswersUnknownPathsAndMethods) {
    const auto server = start_server(test_router());
    EXPECT_EQ(send_ok(*server, Method::kGet, "/nothing").status, 404);
    const auto wrong = send_ok(*server, Method::kDelete, "/hello");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("Allow"), "OPTIONS, GET, HEAD");
    const auto head = send_ok(*server, Method::kHead, "/hello");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("Content-Length"), "5");
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(send_ok(*server, Method::kPost, "/v1/batch/", {}, "ab").body, "{\"size\":2}");
}

TEST(HttpServer, AnswersPreflight) {
    const auto server = start_server(test_router());
    const auto preflight = send_ok(
        *server, Method::kOptions, "/v1/batch",
        {{"Origin", "https://a.example"}, {"Access-Control-Request-Headers", "authorization"}});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://a.example");
    EXPECT_EQ(preflight.header("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(preflight.header("Vary"), "Origin");
    EXPECT_NE(preflight.header("Access-Control-Allow-Headers").find("Authorization"),
              std::string_view::npos);
    const auto sent = send_ok(*server, Method::kPost, "/v1/batch", {}, "ab");
    EXPECT_EQ(sent.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(sent.header("Access-Control-Allow-Credentials"), "");
    const auto page = send_ok(*server, Method::kPost, "/v1/batch", {{"Origin", "null"}}, "ab");
    EXPECT_EQ(page.header("Access-Control-Allow-Origin"), "null");
    const std::string long_origin = "https://" + std::string(600, 'a');
    EXPECT_EQ(send_ok(*server, Method::kPost, "/v1/batch", {{"Origin", long_origin}}, "ab")
                  .header("Access-Control-Allow-Origin"),
              "*");
    EXPECT_EQ(send_ok(*server, Method::kGet, "/hello", {{"Origin", "https://a.example"}})
                  .header("Access-Control-Allow-Origin"),
              "");
}

TEST(HttpServer, TakesAnswersFromOtherThreads) {
    std::vector<std::thread> workers;
    Router router;
    router.add(Method::kGet, "/later", [&](Request&& request, const Responder& respond) {
        workers.emplace_back([respond, id = request.request_id] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            respond(text_response(200, "text/plain", id));
            respond(text_response(200, "text/plain", "twice"));
        });
    });
    ServerOptions options;
    options.threads = 1;
    const auto server = start_server(std::move(router), options);
    for (int i = 0; i < 5; ++i) {
        const auto answer = send_ok(*server, Method::kGet, "/later", {{"X-Request-Id", "rq-1"}});
        EXPECT_EQ(answer.body, "rq-1");
        EXPECT_EQ(answer.header("X-Request-Id"), "rq-1");
    }
    for (auto& worker : workers)
        worker.join();
}

TEST(HttpServer, AnswersForSilentAndThrowingHandlers) {
    std::vector<Responder> kept;
    Router router = test_router();
    router.add(Method::kGet, "/never",
               [&](Request&&, const Responder& respond) { kept.push_back(respond); });
    router.add(Method::kGet, "/forget", [](Request&&, const Responder&) {});
    router.add(Method::kGet, "/throw",
               [](Request&&, const Responder&) { throw std::runtime_error("bug"); });
    ServerOptions options;
    options.limits.handler_deadline_ms = 150;
    const auto server = start_server(std::move(router), options);
    auto client = HttpClient::create("127.0.0.1", server->port());
    const auto never = client->send(Method::kGet, "/never");
    ASSERT_TRUE(never.has_value());
    EXPECT_EQ(never->status, 500);
    EXPECT_NE(never->body.find("server.handler_deadline"), std::string::npos);
    kept.front()(text_response(200, "text/plain", "too late"));
    EXPECT_EQ(client->send(Method::kGet, "/hello")->body, "hello");
    EXPECT_EQ(client->send(Method::kGet, "/forget")->status, 500);
    EXPECT_EQ(client->send(Method::kGet, "/throw")->status, 500);
    EXPECT_EQ(client->send(Method::kGet, "/hello")->body, "hello");
}

TEST(HttpServer, IgnoresAnAnswerToAnEarlierRequest) {
    std::vector<Responder> kept;
    std::atomic<std::size_t> calls = 0;
    Router router;
    router.add(Method::kGet, "/never", [&](Request&&, const Responder& respond) {
        kept.push_back(respond);
        ++calls;
    });
    ServerOptions options;
    options.limits.handler_deadline_ms = 500;
    const auto server = start_server(std::move(router), options);
    RawClient raw(server->port());
    ASSERT_TRUE(raw.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(raw.read_until_text("}").starts_with("HTTP/1.1 500 "));
    ASSERT_TRUE(raw.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (calls < 2)
        std::this_thread::yield();
    kept[0](text_response(200, "text/plain", "<too late>"));
    kept[1](text_response(200, "text/plain", "<second>"));
    const std::string got = raw.read_until_text(">");
    EXPECT_TRUE(got.ends_with("<second>")) << got;
}

TEST(HttpServer, StopsAfterTheRequestInFlight) {
    std::atomic<bool> begun = false;
    std::thread worker;
    Router router = test_router();
    router.add(Method::kGet, "/slow", [&](Request&&, const Responder& respond) {
        worker = std::thread([respond, &begun] {
            begun = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            respond(text_response(200, "text/plain", "done"));
        });
    });
    const auto server = start_server(std::move(router));
    RawClient idle(server->port());
    RawClient raw(server->port());
    ASSERT_TRUE(raw.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (!begun)
        std::this_thread::yield();
    std::thread stopper([&] { server->stop(); });
    const std::string got = raw.read_all();
    EXPECT_NE(got.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(got.ends_with("done"));
    raw.close();
    stopper.join();
    worker.join();
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST(HttpServer, StopsInTimeWhenAHandlerHangs) {
    std::vector<Responder> kept;
    std::atomic<bool> begun = false;
    Router router;
    router.add(Method::kGet, "/never", [&](Request&&, const Responder& respond) {
        kept.push_back(respond);
        begun = true;
    });
    ServerOptions options;
    options.limits.stop_deadline_ms = 200;
    auto server = start_server(std::move(router), options);
    RawClient raw(server->port());
    ASSERT_TRUE(raw.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (!begun)
        std::this_thread::yield();
    const auto begin = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    kept.front()(empty_response());  // after the server is gone: nothing happens
}

TEST(HttpServer, SurvivesClientsThatLeave) {
    std::vector<Responder> kept;
    std::mutex mutex;
    Router router = test_router();
    router.add(Method::kGet, "/never", [&](Request&&, const Responder& respond) {
        const std::scoped_lock lock(mutex);
        kept.push_back(respond);
    });
    const auto server = start_server(std::move(router));
    for (const std::string_view part :
         {"G", "GET /hello HTTP/1.1\r\n",
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
          "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        for (int i = 0; i < 10; ++i) {
            RawClient raw(server->port());
            EXPECT_TRUE(raw.send(part));
        }
    }
    while (true) {
        const std::scoped_lock lock(mutex);
        if (kept.size() == 10) break;
    }
    for (const auto& respond : kept)
        respond(text_response(200, "text/plain", std::string(1U << 20, 'x')));
    EXPECT_EQ(send_ok(*server, Method::kGet, "/hello").body, "hello");
}

TEST(HttpServer, Serves200ConnectionsAtOnce) {
    const auto server = start_server(test_router());
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i)
        clients.emplace_back(server->port());
    for (int round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < clients.size(); ++i) {
            ASSERT_TRUE(clients[i].send(post("/echo", "<" + std::to_string(i) + ">")));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
            const std::string mark = "<" + std::to_string(i) + ">";
            EXPECT_NE(clients[i].read_until_text(mark).find(mark), std::string::npos);
        }
    }
}

TEST(HttpServer, RefusesConnectionsOverTheLimit) {
    ServerOptions options;
    options.limits.connections = 3;
    options.limits.drain_deadline_ms = 200;
    const auto server = start_server(test_router(), options);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(server->port());
        ASSERT_TRUE(clients.back().send(kHello));
        EXPECT_NE(clients.back().read_until_text("hello").find("200 OK"), std::string::npos);
    }
    RawClient refused(server->port());
    ASSERT_TRUE(refused.send(kHello));
    const std::string got = refused.read_all();
    EXPECT_TRUE(got.starts_with("HTTP/1.1 429 ")) << got;
    EXPECT_NE(got.find("Retry-After: 1\r\n"), std::string::npos);
    EXPECT_TRUE(refused.closed_by_server());
    clients.pop_back();
    for (int i = 0; i < 100; ++i) {
        RawClient later(server->port());
        if (later.send(kHello) &&
            later.read_until_text("hello").find("200 OK") != std::string::npos) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "a connection that closed did not make room";
}

TEST(HttpServer, LimitsTheBytesInFlight) {
    ServerOptions options;
    options.limits.in_flight_bytes = 300'000;
    const auto server = start_server(test_router(), options);
    RawClient large(server->port());
    EXPECT_TRUE(large.send(post("/echo", std::string(500'000, 'x'))));
    const std::string got = large.read_all();
    EXPECT_TRUE(got.starts_with("HTTP/1.1 429 ")) << got;
    EXPECT_NE(got.find("server.too_much_in_flight"), std::string::npos);
    // What was held is given back, by refusals and by answers.
    for (int i = 0; i < 5; ++i) {
        RawClient small(server->port());
        EXPECT_TRUE(small.send(post("/echo", std::string(100'000, 'x'))));
        EXPECT_TRUE(small.read_until_text("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    }
}

TEST(HttpServer, NamesThePortInUse) {
    const auto server = start_server(test_router());
    ServerOptions options;
    options.port = server->port();
    const auto second = HttpServer::create(options, test_router());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().reason, "server.port_in_use");
    EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
    options.address = "nowhere";
    EXPECT_EQ(HttpServer::create(options, test_router()).error().reason, "server.bad_address");
}

TEST(HttpServer, CountsAndLogsByRoutePattern) {
    std::vector<std::string> lines;
    ServerOptions options;
    options.threads = 1;
    options.metrics = std::make_shared<Metrics>();
    options.access_log = [&](const Access& access) {
        lines.push_back(std::string(to_string(access.method)) + " " + std::string(access.route) +
                        " " + std::to_string(access.status) + " " + std::string(access.request_id));
    };
    Router router;
    router.add(Method::kGet, "/fans/{id}", [](Request&& request, const Responder& respond) {
        respond(text_response(200, "text/plain", std::string(request.parameter("id"))));
    });
    const auto server = start_server(std::move(router), options);
    EXPECT_EQ(send_ok(*server, Method::kGet, "/fans/fan-1", {{"X-Request-Id", "r1"}}).body,
              "fan-1");
    EXPECT_EQ(send_ok(*server, Method::kGet, "/no/fan-1", {{"X-Request-Id", "r2"}}).status, 404);
    server->stop();
    EXPECT_EQ(lines, (std::vector<std::string>{"GET /fans/{id} 200 r1", "GET unmatched 404 r2"}));
    const std::string text = options.metrics->to_text();
    EXPECT_NE(text.find("altis_http_requests_total{route=\"/fans/{id}\",method=\"GET\","
                        "status=\"200\"} 1"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("altis_http_connections 0\n"), std::string::npos);
    EXPECT_EQ(text.find("fan-1"), std::string::npos);
}

TEST(HttpClient, ReconnectsAStaleConnectionOnce) {
    ServerOptions options;
    options.limits.idle_deadline_ms = 100;
    const auto server = start_server(test_router(), options);
    auto client = HttpClient::create("127.0.0.1", server->port());
    ASSERT_TRUE(client.has_value());
    EXPECT_EQ(client->send(Method::kGet, "/hello")->body, "hello");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(client->send(Method::kPost, "/echo", {}, "again")->body, "again");
    server->stop();
    const auto gone = client->send(Method::kGet, "/hello");
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().reason, "client.connect_failed");
}

TEST(HttpClient, TimesOut) {
    std::vector<Responder> kept;
    Router router;
    router.add(Method::kGet, "/never",
               [&](Request&&, const Responder& respond) { kept.push_back(respond); });
    ServerOptions options;
    options.limits.stop_deadline_ms = 50;
    const auto server = start_server(std::move(router), options);
    auto client = HttpClient::create("127.0.0.1", server->port(), milliseconds(150));
    const auto response = client->send(Method::kGet, "/never");
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().reason, "client.timed_out");
}

}  // namespace
}  // namespace altis::server
