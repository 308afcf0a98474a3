#include "server/stream_client.h"

#include <algorithm>

#include "server/stream_packer.h"

namespace altis::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxBuffers = 64;  // of one write, as the system allows asio
constexpr std::size_t kKeepItems = 16;   // more room than this is given back
constexpr int kMaxCatchUps = 8;          // until a client is at a place that the stream holds

}  // namespace

StreamClient::StreamClient(Reactor& reactor, Socket socket, StreamOpening opening)
    : reactor_(reactor), socket_(std::move(socket)), opening_(std::move(opening)) {}

void StreamClient::start() {
    written_ = SteadyClock::now();
    ErrorCode ignored;
    static_cast<void>(socket_.non_blocking(true, ignored));
    // What waits in the kernel cannot be taken back when there is something newer.
    static_cast<void>(socket_.set_option(
        asio::socket_base::send_buffer_size(static_cast<int>(kStreamSocketBytes)), ignored));
    Stream& stream = *opening_.stream;
    allowed_lag_bytes_ =
        stream.lag_bytes(cursor_) + reactor_.core().options.limits.send_queue_bytes;
    told_from_ = cursor_.next;
    if (opening_.is_packed) stream.want_packed(opening_.framing);
    if (opening_.is_packed && is_websocket()) frames_.allow_packed();
    if (opening_.is_packed && !is_websocket()) say_bytes(gzip_head());
    if (!is_websocket()) say("retry: " + std::to_string(kStreamRetryMs) + "\n\n");
    if (stream.state() != nullptr && (cursor_.reset || !opening_.has_place)) {
        tell_whole();
    } else if (cursor_.reset) {
        say(encode_reset(stream.oldest_id()));
        cursor_.reset = false;
    }
    watch();
    pump();
}

std::size_t StreamClient::pump(StreamBatch& batch, SteadyClock::time_point now) {
    if (is_blocked_ || is_closed_) return 0;
    const bool is_alone =
        first_ < items_.size() || is_leaving_ || pong_ || (opening_.pass && *opening_.pass);
    if (is_alone || !batch.reach(*opening_.stream, cursor_)) {
        pump();
        return 0;
    }
    written_ = now;
    cursor_ = batch.end();
    return opening_.is_packed ? write_packed(batch) : write_plain(batch);
}

std::size_t StreamClient::send(std::string_view bytes) {
    if (bytes.empty()) return 0;  // lines that no frame can carry
    ErrorCode ec;
    const std::size_t sent = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    if (!ec || ec == asio::error::would_block) return sent;
    close();
    return 0;
}

std::size_t StreamClient::write_plain(StreamBatch& batch) {
    const std::string& bytes = batch.plain(opening_.framing);
    const std::size_t sent = send(bytes);
    if (is_closed_ || sent == bytes.size()) return sent;
    for (const SharedEvent& event : batch.events())
        items_.push_back({event, nullptr, {}});
    consume(sent);
    wait_for_room();
    return sent;
}

std::size_t StreamClient::write_packed(StreamBatch& batch) {
    auto bytes = batch.packed(opening_.framing, told_from_);
    const std::size_t sent = send(*bytes);
    if (is_closed_ || sent == bytes->size()) return sent;
    items_.push_back({nullptr, std::move(bytes), {}});
    consume(sent);
    wait_for_room();
    return sent;
}

void StreamClient::say_packed(const SharedEvent& event, const std::string& packed) {
    items_.push_back({nullptr, std::shared_ptr<const std::string>(event, &packed), {}});
}

void StreamClient::say_next(SharedEvent event) {
    if (!opening_.is_packed) {
        items_.push_back({std::move(event), nullptr, {}});
        return;
    }
    const auto& packed = event->packed[static_cast<std::size_t>(opening_.framing)];
    const bool has_history = !packed.bytes.empty() && told_from_ <= packed.needs;
    say_packed(event, has_history ? packed.bytes : event->packed_alone(opening_.framing));
}

void StreamClient::say(const SharedEvent& event) {
    told_from_ = cursor_.next;
    if (opening_.is_packed) return say_packed(event, event->packed_alone(opening_.framing));
    items_.push_back({event, nullptr, {}});
}

void StreamClient::say(std::string text) {
    told_from_ = cursor_.next;
    say_bytes(opening_.is_packed ? pack_alone(opening_.framing, text) : std::move(text));
}

void StreamClient::pump() {
    if (is_blocked_ || is_closed_) return;
    const std::shared_ptr<StreamClient> self = shared_from_this();
    while (refill()) {
        if (!write()) return;
    }
    if (is_leaving_) close();
}

// Sees to it that there is something to write, if there is.
bool StreamClient::refill() {
    if (is_closed_) return false;
    if (first_ < items_.size()) return true;
    items_.clear();
    if (items_.capacity() > kKeepItems) items_ = {};
    first_ = 0;
    if (is_leaving_) return false;
    if (opening_.pass && *opening_.pass) {
        hang_up(CloseCode::kPolicy);
        return !items_.empty();
    }
    if (pong_) {
        say_bytes(pong_frame(*pong_));
        pong_.reset();
    }
    pull();
    return !items_.empty();
}

