#include "service/treasuries.h"

#include <algorithm>

#include "codec/text.h"

namespace altis::service {
namespace {

using cleanroom::Dataset;
using cleanroom::DatasetKey;
using cleanroom::TreasuryFile;

TreasuryFile file_of(const DatasetKey& key, const Dataset& version) {
    return {version.treasury, version.file, key.first + "/" + key.second};
}

// 128 random bits: no two versions have the same name.
std::string new_file_name(platform::Random& random) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

tl::unexpected<Error> loading() {
    return fail(Code::kOverloaded, "treasury.loading",
                "the data set is being opened after a start; ask again after the time in "
                "Retry-After");
}

}  // namespace

Result<void> Treasuries::begin(const cleanroom::TreasuryBook& book) {
    std::vector<TreasuryFile> named;
    for (const auto& [key, version] : book.datasets()) {
        named.push_back(file_of(key, version));
        to_open_.emplace_back(key, version);
        tables_.emplace(version.file, loading());
    }
    TRY_VOID(files_.sweep(named));
    return {};
}

void Treasuries::open_all(Background& background) {
    for (auto& dataset : std::exchange(to_open_, {}))
        background.post([this, one = std::move(dataset)] { open(one.first, one.second); });
}

void Treasuries::open(const DatasetKey& key, const Dataset& version) {
    auto read = files_.read(file_of(key, version), version.commitment);
    const std::lock_guard lock(mutex_);
    const auto place = tables_.find(version.file);
    if (place == tables_.end()) return;  // replaced or removed meanwhile
    if (read) {
        place->second = std::make_shared<const cleanroom::TableData>(std::move(*read));
    } else {
        place->second = tl::unexpected<Error>(std::move(read.error()));
    }
}

Result<Treasuries::Upload*> Treasuries::upload_of(const ImportRequest& request) {
    const auto [part, parts] = request.part;
    if (part < 1 || part > parts || parts > kMaxUploadParts) {
        return fail(Code::kInvalid, "treasury.part_invalid",
                    "part must be 1 to parts, and parts 1 to 1,000");
    }
    if (part == 1) {
        uploads_.erase(request.key);
        if (uploads_.size() == kMaxUploads) {
            uploads_.erase(std::ranges::min_element(
                uploads_, {}, [](const auto& entry) { return entry.second.begun; }));
        }
        uploads_.emplace(request.key, Upload{1, parts, ++begun_, {request.schema, matching_}, {}});
    }
    const auto upload = uploads_.find(request.key);
    if (upload != uploads_.end() && upload->second.next_part == part &&
        upload->second.parts == parts) {
        return &upload->second;
    }
    return fail(Code::kConflict, "treasury.part_out_of_order",
                "the parts of an import come one after the other, and one import of a data set at "
                "a time; begin again with part 1");
}

Result<void> Treasuries::Upload::read(const ImportRequest& request) {
    if (!request.is_tagged) return importer.read(request.format, request.body);
    TRY(auto table, cleanroom::crossing::parse_tagged(request.body));
    if (tagged) return cleanroom::crossing::append(*tagged, table);
    tagged = std::move(table);
    return {};
}

cleanroom::ImportReport Treasuries::Upload::report() const {
    if (!tagged) return importer.report();
    cleanroom::ImportReport report;
    report.rows_read = tagged->rows.size();
    return report;
}

Result<Imported> Treasuries::import(const ImportRequest& request) {
    TRY(Upload* const upload, upload_of(request));
    if (const auto read = upload->read(request); !read) {
        uploads_.erase(request.key);
        return tl::unexpected<Error>(read.error());
    }
    if (upload->next_part++ < upload->parts)
        return Imported{upload->report(), std::nullopt, nullptr};
    Upload whole = std::move(*upload);
    uploads_.erase(request.key);
    return finish(request, std::move(whole));
}

Result<Imported> Treasuries::finish(const ImportRequest& request, Upload upload) {
    Imported imported{upload.report(), Dataset(), nullptr};
    Dataset& version = *imported.version;
    cleanroom::TableData rows;
    if (upload.tagged) {
        version.schema = cleanroom::crossing::question_schema(*upload.tagged);
        version.tagged = {upload.tagged->study_key_id, upload.tagged->side};
        rows = cleanroom::crossing::stored_form(*upload.tagged);
    } else {
        TRY(auto import, std::move(upload.importer).finish(request.duplicates));
        version.schema = request.schema;
        imported.report = std::move(import.report);
        rows = std::move(import.table);
    }
    imported.table = std::make_shared<const cleanroom::TableData>(std::move(rows));
    version.rows = imported.table->rows();
    version.people = imported.table->people();
    version.commitment = codec::to_hex(crypto::as_text(cleanroom::commitment(*imported.table)));
    version.file = new_file_name(random_);
    version.treasury = request.treasury;
    TRY_VOID(files_.write(file_of(request.key, version), *imported.table));
    return imported;
}

void Treasuries::put(const Dataset& version, SharedTable table) {
    const std::lock_guard lock(mutex_);
    tables_.insert_or_assign(version.file, std::move(table));
}

void Treasuries::drop(const Dataset& version) {
    const std::lock_guard lock(mutex_);
    tables_.erase(version.file);
}

void Treasuries::remove_file(const DatasetKey& key, const Dataset& version) {
    static_cast<void>(files_.remove(file_of(key, version)));
}

Result<SharedTable> Treasuries::table(const Dataset& version) const {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(version.file);
    if (found == tables_.end()) return loading();
    return found->second;
}

}  // namespace altis::service
