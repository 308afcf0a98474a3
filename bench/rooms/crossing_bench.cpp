// What a crossing of two lists costs beside its curve operations alone, on libsodium in the same
// run: `crossing_bench [MEMBERS]`. Both sides run in this process and speak TLS over loopback.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <netinet/in.h>
#include <optional>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "cleanroom/crossing/crossing.h"
#include "cleanroom/crossing/dh_protocol.h"
#include "report/row.h"
#include "server/peer_link.h"

namespace {

using namespace altis;
namespace crossing = cleanroom::crossing;

constexpr std::size_t kFloorItems = 4'096;
constexpr double kBar = 1.3;

double cpu_seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// CPU-seconds of the curve operations for one member of one side: mapped to the group once, and
// multiplied once by each side.
double floor_per_member() {
    std::array<unsigned char, crypto_core_ristretto255_HASHBYTES> wide{};
    std::array<unsigned char, crypto_core_ristretto255_SCALARBYTES> scalar{};
    std::array<unsigned char, crypto_core_ristretto255_BYTES> point{};
    crypto_core_ristretto255_scalar_random(scalar.data());
    randombytes_buf(wide.data(), wide.size());
    const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t i = 0; i < kFloorItems; ++i) {
        wide[0] = static_cast<unsigned char>(i);
        crypto_core_ristretto255_from_hash(point.data(), wide.data());
        for (int side = 0; side < 2; ++side) {
            if (crypto_scalarmult_ristretto255(point.data(), scalar.data(), point.data()) != 0)
                std::abort();
        }
    }
    return (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / kFloorItems;
}

// The same on all cores at once, which is how the crossing meets the machine.
double floor_per_member_on(unsigned cores) {
    std::vector<double> measured(cores);
    std::vector<std::thread> threads;
    for (double& value : measured)
        threads.emplace_back([&value] { value = floor_per_member(); });
    double sum = 0;
    for (unsigned i = 0; i < cores; ++i) {
        threads[i].join();
        sum += measured[i];
    }
    return sum / cores;
}

class LinkWire final : public crossing::Wire {
  public:
    explicit LinkWire(server::PeerLink& link) : link_(link) {}
    Result<void> send(std::string_view bytes) override { return link_.send(bytes); }
    Result<std::size_t> receive(std::span<char> room) override { return link_.receive(room); }
    void stop_receiving() override { link_.stop_receiving(); }

  private:
    server::PeerLink& link_;
};

std::string free_address() {
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(handle, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        std::abort();
    ::close(handle);
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

std::vector<std::string> people(std::size_t from, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = from; i < from + count; ++i)
        names.push_back("person" + std::to_string(i) + "@example.org");
    return names;
}

struct Outcome {
    crossing::Crossed left;
    double cpu_s = 0;
    double wall_s = 0;
};

Result<Outcome> cross(std::size_t members, unsigned cores) {
    const crypto::Signer left(crypto::Digest{1});
    const crypto::Signer right(crypto::Digest{2});
    const crossing::Terms terms{"bench",
                                "segment_sharing",
                                crossing::Identifier::kEmail,
                                std::string(crossing::kDhProtocol),
                                crossing::kLowestResultMinimum,
                                {crossing::Party{"left", left.public_key(), true},
                                 crossing::Party{"right", right.public_key(), false}},
                                Time{1}};
    const std::string address = free_address();
    const auto left_members = people(0, members);
    const auto right_members = people(members / 2, members);
    Result<Outcome> outcome = fail(Code::kUnavailable, "bench", "");
    std::optional<Error> failed;
    const double cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto start = std::chrono::steady_clock::now();
    const auto side = [&](const crypto::Signer& signer, std::uint8_t seed,
                          server::PeerLink& link) -> crossing::OwnSide {
        return {signer,
                link.session(),
                crypto::Digest{seed},
                seed == 1 ? std::span(left_members) : std::span(right_members),
                Time{0},
                cores};
    };
    std::thread other([&] {
        auto link = server::PeerLink::connect(address, {crypto::Digest{2}, left.public_key()});
        if (!link) return;
        LinkWire wire(**link);
        static_cast<void>(
            crossing::cross(terms, side(right, 2, **link), crossing::DhProtocol(), wire));
    });
    auto link = server::PeerLink::accept(address, {crypto::Digest{1}, right.public_key()});
    if (link) {
        LinkWire wire(**link);
        auto crossed = crossing::cross(terms, side(left, 1, **link), crossing::DhProtocol(), wire);
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
        if (crossed) {
            outcome = Outcome{std::move(*crossed), 0, wall.count()};
        } else {
            outcome = tl::unexpected(crossed.error());
        }
    }
    other.join();
    if (outcome) outcome->cpu_s = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    return outcome;
}

}  // namespace

int main(int argc, char** argv) {
    using bench::Bar;
    const std::size_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 65'536;
    const auto members = crossing::size_class(wanted);
    if (!members || sodium_init() < 0) return 2;
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    const double before = floor_per_member_on(cores);
    const auto outcome = cross(*members, cores);
    const double after = floor_per_member_on(cores);
    if (!outcome) {
        std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
        return 1;
    }
    const std::size_t expected = *members - *members / 2;
    if (outcome->left.both.size() != expected) {
        std::fprintf(stderr, "a wrong result: %zu in both\n", outcome->left.both.size());
        return 1;
    }
    const double floor_s = (before + after) / 2 * 2 * *members;
    const std::string sizes = std::to_string(*members) + " x " + std::to_string(*members);
    const Bar bar{Bar::Of::kRatio, bench::Better::kLower, kBar};
    bench::print({"T2 intersection, " + sizes + ", CPU of both sides", outcome->cpu_s, "s",
                  "its curve operations on libsodium", floor_s},
                 bar);
    bench::print({"T2 intersection, " + sizes + ", wall on " + std::to_string(cores) + " cores",
                  outcome->wall_s, "s", "those operations on all cores", floor_s / cores},
                 bar);
    const double bytes =
        static_cast<double>(outcome->left.bytes_sent + outcome->left.bytes_received);
    bench::print({"T2 bytes both ways per member of one list", bytes / *members, "B"});
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    bench::print({"T2 peak memory of both sides per member of one list",
                  static_cast<double>(usage.ru_maxrss) * 1024 / *members, "B"});
    return 0;
}
