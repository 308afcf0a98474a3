#include "service/moments.h"

namespace altis::service {

Result<Time> moment_of(const Call& call, std::string_view name) {
    const std::string_view text = call.request.query_value(name);
    if (text.empty()) return results::kEndOfTime;
    return parse_rfc3339(text);
}

Result<results::Moment> moment_of(const Call& call) {
    results::Moment moment;
    TRY(moment.known_at, moment_of(call, "known_at"));
    TRY(moment.valid_at, moment_of(call, "valid_at"));
    return moment;
}

}  // namespace altis::service
