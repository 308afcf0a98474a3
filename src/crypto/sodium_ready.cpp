#include "crypto/sodium_ready.h"

#include <sodium.h>

#include "base/assert.h"

namespace altis::crypto {

void ready_sodium() {
    static const int kState = sodium_init();
    ALTIS_ASSERT(kState >= 0);
}

}  // namespace altis::crypto
