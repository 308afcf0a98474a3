#include "server/peer_link.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "crypto/certificate.h"

namespace altis::server {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Secure = ssl::stream<tcp::socket>;

constexpr std::size_t kReadBytes = 65'536;
constexpr std::chrono::milliseconds kRetry{50};
constexpr std::chrono::seconds kLinger{2};
constexpr std::string_view kExporterLabel = "EXPORTER-altis-crossing";

tl::unexpected<Error> failure(const char* reason, std::string message) {
    return fail(Code::kUnavailable, reason, std::move(message));
}

tl::unexpected<Error> wrong_key() {
    return fail(Code::kDenied, "peer.wrong_key",
                "The other side has another key than the terms name, or knows another one of us; "
                "compare both public keys.");
}

tl::unexpected<Error> timed_out() {
    return failure("peer.timed_out", "The other side was silent for too long; start it again.");
}

Clock::time_point after(Duration duration) {
    return Clock::now() + std::chrono::microseconds(duration.us);
}

struct Address {
    std::string host;
    std::string port;
};

Result<Address> parse_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool is_number = !port.empty() && port.size() <= 5 &&
                           port.find_first_not_of("0123456789") == std::string::npos &&
                           std::stoul(port) <= UINT16_MAX;
    if (!is_number || colon == 0) {
        return fail(Code::kInvalid, "peer.bad_address",
                    "An address must be host:port, such as 192.0.2.7:4455.");
    }
    std::string host = text.substr(0, colon);
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    return Address{host, port};
}

// True for the one certificate of the pinned key. Who it is from, and how long it is meant to live,
// says nothing: the key is all.
bool is_pinned(ssl::verify_context& context, const crypto::PublicKey& key) {
    X509_STORE_CTX* const store = context.native_handle();
    X509* const certificate = X509_STORE_CTX_get_current_cert(store);
    if (X509_STORE_CTX_get_error_depth(store) != 0 || certificate == nullptr) return false;
    EVP_PKEY* const shown = X509_get0_pubkey(certificate);
    crypto::PublicKey bytes{};
    std::size_t size = bytes.size();
    return shown != nullptr && EVP_PKEY_get_id(shown) == EVP_PKEY_ED25519 &&
           EVP_PKEY_get_raw_public_key(shown, bytes.data(), &size) == 1 && size == bytes.size() &&
           bytes == key;
}

// A context of TLS 1.3 alone, with our certificate, for the peer's key.
Result<void> prepare(ssl::context& tls, const PeerIdentity& identity) {
    const crypto::Certificate own = crypto::make_certificate(identity.own_seed);
    error_code error;
    tls.use_certificate_chain(asio::buffer(own.certificate), error);
    if (!error) tls.use_private_key(asio::buffer(own.private_key), ssl::context::pem, error);
    if (!error) tls.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error);
    if (!error) {
        const crypto::PublicKey peer = identity.peer;
        tls.set_verify_callback(
            [peer](bool, ssl::verify_context& context) { return is_pinned(context, peer); }, error);
    }
    if (error || SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION) != 1)
        return failure("peer.handshake_failed", "TLS 1.3 is not available here.");
    SSL_CTX_set_num_tickets(tls.native_handle(), 0);
    SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
    return {};
}

// TLS 1.3 tells a client that it was refused after its own handshake; what the client sent
// meanwhile may have the connection reset before it can read that.
bool is_refusal(const error_code& error, bool has_received) {
    if (error.category() == asio::error::get_ssl_category()) return true;
    return !has_received &&
           (error == asio::error::connection_reset || error == asio::error::broken_pipe);
}

// All TLS happens on the link's own thread; the callers exchange bytes with it.
class Link final : public PeerLink {
  public:
    Link(ssl::context::method method, const PeerIdentity& identity)
        : patience_(identity.patience), tls_(method), identity_(identity) {}
    ~Link() override;

    Result<void> prepare_tls() { return prepare(tls_, identity_); }
    asio::io_context& context() { return context_; }

    // Blocks for at most kPeerHandshakeMs.
    error_code shake_hands(tcp::socket socket, ssl::stream_base::handshake_type type);
    Result<void> start();

    Result<void> send(std::string_view bytes) override;
    Result<std::size_t> receive(std::span<char> room) override;
    void stop_receiving() override;
    const crypto::Digest& session() const override { return session_; }

