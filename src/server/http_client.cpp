#include "server/http_client.h"

#include <charconv>

#include "server/client_socket.h"

namespace altis::server {

namespace {

Deadline deadline_in(Duration duration) {
    return std::chrono::steady_clock::now() + std::chrono::microseconds(duration.us);
}

std::string encode_request(std::string_view host, Method method, std::string_view target,
                           const Fields& headers, std::string_view body) {
    std::string out;
    out.reserve(body.size() + 256);
    out.append(to_string(method)).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    out.append(host).append("\r\n");
    for (const auto& [name, value] : headers) {
        out.append(name).append(": ").append(value).append("\r\n");
    }
    const bool may_have_body = method != Method::kGet && method != Method::kHead;
    if (may_have_body || !body.empty()) {
        out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    out.append("\r\n").append(body);
    return out;
}

std::string host_field(const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

tl::unexpected<Error> malformed(const std::string& what) {
    return fail(Code::kUnavailable, "client.malformed_answer",
                "The server's answer is no HTTP/1.1: " + what + ".");
}

tl::unexpected<Error> ended() {
    return fail(Code::kUnavailable, "client.connection_lost",
                "The server closed the connection before its answer was complete.");
}

}  // namespace

struct HttpClient::Impl {
    Result<void> connect(Deadline until);
    Result<ClientResponse> exchange(Method method, std::string_view bytes, Deadline until);
    Result<ClientResponse> receive(Method method, Deadline until);
    // One read; gives kMessage or kNeedMore.
    Result<ReadStep> read_once(ResponseReader& reader, Deadline until);

    std::string host;
    std::uint16_t port = 0;
    Duration deadline;
    std::optional<ClientSocket> socket;
    bool answer_begun = false;  // of the exchange under way
};

Result<void> HttpClient::Impl::connect(Deadline until) {
    TRY(socket, ClientSocket::connect(host, port, until));
    return {};
}

Result<ClientResponse> HttpClient::Impl::exchange(Method method, std::string_view bytes,
                                                  Deadline until) {
    answer_begun = false;
    // A server that refuses a body early answers and then stops reading: look for the answer
    // anyway.
    const Result<void> written = socket->write(bytes, until);
    Result<ClientResponse> response = receive(method, until);
    if (!response && !answer_begun && !written) return tl::unexpected<Error>(written.error());
    return response;
}

Result<ReadStep> HttpClient::Impl::read_once(ResponseReader& reader, Deadline until) {
    TRY(const auto size, socket->read(reader.prepare(), until));
    if (!size) return fail(Code::kUnavailable, "client.timed_out", "The server took too long.");
    if (*size == 0 && !answer_begun) return ended();
    answer_begun = true;
    reader.commit(*size);
    const ReadStep step = *size == 0 ? reader.finish() : reader.advance();
    if (step == ReadStep::kFailed) return *size == 0 ? ended() : malformed(reader.failure());
    return step;
}

Result<ClientResponse> HttpClient::Impl::receive(Method method, Deadline until) {
    ResponseReader reader(method == Method::kHead ? ExpectBody::kNo : ExpectBody::kYes);
    ReadStep step = ReadStep::kNeedMore;
    while (step != ReadStep::kMessage) {
        TRY(step, read_once(reader, until));
    }
    if (reader.keep_alive() == KeepAlive::kNo) socket.reset();
    return std::move(reader.response());
}

Result<HttpClient> HttpClient::create(std::string host, std::uint16_t port, Duration deadline) {
    auto impl = std::make_unique<Impl>();
    impl->host = std::move(host);
    impl->port = port;
    impl->deadline = deadline;
    TRY_VOID(impl->connect(deadline_in(deadline)));
    return HttpClient(std::move(impl));
}

Result<ClientResponse> HttpClient::send(Method method, std::string_view target,
                                        const Fields& headers, std::string_view body) {
    Impl& impl = *impl_;
    const Deadline until = deadline_in(impl.deadline);
    const std::string bytes =
        encode_request(host_field(impl.host, impl.port), method, target, headers, body);
    const bool kept = impl.socket.has_value();
    if (!kept) TRY_VOID(impl.connect(until));
    Result<ClientResponse> response = impl.exchange(method, bytes, until);
    const bool stale = !response && kept && !impl.answer_begun &&
                       response.error().reason == "client.connection_lost";
    if (stale) {
        impl.socket.reset();
        TRY_VOID(impl.connect(until));
        response = impl.exchange(method, bytes, until);
    }
    if (!response) impl.socket.reset();
    return response;
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

struct EventStreamReader::Impl {
    explicit Impl(ClientSocket client_socket) : socket(std::move(client_socket)) {}

    Result<void> read_head(Deadline until);
    Result<bool> read_some(Deadline until);
    std::optional<StreamEvent> take_event();

    ClientSocket socket;
    ResponseReader reader{ExpectBody::kYes};
    std::string pending;  // of the stream, from the first line that was not given out
    std::size_t scanned = 0;
    bool ended = false;
    std::uint64_t last_id = 0;
};

namespace {

// Applies one "name: value" line.
void read_line(std::string_view line, StreamEvent& event) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    const std::string_view name = line.substr(0, colon);
    if (name == "event") event.event = value;
    if (name == "data") event.data.append(value).append("\n");
    if (name == "id") std::from_chars(value.data(), value.data() + value.size(), event.id);
}

// Nothing for a block without data, such as a heartbeat.
std::optional<StreamEvent> read_block(std::string_view block) {
    StreamEvent event;
    event.event = "message";
    while (!block.empty()) {
        const std::string_view line = block.substr(0, block.find('\n'));
        block.remove_prefix(line.size() + 1);
        read_line(line, event);
    }
    if (event.data.empty()) return std::nullopt;
    event.data.pop_back();
    return event;
}

}  // namespace

// Reads once; false when nothing came in time.
Result<bool> EventStreamReader::Impl::read_some(Deadline until) {
    TRY(const auto size, socket.read(reader.prepare(), until));
    if (!size) return false;
    if (*size == 0) {
        ended = true;
        return true;
    }
    reader.commit(*size);
    if (reader.advance() == ReadStep::kFailed) return malformed(reader.failure());
    if (reader.head_done() && reader.response().status == 200) {
        pending.append(reader.response().body);
        reader.response().body.clear();
    }
    return true;
}

Result<void> EventStreamReader::Impl::read_head(Deadline until) {
    while (!ended) {
        TRY(const bool came, read_some(until));
        if (!came) break;
        if (reader.head_done() && reader.response().status == 200) return {};
        if (reader.head_done() && reader.keep_alive() == KeepAlive::kYes) break;  // whole answer
    }
    return fail(Code::kUnavailable, "client.stream_refused",
                "The server gave no event stream but status " +
                    std::to_string(reader.response().status) + ": " + reader.response().body);
}

std::optional<StreamEvent> EventStreamReader::Impl::take_event() {
    while (true) {
        const std::size_t end = pending.find("\n\n", scanned);
        if (end == std::string::npos) {
            scanned = pending.empty() ? 0 : pending.size() - 1;
            return std::nullopt;
        }
        auto event = read_block(std::string_view(pending).substr(0, end + 1));
        pending.erase(0, end + 2);
        scanned = 0;
        if (!event) continue;
        if (event->id != 0) last_id = event->id;
        return event;
    }
}

Result<EventStreamReader> EventStreamReader::open(const std::string& host, std::uint16_t port,
                                                  std::string_view target, const Fields& headers,
                                                  std::optional<std::uint64_t> after_id) {
    const Deadline until = deadline_in(milliseconds(kClientDeadlineMs));
    TRY(ClientSocket socket, ClientSocket::connect(host, port, until));
    auto impl = std::make_unique<Impl>(std::move(socket));
    Fields all = headers;
    all.emplace_back("Accept", "text/event-stream");
    if (after_id) all.emplace_back("Last-Event-ID", std::to_string(*after_id));
    impl->last_id = after_id.value_or(0);
    TRY_VOID(impl->socket.write(
        encode_request(host_field(host, port), Method::kGet, target, all, {}), until));
    TRY_VOID(impl->read_head(until));
    return EventStreamReader(std::move(impl));
}

Result<std::optional<StreamEvent>> EventStreamReader::next(Duration timeout) {
    const Deadline until = deadline_in(timeout);
    while (true) {
        if (auto event = impl_->take_event()) return event;
        if (impl_->ended) return ended();
        TRY(const bool came, impl_->read_some(until));
        if (!came) return std::optional<StreamEvent>();
    }
}

std::uint64_t EventStreamReader::last_id() const {
    return impl_->last_id;
}

EventStreamReader::EventStreamReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventStreamReader::EventStreamReader(EventStreamReader&&) noexcept = default;
EventStreamReader& EventStreamReader::operator=(EventStreamReader&&) noexcept = default;
EventStreamReader::~EventStreamReader() = default;

}  // namespace altis::server
