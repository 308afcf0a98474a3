// Requests that two parsers could read in two ways. Each is followed by a second request: the
// server must refuse the first with 400 (or the status named) and close, so that the second is
// never answered.
#include <gtest/gtest.h>

#include "server/message_reader.h"
#include "server/raw_client_fixture.h"

namespace altis::server {
namespace {

struct Case {
    const char* name;
    std::string bytes;
    const char* status = "400";
};

const std::string kPost = "POST /echo HTTP/1.1\r\nHost: a\r\n";
const std::string kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n";
const std::string kChunked = kPost + "Transfer-Encoding: chunked\r\n\r\n";

std::vector<Case> length_cases() {
    return {
        {"cl.te", kPost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"te.cl", kPost + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        {"two lengths", kPost + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"},
        {"two equal lengths", kPost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        {"length list", kPost + "Content-Length: 3, 5\r\n\r\nabcde"},
        {"equal length list", kPost + "Content-Length: 3, 3\r\n\r\nabc"},
        {"plus length", kPost + "Content-Length: +3\r\n\r\nabc"},
        {"negative length", kPost + "Content-Length: -3\r\n\r\nabc"},
        {"hex length", kPost + "Content-Length: 0x3\r\n\r\nabc"},
        {"length with text", kPost + "Content-Length: 3a\r\n\r\nabc"},
        {"length with space inside", kPost + "Content-Length: 1 1\r\n\r\nabcdefghijk"},
        {"empty length", kPost + "Content-Length:\r\n\r\n"},
        {"fraction length", kPost + "Content-Length: 3.0\r\n\r\nabc"},
        {"length over 64 bits", kPost + "Content-Length: 18446744073709551619\r\n\r\nabc"},
        {"length at 64 bits", kPost + "Content-Length: 18446744073709551615\r\n\r\n", "413"},
        {"space before colon", kPost + "Content-Length : 3\r\n\r\nabc"},
        {"tab before colon", kPost + "Content-Length\t: 3\r\n\r\nabc"},
    };
}

std::vector<Case> coding_cases() {
    return {
        {"identity", kPost + "Transfer-Encoding: identity\r\n\r\n"},
        {"chunked twice in one", kPost + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        {"chunked in two fields",
         kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"identity then chunked",
         kPost + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"gzip, chunked", kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"chunked, identity", kPost + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        {"xchunked", kPost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {"quoted chunked", kPost + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
        {"chunked with parameter", kPost + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
        {"vertical tab", kPost + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
        {"folded chunked", kPost + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        {"empty coding", kPost + "Transfer-Encoding:\r\n\r\n"},
        {"chunked in HTTP/1.0",
         "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"space in field name", kPost + "Transfer Encoding: chunked\r\n\r\n0\r\n\r\n"},
    };
}

std::vector<Case> line_cases() {
    return {
        {"bare LF head", "GET /hello HTTP/1.1\nHost: a\n\n"},
        {"bare LF in one field", kGet + "X: y\nContent-Length: 30\r\n\r\n"},
        {"bare LF at the end", "GET /hello HTTP/1.1\r\nHost: a\r\n\n"},
        {"bare CR in a field", kGet + "X: y\rContent-Length: 30\r\n\r\n"},
        {"CR CR LF", kGet + "X: y\r\r\n\r\n"},
        {"zero byte", kGet + std::string("X: y\0z\r\n\r\n", 10)},
        {"folded field", kGet + "X: y\r\n z\r\n\r\n"},
        {"folded with tab", kGet + "X: y\r\n\tz\r\n\r\n"},
        {"space before first field", "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n"},
        {"field without colon", kGet + "Xy\r\n\r\n"},
        {"empty field name", kGet + ": y\r\n\r\n"},
        {"control in name", kGet + "X\x01: y\r\n\r\n"},
        {"two blank lines first", "\r\n\r\n" + kGet + "\r\n"},
        {"no version", "GET /hello\r\nHost: a\r\n\r\n"},
        {"version 0.9", "GET /hello HTTP/0.9\r\nHost: a\r\n\r\n"},
        {"version 2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"},
        {"version 1.10", "GET /hello HTTP/1.10\r\nHost: a\r\n\r\n"},
        {"lower case version", "GET /hello http/1.1\r\nHost: a\r\n\r\n"},
        {"two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"tab in request line", "GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"space in target", "GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"no slash", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"zero byte in target", "GET /hello%00?a HTTP/1.1\r\nHost: a\r\n\r\n", "404"},
        {"no host", "GET /hello HTTP/1.1\r\n\r\n"},
        {"two hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 13)},
        {"other expectation", kPost + "Expect: 200-ok\r\nContent-Length: 0\r\n\r\n", "417"},
    };
}

std::vector<Case> chunk_cases() {
    return {
        {"chunk size sign", kChunked + "+3\r\nabc\r\n0\r\n\r\n"},
        {"chunk size minus", kChunked + "-3\r\nabc\r\n0\r\n\r\n"},
        {"chunk size 0x", kChunked + "0x3\r\nabc\r\n0\r\n\r\n"},
        {"chunk size empty", kChunked + "\r\nabc\r\n0\r\n\r\n"},
        {"chunk size text", kChunked + "zz\r\nabc\r\n0\r\n\r\n"},
        {"chunk size over 64 bits", kChunked + "10000000000000003\r\nabc\r\n0\r\n\r\n"},
        {"chunk size huge", kChunked + "fffffffffffffff0\r\nabc\r\n0\r\n\r\n", "413"},
        {"chunk bare LF", kChunked + "3\nabc\n0\n\n" + std::string(200'000, 'x')},
        {"chunk too long", kChunked + "2\r\nabc\r\n0\r\n\r\n"},
        {"chunk data without CRLF", kChunked + "3\r\nabc0\r\n\r\n0\r\n\r\n"},
        {"chunk extension with LF", kChunked + "3;a\nb\r\nabc\r\n0\r\n\r\n"},
        {"chunk extension without end", kChunked + "3;" + std::string(200'000, 'x')},
        {"bad trailer", kChunked + "0\r\nno colon\r\n\r\n"},
        {"length in trailer", kChunked + "0\r\nContent-Length: 5\r\n\r\n"},
    };
}

std::vector<Case> all_cases() {
    std::vector<Case> all;
    for (const auto& cases : {length_cases(), coding_cases(), line_cases(), chunk_cases()}) {
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

TEST(Smuggling, EveryAmbiguousRequestIsRefusedAndClosed) {
    ServerOptions options;
    options.limits.drain_deadline_ms = 150;
    const auto server = start_server(test_router(), options);
    const auto cases = all_cases();
    EXPECT_GE(cases.size(), 40U);
    for (const Case& one : cases) {
        RawClient raw(server->port());
        raw.send(one.bytes + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        raw.finish_sending();
        const std::string got = raw.read_all();
        const std::string first = "HTTP/1.1 " + std::string(one.status) + " ";
        EXPECT_TRUE(got.starts_with(first)) << one.name << ": " << got.substr(0, 400);
        const bool keeps = std::string_view(one.status) == "404";
        EXPECT_EQ(count_of(got, "HTTP/1.1 "), keeps ? 2 : 1) << one.name;
        EXPECT_TRUE(raw.closed_by_server()) << one.name;
    }
}

// How the reader sees bytes that come in pieces of `step`.
std::string read_in_pieces(const std::string& bytes, std::size_t step) {
    RequestReader reader{Limits{}};
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const std::string_view piece = std::string_view(bytes).substr(at, step);
        std::copy(piece.begin(), piece.end(), reader.prepare().begin());
        reader.commit(piece.size());
        ReadStep read = reader.advance();
        while (read == ReadStep::kMessage) {
            const Request request = reader.take();
            seen +=
                std::string(to_string(request.method)) + request.path + "[" + request.body + "]";
            read = reader.advance();
        }
        if (read == ReadStep::kFailed) {
            return seen + std::to_string(reader.refusal().status) + reader.refusal().body;
        }
    }
    return seen + (reader.idle() ? "" : "...");
}

TEST(Smuggling, TheSameBytesMeanTheSameInAnyPieces) {
    for (const Case& one : all_cases()) {
        if (one.bytes.size() > 10'000) continue;
        const std::string bytes = one.bytes + kGet + "\r\n";
        const std::string whole = read_in_pieces(bytes, bytes.size());
        for (const std::size_t step : {1U, 2U, 3U, 7U, 16U}) {
            EXPECT_EQ(read_in_pieces(bytes, step), whole) << one.name << " by " << step;
        }
    }
}

TEST(Smuggling, HonestRequestsAreRead) {
    const std::string get = kGet + "\r\n";
    EXPECT_EQ(read_in_pieces(get, 1), "GET/hello[]");
    EXPECT_EQ(read_in_pieces("\r\n" + get, 1), "GET/hello[]");
    EXPECT_EQ(read_in_pieces(kPost + "Content-Length: 3\r\n\r\nabc" + get, 4),
              "POST/echo[abc]GET/hello[]");
    EXPECT_EQ(
        read_in_pieces(
            kChunked + "3\r\nabc\r\n00a;x=\"y z\"\r\n0123456789\r\n0\r\nA: b\r\n\r\n" + get, 5),
        "POST/echo[abc0123456789]GET/hello[]");
    EXPECT_EQ(read_in_pieces(kPost + "TRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n" + get, 1),
              "POST/echo[]GET/hello[]");
    EXPECT_EQ(read_in_pieces("GET http://a/hello?x HTTP/1.1\r\nHost: a\r\n\r\n", 9), "GET/hello[]");
    EXPECT_EQ(read_in_pieces("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", 9), "OTHER/pot[]");
    EXPECT_EQ(read_in_pieces(kGet, 9), "...");
}

}  // namespace
}  // namespace altis::server