  private:
    // On the link's thread.
    void write_more();
    void read_more();
    void end(const error_code& error);

    const Duration patience_;
    asio::io_context context_{1};
    ssl::context tls_;
    const PeerIdentity identity_;
    std::optional<Secure> stream_;
    crypto::Digest session_{};
    std::thread thread_;
    std::vector<char> reading_ = std::vector<char>(kReadBytes);
    std::string writing_;  // what the stream writes now

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string outgoing_;
    std::string incoming_;
    bool is_writing_ = false;
    bool is_reading_ = false;
    bool has_received_ = false;
    bool is_stopped_ = false;  // the caller wants nothing any more
    std::optional<error_code> ended_;
};

error_code Link::shake_hands(tcp::socket socket, ssl::stream_base::handshake_type type) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    stream_.emplace(std::move(socket), tls_);
    error_code outcome = asio::error::timed_out;
    stream_->async_handshake(type, [&outcome](const error_code& error) { outcome = error; });
    context_.restart();
    context_.run_for(std::chrono::milliseconds(kPeerHandshakeMs));
    if (outcome != asio::error::timed_out) return outcome;
    // Closing ends the handshake, whose handler must run before `outcome` goes.
    stream_->next_layer().close(ignored);
    context_.restart();
    context_.run();
    return asio::error::timed_out;
}

Result<void> Link::start() {
    if (SSL_export_keying_material(stream_->native_handle(), session_.data(), session_.size(),
                                   kExporterLabel.data(), kExporterLabel.size(), nullptr, 0,
                                   0) != 1) {
        return failure("peer.handshake_failed", "TLS gave no secret for this connection.");
    }
    context_.restart();
    is_reading_ = true;
    read_more();
    thread_ = std::thread([this] {
        const auto guard = asio::make_work_guard(context_);
        context_.run();
    });
    return {};
}

Link::~Link() {
    if (!thread_.joinable()) return;
    {
        // What was sent, a last word perhaps, must leave before the connection does.
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kLinger, [&] { return ended_ || !is_writing_; });
    }
    asio::post(context_, [this] {
        error_code ignored;
        stream_->next_layer().shutdown(tcp::socket::shutdown_send, ignored);
    });
    {
        // Closing with unread bytes would take back what the peer has not read yet.
        std::unique_lock lock(mutex_);
        is_stopped_ = true;
        changed_.wait_for(lock, kLinger, [&] { return ended_.has_value(); });
    }
    context_.stop();
    thread_.join();
}

void Link::end(const error_code& error) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) ended_ = error;
        is_writing_ = false;
    }
    changed_.notify_all();
}

void Link::write_more() {
    {
        const std::lock_guard lock(mutex_);
        writing_.clear();
        writing_.swap(outgoing_);
        is_writing_ = !writing_.empty();
    }
    changed_.notify_all();
    if (writing_.empty()) return;
    asio::async_write(
        *stream_, asio::buffer(writing_),
        [this](const error_code& error, std::size_t) { error ? end(error) : write_more(); });
}

void Link::read_more() {
    stream_->async_read_some(asio::buffer(reading_),
                             [this](const error_code& error, std::size_t size) {
                                 if (error) return end(error);
                                 bool goes_on = true;
                                 {
                                     const std::lock_guard lock(mutex_);
                                     if (!is_stopped_) incoming_.append(reading_.data(), size);
                                     is_reading_ = goes_on = incoming_.size() < kMaxPeerQueueBytes;
                                 }
                                 changed_.notify_all();
                                 if (goes_on) read_more();
                             });
}

Result<void> Link::send(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    const bool has_room = changed_.wait_until(
        lock, after(patience_), [&] { return ended_ || outgoing_.size() < kMaxPeerQueueBytes; });
    if (!has_room) return timed_out();
    if (ended_) {
        if (is_refusal(*ended_, has_received_)) return wrong_key();
        return failure("peer.connection_lost", "The connection to the other side ended.");
    }
    outgoing_ += bytes;
    if (std::exchange(is_writing_, true)) return {};
    asio::post(context_, [this] { write_more(); });
    return {};
}

