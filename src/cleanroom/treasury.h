// Treasuries: what each owner brings into clean rooms, as tags and attribute bits, sealed under
// that owner's own key. Raw identifiers are read once, turned into tags, and never kept.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "cleanroom/rows.h"
#include "journal/book.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxImportRows = 2'000'000;  // one indivisible group of the journal
constexpr std::size_t kRowsPerRecord = 4'096;
constexpr std::size_t kMaxAttributes = 8;         // bits of a row
constexpr std::size_t kMaxReportedBadRows = 100;  // the others are counted only

// What the columns of a file mean; every other column is never read.
struct ColumnRoles {
    std::string email = "email";                       // the join key
    std::vector<std::string> attributes = {"booked"};  // yes or no, one bit each, in this order
};

enum class DuplicatePolicy : std::uint8_t {
    kFirstWins,  // counted and reported
    kRefuse,     // "treasury.duplicates"
};

// A row that was left out. The reason never repeats a value of the row.
struct BadRow {
    std::size_t line = 0;  // counted from 1, with the header as line 1
    std::string reason;    // "email.malformed", "treasury.not_yes_or_no", ...
    std::string message;
};

// A customer file after reading. `rows` are in canonical order.
struct CustomerImport {
    Rows rows;
    std::vector<std::string> attributes;
    std::size_t rows_read = 0;
    std::size_t duplicates = 0;
    std::size_t bad_count = 0;
    std::vector<BadRow> bad_rows;  // the first kMaxReportedBadRows
};

// Reads CSV (UTF-8). `key` is the installation's matching secret. An attribute is one of 1, true,
// yes, y or 0, false, no, n in any case; empty means no. Fails as a whole with "treasury.not_utf8",
// "csv.empty", "csv.column_missing" (names the columns that exist), "csv.duplicate_column",
// "csv.malformed" (where the reader cannot go on), "treasury.roles_invalid", "treasury.duplicates",
// "treasury.too_many_rows", or "treasury.no_rows" (nothing usable; names the first bad row).
Result<CustomerImport> parse_customers(std::string_view csv, const crypto::Digest& key,
                                       const ColumnRoles& roles, DuplicatePolicy duplicates);

// A dataset as the rooms use it.
struct Dataset {
    Rows rows;  // canonical
    std::vector<std::string> attributes;
    std::string commitment;  // hex, of the rows
    Time imported_at;
};

using DatasetKey = std::pair<std::string, std::string>;  // organisation, dataset

class TreasuryBook final : public journal::Book {
  public:
    // ---- commands ----

    // Replaces the dataset. `treasury` is the subject whose key seals the rows. The drafts belong
    // into one group; readers see the old dataset until the last is applied. No draft when the
    // dataset has exactly this content. Fails with "treasury.name_invalid".
    journal::Decision import_dataset(std::string_view organisation, std::string_view dataset,
                                     SubjectId treasury, const CustomerImport& import) const;

    // The organisation left, and its key is destroyed: all its datasets go.
    journal::Decision forget(std::string_view organisation) const;

    // ---- questions ----
    const Dataset* dataset(std::string_view organisation, std::string_view dataset) const;
    const std::map<DatasetKey, Dataset>& datasets() const { return datasets_; }

    // ---- journal::Book ----
    std::string_view name() const override { return "treasury"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    // Rows of an import whose last record has not come yet.
    struct Staged {
        std::uint64_t import = 0;  // first 8 bytes of the commitment
        Rows rows;
    };

    void apply_rows(std::string_view payload);
    void apply_imported(std::string_view payload, Time time);
    void apply_forgotten(std::string_view payload);

    std::map<DatasetKey, Dataset> datasets_;
    std::map<DatasetKey, Staged> staged_;
};

}  // namespace altis::cleanroom
