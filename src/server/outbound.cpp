#include "server/outbound.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <vector>

namespace altis::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Secure = beast::ssl_stream<beast::tcp_stream>;

tl::unexpected<Error> failure(const char* reason, std::string message) {
    return fail(Code::kUnavailable, reason, std::move(message));
}

tl::unexpected<Error> private_address() {
    return fail(Code::kDenied, "outbound.private_address",
                "the receiver's name leads into a private network, where Altis sends nothing");
}

// What became of a step; the texts of the library say nothing of what was sent.
tl::unexpected<Error> failed_step(const char* reason, const error_code& error) {
    if (error == beast::error::timeout)
        return failure("outbound.timed_out", "the receiver took too long");
    return failure(reason, "the receiver: " + error.message());
}

// One exchange on the calling thread: each step is started and waited for, so that the deadline of
// the stream ends it.
class Exchange {
  public:
    // An answer's body is read when it may have bytes.
    Exchange(const OutboundUrl& url, Reach reach, Duration deadline, std::size_t most_body_bytes)
        : url_(url),
          reach_(reach),
          most_body_bytes_(most_body_bytes),
          until_(std::chrono::steady_clock::now() + std::chrono::microseconds(deadline.us)) {}

    Result<OutboundAnswer> post(const Fields& headers, std::string_view body);

  private:
    using Request = http::request<http::string_body>;
    Result<std::vector<tcp::endpoint>> endpoints();
    Result<void> connect(beast::tcp_stream& stream);
    Result<void> shake_hands(Secure& stream);
    Request request(const Fields& headers, std::string_view body) const;
    template <class Stream>
    Result<OutboundAnswer> exchange(Stream& stream, const Request& request);
    // Runs one step: `start` is given what to call with its outcome.
    template <class Start>
    error_code step(const Start& start);

    const OutboundUrl& url_;
    Reach reach_;
    std::size_t most_body_bytes_;
    std::chrono::steady_clock::time_point until_;
    asio::io_context context_{1};
};

template <class Start>
error_code Exchange::step(const Start& start) {
    error_code outcome = asio::error::operation_aborted;
    start([&outcome](const error_code& error, auto&&...) { outcome = error; });
    context_.restart();
    context_.run();
    return outcome;
}

// All of a name's addresses must be allowed: a name with a public and a private one is a trap.
Result<std::vector<tcp::endpoint>> Exchange::endpoints() {
    TRY_VOID(require_reach(url_, reach_));
    tcp::resolver resolver(context_);
    error_code error;
    const auto found = resolver.resolve(url_.host, std::to_string(url_.port),
                                        tcp::resolver::numeric_service, error);
    if (error || found.empty()) {
        return failure("outbound.unknown_host", "the receiver's host is not known");
    }
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry : found) {
        const auto address = entry.endpoint().address();
        if (reach_ == Reach::kPublic && !is_public_address(address.to_string()))
            return private_address();
        if (!url_.is_secure && !address.is_loopback()) {
            return fail(Code::kInvalid, "outbound.not_secure",
                        "http is spoken with the machine itself alone; use https");
        }
        endpoints.push_back(entry.endpoint());
    }
    return endpoints;
}

Result<void> Exchange::connect(beast::tcp_stream& stream) {
    TRY(const auto all, endpoints());
    stream.expires_at(until_);
    const error_code error = step([&](auto done) { stream.async_connect(all, done); });
    if (error) return failed_step("outbound.connect_failed", error);
    return {};
}

Result<void> Exchange::shake_hands(Secure& stream) {
    // The name that the certificate must be for, also told to servers with several.
    if (SSL_set_tlsext_host_name(stream.native_handle(), url_.host.c_str()) != 1)
        return failure("outbound.certificate", "the receiver's name fits into no certificate");
    stream.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    const error_code error =
        step([&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); });
    if (error) return failed_step("outbound.certificate", error);
    return {};
}

Exchange::Request Exchange::request(const Fields& headers, std::string_view body) const {
    constexpr int kHttp11 = 11;
    Request request(http::verb::post, url_.target, kHttp11);
    const bool is_v6 = url_.host.find(':') != std::string::npos;
    std::string host = is_v6 ? "[" + url_.host + "]" : url_.host;
    if (url_.port != (url_.is_secure ? 443 : 80)) host += ":" + std::to_string(url_.port);
    request.set(http::field::host, host);
    request.set(http::field::connection, "close");
    for (const auto& [name, value] : headers)
        request.set(name, value);
    request.body() = body;
    request.prepare_payload();
    return request;
}

template <class Stream>
Result<OutboundAnswer> Exchange::exchange(Stream& stream, const Request& request) {
    // A receiver that refuses early answers and stops reading: look for its answer anyway.
    const error_code unsent = step([&](auto done) { http::async_write(stream, request, done); });
    beast::flat_buffer buffer(kMaxOutboundHeadBytes);
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMaxOutboundHeadBytes);
    if (most_body_bytes_ > 0) parser.body_limit(most_body_bytes_);
    const error_code error =
        step([&](auto done) { http::async_read_header(stream, buffer, parser, done); });
    if (error) return failed_step("outbound.connection_lost", unsent ? unsent : error);
    const auto status = static_cast<int>(parser.get().result_int());
    if (most_body_bytes_ == 0) return OutboundAnswer{status, {}};
    const error_code cut = step([&](auto done) { http::async_read(stream, buffer, parser, done); });
    if (cut) return failed_step("outbound.connection_lost", cut);
    return OutboundAnswer{status, std::move(parser.get().body())};
}

Result<OutboundAnswer> Exchange::post(const Fields& headers, std::string_view body) {
    const Request request = this->request(headers, body);
    if (!url_.is_secure) {
        beast::tcp_stream stream(context_);
        TRY_VOID(connect(stream));
        return exchange(stream, request);
    }
    asio::ssl::context tls(asio::ssl::context::tls_client);
    error_code error;
    tls.set_default_verify_paths(error);
    tls.set_verify_mode(asio::ssl::verify_peer, error);
    if (error) return failed_step("outbound.certificate", error);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    Secure stream(context_, tls);
    TRY_VOID(connect(beast::get_lowest_layer(stream)));
    TRY_VOID(shake_hands(stream));
    return exchange(stream, request);
}

}  // namespace

Result<int> post_outbound(const OutboundUrl& url, Reach reach, const Fields& headers,
                          std::string_view body, Duration deadline) {
    TRY(const auto answer, Exchange(url, reach, deadline, 0).post(headers, body));
    return answer.status;
}

Result<OutboundAnswer> ask_outbound(const OutboundUrl& url, Reach reach, const Fields& headers,
                                    std::string_view body, std::size_t most_bytes,
                                    Duration deadline) {
    return Exchange(url, reach, deadline, most_bytes).post(headers, body);
}

}  // namespace altis::server
