#include "cleanroom/treasury/treasury_book.h"

#include <algorithm>

#include "base/assert.h"
#include "cleanroom/canonical.h"
#include "cleanroom/question.h"
#include "codec/json.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::string_view kDeclared = "treasury.schema_declared";
constexpr std::string_view kImported = "treasury.dataset_imported";
constexpr std::string_view kRemoved = "treasury.dataset_removed";
constexpr std::string_view kForgotten = "treasury.forgotten";

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxDatasetNameBytes &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      std::string_view("-_.:").find(c) != std::string_view::npos;
           });
}

DatasetKey key_of(const Json& payload) {
    return {std::string(payload["organisation"].as_string()),
            std::string(payload["dataset"].as_string())};
}

Json place(std::string_view organisation, std::string_view dataset) {
    return Json::object({{"organisation", organisation}, {"dataset", dataset}});
}

std::vector<journal::Draft> one_draft(std::string_view type, const Json& payload) {
    const auto [organisation, dataset] = key_of(payload);
    const std::string topic = dataset.empty() ? organisation : organisation + "/" + dataset;
    return {{std::string(type), topic, kNoSubject, payload.to_string()}};
}

Json schema_payload(const DatasetKey& key, const Schema& schema) {
    return place(key.first, key.second).set("schema", to_json(schema));
}

Json dataset_payload(const DatasetKey& key, const Dataset& version) {
    Json payload = schema_payload(key, version.schema);
    payload.set("rows", version.rows).set("people", version.people);
    payload.set("commitment", version.commitment).set("file", version.file);
    payload.set("treasury", to_number(version.treasury));
    if (version.tagged) payload.set("tagged", crossing::to_json(*version.tagged));
    return payload;
}

Result<Dataset> dataset_from(const Json& payload, Time imported_at) {
    Dataset version;
    TRY(version.schema, schema_from_json(payload["schema"]));
    version.rows = static_cast<std::uint64_t>(payload["rows"].as_int());
    version.people = static_cast<std::uint64_t>(payload["people"].as_int());
    version.commitment = payload["commitment"].as_string();
    version.file = payload["file"].as_string();
    version.treasury = SubjectId{static_cast<std::uint32_t>(payload["treasury"].as_int())};
    version.tagged = crossing::mark_from_json(payload["tagged"]);
    version.imported_at = imported_at;
    return version;
}

template <class Map>
void erase_organisation(Map& map, std::string_view organisation) {
    std::erase_if(map, [&](const auto& entry) { return entry.first.first == organisation; });
}

template <class Map>
std::size_t count_of(const Map& map, std::string_view organisation) {
    return static_cast<std::size_t>(std::ranges::count_if(
        map, [&](const auto& entry) { return entry.first.first == organisation; }));
}

template <class Map>
const typename Map::mapped_type* find_in(const Map& map, std::string_view organisation,
                                         std::string_view dataset) {
    const auto entry = map.find({std::string(organisation), std::string(dataset)});
    return entry == map.end() ? nullptr : &entry->second;
}

}  // namespace

Result<void> check_dataset_name(std::string_view name) {
    if (is_name(name)) return {};
    return fail(Code::kInvalid, "treasury.name_invalid",
                "a data set's name must be 1 to 96 of a-z, 0-9, - _ . and :");
}

// ---- commands ----

Result<void> TreasuryBook::check_place(std::string_view organisation,
                                       std::string_view dataset_name) const {
    TRY_VOID(check_dataset_name(dataset_name));
    const bool is_new = declared(organisation, dataset_name) == nullptr &&
                        dataset(organisation, dataset_name) == nullptr;
    const std::size_t known =
        std::max(count_of(schemas_, organisation), count_of(datasets_, organisation));
    if (!is_new || known < kMaxDatasets) return {};
    return fail(Code::kTooLarge, "treasury.too_many_datasets",
                "the treasury has 200 data sets; remove one that is no longer needed");
}

