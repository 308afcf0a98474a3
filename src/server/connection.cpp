#include "server/connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <charconv>

#include "server/body.h"
#include "server/response_head.h"

namespace altis::server {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kMalformedRoute = "malformed";
constexpr std::string_view kRefusedRoute = "refused";
constexpr std::size_t kJoinBytes = 16U << 10;       // smaller bodies go out with the head
constexpr std::size_t kKeepOutBytes = 64U << 10;    // more memory than this is given back
constexpr std::int64_t kStopDrainDeadlineMs = 500;  // draining while the server stops

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= kMaxRequestIdBytes &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_' || c == '.';
           });
}

Result<std::optional<std::uint64_t>> parse_event_id(std::string_view text) {
    if (text.empty()) return std::optional<std::uint64_t>();
    std::uint64_t id = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (ec != std::errc() || end != text.data() + text.size()) {
        return fail(
            Code::kInvalid, "stream.bad_event_id",
            "Last-Event-ID (or `after`) is the number of an event; leave it out to start now.");
    }
    return std::optional(id);
}

std::int64_t micros_between(SteadyClock::time_point from, SteadyClock::time_point to) {
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

}  // namespace

Connection::Connection(Reactor& reactor, Socket socket, Admission admission)
    : reactor_(reactor),
      socket_(std::move(socket)),
      admission_(admission),
      reader_(reactor.core().options.limits) {}

void Connection::start(Place place) {
    place_ = place;
    ErrorCode ignored;
    static_cast<void>(socket_.set_option(asio::ip::tcp::no_delay(true), ignored));
    if (admission_ == Admission::kRefused) {
        method_ = Method::kOther;
        received_ = SteadyClock::now();
        route_ = kRefusedRoute;
        keep_alive_ = KeepAlive::kNo;
        finish(problem(Error{Code::kOverloaded, "server.too_many_connections",
                             "The server has all the connections it takes; try again soon."}));
        return;
    }
    if (reactor_.core().stopping) return close();
    next_request();
}

void Connection::enter(Phase phase, std::int64_t deadline_ms) {
    phase_ = phase;
    deadline_ = SteadyClock::now() + std::chrono::milliseconds(deadline_ms);
}

void Connection::next_request() {
    ++turn_;
    const Limits& limits = reactor_.core().options.limits;
    if (reader_.idle()) {
        if (reactor_.core().stopping) return drain();
        enter(Phase::kIdle, limits.idle_deadline_ms);
        return read_more();
    }
    enter(Phase::kHead, limits.header_deadline_ms);
    process();
}

void Connection::process() {
    switch (reader_.advance()) {
        case ReadStep::kMessage:
            return handle();
        case ReadStep::kFailed:
            return refuse(reader_.refusal());
        case ReadStep::kNeedMore:
            break;
    }
    if (phase_ == Phase::kIdle && !reader_.idle()) {
        enter(Phase::kHead, reactor_.core().options.limits.header_deadline_ms);
    }
    if (phase_ == Phase::kHead && reader_.in_body()) {
        enter(Phase::kBody, reactor_.core().options.limits.body_deadline_ms);
        if (reader_.take_expectation()) return say_continue();
    }
    read_more();
}

void Connection::read_more() {
    const std::span<char> room = reader_.prepare();
    socket_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](ErrorCode ec, std::size_t size) { self->on_read(ec, size); });
}

void Connection::on_read(ErrorCode ec, std::size_t size) {
    // An answer to a deadline may be under way: then the bytes only made room for it.
    if (phase_ > Phase::kBody) return;
    if (ec) return close();
    reactor_.core().received_bytes.add(size);
    if (phase_ == Phase::kBody && !hold(size)) return refuse_for_memory();
    reader_.commit(size);
    process();
}

bool Connection::hold(std::size_t bytes) {
    ServerCore& core = reactor_.core();
    held_bytes_ += bytes;
    const std::size_t all =
        core.in_flight_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    return all <= core.options.limits.in_flight_bytes;
}

void Connection::let_go() {
    reactor_.core().in_flight_bytes.fetch_sub(held_bytes_, std::memory_order_relaxed);
    held_bytes_ = 0;
}

void Connection::refuse_for_memory() {
    refuse(problem(Error{Code::kOverloaded, "server.too_much_in_flight",
                         "The server holds as many request bodies as it may; try again soon."}));
}

void Connection::say_continue() {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    write();
}

std::string Connection::choose_request_id(const Request& request) {
    const std::string_view given = request.header("X-Request-Id");
    return is_token(given) ? std::string(given) : reactor_.new_request_id(received_at_);
}

