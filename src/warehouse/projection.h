// Which rows a journal record becomes. Projections are pure: the same records give the same rows.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/record.h"
#include "warehouse/batch.h"
#include "warehouse/schema.h"

namespace altis::warehouse {

// Where a projection puts the rows of one record.
class RowSink {
  public:
    virtual ~RowSink() = default;
    // Begins a row of the table with this position in the projection's own `tables()`. Offset and
    // subject are those of the record. Fill the writer before asking for the next one.
    virtual RowWriter row(std::size_t table) = 0;
    // The record says that a subject is erased: all its rows up to here go.
    virtual void forget(SubjectId subject) = 0;
};

// For records of one type. Used by one thread at a time. Records whose subject was erased never
// come.
class Projection {
  public:
    virtual ~Projection() = default;
    virtual std::string_view type() const = 0;
    // Several projections may fill the same table when they declare it alike.
    virtual std::vector<TableSpec> tables() const = 0;
    // Asserts on a payload that the type's own `decide` could not have made.
    virtual void project(const journal::Record& record, RowSink& sink) const = 0;
};

// All projections of a process, and the schema they make together.
class Projections {
  public:
    // Fails as Schema::add does.
    static Result<Projections> make(std::vector<std::unique_ptr<const Projection>> projections);

    const Schema& schema() const { return schema_; }

    // Brings one record into the batch, and the batch to the record's offset.
    void project(const journal::Record& record, Batch& batch) const;

  private:
    struct Entry {
        std::unique_ptr<const Projection> projection;
        std::vector<std::size_t> tables;  // numbers in the schema
    };
    class Sink;

    Schema schema_;
    std::multimap<std::string, Entry, std::less<>> by_type_;
};

}  // namespace altis::warehouse
