#include "server/courier.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <deque>
#include <map>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/assert.h"

namespace altis::server {
namespace {

constexpr int kPollMs = 200;
constexpr int kFirstSmtpFailure = 400;
constexpr std::int64_t kLongestRetryAfterSeconds = 24 * 3'600;

struct FreeEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What one transfer needs until it is over; curl holds pointers into it.
struct Transfer {
    std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
    std::unique_ptr<curl_slist, FreeList> headers;
    std::unique_ptr<curl_slist, FreeList> recipients;
    std::string body;
    std::size_t read = 0;  // of a mail's body
    bool is_mail = false;
    bool is_secure = true;
    Reach reach = Reach::kPublic;
    const char* refusal = nullptr;  // why an address was not connected to
    CourierAnswer answer;
    CourierDone done;
};

template <class Value>
void set(Transfer& transfer, CURLoption option, Value value) {
    ALTIS_ASSERT(curl_easy_setopt(transfer.easy.get(), option, value) == CURLE_OK);
}

// As text; empty for anything but IP.
std::string text_of(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = {};
    const void* bytes = nullptr;
    if (address.sa_family == AF_INET) {
        bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    } else if (address.sa_family == AF_INET6) {
        bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    }
    if (bytes == nullptr) return {};
    return ::inet_ntop(address.sa_family, bytes, text, sizeof(text)) == nullptr ? "" : text;
}

bool is_loopback(std::string_view address) {
    return address == "::1" || address.starts_with("127.");
}

// Curl asks for a socket when it knows the address: the last moment to refuse it.
curl_socket_t open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string text = text_of(address->addr);
    if (transfer.reach == Reach::kPublic && !is_public_address(text)) {
        transfer.refusal = "outbound.private_address";
    } else if (!transfer.is_secure && !is_loopback(text)) {
        transfer.refusal = "outbound.not_secure";
    }
    if (transfer.refusal != nullptr) return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    std::string& body = static_cast<Transfer*>(user)->answer.body;
    const std::size_t room = kMaxCourierAnswerBytes - body.size();
    body.append(data, std::min(room, size * count));
    return size * count;
}

std::size_t give_mail(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t part = std::min(size * count, transfer.body.size() - transfer.read);
    std::memcpy(data, transfer.body.data() + transfer.read, part);
    transfer.read += part;
    return part;
}

// Authorities as OpenSSL finds them, also where SSL_CERT_FILE names others.
void set_authorities(Transfer& transfer) {
    if (const char* file = std::getenv("SSL_CERT_FILE")) set(transfer, CURLOPT_CAINFO, file);
}

void set_common(Transfer& transfer) {
    set(transfer, CURLOPT_PRIVATE, &transfer);
    set(transfer, CURLOPT_NOSIGNAL, 1L);
    set(transfer, CURLOPT_PROXY, "");
    set(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(kCourierDeadlineMs));
    set(transfer, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    set(transfer, CURLOPT_OPENSOCKETDATA, &transfer);
    set(transfer, CURLOPT_WRITEFUNCTION, take_body);
    set(transfer, CURLOPT_WRITEDATA, &transfer);
    set(transfer, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set_authorities(transfer);
}

std::unique_ptr<Transfer> post_transfer(CourierRequest request) {
    auto transfer = std::make_unique<Transfer>();
    set_common(*transfer);
    set(*transfer, CURLOPT_URL, request.url.c_str());
    set(*transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    set(*transfer, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(*transfer, CURLOPT_PIPEWAIT, 1L);  // rather share a connection than open one more
    transfer->body = std::move(request.body);
    set(*transfer, CURLOPT_POST, 1L);
    set(*transfer, CURLOPT_POSTFIELDS, transfer->body.data());
    set(*transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer->body.size()));
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    bool has_type = false;
    for (const auto& [name, value] : request.headers) {
        ALTIS_ASSERT(value.find_first_of("\r\n") == std::string::npos);
        // An empty value would take the header away.
        list = curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
        has_type = has_type || equal_ignoring_case(name, "content-type");
    }
    if (!has_type) list = curl_slist_append(list, "Content-Type:");
    transfer->headers.reset(list);
    set(*transfer, CURLOPT_HTTPHEADER, list);
    return transfer;
}

std::unique_ptr<Transfer> mail_transfer(const MailRelay& relay, Mail mail) {
    auto transfer = std::make_unique<Transfer>();
    transfer->is_mail = true;
    set_common(*transfer);
    const bool is_v6 = relay.host.find(':') != std::string::npos;
    const std::string url = std::string(relay.is_tls_from_start ? "smtps://" : "smtp://") +
                            (is_v6 ? "[" + relay.host + "]" : relay.host) + ":" +
                            std::to_string(relay.port);
    set(*transfer, CURLOPT_URL, url.c_str());
    set(*transfer, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (relay.host != "localhost" && !is_loopback(relay.host)) {
        set(*transfer, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    }
    if (!relay.user.empty()) {
        set(*transfer, CURLOPT_USERNAME, relay.user.c_str());
        set(*transfer, CURLOPT_PASSWORD, relay.password.c_str());
    }
    set(*transfer, CURLOPT_MAIL_FROM, ("<" + mail.sender + ">").c_str());
    transfer->recipients.reset(curl_slist_append(nullptr, ("<" + mail.recipient + ">").c_str()));
    set(*transfer, CURLOPT_MAIL_RCPT, transfer->recipients.get());
    transfer->body = std::move(mail.message);
    set(*transfer, CURLOPT_UPLOAD, 1L);
    set(*transfer, CURLOPT_READFUNCTION, give_mail);
    set(*transfer, CURLOPT_READDATA, transfer.get());
    set(*transfer, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer->body.size()));
    return transfer;
}

// In seconds, or as a date (RFC 9110); anything else is no wish.
Duration retry_after_of(CURL* easy) {
    curl_off_t wanted = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wanted);
    return milliseconds(std::min<std::int64_t>(wanted, kLongestRetryAfterSeconds) * 1'000);
}

tl::unexpected<Error> failure_of(const Transfer& transfer, CURLcode code) {
    if (transfer.refusal != nullptr) {
        return fail(Code::kDenied, transfer.refusal,
                    "the receiver's name leads into a private network, where Altis sends nothing, "
                    "or http would leave this machine");
    }
    const std::string message = std::string("the receiver: ") + curl_easy_strerror(code);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return fail(Code::kUnavailable, "outbound.unknown_host", message);
        case CURLE_COULDNT_CONNECT:
            return fail(Code::kUnavailable, "outbound.connect_failed", message);
        case CURLE_OPERATION_TIMEDOUT:
            return fail(Code::kUnavailable, "outbound.timed_out", message);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_USE_SSL_FAILED:
            return fail(Code::kUnavailable, "outbound.certificate", message);
        default:
            return fail(Code::kUnavailable, "outbound.connection_lost", message);
    }
}

// A relay's refusal of a recipient is an answer, whatever curl calls it.
Result<CourierAnswer> outcome_of(Transfer& transfer, CURLcode code) {
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool is_answer = code == CURLE_OK || (transfer.is_mail && status >= kFirstSmtpFailure);
    if (!is_answer) return failure_of(transfer, code);
    transfer.answer.status = static_cast<int>(status);
    transfer.answer.retry_after = retry_after_of(transfer.easy.get());
    return std::move(transfer.answer);
}

}  // namespace

struct Courier::Impl {
    explicit Impl(Reach allowed) : reach(allowed), multi(curl_multi_init()) {
        curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
        curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kMaxCourierConnections);
        thread = std::thread([this] { loop(); });
    }

    void add(std::unique_ptr<Transfer> transfer, CourierDone done);
    void loop();
    void begin_waiting();
    void end_finished();
    void end_all();

    const Reach reach;
    CURLM* multi;
    std::map<CURL*, std::unique_ptr<Transfer>> running;  // the thread's alone

    std::mutex mutex;
    std::deque<std::unique_ptr<Transfer>> waiting;
    std::size_t open = 0;  // waiting and running
    bool is_stopping = false;
    std::chrono::steady_clock::time_point until;  // of a stop
    std::thread thread;
};

void Courier::Impl::add(std::unique_ptr<Transfer> transfer, CourierDone done) {
    const char* refused = nullptr;
    {
        const std::lock_guard lock(mutex);
        if (is_stopping) {
            refused = "outbound.stopped";
        } else if (open >= kMaxCourierQueue) {
            refused = "outbound.overloaded";
        } else {
            ++open;
            transfer->done = std::move(done);
            waiting.push_back(std::move(transfer));
        }
    }
    if (refused == nullptr) {
        curl_multi_wakeup(multi);
        return;
    }
    done(fail(Code::kOverloaded, refused, "nothing more can be sent now; try again later"));
}

void Courier::Impl::begin_waiting() {
    const std::lock_guard lock(mutex);
    while (!waiting.empty() && running.size() < kMaxCourierTransfers) {
        auto transfer = std::move(waiting.front());
        waiting.pop_front();
        CURL* const easy = transfer->easy.get();
        ALTIS_ASSERT(curl_multi_add_handle(multi, easy) == CURLM_OK);
        running.emplace(easy, std::move(transfer));
    }
}

void Courier::Impl::end_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        const auto entry = running.find(message->easy_handle);
        auto transfer = std::move(entry->second);
        running.erase(entry);
        curl_multi_remove_handle(multi, transfer->easy.get());
        {
            const std::lock_guard lock(mutex);
            --open;
        }
        transfer->done(outcome_of(*transfer, code));
    }
}

