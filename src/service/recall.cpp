#include "service/recall.h"

#include <set>
#include <string>

#include "results/feed/document.h"
#include "results/live/pages.h"

namespace altis::service {
namespace {

using codec::Json;
using results::feed::TellingsBook;
using results::feed::View;
using rights::FeedField;

Json messages_stating(const messages::MessagesBook& book, std::string_view fact, MessageIds ids) {
    Json list = Json::array();
    for (const std::string& id : book.plans_stating(fact)) {
        const messages::Plan& plan = *book.find_plan(id);
        Json json = Json::object({{"plan", id},
                                  {"competitor", plan.competitor},
                                  {"cohort", plan.cohort},
                                  {"campaign", plan.campaign},
                                  {"sent", book.sent(id)}});
        if (ids == MessageIds::kShown) {
            Json sent = Json::array();
            for (std::string& message : book.messages_of(id, kMaxRecalledMessages))
                sent.push(std::move(message));
            json.set("ids", std::move(sent));
        }
        list.push(std::move(json));
    }
    return list;
}

Json feed_item(const TellingsBook::Carrier& carrier) {
    const View& view = *carrier.view;
    Json units = Json::array();
    for (const std::string& begin : view.units)
        units.push(begin);
    Json fields = Json::array();
    for (const FeedField field : view.fields)
        fields.push(to_string(field));
    return Json::object({{"seq", carrier.seq},
                         {"units", std::move(units)},
                         {"fields", std::move(fields)},
                         {"delay_ms", view.delay.us / 1'000},
                         {"conflation_ms", view.conflation.us / 1'000}});
}

// The medal table shows holders by official versions, where the whole edition's medals are shown.
bool stands_in_medals(const View& view, const Json& unit) {
    const bool gives_medals =
        unit["medal_unit"].as_string() != to_string(results::MedalUnit::kNone);
    return gives_medals && unit["status"].as_string() == "OFFICIAL" &&
           view.fields.contains(FeedField::kMedals) && view.covers(view.edition, "");
}

// The pages of an edition that say something of this version, as `view` shows it.
void add_pages(std::set<std::string>& pages, const View& view, const Json& unit) {
    const std::string home = "/live/" + view.edition;
    const std::string rsc(unit["unit"].as_string());
    pages.insert(home);
    const std::string day = results::live::day_of(unit);
    if (!day.empty()) pages.insert(home + "/days/" + day);
    pages.insert(home + "/units/" + rsc);
    for (const std::string& code :
         results::live::people_of(results::feed::document_of(unit, view.fields)))
        pages.insert(home + "/athletes/" + code);
    if (stands_in_medals(view, unit)) pages.insert(home + "/medals");
    if (view.fields.contains(FeedField::kProof)) {
        pages.insert(home + "/proofs/" + rsc + "/" + std::to_string(unit["version"].as_int()));
    }
}

}  // namespace

Json recall(const World& world, const results::UnitKey& unit, std::int64_t version,
            MessageIds ids) {
    const Json told = world.results.unit(unit, version);
    if (told.is_null()) return {};
    Json feed = Json::array();
    std::set<std::string> paths;
    for (const TellingsBook::Carrier& carrier : world.tellings.carriers(unit, version)) {
        feed.push(feed_item(carrier));
        if (carrier.on_pages) add_pages(paths, *carrier.view, told);
    }
    Json pages = Json::array();
    for (const std::string& path : paths)
        pages.push(path);
    const std::string fact = results::fact_id(unit, version);
    return Json::object({{"fact_id", fact},
                         {"version", version},
                         {"status", told["status"]},
                         {"offset", told["offset"]},
                         {"messages", messages_stating(world.messages, fact, ids)},
                         {"feed", std::move(feed)},
                         {"pages", std::move(pages)}});
}

}  // namespace altis::service
