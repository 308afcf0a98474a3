// Treasuries: what each owner brings into clean rooms. The journal holds the facts: the schema, how
// many rows and persons, a commitment to them and the name of their file. The rows themselves stand
// in that file, under the owner's own key (treasury_files.h).
//
// Journal records, with the topic "organisation/dataset":
//   treasury.schema_declared    what the columns of the next import mean
//   treasury.dataset_imported   a version of a data set; replaces the one before
//   treasury.dataset_removed
//   treasury.forgotten          everything of an organisation whose key was destroyed
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "cleanroom/crossing/blind.h"
#include "cleanroom/data/schema.h"
#include "journal/book.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxDatasets = 200;  // of an organisation

// A version of a data set, without its rows.
struct Dataset {
    // As questions see it. Its private dimensions have no values: those are known with the rows
    // alone.
    Schema schema;
    std::uint64_t rows = 0;
    std::uint64_t people = 0;
    std::string commitment;           // hex, of the table (data/table_data.h)
    std::string file;                 // its name in the owner's folder
    SubjectId treasury = kNoSubject;  // whose key seals the file
    Time imported_at = {};
    // Its owner tagged it: the file has a table's stored form (crossing/blind.h).
    std::optional<crossing::TaggedMark> tagged = std::nullopt;
};

using DatasetKey = std::pair<std::string, std::string>;  // organisation, dataset

class TreasuryBook final : public journal::Book {
  public:
    // ---- commands ----

    // Says what the columns of the next import mean; the present rows keep the schema they came
    // with. The schema is a checked one. No draft when nothing changes. Fails with
    // "treasury.name_invalid" or "treasury.too_many_datasets".
    journal::Decision declare(std::string_view organisation, std::string_view dataset,
                              const Schema& schema) const;

    // Replaces the data set by a version whose file is durable. No draft when its content is what
    // is there (by schema and commitment). Fails like `declare`.
    journal::Decision import_dataset(std::string_view organisation, std::string_view dataset,
                                     const Dataset& version) const;

    // Rows and schema go. Fails with "treasury.dataset_unknown".
    journal::Decision remove(std::string_view organisation, std::string_view dataset) const;

    // The organisation left, and its key is destroyed: all its data sets go.
    journal::Decision forget(std::string_view organisation) const;

    // ---- questions ----

    // Null when nothing was imported, or declared.
    const Dataset* dataset(std::string_view organisation, std::string_view dataset) const;
    const Schema* declared(std::string_view organisation, std::string_view dataset) const;
    const std::map<DatasetKey, Dataset>& datasets() const { return datasets_; }
    const std::map<DatasetKey, Schema>& schemas() const { return schemas_; }

    // ---- journal::Book ----
    std::string_view name() const override { return "treasury"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    Result<void> check_place(std::string_view organisation, std::string_view dataset) const;

    std::map<DatasetKey, Schema> schemas_;
    std::map<DatasetKey, Dataset> datasets_;
};

// Fails with "treasury.name_invalid".
Result<void> check_dataset_name(std::string_view name);

}  // namespace altis::cleanroom
