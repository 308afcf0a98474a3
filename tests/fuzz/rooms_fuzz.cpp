// Fuzzes what customers send to clean rooms as JSON: policies, schemas, plans, templates and
// questions, read and written back, and answers with receipts, to be checked (cleanroom/receipt.h).
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
    if (!room || !check_room(*room)) return;
    const auto again = room_from_json(to_json(*room));
    ALTIS_ASSERT(again && policy_hash(*again) == policy_hash(*room));
}

// Schemas, plans over them, templates, and the parameters of every template of Altis.
void check_questions(const Json& json) {
    if (const auto schema = schema_from_json(json)) {
        ALTIS_ASSERT(schema_from_json(to_json(*schema)) == *schema);
    }
    static const Schema kTable =
        *schema_from_json(*altis::codec::parse_json(R"({"key":{"column":"email","kind":"email"},
            "dimensions":[{"name":"tier","values":["gold"]},{"name":"city"}],
            "measures":[{"name":"spend","low":"0","high":"9.99"}],"moments":[{"name":"at"}]})"));
    const NamedSchema tables[] = {{"left", &kTable}, {"right", &kTable}};
    static_cast<void>(plan_from_json(json, tables));
    static_cast<void>(template_from_json(json));
    static_cast<void>(question_from_json(json));
    for (const QueryTemplate& query : builtin_templates()) {
        const auto filled = fill_parameters(query, json);
        if (!filled) continue;
        ALTIS_ASSERT(fill_parameters(query, *filled) == *filled);
        static_cast<void>(plan_from_json(bind(query, *filled), tables));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = altis::codec::parse_json(text);
    if (!json) return 0;
    check_policy(*json);
    check_questions(*json);
    // Nobody signed anything with the key of zeros.
    ALTIS_ASSERT(!verify_answer(*json, altis::crypto::PublicKey{}));
    static_cast<void>(released(text));
    return 0;
}
