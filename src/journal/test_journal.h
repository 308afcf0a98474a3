// What the tests of this room share: a journal on a file system that can fail, with a vault beside
// it.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.h"
#include "journal/journal.h"
#include "platform/faulty_file.h"
#include "platform/random.h"

namespace altis::journal {

constexpr std::uint64_t kSmallSegmentBytes = 16U << 10;
inline const std::string kTestDirectory = "/data/journal";

// A vault on a file system of its own, so that faults hit the journal alone.
class TestVault {
  public:
    TestVault() : vault_(std::move(*crypto::Vault::open(files_, "/vault", random_))) {}
    crypto::Vault& operator*() { return *vault_; }
    crypto::Vault* operator->() { return vault_.get(); }

  private:
    platform::FaultyFileSystem files_;
    platform::SystemRandom random_;
    std::unique_ptr<crypto::Vault> vault_;
};

inline Options small_segments() {
    Options options;
    options.segment_bytes = kSmallSegmentBytes;
    return options;
}

inline Result<std::unique_ptr<Journal>> open_journal(platform::FileSystem& files,
                                                     crypto::Vault& vault) {
    return Journal::open(files, kTestDirectory, vault, small_segments());
}

inline std::unique_ptr<Journal> must_open(platform::FileSystem& files, crypto::Vault& vault) {
    auto journal = open_journal(files, vault);
    if (!journal) std::fprintf(stderr, "%s\n", journal.error().message.c_str());
    ALTIS_ASSERT(journal.has_value());
    return std::move(*journal);
}

inline Draft note(const std::string& payload, SubjectId subject = kNoSubject) {
    return {"test.noted", "topic", subject, payload};
}

inline std::vector<Draft> one(const std::string& payload, SubjectId subject = kNoSubject) {
    return {note(payload, subject)};
}

// A record that owns its texts.
struct KeptRecord {
    Offset offset;
    std::string type;
    std::string topic;
    std::string payload;
    SubjectId subject;
    bool erased;
    Time time;
};

struct ReadAll {
    std::vector<KeptRecord> records;
    std::vector<Error> damages;

    std::vector<std::string> payloads() const {
        std::vector<std::string> texts;
        for (const KeptRecord& record : records)
            texts.push_back(record.payload);
        return texts;
    }
};

inline ReadAll read_all(Reader& reader) {
    ReadAll all;
    while (true) {
        Record record;
        const auto found = reader.next(record);
        if (!found) {
            all.damages.push_back(found.error());
            ALTIS_ASSERT(all.damages.size() < 100'000);  // a reader must come to an end
            continue;
        }
        if (!*found) return all;
        all.records.push_back({record.offset, std::string(record.type), std::string(record.topic),
                               std::string(record.payload), record.subject, record.erased,
                               record.time});
    }
}

inline ReadAll read_closed(platform::FileSystem& files, crypto::Vault* vault) {
    auto reader = read_files(files, kTestDirectory, vault, 1);
    if (!reader) return {{}, {reader.error()}};
    return read_all(**reader);
}

inline Verification verify_closed(platform::FileSystem& files) {
    auto verification = verify(files, kTestDirectory, nullptr, {});
    if (!verification) std::fprintf(stderr, "%s\n", verification.error().message.c_str());
    ALTIS_ASSERT(verification.has_value());
    return std::move(*verification);
}

inline std::string path_in_journal(const std::string& name) {
    return kTestDirectory + "/" + name;
}

// Overwrites a file as it is, durably; for damaging and copying.
inline void put_file(platform::FileSystem& files, const std::string& path,
                     const std::string& bytes) {
    ALTIS_ASSERT(platform::write_file_atomically(files, path, bytes).has_value());
}

}  // namespace altis::journal
