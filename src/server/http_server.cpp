#include "server/http_server.h"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "server/reactor.h"

namespace altis::server {

namespace asio = boost::asio;

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

constexpr unsigned kMaxThreads = 64;
constexpr std::int64_t kAcceptRetryMs = 100;  // after the machine refused a socket

}  // namespace

struct HttpServer::Impl {
    explicit Impl(std::shared_ptr<ServerCore> server_core);

    Result<void> listen();
    void accept();
    void on_accepted(ErrorCode ec, Reactor& reactor, Socket socket);

    std::shared_ptr<ServerCore> core;
    std::vector<std::shared_ptr<Reactor>> reactors;
    Acceptor acceptor;  // on the first reactor
    Timer retry_timer;
    std::size_t next_reactor = 0;
    std::uint16_t port = 0;
    std::vector<std::thread> threads;
};

namespace {

std::vector<std::shared_ptr<Reactor>> make_reactors(const std::shared_ptr<ServerCore>& core) {
    std::vector<std::shared_ptr<Reactor>> reactors;
    for (unsigned i = 0; i < std::clamp(core->options.threads, 1U, kMaxThreads); ++i) {
        reactors.push_back(std::make_shared<Reactor>(core));
    }
    return reactors;
}

}  // namespace

HttpServer::Impl::Impl(std::shared_ptr<ServerCore> server_core)
    : core(std::move(server_core)),
      reactors(make_reactors(core)),
      acceptor(reactors.front()->context()),
      retry_timer(reactors.front()->context()) {}

Result<void> HttpServer::Impl::listen() {
    const ServerOptions& options = core->options;
    ErrorCode ec;
    const auto address = asio::ip::make_address(options.address, ec);
    if (ec) {
        return fail(Code::kInvalid, "server.bad_address",
                    "\"" + options.address + "\" is no IP address; use 127.0.0.1, 0.0.0.0 or ::.");
    }
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    static_cast<void>(acceptor.open(endpoint.protocol(), ec));
    if (!ec) static_cast<void>(acceptor.set_option(Acceptor::reuse_address(true), ec));
    if (!ec) static_cast<void>(acceptor.bind(endpoint, ec));
    if (!ec) static_cast<void>(acceptor.listen(asio::socket_base::max_listen_connections, ec));
    const std::string port_text = std::to_string(options.port);
    if (ec == asio::error::address_in_use) {
        return fail(Code::kUnavailable, "server.port_in_use",
                    "Port " + port_text +
                        " is in use; stop the program that has it (see `ss -ltnp`)" +
                        " or choose another with --port.");
    }
    if (ec) {
        return fail(Code::kUnavailable, "server.listen_failed",
                    "Listening on " + options.address + " port " + port_text +
                        " failed: " + ec.message() + ".");
    }
    port = acceptor.local_endpoint(ec).port();
    return {};
}

void HttpServer::Impl::accept() {
    Reactor& reactor = *reactors[next_reactor++ % reactors.size()];
    acceptor.async_accept(reactor.context(), [this, &reactor](ErrorCode ec, Socket socket) {
        on_accepted(ec, reactor, std::move(socket));
    });
}

void HttpServer::Impl::on_accepted(ErrorCode ec, Reactor& reactor, Socket socket) {
    if (core->stopping || ec == asio::error::operation_aborted) return;
    if (ec && ec != asio::error::connection_aborted) {  // out of descriptors: let some close first
        retry_timer.expires_after(std::chrono::milliseconds(kAcceptRetryMs));
        retry_timer.async_wait([this](ErrorCode timer_ec) {
            if (!timer_ec && !core->stopping) accept();
        });
        return;
    }
    if (!ec && core->connections < core->options.limits.connections) {
        ++core->connections;
        reactor.adopt(std::move(socket), Admission::kAdmitted);
    } else if (!ec) {
        core->refused.add();
        if (core->refusals < kMaxRefusals) {
            ++core->refusals;
            reactor.adopt(std::move(socket), Admission::kRefused);
        }
    }
    accept();
}

Result<std::unique_ptr<HttpServer>> HttpServer::create(ServerOptions options, Router router) {
    if (!options.metrics) options.metrics = std::make_shared<Metrics>();
    auto core = std::make_shared<ServerCore>(std::move(options), std::move(router));
    auto impl = std::make_unique<Impl>(std::move(core));
    TRY_VOID(impl->listen());
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    stop();
}

std::uint16_t HttpServer::port() const {
    return impl_->port;
}

void HttpServer::start() {
    ALTIS_ASSERT(impl_->threads.empty() && !impl_->core->stopping);
    impl_->accept();
    for (const auto& reactor : impl_->reactors) {
        impl_->threads.emplace_back([reactor] { reactor->run(); });
    }
}

void HttpServer::stop() {
    ServerCore& core = *impl_->core;
    if (core.stopping.exchange(true) || impl_->threads.empty()) return;
    asio::post(impl_->reactors.front()->context(), [impl = impl_.get()] {
        ErrorCode ignored;
        static_cast<void>(impl->acceptor.close(ignored));
        impl->retry_timer.cancel();
    });
    for (const auto& reactor : impl_->reactors)
        reactor->begin_stop();
    {
        std::unique_lock lock(core.mutex);
        core.all_closed.wait_for(
            lock, std::chrono::milliseconds(core.options.limits.stop_deadline_ms),
            [&] { return core.connections + core.refusals + core.streams == 0; });
    }
    for (const auto& reactor : impl_->reactors)
        reactor->close_all();
    for (std::thread& thread : impl_->threads)
        thread.join();
    impl_->threads.clear();
}

}  // namespace altis::server
