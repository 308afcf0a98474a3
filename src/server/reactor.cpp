#include "server/reactor.h"

#include <boost/asio/post.hpp>
#include <cstring>
#include <tuple>

#include "base/ids.h"
#include "server/connection.h"
#include "server/response_head.h"
#include "server/stream_client.h"

namespace altis::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPumpedAtOnce = 256;  // clients of a stream, before others have a turn
constexpr std::int64_t kSweepsPerStreamSweep = 10;  // of all stream clients: once in half a second

}  // namespace

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

// Wakes the clients of one reactor that follow one stream. However many events were published
// since, there is at most one round under way, and one to come; between two parts of a round others
// have their turn.
class StreamPump final : public StreamListener, public std::enable_shared_from_this<StreamPump> {
  public:
    explicit StreamPump(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) {}

    void wake() override {
        if (!pending_.exchange(true)) post(&StreamPump::begin);
    }

    // On the reactor's thread only.
    void join(StreamClient& client) {
        client.pump_place = members_.size();
        members_.push_back(&client);
    }
    void leave(const StreamClient& client) {
        members_[client.pump_place] = members_.back();
        members_[client.pump_place]->pump_place = client.pump_place;
        members_.pop_back();
    }
    bool is_empty() const { return members_.empty(); }

  private:
    void post(void (StreamPump::*step)()) {
        asio::post(reactor_->context(), [weak = weak_from_this(), step] {
            if (const auto self = weak.lock()) (self.get()->*step)();
        });
    }

    void begin() {
        if (is_in_round_ || !pending_) return;  // the end of the round looks for itself
        is_in_round_ = true;
        pending_ = false;
        left_ = members_.size();
        go_on();
    }

    // From the last to the first: who leaves on its turn is replaced by one who had its turn.
    void go_on() {
        const auto now = SteadyClock::now();
        std::size_t sent_bytes = 0;
        for (std::size_t i = 0; i < kPumpedAtOnce && left_ > 0; ++i) {
            left_ = std::min(left_, members_.size());
            if (left_ > 0) sent_bytes += members_[--left_]->pump(batch_, now);
        }
        reactor_->core().sent_bytes.add(sent_bytes);
        if (left_ > 0) return post(&StreamPump::go_on);
        is_in_round_ = false;
        batch_.clear();
        begin();
    }

    std::shared_ptr<Reactor> reactor_;  // until the last member leaves
    std::atomic<bool> pending_ = false;
    std::vector<StreamClient*> members_;
    bool is_in_round_ = false;
    std::size_t left_ = 0;  // members of this round whose turn is to come
    StreamBatch batch_;
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
        while (!stream_clients_.empty())
            std::shared_ptr(stream_clients_.back())->close();
        for (auto it = connections_.begin(); it != connections_.end();) {
            const std::shared_ptr<Connection> held = *it++;
            held->begin_stop();
        }
    });
}

void Reactor::close_all() {
    asio::post(context_, [this] {
        while (!stream_clients_.empty())
            std::shared_ptr(stream_clients_.back())->close();
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
    core_->all_closed.notify_all();
}

void Reactor::follow(Socket socket, StreamOpening opening) {
    auto client = std::make_shared<StreamClient>(*this, std::move(socket), std::move(opening));
    client->place = stream_clients_.size();
    stream_clients_.push_back(client);
    const std::shared_ptr<Stream>& stream = client->stream();
    auto& pump = pumps_[stream.get()];
    if (!pump) {
        pump = std::make_shared<StreamPump>(shared_from_this());
        stream->add_listener(pump);
    }
    pump->join(*client);
    core_->stream_clients.add(1);
    client->start();
}

void Reactor::forget(StreamClient& client) {
    core_->stream_clients.add(-1);
    const auto found = pumps_.find(client.stream().get());
    found->second->leave(client);
    if (found->second->is_empty()) {
        client.stream()->remove_listener(found->second.get());
        pumps_.erase(found);
    }
    const std::size_t place = client.place;
    stream_clients_[place].swap(stream_clients_.back());
    stream_clients_[place]->place = place;
    stream_clients_.pop_back();
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
    sweep_streams(now);
    if (work_.owns_work()) sweep_later();
}

// A part of them each time, so that many cost little.
void Reactor::sweep_streams(SteadyClock::time_point now) {
    for (std::size_t left = stream_clients_.size() / kSweepsPerStreamSweep + 1; left > 0; --left) {
        if (stream_clients_.empty()) return;
        if (next_swept_ >= stream_clients_.size()) next_swept_ = 0;
        const std::shared_ptr<StreamClient> client = stream_clients_[next_swept_++];
        client->sweep(now);
    }
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
