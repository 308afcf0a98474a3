#include "server/stream_packer.h"

#include <gtest/gtest.h>
#include <optional>
#include <random>

#include "codec/inflater_fixture.h"
#include "codec/text.h"
#include "server/feed_server_fixture.h"
#include "server/websocket.h"

namespace altis::server {
namespace {

using codec::fixture::Inflater;

constexpr Framing kBothFramings[] = {Framing::kServerSentEvents, Framing::kWebSocket};

// A reader of packed bytes in one framing: what it was told, frame after frame without heads.
class PackedReader {
  public:
    explicit PackedReader(Framing framing) : framing_(framing) {}

    std::string add(std::string_view bytes) {
        if (framing_ == Framing::kServerSentEvents) return inflater_.add(bytes);
        std::string text;
        while (!bytes.empty()) {
            const auto first = static_cast<unsigned char>(bytes[0]);
            auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[1]));
            std::size_t head = 2;
            if (size == 126) {
                size = static_cast<unsigned char>(bytes[2]) * 256U +
                       static_cast<unsigned char>(bytes[3]);
                head = 4;
            }
            std::string payload(bytes.substr(head, size));
            bytes.remove_prefix(head + size);
            EXPECT_TRUE(first == 0xC1 || first == 0x81) << int(first);
            if (first == 0xC1) payload = inflater_.add(payload.append(codec::kDeflatePieceEnd));
            text += payload;
        }
        return text;
    }

  private:
    Framing framing_;
    Inflater inflater_;
};

