// What the names of a statement stand for: the tables of its FROM and their columns.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan_json.h"
#include "cleanroom/sql/tree.h"

namespace altis::cleanroom::sql {

// The column of every table that stands for the person of a row. It can be counted and joined by,
// and nothing else.
constexpr std::string_view kPersonColumn = "person";

struct ScopeTable {
    std::string_view alias;
    std::size_t table;  // of the room
    const Schema* schema;
};

// A column that a statement may read.
struct ColumnRef {
    enum class Kind : std::uint8_t { kPerson, kDimension, kMeasure, kMoment };
    Kind kind = Kind::kPerson;
    std::size_t input = 0;   // of the scope
    std::size_t column = 0;  // of its kind
    friend bool operator==(const ColumnRef&, const ColumnRef&) = default;
};

class Scope {
  public:
    // Fails with "rooms.sql_refused" for what is no table of the room, or stands there twice.
    static Result<Scope> make(const Statement& statement, std::span<const NamedSchema> room);

    const std::vector<ScopeTable>& tables() const { return tables_; }
    const Schema& schema(std::size_t input) const { return *tables_[input].schema; }

    // Names are found as written or, when that is unambiguous, without regard to case. Fails with
    // "rooms.sql_refused", naming the columns that there are.
    Result<ColumnRef> find(const Expression& column) const;

    // The column as the room names it.
    ColumnRead read_of(const ColumnRef& ref) const;

  private:
    Result<ColumnRef> find_in(std::size_t input, std::string_view name) const;
    Result<ColumnRef> find_anywhere(std::string_view name) const;

    std::span<const NamedSchema> room_;
    std::vector<ScopeTable> tables_;
};

}  // namespace altis::cleanroom::sql
