#include "server/message_reader.h"

// Beast asserts on a last chunk whose four last bytes arrive apart ("0\r\n\r" without "\n"), which
// its code then handles well. A client can send that, so its assertions are off in this file, the
// only one that has it.
#define BOOST_DISABLE_ASSERTS

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "server/input_buffer.h"
#include "server/target.h"

namespace altis::server {

namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::size_t kBodyReadBytes = 64U << 10;    // room offered to one read inside a body
constexpr std::size_t kBodyReserveBytes = 1U << 20;  // taken at once on a client's word

std::string_view standard(Text text) {
    return {text.data(), text.size()};
}

Method to_method(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return Method::kGet;
        case http::verb::head:
            return Method::kHead;
        case http::verb::post:
            return Method::kPost;
        case http::verb::put:
            return Method::kPut;
        case http::verb::patch:
            return Method::kPatch;
        case http::verb::delete_:
            return Method::kDelete;
        case http::verb::options:
            return Method::kOptions;
        default:
            return Method::kOther;
    }
}

// Collects what Beast's parser finds. Trailer fields are dropped: nobody may rely on them.
template <bool kIsRequest>
class Parser final : public http::basic_parser<kIsRequest> {
  public:
    Method method = Method::kOther;
    int version = 11;  // 10 or 11
    int status = 0;
    std::string target;
    Fields headers;
    std::string body;
    bool head_done = false;

  private:
    void on_request_impl(http::verb verb, Text, Text sent_target, int sent_version,
                         ErrorCode&) override {
        version = sent_version;
        method = to_method(verb);
        target = standard(sent_target);
    }
    void on_response_impl(int code, Text, int, ErrorCode&) override { status = code; }
    void on_field_impl(http::field, Text name, Text value, ErrorCode& ec) override {
        if (head_done) return;
        if (headers.size() >= kMaxHeaderFields) {
            ec = http::error::header_limit;
            return;
        }
        headers.emplace_back(standard(name), standard(value));
    }
    void on_header_impl(ErrorCode&) override { head_done = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override {
        if (length) body.reserve(std::min<std::uint64_t>(*length, kBodyReserveBytes));
    }
    std::size_t on_body_impl(Text bytes, ErrorCode&) override {
        body.append(bytes.data(), bytes.size());
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text extensions, ErrorCode& ec) override {
        extension_bytes_ += extensions.size();
        if (extension_bytes_ > kMaxHeaderBytes) ec = http::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCode&) override {
        body.append(bytes.data(), bytes.size());
        return bytes.size();
    }
    void on_finish_impl(ErrorCode&) override {}

    std::size_t extension_bytes_ = 0;
};

template <bool kIsRequest>
void prepare_parser(Parser<kIsRequest>& parser, std::size_t body_bytes) {
    parser.eager(true);
    parser.header_limit(kMaxHeaderBytes * 2);  // ours is checked before, with its own answer
    parser.body_limit(body_bytes);
}

// Gives the parser what is in the buffer and drops what it took. "Need more" is no error.
template <bool kIsRequest>
ErrorCode feed(Parser<kIsRequest>& parser, InputBuffer& input) {
    while (!input.empty() && !parser.is_done()) {
        ErrorCode ec;
        const std::string_view bytes = input.view();
        const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
        input.consume(used);
        if (ec == http::error::need_more) return {};
        if (ec) return ec;
        if (used == 0) return {};
    }
    return {};
}

// How often a field of that name is there, and its last value.
struct FieldCount {
    std::size_t count = 0;
    std::string_view value;
};

FieldCount count_field(const Fields& fields, std::string_view name) {
    FieldCount found;
    for (const auto& [key, value] : fields) {
        if (!equal_ignoring_case(key, name)) continue;
        ++found.count;
        found.value = value;
    }
    return found;
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Finds the end of a head, line by line, and refuses lines that parsers disagree about.
class HeadScan {
  public:
    enum class Found : std::uint8_t { kNothing, kEnd, kBlankStart, kBareLineEnd, kFold };

    // Looks at the bytes after those seen before; `head` always starts at the request line.
    Found advance(std::string_view head);
    std::size_t size() const { return line_; }  // of the head, after kEnd

  private:
    std::size_t line_ = 0;     // where the line starts that is not complete
    std::size_t scanned_ = 0;  // no LF before this one
};

HeadScan::Found HeadScan::advance(std::string_view head) {
    while (true) {
        const std::size_t lf = head.find('\n', scanned_);
        if (lf == std::string_view::npos) {
            scanned_ = head.size();
            return Found::kNothing;
        }
        const std::string_view line = head.substr(line_, lf - line_);
        if (line.find('\r') != line.size() - 1 || line.empty()) return Found::kBareLineEnd;
        if (line.size() == 1 && line_ == 0) return Found::kBlankStart;
        if (line_ > 0 && (line[0] == ' ' || line[0] == '\t')) return Found::kFold;
        line_ = lf + 1;
        scanned_ = line_;
        if (line.size() == 1) return Found::kEnd;
    }
}

}  // namespace

struct RequestReader::Impl {
    explicit Impl(const Limits& server_limits) : limits(server_limits) {}

