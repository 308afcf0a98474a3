#include "app/commands_crossing.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <thread>

#include "cleanroom/crossing/crossing.h"
#include "cleanroom/crossing/dh_protocol.h"
#include "cleanroom/crossing/members.h"
#include "codec/csv.h"
#include "codec/text.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "server/peer_link.h"

namespace altis::app {
namespace {

using codec::Json;
namespace crossing = cleanroom::crossing;

constexpr std::string_view kKeyFormat = "altis crossing key 1";

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<crypto::PublicKey> write_new_key(const std::string& file) {
    auto& files = platform::real_file_system();
    TRY(const bool exists, files.exists(file));
    if (exists) {
        return fail(Code::kConflict, "crossing.key_exists",
                    file + " exists already; a key is never overwritten. Name another file.");
    }
    crypto::Digest seed;
    platform::SystemRandom().fill(seed);
    const crypto::PublicKey key = crypto::Signer(seed).public_key();
    const Json json = Json::object(
        {{"format", kKeyFormat}, {"secret", hex_of(seed)}, {"public_key", hex_of(key)}});
    TRY_VOID(platform::write_file_atomically(files, file, json.to_pretty_string() + "\n"));
    return key;
}

// The wire of a crossing is a connection.
class LinkWire final : public crossing::Wire {
  public:
    explicit LinkWire(server::PeerLink& link) : link_(link) {}
    Result<void> send(std::string_view bytes) override { return link_.send(bytes); }
    Result<std::size_t> receive(std::span<char> room) override { return link_.receive(room); }
    void stop_receiving() override { link_.stop_receiving(); }

