// What the command line can do. Each function prints for people or programs and gives an exit
// status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/client.h"
#include "app/config.h"
#include "base/result.h"
#include "codec/json.h"

namespace altis::app {

// Exit statuses; `altis --help` lists them.
constexpr int kExitSuccess = 0;
constexpr int kExitNotIntact = 1;  // a check failed: damage found, a figure missed
constexpr int kExitUsage = 2;      // the command line or the input is wrong
constexpr int kExitRefused = 3;    // no right, or no valid key
constexpr int kExitNotFound = 4;
constexpr int kExitConflict = 5;     // contradicts what is stored
constexpr int kExitUnavailable = 6;  // disk full, port or folder in use, server not reached
constexpr int kExitCorrupt = 7;      // stored bytes are damaged

// Whether people or programs read standard output.
enum class Output : std::uint8_t { kText, kJson };

int exit_status(const Error& error);

// Prints the error to standard error and gives its exit status.
int report_error(const Error& error);

// Where a command that talks to a server finds it: by --server and --key, else by the data folder.
struct Target {
    std::string data_directory = "data";
    std::string server;  // "host:port"
    std::string key;     // else the environment's ALTIS_KEY
};
Result<Endpoint> find_endpoint(const Target& target);

// A progress bar on standard error, when that is a terminal.
void show_progress(std::string_view what, std::uint64_t done, std::uint64_t all);

int serve(const Config& config);

int journal_verify(const std::string& data_directory, Output output);
int journal_stat(const std::string& data_directory, Output output);
struct CatOptions {
    std::string data_directory;
    std::uint64_t from = 1;
    std::uint64_t count = 0;  // 0: to the end
    std::string type;         // only records of this type
    bool open_seals = false;  // show personal payloads; needs the vault
};
int journal_cat(const CatOptions& options);

struct ProveOptions {
    std::uint64_t offset = 0;
    std::string check_file;  // a proof to check instead of making one
    std::string public_key;  // that the proof must be signed with, in hex; or empty
    std::string receipt;     // that the proof must be of, in hex; or empty
};
// Proves that a record is in the journal of the data folder, or of the server that is named.
int journal_prove(const Target& target, const ProveOptions& options, Output output);
// Checks a proof without journal and server; kExitNotIntact when it does not hold.
int journal_check_proof(const ProveOptions& options, Output output);

struct FactProofOptions {
    std::string check_file;  // a proof of a published fact
    std::string log_key;     // of the log that it must be in, as `altis results log-key` prints it
};
// Checks without a server that a fact was published; kExitNotIntact when that does not hold.
int results_verify(const FactProofOptions& options, Output output);

// A moment: the last record that counts, or the last time; with neither, the end of the journal.
struct AsOfOptions {
    std::optional<std::uint64_t> offset;
    std::string time;     // RFC 3339; or empty
    std::string user_id;  // whose memberships are explained; or empty
};
// Sizes and memberships of cohorts and segments as they were: of the server that is named or runs
// over the data folder, else read from the folder's journal. Who was forgotten since then is not
// there.
int segments_at(const Target& target, const AsOfOptions& options, Output output);

int warehouse_rebuild(const Config& config, Output output);

// Matches the persons of a CSV file; prints who is one person, how surely and why.
int fans_match(const std::string& file, Output output);

// Asks a server and prints the answer: a table of the named columns where the answer is a list.
int show(const Target& target, std::string_view path, Output output);
int change(const Target& target, server::Method method, std::string_view path,
           const codec::Json& body, Output output);
// Defines fans::kCohorts, and stops at the first that is refused.
int define_cohorts(const Target& target, Output output);
// Asks a server for a file and prints it as it is.
int print_file(const Target& target, std::string_view path);
// What of a segment is exported, for `altis segments export`.
struct ExportCommand {
    std::string segment;
    std::string purpose;
    std::string format;  // empty: csv as a file, ndjson to a webhook
    std::string url;     // of the webhook; empty: to standard output
    bool since_last = false;
};
// Prints the file and confirms it once it is written; or has it delivered and waits for the end.
int export_segment(const Target& target, const ExportCommand& command, Output output);
// Sends a file as the body.
struct Upload {
    server::Method method = server::Method::kPost;
    std::string path;
    std::string content_type;
    std::string file;
};
// A document of results, handed in for an edition.
struct ImportOptions {
    std::string file;
    std::string format;
    std::string edition;
    std::string date;     // of the results, where the document has none
    std::string mapping;  // file with the mapping of an XML without a schema
    std::string archive;  // name to open the edition under, as an archive, when it is not open
    std::int64_t version = 1;
};
int import_results(const Target& target, const ImportOptions& options, Output output);
// A unit, or all of an edition, as a file on standard output.
struct ResultsFile {
    std::string name;     // the code of a unit, or the id of an edition
    std::string edition;  // of the unit; empty when only one has it
    std::string format = "csv";
};
int export_results(const Target& target, const ResultsFile& file);

constexpr double kMinReplaySpeed = 0.001;      // seconds of the Games per second
constexpr double kMaxReplaySpeed = 1'000'000;  // seconds of the Games per second
struct ReplayOptions {
    std::string name;
    std::string games;  // folder that has a folder of that name; else the configuration's
    std::string speed = "1000";
    std::string since;  // RFC 3339; or empty
    std::string until;
};
// Plays a whole Games from real data against the server that is named or runs over the data folder;
// where none does, over the folder itself. Prints the hash of the state at the end.
int replay_results(const Target& target, const Config& config, const ReplayOptions& options,
                   Output output);

// One person across Games: by id, or a list of those who are called so.
int show_person(const Target& target, const std::string& who, Output output);
// What was made of a fact, by its id "results/<edition>/<unit>/<version>"; without the version, of
// all versions that are not current any more.
int recall_fact(const Target& target, const std::string& fact, Output output);

int send_file(const Target& target, const Upload& upload, Output output);
// Prints the rules in force for an edition; the built-in ones, without a server, when it is empty.
int show_rules(const Target& target, const std::string& edition, Output output);
// Scores a figure skating sheet (results/scoring/panel.h) and prints every step as JSON.
int score_sheet(const std::string& file);
// Prints an organisation's statement.
int show_statement(const Target& target, const std::string& organisation, Output output);
// A customer file for a data set of the key's treasury.
struct DatasetCommand {
    std::string file;  // .csv, .ndjson or .parquet
    std::string dataset;
    std::string schema_file;           // declared first; empty: as it was declared before
    std::string duplicates = "first";  // or "refuse"
};
// Sends it in parts and prints what came of it.
int import_dataset(const Target& target, const DatasetCommand& command, Output output);
// A statement of SQL for a clean room.
struct SqlCommand {
    std::string room;
    std::string statement;
    std::string epsilon = "0.5";
    std::string bounds;  // JSON; empty: one row and one group of each person
    bool explains = false;
};
// Asks, or explains, and prints the rows with their intervals and what they cost.
int rooms_sql(const Target& target, const SqlCommand& command, Output output);

// An activation list of a room.
struct ListOptions {
    std::string room;
    std::string number;
    std::string fans;  // to ask for one: the room's tables
    std::string with;
    std::string out;  // file that gets the list itself, as CSV; may be empty
};
// Fetches it and prints it with its receipt, as `altis rooms verify` reads it.
int fetch_activation_list(const Target& target, const ListOptions& list);
// Checks an answer of a clean room, or the report of a crossing, stored in a file, without any
// server.
int verify_room_answer(const std::string& file, Output output);

// Old medals for a running server.
struct MedalImport {
    std::string file;                    // CSV, or that in gzip
    std::string format = "history";      // or "feed": changes of a medal page
    std::string edition;                 // of a feed
    std::string source = "medal-pages";  // of a feed
    std::string published_at;            // of a history: when it was made known, else now
};
// Opens missing editions as archives, sends the medals, and prints gaps and what a gate held.
int import_medals(const Target& target, const MedalImport& options, Output output);

// Says what an IAB consent string (TC, GPP or US Privacy, told apart by itself) means, without any
// server: for the vendor of that id in the Global Vendor List, or else for the publisher.
int consent_decode(const std::string& text, std::optional<std::uint32_t> vendor_id, Output output);

}  // namespace altis::app
