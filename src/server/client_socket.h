// A blocking TCP socket with deadlines, for the client. Private to the room.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace altis::server {

using Deadline = std::chrono::steady_clock::time_point;

class ClientSocket {
  public:
    // Tries each address of the host. "client.unknown_host", "client.connect_failed",
    // "client.timed_out".
    static Result<ClientSocket> connect(const std::string& host, std::uint16_t port,
                                        Deadline deadline);

    // Sends all bytes. "client.connection_lost" or "client.timed_out".
    Result<void> write(std::string_view bytes, Deadline deadline);

    // Reads what is there, waiting for at least one byte: 0 when the server closed, nothing when
    // the deadline passed. "client.connection_lost".
    Result<std::optional<std::size_t>> read(std::span<char> room, Deadline deadline);

    ClientSocket(ClientSocket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
    ClientSocket& operator=(ClientSocket&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~ClientSocket();

  private:
    explicit ClientSocket(int handle) : handle_(handle) {}
    int handle_;
};

}  // namespace altis::server
