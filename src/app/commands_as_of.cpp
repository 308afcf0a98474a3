// altis segments at: cohorts and segments as they were, from the journal of a stopped server.
#include <algorithm>
#include <fmt/format.h>

#include "app/commands.h"
#include "crypto/vault.h"
#include "fans/fans_book.h"
#include "journal/journal.h"
#include "platform/file.h"
#include "platform/random.h"
#include "service/secrets.h"

namespace altis::app {
namespace {

using codec::Json;

constexpr std::uint64_t kProgressRecords = 10'000;  // between two looks at the progress bar

// The fans as they were at a moment.
struct Past {
    fans::FansBook book;
    journal::Offset offset = 0;  // of the last record that counts
    Time time;                   // of that record
    std::uint64_t damages = 0;   // places that could not be read
};

// The first record of a later time ends it; a clock that was set back behind that does not matter.
Result<void> replay(journal::Reader& reader, const AsOfOptions& options, Past& past) {
    std::optional<Time> until;
    if (!options.time.empty()) {
        TRY(until, parse_rfc3339(options.time));
    }
    journal::Record record;
    while (past.offset < options.offset) {
        const auto more = reader.next(record);
        if (!more) {
            ++past.damages;
            std::fprintf(stderr, "altis: %s\n", more.error().message.c_str());
            continue;
        }
        if (!*more || record.offset > options.offset || (until && *until < record.time)) break;
        past.book.apply(record);
        past.offset = record.offset;
        past.time = record.time;
        const bool is_known = options.offset != kEndOfJournal;
        if (is_known && record.offset % kProgressRecords == 0) {
            show_progress("replayed", record.offset, options.offset);
        }
    }
    return {};
}

Result<Json> fan_json(const Past& past, const fans::IngestKeys& keys, std::string_view user_id) {
    const fans::FanId fan = past.book.find_fan(fans::user_fingerprint(keys, user_id));
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan",
                    "no fan had this user id at record " + std::to_string(past.offset));
    }
    Json memberships = Json::array();
    for (const auto& [id, segment] : past.book.segments()) {
        TRY(Json why, past.book.explain(fan, id));
        memberships.push(std::move(why));
    }
    return Json::object({{"profile", past.book.profile(fan)}, {"segments", memberships}});
}

Result<Json> past_json(const Past& past, const fans::IngestKeys& keys, const AsOfOptions& options) {
    Json items = Json::array();
    for (const auto& [id, segment] : past.book.segments())
        items.push(fans::to_json(segment));
    Json json = Json::object({{"offset", past.offset},
                              {"time", format_rfc3339(past.time)},
                              {"fans", past.book.counts().fans},
                              {"damaged_places", past.damages},
                              {"items", std::move(items)}});
    if (options.user_id.empty()) return json;
    TRY(Json fan, fan_json(past, keys, options.user_id));
    return json.set("fan", std::move(fan));
}

Result<Json> look_back(const AsOfOptions& options) {
    auto& files = platform::real_file_system();
    platform::SystemRandom random;
    const std::string& root = options.data_directory;
    TRY(const auto vault, crypto::Vault::open(files, root + "/vault", random));
    TRY(const auto secrets, service::read_secrets(*vault));
    TRY(const auto reader, journal::read_files(files, root + "/journal", vault.get(), 1));
    Past past;
    TRY_VOID(replay(*reader, options, past));
    return past_json(past, secrets.ingest, options);
}

void print_past(const Json& past) {
    fmt::print("at record {} of {}: {} fans\n", past["offset"].as_int(), past["time"].as_string(),
               past["fans"].as_int());
    for (const Json& item : past["items"].items()) {
        fmt::print("{:>12}  {} (version {}): {}\n", item["size"].as_int(), item["id"].as_string(),
                   item["version"].as_int(), item["rule"].as_string());
    }
    for (const Json& why : past["fan"]["segments"].items()) {
        fmt::print("the fan was {} {}\n", why["member"].as_bool() ? "in" : "not in",
                   why["id"].as_string());
        for (const Json& predicate : why["predicates"].items()) {
            fmt::print("    {} {}\n", predicate["holds"].as_bool() ? "holds:" : "fails:",
                       predicate["predicate"].as_string());
        }
    }
}

}  // namespace

int segments_at(const AsOfOptions& options, Output output) {
    const auto past = look_back(options);
    if (!past) return report_error(past.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", past->to_pretty_string());
    } else {
        print_past(*past);
    }
    return (*past)["damaged_places"].as_int() == 0 ? kExitSuccess : kExitNotIntact;
}

}  // namespace altis::app
