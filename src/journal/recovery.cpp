#include "journal/recovery.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::journal {

namespace {

constexpr std::size_t kZeroChunkBytes = 1U << 20;
constexpr std::string_view kUnfinished = ".new";

using platform::File;
using platform::FileSystem;
using platform::OpenMode;

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> write_zeros(File& file, std::uint64_t position, std::uint64_t end) {
    const std::string zeros(std::min<std::uint64_t>(kZeroChunkBytes, end - position), '\0');
    while (position < end) {
        const std::uint64_t size = std::min<std::uint64_t>(zeros.size(), end - position);
        TRY_VOID(file.write_at(position, std::string_view(zeros).substr(0, size)));
        position += size;
    }
    return {};
}

// From the second page on.
Result<void> write_zero_pages(File& file, std::uint64_t end) {
    platform::PageBuffer zeros;
    std::uint64_t position = platform::kPageBytes;
    while (position < end) {
        const std::uint64_t size = std::min<std::uint64_t>(kZeroChunkBytes, end - position);
        if (size != zeros.bytes().size()) {
            zeros.clear();
            zeros.append(std::string(size, '\0'));
        }
        TRY_VOID(file.write_pages(position, zeros));
        position += size;
    }
    return {};
}

Result<std::unique_ptr<File>> write_spare(FileSystem& files, const std::string& path,
                                          const SegmentLabel& label) {
    static_assert(kSegmentHeaderBytes == platform::kPageBytes);
    std::string header = encode(label);
    header.resize(kSegmentHeaderBytes, '\0');
    TRY(auto file, files.open(path, OpenMode::kCreate));
    TRY_VOID(file->truncate(0));
    TRY_VOID(file->write_at(0, header));
    TRY_VOID(write_zero_pages(*file, label.segment_bytes));
    TRY_VOID(file->sync());
    return file;
}

class Recoverer {
  public:
    Recoverer(FileSystem& files, const std::string& directory, const crypto::PublicKey& key,
              const Options& options)
        : files_(files), directory_(directory), key_(key), options_(options) {}

    Result<Recovered> run() {
        TRY_VOID(make_directory());
        TRY_VOID(take_lock());
        TRY_VOID(remove_unfinished());
        TRY(survey_, survey(files_, directory_));
        TRY_VOID(settle_key());
        if (!survey_.damages.empty()) return damaged(survey_.damages.front());
        TRY(result_.end, find_chain_end(files_, directory_, survey_));
        if (!result_.end.damages.empty()) return damaged(result_.end.damages.front());
        TRY_VOID(reopen_last_segment());
        TRY_VOID(reopen_spares());
        TRY_VOID(files_.sync_directory(directory_));
        result_.recovery.last_offset = result_.end.place.next_offset - 1;
        result_.recovery.segments = survey_.segments.size();
        return std::move(result_);
    }

  private:
    Result<void> make_directory() {
        TRY(const bool exists, files_.exists(directory_));
        if (exists) return {};
        TRY_VOID(files_.create_directories(directory_));
        return files_.sync_directory(parent_of(directory_));
    }

    Result<void> take_lock() {
        auto lock = files_.lock(directory_ + "/lock");
        if (!lock && lock.error().reason == "file.locked")
            return fail(Code::kConflict, "journal.in_use",
                        "the journal in " + directory_ +
                            " is open in another process; stop that one first");
        TRY(result_.lock, std::move(lock));
        return {};
    }

    Result<void> remove_unfinished() {
        TRY(const auto names, files_.list(directory_));
        for (const std::string& name : names)
            if (name.ends_with(kUnfinished)) TRY_VOID(files_.remove(directory_ + "/" + name));
        return {};
    }

    Result<void> settle_key() {
        const bool is_new = !survey_.key && survey_.damages.empty();
        if (is_new)
            return platform::write_file_atomically(files_, public_key_path(directory_),
                                                   encode_public_key(key_));
        if (survey_.key && *survey_.key != key_)
            return fail(Code::kConflict, "journal.wrong_key",
                        "the vault's signing key is not the one of the journal in " + directory_ +
                            "; open it with the vault it was made with");
        return {};
    }

