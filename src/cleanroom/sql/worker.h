// The worker: a process of this program that holds no secret and can reach nothing.
#pragma once

#include <functional>
#include <string_view>

#include "cleanroom/sql/jobs.h"
#include "warehouse/row_expressions.h"

namespace altis::cleanroom::sql {

// Opens an empty DuckDB in memory, gives up everything but memory and its two pipes
// (platform/confinement.h), and only then reads the request; answers it and ends. Gives the exit
// status. For a process of its own that has no other thread.
int work();

// The part of it that answers, for tests too. False when the engine fails, or `write` is false.
bool answer(warehouse::RowExpressions& engine, const Request& request,
            const std::function<bool(std::string_view)>& write);

}  // namespace altis::cleanroom::sql
