// For tests: a server with one feed, GET /feed.
#pragma once

#include <memory>
#include <string>

#include "base/assert.h"
#include "server/raw_client_fixture.h"
#include "server/stream.h"

namespace altis::server {

// A state of which clients are told "whole" or "since" and nothing more.
class CountedState : public StreamState {
  public:
    CatchUp whole() override {
        ++wholes;
        return {{make_event(std::nullopt, "reset", "whole"), make_event(newest, "heartbeat", "h")},
                newest};
    }
    std::optional<CatchUp> since(std::uint64_t id) override {
        ++sinces;
        return CatchUp{{make_event(newest, "since", std::to_string(id))}, newest};
    }
    SharedEvent heartbeat(std::uint64_t id) override {
        return make_event(id, "heartbeat", std::to_string(id));
    }

    std::atomic<std::uint64_t> newest = 0;
    std::atomic<int> wholes = 0;
    std::atomic<int> sinces = 0;
};

// A server with GET /feed over a stream with a state, whose ids begin above 100.
struct FeedServer {
    explicit FeedServer(Limits limits = {}) {
        Router router = test_router();
        router.add(Method::kGet, "/feed", [this](Request&&, const Responder& respond) {
            respond(event_stream("feed", pass));
        });
        state->newest = 100;
        ALTIS_ASSERT(hub->attach("feed", state, 100, StreamLimits{1'000, 1U << 20, 1}));
        ServerOptions options;
        options.limits = limits;
        options.streams = hub;
        server = start_server(std::move(router), options);
    }

    void publish(const std::string& data) {
        state->newest = ++last;
        ALTIS_ASSERT(hub->publish("feed", last, "x", data));
    }

    RawClient open(const std::string& target, const std::string& fields = {},
                   int buffer = 0) const {
        RawClient client(server->port(), buffer);
        ALTIS_ASSERT(client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"));
        return client;
    }

    std::shared_ptr<StreamHub> hub = std::make_shared<StreamHub>();
    std::shared_ptr<CountedState> state = std::make_shared<CountedState>();
    std::shared_ptr<StreamPass> pass = std::make_shared<StreamPass>(false);
    std::uint64_t last = 100;
    std::unique_ptr<HttpServer> server;
};

inline const std::string kUpgrade =
    "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

}  // namespace altis::server