void Courier::Impl::end_all() {
    for (auto& [easy, transfer] : running) {
        curl_multi_remove_handle(multi, easy);
        waiting.push_back(std::move(transfer));
    }
    running.clear();
    for (auto& transfer : waiting) {
        transfer->done(fail(Code::kUnavailable, "outbound.stopped", "Altis is being stopped"));
    }
    waiting.clear();
}

void Courier::Impl::loop() {
    while (true) {
        begin_waiting();
        int still_running = 0;
        curl_multi_perform(multi, &still_running);
        end_finished();
        {
            const std::lock_guard lock(mutex);
            const bool is_over = open == 0 || std::chrono::steady_clock::now() >= until;
            if (is_stopping && is_over) break;
            if (!waiting.empty() && running.size() < kMaxCourierTransfers) continue;
        }
        curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);  // ended by a wakeup, too
    }
    end_all();
}

Courier::Courier(Reach reach) {
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    ALTIS_ASSERT(kReady == CURLE_OK);
    impl_ = std::make_unique<Impl>(reach);
}

Courier::~Courier() {
    stop();
    curl_multi_cleanup(impl_->multi);
}

void Courier::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->is_stopping = true;
        impl_->until =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(kCourierDrainMs);
    }
    curl_multi_wakeup(impl_->multi);
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Courier::post(CourierRequest request, CourierDone done) {
    auto url = parse_outbound_url(request.url);
    const auto allowed =
        url ? require_reach(*url, impl_->reach) : Result<void>(tl::unexpected<Error>(url.error()));
    if (!allowed) return done(tl::unexpected<Error>(allowed.error()));
    auto transfer = post_transfer(std::move(request));
    transfer->reach = impl_->reach;
    transfer->is_secure = url->is_secure;
    impl_->add(std::move(transfer), std::move(done));
}

void Courier::mail(const MailRelay& relay, Mail mail, CourierDone done) {
    auto transfer = mail_transfer(relay, std::move(mail));
    transfer->reach = Reach::kAnywhere;  // the operator's own word
    impl_->add(std::move(transfer), std::move(done));
}

}  // namespace altis::server
