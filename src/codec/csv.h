// CSV (RFC 4180): quoted fields, CRLF or LF, UTF-8 with an optional byte order mark.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::codec {

constexpr std::size_t kMaxCsvColumns = 1'000;

// Reads rows one after the other from a text that must outlive the reader. The first row is the
// header.
class CsvReader {
  public:
    // Reads the header. Fails with "csv.empty", "csv.duplicate_column" or "csv.malformed" (as
    // `next`, or over kMaxCsvColumns).
    static Result<CsvReader> create(std::string_view text);

    const std::vector<std::string>& columns() const { return columns_; }

    // Index of a column. Fails with "csv.column_missing", naming the column and those that exist.
    Result<std::size_t> column(std::string_view name) const;

    // Reads the next row into `fields` (as many as columns). False at the end. Fails with
    // "csv.malformed" naming the line: a wrong number of fields, an open quote, invalid UTF-8. The
    // next call goes on behind the damaged row, so that good rows of a file still count. Blank
    // lines are skipped, except in a table of one column, where they are empty values.
    Result<bool> next(std::vector<std::string>& fields);

    // Line of the row read last, counted from 1 with the header as line 1.
    std::size_t line() const { return line_; }

  private:
    CsvReader() = default;
    Result<void> read_row(std::vector<std::string>& fields);

    std::string_view rest_;
    std::vector<std::string> columns_;
    std::size_t line_ = 0;
    std::size_t next_line_ = 1;
};

// Rows of a table whose fields are read by the names of their columns. The text must outlive it.
class CsvTable {
  public:
    // `needed` are the columns that must be there. Fails as CsvReader's create and column.
    static Result<CsvTable> create(std::string_view text,
                                   std::initializer_list<std::string_view> needed);

    // As CsvReader::next.
    Result<bool> next() { return reader_.next(fields_); }
    std::size_t line() const { return reader_.line(); }
    // Of the row read last; empty when there is no such column.
    const std::string& operator[](std::string_view column) const;

  private:
    explicit CsvTable(CsvReader reader);

    CsvReader reader_;
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<std::string> fields_;
};

// One field, quoted where needed.
std::string csv_field(std::string_view text);

// The same for files that people open in a spreadsheet: a text that it would take for a formula
// begins with an apostrophe. Reading it back gives the apostrophe, too.
std::string spreadsheet_field(std::string_view text);

}  // namespace altis::codec
