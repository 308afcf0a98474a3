// Bytes in, HTTP/1.1 messages out: the strict request reader of the server and the response reader
// of the client. No sockets and no clock in here. Boost.Beast's parser does the grammar; in front
// of it stands a scan that refuses everything two parsers could read in two ways (request
// smuggling).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/http.h"
#include "server/limits.h"

namespace altis::server {

enum class ReadStep : std::uint8_t {
    kNeedMore,  // read more bytes from the socket, then advance again
    kMessage,   // one message is complete: take it
    kFailed,    // the bytes are no message within the limits; the connection has to close
};

// Whether the connection may carry another message after this one.
enum class KeepAlive : std::uint8_t { kNo, kYes };

// Reads one request after the other. Refused with 400 "http.malformed" and similar: a bare LF or
// CR, folded fields, Content-Length beside Transfer-Encoding or twice, any Transfer-Encoding but
// "chunked", no or two Host in HTTP/1.1, and all that Beast refuses. Not thread-safe.
class RequestReader {
  public:
    explicit RequestReader(const Limits& limits);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    // Room to read into; give the number of bytes read to commit(), then advance().
    std::span<char> prepare();
    void commit(std::size_t size);
    ReadStep advance();

    // After kMessage: the request with its body as sent; then the reader is ready for the next,
    // whose bytes it may hold already.
    Request take();
    // Of the request taken last.
    KeepAlive keep_alive() const;
    // Body and head bytes of the request taken last.
    std::size_t message_bytes() const;
    // After kFailed: the answer that says why.
    const Response& refusal() const;

    bool idle() const;     // no byte of the next request is here
    bool in_body() const;  // its head is complete
    // True once per request: the client waits for "100 Continue" before it sends the body.
    bool take_expectation();
    // Gives all memory back; the reader is not used for requests any more.
    void release();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A response as our own client sees it.
struct ClientResponse {
    int status = 0;
    Fields headers;
    std::string body;

    std::string_view header(std::string_view name) const;
};

enum class ExpectBody : std::uint8_t { kNo, kYes };  // kNo: the answer to HEAD

// Reads one response (interim 1xx ones are skipped). Not thread-safe.
class ResponseReader {
  public:
    explicit ResponseReader(ExpectBody expect_body);
    ~ResponseReader();
    ResponseReader(ResponseReader&&) noexcept;
    ResponseReader& operator=(ResponseReader&&) noexcept;

    std::span<char> prepare();
    void commit(std::size_t size);
    ReadStep advance();
    // The server closed: completes a body without length, else kFailed.
    ReadStep finish();

    bool head_done() const;
    // The response so far; complete after kMessage. Its body may be moved away while it still
    // grows.
    ClientResponse& response();
    KeepAlive keep_alive() const;
    const std::string& failure() const;  // after kFailed, what is wrong

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
