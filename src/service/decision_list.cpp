#include "service/decision_list.h"

#include <charconv>
#include <deque>
#include <set>

#include "rights/records.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;

// What one caller may see.
struct Sight {
    bool is_all = false;
    std::string organisation;
    std::set<std::string> owned;  // "<category>/<edition>"
};

std::string owned_name(std::string_view category, std::string_view edition) {
    return std::string(category).append("/").append(edition);
}

Sight sight_of(const Call& call) {
    Sight sight;
    sight.is_all = is_admin(call.caller);
    sight.organisation = call.caller.organisation;
    const auto& rights = call.turn.world().rights;
    for (const auto& [edition, unused] : rights.editions()) {
        for (std::size_t i = 0; i < rights::kCategoryNames.size(); ++i) {
            if (rights.owner(static_cast<rights::Category>(i), edition) == sight.organisation) {
                sight.owned.insert(owned_name(rights::kCategoryNames[i], edition));
            }
        }
    }
    return sight;
}

bool may_see(const Sight& sight, const Json& decision) {
    return sight.is_all || decision["organisation"].as_string() == sight.organisation ||
           sight.owned.contains(
               owned_name(decision["category"].as_string(), decision["edition"].as_string()));
}

Json item_of(const journal::Record& record, const Json& decision) {
    Json item = Json::object({{"offset", record.offset}, {"time", format_rfc3339(record.time)}});
    for (const char* name :
         {"actor", "organisation", "category", "purpose", "edition", "allowed", "rule", "people"})
        item.set(name, decision[name]);
    return item;
}

// The decisions in records [first, last], newest first.
Result<Json> read_decisions(journal::Journal& journal, const Sight& sight, journal::Offset first,
                            journal::Offset last) {
    std::deque<Json> newest;
    TRY(const auto reader, journal.read(first));
    journal::Record record;
    while (record.offset < last) {
        TRY(const bool found, reader->next(record));
        if (!found) break;
        if (record.type != rights::records::kDecided) continue;
        const auto decision = codec::parse_json(record.payload);
        if (!decision || !may_see(sight, *decision)) continue;
        newest.push_front(item_of(record, *decision));
        if (newest.size() > kMaxListedDecisions) newest.pop_back();
    }
    Json items = Json::array();
    for (Json& item : newest)
        items.push(std::move(item));
    return items;
}

// The last record to look at.
Result<journal::Offset> last_of(const Call& call, journal::Offset durable) {
    const std::string_view text = call.request.query_value("before");
    if (text.empty()) return durable;
    journal::Offset before = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), before);
    if (problem == std::errc() && end == text.data() + text.size() && before > 0) {
        return std::min(durable, before - 1);
    }
    return fail(Code::kInvalid, "request.bad_number", "before must be the offset of a record");
}

Result<Json> decisions_until(journal::Journal& journal, const Sight& sight, journal::Offset last) {
    const journal::Offset first =
        last > kMaxDecisionListRecords ? last - kMaxDecisionListRecords + 1 : 1;
    Json answer = Json::object({});
    if (last == 0) return answer.set("items", Json::array());
    TRY(Json items, read_decisions(journal, sight, first, last));
    const bool is_cut = items.items().size() == kMaxListedDecisions;
    const journal::Offset reached =
        is_cut ? static_cast<journal::Offset>(items.items().back()["offset"].as_int()) : first;
    if (reached > 1) answer.set("continue_before", reached);
    return answer.set("items", std::move(items));
}

}  // namespace

Result<void> list_decisions(Call& call, Services& services, const server::Responder& respond) {
    journal::Journal& journal = services.core.journal();
    TRY(const journal::Offset last, last_of(call, journal.durable()));
    services.background.post([&journal, respond, last, sight = sight_of(call)] {
        const auto answer = decisions_until(journal, sight, last);
        respond(answer ? server::json_response(200, *answer) : server::problem(answer.error()));
    });
    return {};
}

}  // namespace altis::service
