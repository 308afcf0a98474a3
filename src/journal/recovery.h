// What happens between taking the lock of a journal and its first new batch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/survey.h"
#include "platform/file.h"

namespace altis::journal {

// Makes a segment full of zeros, durable under its name on return. Leaves nothing behind when it
// fails.
Result<std::unique_ptr<platform::File>> make_segment(platform::FileSystem& files,
                                                     const std::string& directory,
                                                     std::uint32_t number,
                                                     std::uint64_t segment_bytes);

// A journal ready to be written to.
struct Recovered {
    std::unique_ptr<platform::FileLock> lock;
    Recovery recovery;
    ChainEnd end;
    std::uint64_t segment_bytes = 0;                      // of the segment in use
    std::unique_ptr<platform::File> segment;              // the one in use; null in a young journal
    std::vector<std::unique_ptr<platform::File>> spares;  // numbered from end.segment + 1
};

Result<Recovered> recover(platform::FileSystem& files, const std::string& directory,
                          const crypto::PublicKey& key, const Options& options);

}  // namespace altis::journal
