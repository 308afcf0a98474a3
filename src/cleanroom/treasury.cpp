#include "cleanroom/treasury.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "cleanroom/question.h"
#include "codec/json.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

void put_rows(ByteWriter& out, const RowsView& rows) {
    for (const Tag& tag : rows.tags) {
        out.put_raw({reinterpret_cast<const char*>(tag.data()), tag.size()});
    }
    out.put_raw({reinterpret_cast<const char*>(rows.flags.data()), rows.flags.size()});
}

// Appends `count` rows; false when the bytes are too few.
bool get_rows(ByteReader& in, std::size_t count, Rows& rows) {
    if (in.remaining() / (sizeof(Tag) + 1) < count) return false;
    const std::string_view tags = in.get_raw(count * sizeof(Tag));
    const std::string_view flags = in.get_raw(count);
    const std::size_t before = rows.size();
    rows.tags.resize(before + count);
    rows.flags.resize(before + count);
    if (count == 0) return true;
    std::memcpy(rows.tags.data() + before, tags.data(), tags.size());
    std::memcpy(rows.flags.data() + before, flags.data(), flags.size());
    return true;
}

std::uint64_t import_id(const crypto::Digest& commitment) {
    std::uint64_t id = 0;
    std::memcpy(&id, commitment.data(), sizeof id);
    return id;
}

std::string hex(const crypto::Digest& digest) {
    return codec::to_hex(crypto::as_text(digest));
}

// Where a chunk of rows belongs; precedes them in a treasury.rows payload.
struct Chunk {
    std::string_view organisation;
    std::string_view dataset;
    std::uint64_t import = 0;
    std::uint64_t first_row = 0;
};

std::string chunk_payload(const Chunk& chunk, const RowsView& rows) {
    ByteWriter out;
    out.put_text(chunk.organisation);
    out.put_text(chunk.dataset);
    out.put(chunk.import);
    out.put(chunk.first_row);
    out.put(static_cast<std::uint32_t>(rows.tags.size()));
    put_rows(out, rows);
    return out.take();
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxDatasetNameBytes &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      std::string_view("-_.:").find(c) != std::string_view::npos;
           });
}

std::string topic_of(std::string_view organisation, std::string_view dataset) {
    return std::string(organisation) + "/" + std::string(dataset);
}

Json names_json(const std::vector<std::string>& names) {
    Json json = Json::array();
    for (const std::string& name : names)
        json.push(name);
    return json;
}

void save_rows(ByteWriter& out, const DatasetKey& key, const Rows& rows) {
    out.put_text(key.first);
    out.put_text(key.second);
    out.put(static_cast<std::uint64_t>(rows.size()));
    put_rows(out, rows.view());
}

Result<DatasetKey> load_rows(ByteReader& in, Rows& rows) {
    DatasetKey key;
    key.first = in.get_text();
    key.second = in.get_text();
    const auto count = in.get<std::uint64_t>();
    if (in.ok() && get_rows(in, count, rows)) return key;
    return fail(Code::kCorrupt, "treasury.snapshot_damaged", "A dataset's rows are cut short.");
}

}  // namespace

// ---- commands ----

journal::Decision TreasuryBook::import_dataset(std::string_view organisation,
                                               std::string_view dataset_name, SubjectId treasury,
                                               const CustomerImport& import) const {
    if (!is_name(organisation) || !is_name(dataset_name)) {
        return fail(Code::kInvalid, "treasury.name_invalid",
                    "A dataset's name must be 1 to 96 of a-z, 0-9, - _ . and :.");
    }
    ALTIS_ASSERT(treasury != kNoSubject);
    const crypto::Digest committed = commitment(import.rows.view());
    const Dataset* present = dataset(organisation, dataset_name);
    if (present != nullptr && present->commitment == hex(committed) &&
        present->attributes == import.attributes) {
        return std::vector<journal::Draft>{};
    }
    const std::string topic = topic_of(organisation, dataset_name);
    const RowsView rows = import.rows.view();
    std::vector<journal::Draft> drafts;
    for (std::size_t first = 0; first < rows.tags.size(); first += kRowsPerRecord) {
        const std::size_t count = std::min(kRowsPerRecord, rows.tags.size() - first);
        const Chunk chunk{organisation, dataset_name, import_id(committed), first};
        drafts.push_back({"treasury.rows", topic, treasury,
                          chunk_payload(chunk, {rows.tags.subspan(first, count),
                                                rows.flags.subspan(first, count)})});
    }
    const Json done = Json::object({{"organisation", organisation},
                                    {"dataset", dataset_name},
                                    {"rows", static_cast<std::uint64_t>(rows.tags.size())},
                                    {"commitment", hex(committed)},
                                    {"attributes", names_json(import.attributes)}});
    drafts.push_back({"treasury.dataset_imported", topic, kNoSubject, done.to_string()});
    return drafts;
}

