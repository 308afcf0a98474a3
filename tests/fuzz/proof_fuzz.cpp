// Fuzzes the reading of proofs with any bytes: what is read can be checked and written again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "journal/proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::journal;
    const auto proof = parse_proof({reinterpret_cast<const char*>(data), size});
    if (!proof) return 0;
    static_cast<void>(check_proof(*proof, {}));
    const auto again = parse_proof(to_json(*proof).to_string());
    ALTIS_ASSERT(again && to_json(*again) == to_json(*proof));
    return 0;
}