Result<std::size_t> Link::receive(std::span<char> room) {
    std::unique_lock lock(mutex_);
    const bool is_there = changed_.wait_until(
        lock, after(patience_), [&] { return ended_ || is_stopped_ || !incoming_.empty(); });
    if (!is_there) return timed_out();
    if (is_stopped_) return failure("peer.stopped", "Receiving was stopped.");
    const std::size_t size = std::min(room.size(), incoming_.size());
    if (size == 0) {
        const bool is_end = *ended_ == asio::error::eof || *ended_ == ssl::error::stream_truncated;
        if (is_end) return std::size_t{0};
        if (is_refusal(*ended_, has_received_)) return wrong_key();
        return failure("peer.connection_lost", "The connection to the other side ended.");
    }
    std::copy_n(incoming_.begin(), size, room.begin());
    incoming_.erase(0, size);
    if (!is_reading_ && !ended_) {
        is_reading_ = true;
        asio::post(context_, [this] { read_more(); });
    }
    return size;
}

void Link::stop_receiving() {
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        incoming_.clear();
        if (!is_reading_ && !ended_ && thread_.joinable()) {
            is_reading_ = true;
            asio::post(context_, [this] { read_more(); });
        }
    }
    changed_.notify_all();
}

// A connected socket, tried until the deadline.
Result<tcp::socket> connect_socket(asio::io_context& context, const Address& address,
                                   Clock::time_point until) {
    error_code error;
    const auto endpoints = tcp::resolver(context).resolve(address.host, address.port, error);
    if (error || endpoints.empty())
        return failure("peer.unknown_host", "\"" + address.host + "\" is no known host.");
    while (true) {
        tcp::socket socket(context);
        asio::connect(socket, endpoints, error);
        if (!error) return socket;
        if (Clock::now() + kRetry > until) {
            return failure("peer.not_reached", "Nobody listens at " + address.host + ":" +
                                                   address.port + ": " + error.message() + ".");
        }
        std::this_thread::sleep_for(kRetry);
    }
}

// The next connection, or nothing when the deadline is over.
std::optional<tcp::socket> accept_socket(asio::io_context& context, tcp::acceptor& acceptor,
                                         Clock::time_point until) {
    std::optional<tcp::socket> accepted;
    acceptor.async_accept([&accepted](const error_code& error, tcp::socket socket) {
        if (!error) accepted.emplace(std::move(socket));
    });
    context.restart();
    context.run_until(until);
    if (!accepted) {
        error_code ignored;
        acceptor.cancel(ignored);
        context.restart();
        context.run();
    }
    return accepted;
}

Result<tcp::acceptor> listen(asio::io_context& context, const Address& address) {
    tcp::acceptor acceptor(context);
    error_code error;
    const auto found =
        tcp::resolver(context).resolve(address.host, address.port, tcp::resolver::passive, error);
    if (!error) {
        const tcp::endpoint endpoint = found.begin()->endpoint();
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (!error) return acceptor;
    return failure("peer.cannot_listen", "Listening at " + address.host + ":" + address.port +
                                             " failed: " + error.message() + ".");
}

}  // namespace

Result<std::unique_ptr<PeerLink>> PeerLink::connect(const std::string& address,
                                                    const PeerIdentity& identity) {
    TRY(const Address parsed, parse_address(address));
    auto link = std::make_unique<Link>(ssl::context::tls_client, identity);
    TRY_VOID(link->prepare_tls());
    TRY(auto socket, connect_socket(link->context(), parsed, after(identity.wait)));
    const error_code error = link->shake_hands(std::move(socket), ssl::stream_base::client);
    if (is_refusal(error, true)) return wrong_key();
    if (error) {
        return failure("peer.handshake_failed",
                       "What listens there does not speak TLS 1.3: " + error.message() + ".");
    }
    TRY_VOID(link->start());
    return link;
}

Result<std::unique_ptr<PeerLink>> PeerLink::accept(const std::string& address,
                                                   const PeerIdentity& identity) {
    TRY(const Address parsed, parse_address(address));
    auto link = std::make_unique<Link>(ssl::context::tls_server, identity);
    TRY_VOID(link->prepare_tls());
    TRY(auto acceptor, listen(link->context(), parsed));
    const auto until = after(identity.wait);
    for (std::uint64_t strangers = 0;; ++strangers) {
        auto socket = accept_socket(link->context(), acceptor, until);
        if (!socket) {
            return failure("peer.not_reached",
                           "The other side did not come; connections with another key or none: " +
                               std::to_string(strangers) + ".");
        }
        if (link->shake_hands(std::move(*socket), ssl::stream_base::server)) continue;
        TRY_VOID(link->start());
        return link;
    }
}

}  // namespace altis::server