std::string some_event(std::mt19937& random, std::uint64_t id) {
    static const std::string kWords =
        R"({"type":"delta","unit":"FSKWSINGLES","hash":"0123456789abcdef","patch":[{"op":"add"}]})";
    std::string data = kWords + std::to_string(random());
    const bool is_large = random() % 20 == 0;
    const std::size_t more = random() % (is_large ? 40'000U : 200U);
    while (data.size() < more)
        data += std::to_string(random()) + kWords.substr(0, random() % kWords.size());
    return std::to_string(id) + data.substr(0, 60'000);
}

// Readers come at any time, and some are told something of their own now and then.
TEST(StreamPacker, WhoeverHasWhatAnEventNeedsCanUnpackIt) {
    for (const Framing framing : kBothFramings) {
        std::mt19937 random(7);
        StreamPacker packer(framing);
        struct Reader {
            Reader(Framing of, std::uint64_t from) : reader(of), told_from(from) {}
            PackedReader reader;
            std::uint64_t told_from = 0;
        };
        std::deque<Reader> readers;
        int with_history = 0;
        for (std::uint64_t number = 100; number < 700; ++number) {
            if (random() % 10 == 0) readers.emplace_back(framing, number);
            if (random() % 50 == 0) packer.forget();
            const std::string text = some_event(random, number);
            const auto packed = packer.pack(number, text);
            for (Reader& reader : readers) {
                if (random() % 200 == 0) {
                    EXPECT_EQ(reader.reader.add(pack_alone(framing, "own")), "own");
                    reader.told_from = number;
                }
                const bool can = reader.told_from <= packed.needs;
                with_history += can ? 1 : 0;
                ASSERT_EQ(reader.reader.add(can ? packed.bytes : pack_alone(framing, text)), text)
                    << number;
            }
        }
        EXPECT_GT(with_history, 3'000);
    }
}

TEST(StreamPacker, NothingIsPackedOfNothing) {
    StreamPacker packer(Framing::kWebSocket);
    EXPECT_EQ(packer.pack(1, "").bytes, "");
    EXPECT_EQ(pack_alone(Framing::kWebSocket, ""), "");
}

TEST(AcceptsGzip, AsTheClientSays) {
    const auto accepts = [](const char* value) {
        Request request;
        request.headers = {{"accept-encoding", value}};
        return accepts_gzip(request);
    };
    for (const char* yes :
         {"gzip", "br, gzip", "deflate, GZIP;q=0.5", "*", "gzip ; q=1.0", "*;q=0.1"})
        EXPECT_TRUE(accepts(yes)) << yes;
    for (const char* no : {"", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.000", "*;q=0",
                           "*, gzip;q=0", "xgzip"})
        EXPECT_FALSE(accepts(no)) << no;
    EXPECT_FALSE(accepts_gzip({}));
}

TEST(OffersDeflate, AsWeSpeakIt) {
    const auto offers = [](const char* value) {
        Request request;
        request.headers = {{"Sec-WebSocket-Extensions", value}};
        return offers_deflate(request);
    };
    for (const char* yes :
         {"permessage-deflate", "permessage-deflate; client_max_window_bits",
          "x-other, permessage-deflate;client_no_context_takeover; client_max_window_bits=10",
          "permessage-deflate; server_no_context_takeover, permessage-deflate"})
        EXPECT_TRUE(offers(yes)) << yes;
    for (const char* no :
         {"", "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=9",
          "permessage-deflate; server_no_context_takeover", "permessage-deflate; unknown=1"})
        EXPECT_FALSE(offers(no)) << no;
}

// What a client of the feed was told behind the head of the answer, unpacked.
class PackedClient {
  public:
    PackedClient(const FeedServer& fixture, Framing framing, const std::string& fields = {})
        : framing_(framing),
          raw_(fixture.open("/feed", fields + (framing == Framing::kWebSocket
                                                   ? kUpgrade + "Sec-WebSocket-Extensions: "
                                                                "permessage-deflate\r\n"
                                                   : "Accept-Encoding: gzip, br\r\n"))),
          reader_(framing) {
        std::string got = raw_.read_until_text("\r\n\r\n");
        const std::size_t end = got.find("\r\n\r\n") + 4;
        head = got.substr(0, end);
        take(got.substr(end));
    }

    // What is new until the text came.
    std::string read_until(const std::string& text) {
        for (int i = 0; i < 100 && text_.find(text) == std::string::npos; ++i) {
            take(raw_.read_until([](const std::string& got) { return !got.empty(); }));
        }
        const std::size_t end = std::min(text_.find(text), text_.size() - text.size());
        std::string told = text_.substr(0, end + text.size());
        text_.erase(0, told.size());
        return told;
    }

    std::size_t packed_bytes() const { return packed_bytes_; }

    std::string head;

  private:
    void take(std::string bytes) {
        packed_bytes_ += bytes.size();
        if (framing_ == Framing::kServerSentEvents && !has_gzip_head_ && !bytes.empty()) {
            EXPECT_TRUE(bytes.starts_with(gzip_head()));
            bytes.erase(0, gzip_head().size());
            has_gzip_head_ = true;
        }
        pending_ += bytes;
        // Whole frames only: here none is over 64 KiB.
        while (framing_ == Framing::kWebSocket && pending_.size() >= 2) {
            std::size_t size = 2U + static_cast<unsigned char>(pending_[1]);
            if (pending_[1] == 126 && pending_.size() < 4) return;
            if (pending_[1] == 126) {
                size = 4U + static_cast<unsigned char>(pending_[2]) * 256U +
                       static_cast<unsigned char>(pending_[3]);
            }
            if (pending_.size() < size) return;
            text_ += reader_.add(pending_.substr(0, size));
            pending_.erase(0, size);
        }
        if (framing_ == Framing::kWebSocket) return;
        text_ += reader_.add(pending_);
        pending_.clear();
    }

    Framing framing_;
    RawClient raw_;
    PackedReader reader_;
    bool has_gzip_head_ = false;
    std::string pending_;
    std::string text_;
    std::size_t packed_bytes_ = 0;
};

std::string words(int number) {
    return R"({"type":"delta","unit":"FSKWSINGLES-----------FNL-000100--","number":)" +
           std::to_string(number) + "}";
}

TEST(PackedFeed, TellsTheSameAsTheOther) {
    for (const Framing framing : kBothFramings) {
        const bool is_socket = framing == Framing::kWebSocket;
        FeedServer fixture;
        PackedClient first(fixture, framing);
        EXPECT_NE(first.head.find(is_socket ? "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                                            : "Content-Encoding: gzip\r\n"),
                  std::string::npos);
        EXPECT_EQ(first.read_until(is_socket ? "wholeh" : "data: h\n\n").find("whole"),
                  is_socket ? 0U : 32U);
        const auto told = [is_socket](int id, const std::string& data) {
            return is_socket ? data : encode_event(static_cast<std::uint64_t>(id), "x", data);
        };
        for (int i = 1; i <= 300; ++i) {
            fixture.publish(words(i));
            EXPECT_EQ(first.read_until(told(100 + i, words(i))), told(100 + i, words(i)));
        }
        EXPECT_LT(first.packed_bytes(), 300 * words(300).size() / 3);
        // One that comes later does not have the dictionary, until it does.
        PackedClient later(fixture, framing);
        later.read_until(is_socket ? "wholeh" : "data: h\n\n");
        for (int i = 301; i <= 1'200; ++i) {
            fixture.publish(words(i));
            ASSERT_EQ(first.read_until(told(100 + i, words(i))), told(100 + i, words(i)));
            ASSERT_EQ(later.read_until(told(100 + i, words(i))), told(100 + i, words(i)));
        }
        // One that comes back.
        PackedClient again(fixture, framing, "Last-Event-ID: 1290\r\n");
        std::string missed;
        for (int i = 1'191; i <= 1'200; ++i)
            missed += told(100 + i, words(i));
        const std::string got = again.read_until(told(1'300, words(1'200)));
        EXPECT_TRUE(got.ends_with(missed)) << got;
    }
}

TEST(PackedFeed, WhatIsForgottenIsNobodysDictionary) {
    FeedServer fixture;
    PackedClient early(fixture, Framing::kServerSentEvents);
    early.read_until("data: h\n\n");
    const std::vector<std::uint64_t> abouts = {7};
    for (int i = 1; i <= 10; ++i) {
        fixture.publish(words(i));
        ASSERT_TRUE(fixture.hub->publish("feed", ++fixture.last, "x", "secret " + words(0), 7));
    }
    early.read_until(encode_event(119, "x", words(10)));
    fixture.hub->forget(abouts);
    PackedClient late(fixture, Framing::kServerSentEvents, "Last-Event-ID: 101\r\n");
    const std::string got = late.read_until(encode_event(119, "x", words(10)));
    EXPECT_EQ(got.find("secret"), std::string::npos);
    for (int i = 2; i <= 10; ++i) {
        const auto id = static_cast<std::uint64_t>(99 + 2 * i);
        EXPECT_NE(got.find(encode_event(id, "x", words(i))), std::string::npos) << got;
    }
}

TEST(PackedFeed, OneThatLagsIsToldTheNewestAndGoesOn) {
    for (const Framing framing : kBothFramings) {
        const bool is_socket = framing == Framing::kWebSocket;
        FeedServer fixture;
        PackedClient client(fixture, framing);
        client.read_until(is_socket ? "wholeh" : "data: h\n\n");
        fixture.publish(std::string(kMaxLagBytes + 1, 'l'));
        EXPECT_NE(client.read_until(is_socket ? "100" : "data: 100\n\n").find("100"),
                  std::string::npos);
        for (int i = 0; i < 50; ++i) {
            fixture.publish(words(i));
            EXPECT_NE(client.read_until(words(i)).find(words(i)), std::string::npos);
        }
    }
}

TEST(PackedFeed, HeartbeatsComeBetween) {
    for (const Framing framing : kBothFramings) {
        Limits limits;
        limits.heartbeat_ms = 60;
        FeedServer fixture(limits);
        PackedClient client(fixture, framing, "Last-Event-ID: 100\r\n");
        for (int i = 1; i <= 3; ++i) {
            fixture.publish(words(i));
            EXPECT_NE(client.read_until(words(i)).find(words(i)), std::string::npos);
            const std::string place = std::to_string(100 + i);
            EXPECT_NE(
                client.read_until(framing == Framing::kWebSocket ? place : "data: " + place + "\n")
                    .find(place),
                std::string::npos);
        }
    }
}

}  // namespace
}  // namespace altis::server
