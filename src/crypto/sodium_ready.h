// libsodium picks the fastest code for this processor when it is initialised; every file of the
// room that calls it comes through here first.
#pragma once

namespace altis::crypto {

// Initialises libsodium once. Thread-safe; costs one load afterwards.
void ready_sodium();

}  // namespace altis::crypto
