// One connection between two programs that know each other's public keys: TLS 1.3, both sides
// authenticated by certificates that say nothing but their Ed25519 key. Who has another key gets no
// further than the handshake.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace altis::server {

constexpr std::size_t kMaxPeerQueueBytes = 1U << 20;  // each way, in this program
constexpr std::int64_t kPeerHandshakeMs = 10'000;     // from the connection to both being known

struct PeerIdentity {
    crypto::Digest own_seed{};        // of our Ed25519 key
    crypto::PublicKey peer{};         // the only one that we speak with
    Duration wait = seconds(300);     // for the peer to be there
    Duration patience = seconds(60);  // for each byte after that
};

// Full duplex: `send` and `receive` may be called at once, each from one thread at a time.
class PeerLink {
  public:
    // "host:port"; tries again until the peer listens or `wait` is over. Fails with
    // "peer.bad_address", "peer.unknown_host", "peer.not_reached", "peer.wrong_key" (nobody with
    // the peer's key is there) or "peer.handshake_failed".
    static Result<std::unique_ptr<PeerLink>> connect(const std::string& address,
                                                     const PeerIdentity& identity);
    // Waits at "host:port" for the first connection that has the peer's key; others are dropped.
    // Fails with "peer.bad_address", "peer.cannot_listen", or "peer.not_reached", which says how
    // many others came.
    static Result<std::unique_ptr<PeerLink>> accept(const std::string& address,
                                                    const PeerIdentity& identity);

    virtual ~PeerLink() = default;

    // Takes all bytes; waits while kMaxPeerQueueBytes are on their way. Fails with
    // "peer.timed_out" or "peer.connection_lost".
    virtual Result<void> send(std::string_view bytes) = 0;
    // At least one byte; 0 when the peer ended. Fails as `send` does, with "peer.stopped" after
    // `stop_receiving`, or with "peer.wrong_key" when the peer refuses our key.
    virtual Result<std::size_t> receive(std::span<char> room) = 0;
    virtual void stop_receiving() = 0;  // any thread
    // Bytes that only the two ends of this connection know (RFC 5705, RFC 8446).
    virtual const crypto::Digest& session() const = 0;
};

}  // namespace altis::server