    ReadStep refuse(int status, std::string_view reason, std::string_view detail);
    ReadStep refuse(ErrorCode ec);
    ReadStep advance();
    ReadStep read_head();
    ReadStep start_head(std::size_t size);
    ReadStep check_framing();
    ReadStep check_expectation();
    ReadStep set_target();
    ReadStep read_body();

    Limits limits;
    InputBuffer input;
    HeadScan scan;
    std::optional<Parser<true>> parser;
    Request request;
    std::size_t head_bytes = 0;
    std::size_t message_bytes = 0;
    KeepAlive keep_alive = KeepAlive::kYes;
    bool expectation = false;
    bool blank_seen = false;
    Response refusal;
};

ReadStep RequestReader::Impl::refuse(int status, std::string_view reason, std::string_view detail) {
    refusal = problem(status, reason, detail);
    return ReadStep::kFailed;
}

ReadStep RequestReader::Impl::refuse(ErrorCode ec) {
    if (ec == http::error::body_limit) {
        return refuse(413, "http.body_too_large",
                      "The body is over the limit of " + std::to_string(limits.body_bytes) +
                          " bytes; send it in several requests.");
    }
    if (ec == http::error::header_limit) {
        return refuse(431, "http.header_too_large",
                      "The request has more than " + std::to_string(kMaxHeaderFields) +
                          " header fields; send fewer.");
    }
    return refuse(400, "http.malformed", "This is not HTTP/1.1: " + ec.message() + ".");
}

ReadStep RequestReader::Impl::advance() {
    return parser ? read_body() : read_head();
}

ReadStep RequestReader::Impl::read_head() {
    using Found = HeadScan::Found;
    Found found = scan.advance(input.view());
    if (found == Found::kBlankStart && !blank_seen) {  // some clients end a body with CRLF
        blank_seen = true;
        input.consume(2);
        scan = {};
        found = scan.advance(input.view());
    }
    switch (found) {
        case Found::kNothing:
            if (input.view().size() <= limits.header_bytes) return ReadStep::kNeedMore;
            break;
        case Found::kEnd:
            if (scan.size() <= limits.header_bytes) return start_head(scan.size());
            break;
        case Found::kFold:
            return refuse(400, "http.folded_field", "A header field is folded; use one line.");
        case Found::kBlankStart:
        case Found::kBareLineEnd:
            return refuse(400, "http.malformed", "A line of the head does not end in CR LF.");
    }
    return refuse(431, "http.header_too_large",
                  "The header is over the limit of " + std::to_string(limits.header_bytes) +
                      " bytes; shorten the address or the fields.");
}

ReadStep RequestReader::Impl::start_head(std::size_t size) {
    head_bytes = size;
    parser.emplace();
    prepare_parser(*parser, limits.body_bytes);
    ErrorCode ec;
    input.consume(parser->put(boost::asio::buffer(input.view().data(), size), ec));
    if (ec == http::error::body_limit && count_field(parser->headers, "Content-Length").count > 1) {
        ec = http::error::multiple_content_length;
    }
    if (ec == http::error::need_more) ec = {};
    if (ec) return refuse(ec);
    if (!parser->head_done) return refuse(http::error::bad_field);
    request.method = parser->method;
    request.headers = std::move(parser->headers);
    keep_alive = parser->keep_alive() ? KeepAlive::kYes : KeepAlive::kNo;
    for (const auto check : {&Impl::check_framing, &Impl::check_expectation, &Impl::set_target}) {
        if ((this->*check)() == ReadStep::kFailed) return ReadStep::kFailed;
    }
    return read_body();
}

ReadStep RequestReader::Impl::check_framing() {
    const FieldCount length = count_field(request.headers, "Content-Length");
    const FieldCount coding = count_field(request.headers, "Transfer-Encoding");
    const FieldCount host = count_field(request.headers, "Host");
    const bool is_1_1 = parser->version >= 11;
    if (length.count + coding.count > 1) {
        return refuse(
            400, "http.ambiguous_length",
            "Content-Length and Transfer-Encoding say how long the body is more than once.");
    }
    if (length.count == 1 && !all_digits(length.value)) {
        return refuse(400, "http.malformed", "Content-Length is not a number of bytes.");
    }
    if (coding.count == 1 && (!is_1_1 || !equal_ignoring_case(coding.value, "chunked"))) {
        return refuse(400, "http.transfer_encoding",
                      "The only Transfer-Encoding taken is \"chunked\", in HTTP/1.1.");
    }
    if (host.count > 1 || (is_1_1 && host.count == 0)) {
        return refuse(400, "http.host", "A request names exactly one Host.");
    }
    return ReadStep::kMessage;
}

ReadStep RequestReader::Impl::check_expectation() {
    const FieldCount expect = count_field(request.headers, "Expect");
    if (expect.count == 0) return ReadStep::kMessage;
    if (!equal_ignoring_case(expect.value, "100-continue")) {
        return refuse(417, "http.expectation", "The only expectation known is \"100-continue\".");
    }
    expectation = parser->version >= 11 && !parser->is_done();
    return ReadStep::kMessage;
}

ReadStep RequestReader::Impl::set_target() {
    auto target = split_target(parser->target);
    if (!target) return refuse(400, target.error().reason, target.error().message);
    auto query = parse_query(target->query);
    if (!query) return refuse(400, query.error().reason, query.error().message);
    request.path = target->path;
    request.query = std::move(*query);
    return ReadStep::kMessage;
}

ReadStep RequestReader::Impl::read_body() {
    if (const ErrorCode ec = feed(*parser, input)) return refuse(ec);
    if (parser->is_done()) return ReadStep::kMessage;
    if (input.view().size() > limits.header_bytes + kBodyReadBytes) {
        return refuse(400, "http.malformed", "A chunk header or trailer of the body has no end.");
    }
    return ReadStep::kNeedMore;
}

RequestReader::RequestReader(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::prepare() {
    return impl_->input.prepare(in_body() ? kBodyReadBytes : kReadChunkBytes);
}

void RequestReader::commit(std::size_t size) {
    impl_->input.commit(size);
}

ReadStep RequestReader::advance() {
    return impl_->advance();
}

Request RequestReader::take() {
    Impl& impl = *impl_;
    Request request = std::move(impl.request);
    request.body = std::move(impl.parser->body);
    impl.message_bytes = impl.head_bytes + request.body.size();
    impl.request = {};
    impl.parser.reset();
    impl.scan = {};
    impl.expectation = false;
    impl.blank_seen = false;
    return request;
}

KeepAlive RequestReader::keep_alive() const {
    return impl_->keep_alive;
}
std::size_t RequestReader::message_bytes() const {
    return impl_->message_bytes;
}
const Response& RequestReader::refusal() const {
    return impl_->refusal;
}
bool RequestReader::idle() const {
    return !impl_->parser && impl_->input.empty();
}
bool RequestReader::in_body() const {
    return impl_->parser.has_value();
}
bool RequestReader::take_expectation() {
    return std::exchange(impl_->expectation, false);
}

void RequestReader::release() {
    impl_->input.release();
    impl_->parser.reset();
}

struct ResponseReader::Impl {
    explicit Impl(ExpectBody expect_body) : expect(expect_body) { restart(); }

    void restart() {
        parser.emplace();
        prepare_parser(*parser, kMaxClientResponseBytes);
        parser->skip(expect == ExpectBody::kNo);
        response = {};
        head_done = false;
    }
    ReadStep step(ErrorCode ec);

    ExpectBody expect;
    InputBuffer input;
    std::optional<Parser<false>> parser;
    ClientResponse response;
    bool head_done = false;
    std::string failure;
};

// Moves what the parser collected into the response.
ReadStep ResponseReader::Impl::step(ErrorCode ec) {
    if (ec) {
        failure = ec.message();
        return ReadStep::kFailed;
    }
    if (parser->head_done && !head_done) {
        head_done = true;
        response.status = parser->status;
        response.headers = std::move(parser->headers);
    }
    response.body.append(parser->body);
    parser->body.clear();
    return parser->is_done() ? ReadStep::kMessage : ReadStep::kNeedMore;
}

ResponseReader::ResponseReader(ExpectBody expect_body)
    : impl_(std::make_unique<Impl>(expect_body)) {}
ResponseReader::~ResponseReader() = default;
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;

std::span<char> ResponseReader::prepare() {
    return impl_->input.prepare(kBodyReadBytes);
}
void ResponseReader::commit(std::size_t size) {
    impl_->input.commit(size);
}

ReadStep ResponseReader::advance() {
    while (true) {
        const ReadStep step = impl_->step(feed(*impl_->parser, impl_->input));
        if (step != ReadStep::kMessage || impl_->response.status / 100 != 1) return step;
        impl_->restart();
    }
}

ReadStep ResponseReader::finish() {
    ErrorCode ec = http::error::partial_message;
    if (impl_->parser->got_some()) impl_->parser->put_eof(ec);
    return impl_->step(ec);
}

bool ResponseReader::head_done() const {
    return impl_->head_done;
}
ClientResponse& ResponseReader::response() {
    return impl_->response;
}
const std::string& ResponseReader::failure() const {
    return impl_->failure;
}

KeepAlive ResponseReader::keep_alive() const {
    return impl_->parser->is_done() && impl_->parser->keep_alive() ? KeepAlive::kYes
                                                                   : KeepAlive::kNo;
}

std::string_view ClientResponse::header(std::string_view name) const {
    return count_field(headers, name).value;
}

}  // namespace altis::server