void Connection::handle() {
    ServerCore& core = reactor_.core();
    Request request = reader_.take();
    received_ = SteadyClock::now();
    received_at_ = core.now();
    request_id_ = choose_request_id(request);
    request.received_at = received_at_;
    request.request_id = request_id_;
    method_ = request.method;
    keep_alive_ = reader_.keep_alive();
    websocket_.reset();
    if (asks_for_websocket(request)) websocket_ = accept_websocket(request);
    takes_deflate_ = websocket_ && offers_deflate(request);
    takes_gzip_ = method_ == Method::kGet && accepts_gzip(request);
    after_ = request.header("Last-Event-ID");
    if (after_.empty()) after_ = request.query_value("after");

    Match match = core.router.match(request);
    route_ = match.pattern;
    cross_origin_ = match.cross_origin;
    if (cross_origin_ == CrossOrigin::kYes) origin_ = request.header("Origin");
    if (match.answer) return finish(std::move(*match.answer));
    if (auto unpacked = unpack_body(request, core.options.limits); !unpacked) {
        return finish(problem(unpacked.error()));
    }
    if (!hold(request.body.size())) return refuse_for_memory();
    enter(Phase::kHandling, core.options.limits.handler_deadline_ms);
    call(*match.handler, std::move(request));
}

void Connection::call(const Handler& handler, Request&& request) {
    Responder respond([weak = weak_from_this(), reactor = reactor_.shared_from_this(),
                       turn = turn_](Response response) {
        auto deliver = [weak, turn, response = std::move(response)]() mutable {
            if (const auto self = weak.lock()) self->answer(turn, std::move(response));
        };
        asio::dispatch(reactor->context(), std::move(deliver));
    });
    const std::uint64_t turn = turn_;
    try {
        handler(std::move(request), std::move(respond));
    } catch (...) {  // a bug in a handler costs one request, not the server
        answer(turn, problem(500, "server.handler_failed",
                             "The server failed at this request; please report it."));
    }
}

void Connection::answer(std::uint64_t turn, Response response) {
    if (phase_ == Phase::kHandling && turn == turn_) finish(std::move(response));
}

void Connection::refuse(const Response& refusal) {
    received_ = SteadyClock::now();
    received_at_ = reactor_.core().now();
    request_id_ = reactor_.new_request_id(received_at_);
    method_ = Method::kOther;
    route_ = kMalformedRoute;
    cross_origin_ = CrossOrigin::kYes;  // so that a page sees why, too
    origin_.clear();
    keep_alive_ = KeepAlive::kNo;
    finish(refusal);
}

void Connection::finish(Response response) {
    ServerCore& core = reactor_.core();
    if (!response.stream.empty()) {
        if (auto opened = open_stream(response); !opened) response = problem(opened.error());
    }
    if (opening_.stream || core.stopping) keep_alive_ = KeepAlive::kNo;
    ++turn_;
    let_go();
    reactor_.record({method_, route_, response.status,
                     micros_between(received_, SteadyClock::now()), request_id_});
    out_ = head_of(response);
    body_ = has_body(response.status) && method_ != Method::kHead ? std::move(response.body)
                                                                  : std::string();
    if (body_.size() <= kJoinBytes) {
        out_.append(body_);
        body_.clear();
    }
    phase_ = Phase::kWriting;
    write();
}

void Connection::continue_body() {
    enter(Phase::kBody, reactor_.core().options.limits.body_deadline_ms);
    read_more();
}

void Connection::write() {
    writing_ = true;
    deadline_ = SteadyClock::now() +
                std::chrono::milliseconds(reactor_.core().options.limits.write_deadline_ms);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_), asio::buffer(body_)};
    asio::async_write(socket_, buffers,
                      [self = shared_from_this()](ErrorCode ec, std::size_t size) {
                          self->on_written(ec, size);
                      });
}

void Connection::on_written(ErrorCode ec, std::size_t size) {
    writing_ = false;
    reactor_.core().sent_bytes.add(size);
    if (phase_ == Phase::kClosed) return;
    if (ec) return close();
    body_ = {};
    if (out_.capacity() > kKeepOutBytes) out_ = {};
    if (phase_ == Phase::kBody) return continue_body();
    if (opening_.stream) return start_stream();
    if (keep_alive_ == KeepAlive::kNo) return drain();
    next_request();
}

// Closing a socket with unread bytes resets the connection and may destroy the answer on its way.
// So the server says that it has finished, and drops what still comes until the client closes,
// within limits.
void Connection::drain() {
    const ServerCore& core = reactor_.core();
    const std::int64_t deadline_ms = core.options.limits.drain_deadline_ms;
    ErrorCode ignored;
    static_cast<void>(socket_.shutdown(Socket::shutdown_send, ignored));
    enter(Phase::kDraining,
          core.stopping ? std::min(kStopDrainDeadlineMs, deadline_ms) : deadline_ms);
    on_drained({}, 0);
}

