#include "server/event_stream.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "server/raw_client_fixture.h"
#include "server/stream.h"

namespace altis::server {
namespace {

std::string data_of(std::uint64_t id) {
    return "{\"n\":" + std::to_string(id) + "}";
}

void publish_range(StreamHub& hub, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t id = first; id <= last; ++id) {
        ASSERT_TRUE(hub.publish("results", id, "result", data_of(id)).has_value());
    }
}

// A hub behind a server with GET /v1/feeds/{name}; the name "secret" is denied.
struct StreamServer {
    explicit StreamServer(StreamLimits stream_limits = {}, Limits limits = {})
        : hub(std::make_shared<StreamHub>(stream_limits)) {
        Router router = test_router();
        router.add_stream("/v1/feeds/{name}", [](const Request& request) -> Result<std::string> {
            if (request.parameter("name") == "secret") {
                return fail(Code::kDenied, "feed.denied", "This feed is not yours.");
            }
            return std::string(request.parameter("name"));
        });
        options.limits = limits;
        options.streams = hub;
        options.metrics = std::make_shared<Metrics>();
        server = start_server(std::move(router), options);
    }

    EventStreamReader open(std::optional<std::uint64_t> after) const {
        auto reader =
            EventStreamReader::open("127.0.0.1", server->port(), "/v1/feeds/results", {}, after);
        EXPECT_TRUE(reader.has_value()) << reader.error().message;
        return std::move(*reader);
    }
    std::int64_t clients() const {
        return options.metrics->gauge("altis_stream_clients", "").value();
    }
    std::uint64_t dropped() const {
        return options.metrics->counter("altis_stream_clients_dropped_total", "").value();
    }
    void wait_for_clients(std::int64_t count) const {
        for (int i = 0; i < 500 && clients() != count; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        EXPECT_EQ(clients(), count);
    }

    std::shared_ptr<StreamHub> hub;
    ServerOptions options;
    std::unique_ptr<HttpServer> server;
};

// Ids of the next `count` events; fewer when they do not come.
std::vector<std::uint64_t> read_ids(EventStreamReader& reader, std::size_t count) {
    std::vector<std::uint64_t> ids;
    while (ids.size() < count) {
        auto event = reader.next(seconds(5));
        if (!event || !*event) break;
        EXPECT_EQ((*event)->data, data_of((*event)->id));
        EXPECT_EQ((*event)->event, "result");
        ids.push_back((*event)->id);
    }
    return ids;
}

std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t id = first; id <= last; ++id)
        ids.push_back(id);
    return ids;
}

