// Assertions that stay on in every build. They state invariants of our own code and are never used
// on input from outside: a broken one stops the process with a report.
#pragma once

namespace altis {

// Prints the report to standard error and aborts. Async-signal-safe enough to be called anywhere.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace altis

#define ALTIS_ASSERT(expression)             \
    (static_cast<bool>(expression) ? void(0) \
                                   : ::altis::assertion_failed(#expression, __FILE__, __LINE__))
