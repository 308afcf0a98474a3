#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace altis {

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "altis: broken invariant: %s (%s:%d)\n", expression, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace altis