TEST(EncodeEvent, SplitsDataIntoLines) {
    EXPECT_EQ(encode_event(7, "result", "a\nb\r\nc\rd"),
              "id: 7\nevent: result\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(encode_event(8, "", ""), "id: 8\ndata: \n\n");
}

// What a reader at that place is sent.
Stream::Pull pull_text(const Stream& stream, Stream::Cursor& cursor, std::string& out) {
    std::vector<SharedEvent> events;
    const Stream::Pull pull = stream.pull(cursor, 1'000, events);
    for (const SharedEvent& event : events)
        out += event->text;
    return pull;
}

TEST(StreamHub, RefusesIdsThatDoNotGrow) {
    StreamHub hub;
    ASSERT_TRUE(hub.publish("a", 5, "x", "1").has_value());
    EXPECT_EQ(hub.publish("a", 5, "x", "1").error().reason, "stream.id_not_increasing");
    EXPECT_EQ(hub.publish("a", 4, "x", "1").error().reason, "stream.id_not_increasing");
    EXPECT_TRUE(hub.publish("b", 4, "x", "1").has_value());
    EXPECT_EQ(hub.publish("b", 6, "x\ny", "1").error().reason, "stream.bad_event");
    EXPECT_EQ(hub.last_id("a"), 5U);
    EXPECT_EQ(hub.last_id("none"), 0U);
}

TEST(StreamHub, LimitsStreamsButForgetsUnusedOnes) {
    StreamHub hub(StreamLimits{10, 1'000, 2});
    ASSERT_TRUE(hub.publish("a", 1, "x", "1").has_value());
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(hub.open("asked-" + std::to_string(i)).has_value());
    ASSERT_TRUE(hub.publish("b", 1, "x", "1").has_value());
    EXPECT_EQ(hub.open("c").error().reason, "stream.too_many");
}

TEST(Stream, KeepsOnlyTheLatestAndTellsReadersThatAreTooLate) {
    Stream stream(StreamLimits{3, 1'000, 1});
    for (std::uint64_t id = 1; id <= 5; ++id)
        ASSERT_TRUE(stream.publish(id * 10, "x", "1"));
    EXPECT_EQ(stream.oldest_id(), 30U);
    EXPECT_TRUE(stream.cursor(10).reset);
    EXPECT_FALSE(stream.cursor(20).reset);  // 30 is next and still there
    EXPECT_FALSE(stream.cursor(35).reset);  // an id between two events
    EXPECT_TRUE(stream.cursor(51).reset);   // an id of another life
    EXPECT_FALSE(stream.cursor(std::nullopt).reset);
    Stream::Cursor cursor = stream.cursor(35);
    std::string out;
    EXPECT_EQ(pull_text(stream, cursor, out), Stream::Pull::kSome);
    EXPECT_EQ(out, encode_event(40, "x", "1") + encode_event(50, "x", "1"));
    EXPECT_EQ(pull_text(stream, cursor, out), Stream::Pull::kNothing);
    for (std::uint64_t id = 6; id <= 9; ++id)
        ASSERT_TRUE(stream.publish(id * 10, "x", "1"));
    EXPECT_EQ(pull_text(stream, cursor, out), Stream::Pull::kLost);
}

TEST(StreamBatch, IsMadeOnceForAPlaceAndAnewWhenTheStreamChanges) {
    Stream stream(StreamLimits{10, 1'000, 1});
    const Stream::Cursor start = stream.cursor(std::nullopt);
    StreamBatch batch;
    EXPECT_FALSE(batch.reach(stream, start));
    ASSERT_TRUE(stream.publish(1, "x", "one", 7));
    ASSERT_TRUE(batch.reach(stream, start));
    EXPECT_EQ(batch.plain(Framing::kServerSentEvents), encode_event(1, "x", "one"));
    EXPECT_EQ(batch.plain(Framing::kWebSocket), "\x81\x03one");
    const char* bytes = batch.plain(Framing::kServerSentEvents).data();
    ASSERT_TRUE(batch.reach(stream, start));
    EXPECT_EQ(batch.plain(Framing::kServerSentEvents).data(), bytes);
    const Stream::Cursor first = batch.end();
    EXPECT_FALSE(batch.reach(stream, first));

    ASSERT_TRUE(stream.publish(2, "x", "two"));
    ASSERT_TRUE(batch.reach(stream, first));
    EXPECT_EQ(batch.plain(Framing::kWebSocket), "\x81\x03two");
    ASSERT_TRUE(batch.reach(stream, start));
    EXPECT_EQ(batch.plain(Framing::kWebSocket), "\x81\x03one\x81\x03two");
    EXPECT_EQ(batch.end().id, 2U);
    EXPECT_EQ(stream.lag_bytes(batch.end()), 0U);
    const std::vector<std::uint64_t> abouts = {7};
    stream.forget(abouts);
    ASSERT_TRUE(batch.reach(stream, start));
    EXPECT_EQ(batch.plain(Framing::kServerSentEvents).find("one"), std::string::npos);
}

TEST(StreamBatch, LeavesReadersThatAreFarBehindToThemselves) {
    Stream stream(StreamLimits{10, 1U << 20, 1});
    const Stream::Cursor start = stream.cursor(std::nullopt);
    ASSERT_TRUE(stream.publish(1, "x", std::string(kMaxLagBytes, 'y')));
    StreamBatch batch;
    EXPECT_FALSE(batch.reach(stream, start));
}

TEST(Stream, ForgetsWhatIsAboutSomebodyAndKeepsPlaces) {
    Stream stream(StreamLimits{10, 1'000, 1});
    ASSERT_TRUE(stream.publish(10, "x", "one", 7));
    ASSERT_TRUE(stream.publish(20, "x", "two", 8));
    Stream::Cursor late = stream.cursor(10);  // before event 20
    ASSERT_TRUE(stream.publish(30, "x", "three", 7));
    ASSERT_TRUE(stream.publish(40, "x", "four"));
    const std::uint64_t doomed[] = {7, 9};
    stream.forget(doomed);
    for (Stream::Cursor cursor : {stream.cursor(0), late}) {
        std::string out;
        EXPECT_EQ(pull_text(stream, cursor, out), Stream::Pull::kSome);
        EXPECT_EQ(out.find("one"), std::string::npos);
        EXPECT_EQ(out.find("three"), std::string::npos);
        EXPECT_NE(out.find(encode_event(20, "x", "two") + ":"), std::string::npos);
        EXPECT_TRUE(out.ends_with(" \n\n" + encode_event(40, "x", "four")));
        EXPECT_EQ(pull_text(stream, cursor, out), Stream::Pull::kNothing);
    }
}

TEST(Stream, BoundsItsBytes) {
    Stream stream(StreamLimits{1'000, 500, 1});
    for (std::uint64_t id = 1; id <= 50; ++id) {
        ASSERT_TRUE(stream.publish(id, "x", std::string(80, 'd')));
    }
    EXPECT_GT(stream.oldest_id(), 43U);
    ASSERT_TRUE(stream.publish(51, "x", std::string(2'000, 'd')));
    EXPECT_EQ(stream.oldest_id(), 51U);  // the newest stays, whatever its size
}

TEST(EventStream, SendsLiveEventsFromNowOn) {
    const StreamServer fixture;
    publish_range(*fixture.hub, 1, 5);
    EventStreamReader reader = fixture.open(std::nullopt);
    fixture.wait_for_clients(1);
    publish_range(*fixture.hub, 6, 8);
    EXPECT_EQ(read_ids(reader, 3), range(6, 8));
    EXPECT_EQ(reader.last_id(), 8U);
}

TEST(EventStream, ResumesExactly) {
    const StreamServer fixture;
    std::atomic<bool> done = false;
    std::thread publisher([&] {
        for (std::uint64_t id = 1; id <= 20'000; ++id) {
            EXPECT_TRUE(fixture.hub->publish("results", id, "result", data_of(id)).has_value());
        }
        done = true;
    });
    std::vector<std::uint64_t> ids;
    std::uint64_t last = 0;
    while (ids.size() < 20'000) {
        EventStreamReader reader = fixture.open(last);
        const auto some = read_ids(reader, std::min<std::size_t>(777, 20'000 - ids.size()));
        ASSERT_FALSE(some.empty());
        ids.insert(ids.end(), some.begin(), some.end());
        last = reader.last_id();
    }
    publisher.join();
    EXPECT_EQ(ids, range(1, 20'000));
    EXPECT_TRUE(done);
}

TEST(EventStream, ResumesByQueryAndRefusesNonsense) {
    const StreamServer fixture;
    publish_range(*fixture.hub, 1, 5);
    RawClient raw(fixture.server->port());
    ASSERT_TRUE(raw.send("GET /v1/feeds/results?after=3 HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string got = raw.read_until_text("id: 5\n");
    EXPECT_NE(got.find("Content-Type: text/event-stream\r\n"), std::string::npos);
    EXPECT_EQ(got.find("id: 3\n"), std::string::npos);
    EXPECT_NE(got.find("retry: 2000\n\nid: 4\n"), std::string::npos);
    auto client = HttpClient::create("127.0.0.1", fixture.server->port());
    EXPECT_EQ(client->send(Method::kGet, "/v1/feeds/results?after=x")->status, 400);
    EXPECT_EQ(client->send(Method::kGet, "/v1/feeds/secret")->status, 403);
    EXPECT_EQ(EventStreamReader::open("127.0.0.1", fixture.server->port(), "/v1/feeds/secret")
                  .error()
                  .reason,
              "client.stream_refused");
}

TEST(EventStream, TellsAClientThatItMissedEvents) {
    const StreamServer fixture(StreamLimits{10, 1U << 20, 10});
    publish_range(*fixture.hub, 1, 30);
    EventStreamReader reader = fixture.open(5);
    const auto reset = reader.next(seconds(5));
    ASSERT_TRUE(reset.has_value() && reset->has_value());
    EXPECT_EQ((*reset)->event, "reset");
    EXPECT_EQ((*reset)->data, "{\"oldest\":21}");
    EXPECT_EQ(reader.last_id(), 5U);
    EXPECT_EQ(read_ids(reader, 10), range(21, 30));
}

TEST(EventStream, SendsHeartbeats) {
    Limits limits;
    limits.heartbeat_ms = 60;
    const StreamServer fixture({}, limits);
    RawClient raw(fixture.server->port());
    ASSERT_TRUE(raw.send("GET /v1/feeds/results HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_NE(raw.read_until_text("\n\n:\n\n:\n\n").find("\n\n:\n\n:\n\n"), std::string::npos);
}

TEST(EventStream, DropsASlowClientAndLeavesOthersAlone) {
    Limits limits;
    limits.send_queue_bytes = 1U << 20;
    const StreamServer fixture({}, limits);
    EventStreamReader fast = fixture.open(std::nullopt);
    RawClient slow(fixture.server->port(), 4'096);
    ASSERT_TRUE(slow.send("GET /v1/feeds/results HTTP/1.1\r\nHost: a\r\n\r\n"));
    fixture.wait_for_clients(2);
    const std::string data(1U << 10, 'd');
    std::uint64_t id = 0;
    while (fixture.dropped() == 0 && id < 200'000) {
        for (int i = 0; i < 100; ++i) {
            ASSERT_TRUE(fixture.hub->publish("results", ++id, "result", data).has_value());
        }
        while (fast.last_id() < id) {
            const auto event = fast.next(seconds(5));
            ASSERT_TRUE(event.has_value() && event->has_value());
        }
    }
    EXPECT_EQ(fixture.dropped(), 1U);
    fixture.wait_for_clients(1);
    ASSERT_TRUE(fixture.hub->publish("results", ++id, "result", "last").has_value());
    EXPECT_EQ((*fast.next(seconds(5)))->data, "last");
}

TEST(EventStream, LetsAClientCatchUpWithMoreThanTheQueue) {
    Limits limits;
    limits.send_queue_bytes = 1'000;
    const StreamServer fixture({}, limits);
    publish_range(*fixture.hub, 1, 20'000);
    EventStreamReader reader = fixture.open(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(read_ids(reader, 20'000), range(1, 20'000));
}

TEST(EventStream, NoticesClientsThatLeaveAndEndsWithTheServer) {
    const StreamServer fixture;
    EventStreamReader stays = fixture.open(std::nullopt);
    {
        const EventStreamReader leaves = fixture.open(std::nullopt);
        fixture.wait_for_clients(2);
    }
    fixture.wait_for_clients(1);
    fixture.server->stop();
    EXPECT_EQ(fixture.clients(), 0);
    EXPECT_EQ(stays.next(seconds(5)).error().reason, "client.connection_lost");
    publish_range(*fixture.hub, 1, 3);  // nobody listens any more
}

TEST(EventStream, ServesManyClientsInOrder) {
    const StreamServer fixture;
    std::vector<EventStreamReader> readers;
    for (int i = 0; i < 50; ++i)
        readers.push_back(fixture.open(std::nullopt));
    fixture.wait_for_clients(50);
    publish_range(*fixture.hub, 1, 500);
    for (auto& reader : readers)
        EXPECT_EQ(read_ids(reader, 500), range(1, 500));
}

}  // namespace
}  // namespace altis::server
