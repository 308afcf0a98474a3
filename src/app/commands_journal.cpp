// altis journal verify | stat | cat, on the data folder of a stopped server.
#include <cstdio>
#include <fmt/format.h>

#include "app/commands.h"
#include "codec/text.h"
#include "crypto/hash.h"
#include "crypto/vault.h"
#include "journal/journal.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::app {
namespace {

using codec::Json;

Json damage_json(const journal::Damage& damage) {
    return Json::object({{"first_offset", damage.first_offset},
                         {"file", damage.file},
                         {"position", damage.position},
                         {"what", damage.what}});
}

Json verification_json(const journal::Verification& found) {
    Json damages = Json::array();
    for (const auto& damage : found.damages)
        damages.push(damage_json(damage));
    return Json::object({{"intact", found.intact()},
                         {"last_offset", found.last_offset},
                         {"records", found.records},
                         {"batches", found.batches},
                         {"bytes", found.bytes},
                         {"torn_bytes", found.torn_bytes},
                         {"head_hash", codec::to_hex(crypto::as_text(found.head_hash))},
                         {"damages", damages}});
}

void print_verification(const journal::Verification& found) {
    fmt::print("{} records in {} batches, {} bytes\n", found.records, found.batches, found.bytes);
    fmt::print("head of the chain: {}\n", codec::to_hex(crypto::as_text(found.head_hash)));
    if (found.torn_bytes > 0) {
        fmt::print("torn tail of {} bytes, never acknowledged; the next start cuts it\n",
                   found.torn_bytes);
    }
    for (const auto& damage : found.damages) {
        fmt::print("DAMAGED from record {}: {} at byte {}: {}\n", damage.first_offset, damage.file,
                   damage.position, damage.what);
    }
    fmt::print("{}\n", found.intact() ? "intact: every frame, checksum, link and signature"
                                      : "NOT intact; the other records stay readable");
}

Result<journal::Verification> run_verify(const std::string& data_directory) {
    return journal::verify(
        platform::real_file_system(), data_directory + "/journal", nullptr,
        [](std::uint64_t done, std::uint64_t all) { show_progress("checked", done, all); });
}

// One record as a JSON line. Payloads that are no text are given in hex.
Json record_json(const journal::Record& record) {
    Json json = Json::object({{"offset", record.offset},
                              {"time", format_rfc3339(record.time)},
                              {"type", record.type},
                              {"topic", record.topic}});
    if (record.subject != kNoSubject) json.set("subject", to_number(record.subject));
    if (record.erased) return json.set("sealed", true);
    if (auto payload = codec::parse_json(record.payload)) return json.set("payload", *payload);
    return json.set("payload_hex", codec::to_hex(record.payload));
}

Result<void> print_records(const CatOptions& options, crypto::Vault* vault) {
    TRY(const auto reader,
        journal::read_files(platform::real_file_system(), options.data_directory + "/journal",
                            vault, options.from));
    journal::Record record;
    std::uint64_t printed = 0;
    while (options.count == 0 || printed < options.count) {
        const auto more = reader->next(record);
        if (!more) {
            std::fprintf(stderr, "altis: %s\n", more.error().message.c_str());
            continue;
        }
        if (!*more) break;
        if (!options.type.empty() && record.type != options.type) continue;
        fmt::print("{}\n", record_json(record).to_string());
        ++printed;
    }
    return {};
}

Result<void> cat(const CatOptions& options) {
    if (!options.open_seals) return print_records(options, nullptr);
    platform::SystemRandom random;
    TRY(const auto vault, crypto::Vault::open(platform::real_file_system(),
                                              options.data_directory + "/vault", random));
    return print_records(options, vault.get());
}

}  // namespace

int journal_verify(const std::string& data_directory, Output output) {
    const auto found = run_verify(data_directory);
    if (!found) return report_error(found.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", verification_json(*found).to_pretty_string());
    } else {
        print_verification(*found);
    }
    return found->intact() ? kExitSuccess : kExitNotIntact;
}

int journal_stat(const std::string& data_directory, Output output) {
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> types;  // records, payload bytes
    auto reader =
        journal::read_files(platform::real_file_system(), data_directory + "/journal", nullptr, 1);
    if (!reader) return report_error(reader.error());
    journal::Record record;
    std::uint64_t damages = 0;
    while (true) {
        const auto more = (*reader)->next(record);
        if (!more) {
            ++damages;
            continue;
        }
        if (!*more) break;
        ++types[std::string(record.type)].first;
        types[std::string(record.type)].second += record.payload.size();
    }
    Json json = Json::object({{"last_offset", record.offset}, {"damaged_places", damages}});
    Json counts = Json::object();
    for (const auto& [type, count] : types)
        counts.set(type, count.first);
    json.set("records_by_type", counts);
    if (output == Output::kJson) {
        fmt::print("{}\n", json.to_pretty_string());
    } else {
        for (const auto& [type, count] : types)
            fmt::print("{:>12}  {}\n", count.first, type);
        fmt::print("{:>12}  last offset\n", record.offset);
    }
    return damages == 0 ? kExitSuccess : kExitNotIntact;
}

int journal_cat(const CatOptions& options) {
    const auto done = cat(options);
    return done ? kExitSuccess : report_error(done.error());
}

}  // namespace altis::app