  private:
    server::PeerLink& link_;
};

struct Side {
    crossing::Terms terms;
    std::size_t party = 0;
    crypto::Digest key_seed{};
    crossing::Members members;
    std::string column;
};

Result<Side> read_side(const CrossOptions& options) {
    auto& files = platform::real_file_system();
    Side side;
    TRY(const std::string terms, platform::read_file(files, options.terms));
    TRY(const Json json, codec::parse_json(terms));
    TRY(side.terms, crossing::terms_from_json(json));
    TRY(side.key_seed, read_crossing_key(options.key_file));
    TRY(side.party, crossing::party_with(side.terms, crypto::Signer(side.key_seed).public_key()));
    TRY_VOID(crossing::require_in_force(side.terms, platform::SystemClock().now()));
    if (side.terms.parties[side.party].receives && options.out.empty()) {
        return fail(Code::kInvalid, "crossing.no_output",
                    "By the terms this side receives the result; name its file with --out.");
    }
    TRY(const std::string text, platform::read_file(files, options.members.file));
    crossing::MemberColumns columns;
    columns.identifier = side.terms.identifier;
    columns.identifier_column = options.members.column.empty()
                                    ? std::string(crossing::to_string(side.terms.identifier))
                                    : options.members.column;
    columns.consent_column = options.members.consent;
    TRY(side.members, crossing::read_members(text, columns));
    side.column = columns.identifier_column;
    return side;
}

Result<std::unique_ptr<server::PeerLink>> meet(const CrossOptions& options, const Side& side) {
    const server::PeerIdentity identity{side.key_seed, side.terms.parties[1 - side.party].key,
                                        seconds(options.wait_s)};
    return options.listen.empty() ? server::PeerLink::connect(options.connect, identity)
                                  : server::PeerLink::accept(options.listen, identity);
}

Result<void> write_list(const Side& side, const crossing::Crossed& crossed,
                        const std::string& file) {
    std::string text = codec::csv_field(side.column) + "\n";
    for (const std::uint32_t index : crossed.both)
        text += codec::csv_field(side.members.identifiers[index]) + "\n";
    return platform::write_file_atomically(platform::real_file_system(), file, text);
}

Json side_json(const crossing::Terms& terms, std::size_t party, std::uint32_t size_class,
               const crypto::Signature& signature) {
    return Json::object({{"organisation", terms.parties[party].organisation},
                         {"size_class", size_class},
                         {"signature", hex_of(signature)}});
}

// Signatures, session and terms together prove who crossed under which terms.
Json report_of(const Side& side, const crossing::Crossed& crossed, const crypto::Digest& session,
               double seconds_taken) {
    const double items = static_cast<double>(crossed.own_class) + crossed.peer_class;
    const auto bytes = crossed.bytes_sent + crossed.bytes_received;
    const crossing::Members& members = side.members;
    return Json::object(
        {{"room", side.terms.room},
         {"trust", crossing::kTrust},
         {"terms", crossing::to_json(side.terms)},
         {"terms_hash", hex_of(crossing::hash_of(side.terms))},
         {"session", hex_of(session)},
         {"own", side_json(side.terms, side.party, crossed.own_class, crossed.own_signature)},
         {"peer",
          side_json(side.terms, 1 - side.party, crossed.peer_class, crossed.peer_signature)},
         {"members", members.identifiers.size()},
         {"without_consent", members.without_consent},
         {"duplicates", members.duplicates},
         {"bad_rows", members.bad},
         {"in_both", crossed.receives ? Json(crossed.both.size()) : Json()},
         {"bytes_sent", crossed.bytes_sent},
         {"bytes_received", crossed.bytes_received},
         {"bytes_per_item", static_cast<double>(bytes) / items},
         {"seconds", seconds_taken}});
}

void print_report(const Json& report, const CrossOptions& options, Output output) {
    if (output == Output::kJson) {
        fmt::print("{}\n", report.to_string());
        return;
    }
    const Json peer = report["peer"];
    fmt::print(
        "{} members took part; {} rows without consent, {} of persons named before, {} bad\n",
        report["members"].as_int(), report["without_consent"].as_int(),
        report["duplicates"].as_int(), report["bad_rows"].as_int());
    if (report["in_both"].is_null()) {
        fmt::print("done; by the terms the result went to {} alone\n",
                   peer["organisation"].as_string());
    } else {
        fmt::print("{} are in both lists, written to {}\n", report["in_both"].as_int(),
                   options.out);
    }
    fmt::print("{} bytes sent, {} received, {:.1f} per item of both sides; {:.1f} s\n{}\n",
               report["bytes_sent"].as_int(), report["bytes_received"].as_int(),
               report["bytes_per_item"].as_double(), report["seconds"].as_double(),
               report["trust"].as_string());
}

Result<Json> run_cross(const CrossOptions& options) {
    TRY(const Side side, read_side(options));
    if (side.members.identifiers.size() < static_cast<std::size_t>(side.terms.minimum)) {
        return fail(Code::kDenied, "crossing.too_few_members",
                    "The file has fewer consenting persons than the terms' minimum.");
    }
    TRY(const auto link, meet(options, side));
    const crypto::Signer signer(side.key_seed);
    crossing::OwnSide own{
        signer, link->session(), {}, side.members.identifiers, platform::SystemClock().now()};
    platform::SystemRandom().fill(own.seed);
    own.threads =
        options.threads > 0 ? options.threads : std::max(std::thread::hardware_concurrency(), 1U);
    own.progress = [](std::uint64_t done, std::uint64_t all) {
        show_progress("crossed", done, all);
    };
    LinkWire wire(*link);
    const auto start = std::chrono::steady_clock::now();
    TRY(const auto crossed, crossing::cross(side.terms, own, crossing::DhProtocol(), wire));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (crossed.receives) TRY_VOID(write_list(side, crossed, options.out));
    return report_of(side, crossed, link->session(), taken.count());
}

}  // namespace

Result<crypto::Digest> read_crossing_key(const std::string& file) {
    TRY(const std::string text, platform::read_file(platform::real_file_system(), file));
    const auto json = codec::parse_json(text);
    const auto seed =
        json ? codec::from_hex((*json)["secret"].as_string()) : Result<std::string>(std::string());
    crypto::Digest key{};
    if (!seed || seed->size() != key.size() || (*json)["format"].as_string() != kKeyFormat) {
        return fail(Code::kInvalid, "crossing.bad_key_file",
                    file + " is no key file; make one with `altis rooms crossing-key FILE`.");
    }
    std::ranges::copy(*seed, key.begin());
    return key;
}

int make_crossing_key(const std::string& file, Output output) {
    const auto key = write_new_key(file);
    if (!key) return report_error(key.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", Json::object({{"public_key", hex_of(*key)}}).to_string());
    } else {
        fmt::print("{}\n", hex_of(*key));
    }
    return kExitSuccess;
}

int cross_lists(const CrossOptions& options, Output output) {
    const auto report = run_cross(options);
    if (!report) return report_error(report.error());
    print_report(*report, options, output);
    return kExitSuccess;
}

}  // namespace altis::app
