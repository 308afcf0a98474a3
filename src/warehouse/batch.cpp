#include "warehouse/batch.h"

#include "codec/text.h"

namespace altis::warehouse {

Column& RowWriter::next() {
    ALTIS_ASSERT(next_ < table_.columns.size());
    return table_.columns[next_++];
}

RowWriter& RowWriter::number(std::int64_t value) {
    Column& column = next();
    ALTIS_ASSERT(column.type() == Type::kInteger || column.type() == Type::kMinor);
    column.add_number(value);
    return *this;
}

RowWriter& RowWriter::text(std::string_view value) {
    Column& column = next();
    if (codec::is_utf8(value)) {
        column.add_text(value);
    } else {
        column.add_null();
    }
    return *this;
}

RowWriter& RowWriter::boolean(bool value) {
    Column& column = next();
    ALTIS_ASSERT(column.type() == Type::kBool);
    column.add_number(value ? 1 : 0);
    return *this;
}

RowWriter& RowWriter::time(Time value) {
    Column& column = next();
    ALTIS_ASSERT(column.type() == Type::kTime);
    column.add_number(value.us);
    return *this;
}

RowWriter& RowWriter::null() {
    next().add_null();
    return *this;
}

Batch::Batch(const Schema& schema, journal::Offset after) : after_(after), offset_(after) {
    for (const TableSpec& spec : schema.tables()) {
        TableBatch table;
        for (const ColumnSpec& column : spec.columns)
            table.columns.emplace_back(column.type);
        tables_.push_back(std::move(table));
    }
}

RowWriter Batch::row(std::size_t table, journal::Offset offset, SubjectId subject) {
    ALTIS_ASSERT(table < tables_.size());
    TableBatch& target = tables_[table];
    target.columns[0].add_number(static_cast<std::int64_t>(offset));
    target.columns[1].add_number(to_number(subject));
    ++rows_;
    return RowWriter(target);
}

void Batch::forget(SubjectId subject) {
    ALTIS_ASSERT(subject != kNoSubject);
    forgotten_.push_back(subject);
}

std::size_t Batch::text_bytes() const {
    std::size_t bytes = 0;
    for (const TableBatch& table : tables_) {
        for (const Column& column : table.columns)
            bytes += column.text_bytes();
    }
    return bytes;
}

void Batch::clear() {
    for (TableBatch& table : tables_) {
        for (Column& column : table.columns)
            column.clear();
    }
    forgotten_.clear();
    rows_ = 0;
    after_ = offset_;
}

}  // namespace altis::warehouse
