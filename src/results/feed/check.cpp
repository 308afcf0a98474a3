#include "results/feed/check.h"

#include "base/assert.h"
#include "results/feed/document.h"

namespace altis::results::feed {
namespace {

constexpr std::string_view kMember = ",\"check\":\"";
constexpr std::string_view kEnd = "\"}";

std::string check_of(std::string_view json) {
    return hash_of(json).substr(0, kCheckDigits);
}

}  // namespace

std::string with_check(std::string json) {
    ALTIS_ASSERT(json.size() > 2 && json.back() == '}');
    const std::string check = check_of(json);
    json.pop_back();
    return json.append(kMember).append(check).append(kEnd);
}

bool holds_check(std::string_view message) {
    constexpr std::size_t kTail = kMember.size() + kCheckDigits + kEnd.size();
    if (message.size() <= kTail || !message.ends_with(kEnd)) return false;
    const std::string_view tail = message.substr(message.size() - kTail);
    if (!tail.starts_with(kMember)) return false;
    const std::string json = std::string(message.substr(0, message.size() - kTail)) + "}";
    return tail.substr(kMember.size(), kCheckDigits) == check_of(json);
}

}  // namespace altis::results::feed