journal::Decision TreasuryBook::forget(std::string_view organisation) const {
    const bool known = std::any_of(datasets_.begin(), datasets_.end(), [&](const auto& entry) {
        return entry.first.first == organisation;
    });
    if (!known) return std::vector<journal::Draft>{};
    return std::vector{journal::Draft{"treasury.forgotten", std::string(organisation), kNoSubject,
                                      Json::object({{"organisation", organisation}}).to_string()}};
}

const Dataset* TreasuryBook::dataset(std::string_view organisation,
                                     std::string_view dataset_name) const {
    const auto entry = datasets_.find({std::string(organisation), std::string(dataset_name)});
    return entry == datasets_.end() ? nullptr : &entry->second;
}

// ---- journal::Book ----

void TreasuryBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == "treasury.rows") {
        apply_rows(record.payload);
    } else if (record.type == "treasury.dataset_imported") {
        apply_imported(record.payload, record.time);
    } else if (record.type == "treasury.forgotten") {
        apply_forgotten(record.payload);
    }
}

void TreasuryBook::apply_rows(std::string_view payload) {
    ByteReader in(payload);
    Chunk chunk;
    chunk.organisation = in.get_text();
    chunk.dataset = in.get_text();
    chunk.import = in.get<std::uint64_t>();
    chunk.first_row = in.get<std::uint64_t>();
    const auto count = in.get<std::uint32_t>();
    ALTIS_ASSERT(in.ok());
    Staged& staged = staged_[{std::string(chunk.organisation), std::string(chunk.dataset)}];
    if (staged.import != chunk.import) staged = {chunk.import, {}};
    if (chunk.first_row != staged.rows.size()) return;  // known already
    const bool complete = get_rows(in, count, staged.rows);
    ALTIS_ASSERT(complete && in.done());
}

void TreasuryBook::apply_imported(std::string_view payload, Time time) {
    const auto parsed = codec::parse_json(payload);
    ALTIS_ASSERT(parsed.has_value());
    const Json& json = *parsed;
    const DatasetKey key{std::string(json["organisation"].as_string()),
                         std::string(json["dataset"].as_string())};
    Dataset dataset;
    const auto staged = staged_.find(key);
    if (staged != staged_.end()) {
        dataset.rows = std::move(staged->second.rows);
        staged_.erase(staged);
    }
    // Rows whose key was destroyed did not come: the dataset is gone, and so is the one it
    // replaced.
    if (dataset.rows.size() != static_cast<std::size_t>(json["rows"].as_int())) {
        datasets_.erase(key);
        return;
    }
    dataset.commitment = json["commitment"].as_string();
    ALTIS_ASSERT(hex(commitment(dataset.rows.view())) == dataset.commitment);
    for (const Json& name : json["attributes"].items()) {
        dataset.attributes.emplace_back(name.as_string());
    }
    dataset.imported_at = time;
    datasets_[key] = std::move(dataset);
}

void TreasuryBook::apply_forgotten(std::string_view payload) {
    const auto parsed = codec::parse_json(payload);
    ALTIS_ASSERT(parsed.has_value());
    const std::string_view organisation = (*parsed)["organisation"].as_string();
    const auto belongs = [&](const auto& entry) { return entry.first.first == organisation; };
    std::erase_if(datasets_, belongs);
    std::erase_if(staged_, belongs);
}

void TreasuryBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(datasets_.size()));
    for (const auto& [key, dataset] : datasets_) {
        save_rows(out, key, dataset.rows);
        out.put_text(names_json(dataset.attributes).to_string());
        out.put_text(dataset.commitment);
        out.put(dataset.imported_at.us);
    }
    out.put(static_cast<std::uint32_t>(staged_.size()));
    for (const auto& [key, staged] : staged_) {
        save_rows(out, key, staged.rows);
        out.put(staged.import);
    }
}

Result<void> TreasuryBook::load(ByteReader& in) {
    *this = TreasuryBook();
    const auto datasets = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < datasets; ++i) {
        Dataset dataset;
        TRY(DatasetKey key, load_rows(in, dataset.rows));
        TRY(const Json names, codec::parse_json(in.get_text()));
        for (const Json& name : names.items())
            dataset.attributes.emplace_back(name.as_string());
        dataset.commitment = in.get_text();
        dataset.imported_at = {in.get<std::int64_t>()};
        datasets_[std::move(key)] = std::move(dataset);
    }
    const auto staged_count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < staged_count; ++i) {
        Staged staged;
        TRY(DatasetKey key, load_rows(in, staged.rows));
        staged.import = in.get<std::uint64_t>();
        staged_[std::move(key)] = std::move(staged);
    }
    if (in.ok()) return {};
    return fail(Code::kCorrupt, "treasury.snapshot_damaged", "The treasuries are cut short.");
}

}  // namespace altis::cleanroom
