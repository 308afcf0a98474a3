// Rows on their way into the warehouse, held column by column until they are committed together.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/subject.h"
#include "base/time.h"
#include "journal/record.h"
#include "warehouse/column.h"
#include "warehouse/schema.h"

namespace altis::warehouse {

// The new rows of one table.
struct TableBatch {
    std::vector<Column> columns;  // as in the schema, leading ones included
    std::size_t rows() const { return columns.front().size(); }
};

// Fills one row, a cell per call, in the order of the table's columns. A missing or surplus cell,
// or one of the wrong type, is a bug of the projection and asserts.
class RowWriter {
  public:
    explicit RowWriter(TableBatch& table) : table_(table) {}
    RowWriter(const RowWriter&) = delete;
    RowWriter& operator=(const RowWriter&) = delete;
    ~RowWriter() { ALTIS_ASSERT(next_ == table_.columns.size()); }

    RowWriter& number(std::int64_t value);    // integer or minor
    RowWriter& text(std::string_view value);  // what is not UTF-8 is stored as null
    RowWriter& boolean(bool value);
    RowWriter& time(Time value);
    RowWriter& null();

  private:
    Column& next();

    TableBatch& table_;
    std::size_t next_ = kLeadingColumns;
};

// What one transaction will bring. Not thread-safe.
class Batch {
  public:
    // Begins behind the record `after`, which is accounted for.
    Batch(const Schema& schema, journal::Offset after);

    // Begins a row; the writer must be filled and gone before the next call.
    RowWriter row(std::size_t table, journal::Offset offset, SubjectId subject);

    // All rows of the subject go when the batch is committed, the batch's own too.
    void forget(SubjectId subject);

    // Every record up to `offset` is now accounted for.
    void reach(journal::Offset offset) { offset_ = offset; }

    journal::Offset after() const { return after_; }
    journal::Offset offset() const { return offset_; }
    const std::vector<TableBatch>& tables() const { return tables_; }
    const std::vector<SubjectId>& forgotten() const { return forgotten_; }
    std::size_t rows() const { return rows_; }
    std::size_t text_bytes() const;

    // True when committing it would change nothing.
    bool empty() const { return offset_ == after_ && forgotten_.empty(); }

    // Empties it for the next transaction, which begins behind the reached offset.
    void clear();

  private:
    std::vector<TableBatch> tables_;
    std::vector<SubjectId> forgotten_;
    journal::Offset after_;
    journal::Offset offset_;
    std::size_t rows_ = 0;
};

}  // namespace altis::warehouse
