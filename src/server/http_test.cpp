#include "server/http.h"

#include <gtest/gtest.h>
#include <thread>

#include "server/metrics.h"
#include "server/response_head.h"
#include "server/router.h"
#include "server/target.h"

namespace altis::server {
namespace {

TEST(Problem, CarriesStatusCodeAndDetail) {
    const Response response = problem(Error{Code::kConflict, "room.exists", "It is there."});
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(response.body, R"({"type":"/problems/room.exists","title":"Conflict","status":409,)"
                             R"("code":"room.exists","detail":"It is there."})");
}

TEST(Problem, MapsEveryCodeAndNever503) {
    const std::pair<Code, int> expected[] = {
        {Code::kInvalid, 400},    {Code::kUnauthenticated, 401}, {Code::kDenied, 403},
        {Code::kNotFound, 404},   {Code::kConflict, 409},        {Code::kTooLarge, 413},
        {Code::kOverloaded, 429}, {Code::kExhausted, 403},       {Code::kUnavailable, 500},
        {Code::kCorrupt, 500}};
    for (const auto& [code, status] : expected) {
        EXPECT_EQ(problem(Error{code, "a.b", "c"}).status, status);
    }
    EXPECT_EQ(problem(Error{Code::kUnavailable, "journal.disk_full", "c"}).status, 507);
    const Response overloaded = problem(Error{Code::kOverloaded, "a.b", "c"});
    ASSERT_EQ(overloaded.headers.size(), 1U);
    EXPECT_EQ(overloaded.headers[0], (std::pair<std::string, std::string>("Retry-After", "1")));
}

TEST(Target, TakesOriginAbsoluteAndAsterisk) {
    EXPECT_EQ(split_target("/a/b?c=d?e")->path, "/a/b");
    EXPECT_EQ(split_target("/a/b?c=d?e")->query, "c=d?e");
    EXPECT_EQ(split_target("http://host:1/a?b")->path, "/a");
    EXPECT_EQ(split_target("http://host")->path, "/");
    EXPECT_EQ(split_target("http://host?q")->query, "q");
    EXPECT_EQ(split_target("*")->path, "*");
    EXPECT_FALSE(split_target("a/b"));
    EXPECT_FALSE(split_target("host:443"));
}

TEST(Target, DecodesQuery) {
    const auto fields = parse_query("a=1&&b=x%20y+z&c&=d&a=2");
    ASSERT_TRUE(fields.has_value());
    const Fields expected = {{"a", "1"}, {"b", "x y z"}, {"c", ""}, {"", "d"}, {"a", "2"}};
    EXPECT_EQ(*fields, expected);
    EXPECT_FALSE(parse_query("a=%2"));
    EXPECT_FALSE(parse_query("a=%zz"));
    EXPECT_FALSE(parse_query("a=%00"));
}

// What the router answers by itself, or the route that takes the request.
std::string outcome(const Router& router, Method method, std::string path) {
    Request request;
    request.method = method;
    request.path = std::move(path);
    const Match match = router.match(request);
    if (match.answer) return std::to_string(match.answer->status);
    std::string text(request.route);
    for (const auto& [name, value] : request.parameters)
        text += " " + name + "=" + value;
    return text;
}

Router sample_router() {
    Router router;
    const Handler none = [](Request&&, const Responder&) {};
    router.add(Method::kGet, "/", none);
    router.add(Method::kGet, "/v1/rooms", none);
    router.add(Method::kPost, "/v1/rooms", none);
    router.add(Method::kGet, "/v1/rooms/{id}", none);
    router.add(Method::kPost, "/v1/rooms/{id}/questions", none);
    router.add(Method::kGet, "/v1/rooms/template", none);
    router.add(Method::kGet, "/console/{file...}", none);
    router.add(Method::kPost, "/batch", none, CrossOrigin::kYes);
    return router;
}

TEST(Router, FindsLiteralsParametersAndRest) {
    const Router router = sample_router();
    EXPECT_EQ(outcome(router, Method::kGet, "/"), "/");
    EXPECT_EQ(outcome(router, Method::kGet, "/v1/rooms/7"), "/v1/rooms/{id} id=7");
    EXPECT_EQ(outcome(router, Method::kGet, "/v1/rooms/a%2Fb"), "/v1/rooms/{id} id=a/b");
    EXPECT_EQ(outcome(router, Method::kGet, "/v1/rooms/template"), "/v1/rooms/template");
    EXPECT_EQ(outcome(router, Method::kPost, "/v1/rooms/template/questions"),
              "/v1/rooms/{id}/questions id=template");
    EXPECT_EQ(outcome(router, Method::kGet, "/console/a/b.js"), "/console/{file...} file=a/b.js");
    EXPECT_EQ(outcome(router, Method::kGet, "/console"), "/console/{file...} file=");
    EXPECT_EQ(outcome(router, Method::kPost, "/batch/"), "/batch");
    EXPECT_EQ(outcome(router, Method::kHead, "/v1/rooms"), "/v1/rooms");
}

TEST(Router, AnswersWhatNobodyTakes) {
    const Router router = sample_router();
    EXPECT_EQ(outcome(router, Method::kGet, "/v2"), "404");
    EXPECT_EQ(outcome(router, Method::kGet, "/v1/rooms//"), "404");
    EXPECT_EQ(outcome(router, Method::kGet, "*"), "404");
    EXPECT_EQ(outcome(router, Method::kDelete, "/v1/rooms"), "405");
    EXPECT_EQ(outcome(router, Method::kOther, "/v1/rooms"), "405");
    EXPECT_EQ(outcome(router, Method::kGet, "/v1/rooms/%zz"), "400");
    EXPECT_EQ(outcome(router, Method::kOptions, "/batch"), "204");
}

TEST(Responder, AnswersOnceAndAlways) {
    std::vector<int> statuses;
    {
        const Responder respond([&](const Response& r) { statuses.push_back(r.status); });
        const Responder copy = respond;
        copy(empty_response());
        respond(empty_response(200));
    }
    EXPECT_EQ(statuses, std::vector<int>{204});
    {
        const Responder silent([&](const Response& r) { statuses.push_back(r.status); });
    }
    EXPECT_EQ(statuses, (std::vector<int>{204, 500}));
}

TEST(ResponseHead, NeverLetsAFieldBreakOut) {
    Response response = empty_response(200);
    response.headers.emplace_back("X-Name", "a\r\nSet-Cookie: b");
    std::string head;
    append_head(head, response, {"now", "id-1", KeepAlive::kYes, CrossOrigin::kNo});
    EXPECT_EQ(head,
              "HTTP/1.1 200 OK\r\nDate: now\r\nConnection: keep-alive\r\nX-Request-Id: id-1\r\n"
              "Content-Length: 0\r\nX-Name: a  Set-Cookie: b\r\n\r\n");
    EXPECT_EQ(imf_date(Time{1'771'535'045'000'000}), "Thu, 19 Feb 2026 21:04:05 GMT");
}

TEST(Metrics, WritesPrometheusText) {
    Metrics metrics;
    metrics.counter("altis_b_total", "Bs.", {{"route", "/a\"b"}}).add(2);
    metrics.gauge("altis_a", "As.").set(-3);
    metrics.histogram("altis_c_seconds", "Cs.").observe_us(250);
    metrics.histogram("altis_c_seconds", "Cs.").observe_us(40'000'000);
    const std::string text = metrics.to_text();
    EXPECT_NE(text.find("# TYPE altis_a gauge\naltis_a -3\n"), std::string::npos) << text;
    EXPECT_NE(text.find("altis_b_total{route=\"/a\\\"b\"} 2\n"), std::string::npos);
    EXPECT_NE(text.find("altis_c_seconds_bucket{le=\"0.0001\"} 0\n"), std::string::npos);
    EXPECT_NE(text.find("altis_c_seconds_bucket{le=\"0.00025\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("altis_c_seconds_bucket{le=\"+Inf\"} 2\n"), std::string::npos);
    EXPECT_NE(text.find("altis_c_seconds_sum 40.00025\n"), std::string::npos);
    EXPECT_NE(text.find("altis_c_seconds_count 2\n"), std::string::npos);
}

TEST(Metrics, CountsFromManyThreads) {
    Metrics metrics;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 10'000; ++i)
                metrics.counter("altis_n_total", "Ns.").add();
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(metrics.counter("altis_n_total", "Ns.").value(), 40'000U);
}

}  // namespace
}  // namespace altis::server