void Connection::on_drained(ErrorCode ec, std::size_t size) {
    if (phase_ == Phase::kClosed) return;
    drained_bytes_ += size;
    if (ec || drained_bytes_ > kMaxDrainBytes) return close();
    const std::span<char> room = reader_.prepare();
    socket_.async_read_some(asio::buffer(room.data(), room.size()),
                            [self = shared_from_this()](ErrorCode read_ec, std::size_t read) {
                                self->on_drained(read_ec, read);
                            });
}

void Connection::close() {
    if (phase_ == Phase::kClosed) return;
    phase_ = Phase::kClosed;
    let_go();
    const std::shared_ptr<Connection> self = shared_from_this();
    opening_ = {};
    ErrorCode ignored;
    static_cast<void>(socket_.close(ignored));
    reactor_.forget(*this, admission_);
}

void Connection::begin_stop() {
    if (phase_ == Phase::kIdle) return close();
    if (phase_ != Phase::kDraining) return;
    const auto soon = SteadyClock::now() + std::chrono::milliseconds(kStopDrainDeadlineMs);
    deadline_ = std::min(deadline_, soon);
}

void Connection::sweep(SteadyClock::time_point now) {
    if (now >= deadline_) on_deadline();
}

void Connection::on_deadline() {
    ErrorCode ignored;
    switch (phase_) {
        case Phase::kHead:
        case Phase::kBody:
            if (writing_) return close();
            static_cast<void>(socket_.cancel(ignored));  // the read under way
            return refuse(problem(408, "http.request_timeout",
                                  "The request did not arrive in time; send it again."));
        case Phase::kHandling:
            return finish(problem(500, "server.handler_deadline",
                                  "The server did not answer in time; send the request again."));
        default:
            return close();
    }
}

namespace {

// A place among the stream clients, given back when nothing holds it any more.
Result<std::shared_ptr<void>> take_slot(ServerCore& core) {
    if (core.streams.fetch_add(1) >= core.options.limits.stream_clients) {
        --core.streams;
        return fail(Code::kOverloaded, "stream.too_many_clients",
                    "The server has all the event stream clients it takes; try again soon.");
    }
    return std::shared_ptr<void>(&core, [](void* counted) {
        auto& counting = *static_cast<ServerCore*>(counted);
        const std::scoped_lock lock(counting.mutex);
        --counting.streams;
        counting.all_closed.notify_all();
    });
}

}  // namespace

Result<void> Connection::open_stream(Response& response) {
    ServerCore& core = reactor_.core();
    StreamHub* hub = core.options.streams.get();
    if (hub == nullptr) {
        return fail(Code::kNotFound, "stream.none", "This server has no event streams.");
    }
    TRY(const auto after, parse_event_id(after_));
    if (method_ == Method::kHead) return {};
    StreamOpening opening;
    TRY(opening.stream, hub->open(response.stream));
    if (websocket_ && opening.stream->state() != nullptr) {
        if (!*websocket_) return tl::unexpected<Error>(websocket_->error());
        // A client that speaks before it is answered may have been talked into it.
        if (!reader_.idle()) {
            return fail(Code::kInvalid, "websocket.too_early",
                        "A WebSocket client waits for the answer before it sends a frame.");
        }
        opening.framing = Framing::kWebSocket;
    }
    opening.is_packed = opening.framing == Framing::kWebSocket ? takes_deflate_ : takes_gzip_;
    TRY(opening.slot, take_slot(core));
    opening.cursor = opening.stream->cursor(after);
    opening.has_place = after.has_value();
    opening.pass = response.stream_pass;
    opening_ = std::move(opening);
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (opening_.is_packed) response.headers.emplace_back("Content-Encoding", "gzip");
    return {};
}

std::string Connection::head_of(const Response& response) {
    if (opening_.stream && opening_.framing == Framing::kWebSocket) {
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "X-Request-Id: " +
               request_id_ + "\r\nSec-WebSocket-Accept: " + **websocket_ +
               (opening_.is_packed ? "\r\nSec-WebSocket-Extensions: permessage-deflate" : "") +
               "\r\n\r\n";
    }
    std::string head;
    append_head(
        head, response,
        {reactor_.date(reactor_.core().now()), request_id_, keep_alive_, cross_origin_, origin_});
    return head;
}

// The head is written; from here on the socket only carries events.
void Connection::start_stream() {
    if (reactor_.core().stopping) return close();
    const std::shared_ptr<Connection> self = shared_from_this();
    reactor_.follow(std::move(socket_), std::move(opening_));
    close();
}

}  // namespace altis::server
