#include "server/websocket.h"

#include <gtest/gtest.h>

#include "server/feed_server_fixture.h"
#include "server/limits.h"

namespace altis::server {
namespace {

using Event = FrameReader::Event;

constexpr int kLast = 0x80;

// A frame as a client sends it, masked.
std::string frame(int first, std::string_view payload) {
    std::string bytes(1, static_cast<char>(first));
    if (payload.size() < 126) {
        bytes.push_back(static_cast<char>(0x80U | payload.size()));
    } else {
        bytes.push_back(static_cast<char>(0xFE));
        bytes.push_back(static_cast<char>(payload.size() >> 8));
        bytes.push_back(static_cast<char>(payload.size() & 0xFFU));
    }
    const std::string mask = "\x12\x34\x56\x78";
    bytes += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        bytes.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    return bytes;
}

enum class Packing : std::uint8_t { kNone, kAgreed };

// What the bytes come to, given whole and byte by byte: "ping(text) close(1000)".
std::string heard(const std::string& bytes, Packing packing = Packing::kNone) {
    std::string texts[2];
    for (const bool slowly : {false, true}) {
        FrameReader reader;
        if (packing == Packing::kAgreed) reader.allow_packed();
        std::string& text = texts[slowly ? 1 : 0];
        for (std::size_t i = 0; i < bytes.size(); i += slowly ? 1 : bytes.size()) {
            reader.add(std::string_view(bytes).substr(i, slowly ? 1 : bytes.size()));
            while (const auto happening = reader.next()) {
                if (!text.empty()) text += " ";
                text += happening->event == Event::kPing
                            ? "ping(" + happening->payload + ")"
                            : "close(" + std::to_string(static_cast<int>(happening->code)) + ")";
            }
        }
    }
    EXPECT_EQ(texts[0], texts[1]);
    return texts[0];
}

TEST(FrameReader, HearsPingsAndCloses) {
    EXPECT_EQ(heard(frame(0x89, "abc")), "ping(abc)");
    EXPECT_EQ(heard(frame(0x8A, "abc")), "") << "a pong says nothing";
    EXPECT_EQ(heard(frame(0x88, "")), "close(1000)");
    EXPECT_EQ(heard(frame(0x88,
                          "\x03\xE8"
                          "bye") +
                    frame(0x89, "late")),
              "close(1000)");
    EXPECT_EQ(heard(frame(0x81, "text") + frame(0x82, "\xFF") + frame(0x89, "")), "ping()");
}

TEST(FrameReader, JoinsFragmentsWithPingsBetween) {
    EXPECT_EQ(
        heard(frame(0x01, "a\xC3") + frame(0x89, "p") + frame(kLast, "\xA9") + frame(0x89, "q")),
        "ping(p) ping(q)");
    EXPECT_EQ(heard(frame(0x01, "a\xC3") + frame(kLast, "x")), "close(1007)");
}

TEST(FrameReader, TakesPackedMessagesWhereThatWasAgreed) {
    const auto with = [](const std::string& bytes) { return heard(bytes, Packing::kAgreed); };
    EXPECT_EQ(with(frame(0xC1, "\xFF\xFE") + frame(0x89, "")), "ping()") << "not unpacked";
    EXPECT_EQ(with(frame(0x41, "\xFF") + frame(kLast, "\xFE") + frame(0x89, "")), "ping()");
    EXPECT_EQ(with(frame(0x81, "\xFF")), "close(1007)") << "this one is not packed";
    EXPECT_EQ(with(frame(0xC9, "")), "close(1002)") << "a packed ping";
    EXPECT_EQ(with(frame(0x41, "a") + frame(0xC0, "b")), "close(1002)") << "packed twice";
    EXPECT_EQ(with(frame(0xE1, "a")), "close(1002)") << "another reserved bit";
}

TEST(FrameReader, EndsWithWhoBreaksTheProtocol) {
    std::string unmasked = frame(0x81, "abc");
    unmasked[1] = static_cast<char>(unmasked[1] & 0x7F);
    EXPECT_EQ(heard(unmasked), "close(1002)");
    EXPECT_EQ(heard(frame(0xC1, "a")), "close(1002)") << "reserved bit";
    EXPECT_EQ(heard(frame(0x83, "a")), "close(1002)") << "unknown opcode";
    EXPECT_EQ(heard(frame(0x09, "a")), "close(1002)") << "a fragmented ping";
    EXPECT_EQ(heard(frame(0x89, std::string(126, 'a'))), "close(1002)") << "a long ping";
    EXPECT_EQ(heard(frame(kLast, "a")), "close(1002)") << "nothing to continue";
    EXPECT_EQ(heard(frame(0x01, "a") + frame(0x81, "b")), "close(1002)") << "two messages at once";
    EXPECT_EQ(heard(frame(0x88, "\x03")), "close(1002)") << "half a code";
    EXPECT_EQ(heard(frame(0x88, "\x03\xED")), "close(1002)") << "1005 is never sent";
    EXPECT_EQ(heard(frame(0x88, "\x03\xE8\xFF")), "close(1007)");
    EXPECT_EQ(heard(frame(0x81, "\xFF")), "close(1007)");
    EXPECT_EQ(heard(frame(0x81, std::string(kMaxSocketMessageBytes, 'a'))), "");
    EXPECT_EQ(heard(frame(0x81, std::string(kMaxSocketMessageBytes + 1, 'a'))), "close(1009)");
    EXPECT_EQ(heard(frame(0x01, std::string(kMaxSocketMessageBytes, 'a')) + frame(kLast, "a")),
              "close(1009)");
    EXPECT_EQ(heard("\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "close(1009)");
}

TEST(Feed, TellsTheStateFirstAndThenTheEvents) {
    FeedServer fixture;
    RawClient client = fixture.open("/feed");
    EXPECT_NE(
        client.read_until_text("data: h\n\n").find("\n\nevent: reset\ndata: whole\n\nid: 100\n"),
        std::string::npos);
    fixture.publish("one");
    EXPECT_EQ(client.read_until_text("one\n\n"), "id: 101\nevent: x\ndata: one\n\n");
}

TEST(Feed, ResumesFromAPlaceOrTellsTheStateAnew) {
    FeedServer fixture;
    for (int i = 0; i < 3; ++i)
        fixture.publish("n" + std::to_string(i));
    EXPECT_NE(fixture.open("/feed", "Last-Event-ID: 102\r\n")
                  .read_until_text("n2\n\n")
                  .find("\n\nid: 103\n"),
              std::string::npos);
    EXPECT_EQ(fixture.state->wholes, 0);
    for (const char* place : {"99", "104"}) {  // gone, and never been
        EXPECT_NE(fixture.open("/feed?after=" + std::string(place))
                      .read_until_text("h\n\n")
                      .find("whole"),
                  std::string::npos);
    }
    EXPECT_EQ(fixture.state->wholes, 2);
}

TEST(Feed, SpeaksWebSocket) {
    FeedServer fixture;
    RawClient client = fixture.open("/feed", kUpgrade);
    const std::string got = client.read_until_text("\x81\x01h");
    EXPECT_TRUE(got.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << got;
    // The example of RFC 6455, 1.3.
    EXPECT_NE(got.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_TRUE(got.ends_with("\r\n\r\n\x81\x05whole\x81\x01h")) << got;
    fixture.publish("one");
    EXPECT_EQ(client.read_until_text("one"), "\x81\x03one");
    const std::string middle(300, 'm');
    fixture.publish(middle);
    EXPECT_EQ(client.read_until_text(middle), "\x81\x7E\x01\x2C" + middle);
    const std::string large(70'000, 'l');
    fixture.publish(large);
    const std::string since = client.read_until_text("102");
    EXPECT_EQ(since,
              "\x81\x03"
              "102")
        << "more than the lag that is told event by event";
    ASSERT_TRUE(client.send(frame(0x89, "hello")));
    EXPECT_EQ(client.read_until_text("hello"), "\x8A\x05hello");
    ASSERT_TRUE(client.send(frame(0x88, "\x03\xE8")));
    EXPECT_EQ(client.read_all(), std::string("\x88\x02\x03\xE8"));
    EXPECT_TRUE(client.closed_by_server());
}

TEST(Feed, RefusesBadHandshakesAndBadFrames) {
    FeedServer fixture;
    for (const std::string& bad :
         {std::string("Upgrade: websocket\r\n"),
          std::string("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
          std::string("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: c2hvcnQ=\r\n")}) {
        const std::string got = fixture.open("/feed", bad).read_until_text("}");
        EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ")) << got;
        EXPECT_NE(got.find("websocket.bad_handshake"), std::string::npos) << got;
    }
    RawClient client = fixture.open("/feed", kUpgrade);
    client.read_until_text("\x81\x01h");
    ASSERT_TRUE(client.send("\x81\x01x"));  // not masked
    EXPECT_EQ(client.read_all(), std::string("\x88\x02\x03\xEA"));
}

TEST(Feed, ASlowClientSkipsToTheNewestStateAndHoldsNobodyUp) {
    FeedServer fixture;
    RawClient quick = fixture.open("/feed");
    quick.read_until_text("data: h\n\n");
    RawClient slow = fixture.open("/feed", "", 4'096);
    for (int i = 0; i < 3'000; ++i) {
        const std::string data = std::string(1'000, 'd') + std::to_string(i);
        fixture.publish(data);
        ASSERT_NE(quick.read_until_text(data + "\n\n").find(data), std::string::npos) << i;
    }
    const std::string got = slow.read_until_text("event: since\n");
    EXPECT_NE(got.find("event: since\n"), std::string::npos);
    EXPECT_GT(fixture.state->sinces, 0);
    EXPECT_LT(count_of(got, "event: x\n"), 1'500) << "it did not get them all";
}

TEST(Feed, EndsWhenThePassDoes) {
    FeedServer fixture;
    RawClient events = fixture.open("/feed");
    events.read_until_text("data: h\n\n");
    RawClient socket = fixture.open("/feed", kUpgrade);
    socket.read_until_text("\x81\x01h");
    *fixture.pass = true;
    fixture.publish("secret");
    EXPECT_EQ(events.read_all(), "");
    EXPECT_TRUE(events.closed_by_server());
    EXPECT_EQ(socket.read_all(), std::string("\x88\x02\x03\xF0"));
}

TEST(Feed, SaysWhereItStandsWhenItIsSilent) {
    Limits limits;
    limits.heartbeat_ms = 60;
    FeedServer fixture(limits);
    fixture.publish("one");
    RawClient client = fixture.open("/feed?after=101");
    EXPECT_NE(client.read_until_text("data: 101\n\n").find("id: 101\nevent: heartbeat\ndata: 101"),
              std::string::npos);
}

TEST(Feed, CountsStreamClientsApart) {
    Limits limits;
    limits.connections = 2;
    limits.stream_clients = 3;
    const FeedServer fixture(limits);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(fixture.open("/feed"));
        clients.back().read_until_text("data: h\n\n");
    }
    const std::string refused = fixture.open("/feed").read_until_text("}");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 429 ")) << refused;
    EXPECT_NE(refused.find("stream.too_many_clients"), std::string::npos);
    clients.pop_back();
    bool is_free = false;
    for (int i = 0; i < 100 && !is_free; ++i)
        is_free = fixture.open("/feed").read_until_text("\n\n").starts_with("HTTP/1.1 200 ");
    EXPECT_TRUE(is_free);
}

TEST(StreamHub, ForgetsAStreamThatNobodyReads) {
    StreamHub hub;
    ASSERT_TRUE(hub.attach("feed", std::make_shared<CountedState>(), 7, {}));
    EXPECT_EQ(hub.last_id("feed"), 7U);
    {
        const auto reader = hub.open("feed");
        ASSERT_TRUE(reader);
        EXPECT_NE((*reader)->state(), nullptr);
        EXPECT_FALSE(hub.detach("feed"));
    }
    EXPECT_TRUE(hub.detach("feed"));
    EXPECT_EQ(hub.last_id("feed"), 0U);
}

}  // namespace
}  // namespace altis::server
