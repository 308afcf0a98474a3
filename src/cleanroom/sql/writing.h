// What the parts of the writer share: refusals and written pieces.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cleanroom/sql/expression.h"

namespace altis::cleanroom::sql {

// "rooms.sql_refused".
tl::unexpected<Error> refused(std::string message);

Result<void> require_arguments(const Expression& call, std::size_t count);

// Microseconds since 1970 of TIMESTAMP '...'; without a zone it is UTC.
Result<std::int64_t> moment_of(const std::string& word);

// A literal; control characters were refused when the tree was read.
std::string quoted(std::string_view value);

Written truth(std::string sql);
Written moment(std::string sql);
Written whole(std::string sql, std::int64_t low, std::int64_t high);
// Fails when it could become too long.
Result<Written> text(std::string sql, std::size_t max_bytes);

}  // namespace altis::cleanroom::sql
