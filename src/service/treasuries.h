// The rows of all treasuries in memory, and imports on their way there.
//
// At the start every data set is opened in the background: questions seldom come in the first
// second, and none of them then waits for a disk. One that comes earlier is told to come again
// ("treasury.loading", 429 with Retry-After).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cleanroom/treasury/dataset_import.h"
#include "cleanroom/treasury/treasury_book.h"
#include "cleanroom/treasury/treasury_files.h"
#include "service/background.h"

namespace altis::service {

constexpr std::size_t kMaxUploads = 4;  // imports in parts that are under way; the oldest ends
constexpr std::uint32_t kMaxUploadParts = 1'000;  // of one import

using SharedTable = std::shared_ptr<const cleanroom::TableData>;

// Which of how many parts of a file a request brings.
struct UploadPart {
    std::uint32_t part = 1;
    std::uint32_t parts = 1;
};

// One request of an import.
struct ImportRequest {
    cleanroom::DatasetKey key;
    bool is_tagged = false;    // a table of `altis rooms tag`, which says itself what it holds
    cleanroom::Schema schema;  // unless it is tagged
    SubjectId treasury = kNoSubject;
    cleanroom::FileFormat format = cleanroom::FileFormat::kCsv;
    cleanroom::DuplicatePolicy duplicates = cleanroom::DuplicatePolicy::kFirstWins;
    UploadPart part;
    std::string body;
};

// What came of it. Without a version more parts are to come.
struct Imported {
    cleanroom::ImportReport report;
    std::optional<cleanroom::Dataset> version;
    SharedTable table;
};

class Treasuries {
  public:
    // `matching` is the installation's secret of tags. All must outlive this.
    Treasuries(cleanroom::TreasuryFiles& files, const crypto::Digest& matching,
               platform::Random& random)
        : files_(files), matching_(matching), random_(random) {}

    // Before anything is imported: removes files that nobody names, and says what is to be opened.
    Result<void> begin(const cleanroom::TreasuryBook& book);
    // Queues the opening of what `begin` found. Must live until `background` has done it.
    void open_all(Background& background);

    // Background thread: reads a part; after the last one sorts the table and writes its file,
    // which is durable then and named by nobody yet. Fails like Importer, crossing::parse_tagged,
    // crossing::append and TreasuryFiles, and with "treasury.part_out_of_order" or
    // "treasury.part_invalid".
    Result<Imported> import(const ImportRequest& request);

    // A version became the present one: its rows are there for questions at once, those of the
    // one that it replaces are not.
    void put(const cleanroom::Dataset& version, SharedTable table);
    void drop(const cleanroom::Dataset& version);

    // Removes the file of a version that is not, or no longer, named. What fails is done by the
    // next start. Blocks on the disk.
    void remove_file(const cleanroom::DatasetKey& key, const cleanroom::Dataset& version);

    // The rows of a version. Fails with "treasury.loading", or with why it could not be opened.
    // Any thread.
    Result<SharedTable> table(const cleanroom::Dataset& version) const;

  private:
    struct Upload {
        std::uint32_t next_part = 1;
        std::uint32_t parts = 1;
        std::uint64_t begun = 0;
        cleanroom::Importer importer;
        std::optional<cleanroom::crossing::TaggedTable> tagged;  // the rows, when they came so

        Result<void> read(const ImportRequest& request);
        cleanroom::ImportReport report() const;
    };

    Result<Upload*> upload_of(const ImportRequest& request);
    Result<Imported> finish(const ImportRequest& request, Upload upload);
    void open(const cleanroom::DatasetKey& key, const cleanroom::Dataset& version);

    cleanroom::TreasuryFiles& files_;
    const crypto::Digest& matching_;
    platform::Random& random_;

    std::vector<std::pair<cleanroom::DatasetKey, cleanroom::Dataset>> to_open_;
    // Background thread alone.
    std::map<cleanroom::DatasetKey, Upload> uploads_;
    std::uint64_t begun_ = 0;

    mutable std::mutex mutex_;
    std::map<std::string, Result<SharedTable>> tables_;  // by the version's file
};

}  // namespace altis::service
