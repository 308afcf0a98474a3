// How a process gives up, for good, nearly everything that the system would do for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace altis::platform {

// What a confined process may still use.
struct Confinement {
    std::uint64_t extra_memory_bytes = 0;  // of address space, beyond what it has now
    std::uint64_t cpu_seconds = 1;         // of processor time, what it used so far included
};

// From here on the process, which must have one thread, can read and write the descriptors 0 and 1,
// get and give back memory, read the clock, and end; any other system call kills it. It has no
// other descriptor, no file system, no network, starts nothing, leaves no core and dies with its
// parent thread. What a kernel does not offer of namespaces and Landlock is done without, because
// the list of system calls alone keeps all that away. Fails with "confinement.refused" when the
// list or a limit cannot be set: the process must end then. Linux on x86-64 and arm64.
Result<void> confine(const Confinement& confinement);

// Which of the optional walls stand in this process.
struct Walls {
    bool namespaces = false;  // own user, network, IPC and mount namespaces
    bool landlock = false;    // no access to any file
};
Walls walls();

}  // namespace altis::platform
