// Every limit of the HTTP edge, with its unit. The constants are the defaults of `Limits`; a server
// may be made with smaller or larger ones (tests do, operators may).
#pragma once

#include <cstddef>
#include <cstdint>

namespace altis::server {

constexpr std::size_t kMaxBodyBytes = 32U << 20;      // request body as sent
constexpr std::size_t kMaxUnpackedBytes = 64U << 20;  // request body after gzip
constexpr std::size_t kMaxCompressionRatio = 200;     // unpacked / sent ...
constexpr std::size_t kRatioFreeBytes = 1U << 20;     // ... once unpacked is above this
constexpr std::size_t kMaxHeaderBytes = 16U << 10;    // request line and header fields
constexpr std::size_t kMaxHeaderFields = 100;         // fields per request
// Bodies of all requests together, from their first byte to their answer; beyond: 429.
constexpr std::size_t kMaxInFlightBytes = 1U << 30;
constexpr std::size_t kMaxConnections = 1'024;      // without event streams; beyond: 429 and close
constexpr std::size_t kMaxRefusals = 256;           // being told 429 at once; beyond: just closed
constexpr std::size_t kMaxDrainBytes = 64U << 20;   // read and dropped after an early refusal
constexpr std::size_t kReadChunkBytes = 16U << 10;  // least room offered to one read
constexpr std::size_t kMaxStreams = 1'024;          // named event streams per hub
constexpr std::size_t kMaxStreamEvents = 65'536;    // events kept per stream for resuming
constexpr std::size_t kMaxStreamBytes = 16U << 20;  // bytes kept per stream for resuming
constexpr std::size_t kMaxSendQueueBytes = 4U << 20;  // a stream client that lags more is dropped
constexpr std::size_t kMaxStreamWriteBytes = 256U << 10;  // events joined into one write
constexpr std::size_t kMaxLagBytes = 64U
                                     << 10;  // a client that lags more skips to the newest state
constexpr std::size_t kMaxStreamClients = 65'536;         // open event streams; beyond: 429
constexpr std::size_t kStreamSocketBytes = 128U << 10;    // what the kernel keeps for one of them
constexpr std::size_t kMaxSocketMessageBytes = 4U << 10;  // what a WebSocket client may say at once
constexpr std::size_t kMaxRequestIdBytes = 64;            // X-Request-Id taken over from a client
constexpr std::size_t kMaxClientResponseBytes = 256U << 20;  // body our own client accepts

constexpr std::int64_t kHeaderDeadlineMs = 10'000;   // first byte to end of header
constexpr std::int64_t kBodyDeadlineMs = 120'000;    // end of header to end of body
constexpr std::int64_t kIdleDeadlineMs = 60'000;     // keep-alive without a request
constexpr std::int64_t kHandlerDeadlineMs = 30'000;  // handler call to its answer
constexpr std::int64_t kWriteDeadlineMs = 60'000;    // one answer, or one write of a stream
constexpr std::int64_t kDrainDeadlineMs = 5'000;     // waiting for the client to close
constexpr std::int64_t kStopDeadlineMs = 10'000;     // requests in flight when the server stops
constexpr std::int64_t kHeartbeatMs = 15'000;        // comment on a silent stream
constexpr std::int64_t kStreamRetryMs = 2'000;       // how soon a browser reconnects to a stream
constexpr std::int64_t kSweepMs = 50;                // how often deadlines are looked at
constexpr std::int64_t kClientDeadlineMs = 30'000;   // our own client: connect, or a whole exchange

// The limits of one server.
struct Limits {
    std::size_t body_bytes = kMaxBodyBytes;
    std::size_t unpacked_bytes = kMaxUnpackedBytes;
    std::size_t header_bytes = kMaxHeaderBytes;
    std::size_t connections = kMaxConnections;
    std::size_t stream_clients = kMaxStreamClients;
    std::size_t in_flight_bytes = kMaxInFlightBytes;
    std::size_t send_queue_bytes = kMaxSendQueueBytes;
    std::int64_t header_deadline_ms = kHeaderDeadlineMs;
    std::int64_t body_deadline_ms = kBodyDeadlineMs;
    std::int64_t idle_deadline_ms = kIdleDeadlineMs;
    std::int64_t handler_deadline_ms = kHandlerDeadlineMs;
    std::int64_t write_deadline_ms = kWriteDeadlineMs;
    std::int64_t drain_deadline_ms = kDrainDeadlineMs;
    std::int64_t stop_deadline_ms = kStopDeadlineMs;
    std::int64_t heartbeat_ms = kHeartbeatMs;
};

// The limits of one stream's memory.
struct StreamLimits {
    std::size_t events = kMaxStreamEvents;
    std::size_t bytes = kMaxStreamBytes;
    std::size_t streams = kMaxStreams;
};

}  // namespace altis::server