    Result<void> reopen_last_segment() {
        const ChainEnd& end = result_.end;
        if (end.segment == 0) return {};
        TRY(result_.segment,
            files_.open(segment_path(directory_, end.segment), OpenMode::kReadWrite));
        TRY(result_.segment_bytes, result_.segment->size());
        if (end.torn_bytes > 0) TRY_VOID(cut_tail(*result_.segment));
        return make_durable(*result_.segment);
    }

    Result<void> cut_tail(File& segment) {
        const ChainEnd& end = result_.end;
        TRY(const std::string torn, segment.read_at(end.position, end.torn_bytes));
        TRY(const std::string name, free_name_for_cut());
        TRY_VOID(platform::write_file_atomically(files_, directory_ + "/" + name, torn));
        TRY_VOID(write_zeros(segment, end.position, end.position + end.torn_bytes));
        result_.recovery.cut_bytes = end.torn_bytes;
        result_.recovery.cut_saved_as = name;
        return {};
    }

    Result<std::string> free_name_for_cut() {
        const std::string stem = "cut-" + std::to_string(result_.end.place.next_offset);
        std::string name = stem + ".bin";
        for (int copy = 2;; ++copy) {
            TRY(const bool exists, files_.exists(directory_ + "/" + name));
            if (!exists) return name;
            name = stem + "-" + std::to_string(copy) + ".bin";
        }
    }

    // The last batch may have been written but never synced, or a sync of it may have failed: the
    // kernel then shows bytes that it will not write again. So they are written again.
    Result<void> make_durable(File& segment) {
        const ChainEnd& end = result_.end;
        TRY(const std::string start, segment.read_at(kLabelBytes, kStartBytes));
        TRY_VOID(segment.write_at(kLabelBytes, start));
        if (end.last_batch_at > 0) {
            const std::uint64_t size = end.position - end.last_batch_at;
            TRY(const std::string batch, segment.read_at(end.last_batch_at, size));
            TRY_VOID(segment.write_at(end.last_batch_at, batch));
        }
        return segment.sync();
    }

    // Spares of another size, left from other options, are made anew when needed.
    Result<void> reopen_spares() {
        const auto is_unfit = [this](const SegmentInfo& info) {
            return info.is_spare && info.file_bytes != options_.segment_bytes;
        };
        auto& segments = survey_.segments;
        if (std::any_of(segments.begin(), segments.end(), is_unfit))
            for (; !segments.empty() && segments.back().is_spare; segments.pop_back())
                TRY_VOID(files_.remove(segment_path(directory_, segments.back().number)));
        for (const SegmentInfo& info : segments) {
            if (!info.is_spare) continue;
            TRY(auto spare,
                files_.open(segment_path(directory_, info.number), OpenMode::kReadWrite));
            result_.spares.push_back(std::move(spare));
        }
        return {};
    }

    FileSystem& files_;
    const std::string& directory_;
    const crypto::PublicKey& key_;
    const Options& options_;
    Survey survey_;
    Recovered result_;
};

}  // namespace

Result<std::unique_ptr<File>> make_segment(FileSystem& files, const std::string& directory,
                                           std::uint32_t number, std::uint64_t segment_bytes) {
    const std::string path = segment_path(directory, number);
    const std::string unfinished = path + std::string(kUnfinished);
    auto file = write_spare(files, unfinished, {number, segment_bytes});
    if (!file) {
        (void)files.remove(unfinished);  // the first error is the one to tell
        return file;
    }
    TRY_VOID(files.rename(unfinished, path));
    TRY_VOID(files.sync_directory(directory));
    return file;
}

Result<Recovered> recover(FileSystem& files, const std::string& directory,
                          const crypto::PublicKey& key, const Options& options) {
    return Recoverer(files, directory, key, options).run();
}

}  // namespace altis::journal
