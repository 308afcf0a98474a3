// How mimalloc deals with memory, in every program that is linked to it.
#include <mimalloc.h>

namespace {

// Its segments are advised to be in large pages where the system has them on advice. The books are
// read at random over gigabytes, and the rest of the heap turns over at a million objects a second:
// with small pages a quarter of the processor's time goes into finding and getting them. Whoever
// sets MIMALLOC_LARGE_OS_PAGES=0 in the environment has it otherwise.
__attribute__((constructor(101))) void prefer_large_pages() {
    mi_option_set_default(mi_option_large_os_pages, 1);
}

}  // namespace