void StreamClient::pull() {
    const Stream& stream = *opening_.stream;
    StreamState* state = stream.state();
    if (state != nullptr && stream.lag_bytes(cursor_) > kMaxLagBytes) {
        if (auto told = state->since(cursor_.id)) return catch_up(std::move(*told));
        return tell_whole();
    }
    pulled_.clear();
    if (stream.pull(cursor_, kMaxStreamWriteBytes, pulled_) == Stream::Pull::kLost) {
        if (state != nullptr) return tell_whole();
        reactor_.core().dropped.add();
        return close();
    }
    for (SharedEvent& event : pulled_)
        say_next(std::move(event));
    pulled_.clear();
}

void StreamClient::tell_whole() {
    catch_up(opening_.stream->state()->whole());
}

void StreamClient::catch_up(StreamState::CatchUp told) {
    for (const SharedEvent& event : told.events)
        say(event);
    cursor_ = opening_.stream->cursor(told.id);
    // Nobody publishes faster than the ring is long between the two lines above; if so, again.
    for (int i = 0; cursor_.reset && i < kMaxCatchUps; ++i) {
        told = opening_.stream->state()->whole();
        for (const SharedEvent& event : told.events)
            say(event);
        cursor_ = opening_.stream->cursor(told.id);
    }
    cursor_.reset = false;
    told_from_ = cursor_.next;
}

StreamClient::Bytes StreamClient::bytes_of(const Item& item) const {
    if (item.packed) return {{}, *item.packed};
    if (!item.event) return {{}, item.own};
    const std::string_view content = item.event->content(opening_.framing);
    return {is_websocket() ? std::string_view(item.event->frame_head) : std::string_view(),
            content};
}

bool StreamClient::write() {
    std::array<asio::const_buffer, kMaxBuffers> buffers;
    std::size_t count = 0;
    std::size_t skip = offset_;
    const auto add = [&](std::string_view bytes) {
        const std::size_t skipped = std::min(skip, bytes.size());
        skip -= skipped;
        bytes.remove_prefix(skipped);
        if (!bytes.empty()) buffers[count++] = asio::buffer(bytes.data(), bytes.size());
    };
    for (std::size_t i = first_; i < items_.size() && count + 2 <= kMaxBuffers; ++i) {
        const auto [head, content] = bytes_of(items_[i]);
        add(head);
        add(content);
    }
    ErrorCode ec;
    const std::size_t sent = socket_.write_some(std::span(buffers.data(), count), ec);
    if (ec == asio::error::would_block) {
        wait_for_room();
        return false;
    }
    if (ec) {
        close();
        return false;
    }
    written_ = SteadyClock::now();
    reactor_.core().sent_bytes.add(sent);
    consume(sent);
    return true;
}

void StreamClient::consume(std::size_t bytes) {
    offset_ += bytes;
    while (first_ < items_.size()) {
        const auto [head, content] = bytes_of(items_[first_]);
        const std::size_t size = head.size() + content.size();
        if (offset_ < size) return;
        offset_ -= size;
        items_[first_++] = {};
    }
}

void StreamClient::wait_for_room() {
    is_blocked_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](ErrorCode ec) {
        self->is_blocked_ = false;
        if (ec) return self->close();
        self->pump();
    });
}

void StreamClient::sweep(SteadyClock::time_point now) {
    const Limits& limits = reactor_.core().options.limits;
    if (opening_.pass && *opening_.pass && !is_leaving_) {
        if (is_blocked_) return close();
        return pump();
    }
    const auto silent_for = now - written_;
    if (is_blocked_) {
        if (silent_for > std::chrono::milliseconds(limits.write_deadline_ms)) return close();
    } else if (silent_for >= std::chrono::milliseconds(limits.heartbeat_ms)) {
        StreamState* state = opening_.stream->state();
        if (state != nullptr) {
            say(state->heartbeat(cursor_.id));
        } else {
            say(":\n\n");
        }
        pump();
    }
    if (is_closed_ || opening_.stream->state() != nullptr) return;
    const std::uint64_t lag_bytes = opening_.stream->lag_bytes(cursor_);
    if (lag_bytes == 0) allowed_lag_bytes_ = limits.send_queue_bytes;
    if (lag_bytes <= allowed_lag_bytes_) return;
    reactor_.core().dropped.add();
    close();
}

// Notices that the client left, and hears what a WebSocket's says.
void StreamClient::watch() {
    socket_.async_read_some(asio::buffer(scratch_),
                            [self = shared_from_this()](ErrorCode ec, std::size_t size) {
                                if (self->is_closed_) return;
                                if (ec) return self->close();
                                if (self->is_websocket()) {
                                    self->on_frames({self->scratch_.data(), size});
                                }
                                if (!self->is_closed_) self->watch();
                            });
}

void StreamClient::on_frames(std::string_view bytes) {
    if (is_leaving_) return;
    frames_.add(bytes);
    while (auto happening = frames_.next()) {
        if (happening->event == FrameReader::Event::kPing) {
            pong_ = std::move(happening->payload);
        } else {
            hang_up(happening->code);
        }
    }
    pump();
}

// Says goodbye after what is under way, and closes.
void StreamClient::hang_up(CloseCode code) {
    is_leaving_ = true;
    if (is_websocket()) say_bytes(close_frame(code));
}

void StreamClient::close() {
    if (is_closed_) return;
    is_closed_ = true;
    const std::shared_ptr<StreamClient> self = shared_from_this();
    items_.clear();
    first_ = 0;
    ErrorCode ignored;
    static_cast<void>(socket_.close(ignored));
    opening_.slot.reset();
    if (opening_.is_packed) opening_.stream->stop_wanting_packed(opening_.framing);
    reactor_.forget(*this);
}

}  // namespace altis::server
