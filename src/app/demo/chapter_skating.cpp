// Chapters 5 and 6: the women's free skate of 19 February 2026, and the messages about it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "app/demo/stage.h"
#include "results/odf_writer.h"

namespace altis::app::demo {
namespace {

using codec::Json;
using SteadyClock = std::chrono::steady_clock;

struct Skater {
    std::string_view code;
    std::string_view given_name;
    std::string_view family_name;
    std::string_view organisation;
    std::string_view short_program;
    std::string_view free_skate;
    std::string_view total;
    std::string_view medal;
    std::string_view english_name;
    std::string_view japanese_name;
};

// Official results of the women's single skating, Milano Cortina, 19 February 2026.
constexpr Skater kSkaters[] = {
    {kLiu, "Alysa", "LIU", "USA", "76.59", "150.20", "226.79", "gold", "Alysa Liu",
     "アリサ・リュウ"},
    {kSakamoto, "Kaori", "SAKAMOTO", "JPN", "77.23", "147.67", "224.90", "silver", "Kaori Sakamoto",
     "坂本花織"},
    {kNakai, "Ami", "NAKAI", "JPN", "78.71", "140.45", "219.16", "bronze", "Ami Nakai", "中井亜美"},
};

results::OdfMessage envelope(results::OdfType type, std::string_view document,
                             std::int64_t version) {
    results::OdfMessage message;
    message.competition_code = "OWG2026";
    message.document_code = document;
    message.type = type;
    message.version = version;
    message.date = "2026-02-19";
    message.time = "2210" + std::to_string(10'000 + version);
    message.logical_date = "2026-02-19";
    message.source = "MILFSK1";
    return message;
}

std::string schedule_odf() {
    auto message = envelope(results::OdfType::kSchedule, "FSK-------------------------------", 1);
    results::Unit unit;
    unit.rsc = kUnit;
    unit.name = "Women Single Skating - Free Skating";
    unit.venue = "MIL";
    unit.medals = results::MedalUnit::kAll;
    message.units.push_back(unit);
    return results::write_odf(message);
}

results::ResultLine line_of(const Skater& skater, int rank) {
    results::ResultLine line;
    line.competitor.code = skater.code;
    line.competitor.organisation = skater.organisation;
    line.competitor.members.push_back({std::string(skater.code), std::string(skater.given_name),
                                       std::string(skater.family_name),
                                       std::string(skater.organisation)});
    line.rank = rank;
    line.sort_order = rank;
    line.result = skater.total;
    line.result_type = "POINTS";
    const auto extend = [&line](const char* code, std::string_view value) {
        results::ExtendedValue extended;
        extended.type = "ER";
        extended.code = code;
        extended.value = value;
        line.extended.push_back(extended);
    };
    extend("SHORT", skater.short_program);
    extend("FREE", skater.free_skate);
    return line;
}

std::string result_odf(results::ResultStatus status, std::int64_t version) {
    auto message = envelope(results::OdfType::kResult, kUnit, version);
    message.status = status;
    int rank = 0;
    for (const Skater& skater : kSkaters)
        message.results.push_back(line_of(skater, ++rank));
    return results::write_odf(message);
}

Result<Json> send_odf(Client& client, std::string_view xml) {
    return client.send(server::Method::kPost, "/v1/odf", "application/xml", xml);
}

// What the delivery gateway received.
struct Mailbag {
    std::set<std::string> users;
    std::uint64_t doubled = 0;
    std::uint64_t wrong =
        0;  // addressed to somebody who must not get it, or without the exact score
    std::map<std::string, std::uint64_t> by_language;
    std::map<std::string, std::string> examples;
    std::vector<std::int64_t> latency_us;
    std::vector<std::pair<std::string, std::string>> received;  // message id, user
    std::string error;
};

bool is_meant_for(const FanPlan& plan) {
    return plan.is_performance_motivated() && plan.consents_messages && !plan.follows.empty();
}

// The exact free-skate score in the language's own decimal form.
bool states_the_score(std::string_view text, std::string_view language, const FanPlan& plan) {
    for (const Skater& skater : kSkaters) {
        if (std::ranges::find(plan.follows, skater.code) == plan.follows.end()) continue;
        std::string score(skater.free_skate);
        if (language == "fr") score.replace(score.find('.'), 1, ",");
        return text.find(score) != std::string_view::npos;
    }
    return false;
}

// Reads the message stream until `expected` messages came, or nothing more comes for a while.
class Gateway {
  public:
    Gateway(Stage& stage) : stage_(stage) {}

    Result<void> open() {
        const Endpoint& endpoint = stage_.server->endpoint();
        TRY(auto reader,
            server::EventStreamReader::open(endpoint.host, endpoint.port, "/v1/messages/stream",
                                            {{"Authorization", "Bearer " + stage_.holder_key}}));
        reader_.emplace(std::move(reader));
        return {};
    }

    Mailbag receive(SteadyClock::time_point published, std::uint64_t expected) {
        Mailbag bag;
        // Twice as patient after the last message as a slow machine needs between two.
        while (true) {
            const bool complete = bag.latency_us.size() >= expected;
            const auto event = reader_->next(complete ? milliseconds(700) : seconds(10));
            if (!event) bag.error = event.error().message;
            if (!event || !*event) return bag;
            const auto waited = SteadyClock::now() - published;
            bag.latency_us.push_back(
                std::chrono::duration_cast<std::chrono::microseconds>(waited).count());
            take(bag, (*event)->data);
        }
    }

  private:
    void take(Mailbag& bag, std::string_view data) {
        const auto json = codec::parse_json(data);
        const Json message = json ? *json : Json::object();
        const std::string user(message["user"].as_string());
        const std::string language(message["language"].as_string());
        const std::string text(message["text"].as_string());
        bag.doubled += bag.users.insert(user).second ? 0 : 1;
        ++bag.by_language[language];
        bag.examples.emplace(language, text);
        bag.received.emplace_back(message["id"].as_string(), user);
        constexpr std::string_view kPrefix = "fan-";
        const bool known = user.starts_with(kPrefix);
        const auto number =
            known ? static_cast<std::uint32_t>(std::stoul(user.substr(kPrefix.size()))) : 0;
        const FanPlan plan = stage_.population.fan(number);
        const bool right = known && is_meant_for(plan) && language == plan.language &&
                           states_the_score(text, language, plan) &&
                           !message["link"].as_string().empty();
        bag.wrong += right ? 0 : 1;
    }

    Stage& stage_;
    std::optional<server::EventStreamReader> reader_;
};

std::int64_t percentile_ms(std::vector<std::int64_t> values_us, int percent) {
    if (values_us.empty()) return 0;
    std::ranges::sort(values_us);
    const std::size_t index = (values_us.size() - 1) * static_cast<std::size_t>(percent) / 100;
    return values_us[index] / 1000;
}

Result<void> open_campaign(Client& holder) {
    const auto share = [](std::string_view organisation, int basis_points) {
        return Json::object({{"organisation", organisation}, {"basis_points", basis_points}});
    };
    TRY_VOID(holder.post(
        "/v1/campaigns",
        Json::object({{"id", kCampaign},
                      {"edition", kEdition},
                      {"name", "Caps after the free skate"},
                      {"audience", kCohort},
                      {"link", "https://app.example.org/breakdown/" + std::string(kUnit)},
                      {"window_hours", 48},
                      {"shares", Json::array({share(kRightsHolder, 8'500), share("timing", 1'000),
                                              share("payment", 500)})}})));
    return {};
}

Result<void> give_names(Client& holder) {
    Json names = Json::array();
    const auto add = [&names](std::string_view code, const char* language, std::string_view name) {
        names.push(Json::object({{"code", code}, {"language", language}, {"name", name}}));
    };
    for (const Skater& skater : kSkaters) {
        add(skater.code, "en", skater.english_name);
        add(skater.code, "ja", skater.japanese_name);
    }
    TRY_VOID(holder.put("/v1/names", Json::object({{"names", names}})));
    return {};
}

Result<Json> show_medals(Stage& stage, Client& holder) {
    TRY(const Json unit, holder.get("/v1/results/units/" + std::string(kUnit)));
    Json medals = Json::array();
    for (const Skater& skater : kSkaters) {
        bool found = false;
        for (const Json& medallist : unit["medals"].items()) {
            found = found || (medallist["competitor"].as_string() == skater.code &&
                              medallist["medal"].as_string() == skater.medal);
        }
        const std::string line =
            fmt::format("{}: {} ({}), {} + {} = {}", skater.medal, skater.family_name,
                        skater.organisation, skater.short_program, skater.free_skate, skater.total);
        stage.report.expect(line, found);
        medals.push(Json::object(
            {{"medal", skater.medal},
             {"name", std::string(skater.given_name) + " " + std::string(skater.family_name)},
             {"organisation", skater.organisation},
             {"total", skater.total}}));
    }
    return medals;
}

void report_messages(Stage& stage, const Mailbag& bag) {
    Report& report = stage.report;
    report.chapter("6. Messages: in each fan's language, with the exact score");
    for (const auto& [language, text] : bag.examples) {
        report.say(fmt::format("{} ({}): {}", language, bag.by_language.at(language), text));
    }
    const std::int64_t p99_ms = percentile_ms(bag.latency_us, 99);
    report.compare("fans who got one", bag.users.size(), stage.truth.messages);
    report.expect("nobody got two, nobody else got one, every score is exact",
                  bag.doubled == 0 && bag.wrong == 0);
    report.expect(fmt::format("99 % had it {} ms after the official result", p99_ms),
                  p99_ms <= 1'000);
    if (!bag.error.empty()) report.expect("the stream broke: " + bag.error, false);
    Json languages = Json::object();
    for (const auto& [language, count] : bag.by_language)
        languages.set(language, count);
    report.set("messages_sent", bag.latency_us.size());
    report.set("messages_languages", languages);
    report.set("result_to_message_p99_ms", p99_ms);
}

}  // namespace

Result<void> skate(Stage& stage) {
    Report& report = stage.report;
    report.chapter("5. The women's free skate: first live, then official");
    Client holder = stage.holder();
    const auto too_early = send_odf(holder, result_odf(results::ResultStatus::kLive, 1));
    report.expect("a result for a unit that nobody scheduled is refused by name",
                  !too_early && too_early.error().reason == "results.unknown_unit");
    TRY_VOID(send_odf(holder, schedule_odf()));
    TRY_VOID(give_names(holder));
    TRY_VOID(open_campaign(holder));
    Gateway gateway(stage);
    TRY_VOID(gateway.open());

    TRY_VOID(send_odf(holder, result_odf(results::ResultStatus::kLive, 1)));
    TRY(const Json live, holder.get("/v1/messages/stats"));
    report.expect("LIVE: the screen shows it, nobody is told yet", live["sent"].as_int() == 0);

    const auto published = SteadyClock::now();
    TRY_VOID(send_odf(holder, result_odf(results::ResultStatus::kOfficial, 2)));
    Mailbag bag = gateway.receive(published, stage.truth.messages);
    TRY(const Json medals, show_medals(stage, holder));
    report.set("medals", medals);
    report_messages(stage, bag);
    stage.received = std::move(bag.received);
    return {};
}

}  // namespace altis::app::demo
