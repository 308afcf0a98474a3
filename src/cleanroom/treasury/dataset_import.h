// Customer files to tables: every person becomes a keyed tag, every column what its role says. Raw
// identifiers are read once and never kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "cleanroom/data/table_data.h"
#include "cleanroom/treasury/customer_rows.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxReportedBadRows = 100;  // the others are counted only

// What becomes of the rows of a person beyond the schema's `rows_per_person`.
enum class DuplicatePolicy : std::uint8_t {
    kFirstWins,  // the first are kept, the others counted
    kRefuse,     // "treasury.duplicates"
};

// A row that was left out. Nothing of it repeats a value of the row.
struct BadRow {
    std::size_t line = 0;  // counted from 1, with a header as line 1; in Parquet the row
    std::string column;    // empty: the row as a whole
    std::string reason;    // "email.malformed", "treasury.not_a_number", ...
    std::string message;
};

// Every row that was read is in the table, doubled, without consent, or bad.
struct ImportReport {
    std::size_t rows_read = 0;
    std::size_t without_consent = 0;  // of persons who refuse in any row
    std::size_t duplicates = 0;       // rows beyond the schema's rows per person
    std::size_t bad_count = 0;
    std::vector<BadRow> bad_rows;      // the first kMaxReportedBadRows
    std::vector<std::size_t> clamped;  // by measure: rows read whose value was out of bounds
    std::vector<std::size_t> other;    // by public dimension: rows read with a value outside of it
};

struct DatasetImport {
    TableData table;
    ImportReport report;
};

// The codes of one dimension's values while a file is read.
class DimensionReader {
  public:
    explicit DimensionReader(const Dimension& dimension);

    // Fails with "treasury.value_too_long" for a private value over kMaxValueBytes.
    Result<std::uint16_t> code(std::string_view value);

    bool is_public() const { return is_public_; }
    // A private dimension has more than kMaxDomainValues.
    bool is_over_full() const { return codes_.size() > kMaxDomainValues; }
    // Values outside of a public domain.
    std::size_t others() const { return others_; }

    // Gives a private dimension the values that its column has, ascending, and the column their
    // codes.
    void finish(Dimension& dimension, std::vector<std::uint16_t>& column) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    bool is_public_;
    std::unordered_map<std::string, std::uint16_t, Hash, std::equal_to<>> codes_;
    std::size_t others_ = 0;
};

// Reads the file, or the parts, of one data set. After an error it is of no more use. Not
// thread-safe.
class Importer {
  public:
    // The schema is a checked one; `key` is the installation's matching secret.
    Importer(Schema schema, const crypto::Digest& key);

    // Reads a file, or one of several parts that each begin as a file does. Lines go on counting
    // from part to part, as if only the first had a header. Fails like open_customer_rows, and with
    // "treasury.too_many_rows" (kMaxTableRows) or "treasury.too_many_values" (a private dimension).
    Result<void> read(FileFormat format, std::string_view file);

    const ImportReport& report() const { return report_; }
    // Persons are rows' tags until `finish`.
    std::size_t rows() const { return table_.rows(); }

    // Sorts by person. Fails with "treasury.no_rows" (nothing usable; names the first bad row) or
    // "treasury.duplicates" (names the first row that is one too many).
    Result<DatasetImport> finish(DuplicatePolicy duplicates) &&;

  private:
    Result<void> read_row(std::span<const std::string_view> fields);
    Result<Tag> read_key(std::string_view field) const;
    void drop_refused();
    Result<void> read_columns(std::span<const std::string_view> fields);
    Result<void> check_size() const;
    void append_row(const Tag& tag);
    // Of the sorted table, whose rows stood in this order.
    std::size_t first_line_beyond(const std::vector<std::uint32_t>& order) const;
    void add_bad_row(std::size_t line, const Error& error);

    crypto::Digest key_;
    TableData table_;
    ImportReport report_;
    std::vector<DimensionReader> dimensions_;
    std::size_t lines_before_ = 0;      // of earlier parts
    std::vector<std::uint32_t> lines_;  // by row of the table
    std::vector<Tag> refused_;          // who said no in some row
    // Of the row that is being read.
    const std::string* column_ = nullptr;
    std::vector<std::uint16_t> codes_;
    std::vector<std::int64_t> values_;
    std::vector<std::int64_t> moments_;
};

}  // namespace altis::cleanroom
