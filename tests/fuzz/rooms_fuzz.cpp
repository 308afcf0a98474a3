// Fuzzes what customers send to clean rooms as JSON: policies and parameters, read and written back
// (cleanroom/question.h), and answers with receipts, to be checked (cleanroom/receipt.h).
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "cleanroom/question.h"
#include "cleanroom/receipt.h"
#include "codec/json.h"

namespace {

using namespace altis::cleanroom;
using altis::codec::Json;

void check_policy(const Json& json) {
    const auto room = room_from_json(json);
    if (!room) return;
    ALTIS_ASSERT(room_from_json(to_json(*room)) == *room);
    ALTIS_ASSERT(policy_hash(*room).size() == 64);
    static_cast<void>(check_room(*room));
}

void check_parameters(const Json& json) {
    const auto parameters = normalise_parameters(json);
    if (!parameters) return;
    ALTIS_ASSERT(normalise_parameters(*parameters) == *parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = altis::codec::parse_json(text);
    if (!json) return 0;
    check_policy(*json);
    check_parameters(*json);
    // Nobody signed anything with the key of zeros.
    ALTIS_ASSERT(!verify_answer(*json, altis::crypto::PublicKey{}));
    static_cast<void>(released(text));
    return 0;
}
