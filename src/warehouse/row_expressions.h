// Expressions over the rows of one call, computed by DuckDB in memory and then forgotten; and the
// syntax tree of a statement. For a process that does nothing else: whatever it is fed, it cannot
// reach more than such a process can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "warehouse/column.h"

namespace altis::warehouse {

// A scalar expression in DuckDB's dialect over the columns c0, c1, ...
struct RowExpression {
    std::string sql;
    Type type = Type::kInteger;  // kInteger or kText: what it is converted to
};

// A locked DuckDB without a file: no extensions, no access to anything outside, one thread. Not
// thread-safe.
class RowExpressions {
  public:
    // Fails with "warehouse.failed".
    static Result<RowExpressions> open(std::uint64_t memory_limit_mb);

    // What `json_serialize_sql` makes of the text, without the members that say nothing. Text that
    // cannot be parsed gives a tree with "error": true.
    Result<std::string> tree(std::string_view sql);

    // One cell per row and expression, in the order of both. Columns are of equal length, which is
    // `rows`, and of the types kText, kInteger and kTime. Errors are those of the engine.
    Result<Rows> compute(const std::vector<Column>& columns, std::size_t rows,
                         const std::vector<RowExpression>& expressions);

    RowExpressions(RowExpressions&&) noexcept;
    RowExpressions& operator=(RowExpressions&&) noexcept;
    ~RowExpressions();

  private:
    struct Engine;
    explicit RowExpressions(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace altis::warehouse
