#include "service/live_streams.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/assert.h"
#include "codec/json.h"
#include "results/records.h"

namespace altis::service {
namespace {

using codec::Json;

bool changes_unit(const journal::Record& record) {
    return record.type == results::records::kPublished ||
           record.type == results::records::kSuperseded ||
           record.type == results::records::kWithdrawn;
}

// Reads the tail once: messages go out at once, units when it is known which event was their last.
class Refill {
  public:
    Refill(const World& world, server::StreamHub& streams) : world_(world), streams_(streams) {}

    Result<void> begin(journal::Offset first) {
        TRY_VOID(streams_.begin(kResultsStream, first - 1));
        for (const auto& [id, edition] : world_.rights.editions())
            TRY_VOID(streams_.begin(message_stream(id), first - 1));
        return {};
    }

    Result<void> take(const journal::Record& record) {
        if (record.erased) return {};
        if (changes_unit(record)) note_unit(record);
        if (record.type != "messages.sent") return {};
        // Who was forgotten since has no message any more, also when a key could not be destroyed.
        if (!world_.fans.is_fan(world_.fans.fan_of(record.subject))) return {};
        return streams_.publish(message_stream(record.topic), record.offset, "message",
                                message_event(world_.messages, record.payload).data,
                                to_number(record.subject));
    }

    Result<void> publish_units() {
        std::vector<std::pair<journal::Offset, results::UnitKey>> units;
        units.reserve(last_of_unit_.size());
        for (const auto& [unit, offset] : last_of_unit_)
            units.emplace_back(offset, unit);
        std::ranges::sort(units);
        for (const auto& [offset, unit] : units) {
            TRY_VOID(streams_.publish(kResultsStream, offset, "unit",
                                      world_.results.unit(unit).to_string()));
        }
        return {};
    }

  private:
    void note_unit(const journal::Record& record) {
        const results::UnitKey unit = results::unit_key_from(record.topic);
        if (!world_.rights.is_archive(unit.edition)) last_of_unit_[unit] = record.offset;
    }

    const World& world_;
    server::StreamHub& streams_;
    std::map<results::UnitKey, journal::Offset> last_of_unit_;
};

Result<void> refill(Core& core, const World& world, server::StreamHub& streams) {
    const journal::Offset end = core.journal().durable();
    const journal::Offset first = end > kRefillRecords ? end - kRefillRecords + 1 : 1;
    Refill refill(world, streams);
    TRY_VOID(refill.begin(first));
    TRY(const auto reader, core.journal().read(first));
    journal::Record record;
    while (true) {
        TRY(const bool found, reader->next(record));
        if (!found) break;
        TRY_VOID(refill.take(record));
    }
    return refill.publish_units();
}

}  // namespace

std::string message_stream(std::string_view edition) {
    return "messages/" + std::string(edition);
}

MessageEvent message_event(const messages::MessagesBook& book, std::string_view payload) {
    const auto sent = codec::parse_json(payload);
    ALTIS_ASSERT(sent.has_value());
    const Json& json = *sent;
    const messages::Plan* plan = book.find_plan(json["plan"].as_string());
    ALTIS_ASSERT(plan != nullptr);
    const std::string language(json["language"].as_string());
    const messages::Fact* link = messages::find_fact(plan->facts, "link");
    const std::string_view topic = json["topic"].as_string(json["message"].as_string());
    Json data = Json::object({{"id", json["message"]},
                              {"topic", topic},
                              {"kind", messages::to_string(plan->kind)},
                              {"user", json["user"]},
                              {"language", language},
                              {"title", messages::title_of(*plan, language)},
                              {"text", plan->texts.at(language)},
                              {"link", link == nullptr ? std::string() : link->text},
                              {"unit", plan->unit},
                              {"fact", plan->fact}});
    return {std::string(json["message"].as_string()), data.to_string()};
}

Result<void> refill_streams(Core& core, server::StreamHub& streams) {
    Result<void> done;
    TRY_VOID(
        core.run(TaskKind::kRead, [&](Turn& turn) { done = refill(core, turn.world(), streams); }));
    return done;
}

}  // namespace altis::service
