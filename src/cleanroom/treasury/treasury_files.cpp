#include "cleanroom/treasury/treasury_files.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

constexpr std::string_view kMagic = "ALTTREAS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 24;

std::string header_of(std::uint64_t plain_bytes) {
    ByteWriter out;
    out.put_raw(kMagic);
    out.put(kVersion, static_cast<std::uint32_t>(kTreasuryChunkBytes), plain_bytes);
    return out.take();
}

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(Code::kCorrupt, "treasury.file_damaged",
                "the file of a data set " + std::string(what) +
                    "; restore it from a backup, or import the data set again");
}

// What every chunk is sealed with: format and size, data set and version, and its number.
std::string context_of(std::string_view header, const TreasuryFile& file, std::uint64_t chunk) {
    ByteWriter out;
    out.put_raw(header);
    out.put_text(file.dataset);
    out.put_text(file.name);
    out.put(chunk);
    return out.take();
}

constexpr std::uint64_t kSealedBytes = kTreasuryChunkBytes + crypto::kSealOverhead;

std::uint64_t chunks_in(std::uint64_t file_bytes) {
    return (file_bytes - kHeaderBytes + kSealedBytes - 1) / kSealedBytes;
}

}  // namespace

std::string TreasuryFiles::folder_of(SubjectId treasury) const {
    return directory_ + "/" + std::to_string(to_number(treasury));
}

std::string TreasuryFiles::path_of(const TreasuryFile& file) const {
    return folder_of(file.treasury) + "/" + file.name;
}

Result<void> TreasuryFiles::write(const TreasuryFile& file, const TableData& table) {
    ByteWriter out;
    save(table, out);
    const auto written = write_chunks(file, out.bytes());
    if (!written) static_cast<void>(remove(file));
    return written;
}

Result<void> TreasuryFiles::write_chunks(const TreasuryFile& file, std::string_view plain) {
    const std::string folder = folder_of(file.treasury);
    TRY_VOID(files_.create_directories(folder));
    TRY(const auto target, files_.open(path_of(file), platform::OpenMode::kCreateNew));
    const std::string header = header_of(plain.size());
    TRY_VOID(target->write_at(0, header));
    std::uint64_t at = header.size();
    for (std::uint64_t chunk = 0; chunk * kTreasuryChunkBytes < plain.size(); ++chunk) {
        TRY(const std::string sealed,
            vault_.seal(file.treasury,
                        plain.substr(chunk * kTreasuryChunkBytes, kTreasuryChunkBytes),
                        context_of(header, file, chunk)));
        TRY_VOID(target->write_at(at, sealed));
        at += sealed.size();
    }
    TRY_VOID(target->sync());
    TRY_VOID(files_.sync_directory(folder));
    return files_.sync_directory(directory_);
}

Result<std::string> TreasuryFiles::read_chunks(const TreasuryFile& file) {
    TRY(const auto source, files_.open(path_of(file), platform::OpenMode::kRead));
    TRY(const std::uint64_t size, source->size());
    if (size < kHeaderBytes) return damaged("is cut short");
    const std::uint64_t chunks = chunks_in(size);
    const std::uint64_t plain_bytes = size - kHeaderBytes - chunks * crypto::kSealOverhead;
    TRY(const std::string header, source->read_at(0, kHeaderBytes));
    if (header != header_of(plain_bytes)) return damaged("is cut short, or of another version");
    std::string plain;
    plain.reserve(plain_bytes);
    for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) {
        TRY(const std::string sealed,
            source->read_at(kHeaderBytes + chunk * kSealedBytes, kSealedBytes));
        TRY(const std::string part,
            vault_.unseal(file.treasury, sealed, context_of(header, file, chunk)));
        plain += part;
    }
    return plain;
}

Result<TableData> TreasuryFiles::read(const TreasuryFile& file, std::string_view committed) {
    TRY(const std::string plain, read_chunks(file));
    ByteReader in(plain);
    TRY(TableData table, load_table(in));
    if (!in.done()) return damaged("has bytes too many");
    if (codec::to_hex(crypto::as_text(commitment(table))) != committed)
        return damaged("is not what the journal says of it");
    return table;
}

Result<void> TreasuryFiles::remove(const TreasuryFile& file) {
    TRY(const bool exists, files_.exists(path_of(file)));
    if (!exists) return {};
    TRY_VOID(files_.remove(path_of(file)));
    return files_.sync_directory(folder_of(file.treasury));
}

Result<std::size_t> TreasuryFiles::sweep(std::span<const TreasuryFile> named) {
    TRY_VOID(files_.create_directories(directory_));
    TRY_VOID(files_.sync_directory(directory_.substr(0, directory_.rfind('/'))));
    std::set<std::string> kept;
    for (const TreasuryFile& file : named) {
        if (vault_.is_alive(file.treasury)) kept.insert(path_of(file));
    }
    std::size_t removed = 0;
    TRY(const auto folders, files_.list(directory_));
    for (const std::string& folder : folders) {
        const std::string path = directory_ + "/" + folder;
        TRY(const auto names, files_.list(path));
        for (const std::string& name : names) {
            if (kept.contains(path + "/" + name)) continue;
            TRY_VOID(files_.remove(path + "/" + name));
            ++removed;
        }
        if (removed > 0) TRY_VOID(files_.sync_directory(path));
    }
    return removed;
}

}  // namespace altis::cleanroom
