#include "server/reactor.h"

#include <boost/asio/post.hpp>
#include <cstring>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "server/connection.h"
#include "server/response_head.h"

namespace altis::server {

namespace asio = boost::asio;

ServerCore::ServerCore(ServerOptions server_options, Router server_router)
    : options(std::move(server_options)),
      router(std::move(server_router)),
      metrics(*options.metrics),
      received_bytes(metrics.counter("altis_http_received_bytes_total", "Bytes of requests.")),
      sent_bytes(metrics.counter("altis_http_sent_bytes_total", "Bytes of responses and events.")),
      refused(
          metrics.counter("altis_http_connections_refused_total", "Connections over the limit.")),
      dropped(metrics.counter("altis_stream_clients_dropped_total",
                              "Event stream clients that lagged too much.")),
      open_connections(metrics.gauge("altis_http_connections", "Open connections.")),
      stream_clients(metrics.gauge("altis_stream_clients", "Open event streams.")) {}

Time ServerCore::now() {
    return options.clock != nullptr ? options.clock->now() : system_clock.now();
}

// Wakes the connections of one reactor that follow one stream; however many events were published
// since, there is at most one wake-up under way.
class StreamPump final : public StreamListener, public std::enable_shared_from_this<StreamPump> {
  public:
    explicit StreamPump(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) {}

    void wake() override {
        if (pending_.exchange(true)) return;
        asio::post(reactor_->context(), [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->run();
        });
    }

    std::unordered_set<Connection*> members;  // on the reactor's thread only

  private:
    void run() {
        pending_ = false;
        const std::vector<Connection*> now(members.begin(), members.end());
        for (Connection* member : now) {  // a member may leave, but only itself
            member->pump();
        }
    }

    std::shared_ptr<Reactor> reactor_;  // until the last member leaves
    std::atomic<bool> pending_ = false;
};

Reactor::Reactor(std::shared_ptr<ServerCore> core)
    : core_(std::move(core)),
      work_(asio::make_work_guard(context_)),
      sweep_timer_(context_),
      random_(std::random_device{}()) {}

Reactor::~Reactor() = default;

void Reactor::run() {
    sweep_later();
    context_.run();
}

void Reactor::adopt(Socket socket, Admission admission) {
    asio::post(context_, [self = this, admission, socket = std::move(socket)]() mutable {
        auto connection = std::make_shared<Connection>(*self, std::move(socket), admission);
        self->connections_.push_front(connection);
        self->core_->open_connections.add(1);
        connection->start(self->connections_.begin());
    });
}

void Reactor::begin_stop() {
    asio::post(context_, [this] {
        for (auto it = connections_.begin(); it != connections_.end();) {
            const std::shared_ptr<Connection> held = *it++;
            held->begin_stop();
        }
    });
}

void Reactor::close_all() {
    asio::post(context_, [this] {
        while (!connections_.empty()) {
            const std::shared_ptr<Connection> held = connections_.front();
            held->close();
        }
        sweep_timer_.cancel();
        work_.reset();
    });
}

void Reactor::forget(Connection& connection, Admission admission) {
    core_->open_connections.add(-1);
    connections_.erase(connection.place());
    const std::scoped_lock lock(core_->mutex);
    --(admission == Admission::kAdmitted ? core_->connections : core_->refusals);
    if (core_->connections + core_->refusals == 0) core_->all_closed.notify_all();
}

void Reactor::join(const std::shared_ptr<Stream>& stream, Connection& connection) {
    auto& pump = pumps_[stream.get()];
    if (!pump) {
        pump = std::make_shared<StreamPump>(shared_from_this());
        stream->add_listener(pump);
    }
    pump->members.insert(&connection);
    core_->stream_clients.add(1);
}

void Reactor::leave(const std::shared_ptr<Stream>& stream, Connection& connection) {
    core_->stream_clients.add(-1);
    const auto found = pumps_.find(stream.get());
    found->second->members.erase(&connection);
    if (!found->second->members.empty()) return;
    stream->remove_listener(found->second.get());
    pumps_.erase(found);
}

void Reactor::sweep_later() {
    sweep_timer_.expires_after(std::chrono::milliseconds(kSweepMs));
    sweep_timer_.async_wait([this](ErrorCode ec) {
        if (!ec) sweep();
    });
}

void Reactor::sweep() {
    const auto now = SteadyClock::now();
    for (auto it = connections_.begin(); it != connections_.end();) {
        const std::shared_ptr<Connection> held = *it++;  // it may close itself
        held->sweep(now);
    }
    if (work_.owns_work()) sweep_later();
}

std::string Reactor::new_request_id(Time time) {
    std::array<std::uint8_t, 10> entropy{};
    const std::uint64_t words[2] = {random_(), random_()};
    std::memcpy(entropy.data(), words, entropy.size());
    return to_string(make_uuid7(time, entropy));
}

std::string_view Reactor::date(Time time) {
    if (time.us / 1'000'000 != date_second_) {
        date_second_ = time.us / 1'000'000;
        date_ = imf_date(time);
    }
    return date_;
}

void Reactor::record(const Access& access) {
    const auto key = std::make_tuple(static_cast<const void*>(access.route.data()), access.method,
                                     access.status);
    auto found = meters_.find(key);
    if (found == meters_.end()) {
        Metrics& metrics = core_->metrics;
        const std::string status = std::to_string(access.status);
        const Meter meter{
            &metrics.counter("altis_http_requests_total", "Answered requests.",
                             {{"route", access.route},
                              {"method", to_string(access.method)},
                              {"status", status}}),
            &metrics.histogram("altis_http_request_seconds",
                               "Last byte of a request to its answer.", {{"route", access.route}})};
        found = meters_.emplace(key, meter).first;
    }
    found->second.requests->add();
    found->second.seconds->observe_us(access.micros);
    if (core_->options.access_log) core_->options.access_log(access);
}

}  // namespace altis::server
