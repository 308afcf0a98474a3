// One client's socket: reads a request, waits for its answer, writes it, reads the next; or hands
// the socket on to follow an event stream. All on the thread of its reactor. Private to the room.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <string>

#include "server/message_reader.h"
#include "server/reactor.h"
#include "server/stream_client.h"

namespace altis::server {

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Place = std::list<std::shared_ptr<Connection>>::iterator;

    Connection(Reactor& reactor, Socket socket, Admission admission);

    void start(Place place);
    Place place() const { return place_; }

    // Looks at deadlines.
    void sweep(SteadyClock::time_point now);
    void begin_stop();
    void close();

  private:
    enum class Phase : std::uint8_t {
        kIdle,      // between requests
        kHead,      // a head has begun
        kBody,      // a body has begun
        kHandling,  // the handler has the request
        kWriting,   // the answer is under way
        kDraining,  // all is said; the client may finish its sentence
        kClosed,
    };

    void enter(Phase phase, std::int64_t deadline_ms);
    void next_request();
    void process();
    void read_more();
    void on_read(ErrorCode ec, std::size_t size);
    void say_continue();
    void continue_body();

    // Counts bytes of this request's body against the server's limit; false when it is exceeded.
    bool hold(std::size_t bytes);
    void let_go();
    void refuse_for_memory();

    void handle();
    void call(const Handler& handler, Request&& request);
    void answer(std::uint64_t turn, Response response);
    void refuse(const Response& refusal);
    void finish(Response response);
    void write();
    void on_written(ErrorCode ec, std::size_t size);
    void drain();
    void on_drained(ErrorCode ec, std::size_t size);
    void on_deadline();

    Result<void> open_stream(Response& response);
    std::string head_of(const Response& response);
    void start_stream();

    std::string choose_request_id(const Request& request);

    Reactor& reactor_;
    Socket socket_;
    const Admission admission_;
    Place place_{};
    RequestReader reader_;

    Phase phase_ = Phase::kIdle;
    SteadyClock::time_point deadline_{};
    std::uint64_t turn_ = 0;  // counts requests; an answer for an earlier one comes too late

    // The request that is being answered.
    Method method_ = Method::kOther;
    std::string_view route_;
    std::string request_id_;
    std::string after_;  // where a stream goes on, as the client wrote it
    bool takes_gzip_ = false;
    bool takes_deflate_ = false;  // over a WebSocket
    KeepAlive keep_alive_ = KeepAlive::kYes;
    CrossOrigin cross_origin_ = CrossOrigin::kNo;
    std::string origin_;  // of the page that sent the request
    Time received_at_{};
    SteadyClock::time_point received_{};

    std::size_t held_bytes_ = 0;  // counted by hold()

    // What is being written: `out_`, then `body_`.
    std::string out_;
    std::string body_;
    bool writing_ = false;
    std::size_t drained_bytes_ = 0;

    std::optional<Result<std::string>>
        websocket_;          // asked for: its Sec-WebSocket-Accept, or why not
    StreamOpening opening_;  // of the stream that the answer turns into
};

}  // namespace altis::server
