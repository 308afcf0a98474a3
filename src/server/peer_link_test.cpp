#include "server/peer_link.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace altis::server {
namespace {

crypto::PublicKey key_of(const crypto::Digest& seed) {
    return crypto::Signer(seed).public_key();
}

// A port that was free a moment ago.
std::uint16_t free_port() {
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(handle, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(handle);
    return ntohs(address.sin_port);
}

using Made = Result<std::unique_ptr<PeerLink>>;

struct Pair {
    Made listening = fail(Code::kUnavailable, "test", "");
    Made connecting = fail(Code::kUnavailable, "test", "");
};

Pair meet(const PeerIdentity& listener, const PeerIdentity& connector) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    Pair pair;
    std::thread thread([&] { pair.listening = PeerLink::accept(address, listener); });
    pair.connecting = PeerLink::connect(address, connector);
    if (pair.connecting) {
        // TLS 1.3 tells a client that it is refused only after its own handshake.
        static_cast<void>((*pair.connecting)->send("hello"));
    }
    thread.join();
    return pair;
}

PeerIdentity identity(std::uint8_t own, std::uint8_t peer) {
    return {crypto::Digest{own}, key_of(crypto::Digest{peer}), seconds(3), seconds(3)};
}

std::string read_all(PeerLink& link, std::size_t size) {
    std::string text;
    std::vector<char> room(70'000);
    while (text.size() < size) {
        const auto got = link.receive(room);
        if (!got || *got == 0) break;
        text.append(room.data(), *got);
    }
    return text;
}

TEST(PeerLink, CarriesBytesBothWaysAtOnceAndBindsTheSession) {
    const Pair pair = meet(identity(1, 2), identity(2, 1));
    ASSERT_TRUE(pair.listening) << pair.listening.error().message;
    ASSERT_TRUE(pair.connecting) << pair.connecting.error().message;
    PeerLink& left = **pair.listening;
    PeerLink& right = **pair.connecting;
    EXPECT_EQ(read_all(left, 5), "hello");
    EXPECT_EQ(left.session(), right.session());
    EXPECT_NE(left.session(), crypto::Digest{});
    const std::string much(5'000'000, 'x');
    std::thread sending_left([&] { EXPECT_TRUE(left.send(much)); });
    std::thread sending_right([&] { EXPECT_TRUE(right.send(much)); });
    std::thread reading_left([&] { EXPECT_EQ(read_all(left, much.size()).size(), much.size()); });
    EXPECT_EQ(read_all(right, much.size()).size(), much.size());
    sending_left.join();
    sending_right.join();
    reading_left.join();
}

TEST(PeerLink, OtherKeysAreRefusedByEitherSide) {
    auto impostor = identity(3, 1);
    impostor.wait = seconds(1);
    auto waiting = identity(1, 2);
    waiting.wait = seconds(1);
    const Pair refused = meet(waiting, impostor);
    EXPECT_EQ(refused.listening.error().reason, "peer.not_reached");
    ASSERT_TRUE(refused.connecting);
    std::array<char, 8> room{};
    EXPECT_EQ((*refused.connecting)->receive(room).error().reason, "peer.wrong_key");
    const Pair fooled = meet(waiting, identity(2, 3));
    EXPECT_EQ(fooled.connecting.error().reason, "peer.wrong_key");
}

TEST(PeerLink, EndsSilenceAndStopsAreNamed) {
    auto impatient = identity(1, 2);
    impatient.patience = milliseconds(300);
    Pair pair = meet(impatient, identity(2, 1));
    ASSERT_TRUE(pair.listening && pair.connecting);
    std::array<char, 8> room{};
    EXPECT_EQ(read_all(**pair.listening, 5), "hello");
    EXPECT_EQ((*pair.listening)->receive(room).error().reason, "peer.timed_out");
    std::thread stopping([&] { (*pair.listening)->stop_receiving(); });
    EXPECT_EQ((*pair.listening)->receive(room).error().reason, "peer.stopped");
    stopping.join();
    ASSERT_TRUE((*pair.listening)->send("bye"));
    pair.listening->reset();
    EXPECT_EQ(read_all(**pair.connecting, 3), "bye");
    EXPECT_EQ((*pair.connecting)->receive(room), std::size_t{0});
}

TEST(PeerLink, AddressesAndAbsentPeersAreNamed) {
    auto alone = identity(1, 2);
    alone.wait = milliseconds(300);
    EXPECT_EQ(PeerLink::accept("nowhere", alone).error().reason, "peer.bad_address");
    EXPECT_EQ(PeerLink::connect("host:99999", alone).error().reason, "peer.bad_address");
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    EXPECT_EQ(PeerLink::accept(address, alone).error().reason, "peer.not_reached");
    EXPECT_EQ(PeerLink::connect(address, alone).error().reason, "peer.not_reached");
}

}  // namespace
}  // namespace altis::server
