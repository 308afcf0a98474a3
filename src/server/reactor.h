// One server thread: an event loop with the connections that belong to it. A connection never
// changes its reactor, so everything about it happens on one thread and needs no lock. Private to
// the room.
#pragma once

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/http_server.h"
#include "server/stream.h"

namespace altis::server {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer =
    boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>;
using ErrorCode = boost::system::error_code;

class Connection;
class StreamClient;
struct StreamOpening;

// What all threads of a server share.
struct ServerCore {
    ServerCore(ServerOptions server_options, Router server_router);

    Time now();

    ServerOptions options;
    platform::SystemClock system_clock;  // where the options name none
    Router router;
    Metrics& metrics;
    Counter& received_bytes;
    Counter& sent_bytes;
    Counter& refused;
    Counter& dropped;
    Gauge& open_connections;
    Gauge& stream_clients;

    std::atomic<std::size_t> connections = 0;
    std::atomic<std::size_t> streams = 0;          // connections that follow an event stream
    std::atomic<std::size_t> refusals = 0;         // connections that are only told 429
    std::atomic<std::size_t> in_flight_bytes = 0;  // of bodies that are read or being answered
    std::atomic<bool> stopping = false;
    std::mutex mutex;
    std::condition_variable all_closed;
};

// Whether an accepted socket may send requests, or only hears that the server is full.
enum class Admission : std::uint8_t { kAdmitted, kRefused };

class StreamPump;

class Reactor : public std::enable_shared_from_this<Reactor> {
  public:
    explicit Reactor(std::shared_ptr<ServerCore> core);
    ~Reactor();

    // From any thread.
    boost::asio::io_context& context() { return context_; }
    void adopt(Socket socket, Admission admission);
    void begin_stop();  // closes what is idle; the rest closes after its request
    void close_all();   // closes everything; run() returns soon

    // The thread's body.
    void run();

    // Everything below: on the reactor's thread only.
    ServerCore& core() { return *core_; }
    void forget(Connection& connection, Admission admission);
    // The socket follows a stream from here on.
    void follow(Socket socket, StreamOpening opening);
    void forget(StreamClient& client);
    std::string new_request_id(Time time);
    std::string_view date(Time time);
    void record(const Access& access);

  private:
    // Counter and histogram of one route, method and status, found once.
    struct Meter {
        Counter* requests;
        Histogram* seconds;
    };

    void sweep_later();
    void sweep();
    void sweep_streams(SteadyClock::time_point now);

    std::shared_ptr<ServerCore> core_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<Executor> work_;
    Timer sweep_timer_;
    std::list<std::shared_ptr<Connection>> connections_;
    std::vector<std::shared_ptr<StreamClient>> stream_clients_;
    std::size_t next_swept_ = 0;  // of stream_clients_
    std::map<const Stream*, std::shared_ptr<StreamPump>> pumps_;
    std::map<std::tuple<const void*, Method, int>, Meter> meters_;
    std::mt19937_64 random_;
    std::int64_t date_second_ = -1;
    std::string date_;
};

}  // namespace altis::server
