#include "service/past_fans.h"

#include <string>

namespace altis::service {
namespace {

using codec::Json;

Result<Json> fan_json(const Past& past, const fans::IngestKeys& keys, std::string_view user_id) {
    const fans::FanId fan = past.book.find_fan(fans::user_fingerprint(keys, user_id));
    if (fan == kNoSubject) {
        return fail(Code::kNotFound, "fans.unknown_fan",
                    "no fan had this user id at record " + std::to_string(past.offset));
    }
    Json memberships = Json::array();
    for (const auto& [id, segment] : past.book.segments()) {
        TRY(Json why, past.book.explain(fan, id));
        memberships.push(std::move(why));
    }
    return Json::object({{"profile", past.book.profile(fan)},
                         {"scores", past.book.explain_scores(fan)},
                         {"segments", memberships}});
}

}  // namespace

Result<void> replay(journal::Reader& reader, const Moment& moment, const ReplayWatch& watch,
                    Past& past) {
    journal::Record record;
    while (past.offset < moment.offset) {
        const auto more = reader.next(record);
        if (!more) {
            if (more.error().reason != "journal.damaged") {
                return tl::unexpected<Error>(more.error());
            }
            ++past.damages;
            continue;
        }
        const bool is_later = *more && moment.time && *moment.time < record.time;
        if (!*more || record.offset > moment.offset || is_later) break;
        past.book.apply(record);
        past.offset = record.offset;
        past.time = record.time;
        if (++past.replayed % kReplayStepRecords == 0) TRY_VOID(watch(past));
    }
    return {};
}

Result<Json> past_json(const Past& past, const fans::IngestKeys& keys, std::string_view user_id) {
    Json items = Json::array();
    for (const auto& [id, segment] : past.book.segments())
        items.push(fans::to_json(segment));
    Json json = Json::object({{"offset", past.offset},
                              {"time", format_rfc3339(past.time)},
                              {"fans", past.book.counts().fans},
                              {"damaged_places", past.damages},
                              {"items", std::move(items)}});
    if (user_id.empty()) return json;
    TRY(Json fan, fan_json(past, keys, user_id));
    return json.set("fan", std::move(fan));
}

}  // namespace altis::service
