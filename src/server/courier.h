// Carries many messages at once to servers that somebody else named: by HTTP (version 2 where the
// server speaks it, many requests on one connection) and by SMTP to a mail relay.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "server/http.h"
#include "server/outbound.h"

namespace altis::server {

constexpr std::size_t kMaxCourierTransfers = 256;            // under way at once
constexpr std::size_t kMaxCourierQueue = 4'096;              // waiting and under way
constexpr long kMaxCourierConnections = 64;                  // in all
constexpr std::uint32_t kMaxCourierAnswerBytes = 16U << 10;  // of a body; the rest is cut off
constexpr std::int64_t kCourierDrainMs = 5'000;              // for what is under way at a stop
constexpr std::int64_t kCourierDeadlineMs = 15'000;          // one transfer, connecting included

// One POST. Header values have no line breaks.
struct CourierRequest {
    std::string url;  // http or https
    Fields headers;
    std::string body;
};

struct CourierAnswer {
    int status = 0;  // of HTTP, or the last reply of SMTP
    std::string body;
    Duration retry_after{0};  // what the server asked for; 0: nothing
};

// A mail relay of the operator. TLS is required of all but the machine itself.
struct MailRelay {
    std::string host;
    std::uint16_t port = 25;
    bool is_tls_from_start = false;  // as on port 465; else STARTTLS
    std::string user;                // empty: no login
    std::string password;
};

struct Mail {
    std::string sender;     // of the envelope
    std::string recipient;  // likewise
    std::string message;    // RFC 5322, with CRLF
};

// Called once, on the courier's thread, which it must not block.
using CourierDone = std::function<void(Result<CourierAnswer>)>;

// Reuses connections. Never follows redirects, uses no proxies, stores no cookies. Of addresses,
// those that `reach` allows are connected to; names are checked again at each connection.
// Certificates are verified as post_outbound does. Thread-safe. A transfer fails with the reasons
// of post_outbound, with "outbound.overloaded" when kMaxCourierQueue wait, or with
// "outbound.stopped".
class Courier {
  public:
    explicit Courier(Reach reach);
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    void post(CourierRequest request, CourierDone done);
    void mail(const MailRelay& relay, Mail mail, CourierDone done);

    // Takes nothing more, waits up to kCourierDrainMs for what is under way, and ends the rest:
    // it fails with "outbound.stopped". Idempotent.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
