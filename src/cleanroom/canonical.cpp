#include "cleanroom/canonical.h"

#include <algorithm>

#include "codec/text.h"
#include "crypto/hash.h"

namespace altis::cleanroom {
namespace {

codec::Json sorted(const codec::Json& json) {
    if (json.is_array()) {
        codec::JsonArray items;
        for (const codec::Json& item : json.items())
            items.push_back(sorted(item));
        return items;
    }
    if (!json.is_object()) return json;
    codec::JsonObject members;
    for (const auto& [name, value] : json.members())
        members.emplace_back(name, sorted(value));
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return members;
}

}  // namespace

std::string canonical_json(const codec::Json& json) {
    return sorted(json).to_string();
}

std::string canonical_hash(const codec::Json& json) {
    return codec::to_hex(crypto::as_text(crypto::sha256(canonical_json(json))));
}

}  // namespace altis::cleanroom
