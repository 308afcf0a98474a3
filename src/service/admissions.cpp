#include "service/admissions.h"

#include <string>
#include <utility>

#include "service/live_streams.h"

namespace altis::service {
namespace {

using codec::Json;

// An event of the results stream that is told once its turn is durable.
struct News {
    journal::Offset offset = 0;
    std::string event;
    std::string data;
};

bool changes_unit(std::string_view type) {
    return type == results::records::kPublished || type == results::records::kSuperseded ||
           type == results::records::kWithdrawn;
}

bool changes_medals(std::string_view type) {
    return type == results::records::kAwarded || type == results::records::kCorrectionApproved;
}

// Of the topic of a record about results: the edition, or "<edition>/<rsc>".
std::string_view edition_of(std::string_view topic) {
    return topic.substr(0, topic.find('/'));
}

// Without the content, which nobody outside should see before a person released it.
std::string alarm(const World& world) {
    const auto& items = world.held.items();
    return items.empty() ? "{}" : results::summary(items.rbegin()->second).to_string();
}

// What the schedule says now about a unit.
std::string schedule_news(const World& world, const results::UnitKey& unit) {
    const auto versions = world.schedule.history(unit.edition, unit.rsc);
    return versions.empty() ? "{}" : world.schedule.describe(*versions.back()).to_string();
}

void tell(Turn& turn, Services& services, std::vector<News> news) {
    turn.after_durable([&services, news = std::move(news)](const Result<void>& outcome) {
        if (!outcome) return;
        for (const News& item : news) {
            static_cast<void>(
                services.streams.publish(kResultsStream, item.offset, item.event, item.data));
        }
    });
}

void tell_feed(Turn& turn, Services& services, const results::UnitKey& unit) {
    turn.after_durable([&services, news = news_of_unit(turn.world().results, unit, turn.now())](
                           const Result<void>& outcome) mutable {
        if (outcome) services.feed.publish(std::move(news));
    });
}

}  // namespace

results::GateBooks gate_books(const World& world) {
    return {world.results, world.awards, world.held};
}

Result<AdmissionOutcome> carry_out(Turn& turn, Services& services, results::Admission admission) {
    AdmissionOutcome outcome{0, std::move(admission.doubts), std::move(admission.warnings)};
    if (admission.drafts.empty()) return outcome;
    std::vector<std::pair<std::string, std::string>> told;  // type and topic of each record
    for (const journal::Draft& draft : admission.drafts)
        told.emplace_back(draft.type, draft.topic);
    TRY(outcome.offset, turn.commit(journal::Decision(std::move(admission.drafts))));
    std::vector<News> news;
    bool has_medals = false;
    for (std::size_t i = 0; i < told.size(); ++i) {
        const auto& [type, topic] = told[i];
        const journal::Offset offset = outcome.offset + i;
        if (changes_unit(type)) tell_feed(turn, services, results::unit_key_from(topic));
        if (turn.world().rights.is_archive(edition_of(topic))) continue;
        if (changes_unit(type)) {
            const results::UnitKey unit = results::unit_key_from(topic);
            news.push_back({offset, "unit", turn.world().results.unit(unit).to_string()});
            services.dispatcher.plan(turn, unit);
        } else if (type == results::records::kHeld) {
            news.push_back({offset, "held", alarm(turn.world())});
            services.metrics
                .counter("altis_results_held_total", "Results that a gate held for a person")
                .add();
        } else if (type == results::records::kScheduled) {
            news.push_back(
                {offset, "schedule", schedule_news(turn.world(), results::unit_key_from(topic))});
        } else if (changes_medals(type) && !has_medals) {
            has_medals = true;
            news.push_back({offset, "medals", Json::object({{"edition", topic}}).to_string()});
        }
    }
    tell(turn, services, std::move(news));
    return outcome;
}

Json warnings_json(const std::vector<results::Warning>& warnings) {
    Json list = Json::array();
    for (const results::Warning& warning : warnings)
        list.push(Json::object({{"code", warning.name}, {"detail", warning.detail}}));
    return list;
}

server::Response admission_response(const AdmissionOutcome& outcome, Json answer) {
    if (outcome.offset != 0) answer.set("offset", outcome.offset);
    if (outcome.doubts.empty()) return server::json_response(200, answer);
    answer.set("held", true);
    answer.set("doubts", warnings_json(outcome.doubts));
    return server::json_response(202, answer);
}

}  // namespace altis::service