journal::Decision TreasuryBook::declare(std::string_view organisation,
                                        std::string_view dataset_name, const Schema& schema) const {
    TRY_VOID(check_place(organisation, dataset_name));
    const Schema* present = declared(organisation, dataset_name);
    if (present != nullptr && *present == schema) return std::vector<journal::Draft>{};
    return one_draft(
        kDeclared, schema_payload({std::string(organisation), std::string(dataset_name)}, schema));
}

journal::Decision TreasuryBook::import_dataset(std::string_view organisation,
                                               std::string_view dataset_name,
                                               const Dataset& version) const {
    TRY_VOID(check_place(organisation, dataset_name));
    ALTIS_ASSERT(version.treasury != kNoSubject && !version.file.empty());
    const Dataset* present = dataset(organisation, dataset_name);
    if (present != nullptr && present->commitment == version.commitment &&
        present->schema == version.schema) {
        return std::vector<journal::Draft>{};
    }
    return one_draft(
        kImported,
        dataset_payload({std::string(organisation), std::string(dataset_name)}, version));
}

journal::Decision TreasuryBook::remove(std::string_view organisation,
                                       std::string_view dataset_name) const {
    if (declared(organisation, dataset_name) == nullptr &&
        dataset(organisation, dataset_name) == nullptr) {
        return fail(Code::kNotFound, "treasury.dataset_unknown",
                    "the treasury has no such data set; GET /v1/treasury lists them");
    }
    return one_draft(kRemoved, place(organisation, dataset_name));
}

journal::Decision TreasuryBook::forget(std::string_view organisation) const {
    if (count_of(datasets_, organisation) + count_of(schemas_, organisation) == 0)
        return std::vector<journal::Draft>{};
    return one_draft(kForgotten, Json::object({{"organisation", organisation}}));
}

// ---- questions ----

const Dataset* TreasuryBook::dataset(std::string_view organisation,
                                     std::string_view dataset_name) const {
    return find_in(datasets_, organisation, dataset_name);
}

const Schema* TreasuryBook::declared(std::string_view organisation,
                                     std::string_view dataset_name) const {
    return find_in(schemas_, organisation, dataset_name);
}

// ---- journal::Book ----

void TreasuryBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("treasury.")) return;
    const bool is_known = record.type == kDeclared || record.type == kImported ||
                          record.type == kRemoved || record.type == kForgotten;
    if (!is_known) return;
    const auto payload = codec::parse_json(record.payload);
    ALTIS_ASSERT(payload.has_value());
    const DatasetKey key = key_of(*payload);
    if (record.type == kDeclared) {
        auto schema = schema_from_json((*payload)["schema"]);
        ALTIS_ASSERT(schema.has_value());
        schemas_[key] = std::move(*schema);
    } else if (record.type == kImported) {
        auto version = dataset_from(*payload, record.time);
        ALTIS_ASSERT(version.has_value());
        datasets_[key] = std::move(*version);
    } else if (record.type == kRemoved) {
        schemas_.erase(key);
        datasets_.erase(key);
    } else {
        erase_organisation(schemas_, key.first);
        erase_organisation(datasets_, key.first);
    }
}

void TreasuryBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(schemas_.size()));
    for (const auto& [key, schema] : schemas_)
        out.put_text(schema_payload(key, schema).to_string());
    out.put(static_cast<std::uint32_t>(datasets_.size()));
    for (const auto& [key, version] : datasets_) {
        out.put_text(dataset_payload(key, version).to_string());
        out.put(version.imported_at.us);
    }
}

Result<void> TreasuryBook::load(ByteReader& in) {
    *this = TreasuryBook();
    for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
        TRY(const Json payload, codec::parse_json(in.get_text()));
        TRY(schemas_[key_of(payload)], schema_from_json(payload["schema"]));
    }
    for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
        TRY(const Json payload, codec::parse_json(in.get_text()));
        TRY(datasets_[key_of(payload)], dataset_from(payload, {in.get<std::int64_t>()}));
    }
    if (in.ok()) return {};
    return fail(Code::kCorrupt, "treasury.snapshot_damaged", "the treasuries are cut short");
}

}  // namespace altis::cleanroom
