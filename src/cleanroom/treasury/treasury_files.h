// The files of the treasuries: the rows of one version of a data set, under the key of its owner.
// docs/formats/treasury.md describes the bytes.
//
// A file is written under a name of its own, synced with its folder, and only then named in the
// journal. So a kill leaves the old version or the new one, and perhaps a file that nobody names,
// which the next start removes. Nothing is ever overwritten.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "cleanroom/data/table_data.h"
#include "crypto/vault.h"
#include "platform/file.h"

namespace altis::cleanroom {

constexpr std::size_t kTreasuryChunkBytes = 1U << 20;  // sealed at once

// Where the rows of a version lie, and whose they are.
struct TreasuryFile {
    SubjectId treasury = kNoSubject;  // owner's key and folder
    std::string name;                 // new for every version
    std::string dataset;              // "organisation/dataset"; bound to the bytes
};

// Thread-safe. Blocks on the disk.
class TreasuryFiles {
  public:
    // `directory` has a parent and is made by the first `sweep`. All must outlive this.
    TreasuryFiles(platform::FileSystem& files, std::string directory, crypto::Vault& vault)
        : files_(files), directory_(std::move(directory)), vault_(vault) {}

    // Durable on return; after a failure nothing of it is left ("file.disk_full", "file.failed",
    // "vault.key_destroyed"). The file must not exist yet.
    Result<void> write(const TreasuryFile& file, const TableData& table);

    // Reads and checks it against its commitment in hex. Fails with "file.not_found",
    // "vault.key_destroyed", "vault.forged" (changed, or another file in its place), or
    // "treasury.file_damaged".
    Result<TableData> read(const TreasuryFile& file, std::string_view commitment);

    // No error when it is gone already.
    Result<void> remove(const TreasuryFile& file);

    // Removes whatever is not among `named`: files of versions that were never named or are named
    // no more, and of owners whose key was destroyed. Gives how many. For the start, before
    // anything is written.
    Result<std::size_t> sweep(std::span<const TreasuryFile> named);

  private:
    std::string folder_of(SubjectId treasury) const;
    std::string path_of(const TreasuryFile& file) const;
    Result<void> write_chunks(const TreasuryFile& file, std::string_view plain);
    Result<std::string> read_chunks(const TreasuryFile& file);

    platform::FileSystem& files_;
    std::string directory_;
    crypto::Vault& vault_;
};

}  // namespace altis::cleanroom
